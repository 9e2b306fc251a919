"""A certified OpenID Connect provider in the shape of LinkedIn, and a member who signs in on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests

from .installed import TOOLS, node, npm_package
from .processes import free_port, running

CLIENT_ID, CLIENT_SECRET = "78abcdefghijkl", "LiSecret0123456789"
BACK = "http://localhost/connections/back"


@dataclass(frozen=True)
class SignInPage:
    """The running provider."""

    url: str

    def settings(self) -> dict[str, str]:
        """What the hub is told of it."""
        return {
            "LINKEDIN_CLIENT_ID": CLIENT_ID,
            "LINKEDIN_CLIENT_SECRET": CLIENT_SECRET,
            "LINKEDIN_API_URL": self.url,
            "LINKEDIN_WEB_URL": self.url,
        }

    def allow(self, address: str, who: str) -> str:
        """Opens the page at this address as a browser would, signs in, allows; returns where it leads back to."""
        return self._through(address, {"login": {"login": who, "password": "any"}, "consent": {}})

    def refuse(self, address: str) -> str:
        """Opens the page and presses "Cancel"; returns where it leads back to."""
        return self._through(address, {})

    def _through(self, address: str, forms: dict[str, dict[str, str]]) -> str:
        with requests.Session() as browser:
            answer = browser.get(address, allow_redirects=False, timeout=10)
            for _ in range(12):
                if answer.is_redirect:
                    onward = urljoin(answer.url, answer.headers["Location"])
                    if onward.startswith(BACK):
                        return onward
                    answer = browser.get(onward, allow_redirects=False, timeout=10)
                    continue
                page = answer.text
                prompt = re.search(r'name="prompt" value="(\w+)"', page)
                assert answer.ok, page
                assert prompt, page
                if prompt[1] not in forms:
                    cancel = re.search(r'href="([^"]*/abort)"', page)
                    assert cancel, page
                    answer = browser.get(urljoin(answer.url, cancel[1]), allow_redirects=False, timeout=10)
                    continue
                action = re.search(r'action="([^"]+)"', page)
                assert action, page
                fields = {"prompt": prompt[1], **forms[prompt[1]]}
                where = urljoin(answer.url, unescape(action[1]))
                answer = browser.post(where, data=fields, allow_redirects=False, timeout=10)
        raise AssertionError(f"the sign-in page led nowhere: {answer.url}")


@pytest.fixture(scope="session")
def linkedin_sign_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignInPage]:
    """The provider, up in about a second, once for all tests."""
    npm_package("oidc-provider")
    log, port = tmp_path_factory.mktemp("linkedin") / "log", free_port()
    environment = {
        "PORT": str(port),
        "CLIENT_ID": CLIENT_ID,
        "CLIENT_SECRET": CLIENT_SECRET,
        "REDIRECT_URI": BACK,
        "NODE_ENV": "test",
    }
    script = Path(__file__).with_name("linkedin.mjs")
    command = [node(), "--no-deprecation", script, TOOLS / "peers"]

    def ready() -> bool:
        return '"ready":true' in log.read_text(errors="replace")

    with running(command, ready=ready, log=log, seconds=60, environment=environment):
        yield SignInPage(f"http://localhost:{port}")
