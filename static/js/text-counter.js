/* <text-counter for limit unit url-length short-mentions backslashes link place disclosure data-left data-over>: what is left of a
   network's limit, counted by its own rule; without words just the number. `link`, `place` and `disclosure` as in wording.js.
   The rules are those of connectors/_text.py, and a test compares the two; what counts in the end is the server's check
   before anything is sent. */
import { weighted } from "./weights.js";
import { outgoing } from "./wording.js";

const before = String.raw`(?<![\p{L}\p{N}@＠$#＃_./\-])`;
const path = String.raw`[a-z0-9!*';:=+,.$\/%#\[\]_~&|@\-]*[a-z0-9=_#\/+\-]`;
const label = String.raw`[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.`;

const address = new RegExp(
  String.raw`${before}https?:\/\/(?:${label})+(?<tld>[a-z]{2,63}|xn--[a-z0-9\-]+)(?![a-z0-9_@.\-]*[\p{L}\p{N}_@])(?::\d{1,5})?` +
  String.raw`(?:\/(?:${path})?)?(?:\?[a-z0-9!?*';:&=+$\/%#\[\]_.,~|@\-]*[a-z0-9_&=#\/\-])?`, "giu");
const remoteMention = /(?<![\p{L}\p{N}_/])(@[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\p{L}\p{N}.-]*[\p{L}\p{N}]/giu;
const emojiOrLike = /\p{Extended_Pictographic}|[\u{1F000}-\u{1FAFF}]|\uFE0F|\u20E3/u;
const notPublic = new Set(["local", "localhost", "internal", "lan", "home", "corp", "test", "example", "invalid", "alt"]);

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
const graphemes = (text) => Array.from(segmenter.segment(text), (part) => part.segment);

/** Threads: a code point is one, and an emoji as much as its bytes in UTF-8. */
const encoder = new TextEncoder();
const emojiAsBytes = (text) => graphemes(text).reduce((sum, cluster) => sum + (emojiOrLike.test(cluster)
  ? encoder.encode(cluster).length : Array.from(cluster).length), 0);

/** The text with one control character for each public address, and how many there were. */
function withoutAddresses(text) {
  let urls = 0;
  const shortened = text.replace(address, (...found) => {
    if (notPublic.has(found.at(-1).tld.toLowerCase())) return found[0];
    urls += 1;
    return "\0";
  });
  return { shortened, urls };
}

// Python's \s and \d, and a line begins after \n alone.
const space = String.raw`[\t-\r\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const lineMarks = new RegExp(
  String.raw`(?<![^\n])(?:(${space}*)(#{1,3}|-#|[\->+])(?=${space}|>)|(${space}*\p{Nd}+)(\.)(?=${space}))`, "gu");
const marks = /[\\*_~`|[\]<]/g;

/** The text with a backslash before whatever Discord would take for formatting; addresses stay. */
function withBackslashes(text) {
  let [whole, end] = ["", 0];
  for (const found of text.matchAll(address)) {
    whole += text.slice(end, found.index).replace(marks, String.raw`\$&`) + found[0];
    end = found.index + found[0].length;
  }
  whole += text.slice(end).replace(marks, String.raw`\$&`);
  return whole.replace(lineMarks, (_, indent = "", mark = "", number = "", dot = "") => `${indent}${number}\\${mark}${dot}`);
}

/** How much of a limit a text uses. */
export function measure(text, { unit = "graphemes", urlLength = 0, shortMentions = false, backslashes = false } = {}) {
  if (unit === "weighted") return weighted(text, urlLength || 23);
  if (unit === "emoji_bytes") return emojiAsBytes(text);
  const written = backslashes ? withBackslashes(text) : text;
  const named = shortMentions ? written.replace(remoteMention, "$1") : written;
  const { shortened, urls } = urlLength ? withoutAddresses(named) : { shortened: named, urls: 0 };
  const size = unit === "utf16" ? shortened.length : graphemes(shortened).length;
  return size + urls * (urlLength - 1);
}

const nearLimit = 0.1;

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

  count() {
    const limit = Number(this.getAttribute("limit"));
    const [link, place, disclosure] = ["link", "place", "disclosure"].map((name) => this.getAttribute(name));
    const left = limit - measure(outgoing(this.field.value, { link, place, disclosure }), {
      unit: this.getAttribute("unit"),
      urlLength: Number(this.getAttribute("url-length") ?? 0),
      shortMentions: this.hasAttribute("short-mentions"),
      backslashes: this.hasAttribute("backslashes"),
    });
    const format = new Intl.NumberFormat(document.documentElement.lang);
    const words = left < 0 ? this.dataset.over : this.dataset.left;
    this.textContent = words ? words.replace("{count}", format.format(Math.abs(left))) : format.format(left);
    this.dataset.state = left < 0 ? "over" : left < limit * nearLimit ? "near" : "fine";
  }
});
