"""The browser is a real one, it stays on this machine, and what a page does wrong is noticed."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.peers.browsers import Watch

GOOD = "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1><p>Fine.</p></main>"
BAD = '<!doctype html><html><title>Bad</title><main><h1>Bad</h1><img src="/x.png"></main>'
INLINE = GOOD.replace("</main>", "<script>document.title='taken over'</script></main>")
OUTSIDE = GOOD.replace("</main>", '<img alt="" src="http://198.51.100.7/x.png"></main>')
SCRIPTED = GOOD.replace("</main>", "<script>document.title='changed'</script></main>")
PAGES = {"/good": GOOD, "/bad": BAD, "/inline": INLINE, "/outside": OUTSIDE, "/scripted": SCRIPTED}


@pytest.fixture(scope="module")
def site():
    """A small site that serves the pages above; /inline under a strict content policy."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            page = PAGES.get(self.path)
            self.send_response(200 if page else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            if self.path == "/inline":
                self.send_header("content-security-policy", "default-src 'none'")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_axe_finds_nothing_on_a_good_page_and_names_what_is_bad(site, open_page, axe):
    page = open_page(width=390, theme="dark")
    page.goto(f"{site}/good")
    assert axe(page) == []
    page.goto(f"{site}/bad")
    rules = {violation.split()[0] for violation in axe(page)}
    assert {"image-alt", "html-has-lang"} <= rules


def test_axe_runs_under_a_policy_that_forbids_scripts(site, browser, axe):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{site}/inline")
    assert axe(page) == []
    context.close()


@pytest.mark.parametrize(("path", "problem"), [("/inline", "Content Security Policy"), ("/outside", "198.51.100.7")])
def test_a_page_that_breaks_a_rule_is_noticed(site, browser, path, problem):
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page)
    page.goto(site + path, wait_until="networkidle")
    assert page.title() == "Good"
    context.close()
    assert any(problem in noticed for noticed in watch.problems)


def test_the_browser_cannot_leave_this_machine(browser):
    from playwright.sync_api import Error

    context = browser.new_context()
    page = context.new_page()
    for address in ("http://198.51.100.7/", "http://example.com/"):
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            page.goto(address)
    context.close()


def test_a_page_can_be_opened_without_script(site, open_page):
    page = open_page(script=False)
    page.goto(f"{site}/scripted")
    assert page.title() == "Good"
