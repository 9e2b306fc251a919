"""Accepting an invitation: a stranger with a link becomes a person of the company."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.people import fields, roles, users
from advocacy.people.entry_models import Invitation
from advocacy.people.invitation_list import is_open
from advocacy.people.models import User
from advocacy.people.sessions import hash_token


@dataclass(frozen=True)
class Newcomer:
    """What somebody who joins tells.

    Args:
        email: asked only where the invitation is an open link.
        name: as colleagues will see it.
        password: at least as long as `passwords.SHORTEST`.
        locale: language of the pages.
        time_zone: IANA name; "" falls back to the invitation's, then to UTC.
    """

    email: str
    name: str
    password: str
    locale: str
    time_zone: str


def find(session: Session, clock: Clock, *, token: str) -> Invitation:
    """The open invitation that a link belongs to.

    Raises:
        NotFound: it is used up, over, withdrawn, or never was.
    """
    invitation = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token), is_open(clock)))
    if invitation is None:
        raise NotFound(
            Text(
                "This invitation was used, has ended or was withdrawn. Ask the person who invited you for a new one."
            )
        )
    return invitation


def accept(session: Session, clock: Clock, *, token: str, newcomer: Newcomer) -> User:
    """Takes a place of an invitation and adds the person.

    Args:
        session: inside a transaction.
        clock: tells when.
        token: from the link.
        newcomer: what they told.

    Raises:
        NotFound: it is used up, over, withdrawn, or never was.
        Invalid: naming the field.
    """
    invitation = find(session, clock, token=token)
    email = invitation.email or _allowed(invitation, newcomer.email)
    took = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation.id, is_open(clock))
        .values(taken=Invitation.taken + 1)
        .returning(Invitation.id)
    )
    if took is None:
        raise NotFound(Text("Somebody took the last place a moment ago. Ask for a new invitation."))
    user = users.create(
        session,
        clock,
        email=email,
        name=newcomer.name,
        password=newcomer.password,
        roles=roles.of(invitation.roles),
        team_id=invitation.team_id,
        location=invitation.location,
        country=invitation.country,
        languages=invitation.languages or [newcomer.locale],
        locale=newcomer.locale,
        time_zone=newcomer.time_zone or invitation.time_zone or "UTC",
    )
    events.record(
        session,
        clock,
        kind="invitation.accepted",
        actor_id=user.id,
        subject=("invitation", invitation.id),
        data={"user_id": user.id},
    )
    return user


def _allowed(invitation: Invitation, typed: str) -> str:
    email = fields.email(typed)
    if invitation.email_domain and email.rpartition("@")[2] != invitation.email_domain:
        raise Invalid(
            "email", Text("Please use your work address: it ends in @{domain}.", domain=invitation.email_domain)
        )
    return email
