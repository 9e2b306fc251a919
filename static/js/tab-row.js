/* A row of tabs that is wider than a phone: the tab one is on, and the one that has the focus, are brought into view.
   Not the one that is being pressed: it would slide away under the pointer, and the press would be lost. */
const show = (tab) => tab?.scrollIntoView({ block: "nearest", inline: "center" });

for (const row of document.querySelectorAll(".tab-row")) {
  if (row.scrollWidth > row.clientWidth) show(row.querySelector("[aria-current]"));
  row.addEventListener("focusin", (event) => event.target.matches(":focus-visible") && show(event.target));
  row.addEventListener("click", (event) => show(event.target.closest("a, button")));
}
