"""What a person does to a share of theirs: change, move, cancel, try again, say what became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.text import Text
from advocacy.library import disclosure_policy, visibility
from advocacy.library.disclosures import Disclosure, says, spoken
from advocacy.people.models import User
from advocacy.sharing import checks, links, rules, shares, wording
from advocacy.sharing.models import ConnectionState, Proof, Share, ShareKind, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.states import move, tell

__all__ = ["Share"]
"""The value that views take from here: they leave tables to services."""

TOO_LATE = Text("This share has moved on in the meantime. Look at where it stands now.")


def mine(session: Session, *, user_id: int, share_id: int) -> Share:
    """A share of this person, with its item, account and link.

    Raises:
        NotFound: there is none of that id, or it is somebody else's.
    """
    share = session.scalar(
        select(Share)
        .where(Share.id == share_id, Share.user_id == user_id)
        .options(selectinload(Share.item), selectinload(Share.connection), selectinload(Share.link))
        .execution_options(populate_existing=True)
    )
    if share is None:
        raise NotFound()
    return share


def edit(
    session: Session,
    clock: Clock,
    networks: Networks,
    *,
    user: User,
    share_id: int,
    text: str,
    public_url: str,
    company: str = "",
) -> Share:
    """Changes the words of a share that is planned and was never sent.

    Args:
        text: word for word; `{link}` or the link itself stands where the link goes.
        public_url: `Settings.address`.
        company: `Settings.company_name`.

    Raises:
        NotFound: no such share. Invalid: the text does not fit. Conflict: it has moved on.
    """
    share = mine(session, user_id=user.id, share_id=share_id)
    if share.kind is ShareKind.REPOST:
        raise Invalid("text", Text("It is passed on without words, so there are none to change."))
    if share.kind in (ShareKind.COMMENT, ShareKind.REPLY) and not text.strip():
        raise Invalid("text", Text("There is no text to share. Write something first."))
    network = networks.get(share.network)
    url = links.address(public_url, share.link.code) if share.link else None
    raw = text.replace(url, wording.LINK_PLACE) if url else text
    asked = disclosure_policy.asked_of(session, user=user, item=share.item, company=company)
    # What may be left out stood before their eyes among the words, so whoever took it out meant it.
    said = asked.there(is_channel=network.is_channel, left_out=True)
    all_of_it = asked.there(is_channel=network.is_channel)
    wording.check_editing(
        raw, item=share.item, network=network.network, user=user, company=company, disclosures=all_of_it
    )
    final = wording.final_text(raw, disclosures=said, link=url)
    limits = share.connection.limits if share.connection else None
    if share.connection is not None or share.kind is not ShareKind.COMMENT:
        checks.words(
            networks,
            item=share.item,
            network=share.network,
            text=final,
            link=url,
            limits=limits,
            public_url=public_url,
            picture_ids=share.picture_ids,
        )
    checks.own_words(
        session,
        clock,
        networks,
        user_id=user.id,
        item=share.item,
        network=share.network,
        text=final,
        company=company,
    )
    _move(
        session,
        clock,
        share,
        at={share.state} & {ShareState.SCHEDULED, ShareState.DRAFT} or {ShareState.SCHEDULED},
        to=share.state if share.state is ShareState.DRAFT else ShareState.SCHEDULED,
        text=final,
        disclosed=spoken(final, all_of_it),
        disclosed_for=asked.country,
        approved_at=clock.now(),
    )
    tell(session, clock, share=share, kind="share.edited", by=user.id)
    return share


def no_longer_said(
    session: Session, networks: Networks, *, user: User, share: Share, company: str
) -> list[Disclosure]:
    """What the disclosure policy asks of a share by now and its approved words do not say.

    A share goes out word for word as its person approved it, whatever the policy says later; they are told, and may take
    it over by saving its words anew.
    """
    asked = disclosure_policy.asked_of(session, user=user, item=share.item, company=company)
    there = asked.there(is_channel=networks.get(share.network).is_channel, left_out=True)
    return [one for one in there if not says(share.text, one)]


def reschedule(session: Session, clock: Clock, *, user: User, share_id: int, due_at: datetime | None) -> Share:
    """Moves a planned share, or plans one again that was missed or failed. It goes out with the words it has.

    Args:
        due_at: aware; None for now (with the same few seconds to undo it).

    Raises:
        NotFound: no such share, or its item can no longer be shared. Invalid: the time or account does not fit, or
            its network is switched off.
        Conflict: it has moved on.
    """
    checks.one_at_a_time(session, user=user)
    share = mine(session, user_id=user.id, share_id=share_id)
    item = visibility.shareable(session, clock, user=user, item_id=share.item_id)
    due = checks.due_time(clock, item, due_at, zone=user.time_zone)
    held_to = rules.now_in_force(session)
    if due_at is None:
        checks.goes_on(held_to)
    checks.not_quiet(held_to, due=due, zone=user.time_zone)
    checks.is_open(session, network=share.network)
    _check_account(share)
    stays = share.due_at if share.state is ShareState.SCHEDULED else None
    checks.day_has_room(session, held_to, user=user, network=share.network, due=due, there_already=stays)
    _move(
        session,
        clock,
        share,
        at={ShareState.SCHEDULED, ShareState.MISSED, ShareState.FAILED},
        to=ShareState.SCHEDULED,
        **_planned_for(due, due + shares.UNDO if due_at is None else due),
    )
    tell(session, clock, share=share, kind="share.rescheduled", by=user.id, due_at=due.isoformat())
    return share


def cancel(session: Session, clock: Clock, *, user: User, share_id: int) -> Share:
    """Takes a share back before it is published: undo, cancel, or not after all.

    Also for one of which nothing but a word says that it is there: a share link that the person opened and then did not
    post, a repeat that the network refused as one although the post is nowhere.

    Raises:
        NotFound: no such share. Conflict: the publisher has it, or it is published.
    """
    share = mine(session, user_id=user.id, share_id=share_id)
    waiting = {ShareState.DRAFT, ShareState.SCHEDULED, ShareState.FAILED, ShareState.MISSED}
    if share.proof is Proof.CLAIMED:
        waiting = {ShareState.PUBLISHED}
    _move(
        session,
        clock,
        share,
        at=waiting,
        to=ShareState.CANCELLED,
        next_attempt_at=None,
        proof=Proof.NONE,
        reason=None,
    )
    tell(session, clock, share=share, kind="share.cancelled", by=user.id)
    return share


def it_is_there(
    session: Session,
    clock: Clock,
    *,
    user: User,
    share_id: int,
    permalink: str | None = None,
) -> Share:
    """The person looked: an unconfirmed share is published. Their word stands where the network's is missing.

    Args:
        permalink: where they found it.

    Raises:
        NotFound: no such share. Conflict: it is not unconfirmed (any more).
    """
    share = mine(session, user_id=user.id, share_id=share_id)
    _move(
        session,
        clock,
        share,
        at={ShareState.UNCONFIRMED},
        to=ShareState.PUBLISHED,
        proof=Proof.CLAIMED,
        permalink=permalink,
        published_at=share.unsettled_at or clock.now(),
        unsettled_at=None,
        next_attempt_at=None,
        reason=None,
    )
    tell(session, clock, share=share, kind="share.published", by=user.id, proof=Proof.CLAIMED.value)
    return share


def send_again(session: Session, clock: Clock, *, user: User, share_id: int, seen: int | None = None) -> Share:
    """The person looked: an unconfirmed share is not there, so it is sent again, with the same keys.

    Args:
        seen: how often it had been tried when they looked: an answer to that is none to a later try.

    Raises:
        NotFound: no such share, or its item can no longer be shared. Invalid: the account or network cannot be used.
        Conflict: it is not unconfirmed (any more), or it is still being looked for.
    """
    share = mine(session, user_id=user.id, share_id=share_id)
    item = visibility.shareable(session, clock, user=user, item_id=share.item_id)
    due = checks.due_time(clock, item, None, zone=user.time_zone)
    checks.is_open(session, network=share.network)
    _check_account(share)
    _move(
        session,
        clock,
        share,
        at={ShareState.UNCONFIRMED},
        to=ShareState.SCHEDULED,
        where=and_(Share.next_attempt_at.is_(None), _as_seen(share, seen)),
        **_planned_for(due, due + shares.UNDO),
    )
    tell(session, clock, share=share, kind="share.sent_again", by=user.id)
    return share


def leave_it(session: Session, clock: Clock, *, user: User, share_id: int, seen: int | None = None) -> Share:
    """The person looked: an unconfirmed share is not there, and need not be.

    Args:
        seen: as for `send_again`.

    Raises:
        NotFound: no such share. Conflict: it is not unconfirmed (any more), or it is still being looked for.
    """
    share = mine(session, user_id=user.id, share_id=share_id)
    _move(
        session,
        clock,
        share,
        at={ShareState.UNCONFIRMED},
        to=ShareState.CANCELLED,
        where=and_(Share.next_attempt_at.is_(None), _as_seen(share, seen)),
        record_at=None,
        unsettled_at=None,
        reason=None,
    )
    tell(session, clock, share=share, kind="share.cancelled", by=user.id)
    return share


def _planned_for(due: datetime, first_try: datetime) -> dict[str, Any]:
    # The keys stay: should an earlier try be there after all, a network with a device finds it instead of doubling it.
    return {
        "due_at": due,
        "deadline_at": due + shares.TOLERANCE,
        "next_attempt_at": first_try,
        "record_at": None,
        "unsettled_at": None,
        "reason": None,
    }


def _as_seen(share: Share, seen: int | None) -> ColumnElement[bool]:
    return Share.attempts_made == (share.attempts_made if seen is None else seen)


def _check_account(share: Share) -> None:
    if share.connection is None or share.connection.state is not ConnectionState.ACTIVE:
        raise Invalid("networks", Text("This account needs to be connected again before you can share with it."))


def _move(
    session: Session, clock: Clock, share: Share, *, at: Collection[ShareState], to: ShareState, **values: Any
) -> None:
    if not move(session, clock, share_id=share.id, at=at, to=to, **values):
        raise Conflict(TOO_LATE)
    session.refresh(share)
