"""The way out: what a tracked link costs beside a bare redirect and beside the same in Flask."""

import statistics
import tempfile
from pathlib import Path

from advocacy import migrating
from advocacy.app import build_house
from advocacy.reach.journal import FOLDER
from advocacy.sharing.models import Link
from config import Settings

from .load import Contender, compare, table
from .results import say
from .yardsticks import TARGET

CODE = "story"

BARE = "bare redirect (the ceiling)"
FLASK = "Flask view, nothing looked up or kept"
OURS = "tracked link, every click kept"


def main() -> None:
    """Print the comparison, and whether every click that was answered is in the journal."""
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        house = build_house(Settings(data_dir=Path(folder), database_url=""))
        migrating.upgrade(house.db)
        with house.db.transaction() as session:
            session.add(Link(code=CODE, target=TARGET, created_at=house.clock.now()))
        house.db.dispose()
        shots = compare(
            [
                Contender(BARE, "benchmarks.yardsticks:bare", f"/r/{CODE}", {}),
                Contender(FLASK, "benchmarks.yardsticks:flask", f"/r/{CODE}", {}),
                Contender(
                    OURS, "wsgi:app", f"/r/{CODE}", {"DATA_DIR": folder, "DATABASE_URL": "", "LOG_LEVEL": "warning"}
                ),
            ]
        )
        kept = sum(file.read_bytes().count(b"\n") for file in (Path(folder) / FOLDER).rglob("*") if file.is_file())
    answered = sum(shot.requests for shot in shots[OURS])
    print("Redirect, one worker each, in turns; medians.\n")
    print(table(shots, by=BARE))
    bare, flask, ours = (statistics.median(shot.cpu_us for shot in shots[name]) for name in (BARE, FLASK, OURS))
    print(f"\nBy processor time a request: {bare / ours:.2f} of the bare redirect (wanted: 0.80),", end=" ")
    print(f"{flask / ours:.1f} times the Flask view (wanted: 5).")
    rate = {name: statistics.median(shot.per_second for shot in row) for name, row in shots.items()}
    p99 = {name: statistics.median(shot.p99_ms for shot in row) for name, row in shots.items()}
    what = "redirect, click kept, one process"
    say(
        f"{what}: of a bare redirect",
        f"{bare / ours:.2f} by processor time, {rate[OURS] / rate[BARE]:.2f} by the clock",
        ">= 0.80",
        is_met=bare / ours >= 0.8,
        beside=f"{rate[BARE]:,.0f}/s bare WSGI on the same server",
    )
    say(
        f"{what}: times a Flask view",
        f"{flask / ours:.1f} by processor time, {rate[OURS] / rate[FLASK]:.1f} by the clock",
        ">= 5",
        is_met=flask / ours >= 5,
        beside=f"{rate[FLASK]:,.0f}/s Flask view that keeps nothing",
    )
    say(
        f"{what}: p99",
        f"{p99[OURS]:.1f} ms, {p99[OURS] / p99[BARE]:.1f} times",
        "<= 2.5 times the bare one's",
        is_met=p99[OURS] <= 2.5 * p99[BARE],
        beside=f"{p99[BARE]:.1f} ms bare WSGI",
    )
    print(
        f"\n{answered:,} measured redirects answered; {kept:,} clicks in the journal, those of the warming-up included."
    )
    if kept < answered:
        raise SystemExit("Clicks were lost.")


if __name__ == "__main__":
    main()
