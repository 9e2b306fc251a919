"""Reads back what the networks count for each share: likes, reposts, replies, each reading kept as history.

A look is claimed by a lease, so that any number of workers may look; the network is asked with no transaction open;
one transaction keeps the readings and sets the next look. A figure that a network does not give is None, never 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

import structlog
from sqlalchemy import Exists, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import Conflict, NotFound, TooMany
from advocacy.base.events import Consumer, Event
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.reach import item_sums, readings, timetable
from advocacy.reach.models import ReadBack, ReadPause
from advocacy.reach.readings import Group, Look
from advocacy.sharing import costs, credentials
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.models import Connection, Share, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.planning import mine
from advocacy.tasks import Tasks
from connectors import (
    ApiConnector,
    ConnectorError,
    CredentialsExpired,
    Figures,
    OperatorNeeded,
    RateLimited,
    Rejected,
)

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""Longer than a group takes: a connector gives each request some 20 s, and a group is one to a few requests."""
MOST = 400
"""Shares claimed at once."""
ASK_AGAIN_AFTER = timedelta(minutes=1)
LOOK = "reach.look"
"""What the message is called. Workers of an older version may be running: never change it."""
SEND_AGAIN = 60.0
"""Seconds after which an account whose looks are still due gets another message: the first may be lost."""
KEEP_FREE = 2
"""Threads of the worker that reading never takes: publishing comes first."""


def keep_up(house: House) -> int:
    """Puts newly published shares on the timetable, and takes removed ones off. A job: reads the event log once."""
    silent = house.part(Networks).channels
    consumer = Consumer(
        name="reach.read_back",
        kinds=frozenset({"share.published", "share.removed", "share.cancelled"}),
        take=lambda session, happened: _note(session, happened, silent),
    )
    return events.consume(house.db, consumer)


def _note(session: Session, happened: Event, silent: Collection[str]) -> None:
    share = session.get(Share, happened.subject_id)
    if share is None or share.network in silent:  # a channel tells no figures: there is nothing to ask for
        return
    known = session.get(ReadBack, share.id)
    if happened.kind == "share.cancelled":
        if known is not None and known.newest_id is not None and share.published_at is not None:
            item_sums.mend_figures(session, share.published_at.astimezone(UTC).date())
        return
    if happened.kind == "share.removed":
        if known is not None:
            known.next_at = None
        return
    first_at = timetable.first_look(share)
    if known is None and first_at is not None:
        session.add(ReadBack(share_id=share.id, step=0, next_at=first_at, failures=0))


def tick(house: House) -> int:
    """Starts the looks that are due, in the worker's threads. A job.

    Returns:
        How many shares are being looked at.
    """
    keep_up(house)
    tasks = house.part(Tasks)
    if tasks.broker:
        return _send_due(house, tasks)
    room = tasks.free - KEEP_FREE
    if room <= 0:
        return 0
    groups = claim_due(house.db, house.clock, groups=room)
    for group in groups:
        tasks.start(look, house, group)
    return sum(len(group.looks) for group in groups)


def _send_due(house: House, tasks: Tasks) -> int:
    """A message for each account with looks that are due. Whoever receives it claims them: of two, one finds them."""
    now = house.clock.now()
    with house.db.reading() as session:
        free = or_(ReadBack.lease_until.is_(None), ReadBack.lease_until < house.db.now(session))
        due = _due(now).where(free).with_only_columns(Connection.id).group_by(Connection.id).limit(tasks.threads)
        accounts = list(session.scalars(due.order_by(func.min(ReadBack.next_at))))
    return sum(tasks.send_unless_sent(LOOK, house, account, within=SEND_AGAIN) for account in accounts)


def take_up(house: House, connection_id: int) -> None:
    """Claims what is due of one account and looks; does nothing when somebody was faster.

    Args:
        house: of the process that received the message.
        connection_id: what the message holds.
    """
    for group in claim_due(house.db, house.clock, groups=1, connection_id=connection_id):
        look(house, group)


def claim_due(
    db: Database, clock: Clock, *, groups: int, most: int = MOST, connection_id: int | None = None
) -> list[Group]:
    """Takes looks that are due, oldest first.

    Args:
        db: whose time judges leases.
        clock: tells what is due.
        groups: accounts at most.
        most: shares at most.
        connection_id: of this account alone; None for any.

    Returns:
        The looks, by account; nobody else looks at these shares until the lease ends.
    """
    if not _anything_due(db, clock):
        return []
    with db.transaction() as session:
        now = db.now(session)
        query = (
            _due(clock.now())
            .where(or_(ReadBack.lease_until.is_(None), ReadBack.lease_until < now))
            .order_by(ReadBack.next_at)
            .limit(most)
            .with_for_update(of=ReadBack, skip_locked=True)
        )
        if connection_id is not None:
            query = query.where(Connection.id == connection_id)
        by_account: dict[int, list[tuple[ReadBack, Share, Connection]]] = defaultdict(list)
        for read_back, share, connection in session.execute(query):
            by_account[connection.id].append((read_back, share, connection))
        return [_claimed(rows, now + LEASE) for rows in islice(by_account.values(), groups)]


