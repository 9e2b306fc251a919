"""Adds many rows at once by each database's quick way: COPY or arrays on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ARRAY, JSON, ColumnElement, Integer, Table, Text, any_, bindparam, func, select
from sqlalchemy.orm import DeclarativeBase, Session

CHUNK = 2_000
"""Rows that are sent at once."""


def table_of(model: type[DeclarativeBase]) -> Table:
    """A model's table."""
    return model.metadata.tables[model.__tablename__]


def add(session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Adds rows in the session's transaction; nothing is returned, and no default of Python's is filled in.

    Args:
        session: inside `Database.transaction`.
        table: where to.
        columns: names of columns; what is left out gets the database's own default.
        rows: values in the columns' order; may be empty.
    """
    if not rows:
        return
    connection = session.connection()
    named = _named(table, columns, connection.dialect)
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


def add_plain(session: Session, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Adds rows of plain values, several times as fast as `add`.

    Args:
        session: inside `Database.transaction`.
        table: where to.
        columns: names of columns; what is left out gets the database's own default.
        rows: values in the columns' order: whole numbers, truth values, and words of letters, digits, `_` and `-`
            (days by their ISO name among them). Nothing is converted and, for PostgreSQL, nothing is escaped.
    """
    if not rows:
        return
    connection = session.connection()
    named = _named(table, columns, connection.dialect)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        form = "\t".join(["%s"] * len(columns)) + "\n"
        with driver.cursor() as cursor, cursor.copy(f"COPY {named} FROM STDIN") as copy:
            for start in range(0, len(rows), CHUNK):
                copy.write("".join([form % row for row in rows[start : start + CHUNK]]))
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {named} VALUES ({marks})", list(rows))  # noqa: S608 - our own names


def add_up(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, sums: Iterable[str]
) -> None:
    """Adds rows, or adds their figures to the rows that are there.

    Args:
        session: inside `Database.transaction`.
        table: its primary key tells whether a row is there.
        columns: names of all its columns.
        rows: values in the columns' order, each key once; may be empty.
        sums: columns that are added up.
    """
    if not rows:
        return
    connection = session.connection()
    quote = connection.dialect.identifier_preparer.quote
    key = ", ".join(quote(column.name) for column in table.primary_key)
    added = ", ".join(f"{quote(name)} = {quote(table.name)}.{quote(name)} + excluded.{quote(name)}" for name in sums)
    there = f"ON CONFLICT ({key}) DO UPDATE SET {added}"
    into = f"INSERT INTO {_named(table, columns, connection.dialect)}"
    fitted = _fitting(table, columns, connection.dialect)(rows)
    if connection.dialect.name == "postgresql":
        arrays = _arrays(table, columns, connection.dialect)
        values = tuple([row[place] for row in fitted] for place in range(len(columns)))
        connection.exec_driver_sql(f"{into} SELECT * FROM unnest({arrays}) {there}", values)  # noqa: S608 - our own names
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"{into} VALUES ({marks}) {there}", fitted)


def change(
    session: Session, table: Table, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, key: Sequence[str]
) -> None:
    """Gives many rows new values, each its own, in the session's transaction. A row that is not there is passed over.

    Args:
        session: inside `Database.transaction`. Objects that it holds are not told.
        table: whose rows.
        columns: names of the key's columns, then of those that change.
        rows: values in the columns' order, each key once; may be empty.
        key: which columns name a row; the first of `columns`.
    """
    if not rows:
        return
    connection = session.connection()
    prepare = connection.dialect.identifier_preparer
    name, quoted = prepare.format_table(table), [prepare.quote(column) for column in columns]
    fitted = _fitting(table, columns, connection.dialect)(rows)
    keys, others = quoted[: len(key)], quoted[len(key) :]
    if connection.dialect.name == "postgresql":
        changes = ", ".join(f"{one} = given.{one}" for one in others)
        where = " AND ".join(f"{name}.{one} = given.{one}" for one in keys)
        given = f"unnest({_arrays(table, columns, connection.dialect)}) AS given ({', '.join(quoted)})"
        values = tuple([row[place] for row in fitted] for place in range(len(columns)))
        connection.exec_driver_sql(f"UPDATE {name} SET {changes} FROM {given} WHERE {where}", values)  # noqa: S608 - our own names
        return
    changes, where = ", ".join(f"{one} = ?" for one in others), " AND ".join(f"{one} = ?" for one in keys)
    turned = [(*row[len(key) :], *row[: len(key)]) for row in fitted]
    connection.exec_driver_sql(f"UPDATE {name} SET {changes} WHERE {where}", turned)  # noqa: S608 - our own names


def among(session: Session, column: Any, values: Sequence[str] | Sequence[int]) -> ColumnElement[bool]:
    """Whether a column holds one of many values: as one parameter, however many there are.

    Args:
        session: tells which database it is for.
        column: of text or of whole numbers, as the values are.
        values: thousands, if need be.
    """
    if session.get_bind().dialect.name == "postgresql":
        kind = column.type if isinstance(column.type, Integer) else Text()
        return cast("ColumnElement[bool]", column == any_(bindparam(None, list(values), ARRAY(kind), unique=True)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return cast("ColumnElement[bool]", column.in_(select(listed.c.value)))


def _arrays(table: Table, columns: Sequence[str], dialect: Any) -> str:
    """Marks of one array a column; lengths are left out, as the table has them."""
    types = (table.c[name].type.compile(dialect) for name in columns)
    return ", ".join(f"%s::{kind.partition('(')[0]}[]" for kind in types)


def _named(table: Table, columns: Sequence[str], dialect: Any) -> str:
    prepare = dialect.identifier_preparer
    return f"{prepare.format_table(table)} ({', '.join(prepare.quote(name) for name in columns)})"


def _fitting(
    table: Table, columns: Sequence[str], dialect: Any
) -> Callable[[Sequence[Sequence[Any]]], list[tuple[Any, ...]]]:
    """Turns values into what the driver takes, as the columns' types would; each distinct value once, but for JSON."""
    types = [table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in columns]
    is_json = [isinstance(table.c[name].type, JSON) for name in columns]
    processes = [(place, process) for place, process in enumerate(types) if process is not None]
    documents = [(place, process) for place, process in processes if is_json[place]]
    changing: list[tuple[int, Callable[[Any], Any], dict[Any, Any]]] = [
        (place, process, {}) for place, process in processes if not is_json[place]
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
            for place, to_json in documents:
                row[place] = to_json(row[place])
            fitted.append(tuple(row))
        return fitted

    return fit
