"""Who may see what, now: the one place that decides it, for lists and for direct addresses alike."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from advocacy.base import editions
from advocacy.base.clock import Clock
from advocacy.base.errors import NotAllowed, NotFound
from advocacy.base.text import Text
from advocacy.library.models import ContentItem, Dimension, ItemAudience, ItemState
from advocacy.people import teams
from advocacy.people.models import User


@dataclass(frozen=True)
class Reader:
    """What an audience is judged by: where a person belongs.

    Args:
        teams: ids of the person's team and of every team above it, since sub-teams belong to a team's audience.
        location: place of work, in the company's own words; "" when unknown.
        languages: BCP 47 codes in lower case, each also without its region ("nb" beside "nb-no").
        roles: the names of the roles held, advocate included.
    """

    teams: frozenset[int]
    location: str
    languages: frozenset[str]
    roles: frozenset[str]

    def values(self, dimension: Dimension) -> list[str]:
        """What this person is in one dimension, as audiences write it."""
        return {
            Dimension.TEAM: sorted(str(team) for team in self.teams),
            Dimension.LOCATION: [self.location] if self.location else [],
            Dimension.LANGUAGE: sorted(self.languages),
            Dimension.ROLE: sorted(self.roles),
        }[dimension]


def reader(session: Session, *, user: User) -> Reader:
    """Where a person belongs, for judging audiences."""
    languages = {str(code).lower() for code in user.languages}
    return Reader(
        teams=frozenset(teams.ancestors(session, user.team_id)),
        location=user.location,
        languages=frozenset(languages | {code.split("-")[0] for code in languages}),
        roles=frozenset(role.value for role in user.roles),
    )


def open_at(now: datetime) -> ColumnElement[bool]:
    """The item is approved and its window is open."""
    return and_(
        ContentItem.state == ItemState.APPROVED,
        or_(ContentItem.publish_from.is_(None), ContentItem.publish_from <= now),
        or_(ContentItem.expires_at.is_(None), ContentItem.expires_at > now),
    )


def meant_for(who: Reader) -> ColumnElement[bool]:
    """The item's audience holds this person: any value within a dimension, and every dimension that is given."""
    fits = or_(
        *(
            and_(ItemAudience.dimension == dimension, ItemAudience.value.in_(who.values(dimension)))
            for dimension in Dimension
            if who.values(dimension)
        )
    )
    # First what costs little: of the items that are not for everyone only those that name the person at all.
    named = ContentItem.id.in_(select(ItemAudience.item_id).where(fits))
    # Then the rule itself: there is no dimension in which nothing fits.
    missed = select(ItemAudience.dimension).where(ItemAudience.item_id == ContentItem.id)
    missed = missed.group_by(ItemAudience.dimension).having(func.max(case((fits, 1), else_=0)) == 0)
    return and_(or_(ContentItem.for_everyone.is_(True), named), ~missed.exists())


def visible_items(session: Session, clock: Clock, *, user: User) -> Select[ContentItem]:
    """A select of the items this person may see now; curators too see only what is meant for them.

    The caller adds its own conditions, columns (`with_only_columns`), order and limit. For a list of the newest,
    order by `ContentItem.live_from` and `ContentItem.id`, both descending: an index holds them.

    Args:
        session: reads the teams above the person's.
        clock: decides which windows are open.
        user: who looks.
    """
    return items_for(reader(session, user=user), clock.now())


def items_for(who: Reader, now: datetime) -> Select[ContentItem]:
    """As `visible_items`, for a kind of reader: whoever belongs to the same teams, place, languages and roles."""
    return select(ContentItem).where(open_at(now), meant_for(who))


def turn(session: Session, now: datetime) -> int:
    """Counts the windows of items that have opened or closed by now: while it stands, and the edition, so does a list.

    Args:
        session: reads when windows open and close; remembered while the edition stands.
        now: of the one who looks.
    """
    kept = editions.kept(session)
    begun, turns = kept.get("turns of items", (None, []))
    if begun is None or now < begun:
        opens, closes = ContentItem.publish_from, ContentItem.expires_at
        is_approved = ContentItem.state == ItemState.APPROVED
        rows = session.execute(select(opens, closes).where(is_approved, or_(opens > now, closes > now)))
        turns = sorted(moment for row in rows for moment in row if moment is not None and moment > now)
        kept["turns of items"] = (now, turns)
    return bisect_right(turns, now)


def readable(session: Session, clock: Clock, *, user: User, item_id: int) -> ContentItem:
    """The item, if this person may see it now.

    Raises:
        NotFound: there is none, or it is not for this person, or not now. Somebody who could see it once is told
            that it ended.
    """
    who = reader(session, user=user)
    item = session.scalar(select(ContentItem).where(ContentItem.id == item_id, meant_for(who)))
    if item is None:
        raise NotFound()
    _stands(item, clock.now())
    return item


def _stands(item: ContentItem, now: datetime) -> None:
    if item.approved_at is None:
        raise NotFound()
    started = item.publish_from is None or item.publish_from <= now
    if item.state is ItemState.WITHDRAWN and started:
        raise NotFound(Text("This was withdrawn by its editors, so it can no longer be read or shared."))
    if item.state is not ItemState.APPROVED or not started:
        raise NotFound()
    if item.expires_at is not None and item.expires_at <= now:
        raise NotFound(Text("This has ended, so it can no longer be read or shared."))


def shareable(session: Session, clock: Clock, *, user: User, item_id: int) -> ContentItem:
    """The item, if this person may share it now.

    Raises:
        NotFound: as `readable`.
        NotAllowed: it is for reading inside only.
    """
    item = readable(session, clock, user=user, item_id=item_id)
    _goes_outside(item)
    return item


def stands_for_sharing(item: ContentItem, clock: Clock) -> None:
    """Raises as `shareable` does, for an item that is meant for everybody: no question to the database.

    Args:
        item: with `for_everyone`, as it was read just now.
        clock: decides which windows are open.
    """
    _stands(item, clock.now())
    _goes_outside(item)


def _goes_outside(item: ContentItem) -> None:
    if item.internal_only:
        raise NotAllowed(Text("This is for colleagues only. You can read it, but please do not share it."))
