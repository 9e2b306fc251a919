"""A mock server made from an API's own description, which judges every request by that description."""

import json
import re
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from .installed import node, npm_package
from .processes import free_port, listens, running

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_OBJECTIONS = re.compile(
    r"\[VALIDATOR\] ✖ +error +(?! |Violation: response)(.*)|] (.*Request terminated with error.*)"
)


@dataclass
class Prism:
    """The mock server. What it answers is an example of the description, not something it remembers."""

    url: str
    log: Path
    _read: int = field(default=0, repr=False)

    def objections(self) -> list[str]:
        """What was wrong with the requests since this was last asked; empty when all were right.

        Its own answers break the description here and there; that is not held against anybody.
        """
        marker = f"/asked-{secrets.token_hex(8)}"  # nobody's path: once Prism has refused it, all before is told
        requests.get(self.url + marker, timeout=30)
        deadline = time.monotonic() + 30
        while f"get {marker} ✖" not in (text := _COLOURS.sub("", self.log.read_text(errors="replace"))):
            if time.monotonic() > deadline:
                raise RuntimeError(f"Prism did not tell of {marker}")
            time.sleep(0.01)
        new, self._read = text[self._read : text.index(marker)], len(text)
        return [found[1] or found[2] for found in _OBJECTIONS.finditer(new)]


def amended(description: dict[str, Any]) -> dict[str, Any]:
    """The description with header parameters said to be objects made strings.

    Mastodon's describes `Idempotency-Key` so, which Prism takes at its word and stops when it is missing.
    """
    for path in description["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                if parameter.get("in") == "header" and parameter.get("schema", {}).get("type") == "object":
                    parameter["schema"]["type"] = "string"
    return description


@pytest.fixture(scope="session")
def _prisms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Prism]]:
    started: dict[Path, Prism] = {}
    with ExitStack() as servers:

        def start(description: Path) -> Prism:
            if description not in started:
                program = npm_package("@stoplight/prism-cli") / "dist/index.js"
                folder = tmp_path_factory.mktemp("prism")
                copy = folder / "openapi.json"
                copy.write_text(json.dumps(amended(json.loads(description.read_text()))))
                port = free_port()
                command = [node(), program, "mock", copy, "--port", str(port), "--host", "127.0.0.1"]
                servers.enter_context(running(command, ready=listens(port), log=folder / "log"))
                started[description] = Prism(f"http://127.0.0.1:{port}", folder / "log")
            return started[description]

        yield start


@pytest.fixture
def prism(_prisms: Callable[[Path], Prism]) -> Callable[[Path], Prism]:
    """`prism(openapi_json_path)` gives the mock server of that API, with no objections yet."""

    def get(description: Path) -> Prism:
        server = _prisms(description)
        server.objections()
        return server

    return get
