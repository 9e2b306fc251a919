"""Notices a proxy in front that the settings do not know of: else all visitors would count as one address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from advocacy.base.addresses import is_public
from advocacy.base.clock import Clock

log = structlog.get_logger()

MARK = "unheeded-proxy"
AGAIN_AFTER = 600.0
"""Seconds between two marks of one process."""
RECENT = timedelta(hours=24)

App = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Noticing:
    """A layer around the application while no proxy is trusted. It changes nothing.

    Requests that carry `X-Forwarded-For` and come from this machine or its network were passed on by a proxy. From
    an address of the internet the header may be anybody's invention, and is not taken for a sign.

    Args:
        app: what answers.
        data_dir: where the mark is kept, so that `doctor` sees it too.
        clock: tells when.
    """

    def __init__(self, app: App, data_dir: Path, clock: Clock) -> None:
        self._app = app
        self._mark = data_dir / MARK
        self._clock = clock
        self._again = 0.0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers as the application does."""
        if "HTTP_X_FORWARDED_FOR" in environ and time.monotonic() >= self._again:
            self._note(environ.get("REMOTE_ADDR", ""))
        return self._app(environ, start_response)

    def _note(self, peer: str) -> None:
        if is_public(peer):
            return
        self._again = time.monotonic() + AGAIN_AFTER
        try:
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            self._mark.write_text(self._clock.now().isoformat())
        except OSError as error:  # a visitor must not suffer from it; the disk has a finding of its own
            log.warning("the mark of an unheeded proxy could not be written", error=str(error))


def was_noticed(data_dir: Path, *, now: datetime) -> bool:
    """Whether a proxy that no setting names passed requests on within the last day."""
    try:
        marked = datetime.fromisoformat((data_dir / MARK).read_text())
    except (OSError, ValueError):  # none, or one that is being written at this moment
        return False
    return now - marked < RECENT
