/* <autosave-form url>: wraps a form, keeps what is typed on this device at once and on the server within two seconds.
   Nothing is lost by a reload, a lost connection or a session that ended. The server answers 2xx, or 204. */

const pause = 900; // ms after the last key; with the request this stays below two seconds

customElements.define("autosave-form", class extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector("[data-save-state]") ?? document.querySelector("[data-save-state]");
    this.key = `draft:${this.getAttribute("person") ?? ""}:${this.getAttribute("url")}`;
    this.restore();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => this.mark());
    window.addEventListener("online", () => this.waiting && this.save());
  }

  values() {
    return [...new FormData(this.form)].filter(([name, value]) => typeof value === "string" && name !== "csrf_token");
  }

  changed() {
    if (this.restoring) return;
    this.waiting = true;
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values: this.values() }));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  async save() {
    const sent = JSON.stringify(this.values());
    this.say("saving");
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(this.getAttribute("url"), {
      method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token, Accept: "application/json" },
      body: new URLSearchParams(this.values()), redirect: "manual",
    }).catch(() => null);
    if (!answer?.ok) return this.say(navigator.onLine ? "kept" : "offline");
    if (JSON.stringify(this.values()) !== sent) return;
    this.waiting = false;
    localStorage.removeItem(this.key);
    this.say("saved");
  }

  /** What this device kept and the server never got comes back into the fields. */
  restore() {
    const kept = localStorage.getItem(this.key);
    if (!kept) return;
    this.restoring = true;
    const values = Map.groupBy ? Map.groupBy(JSON.parse(kept).values, ([name]) => name) : groupByName(JSON.parse(kept).values);
    for (const field of this.form.elements) {
      if (!field.name || field.name === "csrf_token" || field.type === "hidden") continue;
      const mine = (values.get(field.name) ?? []).map(([, value]) => value);
      if (field.type === "checkbox" || field.type === "radio") field.checked = mine.includes(field.value);
      else if (mine.length && field.type !== "file") {
        field.value = mine[0];
        field.dispatchEvent(new Event("input")); // counters and previews follow
      }
    }
    this.form.dispatchEvent(new Event("change"));
    this.restoring = false;
    this.waiting = true;
    this.say("restored");
  }

  /** Sending is not arriving: the session may be over. What was sent stays here until a page says that it arrived. */
  mark() {
    clearTimeout(this.timer);
    localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), sent: true, values: this.values() }));
  }

  say(what) {
    if (this.state) this.state.textContent = this.state.dataset[what] ?? "";
  }
});

function groupByName(pairs) {
  const groups = new Map();
  for (const pair of pairs) groups.set(pair[0], [...(groups.get(pair[0]) ?? []), pair]);
  return groups;
}

if (document.querySelector("[data-arrived]")) {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) {
    if (JSON.parse(localStorage.getItem(key)).sent) localStorage.removeItem(key);
  }
}
