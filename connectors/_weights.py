"""How X counts: by the weight of each sign, an emoji as one, every address at a fixed price.

Rules: docs.x.com/fundamentals/counting-characters and twitter-text, configuration 3, whose reference implementation is
asked beside ours in the tests. Static/js/weights.js is the same in the browser.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import regex

LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that weigh 1; all others weigh 2, and so does an emoji, however many it is made of."""

# Addresses. In the rules' own terms: what may stand in a label is anything but punctuation, blanks and marks of
# direction; so letters of every script, and emoji. The path and the query take less.
_MARKS = r"\u202A-\u202E\u061C\u200E\u200F\u2066-\u2069"
_BLANKS = r"\x09-\x0D\x20\x85\xA0\u1680\u180E\u2000-\u200A\u2028\u2029\u202F\u205F\u3000"
_NO_CHARS = r"\uFFFE\uFEFF\uFFFF"
_OUTSIDE_LABELS = rf"""!'#%&()*+,\\./:;<=>?@\[\]^{{|}}~${_BLANKS}{_NO_CHARS}{_MARKS}"""
_ACCENTED = (
    r"\xC0-\xD6\xD8-\xF6\xF8-\xFF\u0100-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263\u0268\u026F\u0272\u0289"
    r"\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_LETTERS = rf"a-z0-9{_ACCENTED}\u0400-\u04FF"
_IN_PATH = rf"[{_LETTERS}!*';:=+,.$/%#\[\]\-\u2013_~@|&]"
_IN_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"

_SUBDOMAIN = rf"(?![_-])[^{_OUTSIDE_LABELS}]++(?<![_-])\."
_NAME = rf"(?!-)[^{_OUTSIDE_LABELS}_]++(?<!-)\."
_NAMES = [
    line for line in Path(__file__).with_name("_tlds.txt").read_text("ascii").split("\n") if line[:1] not in "#"
]
_OTHER_SCRIPTS = [name[4:].encode().decode("punycode") for name in _NAMES if name.startswith("xn--")]
_TOP = r"(?:(?:\L<names>)(?=[^0-9a-zA-Z@+-]|$)|xn--[-0-9a-z]+)"
_TOP_NAMES = sorted([*_NAMES, *_OTHER_SCRIPTS], key=len, reverse=True)

_START = regex.compile(
    rf"(?P<before>[^A-Za-z0-9@＠$#＃{_NO_CHARS}]|^)(?P<scheme>https?://)?(?=[^{_OUTSIDE_LABELS}_-])", regex.IGNORECASE
)
_DOMAIN = regex.compile(
    rf"(?P<domain>(?:{_SUBDOMAIN})*{_NAME}{_TOP})(?::[0-9]+)?", regex.IGNORECASE, names=_TOP_NAMES
)
_LABELS = regex.compile(rf"(?:{_SUBDOMAIN})*+[^{_OUTSIDE_LABELS}]*+")
_ASCII_DOMAIN = regex.compile(rf"(?:[-a-z0-9{_ACCENTED}]+\.)+{_TOP}", regex.IGNORECASE, names=_TOP_NAMES)
_ROUND = rf"\((?:{_IN_PATH}++|{_IN_PATH}*+\({_IN_PATH}++\){_IN_PATH}*+)\)"  # one level deep
_PATH = regex.compile(rf"/(?:{_IN_PATH}|{_ROUND})*+", regex.IGNORECASE)
_PATH_ENDS = regex.compile(rf"[{_LETTERS}+\-=_#/)]", regex.IGNORECASE)
_QUERY = regex.compile(rf"\?{_IN_QUERY}*+", regex.IGNORECASE)
_QUERY_ENDS = regex.compile(r"[a-z0-9\-_&=#/]", regex.IGNORECASE)
_SHORTENED = regex.compile(r"https?://t\.co/([a-z0-9]+)", regex.IGNORECASE)
_LONGEST_SLUG, _LONGEST_ADDRESS, _LONGEST_LABEL = 40, 4096, 63

# Emoji. Only sequences that Unicode recommends are drawn as one, and count as one; what merely looks like one does not.
_TONE = r"[\U0001F3FB-\U0001F3FF]"
_FLAGS = (
    "ACADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCPCRCUCVCWCX"
    "CYCZDEDGDJDKDMDODZEAECEEEGEHERESETEUFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUICIDIEILIMINIO"
    "IQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNE"
    "NFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTATCTDTFTG"
    "THTJTKTLTMTNTOTRTTTVTWTZUAUGUMUNUSUYUZVAVCVEVGVIVNVUWFWSXKYEYTZAZMZW"
)
_FLAG = "|".join(
    "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in _FLAGS[at : at + 2])
    for at in range(0, len(_FLAGS), 2)
)
_NATION = "|".join(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in nation) + "\U000e007f"
    for nation in ("gbeng", "gbsct", "gbwls")
)
_PEOPLE = "[👨👩🧑]"
_WORK = "(?:[⚕⚖✈]\ufe0f|[🌾🍳🎓🎤🎨🏫🏭💻💼🔧🔬🚀🚒🦰🦱🦲🦳🍼🎄🦯🦼🦽])"
_FACING = "(?:\u200d➡\ufe0f)?"
_EITHER_SEX = (
    r"[\U0001F3C3\U0001F3C4\U0001F3CA-\U0001F3CC\U0001F46E\U0001F470\U0001F471\U0001F473\U0001F477\U0001F481\U0001F482"
    r"\U0001F486\U0001F487\U0001F574\U0001F575\U0001F645-\U0001F647\U0001F64B\U0001F64D\U0001F64E\U0001F6A3"
    r"\U0001F6B4-\U0001F6B6\U0001F926\U0001F935\U0001F937-\U0001F939\U0001F93D\U0001F93E\U0001F9B8\U0001F9B9"
    r"\U0001F9CD-\U0001F9CF\U0001F9D4\U0001F9D6-\U0001F9DD\u26F9]"
)
_JOINED = (
    rf"{_PEOPLE}{_TONE}?\u200D{_WORK}{_FACING}"
    rf"|{_PEOPLE}{_TONE}?\u200D❤\uFE0F\u200D(?:💋\u200D)?{_PEOPLE}{_TONE}?"
    rf"|{_PEOPLE}{_TONE}?\u200D🤝\u200D{_PEOPLE}{_TONE}?"
    r"|[👨👩](?:\u200D[👨👩])?(?:\u200D👧\u200D[👦👧]|\u200D👦\u200D👦|\u200D[👦👧])"
    r"|🧑(?:\u200D🧑)?(?:\u200D🧒){1,2}"
    rf"|(?:{_EITHER_SEX}(?:{_TONE}|\uFE0F)?|[👯🤼🧞🧟])\u200D[♀♂]\uFE0F{_FACING}"
    r"|🏳\uFE0F\u200D(?:🌈|⚧\uFE0F)|🏴\u200D☠\uFE0F|👁\uFE0F?\u200D🗨\uFE0F?|🐕\u200D🦺|🐈\u200D⬛|🐻\u200D❄\uFE0F"
    r"|🐦\u200D[⬛🔥]|❤\uFE0F\u200D[🔥🩹]|😮\u200D💨|😵\u200D💫|😶\u200D🌫\uFE0F|🙂\u200D[↔↕]\uFE0F|⛓\uFE0F\u200D💥"
    r"|🍄\u200D🟫|🍋\u200D🟩"
)
# The selector of the emoji form belongs to signs that are drawn as text without it, and to these.
_EITHER = (
    r"\u231A\u231B\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26D4"
    r"\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD\u2757\u2B1B\u2B1C\u2B50\u2B55\U0001F004\U0001F21A\U0001F22F"
)
_EMOJI = regex.compile(
    rf"(?:{_JOINED})|[0-9#*]\uFE0F?\u20E3|{_FLAG}|{_NATION}"
    rf"|(?:\p{{Emoji_Modifier_Base}}|[\p{{Emoji_Modifier_Base}}--\p{{Emoji_Presentation}}]\uFE0F){_TONE}"
    rf"|(?![0-9#*])(?:[\p{{Emoji}}--\p{{Emoji_Presentation}}]|[{_EITHER}])\uFE0F",
    regex.VERSION1,
)


