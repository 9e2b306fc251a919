/* <film-upload url language>: brings the chosen film in pieces while the rest of the form is filled in. After a lost connection, a
   crash or a reload the same file goes on where it stood. Without script the form brings it. */

const piece = 5 * 1024 * 1024; // bytes
const longestPause = 20000; // ms between two tries

class Refused extends Error {}

customElements.define("film-upload", class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('input[type="file"]');
    this.underWay = this.querySelector("[data-under-way]");
    this.words = this.querySelector("[data-words]");
    this.told = this.querySelector("[data-told]");
    this.field.addEventListener("change", () => this.field.files[0] && this.bring(this.field.files[0]));
    this.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    this.closest("form").addEventListener("submit", (event) => {
      if (this.underWay.hidden) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.tell(this.dataset.wait);
    }, { capture: true });
    window.addEventListener("beforeunload", (event) => this.underWay.hidden || event.preventDefault());
  }

  async bring(file) {
    this.stop?.abort();
    const { signal } = this.stop = new AbortController();
    this.field.value = ""; // the form sends the film's number, not the file once more
    this.underWay.hidden = false;
    this.tell("");
    for (this.tries = 0; !signal.aborted; this.tries += 1) {
      try {
        return this.arrived(await this.pieces(file, signal));
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused) return this.end(error.message);
        this.tell(this.dataset.waiting);
        await pause(Math.min(1000 * 2 ** this.tries, longestPause), signal);
      }
    }
  }

  async pieces(file, signal) {
    const { name, size, lastModified } = file;
    let { id, at } = await this.post("", new URLSearchParams({ name, size, fingerprint: `${name}/${lastModified}` }), signal);
    this.path = `/${id}`;
    this.show(at, size);
    while (at < size) {
      ({ at } = await this.post(`${this.path}/pieces?at=${at}`, file.slice(at, at + piece, "application/octet-stream"), signal));
      this.tries = 0;
      this.tell("");
      this.show(at, size);
    }
    this.words.textContent = this.dataset.looking;
    return this.post(`${this.path}/end`, null, signal);
  }

  /** Answers with the JSON; a piece that was in the wrong place answers with the right one. */
  async post(path, body, signal) {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(this.getAttribute("url") + path, { method: "POST", headers, body, signal, redirect: "manual" });
    const { status } = answer;
    if (!status || status === 400 || status === 403) throw new Refused(this.dataset.signedOut);
    if (status > 428 || status === 404) throw new Error(status); // 404: cleared away meanwhile, so it is begun anew
    const told = await answer.json();
    if (!answer.ok && !("at" in told)) throw new Refused(told.error);
    return told;
  }

  show(at, size) {
    const megabytes = (bytes) => (bytes / 1048576).toLocaleString(this.getAttribute("language"), { maximumFractionDigits: 1 });
    const percent = Math.floor((100 * at) / size);
    this.querySelector("progress").value = percent;
    this.words.textContent = this.dataset.state.replace("{percent}", percent).replace("{sent}", megabytes(at)).replace("{all}", megabytes(size));
  }

  arrived({ film, url, poster }) {
    if (!film) throw new Error("a part is missing");
    this.querySelector('input[name="film_id"]').value = film;
    Object.assign(this.querySelector("video"), { poster, src: url }).parentElement.hidden = false;
    this.end(this.dataset.done);
  }

  cancel() {
    this.stop.abort();
    if (this.path) this.post(`${this.path}/cancel`).catch(() => {}); // else it is cleared away in two days
    this.end(this.dataset.cancelled);
    this.field.focus();
  }

  end(words) {
    this.underWay.hidden = true;
    this.tell(words);
  }

  tell(words) {
    if (this.told.textContent !== words) this.told.textContent = words;
  }
});

/** Waits; shorter when the connection comes back. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    window.addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", resolve);
  });
}
