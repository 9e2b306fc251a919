"""The whole hub as a company runs it: `python -m advocacy serve`, with its clock and its worker, for a browser to use."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from advocacy.base.db import Database
from tests.peers.processes import answers_http, free_port, running

if TYPE_CHECKING:
    from playwright.sync_api import Page

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Hub:
    """A running hub.

    Args:
        url: where it answers.
        database_url: its database, for looking at what was kept.
        data_dir: its files.
        environment: what its processes were given.
    """

    url: str
    database_url: str
    data_dir: Path
    environment: dict[str, str]

    def run(self, *arguments: str) -> str:
        """Runs a command of the hub, as an operator does, and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "advocacy", *arguments],
            cwd=PROJECT,
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def add(self, name: str, *roles: str) -> str:
        """Adds a person who signs in with PASSWORD, and returns their address."""
        email = f"{name.split(maxsplit=1)[0].lower()}@example.com"
        wanted = [part for role in roles for part in ("--role", role)]
        self.run("create-user", "--email", email, "--name", name, "--password", PASSWORD, *wanted)
        return email

    def sign_in(self, page: Page, email: str) -> None:
        """Signs in as a person does."""
        page.goto(f"{self.url}/sign-in")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/feed**")

    def database(self) -> Database:
        """The hub's database; dispose of it after use."""
        return Database(self.database_url)


@pytest.fixture
def start_hub(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Hub]]:
    """`start_hub(postgresql=False, **environment)` starts a hub with an empty database of its own."""
    with ExitStack() as stack:

        def start(*, postgresql: bool = False, **environment: str) -> Hub:
            port = free_port()
            data = tmp_path / f"hub-{port}"
            database = (
                request.getfixturevalue("fresh_postgres_url") if postgresql else f"sqlite:///{(data / 'advocacy.db')}"
            )
            settings = {
                "DATA_DIR": str(data),
                "PORT": str(port),
                "HOST": "127.0.0.1",
                "PUBLIC_URL": f"http://localhost:{port}",
                "DATABASE_URL": database,
                "COMPANY_NAME": "Nordlys",
                "LOG_LEVEL": "info",
                **environment,
            }
            log = tmp_path / f"hub-{port}.log"
            stack.enter_context(
                running(
                    [sys.executable, "-m", "advocacy", "serve"],
                    ready=answers_http(f"http://127.0.0.1:{port}/sign-in"),
                    log=log,
                    seconds=60,
                    environment=settings,
                )
            )
            return Hub(url=f"http://localhost:{port}", database_url=database, data_dir=data, environment=settings)

        yield start
