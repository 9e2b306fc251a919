"""Reading what attempts need before their networks are asked: for many at once, with the same few questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import StandingClock
from advocacy.base.errors import HubError, NotAllowed, NotFound
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.library import lent_pictures, visibility
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, PreviewCard
from advocacy.people.models import User
from advocacy.sharing import channels, drafts, links, outcomes, progress, rules, switches
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Share, ShareAttempt, ShareKind
from advocacy.sharing.networks import Networks
from advocacy.sharing.outcomes import NetworkAsleep, NoLongerAllowed, Outcome
from advocacy.sharing.publisher import SAFETY, Publisher
from advocacy.sharing.states import holds_lease
from connectors import ApiConnector, Draft, Reason, Transient

log = structlog.get_logger()


@dataclass(frozen=True)
class Work:
    """What an attempt needs, read before the network is asked.

    Args:
        attempt_id: its row.
        share: as it stood, with item, account and link.
        connector: who sends it.
        may_publish: whether sending is allowed; else it is only looked for.
        clock: the time of the database when it was read.
        author: the name of who shares; None when the item may no longer be shared, so that only a look is left.
    """

    attempt_id: int
    share: Share
    connector: ApiConnector
    may_publish: bool
    clock: StandingClock
    author: str | None


@dataclass(frozen=True)
class Decided:
    """An attempt that ends before the network is asked.

    Args:
        attempt_id: its row.
        share: whose.
        outcome: how it ends.
    """

    attempt_id: int
    share: Share
    outcome: Outcome


@dataclass
class _Seen:
    """What was asked for one attempt and holds for the others too."""

    clock: StandingClock
    is_paused: bool
    switched_off: set[str]
    people: dict[int, User] = field(default_factory=dict)


def prepare(house: House, attempt_ids: Sequence[int]) -> list[Work | Decided]:
    """All that attempts need, with a few questions for all of them; the files of pictures are read later.

    Args:
        house: database, networks and this process's `Publisher`.
        attempt_ids: of attempts that this process claimed.

    Returns:
        One for each that is still this process's own and was not begun, in no particular order. One that cannot be
        read because of a fault of ours takes no other along: its lease runs out and says the rest.
    """
    try:
        return _prepared(house, attempt_ids)
    except Exception:
        if len(attempt_ids) == 1:
            raise
        log.exception("attempts cannot be prepared together; each is prepared alone")
    ready: list[Work | Decided] = []
    for attempt_id in attempt_ids:
        try:
            ready += _prepared(house, [attempt_id])
        except Exception:
            log.exception("an attempt cannot be prepared", attempt=attempt_id)
    return ready


def _prepared(house: House, attempt_ids: Sequence[int]) -> list[Work | Decided]:
    with house.db.reading() as session:
        found = list(session.execute(_attempts(house.part(Publisher).worker, attempt_ids)))
        for attempt_id in set(attempt_ids) - {attempt_id for attempt_id, _ in found}:
            log.info("an attempt belongs to somebody else by now", attempt=attempt_id)
        if not found:
            return []
        seen = _Seen(house.db.clock(session), rules.is_paused(session), set(session.scalars(switches.off())))
        whose = select(User).where(User.id.in_({share.user_id for _, share in found}))
        seen.people = {user.id: user for user in session.scalars(whose)}
        return [_judged(house, session, seen, attempt_id, share) for attempt_id, share in found]


def draft_of(house: House, work: Work) -> tuple[Draft, bool]:
    """What is sent, with its pictures read; and whether it may be.

    Raises:
        NoLongerPossible: the item's picture is gone and nothing was sent yet.
    """
    share, url, kept = work.share, _address(house, work.share), progress.of_share(house, work.share)
    if work.author is None:
        return drafts.words_only(share, link=url, progress=kept), False
    public_url = house.part(Publisher).public_url
    lend = partial(lent_pictures.address, sealer=house.part(Sealer), clock=work.clock, public_url=public_url)
    try:
        draft = drafts.of_share(
            share,
            store=house.part(Media),
            connector=work.connector,
            link=url,
            progress=kept,
            lend=lend,
            author=work.author,
        )
    except HubError as error:
        if share.unsettled_at is None:
            raise NoLongerPossible(NoLongerAllowed(error.text)) from error
        return drafts.words_only(share, link=url, progress=kept), False
    return draft, work.may_publish


class NoLongerPossible(Exception):
    """Nothing is sent; says how the attempt ends."""

    def __init__(self, outcome: NoLongerAllowed) -> None:
        super().__init__(str(outcome.reason))
        self.outcome = outcome


def _attempts(worker: str, attempt_ids: Sequence[int]) -> Select[int, Share]:
    return (
        select(ShareAttempt.id, Share)
        .join(ShareAttempt, ShareAttempt.share_id == Share.id)
        .where(
            ShareAttempt.id.in_(attempt_ids),
            ShareAttempt.finished_at.is_(None),
            ShareAttempt.sent_at.is_(None),
            holds_lease(worker, ShareAttempt.number),
        )
        .options(
            selectinload(Share.item).selectinload(ContentItem.card).selectinload(PreviewCard.picture),
            selectinload(Share.item).selectinload(ContentItem.picture),
            selectinload(Share.item).selectinload(ContentItem.briefs),
            selectinload(Share.item).selectinload(ContentItem.film),
            selectinload(Share.item).selectinload(ContentItem.more_pictures),
            selectinload(Share.item).raiseload(ContentItem.topics),
            selectinload(Share.item).raiseload(ContentItem.audience),
            selectinload(Share.item).raiseload(ContentItem.captions),
            selectinload(Share.connection),
            selectinload(Share.link),
        )
    )


def _judged(house: House, session: Session, seen: _Seen, attempt_id: int, share: Share) -> Work | Decided:
    """What the network call needs; or the reason why there will be none."""
    try:
        connector = house.part(Networks).api(share.network)
    except NotFound as error:
        return Decided(attempt_id, share, NetworkAsleep(error.text))
    held_back = _held_back(seen, share)
    if held_back and share.unsettled_at is None:  # it was decided after this was claimed
        return Decided(attempt_id, share, Transient(held_back))
    now = seen.clock.now()
    in_time = share.deadline_at is not None and now <= share.deadline_at
    try:
        author = _still_allowed(session, seen, share)
    except HubError as error:
        if share.unsettled_at is None:
            return Decided(attempt_id, share, NoLongerAllowed(error.text))
        # Something may be out there already: look, whatever the item's editors decided since.
        return Work(attempt_id, share, connector, False, seen.clock, None)
    comes_first = house.part(Gates).hold(session, seen.clock, user=author, item=share.item)
    if comes_first and share.unsettled_at is None:  # it was asked for after this was planned
        waits = comes_first.waits
        return Decided(attempt_id, share, Transient(Reason(waits.template, waits.params)))
    device = connector.device(is_boost=share.kind is ShareKind.REPOST)
    may_publish = share.unsettled_at is None or (
        in_time and not held_back and not comes_first and device.covers(now - share.unsettled_at + SAFETY)
    )
    return Work(attempt_id, share, connector, may_publish, seen.clock, author.name)


def _held_back(seen: _Seen, share: Share) -> Reason | None:
    """Why nothing new may be sent now, whoever asks; None when it may."""
    if seen.is_paused:
        return Reason("Sharing is paused for everybody.")
    if share.network in seen.switched_off:
        return Reason(switches.SWITCHED_OFF.template)
    if share.item.is_inside_only(seen.clock.now()):  # an editor gave our own people longer since it was planned
        return Reason("For now only our own people may have this.")
    return None


def _still_allowed(session: Session, seen: _Seen, share: Share) -> User:
    """Who shares. Since they approved the words the item may have been withdrawn, a channel closed to them, or they left."""
    user = seen.people[share.user_id]
    if not user.is_active:
        raise outcomes.person_left()
    if share.connection and not channels.may_use(session, user=user, connection=share.connection):
        raise NotAllowed(Text("This channel is no longer open to you."))
    if share.item.for_everyone:
        visibility.stands_for_sharing(share.item, seen.clock)
    else:
        visibility.shareable(session, seen.clock, user=user, item_id=share.item_id)
    return user


def _address(house: House, share: Share) -> str | None:
    return links.address(house.part(Publisher).public_url, share.link.code) if share.link else None
