"""Our app at each server of a network that has many: registered once, kept sealed, registered anew when forgotten.

Where one app serves everybody, its secret is in the settings, and what is kept only tells the way back that was asked for.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from advocacy.base.house import House
from advocacy.base.sealing import CannotOpen, Sealer, row
from advocacy.sharing import models
from advocacy.sharing.networks import Networks
from connectors import AppRegistration, Limits, OneAppConnector


def known(house: House, *, network: str, server: str) -> AppRegistration | None:
    """The registration at a server, if there is one that opens.

    Args:
        house: database and sealer.
        network: the connector's name.
        server: its origin, such as `https://mastodon.social`.
    """
    with house.db.reading() as session:
        kept = session.scalar(_of(network, server))
    if kept is None:
        return None
    try:
        fields = json.loads(house.part(Sealer).open(kept.sealed, context=_context(network, server)))
    except CannotOpen:  # other keys than then: register again
        return None
    fields["limits"] = Limits.from_json(fields["limits"])
    return _as_set(house, network, AppRegistration(**fields))


def at(
    house: House, *, network: str, server: str, redirect_uri: str, client_name: str, website: str
) -> AppRegistration:
    """The registration at a server, made when there is none for this way back. Holds no transaction.

    Args:
        house: database, clock, networks, sealer.
        network: the connector's name.
        server: as a person typed it; "" for a network that knows us everywhere by the same description.
        redirect_uri: where the server sends people back to.
        client_name: what the server's page calls us.
        website: the hub's address; "" when it is not public.

    Raises:
        connectors.ConnectorError: the server is none, or cannot be reached.
    """
    connector = house.part(Networks).registry.oauth(network)
    origin = connector.registered_at(server)
    found = known(house, network=network, server=origin)
    if found is not None and found.redirect_uri == redirect_uri and not connector.outdated(found):
        return found
    made = connector.register_app(origin, redirect_uri=redirect_uri, client_name=client_name, website=website)
    forget(house, network=network, server=made.server)
    kept = models.AppRegistration(
        network=network,
        server=made.server,
        sealed=house.part(Sealer).seal(json.dumps(asdict(made)), context=_context(network, made.server)),
        registered_at=house.clock.now(),
    )
    try:
        with house.db.transaction() as session:
            session.add(kept)
    except IntegrityError:  # somebody else registered at the same moment: both are good, theirs is kept
        return known(house, network=network, server=made.server) or made
    return made


def forget(house: House, *, network: str, server: str) -> None:
    """Drops a registration that the server no longer knows."""
    with house.db.transaction() as session:
        session.execute(
            delete(models.AppRegistration).where(
                models.AppRegistration.network == network, models.AppRegistration.server == server
            )
        )


def _as_set(house: House, network: str, kept: AppRegistration) -> AppRegistration:
    """The registration, with the newest secret where that is in the settings: it may have been changed since."""
    connector = house.part(Networks).registry.oauth(network)
    if isinstance(connector, OneAppConnector):
        return connector.register_app(kept.server, redirect_uri=kept.redirect_uri, client_name="")
    return kept


def _of(network: str, server: str) -> Select[models.AppRegistration]:
    return select(models.AppRegistration).where(
        models.AppRegistration.network == network, models.AppRegistration.server == server
    )


def _context(network: str, server: str) -> str:
    # Network and server are the row's identity as much as its id, and are known before it has one.
    return row("app_registration", "sealed", f"{network}:{server}")