def _anything_due(db: Database, clock: Clock) -> bool:
    """Asked first, outside a write: most ticks find nothing and take no lock."""
    with db.reading() as session:
        return session.scalar(select(ReadBack.share_id).where(ReadBack.next_at <= clock.now()).limit(1)) is not None


def _due(now: datetime) -> Select[ReadBack, Share, Connection]:
    return (
        select(ReadBack, Share, Connection)
        .join(Share, Share.id == ReadBack.share_id)
        .join(Connection, Connection.id == Share.connection_id)
        .where(ReadBack.next_at <= now, ~_is_paused(now))
    )


def _is_paused(now: datetime) -> Exists:
    return exists().where(
        and_(ReadPause.network == Share.network, ReadPause.server == Connection.server, ReadPause.until > now)
    )


def _claimed(rows: Sequence[tuple[ReadBack, Share, Connection]], until: datetime) -> Group:
    looks = []
    for read_back, share, _ in rows:
        read_back.lease_until = until
        if share.remote_id and share.published_at:
            looks.append(Look(share.id, share.remote_id, share.published_at, until))
    _, share, connection = rows[0]
    return Group(share.network, connection.server, connection.id, tuple(looks))


def look(house: House, group: Group) -> None:
    """Asks the network for one group's figures and keeps the answer.

    Args:
        house: database, clock, networks, sealer.
        group: from `claim_due`.
    """
    try:
        found = _asked(house, group)
    except RateLimited as error:
        readings.wait(house, group, error)
    except OperatorNeeded as error:
        with house.db.transaction() as session:
            costs.trouble(session, house.clock, network=group.network, reason=in_our_words(error.reason))
        until = error.until or house.clock.now() + ASK_AGAIN_AFTER
        readings.wait(house, group, RateLimited(error.reason, until=until, network_said=error.network_said))
    except (CredentialsExpired, Rejected) as error:
        readings.keep(house, group, in_our_words(error.reason))
    except ConnectorError as error:
        readings.try_again(house, group, in_our_words(error.reason))
    except NotFound as error:
        readings.keep(house, group, error.text)
    except Exception:
        log.exception("figures could not be read", network=group.network)
        readings.try_again(house, group, Text("Something unexpected came back from the network."))
    else:
        readings.keep(house, group, found)


def _asked(house: House, group: Group) -> dict[str, Figures | None]:
    connector = house.part(Networks).api(group.network)
    ids = [one.remote_id for one in group.looks]
    # Before anything is asked, and kept when the answer is lost.
    amount = connector.cost_of_figures(sum(connector.is_read(one) for one in ids))
    costs.reserve_alone(house.db, connector, amount=amount, what=CostOf.FIGURES)
    try:
        held = credentials.usable(house, connection_id=group.connection_id)
    except CredentialsExpired:
        return connector.figures(ids, None)  # some networks tell everybody; the others raise again
    try:
        return connector.figures(ids, held.credentials)
    except CredentialsExpired as refused:
        return _asked_again(house, group, connector, held, refused)


def _asked_again(
    house: House, group: Group, connector: ApiConnector, held: credentials.Held, refused: CredentialsExpired
) -> dict[str, Figures | None]:
    if not refused.refreshable:
        raise refused
    newer = credentials.refresh(house, connection_id=group.connection_id, instead_of=held)
    return connector.figures([one.remote_id for one in group.looks], newer.credentials)


def ask_again(session: Session, clock: Clock, *, user_id: int, share_id: int) -> None:
    """The sharer wants to know now: the next worker that is free looks.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: who asks; only about shares of their own.
        share_id: which.

    Raises:
        NotFound: no such share of theirs.
        Conflict: the network tells no figures about it.
        TooMany: asked a moment ago, or the network wants to be left alone.
    """
    share = mine(session, user_id=user_id, share_id=share_id)
    row = session.get(ReadBack, share.id, with_for_update=True)
    if row is None or share.state is not ShareState.PUBLISHED or share.removed_at is not None:
        raise Conflict(Text("This network tells us no figures about this post."))
    now = clock.now()
    if row.asked_at is not None and now < row.asked_at + ASK_AGAIN_AFTER:
        left = int((row.asked_at + ASK_AGAIN_AFTER - now).total_seconds()) + 1
        raise TooMany(
            Text("We asked the network a moment ago. Try again in {seconds} seconds.", seconds=left), retry_after=left
        )
    server = session.scalar(select(Connection.server).where(Connection.id == share.connection_id)) or ""
    pause = session.get(ReadPause, (share.network, server))
    if pause is not None and pause.until > now:
        left = int((pause.until - now).total_seconds()) + 1
        raise TooMany(
            Text("The network asked us to wait. We look again by ourselves as soon as it lets us."), retry_after=left
        )
    session.execute(
        update(ReadBack).where(ReadBack.share_id == share.id).values(next_at=now, asked_at=now, failures=0)
    )
