"""What an address asks for: the same filters on every page of figures, so that a figure leads to its own rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from advocacy.base.errors import Invalid, NotAllowed
from advocacy.base.text import Text
from advocacy.insights.periods import Asked, Period, asked
from advocacy.insights.scope import Scope
from advocacy.people import groups
from advocacy.people.groups import Tree
from advocacy.web.house import house, reading
from config import Settings


@dataclass(frozen=True)
class Question:
    """What a reader wants to see.

    Args:
        asked: the days.
        scope: what is counted in them.
        tree: all teams.
        refused: why the days in the address could not be taken; the last 30 are shown instead.
    """

    asked: Asked
    scope: Scope
    tree: Tree
    refused: Invalid | None = None

    @property
    def filters(self) -> dict[str, Any]:
        """What an address says to ask the same again."""
        is_own = self.asked.period is Period.OWN
        said = {
            "period": None if self.asked.period is Period.MONTH else self.asked.period.value,
            "from": self.asked.span.first.isoformat() if is_own else None,
            "to": self.asked.span.last.isoformat() if is_own else None,
            "network": self.scope.network or None,
            "item": self.scope.item_id,
        }
        return {name: value for name, value in said.items() if value is not None}

    def url(self, endpoint: str, **values: Any) -> str:
        """A page that asks for the same, but for `values`; None takes a filter away."""
        return url_for(endpoint, **{**self.filters, **values})

    @property
    def is_about_people(self) -> bool:
        """Whether all posts of some people are counted: then they can be seen beside the headcount."""
        return not self.scope.network and self.scope.item_id is None


def question() -> Question:
    """What this request's address asks for.

    Raises:
        NotAllowed: it asks for a team. Figures of teams stand on a page of their own, for whole months: beside a
            choice of days, network and item they could be subtracted until a single person is left.
    """
    if number("team") is not None:
        raise NotAllowed(
            Text(
                "Figures of a team stand on the page Teams alone, for whole months and all networks and items together. "
                "Narrower ones could be subtracted from one another until they tell what single colleagues do."
            )
        )
    now, refused = house().clock.now(), None
    try:
        days = asked(_word("period"), first=_word("from"), last=_word("to"), now=now)
    except Invalid as error:
        days, refused = asked(Period.MONTH, now=now), error
    scope = Scope(span=days.span, network=_word("network"), item_id=number("item"))
    return Question(days, scope, teams(), refused)


def teams() -> Tree:
    """All teams, with the smallest group that the settings say."""
    return groups.tree(reading(), smallest=house().part(Settings).smallest_group)


def number(name: str) -> int | None:
    """A number of the address; None when there is none, or when it is none that a row could have."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None


def word(name: str, kind: Any, default: Any) -> Any:
    """A choice of a closed set; `default` for anything else."""
    text = _word(name)
    return kind(text) if text in list(kind) else default


def _word(name: str) -> str:
    return request.args.get(name, "")[:40]
