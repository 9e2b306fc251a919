"""Whether a status that Mastodon shows as HTML is the text that we sent."""

from __future__ import annotations

from html.parser import HTMLParser

from connectors._text import without_servers


class _Text(HTMLParser):
    """Collects the words and the addresses of links."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("br", "p"):
            self.words.append(" ")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def same_text(html: str, text: str, link: str | None) -> bool:
    """Whether ``html`` is ``text`` as Mastodon draws it. ``link``, being ours for this one share, decides
    alone.
    """
    shown = _Text()
    shown.feed(html)
    if link:
        return link in shown.links or link in "".join(shown.words)
    # A mention of somebody the server knows is drawn without their server, any other as it was written.
    return _bare("".join(shown.words)) == _bare(text)


def _bare(text: str) -> str:
    return "".join(without_servers(text).split())
