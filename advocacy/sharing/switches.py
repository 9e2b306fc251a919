"""Switching a network off for everyone, and on again: nothing new goes there, and what is planned waits."""

from __future__ import annotations

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.text import Text
from advocacy.sharing.network_models import NetworkOff

SWITCHED_OFF = Text("An administrator has switched this network off for now.")


def off() -> Select[str]:
    """The names of networks that are switched off, to be part of another question."""
    return select(NetworkOff.network)


def is_off(session: Session, network: str) -> bool:
    """Whether a network is switched off at this moment."""
    return session.get(NetworkOff, network) is not None


def switch_off(session: Session, clock: Clock, *, network: str, by: int) -> None:
    """Switches a network off for everyone. What is on its way at this very moment still arrives.

    Args:
        session: inside a transaction.
        clock: tells when.
        network: the connector's name.
        by: which administrator.
    """
    if is_off(session, network):
        return
    try:
        with session.begin_nested():
            session.add(NetworkOff(network=network, since=clock.now(), by_id=by))
    except IntegrityError:  # another administrator was a moment faster
        return
    _tell(session, clock, network, "network.switched_off", by)


def switch_on(session: Session, clock: Clock, *, network: str, by: int) -> None:
    """Switches a network on again: what waits goes out, unless its time has passed by too much.

    Args:
        session: inside a transaction.
        clock: tells when.
        network: the connector's name.
        by: which administrator.
    """
    if not is_off(session, network):
        return
    session.execute(delete(NetworkOff).where(NetworkOff.network == network))
    _tell(session, clock, network, "network.switched_on", by)


def _tell(session: Session, clock: Clock, network: str, kind: str, by: int) -> None:
    events.record(session, clock, kind=kind, actor_id=by, subject=("network", None), data={"network": network})
