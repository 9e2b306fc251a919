/* How X counts: by the weight of each sign, an emoji as one, every address at a fixed price. The rules are those of
   connectors/_weights.py, where they are explained; a test compares the two. */
import { names } from "./tlds.js";

const marks = String.raw`\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069`;
const blanks = String.raw`\t-\r \u0085\u00A0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000`;
const noChars = String.raw`\uFFFE\uFEFF\uFFFF`;
const outside = String.raw`!'#%&()*+,\\.\/:;<=>?@\[\]^{|}~$${blanks}${noChars}${marks}`;
const accented = String.raw`\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289` +
  String.raw`\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF`;
const letters = String.raw`a-z0-9${accented}\u0400-\u04FF`;
const inPath = String.raw`[${letters}!*';:=+,.$\/%#\[\]\-\u2013_~@|&]`;
const inQuery = String.raw`[a-z0-9!?*'@();:&=+$\/%#\[\]\-_.,~|]`;
const known = new Set(names);
const scripts = names.filter((name) => !/^[a-z0-9-]+$/.test(name)).sort((one, other) => other.length - one.length);

// A label, then in code what a regular expression in a browser does not do well: whether it ends in a known name.
const start = new RegExp(String.raw`([^A-Za-z0-9@＠$#＃${noChars}]|^)(https?:\/\/)?(?=[^${outside}_\-])`, "giu");
const label = new RegExp(String.raw`[^${outside}]+`, "yu");
const latinTop = /[a-z]+(?![0-9a-zA-Z@+\-])/iyu;
const codedTop = /xn--[-0-9a-z]+/iyu;
const latinLabels = new RegExp(String.raw`(?:[-a-z0-9${accented}]+\.)+`, "iyu");
const latinLabel = new RegExp(String.raw`[-a-z0-9${accented}]`, "iu");
const port = /:[0-9]+/y;
const round = String.raw`\((?:${inPath}+|${inPath}*\(${inPath}+\)${inPath}*)\)`;
const path = new RegExp(String.raw`\/(?:${inPath}|${round})*`, "iyu");
const pathEnds = new RegExp(String.raw`[${letters}+\-=_#\/)]`, "iu");
const query = new RegExp(String.raw`\?${inQuery}*`, "iyu");
const queryEnds = /[a-z0-9\-_&=#\/]/i;
const shortened = /https?:\/\/t\.co\/([a-z0-9]+)/iy;
const longestSlug = 40;
const longestAddress = 4096;
const longestLabel = 63;

const tone = String.raw`[\u{1F3FB}-\u{1F3FF}]`;
const flags = "ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCPCRCUCVCWCX" +
  "CYCZDEDGDJDKDMDODZEAECEEEGEHERESETEUFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUICIDIEILIMINIO" +
  "IQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNE" +
  "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTATCTDTFTG" +
  "THTJTKTLTMTNTOTRTTTVTWTZUAUGUMUNUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW";
const flag = flags.match(/../g).map((two) => [...two].map((one) => String.fromCodePoint(0x1F1E6 + one.charCodeAt(0) - 65)).join("")).join("|");
const nation = ["gbeng", "gbsct", "gbwls"]
  .map((one) => "\u{1F3F4}" + [...one].map((sign) => String.fromCodePoint(0xE0000 + sign.charCodeAt(0))).join("") + "\u{E007F}").join("|");
const people = "[👨👩🧑]";
const work = String.raw`(?:[⚕⚖✈]\uFE0F|[🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳🍼🎄🦯🦼🦽])`;
const facing = String.raw`(?:\u200D➡\uFE0F)?`;
const eitherSex = String.raw`[\u{1F3C3}\u{1F3C4}\u{1F3CA}-\u{1F3CC}\u{1F46E}\u{1F470}\u{1F471}\u{1F473}\u{1F477}\u{1F481}\u{1F482}` +
  String.raw`\u{1F486}\u{1F487}\u{1F574}\u{1F575}\u{1F645}-\u{1F647}\u{1F64B}\u{1F64D}\u{1F64E}\u{1F6A3}` +
  String.raw`\u{1F6B4}-\u{1F6B6}\u{1F926}\u{1F935}\u{1F937}-\u{1F939}\u{1F93D}\u{1F93E}\u{1F9B8}\u{1F9B9}` +
  String.raw`\u{1F9CD}-\u{1F9CF}\u{1F9D4}\u{1F9D6}-\u{1F9DD}\u26F9]`;
const joined = [
  String.raw`${people}${tone}?\u200D${work}${facing}`,
  String.raw`${people}${tone}?\u200D❤\uFE0F\u200D(?:💋\u200D)?${people}${tone}?`,
  String.raw`${people}${tone}?\u200D🤝\u200D${people}${tone}?`,
  String.raw`[👨👩](?:\u200D[👨👩])?(?:\u200D👧\u200D[👦👧]|\u200D👦\u200D👦|\u200D[👦👧])`,
  String.raw`🧑(?:\u200D🧑)?(?:\u200D🧒){1,2}`,
  String.raw`(?:${eitherSex}(?:${tone}|\uFE0F)?|[👯🤼🧞🧟])\u200D[♀♂]\uFE0F${facing}`,
  String.raw`🏳\uFE0F\u200D(?:🌈|⚧\uFE0F)|🏴\u200D☠\uFE0F|👁\uFE0F?\u200D🗨\uFE0F?|🐕\u200D🦺|🐈\u200D⬛|🐻\u200D❄\uFE0F`,
  String.raw`🐦\u200D[⬛🔥]|❤\uFE0F\u200D[🔥🩹]|😮\u200D💨|😵\u200D💫|😶\u200D🌫\uFE0F|🙂\u200D[↔↕]\uFE0F|⛓\uFE0F\u200D💥`,
  String.raw`🍄\u200D🟫|🍋\u200D🟩`,
].join("|");
const either = String.raw`[\u231A\u231B\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26D4` +
  String.raw`\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD\u2757\u2B1B\u2B1C\u2B50\u2B55\u{1F004}\u{1F21A}\u{1F22F}]`;
const emoji = new RegExp(String.raw`(?:${joined})|[0-9#*]\uFE0F?\u20E3|${flag}|${nation}` +
  String.raw`|(?:\p{Emoji_Modifier_Base}|(?!\p{Emoji_Presentation})\p{Emoji_Modifier_Base}\uFE0F)${tone}` +
  String.raw`|(?![0-9#*])(?:(?!\p{Emoji_Presentation})\p{Emoji}|${either})\uFE0F`, "gu");
const light = [[0, 4351], [8192, 8205], [8208, 8223], [8242, 8247]];

const matchAt = (pattern, text, at) => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};
const weightOfSign = (sign) => light.some(([low, high]) => low <= sign.codePointAt(0) && sign.codePointAt(0) <= high) ? 1 : 2;
const weightOfWords = (text) => {
  const emojis = text.match(emoji) ?? [];
  return [...text.replace(emoji, "")].reduce((sum, sign) => sum + weightOfSign(sign), 0) + 2 * emojis.length;
};

