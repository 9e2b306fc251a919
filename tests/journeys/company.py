"""A small company for the journeys: its hub, its newsroom's feed and a Mastodon server, all on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from advocacy.base.clock import SystemClock
from advocacy.people import policies
from advocacy.people.models import Team, User
from advocacy.sharing.models import Share
from tests.connectors.fakes.mastodon import FakeMastodon
from tests.journeys.hub import Hub


@dataclass(frozen=True)
class Company:
    """What a journey begins with.

    Args:
        hub: running, with Mia (curator), Lars (leader) and Ada (administrator).
        mastodon: a server on which @ada has an account.
        feed: address of the newsroom's feed.
        invitation: a link by which a newcomer joins Sales.
        people: e-mail by first name.
    """

    hub: Hub
    mastodon: FakeMastodon
    feed: str
    invitation: str
    people: dict[str, str]

    def shares(self) -> list[Share]:
        """All shares of the hub, oldest first."""
        db = self.hub.database()
        with db.reading() as session:
            found = list(session.scalars(select(Share).order_by(Share.id)))
        db.dispose()
        return found


def write_policy(hub: Hub) -> None:
    """Makes the team and the policy that newcomers accept."""
    db = hub.database()
    with db.transaction() as session:
        session.add(Team(name="Sales"))
        ada = session.scalars(select(User).where(User.name == "Ada Vik")).one()
        policies.write(session, SystemClock(), title="How we share", body="Be kind.", by=ada.id)
    db.dispose()


def eventually(look: Callable[[], object], *, seconds: float, what: str) -> object:
    """Waits until `look` gives something true, and returns it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.4)
    raise AssertionError(f"after {seconds} s: {what}")
