"""Where background work runs: a pool of threads in the worker. The row in the database decides who owns a piece."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

import structlog

log = structlog.get_logger()


class Tasks:
    """A pool of threads.

    Args:
        threads: how many pieces of work run at once, 1 or more.
    """

    def __init__(self, *, threads: int) -> None:
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="task")
        self._threads = threads
        self._running: set[Future[Any]] = set()
        self._lock = threading.Lock()

    @property
    def free(self) -> int:
        """How many pieces could start at once now; claim no more than that."""
        return max(0, self._threads - len(self._under_way()))

    def start(self, work: Callable[..., object], *args: Any) -> None:
        """Runs a piece of work soon. An error in it is logged; its row's lease runs out and says the rest."""
        with self._lock:
            self._running.add(self._pool.submit(self._guarded, work, *args))

    def wait(self, seconds: float) -> None:
        """Waits until a piece of what runs now comes to its end, or nothing runs.

        Args:
            seconds: how long at most, 0 or more.
        """
        wait(self._under_way(), timeout=seconds, return_when=FIRST_COMPLETED)

    def _under_way(self) -> set[Future[Any]]:
        with self._lock:
            self._running = {future for future in self._running if not future.done()}
            return set(self._running)

    def _guarded(self, work: Callable[..., object], *args: Any) -> None:
        try:
            work(*args)
        except Exception:
            log.exception("background work failed", work=getattr(work, "__name__", str(work)))

    def end(self) -> None:
        """Lets what runs come to its end."""
        self._pool.shutdown(wait=True)
