"""Closes every socket of the tests but those to this machine, so that none depends on the internet."""

import ipaddress
import socket
from typing import Any

import pytest


class ReachedOutside(RuntimeError):
    """A test tried to leave this machine. No OSError, which code may forgive."""


_LOCAL_NAMES = {"localhost", "localhost.localdomain", "", None}
_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex
_sendto = socket.socket.sendto
_getaddrinfo = socket.getaddrinfo


def is_local(host: object) -> bool:
    """Whether this name or address can only mean this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in _LOCAL_NAMES:
        return True
    if not isinstance(host, str):
        return False
    if host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _refuse_outside(family: int, address: Any) -> None:
    if family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = address[0] if isinstance(address, tuple) else address
    if not is_local(host):
        raise ReachedOutside(f"this test tried to connect to {address}; only this machine may be reached")


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _refuse_outside(self.family, address)
    return _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _refuse_outside(self.family, address)
    return _connect_ex(self, address)


def _guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
    _refuse_outside(self.family, rest[-1])
    return _sendto(self, data, *rest)


def _guarded_getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
    if not is_local(host):
        try:
            ipaddress.ip_address(host)  # an address needs no look-up, so nothing leaves the machine
        except ValueError:
            raise ReachedOutside(f"this test looked up {host!r}; pass a resolver instead") from None
    return _getaddrinfo(host, *rest, **options)


def pytest_configure(config: pytest.Config) -> None:
    """Close the sockets before any test module is imported."""
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = _guarded_sendto  # type: ignore[method-assign]
    socket.getaddrinfo = _guarded_getaddrinfo


def pytest_unconfigure(config: pytest.Config) -> None:
    """Open them again for whatever runs after the tests."""
    socket.socket.connect = _connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _connect_ex  # type: ignore[method-assign]
    socket.socket.sendto = _sendto  # type: ignore[method-assign]
    socket.getaddrinfo = _getaddrinfo
