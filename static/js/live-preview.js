/* <live-preview for="text-field-id" data-link data-disclosure>: wraps network previews and shows in each what will go out:
   what is being typed, with the link and the disclosure that are added where they are missing. */
const cuts = { linkedin: 210 };

customElements.define("live-preview", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field?.addEventListener("input", () => this.draw());
  }

  /** As the server puts it together (sharing/wording.py). */
  whole() {
    const { link = "", disclosure = "" } = this.dataset;
    let text = this.field.value.replaceAll("{link}", link).trim();
    if (disclosure && !text.toLowerCase().includes(disclosure.toLowerCase())) text = `${text} ${disclosure}`.trim();
    if (link && !text.includes(link)) text = `${text}\n\n${link}`;
    return text;
  }

  draw() {
    const whole = this.whole();
    for (const preview of this.querySelectorAll("[data-preview]")) {
      const place = preview.querySelector("[data-preview-text]");
      const cut = cuts[preview.dataset.preview] ?? Infinity;
      place.textContent = whole.length > cut ? `${whole.slice(0, cut).trimEnd()}…` : whole;
    }
  }
});
