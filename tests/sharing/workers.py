"""Workers on machines whose clocks differ: each has a house of its own over the one database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy.base.clock import Clock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.library.media import Media
from advocacy.sharing.gates import Gates
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.tasks import Tasks
from connectors import ApiConnector, Registry


@dataclass(frozen=True)
class WrongClock:
    """Runs `ahead` of the right one; behind it when that is negative."""

    right: Clock
    ahead: timedelta

    def now(self) -> datetime:
        """What this machine takes for the present."""
        return self.right.now() + self.ahead


def worker_of(
    house: House,
    *,
    name: str,
    clock: Clock,
    db: Database | None = None,
    settings: dict[str, str] | None = None,
    connectors: tuple[ApiConnector, ...] = (),
    threads: int = 4,
    **publisher: object,
) -> House:
    """A worker beside others.

    Args:
        house: whose people, keys and pictures it works with.
        name: on its leases.
        clock: its machine's.
        db: its own connections; the house's unless given.
        settings: of its networks.
        connectors: networks that are no files of ours.
        threads: shares at once.
        publisher: more for its `Publisher`.
    """
    registry = Registry(settings, now=clock.now, allow_private_hosts=True, connect_seconds=2.0, read_seconds=2.0)
    for connector in connectors:
        registry._known[connector.name] = registry._awake[connector.name] = connector
    return House(
        db=db or house.db,
        clock=clock,
        parts=[
            Tasks(threads=threads),
            house.part(Sealer),
            house.part(Media),
            Networks(registry),
            house.part(Gates),
            Publisher(public_url="http://localhost", worker=name, **publisher),  # type: ignore[arg-type]
        ],
    )
