"""Share links: the person posts by hand, so a share is claimed when they open the page and confirmed by a click."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.events import Consumer, Event
from advocacy.base.house import House
from advocacy.library.models import ItemKind
from advocacy.people.models import User
from advocacy.sharing import checks, drafts, links, rules
from advocacy.sharing.gates import Gates, Hold
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.planning import mine
from advocacy.sharing.states import move, tell
from connectors import Rejected


def page_of(
    session: Session, networks: Networks, *, user_id: int, share_id: int, public_url: str, server: str = ""
) -> str:
    """The address of the network's share page with everything filled in; "" for the own ways (copy, QR, sheet).

    Args:
        session: for reading.
        server: the person's server, where a network has many (Mastodon).

    Raises:
        NotFound: no such share, or the network is not one of share links.
        Invalid: the page needs a link or the person's server, and has none (field `server`).
    """
    share = mine(session, user_id=user_id, share_id=share_id)
    if share.item.kind is ItemKind.POST:
        return share.item.source_url  # opens the post itself, to pass it on there
    url = links.address(public_url, share.link.code) if share.link else None
    draft = drafts.for_checking(share.item, text=share.text, link=url)
    page = networks.share_page(share.network)
    if page is None:
        return ""
    try:
        return page.share_url(draft, server or None)
    except Rejected as refused:
        raise Invalid("server", in_our_words(refused.reason)) from refused


def comes_first(session: Session, clock: Clock, *, user: User, share: Share, before: Gates) -> Hold | None:
    """What a person has to do before they post this share by hand; None when nothing, or when it was claimed already."""
    if share.state is not ShareState.DRAFT or share.connection_id is not None:
        return None
    return before.hold(session, clock, user=user, item=share.item)


def opened(session: Session, clock: Clock, *, user_id: int, share_id: int, before: Gates) -> Share:
    """The person opened the share page (or copied the text): the share is claimed. A second time changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        share_id: which.
        before: what may have to come first.

    Raises:
        NotFound: no such share.
        Held: something comes first, such as reading the item's brief.
        Invalid: sharing is paused for everybody, or only our own people may have the item for now.
    """
    share = mine(session, user_id=user_id, share_id=share_id)
    if share.state is ShareState.DRAFT:
        checks.goes_on(rules.now_in_force(session))
        checks.told_inside_first(share.item, clock.now(), zone=share.time_zone)
        before.check(session, clock, user=session.get_one(User, user_id), item=share.item)
    if share.connection_id is None and move(
        session,
        clock,
        share_id=share.id,
        at={ShareState.DRAFT},
        to=ShareState.PUBLISHED,
        proof=Proof.CLAIMED,
        published_at=clock.now(),
    ):
        session.refresh(share)
        tell(session, clock, share=share, kind="share.claimed", by=user_id)
    return share


def confirm(house: House) -> int:
    """Confirms claimed shares whose tracked link a human followed. A job: reads the event log once.

    Returns:
        How many events were read.
    """
    consumer = Consumer(
        name="sharing.confirm",
        kinds=frozenset({"click.human_first"}),
        take=lambda session, happened: _confirm(session, house.clock, happened),
    )
    return events.consume(house.db, consumer)


def _confirm(session: Session, clock: Clock, happened: Event) -> None:
    share = session.scalar(select(Share).where(Share.link_id == happened.data.get("link_id")))
    if share is None:
        return
    at = {ShareState.PUBLISHED, ShareState.DRAFT} & {share.state}
    # A link that a person followed was posted, whether or not the page was opened from here.
    if (
        at
        and share.proof in (Proof.CLAIMED, Proof.NONE)
        and share.connection_id is None
        and move(
            session,
            clock,
            share_id=share.id,
            at=at,
            to=ShareState.PUBLISHED,
            where=Share.proof == share.proof,
            proof=Proof.CONFIRMED,
            published_at=share.published_at or happened.at,
        )
    ):
        tell(session, clock, share=share, kind="share.confirmed", by=None)
