"""What a board's address asks for: a period or days of one's own, a team, a campaign, a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import request, url_for

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.recognition.periods import Period, begins, today
from advocacy.recognition.ranges import Narrow
from advocacy.web.requests import row_id

OWN = "own"
"""The period of whoever chooses the days."""
LONGEST = 3 * 366
"""Days at most."""


@dataclass(frozen=True)
class Asked:
    """What a board shows.

    Args:
        period: a value of `Period`, or `OWN`.
        days: the first and the last day of one's choice; None for a period.
        team_id: people of this team and those below it.
        campaign_id: points for posts of this campaign.
        network: points for posts there; "" for all.
        refused: why the days that were asked for are not shown; the month is.
    """

    period: str
    days: tuple[date, date] | None
    team_id: int | None
    campaign_id: int | None
    network: str
    refused: Text | None

    @property
    def standing(self) -> Period:
        """The period, or the month where days of one's choice take its place."""
        return Period.MONTH if self.period == OWN else Period(self.period)

    @property
    def narrow(self) -> Narrow | None:
        """What the board is narrowed to; None for all points of a period, which are read from their sums."""
        asks = self.days or self.campaign_id or self.network
        return Narrow(self.days, self.campaign_id, self.network) if asks else None

    @property
    def filters(self) -> Mapping[str, Any]:
        """What stays in an address when the period changes."""
        found = {"team": self.team_id, "campaign": self.campaign_id, "network": self.network}
        return {name: value for name, value in found.items() if value}

    def url(self, endpoint: str, **values: Any) -> str:
        """The same on another page, or with something changed."""
        kept: dict[str, Any] = {"period": self.period, **self.filters}
        if self.days:
            kept |= {"begin": self.days[0].isoformat(), "end": self.days[1].isoformat()}
        return url_for(endpoint, **{**kept, **values})


def read(now: datetime, *, networks: set[str]) -> Asked:
    """What the address of this request asks for; what it cannot mean is left out.

    Args:
        now: the present moment.
        networks: names that a board can be narrowed to.
    """
    asked = request.args
    period, days, refused = asked.get("period", ""), None, None
    if period == OWN:
        try:
            days = _days(asked.get("begin", ""), asked.get("end", ""), today(now))
        except Invalid as error:
            period, refused = Period.MONTH.value, error.text
    elif period not in list(Period):
        period = Period.MONTH.value
    network = asked.get("network", "")
    return Asked(
        period=period,
        days=days,
        team_id=asked.get("team", type=row_id),
        campaign_id=asked.get("campaign", type=row_id),
        network=network if network in networks else "",
        refused=refused,
    )


def _days(first: str, last: str, day: date) -> tuple[date, date]:
    try:
        begin = date.fromisoformat(first) if first else begins(Period.MONTH, day)
        end = min(date.fromisoformat(last), day) if last else day
    except ValueError as error:
        raise Invalid("begin", Text("Please give both days, such as 2026-03-31.")) from error
    if begin > end:
        raise Invalid("begin", Text("The first day comes after the last, or lies in the future."))
    if (end - begin).days >= LONGEST:
        raise Invalid("begin", Text("That is too long. Choose three years at most."))
    return begin, end
