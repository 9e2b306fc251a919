/* A row of tabs that is wider than a phone: the tab one is on, and the one that has the focus, are brought into view. */
const show = (tab) => tab?.scrollIntoView({ block: "nearest", inline: "center" });

for (const row of document.querySelectorAll(".tab-row")) {
  if (row.scrollWidth > row.clientWidth) show(row.querySelector("[aria-current]"));
  row.addEventListener("focusin", (event) => show(event.target));
}
