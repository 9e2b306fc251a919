"""Fetching what others point us to: what is asked, what is taken, what is remembered."""

import gzip
import socket
import time
import tracemalloc
import zlib
from email.utils import formatdate
from pathlib import Path

import pytest

from advocacy.base.fetch import BadAnswer, Fetcher, Refused, TooLarge, TooSlow, Unreachable
from tests.base.certificates import authority_and_server
from tests.base.servers import Behaviour, Server, answer, redirect, running


def fetcher(*servers: Server, seconds: float = 5.0, max_bytes: int = 100_000) -> Fetcher:
    return Fetcher(allow_hosts=frozenset(server.name for server in servers), seconds=seconds, max_bytes=max_bytes)


def test_a_page_comes_with_its_headers() -> None:
    with running(answer(b"hello", Content_Type="Text/HTML; charset=utf-8", ETag='"one"')) as server:
        fetched = fetcher(server).get(server.url, accept="text/html")
    assert (fetched.status, fetched.body, fetched.content_type) == (200, b"hello", "text/html")
    assert fetched.etag == '"one"'
    assert fetched.url == server.url
    asked = server.requests[0].decode()
    assert asked.startswith("GET / HTTP/1.1\r\n")
    assert f"Host: {server.name}\r\n" in asked
    assert "Accept: text/html\r\n" in asked
    assert "cookie" not in asked.lower()


def test_an_unchanged_page_is_not_sent_again() -> None:
    def unless_known(connection: socket.socket, asked: bytes) -> None:
        known = b'If-None-Match: "one"' in asked and b"If-Modified-Since: Mon" in asked
        answer(b"" if known else b"new", "304 Not Modified" if known else "200 OK")(connection, asked)

    with running(unless_known) as server:
        assert fetcher(server).get(server.url).body == b"new"
        again = fetcher(server).get(server.url, etag='"one"', last_modified="Mon, 23 Nov 2026 15:00:00 GMT")
    assert again.is_unchanged
    assert again.body == b""


def test_a_packed_page_is_unpacked() -> None:
    for name, packed in (("gzip", gzip.compress(b"hello")), ("deflate", zlib.compress(b"hello"))):
        with running(answer(packed, Content_Encoding=name)) as server:
            assert fetcher(server).get(server.url).body == b"hello"


def test_an_answer_in_chunks_is_put_together() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with running(lambda connection, _: connection.sendall(head + b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n")) as server:
        assert fetcher(server).get(server.url).body == b"hello"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_page_that_moved_for_good_says_where_to_ask_next_time(status: str) -> None:
    with running(answer()) as target, running(redirect(target.url + "ny/blåbær", status)) as server:
        fetched = fetcher(server, target).get(server.url)
    assert fetched.url == fetched.moved_to == target.url + "ny/blåbær"
    assert b"GET /ny/bl%C3%A5b%C3%A6r " in target.requests[0]


def test_a_passing_redirect_is_followed_and_not_remembered() -> None:
    with running(answer()) as target, running(redirect(target.url)) as server:
        fetched = fetcher(server, target).get(server.url)
    assert (fetched.url, fetched.moved_to) == (target.url, "")


def test_a_redirect_may_be_relative() -> None:
    def here_then_there(connection: socket.socket, asked: bytes) -> None:
        (answer(b"there") if b"GET /there?x=1 " in asked else redirect("there?x=1"))(connection, asked)

    with running(here_then_there) as server:
        assert fetcher(server).get(server.url).body == b"there"


def test_redirects_without_end_are_given_up() -> None:
    with running(redirect("/again")) as server, pytest.raises(BadAnswer, match="without end"):
        fetcher(server).get(server.url)
    assert len(server.requests) == 6


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("404 Not Found", "nothing at this address"),
        ("410 Gone", "nothing at this address"),
        ("403 Forbidden", "does not let us read"),
        ("429 Too Many Requests", "less often"),
        ("503 Service Unavailable", "a problem of its own"),
        ("418 Teapot", "refuses this address"),
        ("301 Moved Permanently", "without saying where"),
    ],
)
def test_a_status_that_says_no_is_told_in_words(status: str, words: str) -> None:
    with (
        running(answer(b"<html>", status, Retry_After="120")) as server,
        pytest.raises(BadAnswer, match=words) as bad,
    ):
        fetcher(server).get(server.url)
    assert bad.value.status == int(status[:3])
    assert bad.value.retry_after in (120, 0)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30), ("99999999999999", 86_400), ("soon", 0), ("-5", 0)],
)
def test_the_wait_a_server_asks_for_is_known(header: str, seconds: int) -> None:
    with running(answer(b"", "429 Slow down", Retry_After=header)) as server, pytest.raises(BadAnswer) as bad:
        fetcher(server).get(server.url)
    assert bad.value.retry_after == seconds


