"""The potential audience: for each network the followers of all linked accounts together, kept as one row a day.

What follows an account is personal, so leaders see sums alone, and none from which one account's figure could be had:
not by looking at few people, and not by subtracting one day from another. So each network's sum is of a fixed group of
accounts. Accounts are taken in and let out only when so many people's come and go together as the smallest group needs;
until then those that came wait, and when one of the group went the last sum stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.orm import Session

from advocacy.base.db import upsert
from advocacy.base.house import House
from advocacy.people.models import User, UserState
from advocacy.reach.follower_models import AudienceDay, FollowerPlan, FollowerSnapshot
from advocacy.sharing.models import Connection, ConnectionState
from config import Settings

FRESH = timedelta(days=7)
"""How old an account's newest number may be: one that cannot be read for a day or two is not missing from the sum."""
LATEST = 20
"""The hour (UTC) from which a day's sum is made although some accounts still wait to be read."""


@dataclass(frozen=True)
class Account:
    """An account as the sum knows it.

    Args:
        connection_id: which.
        user_id: whose.
        followers: its newest number of the last days; None without one, or when it was let go.
        is_linked: whether it still is.
        is_counted: whether it was part of the newest sum.
    """

    connection_id: int
    user_id: int
    followers: int | None
    is_linked: bool
    is_counted: bool


@dataclass(frozen=True)
class Group:
    """Accounts whose sum may be told.

    Args:
        accounts: them.
        waiting: how many with a number are not among them yet.
    """

    accounts: Sequence[Account]
    waiting: int


def group(accounts: Iterable[Account], *, smallest: int) -> Group | None:
    """Whose followers may be summed today, beside what was told before.

    Args:
        accounts: all of one network, those that were counted and were let go since included.
        smallest: people in the smallest group whose figures are told.

    Returns:
        None when nothing may be told: too few people, or one of the group went and too few others came and went.
    """
    accounts = list(accounts)
    here = [one for one in accounts if one.followers is not None]
    came = [one for one in here if not one.is_counted]
    went = [one for one in accounts if one.is_counted and one.followers is None]
    stayed = [one for one in here if one.is_counted]
    moved = _people([*came, *went])
    if moved == 0 or moved >= smallest:
        found = Group(here, 0)
    elif not went:
        found = Group(stayed, len(came))
    else:
        return None
    return found if _people(found.accounts) >= smallest else None


def _people(accounts: Iterable[Account]) -> int:
    return len({one.user_id for one in accounts})


def tend(house: House) -> int:
    """Keeps today's sum of each network once its accounts are read, or late in the day without those that are not. A job.

    Returns:
        How many networks got theirs now.
    """
    now = house.clock.now()
    today = now.astimezone(UTC).date()
    with house.db.reading() as session:
        networks = _to_count(session, today, is_late=now.astimezone(UTC).hour >= LATEST)
    kept = 0
    for network in networks:
        with house.db.reading() as session:  # a large company takes seconds: nobody's writing waits for that
            accounts = _accounts(session, network, today)
        with house.db.transaction() as session:
            kept += _keep(session, network, accounts, now, smallest=house.part(Settings).smallest_group)
    return kept


def _to_count(session: Session, today: date, *, is_late: bool) -> list[str]:
    """Networks with a number of today and no sum of it yet, where nobody waits to be read."""
    read = (
        select(Connection.network)
        .join(FollowerSnapshot, FollowerSnapshot.connection_id == Connection.id)
        .where(FollowerSnapshot.day == today, FollowerSnapshot.followers.is_not(None))
        .where(~exists().where(AudienceDay.day == today, AudienceDay.network == Connection.network))
        .distinct()
    )
    found = sorted(session.scalars(read))
    if is_late or not found:
        return found
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), UTC)
    due = (
        select(Connection.network)
        .join(FollowerPlan, FollowerPlan.connection_id == Connection.id)
        .where(Connection.network.in_(found), FollowerPlan.next_at < tomorrow)
        .distinct()
    )
    waiting = set(session.scalars(due))
    return [network for network in found if network not in waiting]