/** Where a known top-level name that begins here ends; 0 when none does. */
function endOfTop(text, at) {
  const coded = matchAt(codedTop, text, at);
  const latin = matchAt(latinTop, text, at);
  if (latin && known.has(latin[0].toLowerCase())) return at + latin[0].length;
  const other = scripts.find((name) => text.slice(at, at + name.length).toLowerCase() === name && !/[0-9a-zA-Z@+\-]/.test(text[at + name.length] ?? ""));
  if (other) return at + other.length;
  return coded ? at + coded[0].length : 0;
}

/** The longest domain that begins here, as its end; 0 for none. */
function endOfDomain(text, at) {
  let found = 0;
  for (let place = at; ;) {
    const one = matchAt(label, text, place);
    if (!one || text[place + one[0].length] !== "." || /^[_\-]|[_\-]$/.test(one[0])) return found;
    place += one[0].length + 1;
    if (!one[0].includes("_")) found = endOfTop(text, place) || found;
  }
}

function endOfLabels(text, at) {
  let place = at;
  for (;;) {
    const one = matchAt(label, text, place);
    if (!one) break;
    const end = place + one[0].length;
    if (text[end] !== "." || /^[_\-]|[_\-]$/.test(one[0])) {
      place = end;
      break;
    }
    place = end + 1;
  }
  const scheme = /.https?$/iu.exec(text.slice(Math.max(0, place - 7), place));
  return scheme && text.startsWith("://", place) ? place - scheme[0].length : place;
}

const last = (ending, text, from, to) => {
  let end = to;
  while (end > from && !ending.test(text[end - 1])) end -= 1;
  return end;
};

