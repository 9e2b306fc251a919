"""A proxy before any real server that disturbs what passes: delays, refusals, resets, half and lost answers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import requests

from .installed import TOOLS, installed
from .processes import answers_http, free_port, running

Mode = Literal["delay", "lost", "status", "reset", "trunc"]


@dataclass(frozen=True)
class ChaosProxy:
    """Stands at `url` in the place of the server behind it; calm until told otherwise."""

    url: str

    def disturb(
        self,
        mode: Mode,
        *,
        match: str = "/",
        times: int | None = None,
        seconds: float = 0,
        status: int = 503,
        retry_after: int | None = None,
    ) -> None:
        """Disturb requests from now on, and empty the journal.

        Args:
            mode: `delay` waits `seconds` before the server is asked; `status` answers `status` (with
                `retry_after`) and `reset` closes the connection, both without asking the server; `lost` lets
                the server carry out the request and drops its answer; `trunc` hands on half of the answer.
            match: how the path of a disturbed request begins.
            times: how many requests to disturb; all of them by default.
        """
        rule = {"mode": mode, "match": match, "times": times, "seconds": seconds, "status": status}
        self._tell({**rule, "retry_after": retry_after})

    def calm(self) -> None:
        """Let everything pass again, and empty the journal."""
        self._tell({"mode": "none"})

    def journal(self) -> list[tuple[str, str, str]]:
        """Requests since the last change of rule: method, path with query, and the mode applied or `none`."""
        return [tuple(entry) for entry in requests.get(self._control, timeout=30).json()["journal"]]

    def _tell(self, rule: dict[str, Any]) -> None:
        requests.put(self._control, json=rule, timeout=30).raise_for_status()

    @property
    def _control(self) -> str:
        return f"{self.url}/__chaos"


@pytest.fixture(scope="session")
def _chaos_proxies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ChaosProxy]]:
    started: dict[str, ChaosProxy] = {}
    with ExitStack() as servers:

        def start(upstream: str) -> ChaosProxy:
            if upstream not in started:
                folder = tmp_path_factory.mktemp("chaos")
                port = free_port()
                addon = Path(__file__).with_name("chaos_addon.py")
                command = [installed("mitmproxy", TOOLS / "mitm/bin/mitmdump"), "--mode", f"reverse:{upstream}"]
                command += ["--listen-host", "127.0.0.1", "--listen-port", str(port), "-s", addon, "-q"]
                command += ["--set", f"confdir={folder}", "--set", "connection_strategy=lazy"]
                proxy = ChaosProxy(f"http://127.0.0.1:{port}")
                ready = answers_http(f"{proxy.url}/__chaos")
                servers.enter_context(running(command, ready=ready, log=folder / "log"))
                started[upstream] = proxy
            return started[upstream]

        yield start


@pytest.fixture
def chaos_proxy(
    _chaos_proxies: Callable[[str], ChaosProxy],
) -> Iterator[Callable[[str], ChaosProxy]]:
    """`chaos_proxy(upstream_url)` gives the proxy before that server, calm at the start of each test."""
    used: list[ChaosProxy] = []

    def get(upstream: str) -> ChaosProxy:
        proxy = _chaos_proxies(upstream)
        proxy.calm()
        used.append(proxy)
        return proxy

    yield get
    for proxy in used:
        proxy.calm()
