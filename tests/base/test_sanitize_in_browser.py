"""Attacks on sanitisers, cleaned and opened in a real Chromium: nothing runs, nothing leads elsewhere."""

import html
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from advocacy.base import sanitize
from tests.base.test_sanitize import HOSTILE_LINKS
from tests.peers.installed import shared

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

# Reports what would have been blocked by a policy without inline script, and lets it run all the same.
POLICY = "script-src 'nonce-watch'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'none'"
WATCH = """<!doctype html><html><head><script nonce="watch">
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "xss", "pwn"]) window[name] = () => ran.push(name);
addEventListener("securitypolicyviolation", event => ran.push(event.violatedDirective + " " + event.sample));
</script></head><body>"""
PROVOKE = """() => {
  for (const element of document.body.querySelectorAll("*")) {
    for (const name of ["mouseover", "mouseenter", "focus", "focusin", "click", "error", "load", "toggle", "animationend"])
      element.dispatchEvent(new Event(name, {bubbles: true, cancelable: true}));
    if (element.matches("a[href^='javascript' i]")) element.click();
  }
}"""
JUDGE = """() => ({
  ran: window.ran,
  sections: document.querySelectorAll("body > section[data-case]").length,
  marks: document.querySelectorAll("body > section[data-case] > i.mark").length,
  tags: [...new Set([...document.querySelectorAll("section *:not(.mark)")].map(e => e.localName))],
  attributes: [...new Set([...document.querySelectorAll("section *:not(.mark)")].flatMap(e => e.getAttributeNames()))],
  schemes: [...new Set([...document.querySelectorAll("section [href]")].map(
    e => new URL(e.getAttribute("href"), "strange:here").protocol))],
})"""


@pytest.fixture
def opened(browser: "Browser") -> "Iterator[Callable[[list[str]], Page]]":
    """`opened(pieces)` is a page that holds each piece in a section of its own."""
    context = browser.new_context()
    page = context.new_page()
    body = ""

    def give(route: "Route") -> None:
        if route.request.resource_type == "document":
            headers = {"Content-Security-Policy-Report-Only": POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=WATCH + body, headers=headers)
        else:
            route.abort()

    def open_(pieces: list[str]) -> "Page":
        nonlocal body
        body = "".join(
            f"<section data-case={n}>{piece}<i class=mark></i></section>" for n, piece in enumerate(pieces)
        )
        page.goto("http://127.0.0.1/", wait_until="load")
        page.evaluate(PROVOKE)
        page.wait_for_timeout(50)
        return page

    page.on("dialog", lambda dialog: dialog.dismiss())
    context.route("**/*", give)
    yield open_
    context.close()


def attacks() -> list[str]:
    """DOMPurify's cases, and the links that a sanitiser is known to let through."""
    cases: list[dict[str, Any]] = json.loads(shared("data/dompurify_cases.json").read_text("utf-8"))
    assert len(cases) == 223
    links = [f'<a href="{html.escape(url)}">x</a>' for url in HOSTILE_LINKS]
    return [*(case["payload"] for case in cases), *links]


def as_markdown(payload: str) -> str:
    return f"{payload}\n\n[x]({payload}) ![x](<{payload}>) <{payload}>"


WAYS: dict[str, Callable[[str], str]] = {
    "html": sanitize.rich,
    "html from a page": lambda payload: sanitize.rich(payload, base="https://example.com/a/"),
    "markdown": sanitize.markdown,
    "markdown links": lambda payload: sanitize.markdown(as_markdown(payload)),
    "text": lambda payload: html.escape(sanitize.plain(payload)),
    "cleaned twice": lambda payload: sanitize.rich(sanitize.rich(payload)),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_attack_runs_or_leads_elsewhere(way: str, opened: "Callable[[list[str]], Page]") -> None:
    pieces = [WAYS[way](payload) for payload in attacks()]
    seen = opened(pieces).evaluate(JUDGE)
    assert seen["ran"] == []
    assert seen["sections"] == seen["marks"] == len(pieces), "a piece broke out of its section"
    assert set(seen["tags"]) <= sanitize.TAGS
    assert set(seen["attributes"]) <= {"href", "title", "rel"}
    assert set(seen["schemes"]) <= {"http:", "https:", "mailto:"}


def test_the_same_attacks_do_run_when_nothing_cleans_them(opened: "Callable[[list[str]], Page]") -> None:
    ran = 0
    for payload in attacks()[:60]:
        page = opened([payload])
        ran += bool(page.evaluate("window.ran && window.ran.length"))
    assert ran >= 10
