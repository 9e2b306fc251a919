"""Servers under load on this machine, one shot after the other in turns, so that all meet the same weather."""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from tests.peers.processes import answers_http, free_port, running

ROUNDS = 3
SECONDS = 3
CONNECTIONS = 32
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"


@dataclass(frozen=True)
class Contender:
    """An app under granian with one worker, and the path it is asked for."""

    name: str
    app: str
    path: str
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Shot:
    """What one burst of requests came to."""

    requests: int
    per_second: float
    cpu_us: float
    """Processor time of the server and its children, a request: what other load on the machine changes least."""
    p99_ms: float
    failed: int


def shoot(url: str, server: int) -> Shot:
    """Ask the server with this process id for one address as fast as it answers, for a few seconds."""
    before = _processor_seconds(server)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency", "-H", f"User-Agent: {AGENT}", url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", text)))
    failed += sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", text)))
    requests = int(re.search(r"(\d+) requests in", text)[1])
    number, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", text).groups()
    return Shot(
        requests=requests,
        per_second=float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]),
        cpu_us=(_processor_seconds(server) - before) / max(1, requests) * 1e6,
        p99_ms=float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit],
        failed=failed,
    )


def _processor_seconds(pid: int) -> float:
    ticks = sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    children = {
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    }
    return ticks / os.sysconf("SC_CLK_TCK") + sum(_processor_seconds(int(child)) for child in children)


def compare(contenders: Sequence[Contender]) -> dict[str, list[Shot]]:
    """Start all, shoot at each in turns, and return every shot by the contender's name."""
    if not shutil.which("wrk"):
        sys.exit("make bench needs wrk. On Debian: apt-get install wrk")
    with ExitStack() as servers, tempfile.TemporaryDirectory(prefix="advocacy-bench-") as folder:
        addresses = {}
        processes = {}
        for contender in contenders:
            port = free_port()
            command = [Path(sys.executable).with_name("granian"), "--interface", "wsgi", "--workers", "1"]
            command += ["--blocking-threads", str(Settings().web_threads)]
            command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", contender.app]
            addresses[contender.name] = f"http://127.0.0.1:{port}{contender.path}"
            processes[contender.name] = servers.enter_context(
                running(
                    command,
                    ready=answers_http(f"http://127.0.0.1:{port}/static/nothing"),
                    log=Path(folder) / f"{port}.log",
                    environment=contender.environment,
                )
            ).pid
        for name, address in addresses.items():
            shoot(address, processes[name])  # warm
        shots: dict[str, list[Shot]] = {contender.name: [] for contender in contenders}
        for _ in range(ROUNDS):
            for name, address in addresses.items():
                shots[name].append(shoot(address, processes[name]))
        return shots


def table(shots: Mapping[str, Sequence[Shot]], *, by: str) -> str:
    """The medians, and how each compares with the contender named `by`."""
    middle = {name: statistics.median(shot.per_second for shot in row) for name, row in shots.items()}
    lines = [f"{'':40} {'requests/s':>10} {'ratio':>7} {'cpu us':>7} {'p99 ms':>8} {'failed':>7}"]
    for name, row in shots.items():
        cpu = statistics.median(shot.cpu_us for shot in row)
        p99 = statistics.median(shot.p99_ms for shot in row)
        failed = sum(shot.failed for shot in row)
        lines.append(
            f"{name:40} {middle[name]:10,.0f} {middle[name] / middle[by]:7.2f} {cpu:7.1f} {p99:8.1f} {failed:7}"
        )
    return "\n".join(lines)
