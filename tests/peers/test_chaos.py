"""Each disturbance does to the traffic what its name says, and no more."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

BODY = b"x" * 1000


@pytest.fixture(scope="module")
def upstream():
    """A server that remembers what it was asked to do, and its address."""
    done = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers.get("content-length", 0)))
            done.append(self.path)
            self.send_response(201)
            self.send_header("content-length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *words):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", done
        server.shutdown()
        thread.join()


@pytest.fixture
def proxied(upstream, chaos_proxy):
    """The proxy before that server, and what the server was asked to do."""
    address, done = upstream
    done.clear()
    return chaos_proxy(address), done


def post(proxy, path="/thing"):
    return requests.post(proxy.url + path, data=b"hello", timeout=30)


def test_without_a_rule_everything_passes(proxied):
    proxy, done = proxied
    answer = post(proxy)
    assert (answer.status_code, answer.content, done) == (201, BODY, ["/thing"])


def test_lost_carries_the_request_out_and_drops_the_answer(proxied):
    proxy, done = proxied
    proxy.disturb("lost")
    with pytest.raises(requests.ConnectionError):
        post(proxy)
    assert done == ["/thing"]


def test_reset_never_reaches_the_server(proxied):
    proxy, done = proxied
    proxy.disturb("reset")
    with pytest.raises(requests.ConnectionError):
        post(proxy)
    assert done == []


def test_status_answers_in_the_servers_place(proxied):
    proxy, done = proxied
    proxy.disturb("status", status=429, retry_after=30)
    answer = post(proxy)
    assert (answer.status_code, answer.headers["retry-after"], done) == (429, "30", [])


def test_trunc_hands_on_half_of_the_answer(proxied):
    proxy, done = proxied
    proxy.disturb("trunc")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        post(proxy)
    assert done == ["/thing"]


def test_delay_only_takes_longer(proxied):
    proxy, _ = proxied
    proxy.disturb("delay", seconds=0.5)
    before = time.monotonic()
    assert post(proxy).status_code == 201
    assert time.monotonic() - before >= 0.5


def test_a_rule_ends_after_its_times_and_spares_other_paths(proxied):
    proxy, _ = proxied
    proxy.disturb("status", match="/thing", times=1)
    answers = [post(proxy, path).status_code for path in ("/other", "/thing", "/thing")]
    assert answers == [201, 503, 201]
    assert proxy.journal() == [
        ("POST", "/other", "none"),
        ("POST", "/thing", "status"),
        ("POST", "/thing", "none"),
    ]
