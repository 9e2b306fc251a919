/* A link with data-dialog opens its page's [data-dialog-body] in a dialog; if that fails in any way, it is just a link. */

async function bodyOf(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-dialog-body]");
}

function show(body, opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  body.classList.remove("panel", "mx-auto", "max-w-lg", "p-5", "sm:p-6");
  dialog.append(document.adoptNode(body));
  const heading = dialog.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-heading";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  dialog.addEventListener("click", (event) => {
    const closes = event.target.closest("[data-dialog-close]");
    if (event.target === dialog || closes) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  try {
    const body = await bodyOf(link.href);
    if (body) return show(body, link);
  } catch {
    // No answer: the browser's own page says so better than we can.
  }
  location.assign(link.href);
});
