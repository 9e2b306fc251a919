"""Web processes killed under click load: visitors who were sent on and are not counted, or are counted twice."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.crash import test_clicks

KILLS = int(os.environ.get("BENCH_KILLS", "30"))


def main() -> None:
    """Run the test of that with more kills; it raises when a click is lost or counted twice."""
    test_clicks.KILLS = KILLS
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="advocacy-bench-", ignore_cleanup_errors=True) as folder:
        test_clicks.test_every_visitor_who_was_sent_on_is_counted_once_though_web_processes_are_killed(Path(folder))
    print(
        f"Answered 302 and not counted, or counted twice, over {KILLS} kills: 0 ({time.monotonic() - began:.0f} s)."
    )


if __name__ == "__main__":
    main()
