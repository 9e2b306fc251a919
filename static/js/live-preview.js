/* <live-preview for="text-field-id">: wraps network previews and shows in each what is being typed. */
const cuts = { linkedin: 210 };

customElements.define("live-preview", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field?.addEventListener("input", () => this.draw());
  }

  draw() {
    for (const preview of this.querySelectorAll("[data-preview]")) {
      const place = preview.querySelector("[data-preview-text]");
      const cut = cuts[preview.dataset.preview] ?? Infinity;
      place.textContent = this.field.value.length > cut ? `${this.field.value.slice(0, cut).trimEnd()}…` : this.field.value;
    }
  }
});
