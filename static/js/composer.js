/* The composer: ready-made texts go into their field, each chosen network has its tab, and the bar says what will happen.
   Without this script every field is there, and ready-made texts are buttons that the server answers. */
import "./network-tabs.js";

const form = document.querySelector("form[data-composer]");
const boxes = [...form.querySelectorAll("input[data-shows]")];
const tabs = form.querySelector("network-tabs");
const when = document.querySelector("[data-when]");
const share = document.querySelector("[data-share-button]");

function showChosen(first) {
  const chosen = boxes.filter((box) => box.checked);
  tabs?.offer(chosen.map((box) => box.dataset.shows), first);
  for (const button of form.querySelectorAll("[data-copies]")) button.hidden = chosen.length < 2;
  if (share) share.disabled = chosen.length === 0;
}

function showWhen() {
  const time = form.elements.when;
  if (!when || !time) return;
  const label = form.querySelector(`input[name="when"][value="${time.value}"]`)?.parentElement;
  when.textContent = label?.querySelector("[data-short]")?.textContent ?? label?.textContent.trim() ?? "";
}

form.addEventListener("change", ({ target }) => {
  if (target === form || boxes.includes(target)) showChosen(target.checked ? target.dataset.shows : undefined);
  if (target.matches("[data-leaves-out]")) for (const field of form.querySelectorAll("textarea")) fill(field, field.value);
  if (target.dataset.fills) fill(document.getElementById(target.dataset.fills), target.dataset.text);
  showWhen();
});

function fill(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const button of form.querySelectorAll("[data-copies]")) {
  button.addEventListener("click", () => {
    const text = document.getElementById(button.dataset.copies).value;
    for (const box of boxes) if (box.checked) fill(document.getElementById(`text-${box.value}`), text);
  });
}

// Choosing a time means sharing at it.
form.elements.at?.addEventListener("input", () => {
  form.querySelector('input[name="when"][value="at"]').checked = true;
  form.dispatchEvent(new Event("change"));
});

showChosen();
showWhen();
