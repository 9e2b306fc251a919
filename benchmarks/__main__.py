"""What `make bench` runs: each part a process of its own with a time limit, and a table of all targets at the end.

Usage: python -m benchmarks [full | small] [part ...]

`full` (unless said) is the size that targets are set for. `small` is for a quick look: everything is fewer, and the
figures say little. Parts are modules of this folder.
What is known so far stands in build/bench.json, from the first part on.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import versions
from benchmarks.results import TELL
from benchmarks.servers import KEPT, postgres_server, processor_seconds

LIMITS = {
    "redirect": 180,
    "kills": 600,
    "filled": 3600,
    "figures": 900,
    "importing": 900,
    "bytes_a_click": 300,
    "feed": 600,
    "claiming": 300,
    "publishing": 900,
    "recorded": 300,
    "pages": 900,
    "memory": 300,
    "starting": 180,
    "alignment": 60,
}
"""Seconds that each part may take. Filling is done once: a later run finds what an earlier one filled."""
SMALL = {
    "BENCH_SIZE": "0.02",
    "BENCH_KILLS": "3",
    "BENCH_SHARES": "1000",
    "BENCH_SECONDS": "5",
    "BENCH_CLAIMS": "2000",
    "BENCH_FEED": "1000,3000",
    "BENCH_COMPANY": "2000",
    "RECORDED_SECONDS": "3",
}
RESULTS = KEPT.parent / "bench.json"


def main(words: Sequence[str]) -> int:
    """Runs parts one after the other.

    Args:
        words: `full` or `small`, and names of parts; all of them when none is named.

    Returns:
        0, or 1 when a part failed. A target that is missed is no failure: it says so in the table.
    """
    wanted = [word for word in words if word not in ("full", "small")]
    if unknown := [word for word in wanted if word not in LIMITS]:
        print(f"No such part: {', '.join(unknown)}. There are {', '.join(LIMITS)}.", file=sys.stderr)
        return 2
    small = {name: value for name, value in SMALL.items() if name not in os.environ} if "small" in words else {}
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the part that is on ends with us
    about = versions.told()
    print("\n".join(about))
    if small:
        print("A small run: sizes and rounds are not those of the targets.")
    KEPT.mkdir(parents=True, exist_ok=True)
    run: dict[str, Any] = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "about": about}
    run |= {"is_small": bool(small), "parts": []}
    with postgres_server() as server:
        try:
            for name in wanted or LIMITS:
                print(f"\n— {name}", flush=True)
                run["parts"].append(_part(name, {**small, "DATABASE_URL": server}, server))
                _keep(run)
        except KeyboardInterrupt:
            print("\nStopped.")
    print(_table(run["parts"], is_small=bool(small)))
    return int(any(part["failed"] for part in run["parts"]))


def _part(name: str, environment: Mapping[str, str], server: str) -> dict[str, Any]:
    """Runs one, showing what it prints, and returns what it told."""
    before, theirs, began = os.getloadavg()[0], processor_seconds(server), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        told = Path(folder) / "told.jsonl"
        told.touch()
        failed, own = _finish(
            [sys.executable, "-m", f"benchmarks.{name}"], {**environment, TELL: str(told)}, LIMITS[name], print
        )
        rows = [json.loads(line) for line in told.read_text().splitlines()]
    took, after = time.monotonic() - began, processor_seconds(server)
    database = None if theirs is None or after is None else after - theirs
    print(f"  [{took:.0f} s by the clock; {own:.0f} s of processor time", end="")
    print("" if database is None else f" and {database:.0f} s of PostgreSQL's", end="")
    print(f"; load before {before:.1f}, after {os.getloadavg()[0]:.1f}]" + (f" failed: {failed}" if failed else ""))
    found = {"name": name, "failed": failed, "seconds": round(took, 1), "processor_seconds": round(own, 1)}
    found |= {"database_processor_seconds": database and round(database, 1), "load_before": before, "targets": rows}
    return found


def _finish(
    command: Sequence[str], environment: Mapping[str, str], limit: float, show: Callable[[str], None]
) -> tuple[str, float]:
    """Runs a command to its end or its time limit.

    Returns:
        Why it failed ("" when it did not), and the seconds of processor time of it and of those that it waited for.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, **environment},
        start_new_session=True,
    )
    assert process.stdout is not None
    lines = process.stdout
    last = deque[str](maxlen=50)

    def read() -> None:
        for line in lines:
            show(line.rstrip("\n"))
            sys.stdout.flush()
            last.append(line.strip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    late, until = "", time.monotonic() + limit
    try:
        while True:
            pid, status, used = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > until:
                # A minute to clear up; then it and its own are ended where they stand.
                os.killpg(process.pid, signal.SIGKILL if late else signal.SIGINT)
                late, until = f"not done within {limit:.0f} s", time.monotonic() + 60
            time.sleep(0.1)
    except KeyboardInterrupt:
        os.killpg(process.pid, signal.SIGINT)
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join(10)
    said = next((line for line in reversed(last) if line), f"ended with {process.returncode} and without a word")
    return late or (said if process.returncode else ""), used.ru_utime + used.ru_stime


def _keep(run: Mapping[str, Any]) -> None:
    new = RESULTS.with_suffix(".new")
    new.write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n")
    new.replace(RESULTS)


def _table(parts: Sequence[Mapping[str, Any]], *, is_small: bool) -> str:
    """All targets, side by side with what was measured beside them in the same run."""
    rows = [("target", "measured", "wanted", "", "beside it, in this run")]
    for part in parts:
        for row in part["targets"]:
            verdict = {True: "met", False: "missed", None: "not at this size"}[row["met"]]
            verdict = f"({verdict})" if is_small else verdict
            rows.append((row["what"], row["measured"], row["target"], verdict, row["beside"]))
        if part["failed"]:
            rows.append((part["name"], f"failed: {part['failed'][:100]}", "", "failed", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    lines.insert(1, "-" * (sum(widths) + 30))
    return "\n" + "\n".join(line.rstrip() for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
