"""A real Chromium that cannot leave this machine, pages in it that are watched, and axe to judge them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import pytest

from .installed import do_without, installed, npm_package
from .sockets import is_local

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
]
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Debian's Chromium, once for all tests. Open pages with `open_page`."""
    with chromium() as started:
        yield started


@contextmanager
def chromium() -> "Iterator[Browser]":
    """The browser behind the fixture `browser`."""
    program = installed("Chromium", "chromium", "chromium-browser", "google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        do_without("Playwright")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(program), args=SWITCHES)
        yield started
        started.close()


class Watch:
    """Notes what no page of ours may do: break its own content policy, raise, or ask another origin."""

    def __init__(self, page: "Page") -> None:
        self.problems: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("request", self._asked)

    def _heard(self, message: "ConsoleMessage") -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.problems.append(message.text)

    def _asked(self, request: "Request") -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and not is_local(address.hostname):
            self.problems.append(f"asked another origin: {request.method} {request.url}")


@pytest.fixture
def open_page(browser: "Browser") -> "Iterator[Callable[..., Page]]":
    """`open_page(width=, theme=, language=, script=, ...)` gives a page of a new, signed-out visitor.

    Further arguments go to Playwright's `new_context` (`base_url`, `storage_state`, `has_touch`, ...). The test
    fails at its end if a page broke its content policy, raised an error or asked another origin.
    """
    contexts = []
    watches: list[Watch] = []

    def get(
        *,
        width: int = 1280,
        height: int = 900,
        theme: Literal["light", "dark"] = "light",
        language: str = "en",
        script: bool = True,
        **options: Any,
    ) -> "Page":
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale=language,
            java_script_enabled=script,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page))
        return page

    yield get
    for context in contexts:
        context.close()
    problems = [problem for watch in watches for problem in watch.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def axe() -> "Callable[[Page], list[str]]":
    """`axe(page)` lists what breaks WCAG 2.2 A and AA or best practice on the page, one line an element."""
    return axe_judge()


def settle(page: "Page") -> None:
    """Wait until nothing on the page moves: half-way through a change of colours nobody means the contrast.

    One transition can set off the next, so that asking each to finish is not enough.
    """
    for _ in range(50):
        if page.evaluate("document.getAnimations().filter(one => one.playState === 'running').length") == 0:
            return
        page.wait_for_timeout(20)


def axe_judge() -> "Callable[[Page], list[str]]":
    """The judge behind the fixture `axe`."""
    source = (npm_package("axe-core") / "axe.min.js").read_text(encoding="utf-8")

    def judge(page: "Page") -> list[str]:
        if page.evaluate("typeof axe") == "undefined":
            page.evaluate(source)  # by the debugger, so the page's own content policy stays as it is
        settle(page)
        options = {"runOnly": {"type": "tag", "values": STANDARDS}, "resultTypes": ["violations"]}
        result = page.evaluate("options => axe.run(document, options)", options)
        return [
            f"{violation['id']} ({violation['impact']}): {' '.join(map(str, node['target']))}: {node['html'][:160]}"
            for violation in result["violations"]
            for node in violation["nodes"]
        ]

    return judge
