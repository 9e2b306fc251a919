/* <tick-all boxes="field-name"> around a button: ticks every box of that name in the form, or none when all are ticked. */
customElements.define("tick-all", class extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.words = { all: this.button.textContent, none: this.button.dataset.none };
    this.form = this.closest("form");
    this.button.addEventListener("click", () => this.tick());
    this.form.addEventListener("change", () => this.show());
    this.show();
  }

  get boxes() {
    return [...this.form.elements].filter((field) => field.name === this.getAttribute("boxes"));
  }

  get isFull() {
    return this.boxes.every((box) => box.checked);
  }

  tick() {
    const wanted = !this.isFull;
    for (const box of this.boxes) box.checked = wanted;
    this.show();
  }

  show() {
    this.button.textContent = this.isFull ? this.words.none : this.words.all;
  }
});
