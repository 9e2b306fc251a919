"""What visitors of the demo company did on its own pages after they followed a link."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from advocacy.base.clock import Clock
from advocacy.base.house import House
from advocacy.base.sealing import Sealer
from advocacy.people.models import User
from advocacy.reach import click_ids, conversion_kinds, conversions
from advocacy.reach.click_ids import Choice, ClickToken
from advocacy.reach.conversion_models import ConversionKind

KINDS = (("Application sent", "", ""), ("Newsletter ordered", "40", "NOK"))
SHARE = 0.08
"""Of the clicks, people's and programs' alike."""


@dataclass(frozen=True)
class _At:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


def set_up(house: House, *, by: User, clock: Clock) -> None:
    """Turns ids on, names two kinds and lets one server tell."""
    with house.db.transaction() as session:
        click_ids.decide(session, clock, by=by.id, choice=Choice(click_ids=True, window_days=30))
        for name, value, currency in KINDS:
            conversion_kinds.save_kind(
                session, clock, by=by.id, name=name, value=value, currency_code=currency, has_pixel=True
            )
        conversion_kinds.add_source(session, clock, house.part(Sealer), by=by.id, name="jobs.nordlys.example")


def follow(house: House) -> None:
    """Has some of the clicks lead to something."""
    chance = random.Random("conversions")  # noqa: S311 - the same demo every time
    with house.db.transaction() as session:
        keys: Sequence[str] = session.scalars(select(ConversionKind.key).order_by(ConversionKind.id)).all()
        tokens = session.execute(select(ClickToken.token, ClickToken.at).order_by(ClickToken.at, ClickToken.token))
        for token, at in tokens.all():
            if chance.random() < SHARE:
                clock = _At(min(at + timedelta(minutes=chance.randint(2, 90)), house.clock.now()))
                conversions.seen(session, clock, key=chance.choice(keys), token=token)
