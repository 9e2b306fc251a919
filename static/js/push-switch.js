/* <push-switch data-key="..."><form>: lets this browser show notifications. It says what stands in the way. */
const worker = "/push-worker.js";

function bytes(text) {
  const raw = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

function written(buffer) {
  const raw = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

customElements.define("push-switch", class extends HTMLElement {
  connectedCallback() {
    const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
    if (!can) return this.say("cannot");
    if (Notification.permission === "denied") return this.say("denied");
    this.querySelector("button").hidden = false;
    this.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.switchOn(event.target);
    });
  }

  async switchOn(form) {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.say("denied");
      await navigator.serviceWorker.register(worker);
      const registration = await navigator.serviceWorker.ready;
      const old = await registration.pushManager.getSubscription();
      if (old) await old.unsubscribe(); // it may be of a key that the hub had before
      const given = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes(this.dataset.key),
      });
      form.elements.endpoint.value = given.endpoint;
      form.elements.public.value = written(given.getKey("p256dh"));
      form.elements.auth.value = written(given.getKey("auth"));
      form.submit();
    } catch {
      this.say("failed");
    } finally {
      button.disabled = false;
    }
  }

  say(which) {
    const line = this.querySelector('[role="status"]');
    line.textContent = this.dataset[which];
    line.hidden = false;
  }
});
