"""Which of these? A sign-in that is good for several accounts, such as a person's Pages, waits here for the choice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, update

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.house import House
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.sharing import connections
from advocacy.sharing.models import ConnectFlow
from connectors import Credentials, Identity, Offer

GOOD_FOR = timedelta(minutes=10)
"""How long the choice may take. The accounts' tokens are kept sealed for so long, and gone once one is chosen."""


@dataclass(frozen=True)
class Choice:
    """What a person has to choose before anything is connected.

    Args:
        flow: names the sign-in in addresses; of no use to anybody else, or in another browser.
        network: the connector's name.
        accounts: (id at the network, name) of each.
    """

    flow: str
    network: str
    accounts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Connected:
    """An account that was just connected.

    Args:
        handle: as the network writes it.
        next_path: where to go on to, inside the hub; "" for nowhere in particular.
    """

    handle: str
    next_path: str


def keep(house: House, flow: ConnectFlow, offers: Sequence[Offer]) -> Choice:
    """Keeps what a sign-in is good for until its person has chosen.

    Args:
        house: database, clock, sealer.
        flow: a sign-in that was just ended.
        offers: two or more.
    """
    sealed = house.part(Sealer).seal(
        json.dumps([_kept(offer) for offer in offers]), context=_context(flow.state_hash)
    )
    with house.db.transaction() as session:
        session.execute(
            update(ConnectFlow)
            .where(ConnectFlow.state_hash == flow.state_hash)
            .values(sealed_offers=sealed, expires_at=house.clock.now() + GOOD_FOR)
        )
    return _choice(flow, offers)


def asked(house: House, *, user_id: int, session_hash: str, flow: str) -> Choice:
    """The choice that is open, for its page.

    Raises:
        Conflict: there is none for this person in this browser (any more).
    """
    found = _open(house, user_id=user_id, session_hash=session_hash, flow=flow)
    return _choice(found, _offers(house, found))


def choose(house: House, *, user_id: int, session_hash: str, flow: str, remote_id: str) -> Connected:
    """Connects the account that was chosen; the tokens of the others are forgotten.

    Args:
        house: database, clock, networks, sealer.
        user_id: who chose.
        session_hash: of their signed-in browser.
        flow: `Choice.flow`.
        remote_id: one of `Choice.accounts`.

    Returns:
        The account.

    Raises:
        Invalid: it is none of these (field `account`).
        Conflict: there is no such choice (any more), or the account is a colleague's.
    """
    found = _open(house, user_id=user_id, session_hash=session_hash, flow=flow)
    offer = next((one for one in _offers(house, found) if one.identity.remote_id == remote_id), None)
    if offer is None:
        raise Invalid("account", Text("Please choose one of these."))
    with house.db.transaction() as session:
        used = session.execute(
            update(ConnectFlow)
            .where(ConnectFlow.state_hash == flow, ConnectFlow.sealed_offers.is_not(None))
            .values(sealed_offers=None)
        )
        if not isinstance(used, CursorResult) or used.rowcount != 1:
            raise _over()
    connection = connections.keep(
        house, user_id=user_id, network=found.network, tokens=offer.credentials, who=offer.identity
    )
    return Connected(connection.handle, found.next_path)


def _open(house: House, *, user_id: int, session_hash: str, flow: str) -> ConnectFlow:
    with house.db.reading() as session:
        found = session.get(ConnectFlow, flow)
        if (
            found is None
            or found.sealed_offers is None
            or (found.user_id, found.session_hash) != (user_id, session_hash)
            or found.expires_at <= house.clock.now()
        ):
            raise _over()
        return found


def _over() -> Conflict:
    return Conflict(Text("This choice is made already, or took longer than ten minutes. Start again from here."))


def _choice(flow: ConnectFlow, offers: Sequence[Offer]) -> Choice:
    named = tuple((one.identity.remote_id, one.identity.display_name or one.identity.handle) for one in offers)
    return Choice(flow.state_hash, flow.network, named)


def _kept(offer: Offer) -> dict[str, Any]:
    tokens = asdict(offer.credentials)
    ends = offer.credentials.expires_at
    return {
        "credentials": {**tokens, "expires_at": ends.isoformat() if ends else None},
        "identity": asdict(offer.identity),
    }


def _offers(house: House, flow: ConnectFlow) -> list[Offer]:
    kept = json.loads(house.part(Sealer).open(flow.sealed_offers or b"", context=_context(flow.state_hash)))
    found = []
    for one in kept:
        ends = one["credentials"]["expires_at"]
        tokens = {**one["credentials"], "expires_at": datetime.fromisoformat(ends) if ends else None}
        found.append(Offer(Credentials(**tokens), Identity(**one["identity"])))
    return found


def _context(state_hash: str) -> str:
    return row("connect_flow", "sealed_offers", state_hash)
