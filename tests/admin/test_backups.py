"""A backup holds everything, and what it brings back is never posted twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from advocacy import migrating
from advocacy.admin import backups
from advocacy.base.db import Database
from advocacy.library.models import ContentItem
from advocacy.sharing import restoring
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.tables import metadata


@pytest.fixture
def empty(request, database_url, tmp_path):
    """A database of the same kind with nothing in it, and a new data folder."""
    url = (
        f"sqlite:///{tmp_path / 'new' / 'hub.db'}"
        if database_url.startswith("sqlite")
        else request.getfixturevalue("fresh_postgres_url")
    )
    db = Database(url)
    yield db, tmp_path / "new"
    db.dispose()


def test_everything_comes_back(db, make, settings, clock, tmp_path, empty):
    make.item("Wind farm")
    picture = settings.data_dir / "media" / "ab" / "abc.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"picture")
    file = tmp_path / "hub.tar.gz"
    backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    assert file.stat().st_mode & 0o077 == 0
    new, folder = empty
    assert backups.restore(new, data_dir=folder, source=file) == clock.now()
    with new.reading() as session:
        assert session.query(ContentItem).one().title == "Wind farm"
    assert (folder / "media" / "ab" / "abc.png").read_bytes() == b"picture"


def test_a_backup_never_overwrites_and_a_restore_never_mixes(db, make, settings, clock, tmp_path, empty):
    file = tmp_path / "hub.tar.gz"
    backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    with pytest.raises(backups.BackupFailed, match="is there already"):
        backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    with pytest.raises(backups.BackupFailed):
        backups.restore(db, data_dir=settings.data_dir, source=file)
    (tmp_path / "nonsense").write_text("no backup")
    new, folder = empty
    with pytest.raises(backups.BackupFailed, match="not a backup"):
        backups.restore(new, data_dir=folder, source=tmp_path / "nonsense")


def test_what_may_have_gone_out_since_the_backup_is_asked_not_sent(db, make, clock):
    kari = make.user("Kari")
    waiting = {"state": ShareState.SCHEDULED, "published_at": None, "proof": Proof.NONE}
    due = make.share(kari, **waiting, next_attempt_at=clock.now())
    later = make.share(
        kari,
        **{**waiting, "due_at": clock.now() + timedelta(days=1), "next_attempt_at": clock.now() + timedelta(days=1)},
    )
    clock.move(minutes=30)
    with db.transaction() as session:
        assert restoring.settle(session, clock) == 1
    with db.reading() as session:
        assert session.get(Share, due.id).state is ShareState.UNCONFIRMED
        assert session.get(Share, due.id).next_attempt_at is None
        assert session.get(Share, later.id).state is ShareState.SCHEDULED


def test_a_restored_hub_is_migrated(db, settings, clock, tmp_path, empty):
    with db.engine.begin() as connection:
        metadata.drop_all(connection)
    migrating.upgrade(db)
    file = tmp_path / "hub.tar.gz"
    backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    new, folder = empty
    backups.restore(new, data_dir=folder, source=file)
    assert migrating.is_current(new)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
