"""Which visitors a link had on a day: what an importer knows of them, so that it need not ask for each click.

The truth is the clicks. Memory of a link's day is used only when it holds as many visitors as the day's sums count,
which the transaction that holds the link reads; and a run that judges clicks again makes all of it forgotten.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import bulk
from advocacy.reach.models import Click, ReachDay
from advocacy.reach.rejudging_models import Rejudging

Place = tuple[date, int]
"""A day (UTC) and a link's id."""
REMEMBERED = 300_000
"""Visitors that an importer keeps in memory, some 30 MB, beyond those of its last batch."""
EACH_PLACE = 4
"""As many visitors' room a place takes by itself."""


class Seen:
    """The visitors that one importer knows of."""

    def __init__(self) -> None:
        self._visitors: dict[Place, set[int]] = {}
        self._clicked: set[int] = set()
        self._rejudged: tuple[Any, ...] = ()

    def of(self, session: Session, places: Collection[Place]) -> dict[Place, set[int]]:
        """The visitors of links' days so far. Whoever adds a click adds its visitor to the set.

        Args:
            session: inside a transaction that holds the links.
            places: days and links.
        """
        self._mind_rejudging(session)
        counts = _counts(session, places)
        known = {place: self._visitors.pop(place) for place in places if place in self._visitors}
        known = {place: visitors for place, visitors in known.items() if counts.get(place) == len(visitors)}
        known |= _loaded(session, [place for place in places if place not in known])
        self._visitors |= known  # the newest last
        self._trim(len(known))
        return known

    def _mind_rejudging(self, session: Session) -> None:
        sums = (func.sum(one) for one in (Rejudging.to_filtered, Rejudging.to_human, Rejudging.other_reason))
        rejudged = tuple(session.execute(select(func.max(Rejudging.id), *sums)).one())
        if rejudged != self._rejudged:
            self._visitors, self._clicked, self._rejudged = {}, set(), rejudged

    def _trim(self, spared: int) -> None:
        room = sum(EACH_PLACE + len(visitors) for visitors in self._visitors.values())
        for place in list(self._visitors)[: len(self._visitors) - spared]:
            if room <= REMEMBERED:
                return
            room -= EACH_PLACE + len(self._visitors.pop(place))

    def never_clicked(self, session: Session, links: dict[int, int]) -> set[int]:
        """Which links no person had followed before, on any day; from now on they count as followed.

        Args:
            session: inside a transaction that holds the links, before it adds to the sums.
            links: by id, each with whose share it is.
        """
        asked = sorted(links.keys() - self._clicked)
        if not asked:
            return set()
        query = select(ReachDay.link_id).where(
            # By the sharer, because there is an index for that.
            bulk.among(session, ReachDay.user_id, sorted({links[link] for link in asked})),
            bulk.among(session, ReachDay.link_id, asked),
            ReachDay.human > 0,
        )
        never = set(asked) - set(session.scalars(query.distinct()))
        if len(self._clicked) > REMEMBERED:
            self._clicked.clear()
        self._clicked.update(asked)
        return never


def _counts(session: Session, places: Collection[Place]) -> dict[Place, int]:
    query = select(ReachDay.day, ReachDay.link_id, ReachDay.unique_visitors).where(
        ReachDay.day.in_(sorted({day for day, _ in places})),
        bulk.among(session, ReachDay.link_id, sorted({link for _, link in places})),
    )
    return {(day, link): count for day, link, count in session.execute(query)}


def _loaded(session: Session, places: Collection[Place]) -> dict[Place, set[int]]:
    found: dict[Place, set[int]] = {place: set() for place in places}
    if found:
        query = select(Click.day, Click.link_id, Click.visitor).where(
            Click.day.in_(sorted({day for day, _ in places})),
            bulk.among(session, Click.link_id, sorted({link for _, link in places})),
            Click.is_first_today,
        )
        for day, link, visitor in session.execute(query.execution_options(yield_per=10_000)):
            if (day, link) in found:
                found[day, link].add(visitor)
    return found
