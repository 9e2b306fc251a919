/* <text-picker for="field-id"> around radios with data-text: choosing one puts its text into the field.
   A radio without data-text stands for the person's own words, which are kept and come back. */
customElements.define("text-picker", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    if (!this.field) return;
    this.addEventListener("change", (event) => this.pick(event.target));
    this.field.addEventListener("input", () => this.follow());
    this.follow();
  }

  get choices() {
    return [...this.querySelectorAll('input[type="radio"]')];
  }

  pick(choice) {
    this.picking = true;
    this.field.value = choice.dataset.text ?? this.own ?? this.field.value;
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.picking = false;
    if (choice.dataset.text === undefined) this.field.focus();
  }

  /** Typing turns a ready-made text into one's own words. */
  follow() {
    if (this.picking) return;
    const ready = this.choices.find((choice) => choice.dataset.text === this.field.value);
    if (!ready) this.own = this.field.value;
    const fitting = ready ?? this.choices.find((choice) => choice.dataset.text === undefined);
    if (fitting) fitting.checked = true;
  }
});
