"""A network that fetches pictures itself gets this one, for an hour, at an address that nobody else can make."""

import base64
import io

import pytest
from PIL import Image

from advocacy.base.errors import NotFound
from advocacy.base.sealing import Sealer
from advocacy.library import lent_pictures, media
from advocacy.library.media import Media

HUB = "https://hub.example.com"


def drawn(kind: str) -> bytes:
    """A small picture."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, kind)
    return made.getvalue()


@pytest.fixture
def picture(house):
    """A picture that was kept as PNG."""
    with house.db.transaction() as session:
        return media.store(
            session, house.clock, house.part(Media), data=drawn("PNG"), mime="image/png", width=40, height=30
        )


@pytest.fixture
def lend(house, picture):
    """Where a network may fetch it."""

    def address(public_url=HUB):
        sealer = house.part(Sealer)
        return lent_pictures.address(picture.file_name, sealer=sealer, clock=house.clock, public_url=public_url)

    return address


def test_whoever_has_the_address_gets_the_picture_without_signing_in(lend, client):
    answer = client.get(lend().removeprefix(HUB), buffered=True)
    assert answer.data == drawn("PNG")
    assert answer.content_type == "image/png"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers


def test_after_an_hour_the_address_opens_nothing(lend, client, clock):
    address = lend().removeprefix(HUB)
    clock.move(minutes=59)
    assert client.get(address, buffered=True).status_code == 200
    clock.move(minutes=1)
    assert client.get(address, buffered=True).status_code == 404


def test_no_two_addresses_are_the_same_and_none_can_be_changed(house, lend, client, picture):
    address = lend().removeprefix(HUB)
    assert lend().removeprefix(HUB) != address
    token = address.removeprefix(lent_pictures.PATH)
    sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    elsewhere = house.part(Sealer).seal(f"{picture.file_name} 99999999999", context="another place")
    changed = [sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :] for place in range(len(sealed))]
    made_up = [base64.urlsafe_b64encode(one).rstrip(b"=").decode() for one in (*changed, elsewhere)]
    for one in (*made_up, picture.file_name, token[:-4], token + "AAAA", "å", "\0", "."):
        with pytest.raises(NotFound):
            lent_pictures.borrowed(house.part(Sealer), house.clock, house.part(Media), token=one)
    assert client.get(f"{lent_pictures.PATH}{made_up[0]}").status_code == 404


@pytest.mark.parametrize(
    ("public_url", "fetched"),
    [
        (HUB, True),
        ("https://share.nordlys.no", True),
        ("https://[2a00:1450:400f::5]", True),
        ("http://hub.example.com", False),
        ("https://hub.example.com:8443", False),
        ("https://hub", False),
        ("https://hub.local", False),
        ("https://hub.internal", False),
        ("https://localhost", False),
        ("https://127.0.0.1", False),
        ("https://10.0.0.7", False),
        ("https://[fd00::1]", False),
        ("http://127.0.0.1:8000", False),
        ("", False),
    ],
)
def test_a_hub_that_no_network_can_reach_lends_nothing(lend, public_url, fetched):
    assert lent_pictures.can_be_fetched(public_url) == fetched
    assert (lend(public_url=public_url) is not None) == fetched
