/* Shows what the hub pushes, and opens its page. It keeps nothing and answers no requests. */
self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    return; // not ours: what is sealed for this browser is always JSON
  }
  event.waitUntil(
    self.registration.showNotification(told.title, { tag: told.tag, data: { path: told.path } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.path ?? "/", self.location.origin);
  const url = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((open) => {
      const page = open.find((one) => "navigate" in one);
      return page ? page.focus().then((focused) => focused.navigate(url)) : self.clients.openWindow(url);
    }),
  );
});
