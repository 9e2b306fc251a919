"""The list of invitations: which are open, accepted, over or withdrawn."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from advocacy.base.clock import Clock
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.people.entry_models import Invitation, InvitationStage


def page(
    session: Session, clock: Clock, *, stage: str = "", words: str = "", after: str = "", size: int = 50
) -> Page[Invitation]:
    """Invitations, newest first.

    Args:
        session: for reading.
        clock: tells which are over.
        stage: only these; "" or anything else for all.
        words: part of an address or name.
        after: the cursor of the page before; "" for the first.
        size: rows, 1 or more.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = (
        select(Invitation)
        .options(joinedload(Invitation.team), joinedload(Invitation.inviter))
        .order_by(Invitation.id.desc())
        .limit(size + 1)
    )
    if stage in set(InvitationStage):
        query = query.where(stands_at(InvitationStage(stage), clock))
    for word in words.lower().split()[:8]:
        query = query.where(
            or_(Invitation.email.contains(word, autoescape=True), Invitation.name.icontains(word, autoescape=True))
        )
    if after:
        query = query.where(Invitation.id < values_of(after, int)[0])
    found = list(session.scalars(query))
    return Page(found[:size], cursor_of(found[size - 1].id) if len(found) > size else None)


def is_open(clock: Clock) -> ColumnElement[bool]:
    """Whether an invitation can be accepted, for queries."""
    return (
        Invitation.withdrawn_at.is_(None)
        & (Invitation.taken < Invitation.places)
        & (Invitation.expires_at > clock.now())
    )


def stands_at(stage: InvitationStage, clock: Clock) -> ColumnElement[bool]:
    """Whether an invitation stands at this stage, for queries: `Invitation.stage` says the same of one."""
    if stage is InvitationStage.WITHDRAWN:
        return Invitation.withdrawn_at.is_not(None)
    if stage is InvitationStage.ACCEPTED:
        return Invitation.withdrawn_at.is_(None) & (Invitation.taken >= Invitation.places)
    if stage is InvitationStage.OPEN:
        return is_open(clock)
    return (
        Invitation.withdrawn_at.is_(None)
        & (Invitation.taken < Invitation.places)
        & (Invitation.expires_at <= clock.now())
    )