def test_the_wait_may_be_given_as_a_date() -> None:
    behaviour = answer(b"", "503 Later", Retry_After=formatdate(time.time() + 3600, usegmt=True))
    with running(behaviour) as server, pytest.raises(BadAnswer) as bad:
        fetcher(server).get(server.url)
    assert bad.value.retry_after == pytest.approx(3600, abs=60)


def test_a_file_of_another_kind_is_not_taken() -> None:
    with running(answer(Content_Type="application/zip")) as server:
        with pytest.raises(BadAnswer, match="application/zip"):
            fetcher(server).get(server.url, kinds=("text/html", "application/xhtml"))
        assert fetcher(server).get(server.url).body == b"hello"


def raw(data: bytes) -> Behaviour:
    return lambda connection, _asked: connection.sendall(data)


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", BadAnswer),
        (b"SSH-2.0-OpenSSH_9.2\r\n", BadAnswer),
        (HEAD + b"Content-Length: 50\r\n\r\nhalf", BadAnswer),
        (HEAD + b"Content-Encoding: gzip\r\n\r\nnot gzip", BadAnswer),
        (HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"hello" * 99, mtime=0)[:-9], BadAnswer),
        (HEAD + b"Content-Encoding: br\r\n\r\nxx", BadAnswer),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello", BadAnswer),
        (HEAD + b"Content-Length: 100001\r\n\r\n", TooLarge),
        (HEAD + b"\r\n" + b"x" * 100_001, TooLarge),
        (HEAD + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 5000) for n in range(50)) + b"\r\n", TooLarge),
        (HEAD + b"X: " + b"y" * 200_000, TooLarge),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, TooLarge),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n", Refused),
    ],
    ids=range(13),
)
def test_an_answer_that_cannot_be_used_is_told_as_such(data: bytes, problem: type[Exception]) -> None:
    with running(raw(data)) as server, pytest.raises(problem) as told:
        fetcher(server).get(server.url)
    assert str(told.value).endswith(".")


