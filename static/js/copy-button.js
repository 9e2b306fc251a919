/* <copy-button value="..."><button>: copies, and says that it did. */
const shownFor = 2500; // ms

customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("button").addEventListener("click", () => this.copy());
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.getAttribute("value"));
      this.say(this.dataset.done);
    } catch {
      this.say(this.dataset.failed);
    }
  }

  say(words) {
    const label = this.querySelector("[data-label]");
    const before = this.before ??= label.textContent;
    label.textContent = words;
    this.querySelector('[role="status"]').textContent = words;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      label.textContent = before;
      this.querySelector('[role="status"]').textContent = "";
    }, shownFor);
  }
});
