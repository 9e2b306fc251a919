"""The hub of a crash test as one process sees it: its own database connections, the fakes in the networks' places."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from advocacy.base.clock import StandingClock
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.base.sealing import Sealer, ring_in
from advocacy.learning import requirements
from advocacy.library.media import Media
from advocacy.sharing import briefs_first
from advocacy.sharing.gates import Gates
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.tasks import Tasks
from connectors import Registry

PUBLIC_URL = "https://hub.example.com"
"""A public address: some networks fetch pictures from it."""
STEPS = (
    "before claim",
    "after claim",
    "before send",
    "after the bytes left",
    "after answer",
    "before commit",
    "after commit",
)


def hub(
    *,
    database_url: str,
    folder: str,
    settings: Mapping[str, str],
    now: datetime,
    step: Callable[[str], None],
) -> House:
    """A hub; the fakes learn from the user agent which process asks."""
    clock = StandingClock(now)
    registry = Registry(
        settings,
        now=clock.now,
        allow_private_hosts=True,
        user_agent=f"process {os.getpid()}",
        connect_seconds=5.0,
        read_seconds=10.0,
    )
    return House(
        db=Database(database_url, time=clock.now),
        clock=clock,
        parts=[
            Tasks(threads=2),
            Sealer(ring_in(Path(folder) / "keys")),
            Media(Path(folder) / "media"),
            Networks(registry),
            Gates(requirements.hold, briefs_first.hold),
            Publisher(public_url=PUBLIC_URL, step=step),
        ],
    )
