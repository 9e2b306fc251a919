"""How Alembic reaches the hub's database and tables."""

from __future__ import annotations

from alembic import context

from advocacy import tables
from advocacy.base.db import Database

config = context.config


def run() -> None:
    """Migrates the database that the command line or a test handed over."""
    db: Database = config.attributes["db"]
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=db.is_sqlite,
            compare_type=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
