/* <sharing-calendar data-view="month|week|list">: planned shares are dragged to another day, or moved with Shift and arrows.
   Without it each one leads to the page where its time is changed. */
const DAY = 24 * 60 * 60 * 1000;

customElements.define("sharing-calendar", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("dragstart", (event) => this.take(event));
    this.addEventListener("dragover", (event) => this.over(event));
    this.addEventListener("dragleave", (event) => this.mark(event.target.closest?.("[data-drop]"), false));
    this.addEventListener("dragend", () => this.querySelectorAll(".is-over").forEach((day) => this.mark(day, false)));
    this.addEventListener("drop", (event) => this.drop(event));
    this.addEventListener("keydown", (event) => this.key(event));
  }

  take(event) {
    this.taken = event.target.closest("[data-moves]");
    if (!this.taken) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.taken.dataset.share);
  }

  over(event) {
    const day = event.target.closest("[data-drop]");
    if (!this.taken || !day) return;
    event.preventDefault();
    this.mark(day, true);
  }

  drop(event) {
    const day = event.target.closest("[data-drop]");
    if (!this.taken || !day) return;
    event.preventDefault();
    const { share } = this.taken.dataset;
    this.taken = null;
    this.soon(share, (entry) => day.dataset.drop !== entry.dataset.day && [day.dataset.drop]);
  }

  mark(day, is) {
    day?.classList.toggle("is-over", is);
  }

  key(event) {
    const entry = event.target.closest("[data-moves]");
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [-7, -1], ArrowDown: [7, 1] }[event.key];
    if (!entry || !step || !event.shiftKey) return;
    event.preventDefault();
    const [days, hours] = step;
    const sideways = event.key === "ArrowLeft" || event.key === "ArrowRight";
    this.soon(entry.dataset.share, (there) => {
      if (this.dataset.view === "week" && !sideways) {
        const hour = Number(there.dataset.hour) + hours;
        return hour >= 0 && hour <= 23 && [there.dataset.day, hour];
      }
      return [new Date(Date.parse(`${there.dataset.day}T00:00Z`) + days * DAY).toISOString().slice(0, 10)];
    });
  }

  /* One move after the other: a key pressed while one is under way moves on from where that one ends. */
  soon(share, where) {
    const next = () => {
      const entry = this.querySelector(`[data-share="${share}"][data-moves]`);
      const to = entry && where(entry);
      return to && this.move(entry, ...to);
    };
    this.last = (this.last ?? Promise.resolve()).then(next, next);
  }

  async move(entry, day, hour) {
    const shown = this.querySelector("#calendar").dataset.shown;
    const values = { day, view: this.dataset.view, shown: this.dataset.view === "month" ? day : shown };
    if (hour !== undefined) values.hour = hour;
    const share = entry.dataset.share;
    await htmx.ajax("POST", entry.dataset.moves, {
      source: this, target: "#calendar", select: "#calendar", swap: "outerHTML", values,
      selectOOB: "#messages",
    });
    this.querySelector(`[data-share="${share}"]`)?.focus();
  }
});
