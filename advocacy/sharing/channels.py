"""Channels of a team: connected by a pasted address, used by whoever connected them, or by those they are opened to.

A channel that an administrator opens to everybody, or to a team and all below it, is one connection that several
people share through; each share stays its person's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Conflict, Invalid, NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.people import teams
from advocacy.people.models import User
from advocacy.sharing import connections, credentials
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.network_models import ChannelOpening
from advocacy.sharing.networks import Networks, in_our_words
from connectors import ConnectorError, Draft, Rejected, new_record_key

LONGEST_NAME = 80


@dataclass(frozen=True)
class OpenChannel:
    """A channel that several people may use.

    Args:
        connection: it.
        network: what its network is called.
        team: the name of the team it is open to; "" for everybody.
        owner: who connected it.
    """

    connection: Connection
    network: Text
    team: str
    owner: str


def connect(house: House, *, user_id: int, network: str, address: str, name: str) -> Connection:
    """Connects a channel by the address of its webhook. The address is sealed and never shown again.

    Args:
        house: database, clock, networks, sealer.
        user_id: whose it is.
        network: the connector's name.
        address: as pasted.
        name: what people call the channel, such as `#marketing`.

    Raises:
        Invalid: it is no address of a webhook there (field `address`), or has no name (field `name`).
        Conflict: a colleague has connected it, or the network cannot be reached now.
    """
    connector = house.part(Networks).registry.webhook(network)
    if not name.strip():
        raise Invalid("name", Text("Please say what the channel is called."))
    try:
        tokens = connector.connect(address, name)
        who = connector.identity(tokens)
    except Rejected as refused:
        raise Invalid("address", in_our_words(refused.reason)) from refused
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error
    return connections.keep(house, user_id=user_id, network=network, tokens=tokens, who=who)


def try_out(house: House, *, connection_id: int, words: str) -> None:
    """Posts a word of greeting to a channel, so that everybody sees that it works. Holds no transaction.

    Args:
        house: database, clock, networks, sealer.
        connection_id: which; the caller has made sure that this person may.
        words: in the language of whoever asks.

    Raises:
        Conflict: it did not arrive, or nobody knows; says why.
    """
    with house.db.reading() as session:
        connection = session.get_one(Connection, connection_id)
        network = connection.network
    connector, now = house.part(Networks).api(network), house.clock.now()
    draft = Draft(words, key=new_record_key(now), record_key=new_record_key(now), created_at=now.astimezone(UTC))
    try:
        held = credentials.usable(house, connection_id=connection_id)
        connector.publish(draft, held.credentials)
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error


def open_to(session: Session, clock: Clock, *, connection_id: int, team_id: int | None, by: int) -> None:
    """Opens a channel to everybody, or to a team and all below it.

    Args:
        session: inside a transaction.
        clock: tells when.
        connection_id: which.
        team_id: None for everybody.
        by: which administrator.

    Raises:
        NotFound: no such team.
    """
    if team_id is not None:
        teams.get(session, team_id=team_id)
    opening = session.get(ChannelOpening, connection_id) or ChannelOpening(connection_id=connection_id)
    opening.team_id, opening.opened_at = team_id, clock.now()
    session.add(opening)
    events.record(
        session,
        clock,
        kind="channel.opened",
        actor_id=by,
        subject=("connection", connection_id),
        data={"team_id": team_id},
    )


def opened(session: Session, networks: Networks) -> list[OpenChannel]:
    """The channels that several people may use, by name."""
    found = session.execute(
        select(Connection, ChannelOpening.team_id, User.name)
        .join(ChannelOpening, ChannelOpening.connection_id == Connection.id)
        .join(User, User.id == Connection.user_id)
        .where(Connection.state != ConnectionState.DISCONNECTED)
        .order_by(Connection.handle, Connection.id)
        .limit(200)
    )
    return [
        OpenChannel(connection, networks.label(connection.network), teams.path_name(session, team_id), owner)
        for connection, team_id, owner in found
    ]


def opened_one(session: Session, *, connection_id: int) -> Connection:
    """One of them.

    Raises:
        NotFound: there is none.
    """
    connection = session.get(Connection, connection_id)
    if (
        connection is None
        or connection.state is ConnectionState.DISCONNECTED
        or session.get(ChannelOpening, connection_id) is None
    ):
        raise NotFound()
    return connection


def open_to_me(session: Session, *, user: User) -> list[Connection]:
    """The channels that colleagues opened to this person, by name."""
    found = select(Connection).where(
        Connection.id.in_(_open_to_me(session, user)),
        Connection.user_id != user.id,
        Connection.state != ConnectionState.DISCONNECTED,
    )
    return list(session.scalars(found.order_by(Connection.handle, Connection.id)))


def steps(networks: Networks, network: str) -> list[Text]:
    """What to do at the network to get a channel's address: the first of its steps is for administrators."""
    return [Text(step) for step in networks.api(network).set_up.steps[1:-1]]


def usable(session: Session, *, user: User) -> ColumnElement[bool]:
    """Which connections a person may share with: their own, and channels that are open to them."""
    return or_(Connection.user_id == user.id, Connection.id.in_(_open_to_me(session, user)))


def may_use(session: Session, *, user: User, connection: Connection) -> bool:
    """Whether a person may share with this connection."""
    return connection.user_id == user.id or connection.id in _open_to_me(session, user)


def _open_to_me(session: Session, user: User) -> Sequence[int]:
    mine = teams.ancestors(session, user.team_id)  # a channel of a department is open to its teams
    query = select(ChannelOpening.connection_id).where(
        or_(ChannelOpening.team_id.is_(None), ChannelOpening.team_id.in_(mine))
    )
    return list(session.scalars(query))
