/* Forms: filters that send themselves, a question before what destroys, and no second sending by a double click. */

const waitAfterTyping = 400; // ms
const sameClickWithin = 4000; // ms; a second click later than this is meant

for (const form of document.querySelectorAll("form[data-auto-submit]")) {
  let timer;
  form.addEventListener("change", () => form.requestSubmit());
  form.addEventListener("input", (event) => {
    if (!event.target.matches('input[type="search"]')) return;
    clearTimeout(timer);
    timer = setTimeout(() => form.requestSubmit(), waitAfterTyping);
  });
  // An empty filter has no place in the address.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
  });
}

/** Resolves to true when the person says yes. Built with the words that the page supplies. */
function ask(question, yes) {
  const dialog = document.createElement("dialog");
  dialog.className = "sheet";
  const words = document.getElementById("words").content;
  dialog.append(words.querySelector("[data-confirm-dialog]").cloneNode(true));
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector('button[value="yes"]').textContent = yes;
  dialog.setAttribute("aria-label", question);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.dataset.confirm && !form.dataset.confirmed) {
    event.preventDefault();
    const button = event.submitter;
    const yes = button?.getAttribute("aria-label") ?? button?.textContent.trim() ?? "";
    if (await ask(form.dataset.confirm, yes)) {
      form.dataset.confirmed = "yes";
      form.querySelector('input[name="ask_first"]')?.remove(); // without script the answer is a page that asks
      form.requestSubmit(button);
      delete form.dataset.confirmed;
    }
    return;
  }
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sending) return event.preventDefault();
  form.dataset.sending = "yes";
  setTimeout(() => delete form.dataset.sending, sameClickWithin);
});

// Back from another page: the browser may show the old page with its marks.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) delete form.dataset.sending;
});
