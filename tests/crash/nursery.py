"""Makes worker processes quickly: imports everything once, then forks one for each line it reads.

A worker has its own database connections and takes its own leases. It does what `publishing.tick` does, until nothing
is due; at the step it was told it kills itself with SIGKILL.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from datetime import datetime
from typing import Any

import psycopg  # noqa: F401 - a worker of PostgreSQL finds it loaded
from sqlalchemy.orm import configure_mappers

from advocacy.base import logs
from advocacy.sharing import publishing
from advocacy.tasks import Tasks
from connectors._registry import connector_classes
from tests.crash.parts import hub


def work(order: dict[str, Any]) -> None:
    """One worker's life."""

    def step(name: str) -> None:
        if name == order["dies"]:
            os.kill(os.getpid(), signal.SIGKILL)

    house = hub(
        database_url=order["database_url"],
        folder=order["folder"],
        settings=order["settings"],
        now=datetime.fromisoformat(order["now"]),
        step=step,
    )
    step("before claim")
    for _ in range(order["ticks"]):
        publishing.tick(house)
        tasks = house.part(Tasks)
        if not tasks.wait(60, free=tasks.threads):
            raise TimeoutError("what was begun does not end")
    tasks.end()
    house.db.dispose()


def main() -> None:
    """Reads orders, answers with how each worker ended."""
    configure_mappers()  # once, and not by each worker in its short life
    connector_classes()
    logs.set_up(level="warning", as_json=False)  # to standard error: the answers go to standard output
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(
            json.dumps({"killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, "status": status})
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
