"""Carrying out one attempt: read all that is needed, close the session, ask the network, record what it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session, selectinload

from advocacy.base.clock import Clock
from advocacy.base.errors import HubError, NotAllowed, NotFound
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.base.text import Text
from advocacy.library import lent_pictures, visibility
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, PreviewCard
from advocacy.people.models import User
from advocacy.sharing import channels, costs, credentials, drafts, links, outcomes, places, progress, rules, switches
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.credentials import Held
from advocacy.sharing.models import Purpose, Share, ShareAttempt
from advocacy.sharing.networks import Networks
from advocacy.sharing.outcomes import LookedAndNotThere, NetworkAsleep, NoLongerAllowed, Outcome
from advocacy.sharing.publisher import Place, Publisher
from advocacy.sharing.states import holds_lease
from connectors import (
    ApiConnector,
    ConnectorError,
    Credentials,
    CredentialsExpired,
    Draft,
    OutcomeUnknown,
    Reason,
    Receipt,
    Rejected,
    Transient,
)

log = structlog.get_logger()

Answer = TypeVar("Answer")

SAFETY = timedelta(minutes=10)
"""Taken off a network's memory for keys, and added to the time that is looked through: clocks differ."""


@dataclass(frozen=True)
class Work:
    """All that an attempt needs, read before the network is asked.

    Args:
        attempt_id: its row.
        share: as it stood, with item and account.
        draft: what is sent.
        connector: who sends it.
        may_publish: whether sending is allowed; else it is only looked for.
    """

    attempt_id: int
    share: Share
    draft: Draft
    connector: ApiConnector
    may_publish: bool


def carry_out(house: House, attempt_id: int) -> None:
    """Carries out an attempt that was claimed. A message that is delivered twice publishes once.

    Args:
        house: database, clock, networks, sealer, media and this process's `Publisher`.
        attempt_id: from `publishing.claim_due`.
    """
    publisher = house.part(Publisher)
    publisher.step("after claim")
    with house.db.reading() as session:
        found = _attempt(session, publisher, attempt_id)
        if found is None:
            log.info("an attempt belongs to somebody else by now", attempt=attempt_id)
            return
        work = _prepare(house, session, attempt_id, found)
    share = found
    # The session is closed here: a network that takes a minute must not keep a transaction open for it.
    with publisher.carrying(share.id):
        outcome = _asked(house, work) if isinstance(work, Work) else work
        if outcome is None:
            log.warning("a lease was lost before anything was sent", share=share.id)
            return
        publisher.step("before commit")
        with house.db.transaction() as session:
            clock = house.db.clock(session)
            if isinstance(outcome, ConnectorError):
                outcome.until = _by(clock, house.clock, outcome.until)
            outcomes.record(session, clock, attempt_id=attempt_id, share_id=share.id, outcome=outcome)
        publisher.step("after commit")
    if isinstance(work, Work):
        places.note(house, place_of(share), outcome)


def place_of(share: Share) -> Place:
    """Where a share goes."""
    return share.network, share.connection.server if share.connection else ""


def _by(clock: Clock, ours: Clock, until: datetime | None) -> datetime | None:
    """When a wait ends that a connector reckoned by this machine's clock, by the database's."""
    return until and clock.now() + (until - ours.now())


def _attempt(session: Session, publisher: Publisher, attempt_id: int) -> Share | None:
    query = (
        select(Share)
        .join(ShareAttempt, ShareAttempt.share_id == Share.id)
        .where(
            ShareAttempt.id == attempt_id,
            ShareAttempt.finished_at.is_(None),
            ShareAttempt.sent_at.is_(None),
            holds_lease(publisher.worker, ShareAttempt.number),
        )
        .options(
            selectinload(Share.item).selectinload(ContentItem.card).selectinload(PreviewCard.picture),
            selectinload(Share.item).selectinload(ContentItem.picture),
            selectinload(Share.connection),
            selectinload(Share.link),
        )
    )
    return session.scalar(query)


def _prepare(house: House, session: Session, attempt_id: int, share: Share) -> Work | Outcome:
    """Everything the network call needs; or the reason why there will be none."""
    publisher = house.part(Publisher)
    try:
        connector = house.part(Networks).api(share.network)
    except NotFound as error:
        return NetworkAsleep(error.text)
    url = links.address(publisher.public_url, share.link.code) if share.link else None
    kept = progress.of_share(house, share)
    held_back = _held_back(session, share)
    if held_back and share.unsettled_at is None:  # it was decided after this was claimed
        return Transient(held_back)
    clock = house.db.clock(session)
    now = clock.now()
    in_time = share.deadline_at is not None and now <= share.deadline_at
    try:
        author = _still_allowed(session, clock, share)
        may_publish = share.unsettled_at is None or (
            in_time and not held_back and connector.idempotency.covers(now - share.unsettled_at + SAFETY)
        )
        lend = partial(lent_pictures.address, sealer=house.part(Sealer), clock=clock, public_url=publisher.public_url)
        draft = drafts.of_share(
            share,
            store=house.part(Media),
            connector=connector,
            link=url,
            progress=kept,
            lend=lend,
            author=author.name,
        )
    except HubError as error:
        if share.unsettled_at is None:
            return NoLongerAllowed(error.text)
        may_publish = False  # something may be out there already: look, whatever the item's editors decided since
        draft = drafts.words_only(share, link=url, progress=kept)
    return Work(attempt_id, share, draft, connector, may_publish)


