"""A backup holds everything, and what it brings back is never posted twice."""

from __future__ import annotations

import tarfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client

from advocacy import migrating
from advocacy.admin import backups
from advocacy.app import build_house, create_app
from advocacy.base.db import Database
from advocacy.base.sealing import Sealer
from advocacy.library import film_uploads
from advocacy.library.models import ContentItem
from advocacy.reach import importing, salts
from advocacy.reach.models import Click, DailySalt
from advocacy.sharing import restoring
from advocacy.sharing.models import Link, Proof, Share, ShareState
from advocacy.tables import metadata
from tests.reach.conftest import BROWSER, HOME, clicks, visit

__all__ = ["clicks", "visit"]


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
    arriving = settings.data_dir / "media" / film_uploads.FOLDER / "half.part"
    arriving.parent.mkdir(parents=True)
    arriving.write_bytes(b"half a film")
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
    assert not (folder / "media" / film_uploads.FOLDER).exists()


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


def test_the_salts_of_visitors_stay_out_of_a_backup(db, house, settings, clock, tmp_path, empty):
    salts.prepare(db, clock, house.part(Sealer))
    with db.reading() as session:
        sealed = [row.sealed for row in session.scalars(select(DailySalt))]
    file = tmp_path / "hub.tar.gz"
    backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    with tarfile.open(file) as archive:
        kept = b"".join(archive.extractfile(part).read() for part in archive if part.isfile())
    assert len(sealed) == 2
    assert not any(salt in kept for salt in sealed)
    new, folder = empty
    backups.restore(new, data_dir=folder, source=file)
    with new.reading() as session:
        assert session.scalars(select(DailySalt)).all() == []
    with db.reading() as session:
        assert [row.sealed for row in session.scalars(select(DailySalt))] == sealed, (
            "the hub itself goes on with its own"
        )


def test_a_restored_hub_counts_visitors_with_a_salt_of_its_own(
    db, house, make, settings, clock, tmp_path, empty, visit, clicks
):
    share = make.share(make.user())
    with db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    assert visit(code).status_code == 302
    importing.keep_up(db, clock, directory=clicks)
    file = tmp_path / "hub.tar.gz"
    backups.write(db, data_dir=settings.data_dir, target=file, now=clock.now())
    new, folder = empty
    backups.restore(new, data_dir=folder, source=file)

    restored = settings.model_copy(
        update={"data_dir": folder, "database_url": new.url.render_as_string(hide_password=False)}
    )
    house_again = build_house(restored, clock=clock)
    visitor = Client(create_app(restored, the_house=house_again), use_cookies=False)
    headers = dict(BROWSER)
    answers = [visitor.get(f"/r/{code}", headers=headers, environ_overrides={"REMOTE_ADDR": HOME}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    salts.tend(house_again)
    importing.keep_up(house_again.db, clock, directory=folder / "clicks")
    with house_again.db.reading() as session:
        found = session.execute(select(Click.is_human, Click.is_first_today).order_by(Click.id)).all()
        assert session.scalar(select(func.count()).select_from(DailySalt)) == 2
    house_again.db.dispose()
    assert found == [(True, True), (True, True), (True, False)], (
        "of the day of the restore a visitor may count once more"
    )
