"""Servers that the tests start as child processes: on loopback, on a free port, ended by process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers_http(url: str) -> Callable[[], bool]:
    """A health check: whether this address gives any answer below 500."""

    def check() -> bool:
        try:
            return requests.get(url, timeout=5, allow_redirects=False).status_code < 500
        except requests.RequestException:
            return False

    return check


def listens(port: int) -> Callable[[], bool]:
    """A health check: whether something accepts connections on this port of 127.0.0.1."""

    def check() -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", port)) == 0

    return check


def dying_with_us(command: Sequence[str | Path], *, user: str | None, last_signal: str) -> list[str]:
    """The command, wrapped so that it runs as `user` and gets `last_signal` when we die before it."""
    words = [str(word) for word in command]
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return words
    switches = ["--pdeathsig", last_signal]
    if user:
        switches += ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--init-groups"]
    return [setpriv, *switches, "--", *words]


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    ready: Callable[[], bool],
    log: Path,
    seconds: float = 60,
    user: str | None = None,
    environment: Mapping[str, str] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server for as long as the block lasts.

    Args:
        command: the program and its arguments.
        ready: asked until it says yes; then the block begins.
        log: file that takes what the server prints; its end is shown when the server does not come up.
        seconds: how long it may take to come up.
        user: whom to become first; only root can.
        environment: added to ours.
        stop_signal: asks it to end; after 15 s it is killed.

    Raises:
        RuntimeError: it ended, or did not get ready in time.
    """
    full = dying_with_us(command, user=user, last_signal=stop_signal.name.removeprefix("SIG"))
    with log.open("wb") as output:
        process = subprocess.Popen(
            full,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, ready, log, seconds)
        yield process
    finally:
        _end(process, stop_signal)


def _wait_until_ready(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise RuntimeError(f"{process.args} ended with {process.returncode}:\n{_end_of(log)}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{process.args} was not ready after {seconds} s:\n{_end_of(log)}")
        time.sleep(0.05)


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]


def _end(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(stop_signal)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
