"""Carrying out one attempt: ask the network, and record what it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import structlog

from advocacy.base.house import House
from advocacy.sharing import costs, credentials, marking, places, preparing, progress, settling
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.credentials import Held
from advocacy.sharing.models import Connection, Share
from advocacy.sharing.outcomes import LookedAndNotThere, Outcome
from advocacy.sharing.preparing import Decided, Work
from advocacy.sharing.publisher import SAFETY, Place, Publisher
from connectors import (
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


def carry_out(house: House, attempt_id: int) -> None:
    """Carries out an attempt that was claimed. A message that is delivered twice publishes once.

    Args:
        house: database, clock, networks, sealer, media and this process's `Publisher`.
        attempt_id: from `publishing.claim_due`.
    """
    house.part(Publisher).step("after claim")
    for ready in preparing.prepare(house, [attempt_id]):
        carry_on(house, ready)


def carry_on(house: House, ready: Work | Decided) -> None:
    """Carries out an attempt that was prepared: asks the network and writes down what it said.

    No session is open while the network is asked: one that takes a minute must not keep a transaction open for it.

    Args:
        house: as `carry_out`.
        ready: from `preparing.prepare`, a moment ago.
    """
    publisher, share = house.part(Publisher), ready.share
    with publisher.carrying(share.id):
        outcome = _asked(house, ready) if isinstance(ready, Work) else ready.outcome
        if outcome is None:
            log.warning("a lease was lost before anything was sent", share=share.id)
            return
        publisher.step("before commit")
        settling.settle(house, attempt_id=ready.attempt_id, share_id=share.id, outcome=outcome)
        publisher.step("after commit")
    if isinstance(ready, Work):
        places.note(house, place_of(share), outcome)


def place_of(share: Share) -> Place:
    """Where a share goes."""
    return share.network, share.connection.server if share.connection else ""


def _asked(house: House, work: Work) -> Outcome | None:
    """What the network answered; None when the lease was lost before anything was sent."""
    try:
        draft, may_publish = preparing.draft_of(house, work)
        held = credentials.usable_of(house, _connection(work.share))
        if not may_publish:
            return _look(house, work, draft, held)
        return _publish(house, work, draft, held)
    except preparing.NoLongerPossible as ends:
        return ends.outcome
    except ConnectorError as error:
        return error


def _publish(house: House, work: Work, draft: Draft, held: Held) -> Receipt | None:
    publisher, post = house.part(Publisher), _Post(house, work, work.connector.cost_of(draft))
    publisher.step("before send")
    try:
        if not work.connector.announces:
            post.is_about_to_be_made()
        told = replace(draft, progress=draft.progress.telling(post.is_about_to_be_made))
        receipt = _with_newer_tokens_if_need_be(house, work, held, lambda tokens: _sent(work, told, tokens, post))
    except progress.LeaseLost:
        return None
    except Rejected:
        if work.share.unsettled_at is None:
            raise
        # An earlier try may be there although this one was refused: look before calling it failed.
        found = work.connector.find(draft, held.credentials, _since(work.share))
        if found is None:
            raise
        receipt = found
    publisher.step("after answer")
    return receipt


class _Post:
    """The post of an attempt: marked as sent before the request that makes it, and once."""

    def __init__(self, house: House, work: Work, price: int) -> None:
        self._house, self._work, self._price = house, work, price
        self.may_be_there = False

    def is_about_to_be_made(self) -> None:
        """Writes it down. Raises: LeaseLost; BudgetSpent, and then nothing may be sent."""
        if self.may_be_there:  # asked once more, with newer tokens: what was refused for the old ones was not taken
            return
        work = self._work
        if not marking.mark_sent(
            self._house, attempt_id=work.attempt_id, connector=work.connector, price=self._price
        ):
            raise progress.LeaseLost
        self.may_be_there = True


def _with_newer_tokens_if_need_be(
    house: House, work: Work, held: Held, ask: Callable[[Credentials], Answer]
) -> Answer:
    """Asks; once more with newer tokens when these have ended: what was refused for that was not taken."""
    try:
        return ask(held.credentials)
    except CredentialsExpired as refused:
        if not refused.refreshable:
            raise
        newer = credentials.refresh(house, connection_id=_connection(work.share).id, instead_of=held)
        return ask(newer.credentials)


def _sent(work: Work, draft: Draft, tokens: Credentials, post: _Post) -> Receipt:
    try:
        return work.connector.publish(draft, tokens)
    except OutcomeUnknown as error:
        if post.may_be_there:
            raise
        # What went ahead of the post did, or did not: nothing is there for anybody to see.
        raise Transient(error.reason, until=error.until, network_said=error.network_said) from error
    except (ConnectorError, progress.LeaseLost):
        raise
    except Exception as error:  # a fault of ours
        log.exception("a connector failed in a way it should not", network=work.share.network, share=work.share.id)
        if not post.may_be_there:
            said = Reason("Something went wrong on our side before anything was published. We try again.")
            raise Transient(said, network_said=type(error).__name__) from error
        # The bytes may have left: nobody knows the outcome.
        said = Reason("Something went wrong on our side while publishing. Your post may or may not be there.")
        raise OutcomeUnknown(said, network_said=type(error).__name__) from error


def _look(house: House, work: Work, draft: Draft, held: Held) -> Receipt | LookedAndNotThere:
    """Whether an earlier try was published. Writes nothing at the network."""
    since = _since(work.share)
    try:
        costs.reserve_alone(house.db, work.connector, amount=work.connector.cost_of_looking(), what=CostOf.LOOK)
    except costs.BudgetSpent as spent:
        raise work.connector.look_yourself() from spent
    found = _with_newer_tokens_if_need_be(house, work, held, lambda tokens: work.connector.find(draft, tokens, since))
    # Where the record's address or the container is ours, its word is final; in a list of posts one may only be late.
    return found or LookedAndNotThere(
        for_sure=work.connector.device(is_boost=draft.is_boost).tells_for_sure,
        may_show_until=_unsettled(work.share) + work.connector.shows_after,
    )


def _since(share: Share) -> datetime:
    return _unsettled(share) - SAFETY


def _unsettled(share: Share) -> datetime:
    if share.unsettled_at is None:
        raise ValueError("only a share whose outcome is unknown is looked for")
    return share.unsettled_at


def _connection(share: Share) -> Connection:
    if share.connection is None:
        raise ValueError("only a share with an account is published by us")
    return share.connection
