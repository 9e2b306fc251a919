/* Opening a network's share page claims the share, so that nobody has to come back and say so. */
for (const link of document.querySelectorAll("a[data-claims]")) {
  link.addEventListener("click", () => {
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    fetch(link.dataset.claims, {
      method: "POST", credentials: "same-origin", keepalive: true, headers: { "X-CSRFToken": token, Accept: "application/json" },
    });
  });
}
