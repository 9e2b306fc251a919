"""Which countries clicks came from, where a database told: groups that are too small are told together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from advocacy.insights import scope as scopes
from advocacy.insights.scope import Scope
from advocacy.reach.models import Click, RequestKind
from advocacy.sharing.models import Share

OTHERS = "others"
"""In the place of a country: all of those that are too small, together."""


@dataclass(frozen=True)
class Country:
    """Clicks by people from one country.

    Args:
        code: ISO 3166-1 alpha-2; `OTHERS`; None where it is not known.
        human: clicks.
    """

    code: str | None
    human: int


def by_country(session: Session, scope: Scope, *, smallest: int) -> list[Country]:
    """Clicks by people of a scope's days, the most first; then the small groups together, then those not known.

    Args:
        session: for reading.
        scope: what is counted; its clicks must still be kept.
        smallest: clicks in the smallest group that is told on its own.
    """
    counts = _counts(session, scope)
    unknown = counts.pop(None, 0)
    told = [Country(code, count) for code, count in counts.items() if count >= smallest]
    told.sort(key=lambda one: (-one.human, one.code or ""))
    others = sum(count for count in counts.values() if count < smallest)
    if others:
        told.append(Country(OTHERS, others))
    return [*told, Country(None, unknown)] if unknown else told


def told(session: Session, scope: Scope, *, smallest: int) -> frozenset[str]:
    """The countries that are told on their own in a scope: in its single rows likewise."""
    counts = _counts(session, scope)
    return frozenset(code for code, count in counts.items() if code is not None and count >= smallest)


def _counts(session: Session, scope: Scope) -> dict[str | None, int]:
    columns: tuple[Any, ...] = (RequestKind.country, func.count())
    query: Select[Any] = (
        select(*columns)
        .select_from(Click)
        .join(RequestKind, RequestKind.id == Click.kind_id)
        .join(Share, Share.link_id == Click.link_id)
        .where(Click.day.between(scope.span.first, scope.span.last), Click.is_human.is_(True))
        .group_by(RequestKind.country)
    )
    query = scopes.narrow(query, scope, network=Share.network, item_id=Share.item_id)
    return {code or None: int(count) for code, count in session.execute(query)}