function endOfAddress(text, domainEnds) {
  let at = domainEnds;
  const way = matchAt(path, text, at);
  if (way) at = Math.max(at + 1, last(pathEnds, text, at, at + way[0].length));
  const asked = matchAt(query, text, at);
  const end = asked ? last(queryEnds, text, at + 1, at + asked[0].length) : 0;
  return end > at + 1 ? end : at;
}

/** The length of a label in the internet's own letters (RFC 3492). */
function codedLength(part) {
  if (/^[\0-\x7F]*$/.test(part)) return part.length;
  const points = [...part].map((sign) => sign.codePointAt(0));
  const basic = points.filter((point) => point < 128).length;
  let [n, delta, bias, handled, size] = [128, 0, 72, basic, basic ? basic + 1 : 0];
  while (handled < points.length) {
    const next = Math.min(...points.filter((point) => point >= n));
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n) delta += 1;
      if (point !== n) continue;
      let q = delta;
      for (let k = 36; ; k += 36) {
        const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
        size += 1;
        if (q < t) break;
        q = Math.floor((q - t) / (36 - t));
      }
      delta = handled === basic ? Math.floor(delta / 700) : delta >> 1;
      delta += Math.floor(delta / (handled + 1));
      let k = 0;
      for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
      bias = k + Math.floor((36 * delta) / (delta + 38));
      delta = 0;
      handled += 1;
    }
    delta += 1;
    n += 1;
  }
  return size + "xn--".length;
}

function isPossible(domain, length) {
  if (domain.startsWith("xn--") && latinDomains(domain).length === 0) return false;
  return length <= longestAddress && domain.split(".").every((one) => {
    const size = one.split(/[\u3002\uFF0E\uFF61]/).reduce((sum, part) => sum + codedLength(part) + 1, -1);
    return 0 < size && size <= longestLabel;
  });
}

/** The domains of Latin letters in a run of labels. */
function latinDomains(domain) {
  const spans = [];
  for (let at = 0; at < domain.length;) {
    const labels = latinLabel.test(domain[at]) ? matchAt(latinLabels, domain, at) : null;
    let end = 0;
    for (let stop = labels ? at + labels[0].length : 0; stop > at && !end; stop = domain.lastIndexOf(".", stop - 2) + 1) {
      end = endOfTop(domain, stop);
    }
    if (end) spans.push([at, end]);
    at = end || at + 1;
  }
  return spans;
}

function withScheme(text, from, to) {
  const short = matchAt(shortened, text, from);
  if (!short || from + short[0].length > to) return [[from, to]];
  if (short[1].length > longestSlug) return [];
  const end = from + short[0].length;
  const asked = matchAt(query, text.slice(0, to), end);
  const stop = asked ? last(queryEnds, text, end + 1, end + asked[0].length) : 0;
  return [[from, stop > end + 1 ? stop : end]];
}

function bare(text, before, from, domainEnds, portEnds, to) {
  if (before && "-_./".includes(before)) return [];
  const way = text[portEnds] === "/" ? to - domainEnds : 0;
  const spans = latinDomains(text.slice(from, domainEnds)).map(([begins, ends]) => [from + begins, from + ends]);
  if (spans.length) spans.at(-1)[1] += way;
  return spans;
}

/** Where X sees an address, also one without https://, in a text in NFC. */
function addresses(text) {
  const found = [];
  const lastDot = text.lastIndexOf(".");
  for (let at = 0; at < lastDot;) {
    const begun = matchAt(start, text, at);
    if (!begun) break;
    const from = begun.index + begun[0].length;
    const domainEnds = endOfDomain(text, from);
    if (!domainEnds) {
      at = Math.max(endOfLabels(text, from), begun.index + (begun[1].length || 1));
      continue;
    }
    const portEnds = domainEnds + (matchAt(port, text, domainEnds)?.[0].length ?? 0);
    at = endOfAddress(text, portEnds);
    const scheme = begun[2] ?? "";
    if (isPossible(text.slice(from, domainEnds), at - from + (scheme || "https://").length)) {
      found.push(...scheme ? withScheme(text, from - scheme.length, at) : bare(text, begun[1], from, domainEnds, portEnds, at));
    }
  }
  return found;
}

/** How much of X's limit a text takes. */
export function weighted(text, urlLength) {
  const plain = text.normalize("NFC");
  let total = 0;
  let end = 0;
  for (const [from, to] of addresses(plain)) {
    total += weightOfWords(plain.slice(end, from)) + urlLength;
    end = to;
  }
  return total + weightOfWords(plain.slice(end));
}
