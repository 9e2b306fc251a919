"""A company's own network, by the address of its share page: a template that an administrator typed."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from connectors._base import ShareLinkConnector
from connectors._errors import N_, Reason, Rejected
from connectors._values import Draft, Limits

PLACES = ("url", "text", "title")
_PLACE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$")
_LONGEST = 1000


class OwnPage(ShareLinkConnector):
    """One share page of a company's own, such as its intranet's.

    It is no row of the table of share pages, since it comes from the app's data: ``name`` is the app's own for it,
    ``template`` an https address with ``{url}``, ``{text}`` and ``{title}`` in it. We never connect to it; the
    person's browser does.

    Raises: Rejected for a template that cannot be opened safely.
    """

    icon = "own"
    limits = Limits(None)

    def __init__(self, *, name: str, label: str, template: str) -> None:
        self.name = self.network = name
        self.label = label
        self.template = checked(template)
        self.carries_text = bool({"text", "title"} & set(_PLACE.findall(self.template)))

    def share_url(self, draft: Draft, server: str | None = None) -> str:  # noqa: ARG002 - it has one server
        """The address with everything filled in, each value percent-encoded once.

        Raises: Rejected without the link that this page needs.
        """
        if not draft.link and "{url}" in self.template:
            reason = N_("{network} only shares links, and this post has none.")
            raise Rejected(Reason(reason, {"network": self.label}))
        title = draft.card.title if draft.card else draft.text.strip().split("\n", 1)[0]
        # Where the template has no place for the link, it goes with the words.
        text = draft.text if "{url}" in self.template else self.wording(draft.text, draft.link)
        values = {"url": draft.link or "", "text": text, "title": title}
        return _PLACE.sub(lambda place: quote(values[place[1]], safe=""), self.template)


def checked(template: str) -> str:
    """``template`` without the blanks around it. Raises: Rejected, saying what is wrong with it."""
    text = template.strip()
    places = _PLACE.findall(text)
    if unknown := [place for place in places if place not in PLACES]:
        reason = N_("{place} is not a place we fill. There are {url}, {text} and {title}.")
        raise Rejected(
            Reason(reason, {"place": f"{{{unknown[0][:30]}}}", "url": "{url}", "text": "{text}", "title": "{title}"})
        )
    if not {"url", "text"} & set(places):
        reason = N_("Write {url} where the link goes, or {text} where the words go.")
        raise Rejected(Reason(reason, {"url": "{url}", "text": "{text}"}))
    if not _is_an_address(text):
        raise Rejected(Reason(N_("Write a whole address that begins with https://, without blanks or a password.")))
    return text


def _is_an_address(text: str) -> bool:
    plain = text.isascii() and text.isprintable() and not set(text) & set(" \\\"'<>`^|") and len(text) <= _LONGEST
    try:
        parts = urlsplit(text)
        host, user = parts.hostname or "", parts.username
        _ = parts.port
    except ValueError:
        return False
    return (
        plain
        and text.startswith("https://")
        and user is None
        and bool(_HOST.match(host))
        and not set("{}") & set(_PLACE.sub("", text))
    )
