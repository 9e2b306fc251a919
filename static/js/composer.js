/* The composer: ready-made texts go into their field, only the chosen networks are shown, and the button says how many.
   Without this script every field is there, and ready-made texts are buttons that the server answers. */

const form = document.querySelector("form[data-composer]");
const networks = [...form.querySelectorAll("input[data-shows]")];
const share = form.querySelector("[data-share-button]");

function showChosen() {
  for (const box of networks) document.getElementById(box.dataset.shows).hidden = !box.checked && !box.disabled;
  if (!share) return;
  const count = networks.filter((box) => box.checked && !box.disabled).length;
  const words = count === 0 ? share.dataset.none : count === 1 ? share.dataset.one : share.dataset.many;
  share.querySelector("span").textContent = words.replace("{count}", count);
  share.disabled = count === 0;
}

for (const box of networks) box.addEventListener("change", showChosen);
showChosen();

for (const radio of form.querySelectorAll("input[data-fills]")) {
  const field = document.getElementById(radio.dataset.fills);
  radio.addEventListener("change", () => {
    field.value = radio.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Choosing a time means sharing at it.
const at = form.querySelector('input[name="at"]');
at?.addEventListener("input", () => (form.querySelector('input[name="when"][value="at"]').checked = true));
