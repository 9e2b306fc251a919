"""From the journal into the database of a large company: how many clicks a second one importer brings in."""

import os
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from advocacy.base.house import House
from advocacy.reach import importing
from advocacy.reach.journal import FOLDER, Journal, Line
from benchmarks import company
from benchmarks.filled import NAMES, copied
from benchmarks.results import say
from tests.factories import Factory

CLICKS = 60_000
WARMING = 10_000
"""Clicks before those that are measured: programs and databases do at their first what they never do again."""
SHARES = 100
PROGRAM = "curl/8.5.0"
CHANCE = random.Random(11)
"""Hashes come in no order, and indexes of them fill as badly as that."""
AIMS = {"SQLite": 45_000, "PostgreSQL": 50_000}
ALONE = 200
"""Clicks that are imported one by one, for comparison."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"


def main() -> None:
    """Print clicks a second; each click is another visitor's, from another address: the most work a click can make."""
    print(
        f"Importing the click journal into {company.CLICKS:,} clicks, one importer; every click a new visitor's "
        f"(target {AIMS['PostgreSQL']:,}; {AIMS['SQLite']:,} on SQLite).\n"
    )
    for name in NAMES:
        with copied(name) as (house, folder):
            _measure(name, house, folder)


def _measure(name: str, house: House, folder: Path) -> None:
    links = make_links(house, SHARES)
    write(house, folder, links, WARMING)
    importing.keep_up(house.db, house.clock, directory=folder / FOLDER)
    write(house, folder, links, CLICKS)
    backends = _backends(house)
    began, own, theirs = time.perf_counter(), time.process_time(), _processor_time(backends)
    added = importing.keep_up(house.db, house.clock, directory=folder / FOLDER)
    seconds, own = time.perf_counter() - began, time.process_time() - own
    theirs = _processor_time(backends) - theirs
    if added != CLICKS:
        raise SystemExit(f"{added} of {CLICKS} clicks were imported.")
    told = f"{added / seconds:>8,.0f} clicks/s by the clock"
    told += f"; {own / added * 1e6:.1f} us of the importer's processor time a click"
    if backends:
        told += f" and {theirs / added * 1e6:.1f} us of the database's"
    print(f"{name:<11} {told}: {added / (own + theirs):,.0f} a second of one processor", flush=True)
    alone = _one_by_one(house, folder, links)
    print(f"{'':<11} {alone:>8,.0f} clicks/s when each is a transaction of its own", flush=True)
    say(
        f"importer into {company.CLICKS:,} rows, {name}",
        f"{added / seconds:,.0f}/s by the clock, {added / (own + theirs):,.0f} a second of one processor",
        f">= {AIMS[name]:,}/s",
        is_met=added / seconds >= AIMS[name] if company.SIZE >= 1 else None,
        beside=f"{alone:,.0f}/s each a transaction of its own",
    )


def _one_by_one(house: House, folder: Path, links: Sequence[int]) -> float:
    """Clicks a second that come one at a time."""
    took = 0.0
    for _ in range(ALONE):
        write(house, folder, links, 1)
        began = time.perf_counter()
        importing.keep_up(house.db, house.clock, directory=folder / FOLDER)
        took += time.perf_counter() - began
    return ALONE / took


def write(house: House, folder: Path, links: Sequence[int], clicks: int) -> None:
    """Writes clicks into the journal: each another visitor's, from another address."""
    now = int((house.clock.now() - timedelta(minutes=1)).timestamp() * 1000)
    journal = Journal(folder / FOLDER)
    for number in range(clicks):
        who, source = f"{CHANCE.getrandbits(96):024x}", f"{CHANCE.getrandbits(64):016x}"
        agent = FIREFOX if number % 4 else PROGRAM
        link_id = links[number % len(links)]
        journal.append(Line(now + number // 1000, link_id, "GET", who, source, "", "", "", agent))
    journal.close()


def _backends(house: House) -> list[int]:
    if house.db.is_sqlite:
        return []
    with house.db.reading() as session:
        pids = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid IS NOT NULL")
        return list(session.scalars(pids))


def _processor_time(pids: Sequence[int]) -> float:
    """Seconds that processes of this machine have computed."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def make_links(house: House, count: int) -> list[int]:
    """Links of as many posts that went out yesterday."""
    make = Factory(house)
    user, item, yesterday = make.user(), make.item(), house.clock.now() - timedelta(days=1)
    shares = [make.share(user, item, published_at=yesterday, created_at=yesterday) for _ in range(count)]
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