def weight(text: str, url_length: int = 23) -> int:
    """How much of X's limit ``text`` takes, with ``url_length`` for each address in it."""
    text, total, end = unicodedata.normalize("NFC", text), 0, 0
    for start, stop in addresses(text):
        total += _of_words(text[end:start]) + url_length
        end = stop
    return total + _of_words(text[end:])


def addresses(text: str) -> list[tuple[int, int]]:
    """Where X sees an address in ``text`` (already in NFC), also one without ``https://``; in order."""
    found: list[tuple[int, int]] = []
    at, last = 0, text.rfind(".")
    while at < last and (start := _START.search(text, at)):
        match = _DOMAIN.match(text, start.end())
        if match is None:  # nor is one from any later place in the same labels
            at = max(_end_of_labels(text, start.end()), start.start() + 1)
            continue
        at = _end_of(text, match.end())
        length = at - match.start() + len(start["scheme"] or "https://")
        if _is_possible(match["domain"], length):
            found += _with_scheme(text, start.start("scheme"), at) if start["scheme"] else _bare(start, match, at)
    return found


def _of_words(text: str) -> int:
    total, end = 0, 0
    for match in _EMOJI.finditer(text):
        total += sum(map(_of_sign, text[end : match.start()])) + 2
        end = match.end()
    return total + sum(map(_of_sign, text[end:]))


