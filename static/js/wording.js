/* What goes out for what is typed, as the server puts it together (sharing/wording.py, connectors/_text.py); a test compares. */

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** The link stands on a line of its own below the text, unless there is none or the text holds it. */
export function wording(text, link) {
  if (!link || new RegExp(String.raw`${escaped(link)}(?![\p{L}\p{N}_\/?#=&%\-])`, "u").test(text)) return text;
  const body = text.trimEnd();
  return body ? `${body}\n\n${link}` : link;
}

const word = /(?:(?<![\p{L}\p{N}_])#)?[\p{L}\p{N}_]+/gu;
const words = (text) => text.replace(/https?:\/\/\S+/giu, " ").normalize("NFC").toLowerCase().match(word) ?? [];
const bare = (one) => one.replace(/^#/, "");

/** Whether a text says a wording: its words in order; a hashtag only as that hashtag, a sentence also as one (library/disclosures.py). */
function says(text, wording) {
  const [said, sought] = [words(text), words(wording)];
  if (!sought.length) return text.includes(wording);
  if (sought.length > 1 && said.includes(`#${sought.map(bare).join("")}`)) return true;
  return said.some((_, start) => sought.every((one, step) => {
    const here = said[start + step];
    return here !== undefined && (one.startsWith("#") ? here === one : bare(here) === one);
  }));
}

function disclosed(text, wanted) {
  let whole = text;
  const leftOut = document.querySelector("[data-leaves-out]")?.checked;
  for (const one of wanted) {
    if ((one.optional && leftOut) || [one.text, ...one.also].some((wording) => says(whole, wording))) continue;
    const gap = words(one.text).every((part) => part.startsWith("#")) ? " " : "\n\n";
    whole = (one.place === "beginning" ? [one.text, whole] : [whole, one.text]).join(gap).trim();
  }
  return whole;
}

/** The whole text: `place` (or the link) in the place of {link}, each disclosure (as JSON) where it is missing, the link below. */
export function outgoing(text, { link = "", place = "", disclosure = "" } = {}) {
  const whole = text.replaceAll("{link}", place || link || "").trim();
  return wording(disclosed(whole, JSON.parse(disclosure || "[]")), link);
}
