"""What changes seldom, remembered by each process until it changes: no question to the database but which edition stands.

A table whose rows are read by every page and changed now and then says so (`REMEMBERED`). Whoever changes such a table
gives the database a new mark in the same transaction, just before it is committed. A process keeps what it worked out
under the mark it read first; a request that reads another mark starts afresh. So a change is seen by the next request of
every process, on any machine, and what was rolled back is seen by none.
"""

from __future__ import annotations

import re
import secrets
from typing import Any, cast

from sqlalchemy import Engine, ScalarSelect, String, event, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from advocacy.base.db import WRITE, Base, GuardedSession, upsert
from advocacy.base.memory import MEMORY, Memory

REMEMBERED = "remembered"
"""In a table's `info`: processes remember its rows. Only for tables that are not written by COPY (`base.bulk`)."""
_MARK = "edition mark"
_CHANGED = "edition changed"
_WRITES = re.compile(r'\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE)


class Edition(Base):
    """The mark of what changes seldom: one row."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(32))
    """Random, so that none comes back: neither after a change was undone nor after a backup was restored."""


def current() -> ScalarSelect[str]:
    """The mark that stands, as a column of another query."""
    return select(Edition.mark).where(Edition.id == 1).scalar_subquery()


def is_read(session: Session, mark: str | None) -> None:
    """Notes the mark that this session read, for the rest of its transaction: it need not be asked for again."""
    session.info[_MARK] = mark or ""


def kept(session: Session) -> dict[str, Any]:
    """What this process remembers under the mark that stands; to be read and added to.

    What is put in must follow from tables that are `REMEMBERED` alone, or hold in its key all that it follows from.
    In a transaction that writes nothing is remembered: an empty dictionary comes back, since what it reads may never
    be committed.
    """
    if session.info.get(WRITE):
        return {}
    if _MARK not in session.info:
        is_read(session, session.scalar(select(Edition.mark).where(Edition.id == 1)))
    mark = session.info[_MARK]
    return memory(session).under(mark)


def memory(session: Session) -> Memory:
    """This process's memory of the session's database."""
    return cast(Memory, session.info[MEMORY])


@event.listens_for(Engine, "before_cursor_execute")
def _notice(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if statement.startswith("SELECT"):
        return
    found = _WRITES.match(statement)
    table = Base.metadata.tables.get(found[1]) if found else None
    if table is not None and table.info.get(REMEMBERED):
        connection.info[_CHANGED] = True


@event.listens_for(GuardedSession, "before_commit")
def _renew(session: Session) -> None:
    if session.get_nested_transaction() is not None:
        return
    session.flush()
    session.info.pop(_MARK, None)
    connection = session.connection()
    if not connection.info.pop(_CHANGED, False):
        return
    mark = secrets.token_hex(16)
    connection.execute(
        upsert(connection, Edition)
        .values(id=1, mark=mark)
        .on_conflict_do_update(index_elements=["id"], set_={"mark": mark})
    )


@event.listens_for(GuardedSession, "after_soft_rollback")
def _forget(session: Session, _transaction: Any) -> None:
    session.info.pop(_MARK, None)