def _of_sign(sign: str) -> int:
    return 1 if any(low <= ord(sign) <= high for low, high in LIGHT) else 2


def _end_of_labels(text: str, at: int) -> int:
    """Where the labels that begin ``at`` end; before their last one where that is the scheme of an address."""
    labels = _LABELS.match(text, at)
    end = labels.end() if labels else at
    scheme = regex.search(r".https?$", text[max(0, end - 6) : end], regex.IGNORECASE | regex.DOTALL)
    return end - len(scheme[0]) if scheme and text.startswith("://", end) else end


def _end_of(text: str, at: int) -> int:
    """Where the address ends whose domain (and port) ends ``at``: behind its path and query, if it has them."""
    if path := _PATH.match(text, at):
        at = max(at + 1, _last(_PATH_ENDS, text, at, path.end()))
    if query := _QUERY.match(text, at):
        end = _last(_QUERY_ENDS, text, at + 1, query.end())
        at = end if end > at + 1 else at
    return at


def _last(ending: regex.Pattern[str], text: str, start: int, end: int) -> int:
    """The end of ``text[start:end]`` without what may stand in it but not at its end."""
    while end > start and not ending.match(text, end - 1):
        end -= 1
    return end


def _is_possible(domain: str, length: int) -> bool:
    """Whether the domain can be written in the internet's own letters (RFC 3490), and the address is not too long."""
    if domain.startswith("xn--") and not _ASCII_DOMAIN.search(domain):
        return False
    return length <= _LONGEST_ADDRESS and all(0 < len(_ascii(label)) <= _LONGEST_LABEL for label in domain.split("."))


def _ascii(label: str) -> str:
    parts = regex.split(r"[\u3002\uFF0E\uFF61]", label)  # full stops of other scripts divide labels too
    return ".".join(part if part.isascii() else "xn--" + part.encode("punycode").decode() for part in parts)


def _with_scheme(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    short = _SHORTENED.match(text, start, end)
    if short is None:
        yield start, end
    elif len(short[1]) <= _LONGEST_SLUG:  # X's own short address has no further path
        query = _QUERY.match(text, short.end(), end)
        stop = _last(_QUERY_ENDS, text, short.end() + 1, query.end()) if query else 0
        yield start, stop if stop > short.end() + 1 else short.end()


def _bare(begun: regex.Match[str], match: regex.Match[str], end: int) -> Iterator[tuple[int, int]]:
    """The addresses in a run of labels without a scheme: only those of Latin letters count.

    A path belongs to the last one, and is as long as it is even where letters of another script stand before it.
    """
    if begun["before"] and begun["before"] in "-_./":
        return
    start, path = match.start("domain"), 0
    if match.string[match.end() : match.end() + 1] == "/":  # a query alone is not taken along
        path = end - match.end("domain")
    spans = [(start + one.start(), start + one.end()) for one in _ASCII_DOMAIN.finditer(match["domain"])]
    yield from spans[:-1]
    for begins, ends in spans[-1:]:
        yield begins, ends + path
