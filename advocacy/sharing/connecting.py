"""Connecting an account: by an app password, or by the network's own page and back."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import CursorResult, and_, delete, or_, update

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.house import House
from advocacy.base.sealing import Sealer, row
from advocacy.base.text import Text
from advocacy.sharing import choosing, connections, registrations
from advocacy.sharing.choosing import Choice, Connected
from advocacy.sharing.models import ConnectFlow, Connection
from advocacy.sharing.networks import Networks, in_our_words
from connectors import AppForgotten, ConnectorError, Offer, Pkce, Rejected

_ASKED_TOO_MUCH = ("invalid_scope", "unauthorized_scope_error")
"""OAuth's own name (RFC 6749, 4.1.2.1) and LinkedIn's: one permission the app lacks refuses the whole question."""
GOOD_FOR = timedelta(minutes=10)
"""How long a person may take on the network's page; Mastodon's own codes live as long."""


@dataclass(frozen=True)
class Continue:
    """Where the person goes on to.

    Args:
        url: the network's page.
        server: its host, to be named on the button.
        minutes: how long the page waits for the person.
    """

    url: str
    server: str
    minutes: int


def with_app_password(
    house: House, *, user_id: int, network: str, identifier: str, app_password: str, server: str = ""
) -> Connection:
    """Connects an account by a handle and an app password. The password is not kept. Holds no transaction.

    Args:
        house: database, clock, networks, sealer.
        user_id: whose.
        network: the connector's name.
        identifier: handle or mail address.
        app_password: made at the network for us alone.
        server: only for an account that lives elsewhere than on the network's own servers.

    Raises:
        Invalid: what was typed is refused (field `app_password`, or `server` when that is wrong).
        Conflict: the account is a colleague's, or the network cannot be reached now.
    """
    connector = house.part(Networks).registry.app_password(network)
    if server:
        try:
            connector.server_origin(server)
        except Rejected as refused:
            raise Invalid("server", in_our_words(refused.reason)) from refused
    try:
        tokens = connector.sign_in(identifier, app_password, server or None)
        who = connector.identity(tokens)
    except Rejected as refused:
        raise Invalid("app_password", in_our_words(refused.reason)) from refused
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error
    return connections.keep(house, user_id=user_id, network=network, tokens=tokens, who=who)


def begin(
    house: House,
    *,
    user_id: int,
    session_hash: str,
    network: str,
    server: str,
    redirect_uri: str,
    client_name: str,
    website: str = "",
    next_path: str = "",
    again: int | None = None,
) -> Continue:
    """Begins a sign-in on the network's own page. Holds no transaction while the server is asked.

    Args:
        house: database, clock, networks, sealer.
        user_id: who.
        session_hash: of their signed-in browser: only there can it be ended.
        network: the connector's name.
        server: the server or handle as typed; "" when the network asks itself.
        redirect_uri: the page that calls `finish`.
        client_name: what the server's page calls us.
        website: the hub's address; "" when it is not public.
        next_path: where to go on to afterwards, inside the hub.
        again: the person's account that is to be connected again; None for whichever account comes back.

    Raises:
        Invalid: it is no server of this network (field `server`).
        Conflict: it cannot be reached now.
        NotFound: this person has no such account, or the network is not available.
    """
    connector = house.part(Networks).oauth(network)
    if again is not None:
        with house.db.reading() as session:
            known = connections.one(session, user_id=user_id, connection_id=again)
            server = (known.remote_id if connector.asks_handle else known.server) or server
    try:
        registration = registrations.at(
            house,
            network=network,
            server=server,
            redirect_uri=redirect_uri,
            client_name=client_name,
            website=website,
        )
    except Rejected as refused:
        raise Invalid("server", in_our_words(refused.reason)) from refused
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error
    state, pkce, now = secrets.token_urlsafe(32), Pkce.new(), house.clock.now()
    try:
        begun = connector.begin(registration, typed=server, state=state, pkce=pkce)
    except Rejected as refused:
        raise Invalid("server", in_our_words(refused.reason)) from refused
    except ConnectorError as error:
        raise Conflict(in_our_words(error.reason)) from error
    host, hashed = urlsplit(begun.url).netloc, _hash(state)
    good_for = min(begun.good_for, GOOD_FOR)
    kept = {"verifier": pkce.verifier, "kept": dict(begun.kept), "host": host}
    with house.db.transaction() as session:
        session.add(
            ConnectFlow(
                state_hash=hashed,
                user_id=user_id,
                session_hash=session_hash,
                network=network,
                server=registration.server,
                sealed_verifier=house.part(Sealer).seal(json.dumps(kept), context=_context(hashed)),
                next_path=next_path,
                connection_id=again,
                created_at=now,
                expires_at=now + GOOD_FOR,
            )
        )
    return Continue(begun.url, host, int(good_for.total_seconds() // 60))


def finish(
    house: House, *, user_id: int, session_hash: str, state: str, code: str, error: str, issuer: str = ""
) -> Connected | Choice:
    """Ends a sign-in when the person comes back from the network's page.

    Args:
        house: database, clock, networks, sealer.
        user_id: who came back.
        session_hash: of their signed-in browser.
        state: as the address has it; good once, for this person in this browser.
        code: as the address has it.
        error: the server's refusal, such as `access_denied`; "" when there is none.
        issuer: as the address has it (`iss`); "" when it has none.

    Returns:
        The account; or, when the sign-in is good for several accounts, what is to be chosen.

    Raises:
        Conflict: saying why nothing was connected, and what to do.
        NotFound: the network is not available any more.
    """
    flow = _use(house, user_id=user_id, session_hash=session_hash, state=state)
    kept = _kept(house, flow)
    host = str(kept["host"])
    connector = house.part(Networks).oauth(flow.network)
    registration = registrations.known(house, network=flow.network, server=flow.server)
    if registration is not None and not connector.came_from(registration, issuer, kept["kept"]):
        raise Conflict(
            Text(
                "This answer does not come from {server}, so nothing was connected. "
                "If somebody sent you the address, tell an administrator. Else start again from here.",
                server=host,
            )
        )
    if error in connector.cancelled:
        raise Conflict(
            Text("You did not allow it on {server}, so nothing was connected. You can start again.", server=host)
        )
    if error in _ASKED_TOO_MUCH:
        raise Conflict(
            Text(
                "{server} does not let our app ask for what it needs, so nothing was connected. "
                "Tell an administrator: the app lacks a permission there.",
                server=host,
            )
        )
    if error or not code:
        raise Conflict(
            Text(
                "{server} ended the sign-in with a problem of its own, so nothing was connected. Start again.",
                server=host,
            )
        )
    if registration is None:
        raise Conflict(Text("Our registration with {server} is gone. Start again, and it is made anew.", server=host))
    try:
        tokens = connector.complete(registration, code=code, verifier=kept["verifier"], kept=kept["kept"])
        offers = connector.offers(tokens)
    except AppForgotten as forgotten:
        registrations.forget(house, network=flow.network, server=flow.server)
        raise Conflict(in_our_words(forgotten.reason)) from forgotten
    except ConnectorError as failed:
        raise Conflict(in_our_words(failed.reason)) from failed
    if flow.connection_id is not None:
        offers = [_same_account(house, flow, host, offers)]
    if len(offers) > 1:
        return choosing.keep(house, flow, offers)
    [offer] = offers
    connection = connections.keep(
        house, user_id=user_id, network=flow.network, tokens=offer.credentials, who=offer.identity
    )
    return Connected(connection.handle, flow.next_path)


def _same_account(house: House, flow: ConnectFlow, host: str, offers: Sequence[Offer]) -> Offer:
    """An account that is connected again is the one it was: else its planned shares would go out as somebody else."""
    with house.db.reading() as session:
        known = connections.one(session, user_id=flow.user_id, connection_id=flow.connection_id or 0)
    for offer in offers:
        if known.remote_id == (offer.credentials.remote_id or offer.identity.remote_id):
            return offer
    raise Conflict(
        Text(
            "You came back as {other}, but this is about {handle}, so nothing was changed. "
            "Sign out at {server}, then connect {handle} again.",
            other=offers[0].credentials.handle or offers[0].identity.handle,
            handle=known.handle,
            server=host,
        )
    )


def client_document(house: House, *, redirect_uri: str, client_name: str, website: str) -> Mapping[str, Any] | None:
    """What the hub tells about itself to servers that know it by an address. Holds no transaction.

    Args:
        house: database, clock, networks, sealer.
        redirect_uri: the page that calls `finish`.
        client_name: what servers' pages call us.
        website: the hub's address; "" when it is not public.

    Returns:
        The document; None when no network wants one, or the hub is not at a public address.
    """
    networks = house.part(Networks)
    for network in networks.connectable():
        if not network.asks_handle:
            continue
        connector = networks.oauth(network.name)
        if connector.unfit(redirect_uri) is not None:
            continue
        registration = registrations.at(
            house,
            network=network.name,
            server="",
            redirect_uri=redirect_uri,
            client_name=client_name,
            website=website,
        )
        document = connector.client_document(registration, client_name=client_name, website=website)
        if document is not None:
            return document
    return None


def hindrance(house: House, *, network: str, redirect_uri: str) -> Text | None:
    """Why nobody can sign in on a network's own page while the hub is at this address; None when they can."""
    reason = house.part(Networks).oauth(network).unfit(redirect_uri)
    return in_our_words(reason) if reason else None


