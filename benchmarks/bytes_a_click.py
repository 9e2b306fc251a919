"""What a click takes on disk on PostgreSQL: its row and indexes, and its part in the days' sums and the event log."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlalchemy import text

from advocacy import migrating
from advocacy.app import build_house
from advocacy.base.house import House
from advocacy.reach import importing
from advocacy.reach.journal import FOLDER
from config import Settings
from tests.peers.databases import create_database, drop_database

from .importing import make_links, write
from .results import say
from .servers import postgres_server

CLICKS = 150_000
SHARES = 500
TARGET = 110
TABLES = {
    "click": "click rows with indexes",
    "reach_day": "days' sums",
    "filtered_day": "days' sums by rule",
    "event": "event log",
    "minute_sources": "addresses by minute",
}
SUMMED = ("click", "reach_day", "filtered_day")


def main() -> None:
    """Print bytes a click, by table."""
    print(f"Bytes a click on PostgreSQL, {CLICKS:,} clicks on {SHARES} links in a day (target {TARGET}).\n")
    with postgres_server() as server, tempfile.TemporaryDirectory() as folder:
        url = create_database(server)
        _measure(url, Path(folder))
        drop_database(server, url)


def _measure(url: str, folder: Path) -> None:
    house = build_house(Settings(data_dir=folder, database_url=url))
    migrating.upgrade(house.db)
    links = make_links(house, SHARES)
    before = _sizes(house)
    write(house, folder, links, CLICKS)
    importing.keep_up(house.db, house.clock, directory=folder / FOLDER)
    after = _sizes(house)
    house.db.dispose()
    for table, says in TABLES.items():
        print(f"  {says:<28} {(after[table] - before[table]) / CLICKS:7.1f}")
    click = sum(after[table] - before[table] for table in SUMMED) / CLICKS
    print(f"  {'click with sums':<28} {click:7.1f} (target {TARGET})\n", flush=True)
    of_row = (after["click"] - before["click"]) / CLICKS
    say(
        "a click with indexes and sums, PostgreSQL",
        f"{click:.0f} bytes",
        f"<= {TARGET} bytes",
        is_met=click <= TARGET,
        beside=f"{of_row:.0f} bytes of them row and indexes",
    )


def _sizes(house: House) -> dict[str, int]:
    query = text(
        "SELECT coalesce((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(CAST(:name AS regclass)) "
        "WHERE isleaf AND relid <> CAST(:name AS regclass)), pg_total_relation_size(CAST(:name AS regclass)))"
    )
    with house.db.reading() as session:
        return {table: int(session.scalar(query, {"name": table})) for table in TABLES}


if __name__ == "__main__":
    main()
