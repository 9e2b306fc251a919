"""No test leaves this machine."""

import socket
import urllib.request

import pytest

from tests.peers.sockets import ReachedOutside, is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "localhost", "a.localhost"])
def test_this_machine_may_be_reached(host):
    assert is_local(host)


@pytest.mark.parametrize(
    "host",
    ["93.184.215.14", "10.0.0.1", "::ffff:8.8.8.8", "2001:db8::1", "example.com", "localhost.example.com"],
)
def test_everything_else_may_not(host):
    assert not is_local(host)


def test_connecting_outside_fails_loudly():
    with socket.socket() as outgoing, pytest.raises(ReachedOutside):
        outgoing.connect(("192.0.2.1", 80))


def test_asking_for_a_name_fails_loudly():
    with pytest.raises(ReachedOutside):
        urllib.request.urlopen("http://feeds.example.com/", timeout=1)


def test_a_datagram_outside_fails_loudly():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outgoing, pytest.raises(ReachedOutside):
        outgoing.sendto(b"x", ("192.0.2.1", 53))
