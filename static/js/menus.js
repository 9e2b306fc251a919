/* Menus are <details data-pop>: this closes them on Escape, on a click elsewhere, and when the focus leaves. */
const openMenus = () => document.querySelectorAll("details[data-pop][open]");

function closeMenu(menu, { refocus = false } = {}) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) closeMenu(menu);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) closeMenu(menu, { refocus: menu.contains(document.activeElement) });
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) closeMenu(menu);
});