def _held_back(session: Session, share: Share) -> Reason | None:
    """Why nothing new may be sent now, whoever asks; None when it may."""
    if rules.is_paused(session):
        return Reason("Sharing is paused for everybody.")
    if switches.is_off(session, share.network):
        return Reason(switches.SWITCHED_OFF.template)
    return None


def _still_allowed(session: Session, clock: Clock, share: Share) -> User:
    """Who shares. Since they approved the words the item may have been withdrawn, a channel closed to them, or they left."""
    user = session.get_one(User, share.user_id)
    if not user.is_active:
        raise outcomes.person_left()
    if share.connection and not channels.may_use(session, user=user, connection=share.connection):
        raise NotAllowed(Text("This channel is no longer open to you."))
    visibility.shareable(session, clock, user=user, item_id=share.item_id)
    return user


def _asked(house: House, work: Work) -> Outcome | None:
    """What the network answered; None when the lease was lost before anything was sent."""
    try:
        held = credentials.usable(house, connection_id=_connection_id(work.share))
        if not work.may_publish:
            return _look(house, work, held)
        return _publish(house, work, held)
    except ConnectorError as error:
        return error


def _publish(house: House, work: Work, held: Held) -> Receipt | None:
    publisher = house.part(Publisher)
    publisher.step("before send")
    if not _mark_sent(house, work):
        return None
    try:
        receipt = _with_newer_tokens_if_need_be(house, work, held, lambda tokens: _sent(work, tokens))
    except Rejected:
        if work.share.unsettled_at is None:
            raise
        # An earlier try may be there although this one was refused: look before calling it failed.
        found = work.connector.find(work.draft, held.credentials, _since(work.share))
        if found is None:
            raise
        receipt = found
    publisher.step("after answer")
    return receipt


def _with_newer_tokens_if_need_be(
    house: House, work: Work, held: Held, ask: Callable[[Credentials], Answer]
) -> Answer:
    """Asks; once more with newer tokens when these have ended: what was refused for that was not taken."""
    try:
        return ask(held.credentials)
    except CredentialsExpired as refused:
        if not refused.refreshable:
            raise
        newer = credentials.refresh(house, connection_id=_connection_id(work.share), instead_of=held)
        return ask(newer.credentials)


def _sent(work: Work, tokens: Credentials) -> Receipt:
    try:
        return work.connector.publish(work.draft, tokens)
    except ConnectorError:
        raise
    except Exception as error:  # a fault of ours after the bytes may have left: nobody knows the outcome
        log.exception("a connector failed in a way it should not", network=work.share.network, share=work.share.id)
        said = Reason("Something went wrong on our side while publishing. Your post may or may not be there.")
        raise OutcomeUnknown(said, network_said=f"{type(error).__name__}") from error


def _look(house: House, work: Work, held: Held) -> Receipt | LookedAndNotThere:
    """Whether an earlier try was published. Writes nothing at the network."""
    since = _since(work.share)
    try:
        costs.reserve_alone(house.db, work.connector, amount=work.connector.cost_of_looking(), what=CostOf.LOOK)
    except costs.BudgetSpent as spent:
        raise work.connector.look_yourself() from spent
    found = _with_newer_tokens_if_need_be(
        house, work, held, lambda tokens: work.connector.find(work.draft, tokens, since)
    )
    # Where the record's address or the container is ours, its word is final; in a list of posts one may only be late.
    return found or LookedAndNotThere(
        for_sure=work.connector.idempotency.tells_for_sure,
        may_show_until=_unsettled(work.share) + work.connector.shows_after,
    )


def _mark_sent(house: House, work: Work) -> bool:
    """Writes down that from here on the outcome may be unknown; False when the lease is somebody else's by now.

    What it costs is reserved in the same transaction: nothing is sent that the budget does not hold.

    Raises:
        BudgetSpent: nothing was marked and nothing reserved.
    """
    publisher = house.part(Publisher)
    with house.db.transaction() as session:
        ours = session.scalar(
            select(Share.id)
            .join(ShareAttempt, ShareAttempt.share_id == Share.id)
            .where(
                ShareAttempt.id == work.attempt_id,
                ShareAttempt.finished_at.is_(None),
                holds_lease(publisher.worker, ShareAttempt.number),
            )
            .with_for_update()
        )
        if ours is None:
            return False
        price = work.connector.cost_of(work.draft)
        costs.reserve(session, house.db, work.connector, amount=price, what=CostOf.POST, attempt_id=work.attempt_id)
        sent = session.execute(
            update(ShareAttempt)
            .where(ShareAttempt.id == work.attempt_id, ShareAttempt.sent_at.is_(None))
            .values(sent_at=house.db.now(session), purpose=Purpose.PUBLISH)
        )
        return isinstance(sent, CursorResult) and sent.rowcount == 1


def _since(share: Share) -> datetime:
    return _unsettled(share) - SAFETY


def _unsettled(share: Share) -> datetime:
    if share.unsettled_at is None:
        raise ValueError("only a share whose outcome is unknown is looked for")
    return share.unsettled_at


def _connection_id(share: Share) -> int:
    if share.connection_id is None:
        raise ValueError("only a share with an account is published by us")
    return share.connection_id
