"""Boosts: a post of the company's passed on as it is, with words of one's own that quote it, or with words below it."""

from __future__ import annotations

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.disclosure_policy import Asked
from advocacy.library.models import ContentItem, ItemKind
from advocacy.sharing.models import ShareKind
from advocacy.sharing.networks import Network, Networks

CANNOT_SAY = Text(
    "Passed on without words it cannot say who speaks, which our disclosure policy asks for. Add words of your own."
)


def place_of(networks: Networks, item: ContentItem) -> Network | None:
    """The network that an item's post is on; None for an item that is no post."""
    return networks.of_post(item.source_url) if item.kind is ItemKind.POST else None


def kind_of(
    networks: Networks,
    *,
    item: ContentItem,
    network: Network,
    text: str,
    as_it_is: bool,
    below: bool,
    disclosure: Asked,
) -> ShareKind:
    """What a share is going to be.

    Args:
        networks: which of them a post is on.
        item: what is shared.
        network: where.
        text: the person's words.
        as_it_is: whether they pass a post on without words.
        below: whether their words go below it.
        disclosure: what posts of it have to say.

    Raises:
        Invalid: the post is on another network, or one that lets us write nothing below it; there are no words where
            some are needed.
    """
    if item.kind is not ItemKind.POST:
        return ShareKind.CHANNEL if network.is_channel else ShareKind.SHARE
    place = place_of(networks, item)
    if place is None or (network.is_api and network.network != place.network):
        raise Invalid(
            "networks",
            Text("This post can only be passed on where it is: {network}.", network=place.label if place else "-"),
        )
    if as_it_is:
        if disclosure.is_required:
            raise Invalid("text", CANNOT_SAY)
        return ShareKind.REPOST
    if not text.strip():
        raise Invalid("text", Text("There is no text to share. Write something first."))
    if not below:
        return ShareKind.COMMENT
    if not network.is_api or not networks.api(network.name).answers:
        raise Invalid(
            "text",
            Text(
                "{network} does not let us comment below a post. Open it there, and comment yourself.",
                network=place.label,
            ),
        )
    return ShareKind.REPLY
