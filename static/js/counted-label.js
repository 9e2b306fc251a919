/* <counted-label boxes="field-name" data-none data-one data-many>: words that follow how many boxes of that name are ticked. */
customElements.define("counted-label", class extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form") ?? document.getElementById(this.getAttribute("form"));
    this.listener = () => this.show();
    this.form?.addEventListener("change", this.listener);
    this.show();
  }

  disconnectedCallback() {
    this.form?.removeEventListener("change", this.listener);
  }

  show() {
    const boxes = [...(this.form?.elements ?? [])].filter((box) => box.name === this.getAttribute("boxes") && box.checked);
    const words = this.dataset[["none", "one"][boxes.length] ?? "many"];
    const name = boxes.length === 1 ? boxes[0].dataset.label ?? "" : "";
    this.textContent = words.replace("{count}", boxes.length).replace("{name}", name);
  }
});
