"""A person's own data: shown to them whole, and erased when they ask. Every area says what it holds."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.db import Base
from advocacy.base.house import House


def _nothing_to_let_go(_house: House, _user_id: int) -> None:
    """Most areas hold nothing outside the database."""


def _nothing_to_erase(_session: Session, _clock: Clock, _user_id: int) -> None:
    """Some areas hold numbers alone, which say nothing once the name is gone."""


@dataclass(frozen=True)
class Holding:
    """What one area holds about people.

    Args:
        area: its name, which is the key in the export.
        export: gives JSON values about a person, by their id; see `rows`.
        erase: removes what says who it was and what is theirs alone, in the caller's transaction. Facts that
            others rely on (that a share was made, points of a team) stay, with nobody's name.
        let_go: gives back what is held elsewhere, such as sign-ins at networks; no transaction is open.
    """

    area: str
    export: Callable[[Session, int], Mapping[str, Any]]
    erase: Callable[[Session, Clock, int], None] = _nothing_to_erase
    let_go: Callable[[House, int], None] = _nothing_to_let_go


class Holdings:
    """What all areas hold; the roof puts it together.

    Args:
        holdings: one an area. Erasing goes from the last to the first: what refers goes before what is referred to.
    """

    def __init__(self, *holdings: Holding) -> None:
        self._holdings = holdings

    def export(self, session: Session, clock: Clock, *, user_id: int) -> dict[str, Any]:
        """Everything the hub knows about a person, as JSON values.

        Args:
            session: inside a transaction, for that it was asked for is recorded.
            clock: tells when.
            user_id: whose data.
        """
        events.record(session, clock, kind="user.data_exported", actor_id=user_id, subject=("user", user_id))
        told: dict[str, Any] = {"exported_at": clock.now().isoformat()}
        for holding in self._holdings:
            told[holding.area] = dict(holding.export(session, user_id))
        return told

    def let_go(self, house: House, *, user_id: int) -> None:
        """Gives back what is held elsewhere; before `erase`, and outside any transaction."""
        for holding in self._holdings:
            holding.let_go(house, user_id)

    def erase(self, session: Session, clock: Clock, *, user_id: int, by: int) -> None:
        """Erases a person in every area, in the caller's transaction: all of it or nothing.

        Args:
            session: inside a transaction.
            clock: tells when.
            user_id: who.
            by: who asked for it; mostly the person.
        """
        events.record(session, clock, kind="user.erased", actor_id=by, subject=("user", user_id))
        for holding in reversed(self._holdings):
            holding.erase(session, clock, user_id)


def rows(session: Session, query: Select[Any], *, without: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The rows of one table as JSON values, column by column.

    Args:
        session: for reading.
        query: selects one mapped class.
        without: columns that hold secrets or are of no meaning outside.
    """
    return [_values(row, set(without)) for row in session.scalars(query)]


def _values(row: Base, without: set[str]) -> dict[str, Any]:
    return {
        column.key: _plain(getattr(row, column.key)) for column in row.__table__.columns if column.key not in without
    }


def _plain(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
