"""The networks that this hub can share to, as the rest of the product asks about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from advocacy.base.errors import NotFound
from advocacy.base.text import Text
from advocacy.sharing.network_memory import Decided, NetworkMemory
from connectors import (
    ApiConnector,
    AppPasswordConnector,
    Connector,
    Count,
    Kind,
    Limits,
    OwnPage,
    Reason,
    RedirectConnector,
    Registry,
    ShareLinkConnector,
    SignIn,
)

OWN_WAYS = {"sheet": Text("Share from this phone"), "copy": Text("Copy the text"), "qr": Text("QR code")}
"""Ways without a network's own page: the person takes text and tracked link along. No length rule."""


@dataclass(frozen=True)
class Network:
    """What a page needs to know about one way out of the house.

    Args:
        name: unique; what `Share.network` and `Connection.network` hold, such as `bluesky` or `linkedin_link`.
        network: what captions are written for, such as `linkedin`; two names may share one.
        label: as people know it, such as "LinkedIn"; show it with the `say` filter.
        icon: name of its symbol.
        is_api: whether we publish; else the person posts on a share page.
        sign_in: what connecting takes: `oauth`, `app_password`, `webhook` or `none`.
        is_channel: whether it is a team's channel and not a person's profile.
        app_password: whether an app password is taken, be it as the only way or as the second.
        asks_handle: whether the network's own page wants to know whose it is to be; the handle may be left out.
        many_servers: whether the person has to say which server.
        max_length: the network's own limit in its own counting; None without one.
        max_images: 0 when it takes none.
        card_carries_link: whether the link stands on the card and so not in the text.
        carries_text: False for share pages that take the link alone (LinkedIn, Facebook): the text is copied by hand.
        demands_own_words: whether its rules forbid that colleagues post the same or nearly the same text.
        hint: what a writer should know about it, if anything.
    """

    name: str
    network: str
    label: Text
    icon: str
    is_api: bool
    sign_in: str = "none"
    is_channel: bool = False
    app_password: bool = False
    asks_handle: bool = False
    many_servers: bool = False
    max_length: int | None = None
    max_images: int = 0
    card_carries_link: bool = False
    carries_text: bool = True
    demands_own_words: bool = False
    hint: Text | None = None


