"""The alignment of an item: what the check finds in it, and what a curator looked at and let stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid
from advocacy.base.text import Text
from advocacy.library import message_house
from advocacy.library.alignment.check import Carried, Written, check
from advocacy.library.alignment.findings import Finding
from advocacy.library.alignment.messages import MessageHouse
from advocacy.library.message_models import AcceptedFinding
from advocacy.library.models import ContentItem, Dimension
from advocacy.people.models import User

LONGEST_REASON = 500


@dataclass(frozen=True)
class Acceptance:
    """A finding that a curator let stand.

    Args:
        finding: what was found.
        reason: in their words.
        by: their name; "" when they have left.
        at: when.
    """

    finding: Finding
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Alignment:
    """How an item is aligned today.

    Args:
        open: findings that nobody accepted.
        accepted: those that somebody did, as long as the words at both places are the same.
        carried: for each key message, where it is told.
        levels: LIX by text; too short ones are left out.
        has_brief: whether there is anything inside to compare with.
        has_house: whether there are key messages or words to avoid.
    """

    open: Sequence[Finding]
    accepted: Sequence[Acceptance]
    carried: Sequence[Carried]
    levels: dict[str, int]
    has_brief: bool
    has_house: bool

    @property
    def told(self) -> list[Carried]:
        """The key messages that the item carries anywhere."""
        return [one for one in self.carried if one.inside or one.outside]


def of_item(session: Session, clock: Clock, *, item: ContentItem) -> Alignment:
    """What the check finds in an item as it stands now.

    Args:
        session: for reading.
        clock: tells which key messages hold.
        item: with its captions and briefs.
    """
    house = message_house.holding(session, clock, team_ids=_teams(item))
    checked = check(briefs(item), posts(item), house, own_link=item.source_url)
    query = select(AcceptedFinding, User.name).outerjoin(User, User.id == AcceptedFinding.by)
    known = {row.key: (row, name) for row, name in session.execute(query.where(AcceptedFinding.item_id == item.id))}
    accepted = [
        Acceptance(one, known[one.key][0].reason, known[one.key][1] or "", known[one.key][0].at)
        for one in checked.findings
        if one.key in known
    ]
    return Alignment(
        open=[one for one in checked.findings if one.key not in known],
        accepted=accepted,
        carried=checked.carried,
        levels=checked.levels,
        has_brief=bool(item.internal_brief or item.briefs),
        has_house=bool(house.messages or house.avoided),
    )


def open_counts(session: Session, clock: Clock, *, items: Sequence[ContentItem]) -> dict[int, int]:
    """How many findings of each item nobody accepted yet; in a number of queries that hardly grows."""
    if not items:
        return {}
    kept = select(AcceptedFinding.item_id, AcceptedFinding.key)
    rows = session.execute(kept.where(AcceptedFinding.item_id.in_([one.id for one in items])))
    known = {(item_id, key) for item_id, key in rows}
    houses: dict[tuple[int, ...], MessageHouse] = {}
    counts = {}
    for item in items:
        for_teams = tuple(_teams(item))
        if for_teams not in houses:
            houses[for_teams] = message_house.holding(session, clock, team_ids=for_teams)
        found = check(briefs(item), posts(item), houses[for_teams], own_link=item.source_url).findings
        counts[item.id] = sum((item.id, one.key) not in known for one in found)
    return counts


def accept(session: Session, clock: Clock, *, item: ContentItem, key: str, reason: str, by: int) -> None:
    """Lets a finding stand. It holds for exactly the words at both places: when they change it is asked again.

    Raises:
        Invalid: on `reason`: it is missing or too long.
        Conflict: the words have changed meanwhile, or somebody accepted it already.
    """
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST_REASON:
        raise Invalid("reason", Text("Please say in a sentence why this is right as it is."))
    finding = next((one for one in of_item(session, clock, item=item).open if one.key == key), None)
    if finding is None:
        raise Conflict(Text("The words have changed since you saw them, or a colleague has accepted this already."))
    session.add(AcceptedFinding(item_id=item.id, key=key, reason=said, by=by, at=clock.now()))
    _record(session, clock, "finding.accepted", item, finding, by, reason=said)


def take_back(session: Session, clock: Clock, *, item: ContentItem, key: str, by: int) -> None:
    """Opens a finding again that somebody accepted. One that is open already stays so."""
    known = session.get(AcceptedFinding, (item.id, key))
    if known is None:
        return
    finding = next(
        (one.finding for one in of_item(session, clock, item=item).accepted if one.finding.key == key), None
    )
    session.delete(known)
    if finding is not None:
        _record(session, clock, "finding.reopened", item, finding, by, reason=known.reason)


def briefs(item: ContentItem) -> list[Written]:
    """What we tell our own people: the item's own brief first, then those in further languages."""
    own = [(item.language, item.internal_brief)] if item.internal_brief else []
    further = [(one.language, one.text) for one in item.briefs]
    return [Written(f"brief-{language}", language, text) for language, text in (*own, *further)]


def posts(item: ContentItem) -> list[Written]:
    """The ready-made posts."""
    return [Written(f"caption-{one.id}", one.language, one.text) for one in item.captions]


def _teams(item: ContentItem) -> list[int]:
    return sorted(
        int(row.value) for row in item.audience if row.dimension is Dimension.TEAM and row.value.isdecimal()
    )


def _record(
    session: Session, clock: Clock, kind: str, item: ContentItem, finding: Finding, by: int, *, reason: str
) -> None:
    data = {
        "title": item.title,
        "finding": finding.kind.value,
        "inside": finding.inside.quote if finding.inside else "",
        "outside": finding.outside.quote if finding.outside else "",
        "reason": reason,
    }
    events.record(session, clock, kind=kind, actor_id=by, subject=("item", item.id), data=data)
