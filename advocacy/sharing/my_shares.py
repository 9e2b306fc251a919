"""A person's shares as they look at them: what needs them, what is planned, what is past; each in plain words."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing import briefs_first, sending, sign_ins, switches
from advocacy.sharing.gates import Gates, Hold
from advocacy.sharing.models import Proof, Share, ShareKind, ShareState
from advocacy.sharing.networks import Networks


class Action(enum.StrEnum):
    """What a person can do about a share; the name of a button."""

    EDIT = "edit"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    UNDO = "undo"
    RETRY = "retry"
    """`planning.reschedule` with no time: now."""
    RECONNECT = "reconnect"
    READ_BRIEF = "read_brief"
    """Of the item: it waits for that."""
    COME_FIRST = "come_first"
    """What else it waits for: the hold says where (`Standing.hold`)."""
    OPEN = "open"
    """The share page of a share link."""
    IT_IS_THERE = "it_is_there"
    SEND_AGAIN = "send_again"
    LEAVE_IT = "leave_it"
    VIEW = "view"
    """The permalink at the network."""
    DELETE = "delete"
    """At the network."""
    NOT_POSTED = "not_posted"
    """`planning.cancel` of a claimed share."""


@dataclass(frozen=True)
class Standing:
    """Where a share stands.

    Args:
        word: one or two words for the badge.
        tone: `neutral`, `info`, `success`, `warning` or `error`.
        meaning: a sentence on what happened and what to do; None when the word says it all.
        reason: a `Text` as JSON with the hub's or the network's own reason; None without one.
        actions: in the order of their buttons, the likeliest first.
        hold: what its person has to do first; None when nothing keeps it.
    """

    word: Text
    tone: str
    meaning: Text | None
    reason: dict[str, object] | None
    actions: tuple[Action, ...]
    hold: Hold | None = None


def standing(share: Share, now: datetime, *, is_network_off: bool = False, hold: Hold | None = None) -> Standing:
    """Where a share stands at `now`, in plain words, and what its person can do.

    Args:
        share: with its account.
        now: the moment.
        is_network_off: whether an administrator has switched its network off.
        hold: what its person has to do before they share, such as reading the item's brief; None for nothing.
    """
    found = _standing(share, now, is_network_off=is_network_off)
    if hold is not None and share.state is ShareState.SCHEDULED:
        found = _waits_for_its_person(found, hold)
    if share.kind is not ShareKind.REPOST:
        return found
    return replace(found, actions=tuple(action for action in found.actions if action is not Action.EDIT))


def _standing(share: Share, now: datetime, *, is_network_off: bool) -> Standing:
    said = share.reason
    match share.state:
        case ShareState.DRAFT:
            meaning = Text("Ready, and not posted yet. Open the page and post it there.")
            return Standing(Text("Ready to post"), "info", meaning, said, (Action.OPEN, Action.EDIT, Action.CANCEL))
        case ShareState.SCHEDULED:
            return _on_hold() if is_network_off else _scheduled(share, now)
        case ShareState.PUBLISHING:
            return Standing(Text("Being published"), "info", _on_its_way(share), said, ())
        case ShareState.PUBLISHED:
            return _published(share)
        case ShareState.UNCONFIRMED:
            return _unconfirmed(share)
        case ShareState.FAILED:
            meaning = Text("It was not published. Change what the reason says, then try again.")
            return Standing(
                Text("Not published"), "error", meaning, said, (Action.RETRY, Action.RESCHEDULE, Action.CANCEL)
            )
        case ShareState.MISSED:
            meaning = Text(
                "Its time passed before it could be published, so nothing was sent. Publish it now, or choose another time."
            )
            return Standing(
                Text("Missed"), "warning", meaning, said, (Action.RETRY, Action.RESCHEDULE, Action.CANCEL)
            )
        case ShareState.CANCELLED:
            return Standing(Text("Cancelled"), "neutral", None, said, ())


def lines(
    session: Session, clock: Clock, shares: Sequence[Share], networks: Networks, *, user: User, before: Gates
) -> list[tuple[Share, Standing, Text]]:
    """A person's shares with where they stand and what their network is called.

    Args:
        session: for reading.
        clock: tells now.
        shares: theirs.
        networks: all that there are.
        user: whose.
        before: what may have to come before a share.
    """
    now = clock.now()
    return [
        (
            share,
            standing(
                share,
                now,
                is_network_off=not networks.is_offered(share.network),
                hold=before.hold(session, clock, user=user, item=share.item)
                if share.state is ShareState.SCHEDULED
                else None,
            ),
            networks.label(share.network),
        )
        for share in shares
    ]


def is_moving(share: Share, now: datetime) -> bool:
    """Whether the publisher has it, or is about to: a page that shows it should look again soon."""
    if share.state is ShareState.PUBLISHING:
        return True
    return share.state is ShareState.SCHEDULED and share.due_at is not None and share.due_at <= now


def _on_its_way(share: Share) -> Text:
    percent = sending.percent(share)
    if percent is not None:
        return Text("{percent} % of the film is sent to the network.", percent=percent)
    return Text("It is on its way to the network.")


def _on_hold() -> Standing:
    meaning = Text("It waits until the network is switched on again. If that takes too long, we ask you first.")
    reason = switches.SWITCHED_OFF.to_json()
    return Standing(Text("On hold"), "warning", meaning, reason, (Action.EDIT, Action.CANCEL))


def _waits_for_its_person(found: Standing, hold: Hold) -> Standing:
    meaning = Text("Nothing is sent before that. If its time passes meanwhile, we ask you first.")
    changes = tuple(one for one in found.actions if one is not Action.UNDO)
    first = Action.READ_BRIEF if hold.waits is briefs_first.WAITS else Action.COME_FIRST
    actions = (first, *changes) if changes else (first, Action.CANCEL)
    return Standing(Text("Waits for you"), "warning", meaning, hold.waits.to_json(), actions, hold)


def _scheduled(share: Share, now: datetime) -> Standing:
    changes = (Action.EDIT, Action.RESCHEDULE, Action.CANCEL)
    if share.reason is not None and share.connection is not None and share.connection.state != "active":
        meaning = Text("It waits until you connect your account again.")
        return Standing(Text("Waits for you"), "warning", meaning, share.reason, (Action.RECONNECT, *changes))
    if share.reason is not None:
        meaning = Text("Nothing was published yet. We try again by ourselves.")
        return Standing(Text("Trying again"), "warning", meaning, share.reason, changes)
    if share.due_at is not None and share.due_at <= now:
        return Standing(Text("Sharing…"), "info", None, None, (Action.UNDO,))
    if sign_ins.ends_before(share.connection, share.due_at):
        meaning = Text("Your sign-in at the network ends before its time. Sign in again, or it waits for you then.")
        return Standing(Text("Planned"), "warning", meaning, None, (Action.RECONNECT, *changes))
    return Standing(Text("Planned"), "info", None, None, changes)


def _published(share: Share) -> Standing:
    if share.removed_at is not None:
        return Standing(Text("Deleted"), "neutral", Text("It was published and is deleted at the network."), None, ())
    view = (Action.VIEW,) if share.permalink else ()
    match share.proof:
        case Proof.CLAIMED if share.connection_id is None:
            meaning = Text("You opened the page to post it. It counts as confirmed once somebody follows its link.")
            return Standing(Text("Shared by you"), "success", meaning, None, (Action.OPEN, Action.NOT_POSTED))
        case Proof.CONFIRMED:
            return Standing(
                Text("Confirmed"), "success", Text("Somebody followed its link, so it is out there."), None, ()
            )
        case Proof.CLAIMED if share.reason is not None:  # the network only refused a repeat as one
            return Standing(Text("Probably published"), "success", None, share.reason, (*view, Action.NOT_POSTED))
        case Proof.CLAIMED:
            meaning = Text("You told us that it is there.")
            return Standing(Text("Published"), "success", meaning, None, (*view, Action.NOT_POSTED))
    # What has no address of its own, such as a post in a channel, nobody can take back either.
    return Standing(Text("Published"), "success", None, None, (*view, Action.DELETE) if view else ())


def _unconfirmed(share: Share) -> Standing:
    if share.next_attempt_at is not None:
        meaning = Text(
            "The network gave no clear answer. We are looking whether your post is there; nothing is sent twice."
        )
        return Standing(Text("Checking"), "warning", meaning, share.reason, (Action.IT_IS_THERE,))
    meaning = Text("We do not know whether your post is there. Look at your profile, and tell us.")
    # Once the account is connected again we look ourselves; before, we could not send it again either.
    signed_out = share.connection is not None and share.connection.state != "active"
    actions = (Action.IT_IS_THERE, Action.SEND_AGAIN, Action.LEAVE_IT)
    if signed_out:
        actions = (Action.RECONNECT, Action.IT_IS_THERE, Action.LEAVE_IT)
    return Standing(Text("Please check"), "warning", meaning, share.reason, actions)


NEEDS_YOU = (ShareState.UNCONFIRMED, ShareState.FAILED, ShareState.MISSED)
PLANNED = (ShareState.DRAFT, ShareState.SCHEDULED, ShareState.PUBLISHING)
PAST = (ShareState.PUBLISHED, ShareState.CANCELLED)


def needing(session: Session, *, user_id: int, after: str | None = None, size: int = 20) -> Page[Share]:
    """What failed, was missed or cannot be confirmed; newest first."""
    return _newest(session, user_id, NEEDS_YOU, after, size)


def past(session: Session, *, user_id: int, after: str | None = None, size: int = 20) -> Page[Share]:
    """What was published or cancelled; newest first."""
    return _newest(session, user_id, PAST, after, size)


def planned(session: Session, *, user_id: int, after: str | None = None, size: int = 20) -> Page[Share]:
    """What is still to come; soonest first.

    Args:
        after: `Page.next_cursor` of the page before.
        size: rows a page, 1 or more.
    """
    query = _list(user_id, PLANNED).order_by(Share.due_at, Share.id)
    if after is not None:
        due, last = _place(after)
        query = query.where(or_(Share.due_at > due, and_(Share.due_at == due, Share.id > last)))
    return _page(session, query, size)


def _newest(
    session: Session, user_id: int, states: tuple[ShareState, ...], after: str | None, size: int
) -> Page[Share]:
    query = _list(user_id, states).order_by(Share.due_at.desc(), Share.id.desc())
    if after is not None:
        due, last = _place(after)
        query = query.where(or_(Share.due_at < due, and_(Share.due_at == due, Share.id < last)))
    return _page(session, query, size)


def _list(user_id: int, states: tuple[ShareState, ...]) -> Select[Share]:
    return (
        select(Share)
        .where(Share.user_id == user_id, Share.state.in_(states))
        .options(
            selectinload(Share.item).selectinload(ContentItem.film),
            selectinload(Share.connection),
            selectinload(Share.link),
        )
    )


def _place(after: str) -> tuple[datetime, int]:
    due, last = values_of(after, datetime, int)
    return due, last


def _page(session: Session, query: Select[Share], size: int) -> Page[Share]:
    rows = list(session.scalars(query.limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, cursor_of(rows[-1].due_at, rows[-1].id) if more else None)
