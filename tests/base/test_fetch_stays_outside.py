"""Nothing that others supply leads into the private network: a real server inside counts who comes, and nobody does.

The port of the server inside counts as one of the web's own here, so that no test passes for the port alone.
"""

import socket
from collections.abc import Iterator, Sequence

import pytest

from advocacy.base import addresses, wire
from advocacy.base.addresses import Place, Refused, Unreachable
from advocacy.base.fetch import Fetcher
from advocacy.base.wire import Meter
from tests.base.servers import Server, answer, redirect, running

# Every way to write 127.0.0.1 or a name for it, as a person, a feed or a redirect may give it.
WAYS_INSIDE = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0 0.0.0.0 0x0 127.127.127.127
localhost LOCALHOST localhost. localhost.localdomain ip6-localhost １２７.0.0.1 127。0。0。1 ①②⑦.⓪.⓪.① ⓛⓞⓒⓐⓛⓗⓞⓢⓣ [::1]
[0:0:0:0:0:0:0:1] [::] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1]
[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
[2001:0:7f00:1::80ff:fffe] [fe80::1] [fe80::1%25lo] [fe80::5efe:7f00:1] [2a00:1450::5efe:7f00:1] [fc00::1]
[fd00::1] [ff02::1] [fec0::1] 10.0.0.1 172.16.0.1 192.168.0.1 169.254.169.254 100.100.100.200 192.0.0.192
[fd00:ec2::254] metadata.google.internal 224.0.0.1 255.255.255.255
"""


def as_the_system_would(host: str, _port: int) -> list[str]:
    """What the system's resolver makes of a literal in any notation; every other name leads inside."""
    if ":" in host:
        return [host]
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return ["127.0.0.1"]


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server that nobody may reach."""
    with running(answer(b"secret")) as server:
        monkeypatch.setattr(addresses, "WEB_PORTS", {80, 443, server.port})
        yield server


@pytest.fixture
def outside(inside: Server) -> Iterator[Server]:
    """A server that stands for the internet."""
    with running(answer()) as server:
        yield server


def test_the_server_inside_does_count(inside: Server) -> None:
    assert Fetcher(allow_hosts=frozenset({inside.name})).get(inside.url).body == b"secret"
    assert inside.connections == 1


@pytest.mark.parametrize("host", WAYS_INSIDE.split())
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_way_of_writing_an_address_leads_inside(inside: Server, scheme: str, host: str) -> None:
    with pytest.raises(Refused):
        Fetcher(resolver=as_the_system_would, seconds=3).get(f"{scheme}://{host}:{inside.port}/")
    assert inside.connections == 0


@pytest.mark.parametrize("host", WAYS_INSIDE.split())
def test_no_redirect_leads_inside(inside: Server, host: str) -> None:
    with running(redirect(f"http://{host}:{inside.port}/", "307 Temporary Redirect")) as outside:
        with pytest.raises(Refused):
            Fetcher(allow_hosts=frozenset({outside.name}), resolver=as_the_system_would).get(outside.url)
        assert len(outside.requests) == 1
    assert inside.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_GET",
        "ftp://127.0.0.1:{port}/",
        "//127.0.0.1:{port}/",
        "///127.0.0.1:{port}/",
        "http:127.0.0.1:{port}/",
        "http:///127.0.0.1:{port}/",
        "\\\\127.0.0.1:{port}\\",
        "/\\127.0.0.1:{port}/",
        "http://example.com@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@example.com/",
        "http://127.0.0.1:{port}\\@example.com/",
        "http://example.com:80@127.0.0.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://127.0.0.1:{port}/%0d%0aX:%20y",
        "data:text/html,<script>",
        "javascript:alert(1)",
        "http://127.0.0.1:22/",
        "http://127.0.0.1:6379/",
    ],
)
def test_no_trick_in_a_redirect_leads_inside(inside: Server, location: str) -> None:
    def trick(connection: socket.socket, asked: bytes) -> None:
        first = b"GET / HTTP" in asked
        (redirect(location.format(port=inside.port)) if first else answer())(connection, asked)

    with running(trick) as outside:
        fetcher = Fetcher(allow_hosts=frozenset({outside.name}), resolver=as_the_system_would)
        try:
            fetched = fetcher.get(outside.url)
        except Refused:
            pass
        else:  # it was a path on the same server, nothing more
            assert fetched.url.startswith(outside.url)
    assert inside.connections == 0


def test_a_name_that_changes_its_address_between_judging_and_connecting_gains_nothing(
    inside: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookups: list[str] = []
    connected: list[Sequence[str]] = []

    def rebinding(host: str, _port: int) -> list[str]:
        lookups.append(host)
        return ["93.184.216.34"] if len(lookups) == 1 else ["127.0.0.1"]

    def connect(target: Place, found: Sequence[str], meter: Meter) -> socket.socket:
        connected.append(found)
        raise Unreachable(addresses.Text("stop here"))

    monkeypatch.setattr(wire, "connect", connect)
    with pytest.raises(Unreachable):
        Fetcher(resolver=rebinding).get(f"http://rebind.example:{inside.port}/")
    assert lookups == ["rebind.example"]
    assert connected == [("93.184.216.34",)]
    assert inside.connections == 0


def test_a_name_that_turns_inside_on_the_second_visit_is_refused_then(inside: Server, outside: Server) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.1"]])
    name = f"turning.example:{outside.port}"
    fetcher = Fetcher(allow_hosts=frozenset({name}), resolver=lambda _host, _port: next(answers))
    assert fetcher.get(f"http://{name}/").body == b"hello"
    with pytest.raises(Refused):
        fetcher.get(f"http://turning.example:{inside.port}/")
    assert inside.connections == 0


def test_a_name_with_one_address_inside_is_refused_altogether(inside: Server) -> None:
    for found in (["127.0.0.1", "93.184.216.34"], ["93.184.216.34", "::1"], ["2606:4700::1", "::ffff:7f00:1"]):
        with pytest.raises(Refused):
            Fetcher(resolver=lambda _host, _port, found=found: found).get(f"http://two.example:{inside.port}/")
    assert inside.connections == 0


def test_the_list_for_tests_opens_one_port_of_one_host_and_no_more(inside: Server, outside: Server) -> None:
    fetcher = Fetcher(allow_hosts=frozenset({outside.name}), resolver=as_the_system_would)
    for url in (inside.url, f"http://127.0.0.1:{inside.port}/", f"http://localhost:{outside.port}/"):
        with pytest.raises(Refused):
            fetcher.get(url)
    assert inside.connections == outside.connections == 0


@pytest.mark.parametrize("port", [1, 21, 22, 25, 53, 110, 445, 2375, 3306, 5432, 6379, 8000, 8080, 8443, 9200, 11211])
def test_no_port_but_the_webs_own_is_asked(port: int) -> None:
    with pytest.raises(Refused, match="port"):
        Fetcher(resolver=lambda _host, _port: ["93.184.216.34"]).get(f"http://example.com:{port}/")
