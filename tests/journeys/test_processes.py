"""The processes of one hub: what they hold in memory, and what becomes of them when one dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.memory import AT_MOST, megabytes
from tests.peers.processes import answers_http, free_port, running

COMMAND = [sys.executable, "-m", "advocacy", "serve"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Of a hub of its own."""
    return {
        "DATA_DIR": str(tmp_path / "hub"),
        "PORT": str(free_port()),
        "HOST": "127.0.0.1",
        "DATABASE_URL": "",
        "LOG_LEVEL": "info",
    }


@pytest.fixture
def hub(environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process that was started, once its pages are there."""
    url = f"http://127.0.0.1:{environment['PORT']}/sign-in"
    with running(
        COMMAND, ready=answers_http(url), log=tmp_path / "log", seconds=120, environment=environment
    ) as process:
        yield process


def family(process: int) -> dict[str, list[int]]:
    """The names of all who descend from a process, with their numbers."""
    named: dict[str, list[int]] = {}
    waiting = [process]
    while waiting:
        one = waiting.pop()
        try:
            children = Path(f"/proc/{one}/task/{one}/children").read_text().split()
            name = Path(f"/proc/{one}/comm").read_text().strip()
        except OSError:
            continue
        waiting += map(int, children)
        if one != process:
            named.setdefault(name, []).append(one)
    return named


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    """Waits for it."""
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.1)


def is_there(process: int) -> bool:
    """Whether it lives, other than as a name in a list."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked, and the kernel tells less")
def test_processes_share_what_is_loaded_come_back_and_end_with_their_parent(hub):
    until(lambda: {"hub web", "hub clock", "hub worker"} <= family(hub.pid).keys())
    time.sleep(3)  # until each has begun its jobs
    held = {name: [megabytes(one) for one in those] for name, those in family(hub.pid).items()}
    assert max(most for each in held.values() for most in each) <= AT_MOST, held

    [worker] = family(hub.pid)["hub worker"]
    os.kill(worker, signal.SIGKILL)
    until(lambda: family(hub.pid).get("hub worker", [worker]) != [worker])

    [web] = [one for one in family(hub.pid)["hub web"] if Path(f"/proc/{one}/task/{one}/children").read_text()]
    pages = [one for each in family(web).values() for one in each]
    assert pages
    os.kill(web, signal.SIGKILL)
    until(lambda: not any(map(is_there, pages)))
    until(lambda: set(family(hub.pid).get("hub web", [])) - {web, *pages})

    those = [one for each in family(hub.pid).values() for one in each]
    hub.kill()
    until(lambda: not any(map(is_there, those)))


def test_a_port_that_is_taken_is_told_and_nothing_starts(hub, environment, tmp_path):
    second = subprocess.run(
        COMMAND,
        env={**os.environ, **environment, "DATA_DIR": str(tmp_path / "second")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert second.returncode == 1
    assert "another program has the port" in second.stdout + second.stderr
    assert hub.poll() is None
