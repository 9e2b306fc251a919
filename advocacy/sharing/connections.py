"""A person's linked accounts: which there are, how they stand, and letting one go."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, NotFound
from advocacy.base.house import House
from advocacy.base.sealing import CannotOpen, Sealer
from advocacy.base.text import Text
from advocacy.sharing import credentials, registrations, sign_ins, switches
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareState
from advocacy.sharing.networks import Networks
from connectors import ApiConnector, ConnectorError, Credentials, Identity, RedirectConnector

log = structlog.get_logger()

DISCONNECTED = Text("You disconnected this account. Connect it again before the time comes, or cancel the share.")


@dataclass(frozen=True)
class Standing:
    """How a linked account stands.

    Args:
        word: one or two words for the badge.
        tone: `success`, `warning` or `neutral`.
        meaning: a sentence on what that means and what to do; None when the word says it all.
        until: when the sign-in ends, where that is soon.
    """

    word: Text
    tone: str
    meaning: Text | None
    until: datetime | None = None


def standing(connection: Connection, now: datetime, *, is_network_off: bool = False) -> Standing:
    """How an account stands, in plain words.

    Args:
        connection: the account.
        now: what time it is.
        is_network_off: whether an administrator has switched its network off.
    """
    if is_network_off:
        return Standing(Text("On hold"), "neutral", switches.SWITCHED_OFF)
    if connection.state is ConnectionState.ACTIVE and sign_ins.ends_soon(connection, now):
        return Standing(Text("Ends soon"), "warning", None, connection.sign_in_ends_at)
    if connection.state is ConnectionState.ACTIVE:
        return Standing(Text("Connected"), "success", None)
    return Standing(
        Text("Connect again"),
        "warning",
        Text("The network no longer accepts our sign-in, so your planned shares wait. Connect this account again."),
    )


def mine(session: Session, *, user_id: int) -> list[Connection]:
    """A person's accounts that were not let go, in the order they came. There are at most a few."""
    kept = select(Connection).where(Connection.user_id == user_id, Connection.state != ConnectionState.DISCONNECTED)
    return list(session.scalars(kept.order_by(Connection.id).limit(100)))


def active(session: Session, *, user_id: int) -> list[Connection]:
    """Those that can publish now, for the composer."""
    return [connection for connection in mine(session, user_id=user_id) if connection.state is ConnectionState.ACTIVE]


