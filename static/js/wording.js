/* What goes out for what is typed, as the server puts it together (sharing/wording.py, connectors/_text.py); a test compares. */

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

/** The link stands on a line of its own below the text, unless there is none or the text holds it. */
export function wording(text, link) {
  if (!link || new RegExp(String.raw`${escaped(link)}(?![\p{L}\p{N}_\/?#=&%\-])`, "u").test(text)) return text;
  const body = text.trimEnd();
  return body ? `${body}\n\n${link}` : link;
}

/** The whole text: `place` (or the link) in the place of {link}, the disclosure where it is missing, the link below. */
export function outgoing(text, { link = "", place = "", disclosure = "" } = {}) {
  let whole = text.replaceAll("{link}", place || link || "").trim();
  const says = disclosure && new RegExp(String.raw`(?<![\p{L}\p{N}_])${escaped(disclosure)}(?![\p{L}\p{N}_])`, "iu").test(whole);
  if (disclosure && !says) whole = `${whole} ${disclosure}`.trim();
  return wording(whole, link);
}
