"""How Alembic reaches the hub's database and tables."""

from __future__ import annotations

import re
from typing import Any

from alembic import context
from sqlalchemy import BigInteger

from advocacy import tables
from advocacy.base.db import Database, UtcDateTime
from advocacy.reach.rule_codes import RuleName

config = context.config


def render(kind: str, thing: object, autogen_context: Any) -> str | bool:
    """Writes our own column types as plain ones, so that an old revision never depends on today's code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, RuleName):
        return "sa.String(40)"
    if kind == "type" and getattr(thing, "_variant_mapping", None):
        if isinstance(thing, BigInteger):
            return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def compares(_thing: object, name: str | None, kind: str, _is_reflected: bool, _other: object) -> bool:
    """What is compared with the tables: not what clicks by month make different on PostgreSQL alone (docs/adr/0012)."""
    if kind == "table":
        return re.fullmatch(r"click_(rest|\d{4}_\d{2})", name or "") is None
    return not (kind == "index" and name == "ix_click_day" and not config.attributes["db"].is_sqlite)


def run() -> None:
    """Migrates the database that the command line or a test handed over."""
    db: Database = config.attributes["db"]
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=db.is_sqlite,
            compare_type=True,
            render_item=render,
            include_object=compares,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
