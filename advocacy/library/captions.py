"""Ready-made posts: their placeholders, their length, and which of them fits whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from advocacy.base.text import Text
from advocacy.library.content import CaptionText
from advocacy.library.disclosures import Disclosure, disclose
from advocacy.library.models import Caption, ContentItem
from advocacy.library.text_rules import TextRule, TextRules

PLACEHOLDERS = ("first_name", "company", "link")
"""What a caption can leave open, written in braces. `{link}` stays until the tracked link is known."""
SAMPLE_NAME = "Alexandra"
Everywhere: TypeAlias = Sequence[Sequence[Disclosure]]
"""What posts of an item say in each country; see `disclosure_policy.everywhere`."""
NOTHING: Everywhere = ((),)
_BRACES = re.compile(r"\{([^{}\n]{0,40})\}")


@dataclass(frozen=True)
class Length:
    """How long a text is by a network's own rule.

    Args:
        used: with a tracked link and filled placeholders.
        limit: None without one.
    """

    used: int
    limit: int | None

    @property
    def left(self) -> int | None:
        """What is left of the limit, below 0 when it is too long; None without a limit."""
        return None if self.limit is None else self.limit - self.used


def fill(text: str, *, first_name: str, company: str) -> str:
    """A caption as a person gets it: their name and the company's put in. `{link}` stays."""
    return text.replace("{first_name}", first_name).replace("{company}", company)


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces and is no placeholder, so that it would be published as it is."""
    return [word for word in _BRACES.findall(text) if word not in PLACEHOLDERS]


def length(
    rules: TextRules,
    *,
    text: str,
    network: str,
    disclosures: Sequence[Disclosure] = (),
    has_card: bool = True,
) -> Length | None:
    """How long a caption will be, counted by the network's own rule.

    Args:
        rules: of the networks.
        text: with placeholders.
        network: what it is written for.
        disclosures: what is added to every text, if it is not there already.
        has_card: whether the item has a link that the network shows as a card.

    Returns:
        None for a caption that fits any network and for a network that is not available here.
    """
    rule = rules.get(network)
    if rule is None:
        return None
    whole = fill(text.replace("\r\n", "\n"), first_name=SAMPLE_NAME, company=rules.company)
    whole = whole.replace("{link}", rules.sample_link).strip()
    whole = disclose(whole, disclosures)
    return Length(rule.measure(whole, rules.sample_link, has_card), rule.max_length)


def preview(
    rules: TextRules,
    *,
    text: str,
    network: str,
    first_name: str,
    disclosures: Sequence[Disclosure] = (),
    has_link: bool = True,
) -> str:
    """What a caption will look like: placeholders filled, disclosure and link added where they are missing.

    Args:
        rules: of the networks.
        text: with placeholders.
        network: what it is written for.
        first_name: of the person it is shown for.
        disclosures: what is added where it is missing.
        has_link: whether the item leads somewhere.
    """
    link = rules.sample_link if has_link else ""
    whole = fill(text.replace("\r\n", "\n"), first_name=first_name, company=rules.company)
    whole = whole.replace("{link}", link).strip()
    whole = disclose(whole, disclosures)
    rule = rules.get(network)
    if link and link not in whole and (rule is None or rule.link_in_text):
        whole = f"{whole}\n\n{link}".strip()
    return whole


def problems(
    rules: TextRules,
    captions: Iterable[CaptionText | Caption],
    *,
    disclosures: Everywhere = NOTHING,
    has_card: bool = True,
) -> list[Text]:
    """What keeps captions from being published as they are, in words for their editor."""
    found = []
    for number, caption in enumerate(captions, start=1):
        name = caption.label or f"{number}"
        over = _most_over(
            rules, text=caption.text, network=caption.network, everywhere=disclosures, has_card=has_card
        )
        if over:
            found.append(
                Text(
                    "Ready-made post “{name}” is {count} characters too long for {network}.",
                    name=name,
                    count=over,
                    network=rules.label(caption.network),
                )
            )
        for word in unknown_placeholders(caption.text):
            found.append(
                Text(
                    "Ready-made post “{name}” holds {{{word}}}, which nothing fills. Use {{first_name}}, {{company}} or {{link}}.",
                    name=name,
                    word=word,
                )
            )
    return found


def too_long_for(
    rules: TextRules, *, text: str, disclosures: Everywhere = NOTHING, has_card: bool = True
) -> list[tuple[TextRule, int]]:
    """On which networks a caption for any network is too long, and by how many characters, the most first.

    Args:
        rules: of the networks.
        text: with placeholders.
        disclosures: what is added in each country; the longest decides.
        has_card: whether the item has a link that the network shows as a card.
    """
    found = []
    for rule in rules.all():
        over = _most_over(rules, text=text, network=rule.network, everywhere=disclosures, has_card=has_card)
        if over:
            found.append((rule, over))
    return sorted(found, key=lambda pair: -pair[1])


def warnings(
    rules: TextRules,
    captions: Iterable[CaptionText | Caption],
    *,
    disclosures: Everywhere = NOTHING,
    has_card: bool = True,
    is_locked: bool = False,
) -> list[Text]:
    """What an editor should know of captions for any network: on some they are too long as they stand.

    It keeps no item back: such a text is right where there is room, and whoever takes it to another network is told
    there by how much to shorten it.

    Args:
        rules: of the networks.
        captions: of the item; those for one network are judged by `problems`.
        disclosures: what is added in each country; the longest decides.
        has_card: whether the item has a link that the network shows as a card.
        is_locked: whether people may change nothing, so that nobody can shorten it.
    """
    found = []
    for number, caption in enumerate(captions, start=1):
        if caption.network:
            continue
        over = too_long_for(rules, text=caption.text, disclosures=disclosures, has_card=has_card)
        if not over:
            continue
        said = {
            "name": caption.label or f"{number}",
            "networks": ", ".join(f"{rule.label} {count}" for rule, count in over),
        }
        found.append(
            Text(
                "Ready-made post “{name}” is for any network, but too long for some by so many characters: {networks}. "
                "People may not change it, so that it cannot be shared there: add a shorter one for them.",
                **said,
            )
            if is_locked
            else Text(
                "Ready-made post “{name}” is for any network, but too long for some by so many characters: {networks}. "
                "Whoever takes it there has to shorten it first. Add a shorter one for them.",
                **said,
            )
        )
    return found


def _most_over(rules: TextRules, *, text: str, network: str, everywhere: Everywhere, has_card: bool) -> int:
    """By how many characters a text is too long where most is disclosed; 0 when it fits everywhere."""
    sizes = [
        length(rules, text=text, network=network, disclosures=disclosures, has_card=has_card)
        for disclosures in everywhere
    ]
    return max((-size.left for size in sizes if size and size.left is not None and size.left < 0), default=0)


def fitting(item: ContentItem, *, network: str, languages: Iterable[str] = ()) -> list[Caption]:
    """The captions a person can start from on a network, best first.

    One written for the network stands before one for any; one in the person's first language before the second.

    Args:
        item: with its captions.
        network: what captions are written for.
        languages: the person's, preferred first; captions in others come last.
    """
    order = {code.split("-")[0]: place for place, code in reversed(list(enumerate(languages)))}
    fits = [caption for caption in item.captions if caption.network in ("", network)]
    return sorted(
        fits,
        key=lambda caption: (
            order.get(caption.language.split("-")[0], len(order)),
            caption.network == "",
            caption.position,
        ),
    )
