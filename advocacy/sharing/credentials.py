"""A connection's tokens: sealed where they are kept, refreshed by one worker at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import CursorResult, or_, update

from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import CannotOpen, Sealer, row
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks import Networks
from connectors import Credentials, CredentialsExpired, Reason, Transient

log = structlog.get_logger()

EARLY = timedelta(minutes=2)
"""Tokens that end this soon are refreshed before use: a refused call costs more than an early refresh."""
LEASE = timedelta(seconds=75)
"""Longer than a refresh may take (connectors give a request 60 s), so that two never run at once."""
PATIENCE = 20.0
"""Seconds to wait for another worker's refresh."""

RECONNECT = Reason("{network} needs you to connect your account again.", {"network": "The network"})


@dataclass(frozen=True)
class Held:
    """Credentials as they were read, and the sealed bytes they came from: a refresh names what it replaces."""

    credentials: Credentials
    sealed: bytes


def seal(sealer: Sealer, connection_id: int, credentials: Credentials) -> bytes:
    """Credentials as `Connection.sealed_credentials` keeps them."""
    kept = asdict(credentials)
    kept["expires_at"] = credentials.expires_at.isoformat() if credentials.expires_at else None
    return sealer.seal(json.dumps(kept), context=row("connection", "sealed_credentials", connection_id))


def unseal(sealer: Sealer, connection: Connection) -> Held | None:
    """What `seal` kept; None when the account was disconnected.

    Raises:
        CannotOpen: the key is gone, or the value was moved here from another row.
    """
    if connection.sealed_credentials is None:
        return None
    context = row("connection", "sealed_credentials", connection.id)
    kept: dict[str, Any] = json.loads(sealer.open(connection.sealed_credentials, context=context))
    if kept["expires_at"]:
        kept["expires_at"] = datetime.fromisoformat(kept["expires_at"])
    return Held(Credentials(**kept), connection.sealed_credentials)


def usable(house: House, *, connection_id: int, sleep: Callable[[float], None] = time.sleep) -> Held:
    """Credentials that are good for a while, refreshed first if they are about to end. Holds no transaction.

    Raises:
        CredentialsExpired: the person has to connect again.
        Transient: they cannot be refreshed just now.
    """
    return _for_a_while(house, connection_id, held(house, connection_id=connection_id), sleep)


def usable_of(house: House, connection: Connection, *, sleep: Callable[[float], None] = time.sleep) -> Held:
    """As `usable`, for an account that was read a moment ago.

    Should others have renewed its tokens since, the network refuses these, and `refresh` finds the newer ones.
    """
    return _for_a_while(house, connection.id, _opened(house, connection), sleep)


def _for_a_while(house: House, connection_id: int, found: Held, sleep: Callable[[float], None]) -> Held:
    expires = found.credentials.expires_at
    if expires is None or expires > house.clock.now() + EARLY:
        return found
    return refresh(house, connection_id=connection_id, instead_of=found, sleep=sleep)


def refresh(
    house: House, *, connection_id: int, instead_of: Held, sleep: Callable[[float], None] = time.sleep
) -> Held:
    """Newer credentials in the place of some that ended: fetched here, or by whoever holds the lease.

    Networks that rotate refresh tokens end the sign-in when one is used twice, so the lease is taken first, by
    the database's time, and the result is kept in the transaction that gives it back.

    Args:
        house: database, networks, sealer.
        connection_id: whose.
        instead_of: what was refused or is about to end; when others stand there already, those are returned.
        sleep: waits between looks at another worker's refresh.

    Raises:
        CredentialsExpired: the person has to connect again.
        Transient: the network, or the other worker, does not get to an end just now.
    """
    waited = 0.0
    while not (lease := _take_lease(house.db, connection_id, instead_of.sealed)):
        found = held(house, connection_id=connection_id)
        if found.sealed != instead_of.sealed:
            return found
        if waited >= PATIENCE:
            raise Transient(Reason("Your sign-in is being renewed. We will try again."))
        sleep(0.25)
        waited += 0.25
    try:
        connector = house.part(Networks).api(_network_of(house, connection_id))
        newer = connector.refresh(instead_of.credentials)
    except BaseException:
        _give_back(house.db, connection_id, lease)
        raise
    newer = replace(newer, extra={**instead_of.credentials.extra, **newer.extra})
    return _keep(house, connection_id, instead_of, newer, connector.sign_in_ends(newer))


def held(house: House, *, connection_id: int) -> Held:
    """The credentials of an account as they are, be they ending or not.

    Raises:
        CredentialsExpired: the person has to connect again.
    """
    with house.db.reading() as session:
        return _opened(house, session.get(Connection, connection_id))


def _opened(house: House, connection: Connection | None) -> Held:
    if connection is not None and connection.state is ConnectionState.ACTIVE:
        try:
            found = unseal(house.part(Sealer), connection)
        except CannotOpen:  # the operator's keys are gone or changed: only a new sign-in helps
            log.exception("a connection's tokens cannot be opened", connection=connection.id)
            found = None
        if found is not None:
            return found
    raise CredentialsExpired(RECONNECT, refreshable=False)


def _network_of(house: House, connection_id: int) -> str:
    with house.db.reading() as session:
        connection = session.get_one(Connection, connection_id)
        return connection.network


def _take_lease(db: Database, connection_id: int, sealed: bytes) -> datetime | None:
    with db.transaction() as session:
        now = db.now(session)
        until = now + LEASE
        taken = session.execute(
            update(Connection)
            .where(
                Connection.id == connection_id,
                Connection.sealed_credentials == sealed,
                or_(Connection.refresh_lease_until.is_(None), Connection.refresh_lease_until < now),
            )
            .values(refresh_lease_until=until)
        )
        return until if isinstance(taken, CursorResult) and taken.rowcount == 1 else None


def _give_back(db: Database, connection_id: int, lease: datetime) -> None:
    with db.transaction() as session:
        session.execute(
            update(Connection)
            .where(Connection.id == connection_id, Connection.refresh_lease_until == lease)
            .values(refresh_lease_until=None)
        )


def _keep(
    house: House, connection_id: int, instead_of: Held, newer: Credentials, sign_in_ends_at: datetime | None
) -> Held:
    sealed = seal(house.part(Sealer), connection_id, newer)
    with house.db.transaction() as session:
        session.execute(
            update(Connection)
            .where(Connection.id == connection_id, Connection.sealed_credentials == instead_of.sealed)
            .values(
                sealed_credentials=sealed,
                expires_at=newer.expires_at,
                sign_in_ends_at=sign_in_ends_at,
                refresh_lease_until=None,
            )
        )
    return Held(newer, sealed)