class Networks:
    """Every network that is awake, the company's own, and the ways that need none.

    Args:
        registry: the connectors.
        memory: what administrators decided; without it nothing is switched off and nothing added.
    """

    def __init__(self, registry: Registry, memory: NetworkMemory | None = None) -> None:
        self.registry = registry
        self._memory = memory

    @classmethod
    def of_environment(
        cls, environment: Mapping[str, str], *, allow_private_hosts: bool = False, memory: NetworkMemory | None = None
    ) -> Networks:
        """The networks that the environment's settings wake."""
        return cls(Registry(environment, allow_private_hosts=allow_private_hosts), memory)

    @property
    def decided(self) -> Decided:
        """What administrators decided, now or a moment ago."""
        return self._memory() if self._memory else Decided()

    def look_again(self) -> None:
        """An administrator changed something here: call it after the transaction."""
        if self._memory:
            self._memory.look_again()

    def all(self) -> list[Network]:
        """Those we publish to first, then share pages, then the company's own, then the own ways; each by name."""
        known = sorted(self.registry, key=lambda one: (one.kind is not Kind.API, one.name))
        own = self.decided.own.values()
        return [_facts(connector) for connector in (*known, *own)] + [_own_way(name) for name in OWN_WAYS]

    def connectable(self) -> list[Network]:
        """Those a person can connect an account of: awake, and not switched off."""
        return [network for network in self.all() if network.is_api and self.is_offered(network.name)]

    def share_links(self) -> list[Network]:
        """Those a person posts to by hand, and that are not switched off."""
        return [network for network in self.all() if not network.is_api and self.is_offered(network.name)]

    def is_offered(self, name: str) -> bool:
        """Whether new shares may go there, as far as administrators decide."""
        decided = self.decided
        return name not in decided.off and (name not in decided.own or name in decided.offered)

    @property
    def channels(self) -> frozenset[str]:
        """The names of those that are a team's channel: they tell no figures."""
        return frozenset(network.name for network in self.all() if network.is_channel)

    def of_post(self, address: str) -> Network | None:
        """Where a post of somebody else's is, from its address; None when it is no address of a post."""
        found = self.registry.of_post(address)
        return _facts(found) if found else None

    def by_hand_there(self, network: str) -> Network:
        """The way to do something by hand on a network: its share page, else to copy."""
        pages = (one for one in self.all() if not one.is_api and one.network == network)
        return next(pages, _own_way("copy"))

    def siblings(self, network: str) -> list[str]:
        """The names of every way to one network: what its readers see side by side."""
        return [one.name for one in self.all() if one.network == network]

    def get(self, name: str) -> Network:
        """The facts of one network.

        Raises:
            NotFound: there is none of that name, or its settings are missing.
        """
        if name in OWN_WAYS:
            return _own_way(name)
        return _facts(self._connector(name))

    def label(self, name: str) -> Text:
        """What people call it; the bare name for a network that has gone to sleep since."""
        if name in OWN_WAYS:
            return OWN_WAYS[name]
        if name in self.decided.own:
            return _label(self.decided.own[name])
        return _label(self.registry.get(name)) if name in self.registry else Text("{name}", name=name)

    def api(self, name: str) -> ApiConnector:
        """The connector that publishes there, for services.

        Raises:
            NotFound: there is none, or its settings are missing.
        """
        connector = self._connector(name)
        if not isinstance(connector, ApiConnector):
            raise NotFound(Text("{network} has no accounts to connect.", network=connector.label))
        return connector

    def oauth(self, name: str) -> RedirectConnector:
        """The connector of a network whose own page people allow us on.

        Raises:
            NotFound: there is none, or its settings are missing.
        """
        connector = self._connector(name)
        if not isinstance(connector, RedirectConnector):
            raise NotFound(Text("{network} has no accounts to connect.", network=connector.label))
        return connector

    def share_page(self, name: str) -> ShareLinkConnector | None:
        """The connector that makes the share page's address; None for the own ways.

        Raises:
            NotFound: there is none of that name, or we publish there ourselves.
        """
        if name in OWN_WAYS:
            return None
        connector = self._connector(name)
        if not isinstance(connector, ShareLinkConnector):
            raise NotFound()
        return connector

    def wording(self, name: str, text: str, link: str | None, *, has_card: bool) -> str:
        """The exact text that goes out: with the link below it, unless it stands in it or on the card."""
        if name in OWN_WAYS:
            return text if not link or link in text else f"{text.rstrip()}\n\n{link}".lstrip()
        return self._connector(name).wording(text, link, has_card=has_card)

    def count(
        self,
        name: str,
        text: str,
        link: str | None,
        *,
        has_card: bool,
        limits: Mapping[str, Any] | None = None,
    ) -> Count:
        """How long a text is by the network's own rule.

        Args:
            name: the network.
            text: as the person wrote it.
            link: the tracked link, or a sample of the same length.
            has_card: whether the link has a card there.
            limits: `Connection.limits`, where the account's server has its own.

        Returns:
            `used`, `limit`, `left` (the last two None where there is no limit) and `fits`.
        """
        if name in OWN_WAYS:
            return Count(len(self.wording(name, text, link, has_card=has_card)), None)
        return self._connector(name).count(text, link, has_card=has_card, limits=self.limits(name, limits))

    def limits(self, name: str, own: Mapping[str, Any] | None = None) -> Limits:
        """What a network accepts, for counting in the browser.

        Args:
            name: the network, other than one of the own ways.
            own: `Connection.limits`, where the account's server has its own.
        """
        return Limits.from_json(own) or self._connector(name).limits

    def rules(self, name: str) -> Connector | None:
        """The connector whose rules hold for words there; None for the own ways, and for what went to sleep."""
        if name in self.decided.own:
            return self.decided.own[name]
        return self.registry.get(name) if name in self.registry else None

    def _connector(self, name: str) -> Connector:
        if name in self.decided.own:
            return self.decided.own[name]
        if name not in self.registry:
            raise NotFound(Text("This network is not available here. Ask an administrator."))
        return self.registry.get(name)


def in_our_words(reason: Reason) -> Text:
    """A connector's sentence as one of ours; its template is in the same catalogue."""
    return Text(reason.template, **reason.params)


def _label(connector: Connector) -> Text:
    """Brands are the same in every language; a company's own name is its own words, not a sentence of ours."""
    if connector.sign_in_kind is SignIn.WEBHOOK:  # said wherever its shares are counted: it is no public place
        return Text("{network} channel", network=connector.label)
    return Text("{name}", name=connector.label) if isinstance(connector, OwnPage) else Text(connector.label)


def _facts(connector: Connector) -> Network:
    return Network(
        name=connector.name,
        network=connector.network,
        label=_label(connector),
        icon=connector.icon,
        is_api=connector.kind is Kind.API,
        sign_in=connector.sign_in_kind.value,
        is_channel=connector.sign_in_kind is SignIn.WEBHOOK,
        app_password=isinstance(connector, AppPasswordConnector),
        asks_handle=isinstance(connector, RedirectConnector) and connector.asks_handle,
        many_servers=connector.many_servers,
        max_length=connector.limits.max_length,
        max_images=connector.limits.max_images,
        card_carries_link=connector.card_carries_link,
        carries_text=getattr(connector, "carries_text", True),
        demands_own_words=connector.demands_own_words,
        hint=in_our_words(connector.hint) if connector.hint else None,
    )


def _own_way(name: str) -> Network:
    return Network(name=name, network=name, label=OWN_WAYS[name], icon=name, is_api=False)
