"""Brings the database to this version of the hub, and makes new revisions."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from advocacy.base.db import Database

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def _config(db: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["db"] = db
    return config


def upgrade(db: Database, *, to: str = "head") -> None:
    """Runs what is missing up to a revision."""
    command.upgrade(_config(db), to)


def downgrade(db: Database, *, to: str) -> None:
    """Runs back down to a revision; `base` empties the database."""
    command.downgrade(_config(db), to)


def check(db: Database) -> None:
    """Compares tables and migrations.

    Raises:
        alembic.util.CommandError: they differ.
    """
    command.check(_config(db))


def is_current(db: Database) -> bool:
    """Whether the database is at the newest revision of this version."""
    newest = ScriptDirectory.from_config(_config(db)).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


def new_revision(db: Database, *, message: str, revision_id: str) -> None:
    """Writes a new revision from the difference between tables and database."""
    command.revision(_config(db), message=message, autogenerate=True, rev_id=revision_id)
