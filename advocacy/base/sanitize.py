"""All HTML and all links from outside pass here before anybody sees them.

Two sanitisers with different parsers: bleach first, nh3 as the last word. Neither alone is trusted: bleach lets
`javascript:123` through, and what one parser misreads the other has to misread in the same way.
"""

from __future__ import annotations

import html as entities
import re
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import bleach
import nh3
from markdown_it import MarkdownIt

from advocacy.base import markup

TAGS = {
    "a", "abbr", "b", "blockquote", "br", "cite", "code", "del", "em", "h3", "h4", "hr", "i", "ins", "kbd", "li",
    "mark", "ol", "p", "pre", "q", "s", "small", "strong", "sub", "sup", "u", "ul",
}  # fmt: skip
LINK_SCHEMES = {"http", "https", "mailto"}
LONGEST_LINK = 2000
LONGEST_HTML = 100_000
"""Characters; more is cut."""
LONGEST_MARKDOWN = 50_000
"""Characters; more is cut."""

_LINK_REL = "noopener noreferrer nofollow"
_DEEPEST = 40
_MOST_PIECES = 10_000
_VOID = {"br", "hr"}
_AS = {
    "h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4", "strike": "s", "tt": "code", "samp": "code", "var": "i",
    "dfn": "i", "address": "p", "article": "p", "aside": "p", "center": "p", "dd": "p", "details": "p", "div": "p",
    "dt": "p", "fieldset": "p", "figcaption": "p", "figure": "p", "footer": "p", "form": "p", "header": "p",
    "legend": "p", "main": "p", "nav": "p", "section": "p", "summary": "p", "table": "p", "tr": "p", "caption": "p",
}  # fmt: skip
"""What stands for tags that are not kept but divide the text. The page owns the first two ranks of headings."""
_SPACES = {"td", "th", "option", "img"}
_BLOCKS = {"blockquote", "br", "h3", "h4", "hr", "li", "ol", "p", "pre", "ul"}
_NOTHING_IN_IT = re.compile(r"<(a|p|li|b|i|em|strong|h3|h4|blockquote)(?: [^<>]*)?>\s*</\1>")
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("strikethrough")


def rich(html: str, *, base: str = "") -> str:
    """HTML of a few harmless tags, from any HTML.

    Args:
        html: anything. Beyond `LONGEST_HTML` it is cut; what is nested too deep, or comes after
            thousands of tags, loses its tags and keeps its text.
        base: the address that relative links are meant from; without it they lose their target.

    Returns:
        Paragraphs, lists, quotations, headings of the third and fourth rank (the page owns the ranks above),
        emphasis and links to http, https and mailto. No images, styles, classes, ids, scripts or frames.
    """
    bleached = bleach.clean(
        _tamed(html[:LONGEST_HTML], base),
        tags=TAGS,
        attributes={"a": ["href", "title"], "abbr": ["title"]},
        protocols=LINK_SCHEMES,
        strip=True,
        strip_comments=True,
    )
    return nh3.clean(
        _NOTHING_IN_IT.sub("", bleached),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "abbr": {"title"}},
        attribute_filter=lambda tag, name, value: link(value) if (tag, name) == ("a", "href") else value,
        url_schemes=LINK_SCHEMES,
        link_rel=_LINK_REL,
    )


def plain(html: str) -> str:
    """The text of any HTML: entities resolved, blocks on lines of their own, white space evened out.

    It is text, not HTML: it must still be escaped where it is shown, as templates do by themselves.
    """
    pieces: list[str] = []
    for part in markup.read(html):
        if isinstance(part, markup.Words):
            pieces.append(re.sub(r"\s+", " ", part.text))
        elif _AS.get(part.name, part.name) in _BLOCKS:
            pieces.append("\n")
        elif part.name in _SPACES:
            pieces.append(" ")
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(pieces).split("\n"))
    return _printable("\n".join(line for line in lines if line))


