/* <counted-label boxes="field-name" data-none data-one data-many>: words that follow how many boxes of that name are ticked.
   With `unless="field=value"` the words are data-other-one and data-other-many while that field has another value. */
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

  get isOther() {
    const [field, value] = (this.getAttribute("unless") ?? "").split("=");
    return Boolean(field) && this.form?.elements[field]?.value !== value;
  }

  show() {
    const boxes = [...(this.form?.elements ?? [])].filter((box) => box.name === this.getAttribute("boxes") && box.checked);
    const count = ["none", "one"][boxes.length] ?? "many";
    const words = (this.isOther && this.dataset[{ one: "otherOne", many: "otherMany" }[count]]) || this.dataset[count];
    const name = boxes.length === 1 ? boxes[0].dataset.label ?? "" : "";
    this.textContent = words.replace("{count}", boxes.length).replace("{name}", name);
  }
});
