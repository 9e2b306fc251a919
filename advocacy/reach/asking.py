"""Asks the database beside the visitor's path: whoever is being redirected waits a moment at most."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import structlog

log = structlog.get_logger()

Answer = TypeVar("Answer")

PATIENCE = 0.5
"""Seconds a visitor may wait for the database when we know enough to go on without it."""
LONG_PATIENCE = 10.0
"""Seconds a visitor may wait when we know nothing yet: a process that has just begun, a link nobody followed here."""


class Away(Exception):
    """The database gave no answer in time, or an error."""


class Asking:
    """A side thread for short questions to the database. While one of them hangs, further ones are not asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid = 0
        self._thread: ThreadPoolExecutor | None = None
        self._hanging: Future[Any] | None = None

    def ask(self, question: Callable[[], Answer], *, patience: float) -> Answer:
        """What `question` returns.

        Args:
            question: put to the database in the side thread.
            patience: seconds to wait for the answer, above 0.

        Raises:
            Away: it did not answer in time, or failed; why is in the log.
        """
        hanging = self._hanging
        if hanging is not None and not hanging.done():
            raise Away
        future = self._pool().submit(question)
        try:
            return future.result(timeout=patience)
        except TimeoutError as error:
            self._hanging = future
            log.warning("the database does not answer; redirects go on with what is remembered")
            raise Away from error
        except Exception as error:
            log.warning("the database cannot be asked; redirects go on with what is remembered", error=str(error))
            raise Away from error

    def _pool(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._thread is None or self._pid != os.getpid():  # threads do not survive a fork
                self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="asking")
                self._pid, self._hanging = os.getpid(), None
            return self._thread
