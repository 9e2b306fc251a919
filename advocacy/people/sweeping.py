"""Clears away what is over: browsers, links, counts, letters, lists."""

from __future__ import annotations

from advocacy.base.house import House
from advocacy.people import attempts, outbox, people_files, resets, sessions


def sweep(house: House) -> None:
    """Removes what nobody needs any more; each kind in a transaction of its own."""
    for removing in (sessions.sweep, resets.sweep, attempts.sweep, outbox.sweep, people_files.sweep):
        with house.db.transaction() as session:
            removing(session, house.clock)
