"""From the journal into the database: how many clicks a second one importer brings in, on both databases."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from advocacy.reach import importing
from advocacy.reach.journal import FOLDER, Journal, Line
from config import Settings
from tests.factories import Factory

from .servers import postgres_server

CLICKS = 20_000
SHARES = 100
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"


def main() -> None:
    """Print clicks a second; each click is another visitor's first, which is the most work a click can make."""
    print("Importing the click journal, one importer; every click a new visitor's.\n")
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        _measure("SQLite", "", Path(folder))
    with postgres_server() as server, scratch_database(server) as url, tempfile.TemporaryDirectory() as folder:
        _measure("PostgreSQL", url, Path(folder))


def _measure(name: str, url: str, folder: Path) -> None:
    house = build_house(Settings(data_dir=folder, database_url=url))
    migrating.upgrade(house.db)
    links = _links(house)
    journal = Journal(folder / FOLDER)
    now = int((house.clock.now() - timedelta(minutes=1)).timestamp() * 1000)
    for number in range(CLICKS):
        who = f"{number:024x}"
        journal.append(Line(now + number // 1000, links[number % SHARES], "GET", who, who[-16:], "", "", "", FIREFOX))
    journal.close()
    began = time.perf_counter()
    added = importing.keep_up(house.db, house.clock, directory=folder / FOLDER)
    seconds = time.perf_counter() - began
    house.db.dispose()
    if added != CLICKS:
        raise SystemExit(f"{added} of {CLICKS} clicks were imported.")
    print(f"{name:<11} {added / seconds:>8,.0f} clicks/s")


def _links(house: House) -> list[int]:
    make = Factory(house)
    user, item, yesterday = make.user(), make.item(), house.clock.now() - timedelta(days=1)
    shares = [make.share(user, item, published_at=yesterday, created_at=yesterday) for _ in range(SHARES)]
    return [share.link_id for share in shares if share.link_id is not None]


@contextmanager
def scratch_database(server: str) -> Iterator[str]:
    """A new database of its own, dropped at the end."""
    name = f"bench_{os.getpid()}"
    admin = create_engine(make_url(server).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


if __name__ == "__main__":
    main()
