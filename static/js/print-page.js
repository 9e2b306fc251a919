/* A button that prints the page: <button data-print>. Without script the browser's own menu does it. */
for (const button of document.querySelectorAll("button[data-print]")) button.addEventListener("click", () => window.print());
