"""Every migration runs up, down and up again on both databases, and agrees with the tables."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from advocacy import migrating
from advocacy.base.db import Database
from tests.peers.installed import PROJECT


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A database with nothing in it."""
    url = (
        f"sqlite:///{tmp_path / 'empty.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("fresh_postgres_url")
    )
    db = Database(url)
    yield db
    db.dispose()


def test_migrations_run_up_down_and_up_and_agree_with_the_tables(empty):
    migrating.upgrade(empty)
    migrating.check(empty)
    migrating.downgrade(empty, to="base")
    assert set(inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    migrating.upgrade(empty)
    migrating.check(empty)


def test_each_migration_follows_the_one_with_the_number_before():
    folder = ScriptDirectory(str(PROJECT / "migrations"))
    files = sorted(file.name for file in (PROJECT / "migrations/versions").glob("*.py"))
    line = list(folder.walk_revisions())[::-1]
    assert [one.revision for one in line] == [name[:4] for name in files]
    assert [one.down_revision for one in line] == [None, *(name[:4] for name in files[:-1])]
