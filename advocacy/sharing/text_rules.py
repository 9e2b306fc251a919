"""What the library needs to know of the networks, read from the connectors."""

from __future__ import annotations

from collections.abc import Callable

from advocacy.library.text_rules import TextRule, TextRules
from advocacy.sharing import links
from advocacy.sharing.networks import Networks
from connectors import Connector, Kind


def of_networks(networks: Networks, *, public_url: str, company: str) -> TextRules:
    """The rules of every network that captions can be written for, those we publish to first.

    Args:
        networks: those that are awake.
        public_url: the hub's own, for the length of tracked links.
        company: fills a placeholder.
    """
    awake = sorted(networks.registry, key=lambda one: (one.kind is not Kind.API, one.name))
    names = dict.fromkeys(connector.network for connector in awake)
    rules = [_rule(networks.registry.of_network(name)[0]) for name in names]
    return TextRules(rules, sample_link=links.sample(public_url), company=company, post_place=_post_place(networks))


def _post_place(networks: Networks) -> Callable[[str], str]:
    def place(address: str) -> str:
        found = networks.registry.of_post(address)
        return found.label if found else ""

    return place


def _rule(connector: Connector) -> TextRule:
    limits = connector.limits
    return TextRule(
        network=connector.network,
        label=connector.label,
        icon=connector.icon,
        measure=lambda text, link, has_card: connector.count(text, link, has_card=has_card).used,
        max_length=limits.max_length,
        unit=limits.unit.value,
        url_length=limits.url_length,
        short_mentions=limits.short_mentions,
        backslashes=limits.backslashes,
        link_in_text=not connector.card_carries_link,
    )
