"""The first minute: policy read, a network connected or a share link used, something shared."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.events import Consumer, Event, consume
from advocacy.people import policies
from advocacy.people.models import User

CONNECTED = frozenset({"connection.connected", "connection.reconnected"})
SHARED = frozenset({"share.requested", "share.claimed"})
"""What the log says when somebody shares: asked the hub to, or opened the page of a share link."""

BATCH = 200


class Step(enum.StrEnum):
    """What a newcomer does, in this order."""

    POLICY = "policy"
    NETWORK = "network"
    SHARE = "share"


@dataclass(frozen=True)
class Progress:
    """How far somebody has come.

    Args:
        done: the steps behind them.
        steps: the steps there are; no policy step where the company has no policy.
        was_skipped: whether they said that they need no help.
    """

    done: frozenset[Step]
    steps: tuple[Step, ...]
    was_skipped: bool = False

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to show."""
        return self.was_skipped or self.next is None

    @property
    def next(self) -> Step | None:
        """The first step not done; None after the last."""
        return next((step for step in self.steps if step not in self.done), None)


def progress(session: Session, user: User) -> Progress:
    """How far this person has come; what the card on the feed and the welcome page show."""
    policy = policies.current(session)
    steps = tuple(step for step in Step if step is not Step.POLICY or policy is not None)
    done = set()
    if policy is None or policies.must_accept(session, user) is None:
        done.add(Step.POLICY)
    if user.onboarded_at is not None or _happened(session, user.id, SHARED):
        done |= {Step.NETWORK, Step.SHARE}
    elif _happened(session, user.id, CONNECTED):
        done.add(Step.NETWORK)
    return Progress(
        done=frozenset(done & set(steps)), steps=steps, was_skipped=user.onboarding_skipped_at is not None
    )


def skip(session: Session, clock: Clock, *, user_id: int) -> None:
    """Shows the first steps no more. The policy is still asked for before the first share."""
    user = session.get_one(User, user_id)
    user.onboarding_skipped_at = user.onboarding_skipped_at or clock.now()


def _happened(session: Session, user_id: int, kinds: Iterable[str]) -> bool:
    return bool(session.scalar(select(exists().where(Event.actor_id == user_id, Event.kind.in_(kinds)))))


def _note_first_share(session: Session, event: Event) -> None:
    user = session.get(User, event.actor_id) if event.actor_id is not None else None
    if user is not None and user.onboarded_at is None:
        user.onboarded_at = event.at


CONSUMER = Consumer(name="onboarding", kinds=SHARED, take=_note_first_share)
"""Writes down who has shared, so that nobody has to search the log for it again."""


def keep_up(db: Database) -> None:
    """Takes everything that the log holds by now."""
    while consume(db, CONSUMER, batch=BATCH) == BATCH:
        pass