def forget_old(house: House) -> int:
    """Removes sign-ins that were begun more than a day ago, and choices that nobody made in time. A job.

    Returns:
        How many there were.
    """
    with house.db.transaction() as session:
        now = house.clock.now()
        unchosen = and_(ConnectFlow.sealed_offers.is_not(None), ConnectFlow.expires_at <= now)
        old = or_(ConnectFlow.created_at < now - timedelta(days=1), unchosen)
        gone = session.execute(delete(ConnectFlow).where(old))
        return gone.rowcount if isinstance(gone, CursorResult) else 0


def _use(house: House, *, user_id: int, session_hash: str, state: str) -> ConnectFlow:
    """Takes a begun sign-in, once: two tabs that come back with one state are told apart by the update."""
    if not state:
        raise Conflict(Text("This address is not complete, so nothing was connected. Start again from here."))
    hashed = _hash(state)
    with house.db.transaction() as session:
        flow = session.get(ConnectFlow, hashed)
        if flow is None or flow.user_id != user_id or flow.session_hash != session_hash:
            raise Conflict(
                Text(
                    "This sign-in was not begun in this browser by you, so nothing was connected. "
                    "If somebody sent you the address, tell an administrator. Else start again from here."
                )
            )
        if flow.expires_at <= house.clock.now() and flow.used_at is None:
            raise Conflict(
                Text("That took longer than ten minutes, so nothing was connected. Start again from here.")
            )
        used = session.execute(
            update(ConnectFlow)
            .where(ConnectFlow.state_hash == hashed, ConnectFlow.used_at.is_(None))
            .values(used_at=house.clock.now())
        )
        if not isinstance(used, CursorResult) or used.rowcount != 1:
            raise Conflict(
                Text(
                    "This sign-in was used already. If your account is not in the list below, start again from here."
                )
            )
    return flow


def _kept(house: House, flow: ConnectFlow) -> dict[str, Any]:
    """What `begin` kept for this sign-in."""
    if flow.sealed_verifier is None:
        raise Conflict(Text("This sign-in was used already. Start again from here."))
    kept: dict[str, Any] = json.loads(
        house.part(Sealer).open(flow.sealed_verifier, context=_context(flow.state_hash))
    )
    return kept


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _context(state_hash: str) -> str:
    return row("connect_flow", "sealed_verifier", state_hash)
