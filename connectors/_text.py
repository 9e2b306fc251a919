"""How networks count: graphemes, X's weights, UTF-16, emoji as bytes; what a URL is; where the tracked link stands."""

from __future__ import annotations

import unicodedata

import regex

from connectors._values import Limits, Unit

# A URL as the networks' own matchers surely see it. Where they might see less, less is matched here: the
# rest is then counted in full, so that a text is at worst called longer than it is, never shorter.
URL = regex.compile(
    r"(?<![\p{L}\p{N}@＠$#＃_./-])https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?P<tld>[a-z]{2,63}|xn--[a-z0-9-]+)"
    r"(?![a-z0-9_@.-]*[\p{L}\p{N}_@])(?::\d{1,5})?"
    r"(?:/(?:[a-z0-9!*';:=+,.$/%#\[\]_~&|@-]*[a-z0-9=_#/+-])?)?"
    r"(?:\?[a-z0-9!?*';:&=+$/%#\[\]_.,~|@-]*[a-z0-9_&=#/-])?",
    regex.IGNORECASE,
)
_MARKS = regex.compile(r"[\\*_~`|\[\]<]")
_LINE_MARKS = regex.compile(r"^(\s*)(#{1,3}|-#|[->+])(?=\s|>)|^(\s*\d+)(\.)(?=\s)", regex.MULTILINE)
# Names that no public registry gives out (RFC 6761, RFC 9476, ICANN's .internal): networks do not see a URL
# there.
_NOT_PUBLIC = frozenset(
    {"local", "localhost", "internal", "lan", "home", "corp", "test", "example", "invalid", "alt"}
)
_REMOTE_MENTION = regex.compile(
    r"(?<![\p{L}\p{N}_/])(@[a-z0-9_]+(?:[a-z0-9_.-]+[a-z0-9_]+)?)@[\p{L}\p{N}.-]*[\p{L}\p{N}]", regex.I
)
# Whatever may be drawn as an emoji, so that a text is at worst called longer than Threads counts it.
_EMOJI_OR_LIKE = regex.compile(r"\p{Extended_Pictographic}|[\U0001F000-\U0001FAFF]|\uFE0F|\u20E3")


def wording(text: str, link: str | None) -> str:
    """``text`` with ``link`` on a line of its own below it, unless there is none or the text already holds it.

    Line ends become those that a person sees and counts: forms send two characters for each.
    """
    text = text.replace("\r\n", "\n")
    if not link or holds(text, link):
        return text
    body = text.rstrip()
    return f"{body}\n\n{link}" if body else link


def holds(text: str, link: str) -> bool:
    """Whether ``link`` stands in ``text`` as a whole, not as the beginning of a longer address."""
    return regex.search(regex.escape(link) + r"(?![\w/?#=&%-])", text) is not None


def _addresses(text: str, limits: Limits) -> list[tuple[int, int]]:
    if limits.unit is Unit.WEIGHTED:
        from connectors._weights import addresses

        return addresses(text)
    return [match.span() for match in URL.finditer(text)]


def without_servers(text: str) -> str:
    """``text`` with ``@user`` for ``@user@server``, as Mastodon counts and shows it."""
    return str(_REMOTE_MENTION.sub(r"\1", text))


def pieces_of(text: str) -> list[tuple[str, bool]]:
    """``text`` cut into what is an address (True) and what is not, so that each can be written as it must be."""
    pieces, end = [], 0
    for match in URL.finditer(text):
        pieces += [(text[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [(piece, is_url) for piece, is_url in [*pieces, (text[end:], False)] if piece]


def with_backslashes(text: str) -> str:
    """``text`` so that Discord's Markdown shows it as it is. Addresses stay: a backslash would break them."""
    lined = "".join(piece if is_url else _MARKS.sub(r"\\\g<0>", piece) for piece, is_url in pieces_of(text))
    return _LINE_MARKS.sub(lambda found: f"{found[1]}\\{found[2]}" if found[2] else f"{found[3]}\\{found[4]}", lined)


def graphemes(text: str) -> int:
    """How many characters a reader sees (extended grapheme clusters, UAX 29)."""
    return len(regex.findall(r"\X", text))


def length(text: str, limits: Limits) -> int:
    """How long ``text`` is in the unit of ``limits``, with URLs and mentions at their fixed price."""
    if limits.unit is Unit.WEIGHTED:
        from connectors._weights import weight  # its patterns take a quarter of a second to compile

        return weight(text, limits.url_length or 23)
    if limits.unit is Unit.EMOJI_BYTES:
        return _emoji_as_bytes(text)
    if limits.backslashes:
        text = with_backslashes(text)
    if limits.short_mentions:
        text = without_servers(text)
    shortened, urls = _without_urls(text) if limits.url_length else (text, 0)
    size = len(shortened.encode("utf-16-le")) // 2 if limits.unit is Unit.UTF16 else graphemes(shortened)
    return size + urls * ((limits.url_length or 0) - 1)


def cut(text: str, limits: Limits) -> str:
    """The longest beginning of ``text`` that fits, with no character and no address torn in two."""
    if limits.max_length is None or length(text, limits) <= limits.max_length:
        return text
    text = unicodedata.normalize("NFC", text)
    whole = _addresses(text, limits)
    inside = {place for start, end in whole for place in range(start + 1, end)}
    ends = [0, *(match.end() for match in regex.finditer(r"\X", text) if match.end() not in inside)]
    fitting, too_long = 0, len(ends)
    while too_long - fitting > 1:
        middle = (fitting + too_long) // 2
        if length(text[: ends[middle]], limits) <= limits.max_length:
            fitting = middle
        else:
            too_long = middle
    return text[: ends[fitting]]


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` UTF-16 units, with an ellipsis where something was cut off, and no character torn."""
    if length(text, Limits(most, unit=Unit.UTF16)) <= most:
        return text
    return f"{cut(text, Limits(most - 1, unit=Unit.UTF16)).rstrip()}…"


def _without_urls(text: str) -> tuple[str, int]:
    """``text`` with one control character for each URL, and how many there were.

    A control character is a grapheme of its own, whatever stands beside it (UAX 29, GB4 and GB5).
    """
    pieces, end, urls = [], 0, 0
    for match in URL.finditer(text):
        if match["tld"].lower() not in _NOT_PUBLIC:
            pieces.append(text[end : match.start()])
            end, urls = match.end(), urls + 1
    pieces.append(text[end:])
    return "\0".join(pieces), urls


def _emoji_as_bytes(text: str) -> int:
    """Length by Threads' rule (developers.facebook.com, Threads API, limitations): emoji are their bytes in UTF-8."""
    return sum(
        len(cluster.encode()) if _EMOJI_OR_LIKE.search(cluster) else len(cluster)
        for cluster in regex.findall(r"\X", text)
    )
