"""The company's social-media policy: written in versions, the newest in force, accepted by each person."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events, sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.paging import Page, cursor_of, values_of
from advocacy.base.text import Text
from advocacy.people import fields
from advocacy.people.models import Policy, PolicyAcceptance, User, UserState

LONGEST = sanitize.LONGEST_MARKDOWN
"""Characters of a policy; about fifteen pages."""


def current(session: Session) -> Policy | None:
    """The version in force; None when the company has written none."""
    return session.scalar(select(Policy).order_by(Policy.number.desc()).limit(1))


def must_accept(session: Session, user: User) -> Policy | None:
    """The version this person has yet to accept before sharing; None when there is nothing to accept."""
    policy = current(session)
    if policy is None or session.get(PolicyAcceptance, (user.id, policy.id)) is not None:
        return None
    return policy


def accept(session: Session, clock: Clock, *, user_id: int, policy_id: int) -> None:
    """Writes down that a person accepted the version they were shown. Doing so twice changes nothing.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: who.
        policy_id: what they read.

    Raises:
        Conflict: there is a newer version, which they have not seen.
    """
    policy = current(session)
    if policy is None or policy.id != policy_id:
        raise Conflict(Text("The policy was changed while you read it. Please read the new version."))
    if session.get(PolicyAcceptance, (user_id, policy_id)) is None:
        session.add(PolicyAcceptance(user_id=user_id, policy_id=policy_id, accepted_at=clock.now()))
        events.record(session, clock, kind="policy.accepted", actor_id=user_id, subject=("policy", policy_id))


def write(session: Session, clock: Clock, *, title: str, body: str, by: int) -> Policy:
    """Puts a new version in force; everybody is asked to accept it before they share again.

    Args:
        session: inside a transaction.
        clock: tells when.
        title: one line.
        body: Markdown, up to `LONGEST` characters.
        by: who wrote it.

    Raises:
        Invalid: on field `title` or `body`.
        Conflict: somebody else wrote a version at the same moment.
    """
    kept = fields.short("title", title, most=160)
    words = body.replace("\r\n", "\n").strip()
    if not kept:
        raise Invalid("title", Text("Please give the policy a title."))
    if not words:
        raise Invalid("body", Text("Please write what people are to know and to keep to."))
    if len(words) > LONGEST:
        raise Invalid("body", Text("Please keep this below {count} characters.", count=LONGEST))
    before = current(session)
    if before is not None and (before.title, before.body) == (kept, words):
        raise Invalid("body", Text("This is word for word the version in force. Change it first."))
    policy = Policy(
        number=before.number + 1 if before else 1, title=kept, body=words, created_at=clock.now(), created_by=by
    )
    session.add(policy)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(Text("Somebody else wrote a new version a moment ago. Look at it first.")) from error
    events.record(
        session,
        clock,
        kind="policy.written",
        actor_id=by,
        subject=("policy", policy.id),
        data={"number": policy.number},
    )
    return policy


def page(session: Session, *, after: str = "", size: int = 20) -> Page[tuple[Policy, int]]:
    """Versions, newest first, each with how many people accepted it.

    Raises:
        Invalid: `after` is no cursor of ours.
    """
    query = select(Policy).order_by(Policy.number.desc()).limit(size + 1)
    if after:
        query = query.where(Policy.number < values_of(after, int)[0])
    found = list(session.scalars(query))
    shown = found[:size]
    accepted = dict(
        session.execute(
            select(PolicyAcceptance.policy_id, func.count())
            .join(User, User.id == PolicyAcceptance.user_id)
            .where(PolicyAcceptance.policy_id.in_([policy.id for policy in shown]), User.state == UserState.ACTIVE)
            .group_by(PolicyAcceptance.policy_id)
        ).all()
    )
    more = len(found) > size
    return Page(
        [(policy, accepted.get(policy.id, 0)) for policy in shown], cursor_of(shown[-1].number) if more else None
    )
