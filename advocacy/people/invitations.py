"""Invitations: made for one address or as a link for a team, sent again, withdrawn."""

from __future__ import annotations

import secrets
from datetime import timedelta

from babel.dates import format_date
from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.letters import Letter
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.people import fields, outbox, teams
from advocacy.people.entry_models import Invitation, InvitationStage
from advocacy.people.invitation_list import is_open
from advocacy.people.invitees import Invitee
from advocacy.people.models import User
from advocacy.people.sessions import hash_token

LONGEST = 90
"""Days that an invitation may stay open."""
MOST_PLACES = 10_000


def invite(
    session: Session,
    clock: Clock,
    sealer: Sealer,
    *,
    invitee: Invitee,
    days: int,
    locale: str,
    address: str,
    by: User,
) -> Invitation:
    """Invites one person by mail.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: closes the link and the letter.
        invitee: whom, and as what.
        days: how long the link works, 1 to 90.
        locale: language of the letter and, at first, of the pages.
        address: the hub's public address.
        by: who invites.

    Raises:
        Invalid: a field holds what it may not; on `email`: is here, or was invited, already.
        NotFound: no such team.
    """
    known = invitee.checked()
    check_days(days)
    if known.team_id is not None:
        teams.get(session, team_id=known.team_id)
    if session.scalar(select(User.id).where(User.email == known.email)) is not None:
        raise Invalid("email", Text("Somebody with this address is here already."))
    if session.scalar(select(Invitation.id).where(Invitation.email == known.email, is_open(clock))) is not None:
        raise Invalid("email", Text("This address was invited already. You can send that invitation again."))
    invitation, token = build(clock, sealer, invitee=known, days=days, locale=locale, by=by)
    session.add(invitation)
    session.flush()
    send(session, clock, sealer, invitation=invitation, link=link_of(address, token), by=by)
    events.record(
        session,
        clock,
        kind="invitation.made",
        actor_id=by.id,
        subject=("invitation", invitation.id),
        data={"places": 1},
    )
    return invitation