def test_an_answer_without_end_is_cut_at_the_limit() -> None:
    def flood(connection: socket.socket, _asked: bytes) -> None:
        connection.sendall(HEAD + b"\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with running(flood) as server, pytest.raises(TooLarge, match="too large"):
        fetcher(server).get(server.url)


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_a_packed_giant_is_refused_without_being_unpacked(name: str) -> None:
    packer = zlib.compressobj(9, wbits=31 if name == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(10**6)) for _ in range(500)) + packer.flush()
    assert len(bomb) < 600_000
    tracemalloc.start()
    with running(answer(bomb, Content_Encoding=name)) as server, pytest.raises(TooLarge):
        fetcher(server, max_bytes=1_000_000).get(server.url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000


def dripping(start: bytes, drop: bytes) -> Behaviour:
    def drip(connection: socket.socket, _asked: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(drop)
            time.sleep(0.05)

    return drip


@pytest.mark.parametrize(
    "behaviour",
    [
        dripping(b"", b"H"),
        dripping(HEAD, b"X: y\r\n"),
        dripping(HEAD + b"\r\n", b"x"),
        dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda _connection, _asked: time.sleep(3),
    ],
    ids=["status", "headers", "body", "chunks", "continue", "silence"],
)
def test_a_server_that_dawdles_is_left_when_the_time_is_over(behaviour: Behaviour) -> None:
    with running(behaviour) as server:
        began = time.monotonic()
        with pytest.raises(TooSlow, match="too long"):
            fetcher(server, seconds=0.5).get(server.url)
        assert time.monotonic() - began < 5


def test_slow_redirects_share_one_time() -> None:
    def soon(connection: socket.socket, asked: bytes) -> None:
        time.sleep(0.2)
        redirect("/again")(connection, asked)

    with running(soon) as server, pytest.raises(TooSlow):
        fetcher(server, seconds=0.5).get(server.url)
    assert len(server.requests) <= 3


def test_a_handshake_that_never_ends_is_left() -> None:
    # The server speaks no TLS and waits for the end of a head.
    with running(answer()) as server, pytest.raises(TooSlow):
        fetcher(server, seconds=0.5).get(server.url.replace("http:", "https:"))


def test_a_server_that_is_down_is_told_as_such() -> None:
    with running(answer()) as server:
        pass
    with pytest.raises(Unreachable, match="does not answer"):
        fetcher(server).get(server.url)


def test_the_next_address_is_tried_when_the_first_does_not_answer() -> None:
    with running(answer()) as server:
        name = f"two.example:{server.port}"
        both = Fetcher(allow_hosts=frozenset({name}), resolver=lambda _host, _port: ["::1", "127.0.0.1"])
        assert both.get(f"http://{name}/").body == b"hello"


def test_https_asks_for_the_name_and_checks_the_certificate(tmp_path: Path) -> None:
    asked_for: list[str | None] = []
    ca_file, context = authority_and_server(tmp_path, "safe.example")
    context.sni_callback = lambda _sock, name, _context: asked_for.append(name)
    with running(answer(gzip.compress(b"hello"), Content_Encoding="gzip"), tls=context) as server:
        names = frozenset({f"safe.example:{server.port}", f"other.example:{server.port}"})
        trusting = Fetcher(
            allow_hosts=names, resolver=lambda _host, _port: ["127.0.0.1"], ca_file=str(ca_file), seconds=5
        )
        assert trusting.get(f"https://safe.example:{server.port}/x").body == b"hello"
        assert asked_for == ["safe.example"]
        assert f"Host: safe.example:{server.port}\r\n".encode() in server.requests[0]
        with pytest.raises(Unreachable, match="certificate"):
            trusting.get(f"https://other.example:{server.port}/")
        with pytest.raises(Unreachable, match="certificate"):
            Fetcher(allow_hosts=names, resolver=trusting.resolver).get(f"https://safe.example:{server.port}/")
    assert len(server.requests) == 1


def test_a_server_that_dawdles_behind_tls_is_left_too(tmp_path: Path) -> None:
    ca_file, context = authority_and_server(tmp_path, "safe.example")
    with running(dripping(HEAD + b"\r\n", b"x"), tls=context) as server:
        slow = Fetcher(
            allow_hosts=frozenset({f"safe.example:{server.port}"}),
            resolver=lambda _host, _port: ["127.0.0.1"],
            ca_file=str(ca_file),
            seconds=0.5,
        )
        with pytest.raises(TooSlow):
            slow.get(f"https://safe.example:{server.port}/")


def test_an_etag_that_could_not_be_sent_back_is_not_remembered() -> None:
    with running(answer(ETag='"blåbær"', Last_Modified="x" * 400)) as server:
        fetched = fetcher(server).get(server.url)
    assert (fetched.etag, fetched.last_modified) == ("", "")


def test_the_environment_can_not_send_us_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with running(answer(b"proxy")) as proxy, running(answer(b"right")) as server:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert fetcher(server).get(server.url).body == b"right"
    assert proxy.connections == 0
