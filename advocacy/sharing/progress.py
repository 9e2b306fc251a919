"""Keeps how far a try came, for networks that take several calls to make one post."""

from __future__ import annotations

from sqlalchemy import select, update

from advocacy.base.errors import Conflict
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing.models import Share
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.states import holds_lease
from connectors import Progress


class LeaseLost(Conflict):
    """The share is somebody else's by now: this try keeps nothing and sends nothing more."""

    def __init__(self) -> None:
        super().__init__(Text("This share is being published by somebody else by now."))


def of_share(house: House, share: Share) -> Progress:
    """What earlier tries of a share came to, and a place to keep more.

    Args:
        house: database and this process's `Publisher`.
        share: as this attempt claimed it.

    Returns:
        Values for the connector. Each one kept is committed before the connector goes on; keeping raises LeaseLost
        when the share's lease is somebody else's by now.
    """
    worker, number = house.part(Publisher).worker, share.attempts_made

    def keep(name: str, value: str) -> None:
        with house.db.transaction() as session:
            ours = select(Share).where(
                Share.id == share.id, Share.attempts_made == number, holds_lease(worker, Share.attempts_made)
            )
            held = session.scalar(ours.with_for_update())
            if held is None:
                raise LeaseLost
            known = {**(held.progress or {}), name: value}
            session.execute(update(Share).where(Share.id == share.id).values(progress=known))

    return Progress(share.progress, keep)
