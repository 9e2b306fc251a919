"""One file that holds everything: the database, the pictures, the keys, the clicks not yet counted.

The salts of visitors stay out: they are destroyed within 48 hours so that nobody can be recognised by them, and a
copy would outlive that. A restored hub makes new ones.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from advocacy.base.db import Database
from advocacy.library import film_uploads
from advocacy.reach.models import DailySalt

FOLDERS = ("media", "keys", "clicks", "mail")
"""What is taken along from the data folder, where it is there."""
SALTS = DailySalt.__tablename__
DATABASE = {"sqlite": "database.sqlite", "postgresql": "database.pgdump"}


class BackupFailed(Exception):
    """It could not be done; says why and what to do."""


def write(db: Database, *, data_dir: Path, target: Path, now: datetime) -> int:
    """Writes a backup while the hub runs.

    The database comes first and is consistent in itself; pictures are only ever added, so those it names are there.

    Args:
        db: what is saved.
        data_dir: pictures, keys and journals.
        target: a file that does not exist yet; it appears when it is complete, readable by its owner alone.
        now: written into it.

    Returns:
        Bytes of the file.

    Raises:
        BackupFailed: the file is there already, or the database's own tool failed.
    """
    if target.exists():
        raise BackupFailed(f"{target} is there already. Choose another name, or move it away.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive, _dump(db) as dumped:
            kind = "sqlite" if db.is_sqlite else "postgresql"
            _add_text(
                archive, "backup.json", json.dumps({"version": 1, "database": kind, "made_at": now.isoformat()})
            )
            archive.add(dumped, arcname=DATABASE[kind])
            for folder in FOLDERS:
                if (data_dir / folder).is_dir():
                    archive.add(data_dir / folder, arcname=f"data/{folder}", filter=_without_arriving)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(db: Database, *, data_dir: Path, source: Path) -> datetime:
    """Brings a backup back into an empty hub.

    Args:
        db: an empty database of the same kind.
        data_dir: an empty or new folder; the database may be in it.
        source: a file that `write` made.

    Returns:
        When the backup was made. What was planned before now must be settled by `sharing.restoring`.

    Raises:
        BackupFailed: it is not a backup, not of this kind of database, or there is something there already.
    """
    if not source.is_file():
        raise BackupFailed(f"There is no file {source}.")
    with tempfile.TemporaryDirectory(prefix="hub-restore-") as folder:
        unpacked = Path(folder)
        try:
            with tarfile.open(source) as archive:
                archive.extractall(unpacked, filter="data")
            facts = json.loads((unpacked / "backup.json").read_text())
        except (tarfile.TarError, OSError, ValueError) as error:
            raise BackupFailed(f"{source} is not a backup of the hub: {error}") from error
        kind = "sqlite" if db.is_sqlite else "postgresql"
        if facts["database"] != kind:
            raise BackupFailed(f"This backup is of {facts['database']}, but DATABASE_URL names {kind}.")
        _load(db, unpacked / DATABASE[kind])
        for name in FOLDERS:
            if (unpacked / "data" / name).is_dir():
                shutil.copytree(unpacked / "data" / name, data_dir / name, dirs_exist_ok=True)
    return datetime.fromisoformat(facts["made_at"])


def _without_arriving(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leaves out films that are still on their way in: they change meanwhile, and a person brings them again."""
    return None if entry.name == f"data/media/{film_uploads.FOLDER}" else entry


@contextmanager
def _dump(db: Database) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hub-backup-") as folder:
        target = Path(folder) / "dump"
        if db.is_sqlite:
            with closing(sqlite3.connect(str(db.url.database))) as live, closing(sqlite3.connect(target)) as copy:
                live.backup(copy)
                _without_salts(copy)
        else:
            _run(db, "pg_dump", "--format=custom", f"--exclude-table-data={SALTS}", f"--file={target}")
        yield target


def _without_salts(copy: sqlite3.Connection) -> None:
    """Takes the salts out of a copy, their bytes included: a plain DELETE leaves those in the file."""
    copy.execute("PRAGMA journal_mode = OFF")
    copy.execute("PRAGMA secure_delete = ON")
    if copy.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (SALTS,)).fetchone():
        copy.execute(f"DELETE FROM {SALTS}")  # noqa: S608 - our own table's name
        copy.commit()


def _load(db: Database, dump: Path) -> None:
    if db.is_sqlite:
        path = Path(str(db.url.database))
        if path.exists():
            raise BackupFailed(f"{path} is there already. Restore into an empty DATA_DIR.")
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(dump, path)
        return
    with db.engine.connect() as connection:
        filled = connection.exec_driver_sql(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()"
        ).scalar_one()
    if filled:
        raise BackupFailed("The database is not empty. Restore into a new one.")
    _run(db, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={db.url.database}", str(dump))


def _run(db: Database, program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupFailed(f"{program} is not installed. On Debian: apt-get install postgresql-client")
    url = db.url
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": str(url.password) if url.password else None,
        "PGDATABASE": url.database,
    }
    environment = {**os.environ, **{name: str(value) for name, value in given.items() if value}}
    done = subprocess.run([found, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise BackupFailed(f"{program} failed: {done.stderr.strip()}")


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(text.encode())
    archive.addfile(entry, io.BytesIO(text.encode()))
