/* <live-preview for="text-field-id" data-link data-place data-disclosure>: wraps network previews and shows in each what will
   go out: what is being typed, with the link and the disclosure that are added where they are missing (wording.js). */
import { outgoing } from "./wording.js";

const cuts = { linkedin: 210 };

customElements.define("live-preview", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field?.addEventListener("input", () => this.draw());
  }

  draw() {
    const { link, place = link, disclosure } = this.dataset;
    const whole = outgoing(this.field.value, { link, place, disclosure });
    for (const preview of this.querySelectorAll("[data-preview]")) {
      const shown = preview.querySelector("[data-preview-text]");
      const cut = cuts[preview.dataset.preview] ?? Infinity;
      shown.textContent = whole.length > cut ? `${whole.slice(0, cut).trimEnd()}…` : whole;
    }
  }
});
