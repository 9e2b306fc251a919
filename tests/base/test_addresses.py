"""Which addresses the product may go to on somebody's word, in all the forms they can be written."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.base import addresses
from advocacy.base.addresses import Refused, TooSlow, Unreachable
from tests.inside import NOT_PUBLIC, PUBLIC


@pytest.mark.parametrize("address", NOT_PUBLIC.split())
def test_an_address_inside_is_not_public_in_any_form(address: str) -> None:
    assert not addresses.is_public(address)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize("nonsense", ["", "localhost", "127.1", "1.1.1.1/32", "0x7f.1", "::1 ", "1.1.1.1\n"])
def test_what_is_no_address_is_not_public(nonsense: str) -> None:
    assert not addresses.is_public(nonsense)


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_an_ipv6_one_is_never_a_way_round(inner: ipaddress.IPv4Address) -> None:
    number = int(inner)
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::", "2a00::5efe:0:0"):
        assert not addresses.is_public(str(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + number)))
    assert not addresses.is_public(str(ipaddress.IPv6Address((0x2002 << 112) + (number << 80) + 1)))
    assert not addresses.is_public(str(ipaddress.IPv6Address((0x2001 << 112) + (number << 64) + 1)))


@settings(deadline=None)
@given(st.ip_addresses())
def test_what_the_standard_library_calls_inside_is_never_public(address: ipaddress.IPv4Address) -> None:
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_link_local:
        assert not addresses.is_public(str(address))


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "javascript:alert(1)",
        "data:text/html,x",
        "dict://example.com:80/",
        "//example.com/",
        "example.com",
        "",
        "   ",
        "http://",
        "https:///path",
        "http://user@example.com/",
        "http://user:word@example.com/",
        "http://@example.com/",
        "http://example.com:22/",
        "http://example.com:8080/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://example.com:eighty/",
        "http://[::1/",
        "http://exam ple.com/",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://example.com/\r\nHost: inside",
        "http://example.com/\x00",
        "http://[fe80::1%25eth0]/",
        "http://exa%6dple.com/",
        "http://-bad-.com/",
        "http://a..xn--/",
        "http://example.com/" + "a" * 2000,
    ],
)
def test_an_address_that_is_not_for_the_web_is_refused_before_anything_is_looked_up(url: str) -> None:
    with pytest.raises(Refused) as refused:
        addresses.place(url)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("url", "asked", "host", "port"),
    [
        ("HTTPS://Example.COM", "https://example.com", "example.com", 443),
        (" http://example.com:80/a b#part ", "http://example.com/a b", "example.com", 80),
        ("https://blåbær.no/syltetøy", "https://xn--blbr-roah.no/syltetøy", "xn--blbr-roah.no", 443),
        ("http://example.com:443/", "http://example.com:443/", "example.com", 443),
        ("http://[2606:4700::1]/", "http://[2606:4700::1]/", "2606:4700::1", 80),
        ("http://１２７.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80),
        ("http://my_site.example.com./x?y=1", "http://my_site.example.com./x?y=1", "my_site.example.com.", 80),
    ],
)
def test_a_web_address_is_taken_apart_as_it_will_be_asked_for(url: str, asked: str, host: str, port: int) -> None:
    place = addresses.place(url)
    assert (place.url, place.host, place.port) == (asked, host, port)


def judged(resolver: addresses.Resolver, seconds: float = 2) -> tuple[str, ...]:
    place = addresses.place("http://example.com/")
    return addresses.look_up(place, resolver, seconds=seconds, allow_hosts=frozenset())


def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(Refused, match="private network"):
        judged(lambda _host, _port: ["93.184.216.34", "2606:4700::1", "::ffff:10.0.0.1"])


def test_a_name_that_nobody_knows_is_told_as_such() -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("Name or service not known")

    with pytest.raises(Unreachable, match=r"no server called example\.com"):
        judged(unknown)
    with pytest.raises(Unreachable):
        judged(lambda _host, _port: [])


def test_a_name_server_that_never_answers_does_not_hold_us() -> None:
    import threading

    never = threading.Event()
    with pytest.raises(TooSlow):
        judged(lambda _host, _port: [str(never.wait(5))], seconds=0.1)
    never.set()
