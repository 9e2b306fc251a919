"""Shares that wait because something else comes first: the composer's form is kept whole, until its person sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.library import visibility
from advocacy.library.models import ContentItem
from advocacy.people.models import User
from advocacy.sharing.gates import Gates, Hold
from advocacy.sharing.models import HeldShare

KEPT_FIELDS = ("to", "by", "do", "when", "at", "without_disclosure")
OF_A_WAY = ("text-", "caption-", "pictures-", "as-")
"""How fields begin that there is one of for each account."""
LONGEST = 20_000
MOST_FIELDS = 200


@dataclass(frozen=True)
class Waiting:
    """A kept share.

    Args:
        share: what was composed.
        hold: what still comes first; None when it can go out as soon as its person sends it.
    """

    share: HeldShare
    hold: Hold | None


def keep(
    session: Session, clock: Clock, *, user_id: int, item_id: int, form: Mapping[str, Sequence[str]]
) -> HeldShare:
    """Keeps what a person composed about an item; a later one takes the place of an earlier one.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: whose.
        item_id: about what; the caller has made sure that the person may share it.
        form: the composer's fields as they were sent; what is no choice of theirs is left out.
    """
    fields = {
        name: [value[:LONGEST] for value in values]
        for name, values in list(form.items())[:MOST_FIELDS]
        if name in KEPT_FIELDS or name.startswith(OF_A_WAY)
    }
    found = session.get(HeldShare, (user_id, item_id))
    if found is None:
        found = HeldShare(user_id=user_id, item_id=item_id, form=fields, held_at=clock.now())
        session.add(found)
    else:
        found.form, found.held_at = fields, clock.now()
    return found


def of_item(session: Session, *, user_id: int, item_id: int) -> HeldShare | None:
    """What a person composed about an item and could not send yet; None when there is nothing."""
    return session.get(HeldShare, (user_id, item_id))


def mine(session: Session, clock: Clock, *, user: User, before: Gates) -> list[Waiting]:
    """A person's kept shares of items that can still be shared, the oldest first, each with what it waits for."""
    query = (
        select(HeldShare)
        .where(HeldShare.user_id == user.id)
        .options(selectinload(HeldShare.item))
        .order_by(HeldShare.held_at)
    )
    kept = list(session.scalars(query.limit(50)))
    if not kept:
        return []
    numbers = [one.item_id for one in kept]
    visible = visibility.visible_items(session, clock, user=user).where(ContentItem.id.in_(numbers))
    open_ones = {item.id for item in session.scalars(visible)}
    return [
        Waiting(one, before.hold(session, clock, user=user, item=one.item))
        for one in kept
        if one.item_id in open_ones
    ]


def forget(session: Session, *, user_id: int, item_id: int) -> None:
    """Forgets what was kept: it has been sent, or its person does not want it any more."""
    session.execute(delete(HeldShare).where(HeldShare.user_id == user_id, HeldShare.item_id == item_id))
