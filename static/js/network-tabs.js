/* <network-tabs>: one panel at a time, with a tab for each that is offered. Arrow keys, Home and End move between tabs.
   Without script the row of tabs is not there and the panels stand under one another. */
customElements.define("network-tabs", class extends HTMLElement {
  connectedCallback() {
    this.row = this.querySelector('[role="tablist"]');
    this.tabs = [...this.row.querySelectorAll('[role="tab"]')];
    for (const tab of this.tabs) {
      const panel = this.panelOf(tab);
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.addEventListener("click", () => this.choose(tab));
    }
    this.row.addEventListener("keydown", (event) => this.move(event));
    this.offer(this.tabs.map((tab) => tab.getAttribute("aria-controls")));
  }

  panelOf(tab) {
    return document.getElementById(tab.getAttribute("aria-controls"));
  }

  get offered() {
    return this.tabs.filter((tab) => !tab.hidden);
  }

  /** Offers the panels of these ids, and shows `first` or else the one that was shown, if it is still there. */
  offer(ids, first) {
    for (const tab of this.tabs) tab.hidden = !ids.includes(tab.getAttribute("aria-controls"));
    this.row.hidden = this.offered.length < 2;
    const wanted = this.offered.find((tab) => tab.getAttribute("aria-controls") === first)
      ?? this.offered.find((tab) => tab === this.chosen) ?? this.offered[0];
    this.choose(wanted);
  }

  choose(chosen) {
    this.chosen = chosen;
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      this.panelOf(tab).hidden = tab !== chosen;
    }
  }

  move(event) {
    const here = this.offered.indexOf(document.activeElement);
    const last = this.offered.length - 1;
    const next = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here === 0 ? last : here - 1, Home: 0, End: last }[event.key];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    this.choose(this.offered[next]);
    this.offered[next].focus();
  }
});