def _keep(session: Session, network: str, accounts: Sequence[Account], now: datetime, *, smallest: int) -> int:
    today = now.astimezone(UTC).date()
    told = group(accounts, smallest=smallest)
    if told is None:
        return 0
    linked = sum(one.is_linked for one in accounts)
    values = {
        "day": today,
        "network": network,
        "followers": sum(one.followers or 0 for one in told.accounts),
        "accounts": len(told.accounts),
        "unavailable": linked - len(told.accounts) - told.waiting,
        "waiting": told.waiting,
        "counted_at": now,
    }
    row = upsert(session, AudienceDay.__table__).values(values).on_conflict_do_nothing()
    if session.execute(row.returning(AudienceDay.day)).first() is None:
        return 0  # another clock was faster
    of_it = select(Connection.id).where(Connection.network == network)
    counted = [one.connection_id for one in told.accounts]
    mine = update(FollowerPlan).where(FollowerPlan.connection_id.in_(of_it))
    changed = {one.connection_id for one in accounts if one.is_counted} ^ set(counted)
    if changed:
        session.execute(mine.where(FollowerPlan.is_counted).values(is_counted=False))
        for start in range(0, len(counted), 500):
            piece = counted[start : start + 500]
            session.execute(mine.where(FollowerPlan.connection_id.in_(piece)).values(is_counted=True))
    return 1


def _accounts(session: Session, network: str, today: date) -> list[Account]:
    """Every account of a network that is linked, or was counted; a number only of one that is linked."""
    newest = (
        select(FollowerSnapshot.connection_id, func.max(FollowerSnapshot.day).label("day"))
        .where(FollowerSnapshot.day > today - FRESH, FollowerSnapshot.followers.is_not(None))
        .group_by(FollowerSnapshot.connection_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Connection.id,
            Connection.user_id,
            Connection.state,
            User.state,
            FollowerPlan.is_counted,
            FollowerSnapshot.followers,
        )
        .join(FollowerPlan, FollowerPlan.connection_id == Connection.id)
        .join(User, User.id == Connection.user_id)
        .outerjoin(newest, newest.c.connection_id == Connection.id)
        .outerjoin(
            FollowerSnapshot,
            and_(FollowerSnapshot.connection_id == Connection.id, FollowerSnapshot.day == newest.c.day),
        )
        .where(Connection.network == network)
    )
    found = []
    for connection_id, user_id, state, standing, is_counted, count in rows:
        is_linked = state is not ConnectionState.DISCONNECTED and standing is UserState.ACTIVE
        followers = count if is_linked else None
        if is_linked or is_counted:
            found.append(Account(connection_id, user_id, followers, is_linked, is_counted))
    return found


@dataclass(frozen=True)
class Line:
    """One network's audience in some days.

    Args:
        network: the connector's name.
        newest: the newest sum of these days; None without one.
        oldest: the oldest one, to tell a change against; None where it is the newest.
        linked: accounts that are linked now.
    """

    network: str
    newest: AudienceDay | None
    oldest: AudienceDay | None
    linked: int


def days(session: Session, *, first: date, last: date, network: str = "") -> list[AudienceDay]:
    """Every sum of some days, by day and network.

    Args:
        session: for reading.
        first: UTC.
        last: included.
        network: this one alone; "" for all.
    """
    query = select(AudienceDay).where(AudienceDay.day.between(first, last))
    if network:
        query = query.where(AudienceDay.network == network)
    return list(session.scalars(query.order_by(AudienceDay.day, AudienceDay.network)))


def lines(
    session: Session, sums: Sequence[AudienceDay], *, network: str = "", channels: Collection[str] = ()
) -> list[Line]:
    """One line for each network with a sum in these days, or with a linked account now; the largest first.

    Args:
        session: for reading.
        sums: of the days, as `days` gives them.
        network: this one alone; "" for all.
        channels: networks that are a team's channel, which nobody follows.
    """
    by_network: dict[str, list[AudienceDay]] = defaultdict(list)
    for one in sums:
        by_network[one.network].append(one)
    linked = _linked(session, channels)
    found = [
        Line(
            name,
            by_network[name][-1] if name in by_network else None,
            by_network[name][0] if len(by_network.get(name, [])) > 1 else None,
            linked.get(name, 0),
        )
        for name in {*by_network, *linked}
        if not network or name == network
    ]
    return sorted(found, key=lambda line: (-(line.newest.followers if line.newest else -1), line.network))


def _linked(session: Session, channels: Collection[str]) -> Mapping[str, int]:
    query = (
        select(Connection.network, func.count())
        .join(User, User.id == Connection.user_id)
        .where(Connection.state != ConnectionState.DISCONNECTED, User.state == UserState.ACTIVE)
        .where(Connection.network.not_in(channels))
        .group_by(Connection.network)
    )
    return dict(session.execute(query).all())


def together(found: Iterable[Line]) -> int | None:
    """The newest sums of all networks added up; None without one. Whoever follows at two networks is in it twice."""
    known = [line.newest.followers for line in found if line.newest is not None]
    return sum(known) if known else None