def one_line(html: str, *, longest: int) -> str:
    """The text of any HTML on one line, cut at a word with an ellipsis when it is longer than `longest`."""
    text = " ".join(plain(html).split())
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > longest // 2 else cut).rstrip(" ,;:.-–—") + "…"


def markdown(text: str) -> str:
    """HTML from Markdown (CommonMark and strikethrough); tags written in it are shown, not obeyed."""
    return rich(str(_MARKDOWN.render(text[:LONGEST_MARKDOWN])))


def web_url(url: str, *, base: str = "") -> str | None:
    """A web address as it may stand in a link, or None.

    Args:
        url: anything.
        base: what a relative one is meant from.

    Returns:
        An absolute http or https address with a host and without name and password, in characters that need no
        further quoting, at most `LONGEST_LINK` long.
    """
    parts = _split(url, base)
    if parts is None or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or re.search(r"[\s\"<>^`{|}%]", parts.netloc):
        return None
    return _quoted(parts)


def link(url: str, *, base: str = "") -> str | None:
    """As `web_url`, but a mailto address may stand too."""
    parts = _split(url, base)
    if parts is not None and parts.scheme == "mailto":
        return _quoted(parts) if "@" in parts.path else None
    return web_url(url, base=base)


def _split(url: str, base: str) -> SplitResult | None:
    text = url.strip()
    # Browsers drop tabs and line breaks inside an address and take a backslash for a slash; so would
    # "java\tscript:" become a scheme. No honest address holds them.
    if not text or re.search(r"[\x00-\x1f\x7f\\\u2028\u2029]", text):
        return None
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
    except ValueError:
        return None
    return parts._replace(scheme=parts.scheme.lower())


def _quoted(parts: SplitResult) -> str | None:
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]|")
    fragment = quote(parts.fragment, safe="/%:@!$&'()*+,;=~-._?")
    address = parts._replace(path=path, query=query, fragment=fragment).geturl()
    return address if len(address) <= LONGEST_LINK else None


def _tamed(source: str, base: str) -> str:
    """The same text in tags that are balanced, few deep and without needless attributes.

    Parsers that mend markup can be led into quadratic work by tags that are nested a hundred thousand deep, left
    open or crossed. What they are given here takes one pass to write and one to read. It is no sanitiser: those
    follow.
    """
    written: list[str] = []
    open_tags: list[str] = []

    def close(name: str) -> None:
        while open_tags:
            last = open_tags.pop()
            written.append(f"</{last}>")
            if last == name:
                return

    for part in markup.read(source):
        if isinstance(part, markup.Words):
            written.append(entities.escape(_printable(part.text), quote=False))
            continue
        name = _AS.get(part.name, part.name)
        if name in _SPACES:
            written.append(" ")
        if name not in TAGS:
            continue
        if part.is_closing:
            if name in open_tags:
                close(name)
            continue
        if name in _BLOCKS and name != "br" and "p" in open_tags:
            close("p")
        if name == "li" and _is_in_item(open_tags):
            close("li")
        if name in _VOID:
            written.append(f"<{name}>")
        elif len(open_tags) < _DEEPEST and len(written) < _MOST_PIECES:
            open_tags.append(name)
            written.append(f"<{name}{_attributes(part, base)}>")
    close("")
    return "".join(written)


def _is_in_item(open_tags: list[str]) -> bool:
    """Whether a list item is open to which a new one would be the next, not a part."""
    return next((name == "li" for name in reversed(open_tags) if name in ("li", "ul", "ol")), False)


def _attributes(tag: markup.Tag, base: str) -> str:
    """The target and the title, where there are any, as they are written in HTML."""
    if tag.name not in ("a", "abbr"):
        return ""
    given = tag.attributes
    kept = {"href": link(given.get("href", ""), base=base) or "", "title": _printable(given.get("title", ""))}
    if tag.name == "abbr":
        del kept["href"]
    return "".join(f' {name}="{entities.escape(value)}"' for name, value in kept.items() if value)


def _printable(text: str) -> str:
    """Without control characters and without those that turn the direction of what follows."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]", "", text)