def open_link(
    session: Session,
    clock: Clock,
    sealer: Sealer,
    *,
    team_id: int | None,
    places: int,
    days: int,
    email_domain: str,
    locale: str,
    by: User,
) -> Invitation:
    """Makes a link that anybody who has it may join by, as an advocate.

    Args:
        session: inside a transaction.
        clock: tells when.
        sealer: closes the link.
        team_id: where they will belong.
        places: how many people may join, 1 to 10,000.
        days: how long the link works, 1 to 90.
        email_domain: only addresses at this domain; "" for any.
        locale: language of the pages at first.
        by: who invites.

    Raises:
        Invalid: naming the field.
        NotFound: no such team.
    """
    check_days(days)
    if not 1 <= places <= MOST_PLACES:
        raise Invalid("places", Text("Please choose between 1 and {most} places.", most=MOST_PLACES))
    domain = email_domain.strip().lower().lstrip("@")
    if domain:
        try:
            fields.email(f"somebody@{domain}")
        except Invalid as error:
            raise Invalid("email_domain", Text("This is not a domain. It should be like example.com.")) from error
    if team_id is not None:
        teams.get(session, team_id=team_id)
    token, now = secrets.token_urlsafe(24), clock.now()
    invitation = Invitation(
        **_sealed(sealer, token),
        email=None,
        email_domain=domain,
        team_id=team_id,
        roles=[],
        languages=[],
        locale=locale,
        places=places,
        invited_by=by.id,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(invitation)
    session.flush()
    events.record(
        session,
        clock,
        kind="invitation.made",
        actor_id=by.id,
        subject=("invitation", invitation.id),
        data={"places": places},
    )
    return invitation


def build(
    clock: Clock, sealer: Sealer, *, invitee: Invitee, days: int, locale: str, by: User
) -> tuple[Invitation, str]:
    """An invitation that is not kept yet, and its token; for `invite` and for whole lists."""
    token, now = secrets.token_urlsafe(24), clock.now()
    return (
        Invitation(
            **_sealed(sealer, token),
            email=invitee.email,
            name=invitee.name,
            team_id=invitee.team_id,
            roles=[role.value for role in invitee.roles],
            location=invitee.location,
            country=invitee.country,
            languages=list(invitee.languages),
            locale=locale,
            time_zone=invitee.time_zone,
            places=1,
            invited_by=by.id,
            created_at=now,
            expires_at=now + timedelta(days=days),
        ),
        token,
    )


def send(session: Session, clock: Clock, sealer: Sealer, *, invitation: Invitation, link: str, by: User) -> None:
    """Puts the letter of an invitation into the outbox."""
    outbox.put(
        session,
        clock,
        sealer,
        to=invitation.email or "",
        kind="invitation",
        letter=_letter(invitation, link=link, by=by),
        locale=invitation.locale,
        useful_for=min(timedelta(days=3), invitation.expires_at - clock.now()),
    )


def resend(
    session: Session, clock: Clock, sealer: Sealer, *, invitation_id: int, days: int, address: str, by: User
) -> Invitation:
    """Sends an invitation again, with a new link and a new end; the earlier link works no longer.

    Raises:
        NotFound: no such invitation.
        Conflict: it was accepted, or is a link without an address.
    """
    check_days(days)
    invitation = get(session, invitation_id=invitation_id)
    if invitation.email is None:
        raise Conflict(Text("This invitation is a link. Copy it and send it to whom you like."))
    if invitation.stage(clock.now()) is InvitationStage.ACCEPTED:
        raise Conflict(Text("This invitation was accepted already."))
    if session.scalar(select(User.id).where(User.email == invitation.email)) is not None:
        raise Conflict(Text("Somebody with this address is here already."))
    token = secrets.token_urlsafe(24)
    for column, value in _sealed(sealer, token).items():
        setattr(invitation, column, value)
    invitation.withdrawn_at = None
    invitation.expires_at = clock.now() + timedelta(days=days)
    send(session, clock, sealer, invitation=invitation, link=link_of(address, token), by=by)
    events.record(session, clock, kind="invitation.sent_again", actor_id=by.id, subject=("invitation", invitation.id))
    return invitation


def withdraw(session: Session, clock: Clock, *, invitation_id: int, by: int) -> Invitation:
    """Makes an invitation's link worth nothing.

    Raises:
        NotFound: no such invitation.
    """
    invitation = get(session, invitation_id=invitation_id)
    if invitation.withdrawn_at is None:
        invitation.withdrawn_at = clock.now()
        events.record(session, clock, kind="invitation.withdrawn", actor_id=by, subject=("invitation", invitation.id))
    return invitation


def get(session: Session, *, invitation_id: int) -> Invitation:
    """An invitation.

    Raises:
        NotFound: there is none.
    """
    invitation = session.get(Invitation, invitation_id)
    if invitation is None:
        raise NotFound(Text("We could not find that invitation."))
    return invitation


def link_for(sealer: Sealer, invitation: Invitation, *, address: str) -> str:
    """The link of an invitation, for an administrator to copy.

    Raises:
        CannotOpen: the sealing key is gone.
    """
    return link_of(address, sealer.open(invitation.sealed_token, context=_context(invitation.token_hash)))


def link_of(address: str, token: str) -> str:
    """The address of the page where an invitation is accepted."""
    return f"{address}/join/{token}"


def check_days(days: int) -> None:
    """Refuses an end that is too far away.

    Raises:
        Invalid: on field `days`.
    """
    if not 1 <= days <= LONGEST:
        raise Invalid("days", Text("Please choose between 1 and {most} days.", most=LONGEST))


def _sealed(sealer: Sealer, token: str) -> dict[str, str | bytes]:
    token_hash = hash_token(token)
    return {"token_hash": token_hash, "sealed_token": sealer.seal(token, context=_context(token_hash))}


def _context(token_hash: str) -> str:
    return row("invitation", "sealed_token", token_hash)


def _letter(invitation: Invitation, *, link: str, by: User) -> Letter:
    end = format_date(invitation.expires_at, "long", locale=invitation.locale)
    greeting = (Text("Hello {name},", name=invitation.name.split()[0]),) if invitation.name else (Text("Hello,"),)
    return Letter(
        subject=Text("{name} invites you to share company news", name=by.name),
        lines=(
            *greeting,
            Text(
                "here you find stories about our company that are worth sharing, with texts that you can make yours."
            ),
            Text("You decide what you share, word for word. It takes a minute to begin."),
        ),
        button=(Text("Accept the invitation"), link),
        after=(Text("The link is yours alone and works until {end}.", end=end),),
    )
