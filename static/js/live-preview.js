/* <live-preview for="text-field-id" pictures="name-of-boxes" data-link data-place data-disclosure>: wraps network previews and
   shows in each what will go out: what is being typed, with the link and the disclosure that are added where they are missing
   (wording.js), and the pictures that are ticked. */
import { outgoing } from "./wording.js";

const cuts = { linkedin: 210 };

customElements.define("live-preview", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    this.field?.addEventListener("input", () => this.draw());
    this.boxes = [...document.querySelectorAll(`input[type=checkbox][name="${this.getAttribute("pictures")}"]`)];
    for (const box of this.boxes) box.addEventListener("change", () => this.show());
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

  show() {
    for (const frame of this.querySelectorAll("[data-pictures]")) {
      frame.drawn ??= new Map();
      for (const one of frame.children) frame.drawn.set(one.dataset.picture, one);
      const ticked = this.boxes.filter((box) => box.checked);
      frame.replaceChildren(...ticked.map((box) => frame.drawn.get(box.value) ?? this.drawn(frame, box)));
      frame.dataset.count = ticked.length;
      for (const [at, one] of [...frame.children].entries()) {
        if (frame.dataset.layout === "stack" && at === 3 && ticked.length > 4) one.dataset.more = `+${ticked.length - 4}`;
        else delete one.dataset.more;
      }
    }
  }

  drawn(frame, box) {
    const one = document.createElement("div");
    one.dataset.picture = box.value;
    one.append(box.parentElement.querySelector("img").cloneNode());
    one.firstChild.removeAttribute("class");
    frame.drawn.set(box.value, one);
    return one;
  }
});
