"""The networks a person posts to themselves: a table of share pages, opened with everything filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlencode

from connectors._base import Connector, ShareLinkConnector
from connectors._errors import N_, Reason, Rejected
from connectors._http import Http
from connectors._text import holds
from connectors._values import Draft, Limits, Unit

NO_LIMITS = Limits(None)


@dataclass(frozen=True, slots=True)
class Page:
    """One share page. ``fields`` says what goes under which name: link, text, both, title or mail; ``join`` is what
    stands between the address and them.
    """

    network: str
    label: str
    address: str
    fields: Mapping[str, str]
    limits: Limits = NO_LIMITS
    join: str = "?"


# Sources of the addresses: learn.microsoft.com share plug-in, docs.x.com web intent, docs.bsky.app intent
# links, faq.whatsapp.com 5913398998672934, core.telegram.org/widgets/share, RFC 6068 and 5724. LinkedIn, Facebook
# and Xing take no text. Xing and Hacker News document nothing: these are the addresses that sites use (2026-11).
PAGES = (
    Page(
        "linkedin",
        "LinkedIn",
        "https://www.linkedin.com/sharing/share-offsite/",
        {"url": "link"},
        Limits(3000, unit=Unit.UTF16),
    ),
    Page(
        "x",
        "X",
        "https://x.com/intent/tweet",
        {"text": "text", "url": "link"},
        Limits(280, unit=Unit.WEIGHTED, url_length=23),
    ),
    Page("facebook", "Facebook", "https://www.facebook.com/sharer/sharer.php", {"u": "link"}, Limits(63_206)),
    Page(
        "threads",
        "Threads",
        "https://www.threads.com/intent/post",
        {"text": "text", "url": "link"},
        Limits(500),
    ),
    Page("bluesky", "Bluesky", "https://bsky.app/intent/compose", {"text": "both"}, Limits(300, max_bytes=3000)),
    Page(
        "mastodon",
        "Mastodon",
        "{server}/share",
        {"text": "both"},
        Limits(500, url_length=23, short_mentions=True),
    ),
    Page("whatsapp", "WhatsApp", "https://wa.me/", {"text": "both"}),
    Page("telegram", "Telegram", "https://t.me/share/url", {"url": "link", "text": "text"}, Limits(4096)),
    Page("reddit", "Reddit", "https://www.reddit.com/submit", {"url": "link", "title": "title"}, Limits(300)),
    Page("xing", "Xing", "https://www.xing.com/spi/shares/new", {"url": "link"}),
    Page("hackernews", "Hacker News", "https://news.ycombinator.com/submitlink", {"u": "link", "t": "title"}),
    Page("email", "E-mail", "mailto:", {"subject": "title", "body": "mail"}, Limits(1800)),
    # iPhones want "&body=" and Android "?body=", as RFC 5724 has it. Both read this form, so nobody has to know
    # which phone it is.
    Page("sms", "SMS", "sms:", {"body": "both"}, join="?&"),
)


class SharePage(ShareLinkConnector):
    """One row of the table as a connector. Its name is the network's with ``_link`` behind it."""

    def __init__(self, page: Page, *, http: Http, settings: Mapping[str, str], now: Callable[[], datetime]) -> None:
        super().__init__(http=http, settings=settings, now=now)
        self.page = page
        self.name = f"{page.network}_link"
        self.network = self.icon = page.network
        self.label = page.label
        self.limits = page.limits
        self.many_servers = "{server}" in page.address
        self.carries_text = bool({"text", "both", "mail", "title"} & set(page.fields.values()))

    @classmethod
    def build(cls, *, http: Http, settings: Mapping[str, str], now: Callable[[], datetime]) -> Sequence[Connector]:
        return [cls(page, http=http, settings=settings, now=now) for page in PAGES]

    def share_url(self, draft: Draft, server: str | None = None) -> str:
        """The share page's address. Everything is percent-encoded once, a blank as ``%20``.

        Raises: Rejected without the link or the server that this page needs.
        """
        if not draft.link and set(self.page.fields.values()) == {"link"}:
            raise Rejected(
                Reason(N_("{network} only shares links, and this post has none."), {"network": self.label})
            )
        if self.many_servers and not server:
            reason = N_("Which {network} server is your account on? Add it, and try again.")
            raise Rejected(Reason(reason, {"network": self.label}))
        address = self.page.address.format(server=self.server_origin(server) if server else "")
        values = {name: self._value(what, draft) for name, what in self.page.fields.items()}
        return (
            f"{address}{self.page.join}{urlencode({k: v for k, v in values.items() if v}, quote_via=quote, safe='')}"
        )

    def _value(self, what: str, draft: Draft) -> str:
        link = draft.link or ""
        if what == "link":
            # A link that stands in the text already would appear twice where the page takes both.
            shown = "text" in self.page.fields.values() and holds(draft.text, link) and not self._needs_link
            return "" if shown else link
        if what == "text":
            return draft.text.replace(link, "").strip() if link and self._needs_link else draft.text
        if what == "title":
            return draft.card.title if draft.card else draft.text.strip().split("\n", 1)[0]
        both = self.wording(draft.text, draft.link)
        return both.replace("\r\n", "\n").replace("\n", "\r\n") if what == "mail" else both

    @property
    def _needs_link(self) -> bool:
        """Telegram shows nothing without its ``url``, so there the link leaves the text instead."""
        return self.page.network == "telegram"