def one(session: Session, *, user_id: int, connection_id: int) -> Connection:
    """An account of this person that was not let go.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    connection = session.get(Connection, connection_id)
    if connection is None or connection.user_id != user_id or connection.state is ConnectionState.DISCONNECTED:
        raise NotFound()
    return connection


def planned_shares(session: Session, *, connection_id: int) -> int:
    """How many shares are planned with an account: to be told before it is let go."""
    planned = select(func.count()).where(
        Share.connection_id == connection_id, Share.state.in_((ShareState.SCHEDULED, ShareState.PUBLISHING))
    )
    return session.scalar(planned) or 0


class Revoked(enum.Enum):
    """What became of our sign-in at the network when an account was let go."""

    AT_THE_NETWORK = "at the network"
    ONLY_HERE = "only here"
    """The network could not be told; the person can take it back there."""


def disconnect(house: House, *, user_id: int, connection_id: int) -> Revoked:
    """Lets an account go: tokens deleted here first, then taken back at the network. Holds no transaction meanwhile.

    Planned shares stay and say what they wait for.

    Raises:
        NotFound: no such account of this person.
    """
    with house.db.transaction() as session:
        connection = one(session, user_id=user_id, connection_id=connection_id)
        network, tokens = connection.network, _tokens(house, connection)
        connection.state = ConnectionState.DISCONNECTED
        connection.sealed_credentials = None
        connection.expires_at = connection.sign_in_ends_at = None
        session.execute(
            update(Share)
            .where(Share.connection_id == connection_id, Share.state == ShareState.SCHEDULED)
            .values(reason=DISCONNECTED.to_json(), updated_at=house.clock.now())
        )
        _tell(session, house.clock, connection, "connection.disconnected")
    return Revoked.ONLY_HERE if tokens is None else _give_back(house, network, tokens)


def _give_back(house: House, network: str, tokens: Credentials) -> Revoked:
    """Takes a sign-in back at the network. Holds no transaction."""
    try:
        connector = house.part(Networks).api(network)
        registration = None
        if isinstance(connector, RedirectConnector) and connector.revokes_with_registration:
            registration = registrations.known(house, network=network, server=tokens.server or "")
            if registration is None:  # a server listens only to an app that it knows
                return Revoked.ONLY_HERE
        connector.revoke(tokens, registration)
    except (ConnectorError, NotFound) as error:
        log.warning("tokens could not be taken back at the network", network=network, error=str(error))
        return Revoked.ONLY_HERE
    return Revoked.AT_THE_NETWORK


def _tokens(house: House, connection: Connection) -> Credentials | None:
    try:
        held = credentials.unseal(house.part(Sealer), connection)
    except CannotOpen:
        return None
    return held.credentials if held else None


def keep(house: House, *, user_id: int, network: str, tokens: Credentials, who: Identity) -> Connection:
    """Keeps a sign-in that just succeeded: a new account, or one that is connected again, be it in another way.

    The sign-in that it takes the place of is given back to the network, and so is this one when it may not be kept.
    Holds no transaction meanwhile.

    Args:
        house: database, clock, networks, sealer.
        user_id: whose.
        network: the connector's name.
        tokens: to be sealed.
        who: the account's name there.

    Raises:
        Conflict: this account belongs to a colleague here.
    """
    connector = house.part(Networks).api(network)
    try:
        connection, former = _kept(house, user_id, connector, tokens, who)
    except Conflict:
        if connector.separate_sign_ins:
            _give_back(house, network, tokens)
        raise
    if former is not None and connector.separate_sign_ins:
        _give_back(house, network, former)
    return connection


def _kept(
    house: House, user_id: int, connector: ApiConnector, tokens: Credentials, who: Identity
) -> tuple[Connection, Credentials | None]:
    """The account with its new sign-in, and the one it had."""
    server = (tokens.server or "") if connector.many_servers else ""
    with house.db.transaction() as session:
        remote_id = tokens.remote_id or who.remote_id
        connection, is_new = _row(session, house.clock, user_id, connector.name, server, remote_id)
        former = None if is_new else _tokens(house, connection)
        connection.handle = tokens.handle or who.handle
        connection.display_name = who.display_name
        connection.profile_url = who.profile_url or ""
        connection.state = ConnectionState.ACTIVE
        connection.expires_at = tokens.expires_at
        connection.sign_in_ends_at = connector.sign_in_ends(tokens)
        connection.reminded_days = None
        connection.limits = dict(tokens.extra.get("limits") or {})
        connection.refresh_lease_until = None
        connection.connected_at = house.clock.now()
        _flush(session)
        connection.sealed_credentials = credentials.seal(house.part(Sealer), connection.id, tokens)
        _wake_shares(session, house.db.clock(session), connection)
        _tell(session, house.clock, connection, "connection.connected" if is_new else "connection.reconnected")
        return connection, former


def _row(
    session: Session, clock: Clock, user_id: int, network: str, server: str, remote_id: str
) -> tuple[Connection, bool]:
    same = select(Connection).where(
        Connection.network == network, Connection.server == server, Connection.remote_id == remote_id
    )
    known = list(session.scalars(same.order_by(Connection.id.desc()).with_for_update()))
    if any(row.user_id != user_id and row.state is not ConnectionState.DISCONNECTED for row in known):
        raise _belongs_to_a_colleague()
    for row in known:
        if row.user_id == user_id:
            return row, False
    row = Connection(
        user_id=user_id, network=network, server=server, remote_id=remote_id, connected_at=clock.now(), limits={}
    )
    session.add(row)
    return row, True


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:  # a colleague connected the same account in between
        raise _belongs_to_a_colleague() from error


def _belongs_to_a_colleague() -> Conflict:
    return Conflict(
        Text(
            "This account is connected by a colleague already. An account belongs to one person here: "
            "ask them to disconnect it first."
        )
    )


def _wake_shares(session: Session, clock: Clock, connection: Connection) -> None:
    """What waited for the sign-in goes on: planned shares lose their reason, and unclear ones are looked for again."""
    of_it = update(Share).where(Share.connection_id == connection.id)
    session.execute(of_it.where(Share.state == ShareState.SCHEDULED).values(reason=None))
    asked = of_it.where(Share.state == ShareState.UNCONFIRMED, Share.next_attempt_at.is_(None))
    session.execute(asked.values(next_attempt_at=clock.now()))


def _tell(session: Session, clock: Clock, connection: Connection, kind: str) -> None:
    events.record(
        session,
        clock,
        kind=kind,
        actor_id=connection.user_id,
        subject=("connection", connection.id),
        data={"user_id": connection.user_id, "network": connection.network, "handle": connection.handle},
    )
