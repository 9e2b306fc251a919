/* <undo-toast seconds="10">: counts down beside the button and goes when the time is over; stays while it has focus. */
customElements.define("undo-toast", class extends HTMLElement {
  connectedCallback() {
    this.left = Number(this.getAttribute("seconds"));
    this.show();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    this.left -= 1;
    if (this.left <= 0 && !this.contains(document.activeElement)) return this.remove();
    this.show();
  }

  show() {
    this.querySelector("[data-seconds]").textContent = Math.max(this.left, 0);
  }
});
