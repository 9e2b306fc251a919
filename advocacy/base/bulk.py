"""Adds many rows at once by each database's quick way: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session


def add(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Adds rows in the session's transaction; nothing is returned, and no default of Python's is filled in.

    Args:
        session: inside `Database.transaction`.
        table: where to.
        columns: names of columns; what is left out gets the database's own default.
        rows: values in the columns' order, all hashable (no JSON); may be empty.
    """
    if not rows:
        return
    connection = session.connection()
    prepare = connection.dialect.identifier_preparer
    named = f"{prepare.format_table(table)} ({', '.join(prepare.quote(name) for name in columns)})"
    fit = _fitting(table, columns, connection.dialect)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with (
            driver.cursor() as cursor,
            cursor.copy(f"COPY {named} FROM STDIN") as copy,
        ):
            for row in fit(rows):
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {named} VALUES ({marks})", fit(rows))  # noqa: S608 - our own names


def _fitting(
    table: Table, columns: Sequence[str], dialect: Any
) -> Callable[[Sequence[Sequence[Any]]], list[tuple[Any, ...]]]:
    """Turns values into what the driver takes, as the columns' types would; each distinct value once."""
    types = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    changing: list[tuple[int, Callable[[Any], Any], dict[Any, Any]]] = [
        (place, process, {}) for place, process in enumerate(types) if process is not None
    ]

    def fit(rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
        fitted = []
        for given in rows:
            row = list(given)
            for place, process, known in changing:
                value = row[place]
                if value not in known:
                    known[value] = process(value)
                row[place] = known[value]
            fitted.append(tuple(row))
        return fitted

    return fit
