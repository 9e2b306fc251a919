/* <network-counters for="select-id" strictest="4">: counters of many networks, of which those of the chosen one are shown;
   for "any network" those of the strictest few. Without script every one shows its limit. */
customElements.define("network-counters", class extends HTMLElement {
  connectedCallback() {
    this.select = document.getElementById(this.getAttribute("for"));
    if (!this.select) return;
    this.listener = () => this.show();
    this.select.addEventListener("change", this.listener);
    this.show();
  }

  disconnectedCallback() {
    this.select?.removeEventListener("change", this.listener);
  }

  show() {
    const rows = [...this.querySelectorAll("[data-network]")];
    const strictest = [...rows].sort((one, other) => one.dataset.limit - other.dataset.limit)
      .slice(0, Number(this.getAttribute("strictest")));
    for (const row of rows) row.hidden = this.select.value ? row.dataset.network !== this.select.value : !strictest.includes(row);
  }
});
