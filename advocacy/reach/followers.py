"""Reads once a day how many follow each linked account, and keeps every reading.

An account is claimed by a lease, so that any number of workers may read; the network is asked with no transaction
open; one row for each account and day. A number that a network does not give is None, never 0. Where a network tells
it to anybody (Bluesky), many accounts are asked about at once and no sign-in is used; else each by its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import and_, exists, literal, or_, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.db import upsert
from advocacy.base.errors import NotFound
from advocacy.base.events import Consumer, Event
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people.models import User, UserState
from advocacy.reach import follower_readings as readings
from advocacy.reach.follower_models import FollowerPlan
from advocacy.reach.follower_readings import Batch, Due
from advocacy.reach.models import ReadPause
from advocacy.reach.timetable import next_morning
from advocacy.sharing import costs, credentials
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.tasks import Tasks
from connectors import (
    ApiConnector,
    ConnectorError,
    CredentialsExpired,
    OperatorNeeded,
    RateLimited,
    Reason,
    Rejected,
)

log = structlog.get_logger()

LEASE = timedelta(minutes=15)
"""Longer than a batch takes: a connector gives each request some 20 s."""
ONE_BY_ONE, REQUESTS = 25, 8
"""Accounts in a batch where each is asked about by its own sign-in, and requests in one where many are at once."""
MOST = 400
"""Accounts looked through for batches at once."""
KEEP_FREE = 2
"""Threads of the worker that reading never takes: publishing comes first."""
AT_ONCE = 2
"""Batches that a tick begins at most: there is a whole day for them."""
ASK_AGAIN_AFTER = timedelta(minutes=15)


def keep_up(house: House) -> int:
    """Plans accounts that were connected, and forgets the readings of those let go. Reads the event log once."""
    silent = house.part(Networks).channels
    consumer = Consumer(
        name="reach.followers",
        kinds=frozenset({"connection.connected", "connection.reconnected", "connection.disconnected"}),
        take=lambda session, happened: _note(session, happened, silent),
    )
    return events.consume(house.db, consumer)


def _note(session: Session, happened: Event, silent: Collection[str]) -> None:
    connection = session.get(Connection, happened.subject_id)
    if connection is None or connection.network in silent:  # a team's channel is nobody's account
        return
    if happened.kind == "connection.disconnected":
        readings.forget(session, [connection.id])
        return
    if connection.state is ConnectionState.DISCONNECTED:
        return
    plan = session.get(FollowerPlan, connection.id)
    if plan is None:
        first = {"connection_id": connection.id, "next_at": happened.at, "failures": 0, "is_counted": False}
        session.execute(upsert(session, FollowerPlan.__table__).values(first).on_conflict_do_nothing())
    elif plan.next_at is None or plan.reason is not None:
        plan.next_at = happened.at


def take_in(house: House) -> int:
    """Plans every linked account that nobody planned: those that were there before followers were read.

    Returns:
        How many.
    """
    silent = house.part(Networks).channels
    unplanned = (
        select(Connection.id, literal(house.clock.now()), literal(0), literal(False))
        .where(
            Connection.state != ConnectionState.DISCONNECTED,
            Connection.network.not_in(silent),
            ~exists().where(FollowerPlan.connection_id == Connection.id),
        )
        .order_by(Connection.id)
    )
    with house.db.reading() as session:
        if session.execute(unplanned.limit(1)).first() is None:
            return 0
    columns = ["connection_id", "next_at", "failures", "is_counted"]
    with house.db.transaction() as session:
        planned = upsert(session, FollowerPlan.__table__).from_select(columns, unplanned).on_conflict_do_nothing()
        return len(session.execute(planned.returning(FollowerPlan.connection_id)).all())


def tick(house: House) -> int:
    """Begins to read the accounts that are due, in the worker's threads. A job.

    Returns:
        How many accounts are being read.
    """
    keep_up(house)
    tasks = house.part(Tasks)
    room = min(tasks.free - KEEP_FREE, AT_ONCE)
    if room <= 0:
        return 0
    batches = claim_due(house, batches=room)
    for batch in batches:
        tasks.start(look, house, batch)
    return sum(len(batch.accounts) for batch in batches)


def claim_due(house: House, *, batches: int, most: int = MOST) -> list[Batch]:
    """Takes accounts that are due, those that waited longest first.

    Args:
        house: database (whose time judges leases), clock, networks.
        batches: at most.
        most: accounts looked through at most.

    Returns:
        The accounts, by server; nobody else reads them until the lease ends.
    """
    now = house.clock.now()
    with house.db.reading() as session:  # most ticks find nothing and take no lock
        if session.scalar(select(FollowerPlan.connection_id).where(FollowerPlan.next_at <= now).limit(1)) is None:
            return []
    with house.db.transaction() as session:
        until = house.db.now(session)
        paused = exists().where(
            and_(
                ReadPause.network == Connection.network, ReadPause.server == Connection.server, ReadPause.until > now
            )
        )
        query = (
            select(FollowerPlan, Connection, User.state)
            .join(Connection, Connection.id == FollowerPlan.connection_id)
            .join(User, User.id == Connection.user_id)
            .where(FollowerPlan.next_at <= now, ~paused)
            .where(or_(FollowerPlan.lease_until.is_(None), FollowerPlan.lease_until < until))
            .order_by(FollowerPlan.next_at, FollowerPlan.connection_id)
            .limit(most)
            .with_for_update(of=FollowerPlan, skip_locked=True)
        )
        by_server: dict[tuple[str, str], list[tuple[FollowerPlan, Connection]]] = defaultdict(list)
        for plan, connection, standing in session.execute(query):
            if connection.state is ConnectionState.DISCONNECTED:
                plan.next_at = None
                continue
            if standing is not UserState.ACTIVE:  # who may not sign in is not read about, but may come back
                plan.next_at = next_morning(now)
                continue
            by_server[connection.network, connection.server].append((plan, connection))
        networks = house.part(Networks)
        return [
            _claimed(rows[: _batch_size(networks, network)], until + LEASE)
            for (network, _), rows in islice(by_server.items(), batches)
        ]


def _batch_size(networks: Networks, network: str) -> int:
    try:
        at_once = networks.api(network).followers_at_once
    except NotFound:
        return MOST
    return at_once * REQUESTS if at_once > 1 else ONE_BY_ONE


def _claimed(rows: Sequence[tuple[FollowerPlan, Connection]], until: datetime) -> Batch:
    for plan, _ in rows:
        plan.lease_until = until
    _, first = rows[0]
    accounts = tuple(Due(connection.id, connection.remote_id, until) for _, connection in rows)
    return Batch(first.network, first.server, accounts)


def look(house: House, batch: Batch) -> None:
    """Asks the network about the accounts of a batch and keeps the answers, each as soon as it is there.

    Args:
        house: database, clock, networks, sealer.
        batch: from `claim_due`.
    """
    try:
        connector = house.part(Networks).api(batch.network)
    except NotFound as error:
        readings.missed(house, batch.accounts, error.text, passes=False)
        return
    left = list(batch.accounts)
    while left:
        asked, left = left[: connector.followers_at_once], left[connector.followers_at_once :]
        if not _look_at(house, connector, batch, asked, left):
            return


def _look_at(house: House, connector: ApiConnector, batch: Batch, asked: Sequence[Due], left: Sequence[Due]) -> bool:
    """Reads accounts that one request tells of. False when the network is to be left alone, the others included."""
    try:
        found = _asked(house, connector, asked)
    except RateLimited as error:
        readings.wait(house, batch, [*asked, *left], error)
        return False
    except OperatorNeeded as error:
        with house.db.transaction() as session:
            costs.trouble(session, house.clock, network=batch.network, reason=in_our_words(error.reason))
        until = error.until or house.clock.now() + ASK_AGAIN_AFTER
        readings.wait(house, batch, [*asked, *left], RateLimited(error.reason, until=until))
        return False
    except Rejected as error:
        if len(asked) > 1:  # one that the network cannot read must not hide the others
            return _each_by_itself(house, connector, batch, asked, left)
        readings.missed(house, asked, _refusal(connector, error), passes=False)
    except CredentialsExpired as error:
        readings.missed(house, asked, in_our_words(error.reason), passes=False)
    except ConnectorError as error:
        readings.missed(house, [*asked, *left], in_our_words(error.reason), passes=True)
        return False
    except Exception:
        log.exception("followers could not be read", network=batch.network)
        readings.missed(house, asked, Text("Something unexpected came back from the network."), passes=True)
    else:
        told = {one: in_our_words(said) if isinstance(said, Reason) else said for one, said in found.items()}
        readings.keep(house, asked, told)
    return True


def _each_by_itself(
    house: House, connector: ApiConnector, batch: Batch, asked: Sequence[Due], left: Sequence[Due]
) -> bool:
    for place, one in enumerate(asked, 1):
        if not _look_at(house, connector, batch, [one], [*asked[place:], *left]):
            return False
    return True


def _asked(house: House, connector: ApiConnector, asked: Sequence[Due]) -> Mapping[str, int | Reason]:
    ids = [one.remote_id for one in asked]
    # Before anything is asked, and kept when the answer is lost.
    costs.reserve_alone(house.db, connector, amount=connector.cost_of_followers(), what=CostOf.FIGURES)
    if connector.followers_at_once > 1:
        return connector.followers(ids, None)
    [account] = asked
    held = credentials.usable(house, connection_id=account.connection_id)
    try:
        return connector.followers(ids, held.credentials)
    except CredentialsExpired as refused:
        if not refused.refreshable:
            raise
        newer = credentials.refresh(house, connection_id=account.connection_id, instead_of=held)
        return connector.followers(ids, newer.credentials)


def _refusal(connector: ApiConnector, error: Rejected) -> Text:
    """A connector's words for a refusal are of posts; here it is the account that the network does not tell of."""
    if not error.network_said:
        return in_our_words(error.reason)
    return Text(
        "{network} did not tell how many follow this account. It says: {message}",
        network=connector.label,
        message=error.network_said,
    )
