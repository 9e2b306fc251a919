"""What must come before a person shares: areas below sharing say so by a question that the roof hands in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library.models import ContentItem
from advocacy.people.models import User

FIELD = "hold"
"""The field of the `Invalid` that a hold becomes."""


@dataclass(frozen=True)
class Hold:
    """Something that keeps a person from sharing for now.

    Args:
        reason: a friendly sentence that says what comes first.
        action: what the button to it says.
        path: a place of ours where they can do it.
        waits: what a share says that was planned before and is held for it.
    """

    reason: Text
    action: Text
    path: str
    waits: Text


class Held(Invalid):
    """A share that was not taken, because something else comes first.

    Args:
        hold: what.
    """

    def __init__(self, hold: Hold) -> None:
        super().__init__(FIELD, hold.reason)
        self.hold = hold


Question = Callable[[Session, Clock, User, ContentItem], Hold | None]
"""Asked before each share: what keeps this person from sharing this item, or None."""


class Gates:
    """Every question that is asked before a share; the roof puts them together.

    Args:
        questions: asked in this order, up to the first that holds.
    """

    def __init__(self, *questions: Question) -> None:
        self._questions = questions

    def hold(self, session: Session, clock: Clock, *, user: User, item: ContentItem) -> Hold | None:
        """What keeps this person from sharing this item now; None when nothing does."""
        for question in self._questions:
            found = question(session, clock, user, item)
            if found is not None:
                return found
        return None

    def check(self, session: Session, clock: Clock, *, user: User, item: ContentItem) -> None:
        """Refuses a share that something else must come before.

        Raises:
            Held: naming what.
        """
        found = self.hold(session, clock, user=user, item=item)
        if found is not None:
            raise Held(found)


OPEN = Gates()
"""Nothing comes before sharing."""
