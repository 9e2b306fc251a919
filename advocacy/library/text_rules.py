"""How each network counts a text, as far as the library needs to know; the roof fills it from the connectors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SAMPLE_LINK = "https://links.example.com/r/abcdefgh"
"""Stands for a tracked link where none exists yet; the roof puts in one of the real length."""


@dataclass(frozen=True)
class TextRule:
    """What captions for one network are held to.

    Args:
        network: what captions name, such as `bluesky`.
        label: as people know it.
        icon: name of its symbol.
        measure: how long a text is with a tracked link and a card, in the network's own counting: (text, link,
            whether the link has a card).
        max_length: how long it may be in that counting; None without a limit.
        unit: of that counting, for the counter beside the text: `graphemes`, `weighted` or `utf16`.
        url_length: what any link counts for; None for its own length.
        short_mentions: whether `@name@server` counts as `@name`.
        backslashes: whether one is put before what would be taken for formatting, and counts.
        link_in_text: whether the link below a text counts; else it stands on the card.
    """

    network: str
    label: str
    icon: str
    measure: Callable[[str, str, bool], int]
    max_length: int | None = None
    unit: str = "graphemes"
    url_length: int | None = None
    short_mentions: bool = False
    backslashes: bool = False
    link_in_text: bool = True


class TextRules:
    """The rules of every network that captions can be written for.

    Args:
        rules: in the order in which they are offered.
        sample_link: a tracked link as long as the real ones.
        company: fills `{company}`.
        post_place: what the network is called that a post's address belongs to; "" for any other address.
    """

    def __init__(
        self,
        rules: Iterable[TextRule],
        *,
        sample_link: str = SAMPLE_LINK,
        company: str = "",
        post_place: Callable[[str], str] = lambda _address: "",
    ) -> None:
        self.post_place = post_place
        self._rules = {rule.network: rule for rule in rules}
        self.sample_link = sample_link
        self.company = company

    def all(self) -> list[TextRule]:
        """Every rule, in the order in which networks are offered."""
        return list(self._rules.values())

    def get(self, network: str) -> TextRule | None:
        """The rule of a network; None for "" (any network) and for one that is not available here."""
        return self._rules.get(network)

    def label(self, network: str) -> str:
        """What people call a network; its bare name when it is not available here."""
        rule = self.get(network)
        return rule.label if rule else network
