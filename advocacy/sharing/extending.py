"""Gives sign-ins a longer life before they end, where a network lets only those live on that have not ended."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import select

from advocacy.base.house import House
from advocacy.sharing import credentials, outcomes
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks import Networks
from connectors import ApiConnector, ConnectorError, CredentialsExpired

log = structlog.get_logger()

AT_ONCE = 200
"""In one run; the next one, an hour later, goes on with the rest. A month is time enough."""


def extend_due(house: House) -> int:
    """Extends what ends within its network's `extend_before`. A job: safe at any time, for it takes the refresh lease.

    What cannot be extended just now is tried again an hour later; what the network refuses needs its person.

    Returns:
        How many were extended.
    """
    extended = 0
    for network, before in _extendable(house).items():
        for connection_id in _due(house, network, before):
            extended += _extend(house, connection_id)
    return extended


def _extendable(house: House) -> dict[str, timedelta]:
    registry = house.part(Networks).registry
    connectors = [one for one in registry if isinstance(one, ApiConnector)]
    return {one.name: one.extend_before for one in connectors if one.extend_before is not None}


def _due(house: House, network: str, before: timedelta) -> list[int]:
    now = house.clock.now()
    with house.db.reading() as session:
        due = (
            select(Connection.id)
            .where(
                Connection.network == network,
                Connection.state == ConnectionState.ACTIVE,
                Connection.expires_at > now,
                Connection.expires_at < now + before,
            )
            .order_by(Connection.expires_at)
            .limit(AT_ONCE)
        )
        return list(session.scalars(due))


def _extend(house: House, connection_id: int) -> bool:
    try:
        held = credentials.held(house, connection_id=connection_id)
        credentials.refresh(house, connection_id=connection_id, instead_of=held)
    except CredentialsExpired as refused:
        if not refused.refreshable:
            with house.db.transaction() as session:
                outcomes.sign_in_is_over(session, house.clock, connection_id=connection_id)
        return False
    except ConnectorError as error:
        log.warning("a sign-in could not be extended", connection=connection_id, error=str(error))
        return False
    return True
