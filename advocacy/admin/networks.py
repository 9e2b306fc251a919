"""How each network stands: awake or what it waits for, what to set up where, who uses it, and whether it is on."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.errors import NotFound
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing import costs, places, switches
from advocacy.sharing.costs import Purse
from advocacy.sharing.models import Connection, ConnectionState, Share, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from connectors import Connector, ConnectorError, Kind, Registry, SignIn


class State(enum.StrEnum):
    """Whether people can use a network."""

    ON = "on"
    OFF = "off"
    """An administrator switched it off."""
    ASLEEP = "asleep"
    """It waits for settings."""


@dataclass(frozen=True)
class Setting:
    """A setting that a network reads.

    Args:
        name: in the environment.
        is_set: whether it has a value. The value itself is nobody's business here.
        is_needed: whether the network sleeps without it.
    """

    name: str
    is_set: bool
    is_needed: bool


@dataclass(frozen=True)
class Line:
    """One network.

    Args:
        name: the connector's.
        label: as people know it.
        icon: name of its symbol.
        is_api: whether we publish; else it is a share page.
        is_channel: whether its accounts are channels of a team.
        state: whether people can use it.
        settings: what it reads.
        steps: what to do to set it up; none when there is nothing.
        console: where; "" when nowhere.
        scopes: what to ask for there.
        wants_redirect: whether it has to be told our way back.
        costs: what it costs; None when nothing was said.
        people: how many have an account of it connected.
        signed_out: how many of them have to connect again.
        waiting: shares that are planned there.
        troubles: what is wrong with it just now, by server where it has many.
        prices: what it charges for, each with its price in its currency; empty where nothing is charged.
        purse: how much of the month's budget is used; None where nothing is charged or it sleeps.
    """

    name: str
    label: Text
    icon: str
    is_api: bool
    is_channel: bool
    state: State
    settings: tuple[Setting, ...]
    steps: tuple[Text, ...]
    console: str
    scopes: tuple[str, ...]
    wants_redirect: bool
    costs: Text | None
    people: int
    signed_out: int
    waiting: int
    troubles: tuple[Text, ...] = ()
    prices: tuple[tuple[Text, str], ...] = ()
    purse: Purse | None = None


@dataclass(frozen=True)
class Tried:
    """What came of trying a network's settings.

    Args:
        works: None where it cannot be told without a person.
        says: in plain words.
    """

    works: bool | None
    says: Text


def lines(session: Session, db: Database, networks: Networks, *, now: datetime) -> list[Line]:
    """Every network there is a connector for: those we publish to first, those that sleep after those that do not.

    Args:
        session: for reading.
        db: whose time decides which month it is.
        networks: those there are.
        now: the database's time.
    """
    off = set(session.scalars(switches.off()))
    people, signed_out = _people(session), _people(session, ConnectionState.NEEDS_SIGN_IN)
    waiting = _waiting(session)
    registry = networks.registry
    found = [
        _line(networks, connector, State.OFF if connector.name in off else State.ON, people, signed_out, waiting)
        for connector in registry
    ]
    found += [
        _line(networks, connector, State.ASLEEP, people, signed_out, waiting) for connector in registry.asleep()
    ]
    troubled = places.troubles(session, now)
    found = [
        replace(line, troubles=tuple(_trouble(one) for one in troubled if one.network == line.name)) for line in found
    ]
    found = [_with_purse(session, db, registry, line) for line in found]
    return sorted(found, key=lambda line: (not line.is_api, line.state is State.ASLEEP, str(line.label).casefold()))


def switch(session: Session, clock: Clock, networks: Networks, *, network: str, on: bool, by: int) -> None:
    """Switches a network on or off for everyone. Call `Networks.look_again` after the transaction.

    Args:
        session: inside a transaction.
        clock: tells when.
        networks: those there are.
        network: the connector's name.
        on: what it shall be.
        by: which administrator.

    Raises:
        NotFound: there is none of that name.
    """
    _known(networks, network)
    change = switches.switch_on if on else switches.switch_off
    change(session, clock, network=network, by=by)


def try_settings(house: House, *, network: str) -> Tried:
    """Tries a network's settings by a call that changes nothing. Holds no transaction.

    Raises:
        NotFound: there is none of that name, or it sleeps.
    """
    networks = house.part(Networks)
    if network not in networks.registry:
        raise NotFound()
    try:
        trial = networks.registry.get(network).try_settings()
    except ConnectorError as error:
        return Tried(False, in_our_words(error.reason))
    return Tried(trial.works, in_our_words(trial.says))


def label(networks: Networks, *, network: str) -> Text:
    """What people call a network, asleep ones too.

    Raises:
        NotFound: there is none of that name.
    """
    return Text(_known(networks, network).label)


def _with_purse(session: Session, db: Database, registry: Registry, line: Line) -> Line:
    if line.state is State.ASLEEP or not line.is_api:
        return line
    connector = registry.api(line.name)
    if not connector.currency:
        return line
    prices = tuple((Text(what), costs.money(price)) for what, price in connector.prices())
    return replace(line, prices=prices, purse=costs.purse(session, db, connector))


def _known(networks: Networks, name: str) -> Connector:
    known: list[Connector] = [*networks.registry, *networks.registry.asleep()]
    for connector in known:
        if connector.name == name:
            return connector
    raise NotFound()


def _line(
    networks: Networks,
    connector: Connector,
    state: State,
    people: dict[str, int],
    signed_out: dict[str, int],
    waiting: dict[str, int],
) -> Line:
    registry, facts = networks.registry, connector.set_up
    return Line(
        name=connector.name,
        label=Text(connector.label),
        icon=connector.icon,
        is_api=connector.kind is Kind.API,
        is_channel=connector.sign_in_kind is SignIn.WEBHOOK,
        state=state,
        settings=tuple(
            Setting(name, registry.is_set(name), name in connector.reads)
            for name in (*connector.reads, *connector.may_read)
        ),
        steps=tuple(Text(step) for step in facts.steps),
        console=facts.console,
        scopes=facts.scopes,
        wants_redirect=facts.wants_redirect,
        costs=Text(facts.costs) if facts.costs else None,
        people=people.get(connector.name, 0),
        signed_out=signed_out.get(connector.name, 0),
        waiting=waiting.get(connector.name, 0),
    )


def _trouble(one: places.Trouble) -> Text:
    return Text("{server}: {says}", server=one.server, says=one.says()) if one.server else one.says()


def _people(session: Session, state: ConnectionState | None = None) -> dict[str, int]:
    live = Connection.state == state if state else Connection.state != ConnectionState.DISCONNECTED
    count = select(Connection.network, func.count(func.distinct(Connection.user_id))).where(live)
    return {str(name): int(number) for name, number in session.execute(count.group_by(Connection.network))}


def _waiting(session: Session) -> dict[str, int]:
    count = select(Share.network, func.count()).where(Share.state == ShareState.SCHEDULED)
    return {str(name): int(number) for name, number in session.execute(count.group_by(Share.network))}
