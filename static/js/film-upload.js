/* <film-upload url language>: brings the chosen film in pieces while the rest of the form is filled in. After a lost connection, a
   crash or a reload the same file goes on where it stood. Without script the file field sends the film along with the form. */

const piece = 5 * 1024 * 1024; // bytes
const longestPause = 20000; // ms between two tries

class Refused extends Error {}

customElements.define("film-upload", class extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector('input[type="file"]');
    this.kept = this.querySelector('input[name="film_id"]');
    this.underWay = this.querySelector("[data-under-way]");
    this.bar = this.querySelector("progress");
    this.words = this.querySelector("[data-words]");
    this.told = this.querySelector("[data-told]");
    this.field.addEventListener("change", () => this.field.files[0] && this.bring(this.field.files[0]));
    this.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    this.closest("form").addEventListener("submit", (event) => {
      if (this.underWay.hidden) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.tell(this.dataset.wait);
      this.querySelector("[data-cancel]").focus();
    }, { capture: true });
    window.addEventListener("beforeunload", (event) => this.underWay.hidden || event.preventDefault());
  }

  async bring(file) {
    this.stop?.abort();
    const { signal } = this.stop = new AbortController();
    this.field.value = ""; // the form sends the film's number, not the file once more
    this.file = file;
    this.underWay.hidden = false;
    this.tell("");
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        const at = await this.pieces(file, signal, () => { tries = 0; });
        this.show(at, file);
        this.words.textContent = this.dataset.looking;
        this.arrived(await this.post(`/${this.id_}/end`, null, signal));
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused) {
          this.underWay.hidden = true;
          this.tell(error.message, true);
          return;
        }
        this.tell(this.dataset.waiting);
        await pause(Math.min(1000 * 2 ** tries, longestPause), signal);
      }
    }
  }

  async pieces(file, signal, wentWell) {
    let { id, at } = await this.post("", new URLSearchParams({
      name: file.name, size: file.size, fingerprint: `${file.name}/${file.size}/${file.lastModified}`,
    }), signal);
    this.id_ = id;
    this.show(at, file);
    while (at < file.size) {
      ({ at } = await this.post(`/${id}/pieces?at=${at}`, file.slice(at, at + piece), signal));
      wentWell();
      this.tell("");
      this.show(at, file);
    }
    return at;
  }

  /** Answers with the JSON; a piece that was in the wrong place answers with the right one. */
  async post(path, body, signal) {
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    const headers = { "X-CSRFToken": token, Accept: "application/json" };
    if (body instanceof Blob) headers["Content-Type"] = "application/octet-stream";
    const answer = await fetch(this.getAttribute("url") + path, {
      method: "POST", credentials: "same-origin", headers, body, signal, redirect: "manual",
    });
    if (answer.type === "opaqueredirect" || answer.status === 400 || answer.status === 403) throw new Refused(this.dataset.signedOut);
    if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    const told = await answer.json();
    if (answer.status === 409 && "at" in told) return told;
    if (answer.status === 404) throw new Error(told.error); // cleared away meanwhile: it is begun anew
    if (!answer.ok) throw new Refused(told.error);
    return told;
  }

  show(at, file) {
    const number = (bytes) => (bytes / 1024 / 1024).toLocaleString(this.getAttribute("language"), { maximumFractionDigits: 1 });
    const percent = Math.floor((100 * at) / file.size);
    this.bar.value = percent;
    this.words.textContent = this.dataset.state.replace("{percent}", percent).replace("{sent}", number(at)).replace("{all}", number(file.size));
  }

  arrived(told) {
    if (!told.film) throw new Error("a part of it is not there yet");
    this.underWay.hidden = true;
    this.kept.value = told.film;
    const place = this.querySelector("[data-player]");
    const video = place.querySelector("video");
    place.hidden = false;
    video.poster = told.poster;
    video.src = told.url;
    this.field.removeAttribute("aria-invalid");
    this.tell(this.dataset.done);
  }

  cancel() {
    this.stop?.abort();
    this.underWay.hidden = true;
    if (this.id_) this.post(`/${this.id_}/cancel`, null).catch(() => {}); // else it is cleared away in two days
    this.tell(this.dataset.cancelled);
    this.field.focus();
  }

  tell(words, isWrong = false) {
    if (this.told.textContent !== words) this.told.textContent = words;
    this.told.classList.toggle("text-error", isWrong);
  }
});

/** Waits; shorter when the connection comes back. */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    for (const [where, what] of [[window, "online"], [signal, "abort"]]) {
      where.addEventListener(what, () => { clearTimeout(timer); resolve(); }, { once: true });
    }
  });
}
