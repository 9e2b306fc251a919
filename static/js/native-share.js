/* <native-share text url post-url>: the device's own share sheet, shown only where there is one. */
customElements.define("native-share", class extends HTMLElement {
  connectedCallback() {
    if (!navigator.share) return;
    this.hidden = false;
    this.querySelector("button").addEventListener("click", () => this.share());
  }

  async share() {
    try {
      await navigator.share({ text: this.getAttribute("text"), url: this.getAttribute("url") });
    } catch (error) {
      if (error.name === "AbortError") return; // the person closed the sheet
      throw error;
    }
    if (this.hasAttribute("post-url")) await this.report();
  }

  report() {
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    return fetch(this.getAttribute("post-url"), { method: "POST", headers: { "X-CSRFToken": token }, credentials: "same-origin" });
  }
});
