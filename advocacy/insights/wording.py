"""Which text and which network of an item earns its place, said only where there are enough posts to tell."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import sqrt
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.errors import NotFound
from advocacy.insights import scope as scopes
from advocacy.insights.periods import Span
from advocacy.insights.scope import Scope
from advocacy.library.models import Caption, ContentItem
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import Share

ENOUGH = 10
"""Posts from which on an average says something."""
SURE = 1.96
"""Standard errors on each side of an average between which the true one lies 95 times out of 100."""


class Verdict(enum.StrEnum):
    """How a text or a network stands among the others of its item."""

    TOO_FEW = "too_few"
    AHEAD = "ahead"
    BEHIND = "behind"
    ALIKE = "alike"
    """Nothing tells it from the others."""
    ALONE = "alone"
    """No other has enough posts to compare with."""


@dataclass(frozen=True)
class Standing:
    """How often posts of one kind were followed.

    Args:
        uses: posts that went out.
        human: clicks of people on them, until today.
        squares: the sum of the squares of each post's clicks.
        verdict: among the others.
    """

    uses: int
    human: int
    squares: int
    verdict: Verdict = Verdict.TOO_FEW

    @property
    def is_told(self) -> bool:
        """Whether there are enough posts."""
        return self.uses >= ENOUGH

    @property
    def per_post(self) -> float | None:
        """Clicks of people for each post; None with too few posts."""
        return self.human / self.uses if self.is_told else None

    @property
    def between(self) -> tuple[float, float] | None:
        """Where the true average lies, 95 times out of 100 (mean +/- 1.96 standard errors); None with too few posts."""
        if not self.is_told:
            return None
        mean = self.human / self.uses
        variance = max(0.0, (self.squares - self.uses * mean * mean) / (self.uses - 1))
        margin = SURE * sqrt(variance / self.uses)
        return max(0.0, mean - margin), mean + margin


NOTHING = Standing(uses=0, human=0, squares=0)


@dataclass(frozen=True)
class CaptionLine:
    """A ready-made text with how it stands.

    Args:
        caption_id: None for posts whose author wrote their own, or whose text was removed since.
        network: what it is written for, "" for any.
        label: what it is called; "" for none.
        text: word for word.
        language: its language.
        standing: among the item's texts.
    """

    caption_id: int | None
    network: str
    label: str
    text: str
    language: str
    standing: Standing


@dataclass(frozen=True)
class Worth:
    """What an item is worth.

    Args:
        item_id: which.
        title: what it is called.
        since: when it was made.
        captions: the most clicks per post first.
        networks: name and standing of each way out, likewise.
    """

    item_id: int
    title: str
    since: datetime
    captions: Sequence[CaptionLine]
    networks: Sequence[tuple[str, Standing]]


def worth(session: Session, *, item_id: int, span: Span | None = None, now: datetime) -> Worth:
    """What an item is worth, by its posts that went out in some days and all their clicks until now.

    Args:
        session: for reading.
        item_id: which.
        span: the days; None is all days since the item was made.
        now: the present moment.

    Raises:
        NotFound: there is no such item.
    """
    item = session.execute(
        select(ContentItem.title, ContentItem.created_at).where(ContentItem.id == item_id)
    ).one_or_none()
    if item is None:
        raise NotFound()
    days = span or since(item.created_at, now)
    scope = Scope(span=days, item_id=item_id)
    by_caption = _standings(session, scope, Share.caption_id)
    captions = session.execute(
        select(Caption.id, Caption.network, Caption.label, Caption.text, Caption.language)
        .where(Caption.item_id == item_id)
        .order_by(Caption.position, Caption.id)
    ).all()
    found = [
        CaptionLine(row.id, row.network, row.label, row.text, row.language, by_caption.pop(row.id, NOTHING))
        for row in captions
    ]
    others = _add_up(by_caption.values())
    if others.uses:
        found.append(CaptionLine(None, "", "", "", "", others))
    networks = _standings(session, scope, Share.network)
    return Worth(
        item_id=item_id,
        title=item.title,
        since=item.created_at,
        captions=_best_first(found, _judged([line.standing for line in found])),
        networks=sorted(
            zip(networks, _judged(list(networks.values())), strict=True),
            key=lambda pair: (-(pair[1].per_post or -1), -pair[1].uses, pair[0]),
        ),
    )


def since(first: datetime, now: datetime) -> Span:
    """All days since a moment."""
    return Span(first.astimezone(UTC).date(), now.astimezone(UTC).date())


def _standings(session: Session, scope: Scope, column: Any) -> dict[Any, Standing]:
    clicks = (
        select(ReachDay.link_id, func.sum(ReachDay.human).label("human"))
        .where(ReachDay.item_id == scope.item_id)
        .group_by(ReachDay.link_id)
        .subquery()
    )
    human = func.coalesce(clicks.c.human, 0)
    query = (
        scopes.posts(scope, column, func.count(Share.id), func.sum(human), func.sum(human * human))
        .outerjoin(clicks, clicks.c.link_id == Share.link_id)
        .group_by(column)
    )
    return {row[0]: Standing(uses=row[1], human=int(row[2]), squares=int(row[3])) for row in session.execute(query)}


def _add_up(standings: Iterable[Standing]) -> Standing:
    each = list(standings)
    return Standing(
        uses=sum(one.uses for one in each),
        human=sum(one.human for one in each),
        squares=sum(one.squares for one in each),
    )


def _judged(standings: Sequence[Standing]) -> list[Standing]:
    """Each with its verdict: ahead or behind only where its range lies clear of every other's."""
    ranges = [standing.between for standing in standings]
    judged = []
    for place, standing in enumerate(standings):
        own = ranges[place]
        others = [one for other, one in enumerate(ranges) if one is not None and other != place]
        if own is None:
            verdict = Verdict.TOO_FEW
        elif not others:
            verdict = Verdict.ALONE
        elif all(own[0] > one[1] for one in others):
            verdict = Verdict.AHEAD
        elif all(own[1] < one[0] for one in others):
            verdict = Verdict.BEHIND
        else:
            verdict = Verdict.ALIKE
        judged.append(replace(standing, verdict=verdict))
    return judged


def _best_first(lines: Sequence[CaptionLine], standings: Sequence[Standing]) -> list[CaptionLine]:
    judged = [replace(line, standing=standing) for line, standing in zip(lines, standings, strict=True)]
    return sorted(judged, key=lambda line: (-(line.standing.per_post or -1), -line.standing.uses))
