"""What the people area holds about a person, and how it forgets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.events import Event
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people import passwords, personnel, teams
from advocacy.people.entry_models import Invitation, PasswordReset, PeopleFile
from advocacy.people.mail_models import OutgoingMail, PausedAddress
from advocacy.people.models import (
    PolicyAcceptance,
    SignInSession,
    Team,
    User,
    UserState,
)
from advocacy.people.privacy import Holding, Holdings, rows

_SECRET = ("password_hash", "token_hash", "sealed_token", "sealed_letter", "search_words")


def erase_myself(house: House, *, user_id: int, password: str, shown_as: str) -> None:
    """Erases the person who asks; they are signed out and can never sign in again.

    First the password is looked at, then sign-ins at networks are given back (which no transaction waits for), then
    everything is erased at once or not at all.

    Args:
        house: database, clock, and what every area holds.
        user_id: who.
        password: their own, as a last question.
        shown_as: what stands where their name stood, such as "Former colleague".

    Raises:
        Invalid: on field `password`.
        Conflict: nobody would be left to run the hub, or a share is being published right now.
    """
    holdings = house.part(Holdings)
    with house.db.transaction() as session:
        _check(session, user_id=user_id, password=password)
    holdings.let_go(house, user_id=user_id)
    with house.db.transaction() as session:
        user = _check(session, user_id=user_id, password=password)
        holdings.erase(session, house.clock, user_id=user_id, by=user_id)
        user.name = shown_as


def _check(session: Session, *, user_id: int, password: str) -> User:
    user = session.get_one(User, user_id)
    if not passwords.is_own(user, password):
        raise Invalid("password", Text("This is not your password. Nothing was erased."))
    personnel.check_can_leave(session, user)
    return user


def _export(session: Session, user_id: int) -> Mapping[str, Any]:
    user = session.get_one(User, user_id)
    return {
        "person": rows(session, select(User).where(User.id == user_id), without=_SECRET)[0],
        "roles": sorted(role.value for role in user.roles),
        "team": teams.path_name(session, user.team_id),
        "manages": rows(session, select(Team).where(Team.manager_id == user_id).order_by(Team.id)),
        "signed_in_browsers": rows(
            session, select(SignInSession).where(SignInSession.user_id == user_id), without=_SECRET
        ),
        "policies_accepted": rows(session, select(PolicyAcceptance).where(PolicyAcceptance.user_id == user_id)),
        "invitations": rows(
            session, select(Invitation).where(Invitation.email == user.email).order_by(Invitation.id), without=_SECRET
        ),
        "letters": rows(
            session,
            select(OutgoingMail).where(OutgoingMail.to == user.email).order_by(OutgoingMail.id),
            without=_SECRET,
        ),
        "paused_address": rows(session, select(PausedAddress).where(PausedAddress.email == user.email)),
        "what_happened": rows(
            session, select(Event).where(Event.actor_id == user_id).order_by(Event.id), without=("txid",)
        ),
    }


def _erase(session: Session, _clock: Clock, user_id: int) -> None:
    user = session.get_one(User, user_id)
    session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))
    session.execute(delete(PasswordReset).where(PasswordReset.user_id == user_id))
    session.execute(delete(PeopleFile).where(PeopleFile.created_by == user_id))
    session.execute(delete(OutgoingMail).where(OutgoingMail.to == user.email))
    session.execute(delete(PausedAddress).where(PausedAddress.email == user.email))
    session.execute(delete(Invitation).where(Invitation.email == user.email))
    session.execute(update(Team).where(Team.manager_id == user_id).values(manager_id=None))
    user.role_rows = []
    user.state = UserState.ERASED
    user.email = f"erased-{user_id}@erased.invalid"
    user.name = "-"
    user.password_hash = None
    user.job_title = user.location = user.country = ""
    user.languages, user.time_zone = ["en"], "UTC"
    user.ranked_by_name = False
    user.last_seen_at = None


HOLDING = Holding(area="people", export=_export, erase=_erase)
"""Acceptances of the policy and the log of what happened stay, with a number instead of a name: the law on
accountability (GDPR article 17, 3 b and e) outweighs here."""
