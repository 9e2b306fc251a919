"""What runs: a small parent with the web server, one clock and one worker as its children."""

from __future__ import annotations

import gc
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from advocacy import jobs
from advocacy.app import build_house
from advocacy.base import leases, logs, processes
from advocacy.base.house import House
from advocacy.tasks import Tasks
from config import Settings

log = structlog.get_logger()

STOP_WITHIN = 30.0
"""Seconds that a process gets to bring its work to an end."""
_CHILDREN: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
"""A fork shares what is loaded; elsewhere than on Linux, system libraries do not stand it."""
LEAD_FOR = 8.0
"""Seconds a clock leads after its last renewal; another takes over within this time plus one renewal."""


def web(settings: Settings) -> None:
    """Runs the web server until it is told to stop."""
    Granian(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.web_processes,
        blocking_threads=settings.web_threads,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=int(STOP_WITHIN),
        log_level=LogLevels.warning,
        process_name=None,
    ).serve()


def clock(house: House) -> None:
    """Runs the timetable of things that must happen once. Of several clocks one leads; the others wait."""
    me = process_name("clock")
    leading = threading.Event()

    def renew() -> None:
        try:
            holds = leases.hold(house.db, name="clock", owner=me, seconds=LEAD_FOR)
            leases.beat(house.db, process=me, kind="clock")
        except Exception:
            log.exception("the clock cannot reach the database; it does not lead until it can")
            holds = False
        if holds != leading.is_set():
            log.info("this clock leads" if holds else "another clock leads")
        leading.set() if holds else leading.clear()

    _run(house, jobs.CLOCK, every_tick=renew, may_run=leading.is_set)


def worker(house: House) -> None:
    """Does the work that is due: publishing, reading, fetching, sending. Any number may run at once."""
    me = process_name("worker")

    def beat() -> None:
        try:
            leases.beat(house.db, process=me, kind="worker")
        except Exception:
            log.exception("the worker cannot reach the database; it goes on trying")

    house.part(Tasks).receive(house)
    _run(house, jobs.WORKER, every_tick=beat, may_run=lambda: True)
    house.part(Tasks).end()


def process_name(kind: str) -> str:
    """A name that no other process has, even after a restart with the same number."""
    return f"{kind}@{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def _run(
    house: House, timetable: Sequence[jobs.Job], *, every_tick: Callable[[], None], may_run: Callable[[], bool]
) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    every_tick()
    scheduler = jobs.start(house, tuple(timetable), may_run=may_run)
    while not stop.wait(2.0):
        every_tick()
    scheduler.shutdown(wait=True)


@dataclass
class Child:
    """A process of ours that is started again when it dies.

    Args:
        name: for the log and for whoever lists processes.
        run: what it does until it is told to stop.
        settings: what it is given.
    """

    name: str
    run: Callable[[Settings], None]
    settings: Settings
    process: BaseProcess | None = None
    born: float = 0.0
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Starts it; it is ended by the kernel should this parent be killed."""
        self.born = time.monotonic()
        self.process = _CHILDREN.Process(target=_live, args=(self, os.getpid()), name=self.name)
        self.process.start()

    def is_gone(self) -> bool:
        """Whether it has ended by itself."""
        return self.process is not None and not self.process.is_alive()


def _live(child: Child, parent: int) -> None:
    os.setsid()  # Ctrl-C at the terminal is the parent's to act on
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)
    processes.be_called(f"hub {child.name}")
    if not processes.end_with(parent):
        return
    logs.set_up(level=child.settings.log_level, as_json=child.settings.log_format == "json")
    child.run(child.settings)


def _clock(settings: Settings) -> None:
    clock(build_house(settings))


def _worker(settings: Settings) -> None:
    worker(build_house(settings))


def serve(settings: Settings, *, with_clock: bool, with_worker: bool, when_ready: Callable[[], None]) -> int:
    """Runs the hub until SIGINT or SIGTERM.

    Args:
        settings: from the environment; children read the same.
        with_clock: whether a clock runs beside the web server.
        with_worker: whether a worker does.
        when_ready: called once, when the web server takes connections.

    Returns:
        The exit status: 0 when told to stop, 1 when the web server could not start.
    """
    if not _is_free(settings):
        log.error(
            "another program has the port; choose another one with PORT", host=settings.host, port=settings.port
        )
        return 1
    children = [Child("web", web, settings)]
    children += [Child("clock", _clock, settings)] if with_clock else []
    children += [Child("worker", _worker, settings)] if with_worker else []
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    # What this process has loaded is theirs too, in the same memory as long as nobody changes it: the collector must
    # not write to it.
    gc.collect()
    gc.freeze()
    for child in children:
        child.start()
    ready = False
    status = 0
    while not stop.wait(0.2):
        for child in children:
            if not child.is_gone():
                continue
            if child.name == "web" and not ready:
                log.error(
                    "the web server could not start; is the port taken?", host=settings.host, port=settings.port
                )
                status = 1
                stop.set()
                break
            _start_again(child)
        if not ready and not stop.is_set() and _answers(settings):
            ready = True
            when_ready()
    _end(children)
    return status


def _start_again(child: Child) -> None:
    now = time.monotonic()
    child.deaths = [moment for moment in child.deaths if moment > now - 60] + [now]
    if len(child.deaths) > 1 and now - child.born < min(30, 2 ** len(child.deaths)):
        return  # it dies at once again and again: wait longer each time
    log.warning("a process ended and is started again", process=child.name)
    child.start()


def _is_free(settings: Settings) -> bool:
    """Whether nobody listens there. The web server would share the port with whoever does, and get half the visitors."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as there:
        there.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            there.bind((settings.host, settings.port))
        except OSError:
            return False
    return True


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    try:
        socket.create_connection((host, settings.port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None and child.process.is_alive()]
    for process in running:
        process.terminate()
    until = time.monotonic() + STOP_WITHIN
    for process in running:
        process.join(timeout=max(0.1, until - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
