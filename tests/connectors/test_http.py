"""The one way to a network: nothing is waited for too long, nothing is read too far, and TLS knows the name."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connectors import OutcomeUnknown, Transient
from connectors._http import Flow, Http
from tests.connectors.fakes.server import Clock, FakeServer, Request, Response


def http(**settings: Any) -> Http:
    return Http(now=Clock(), user_agent="hub", allow_private_hosts=True, **settings)


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that sends its answer one byte at a time, far more slowly than anybody should wait."""

    class Drip(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000:
                try:
                    self.wfile.write(bytes([byte]))
                except OSError:
                    return
                time.sleep(0.05)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Drip)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("total_seconds", [0.5, 3.0], ids=["in the headers", "in the body"])
def test_an_answer_that_drips_is_cut_off(dripping: str, total_seconds: float) -> None:
    began = time.monotonic()
    with pytest.raises(Transient, match="did not answer in time"):
        http(total_seconds=total_seconds).send("GET", dripping)
    assert time.monotonic() - began < total_seconds + 2


def test_an_answer_that_is_too_large_is_not_read(fake: Callable[..., FakeServer]) -> None:
    server = fake()
    server.fail(Response(200, b" " * 200_000))
    with pytest.raises(Transient):
        http(byte_cap=100_000).send("GET", server.base_url)
    assert len(http(byte_cap=200_000).send("GET", server.base_url).body) == 200_000


def test_compression_that_nobody_asked_for_is_undone_up_to_the_cap(fake: Callable[..., FakeServer]) -> None:
    server = fake()
    server.fail(Response(200, gzip.compress(b'{"a": 1}'), {"Content-Encoding": "gzip"}), "/gzip")
    server.fail(Response(200, zlib.compress(b'{"a": 1}'), {"Content-Encoding": "deflate"}), "/deflate")
    server.fail(Response(200, gzip.compress(bytes(50_000_000)), {"Content-Encoding": "gzip"}), "/bomb")
    server.fail(Response(200, gzip.compress(b"[" * 99)[:-9], {"Content-Encoding": "gzip"}), "/cut")
    assert http().send("GET", f"{server.base_url}/gzip").body == b'{"a": 1}'
    assert http().send("GET", f"{server.base_url}/deflate").body == b'{"a": 1}'
    for path in ("bomb", "cut"):
        with pytest.raises(Transient):
            http().send("GET", f"{server.base_url}/{path}")
        with pytest.raises(OutcomeUnknown):
            http().send("GET", f"{server.base_url}/{path}", publishes=True)
    assert server.requests[0].headers["accept-encoding"] == "identity"


def test_each_request_has_a_connection_of_its_own(fake: Callable[..., FakeServer]) -> None:
    server = fake()
    client = http()
    for _ in range(3):
        client.send("GET", server.base_url)
    assert {one.headers["connection"] for one in server.requests} == {"close"}


def test_proxies_and_passwords_of_the_environment_are_not_used(
    fake: Callable[..., FakeServer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server = fake()
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert http().send("GET", server.base_url).status == 404
    assert "authorization" not in server.requests[0].headers


def test_a_broken_body_of_a_refusal_is_still_a_refusal(fake: Callable[..., FakeServer]) -> None:
    server = fake()
    server.fail(Response(401, b"{}", {"Content-Length": "500"}))
    assert http().send("POST", server.base_url, publishes=True).status == 401


# TLS: the certificate is that of the name, though we connect to an address.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate of its own making for social.example.org, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "social.example.org")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("social.example.org")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@pytest.fixture
def tls_port(certificate: Path) -> Iterator[tuple[int, list[str]]]:
    """A TLS server that remembers the Host headers it saw."""
    hosts: list[str] = []

    class Hello(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server.server_address[1], hosts
    server.shutdown()
    server.server_close()


def test_the_certificate_must_be_that_of_the_name(certificate: Path, tls_port: tuple[int, list[str]]) -> None:
    port, hosts = tls_port
    client = http(resolve=lambda host, port: ["127.0.0.1"], ca_bundle=str(certificate))
    answer = client.send("POST", f"https://social.example.org:{port}/", publishes=True)
    assert (answer.status, answer.body) == (200, b"{}")
    assert hosts == [f"social.example.org:{port}"]
    with pytest.raises(Transient):  # before anything was sent: surely not taken
        client.send("POST", f"https://other.example.org:{port}/", publishes=True)
    with pytest.raises(Transient):
        http(resolve=lambda host, port: ["127.0.0.1"]).send(
            "POST", f"https://social.example.org:{port}/", publishes=True
        )
    assert len(hosts) == 1


def test_a_film_is_read_while_it_is_sent_and_never_held_whole(fake: Callable[..., FakeServer]) -> None:
    server, size, asked = fake(), 3_000_000, []

    def piece(start: int, wanted: int) -> bytes:
        asked.append(wanted)
        return bytes(wanted)

    body, headers = Flow.form({"description": "Bær"}, "file", "film.mp4", "video/mp4", piece, size)
    http().send("POST", f"{server.base_url}/media", data=body, headers=headers)
    [request] = server.requests
    assert request.headers["content-length"] == str(len(request.body)) == str(len(body))
    assert bytes(size) in request.body
    assert "Bær".encode() in request.body
    assert sum(asked) == size
    assert max(asked) < 300_000


def test_a_film_that_ends_too_early_is_not_taken(fake: Callable[..., FakeServer]) -> None:
    with pytest.raises(Transient, match="did not answer"):
        http().send("POST", fake().base_url, data=Flow(lambda start, wanted: b"x"[start:], 10))


class Slow(FakeServer):
    """Takes its time over every answer."""

    def no_such_route(self, request: Request) -> Response:
        time.sleep(0.6)
        return Response(200, {})


def test_a_large_film_has_longer_to_arrive_than_other_requests(fake: Callable[..., FakeServer]) -> None:
    hasty, url = http(total_seconds=0.2), fake(Slow()).base_url
    with pytest.raises(Transient):
        hasty.send("POST", url, data=b"small")
    assert hasty.send("POST", url, data=Flow(lambda _, wanted: bytes(wanted), 400_000)).status == 200
    assert hasty.send("POST", url, data=b"small", patience=2.0).status == 200
