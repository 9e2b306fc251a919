/* <text-counter for limit unit url-length count-url data-left data-over>: what is left of a network's limit, counted by its
   own unit; without words just the number.
   The server counts again before anything is sent; with count-url it also counts here, after a pause in typing. */

const link = /\bhttps?:\/\/[^\s<>"]+/gu;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const bytes = new TextEncoder();

const graphemes = (text) => [...segmenter.segment(text)];

/** X counts most Latin letters once, everything else and each emoji twice (docs.x.com/fundamentals/counting-characters). */
function weightOnX(grapheme) {
  if (/\p{Extended_Pictographic}/u.test(grapheme) && grapheme.length > 1) return 2;
  let weight = 0;
  for (const sign of grapheme) {
    const point = sign.codePointAt(0);
    const light = point <= 0x10ff || (point >= 0x2000 && point <= 0x200d) || (point >= 0x2010 && point <= 0x201f) || (point >= 0x2032 && point <= 0x2037);
    weight += light ? 1 : 2;
  }
  return weight;
}

const units = {
  graphemes: (text) => graphemes(text).length,
  utf16: (text) => text.length,
  bytes: (text) => bytes.encode(text).length,
  x: (text) => graphemes(text.normalize("NFC")).reduce((sum, part) => sum + weightOnX(part.segment), 0),
};

/** How much of the limit a text uses. `urlLength`: what every link counts for, or 0 for its own length. */
export function measure(text, unit = "graphemes", urlLength = 0) {
  const plain = text.replace(/\r\n/g, "\n");
  if (!urlLength) return units[unit](plain);
  const links = plain.match(link) ?? [];
  return units[unit](plain.replace(link, "")) + links.length * urlLength;
}

const nearLimit = 0.1;
const pause = 350; // ms

customElements.define("text-counter", class extends HTMLElement {
  connectedCallback() {
    this.field = document.getElementById(this.getAttribute("for"));
    if (!this.field) return;
    this.listener = () => this.count();
    this.field.addEventListener("input", this.listener);
    this.count();
  }

  disconnectedCallback() {
    this.field?.removeEventListener("input", this.listener);
  }

  get limit() {
    return Number(this.getAttribute("limit"));
  }

  count() {
    const used = measure(this.field.value, this.getAttribute("unit") ?? "graphemes", Number(this.getAttribute("url-length") ?? 0));
    this.show(this.limit - used);
    if (!this.hasAttribute("count-url")) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.askServer(), pause);
  }

  /** The server answers {"left": number} for the text in the form field "text". */
  async askServer() {
    const text = this.field.value;
    const { "X-CSRFToken": token } = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(this.getAttribute("count-url"), {
      method: "POST", credentials: "same-origin", headers: { "X-CSRFToken": token }, body: new URLSearchParams({ text }),
    }).catch(() => null); // offline: the local count stands
    if (!answer?.ok || this.field.value !== text) return;
    this.show((await answer.json()).left);
  }

  show(left) {
    const format = new Intl.NumberFormat(document.documentElement.lang);
    const words = left < 0 ? this.dataset.over : this.dataset.left;
    this.textContent = words ? words.replace("{count}", format.format(Math.abs(left))) : format.format(left);
    this.dataset.state = left < 0 ? "over" : left < this.limit * nearLimit ? "near" : "fine";
    this.dispatchEvent(new CustomEvent("counted", { bubbles: true, detail: { left } }));
  }
});
