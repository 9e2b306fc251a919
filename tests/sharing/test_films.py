"""An item that is a film: it goes out in pieces, is taken up where a try ended, and its person sees how far it is."""

import hashlib
import io
import re
from collections.abc import Iterator

import pytest
from PIL import Image
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library import media
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, Film, ItemKind, Picture
from advocacy.sharing import sending
from advocacy.sharing.connections import keep
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.my_shares import standing
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from connectors import Credentials
from connectors._x_media import PIECE
from tests.connectors.fakes.server import Fault
from tests.connectors.networks.x import XNetwork

DATA = bytes(range(256)) * (PIECE * 5 // 2 // 256)
"""Two pieces and a half of what stands for a film: the network looks at its bytes alone."""


@pytest.fixture
def x(house, sharing, clock) -> Iterator[XNetwork]:
    made = XNetwork(clock.now)
    house._parts[Networks] = sharing.networks = Networks(made.registry)
    yield made
    made.close()


def film_of(house, data: bytes = DATA, **facts) -> Film:
    sha256 = hashlib.sha256(data).hexdigest()
    house.part(Media).folder.mkdir(parents=True, exist_ok=True)
    draft = house.part(Media).folder / ".part"
    draft.write_bytes(data)
    house.part(Media).take_in(draft, sha256=sha256, mime="video/mp4")
    facts = {"seconds": 12.5, "width": 640, "height": 360, **facts}
    with house.db.transaction() as session:
        film = Film(sha256=sha256, mime="video/mp4", size=len(data), created_at=house.clock.now(), **facts)
        session.add(film)
    return film


def picture_of(house) -> Picture:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), "red").save(file, "PNG")
    with house.db.transaction() as session:
        return media.store(
            session,
            house.clock,
            house.part(Media),
            data=file.getvalue(),
            mime="image/png",
            width=320,
            height=200,
        )


@pytest.fixture
def film(house) -> Film:
    return film_of(house)


@pytest.fixture
def ada(house, x, make):
    """A person and her account."""
    ada, grant = make.user("Ada"), x.server.grant_for("ada")
    tokens = Credentials(grant.access, grant.refresh, grant.ends, remote_id=grant.account.id, handle="@ada")
    return ada, keep(house, user_id=ada.id, network="x", tokens=tokens, who=x.connector.identity(tokens))


def item_of(make, film: Film, **facts) -> ContentItem:
    return make.item(kind=ItemKind.FILM, film_id=film.id, **{"alt_text": "A crane lifts a turbine.", **facts})


@pytest.fixture
def share(sharing, make, film, ada) -> Share:
    """One that is due."""
    [made] = sharing.share(ada[0], item_of(make, film), ada[1])
    sharing.house.clock.move(seconds=11)
    return made


def sent_pieces(x: XNetwork) -> int:
    return len(x.fake.asked(r"POST /2/media/upload/\d+/append"))


def test_a_film_goes_out_whole_and_in_pieces(sharing, share, x):
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    [sent] = x.server.media.values()
    assert sent.data == DATA
    assert sent_pieces(x) == 3


def test_what_was_cut_off_goes_on_where_it_stood(sharing, share, x):
    x.fake.fail(Fault.RESET_BEFORE, r"POST /2/media/upload/\d+/finalize", times=1)
    sharing.work()
    assert sharing.now(share).state is not ShareState.PUBLISHED
    for _ in range(4):
        sharing.house.clock.move(seconds=60)
        sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    [sent] = x.server.media.values()
    assert sent.data == DATA
    assert sent_pieces(x) == 3
    assert x.posts() == 1


def test_its_person_sees_how_far_it_is(house, sharing, share, film, monkeypatch):
    monkeypatch.setattr(sending, "EVERY", 0.0)
    seen: list[str] = []

    def look(step: str) -> None:
        if step == "after answer":
            with house.db.reading() as session:
                seen.append(str(standing(session.get_one(Share, share.id), house.clock.now()).meaning))

    house.part(Publisher).step = look
    sharing.work()
    assert seen == [f"{100 * 2 * PIECE // film.size} % of the film is sent to the network."]


def test_what_is_on_its_way_is_on_every_page_of_shares(house, share, film, ada, signed_in):
    with house.db.transaction() as session:
        moving = session.get_one(Share, share.id)
        moving.state, moving.progress = ShareState.PUBLISHING, {sending.SENT: str(film.size // 4)}
    browser = signed_in(ada[0])
    assert "25 % of the film is sent" in browser.get("/my-shares").text
    for view in ("month", "week", "list"):
        assert "Being published" in browser.get(f"/my-shares/calendar?view={view}").text


def test_another_film_than_the_one_that_was_seen_does_not_go_out(house, sharing, share, x):
    other = film_of(house, DATA[:1000])
    with house.db.transaction() as session:
        session.get_one(ContentItem, share.item_id).film_id = other.id
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.CANCELLED
    assert "was changed" in str(Text.from_json(stands.reason))
    assert not x.server.media


@pytest.mark.parametrize(
    ("of_film", "of_item", "says"),
    [
        ({"seconds": 141.0}, {}, "longer than X takes"),
        ({}, {"alt_text": " "}, "no description"),
    ],
)
def test_what_the_network_would_refuse_is_said_before(house, sharing, make, ada, x, of_film, of_item, says):
    item = item_of(make, film_of(house, **of_film), **of_item)
    with pytest.raises(Invalid, match=says):
        sharing.share(ada[0], item, ada[1])


@pytest.mark.parametrize("kind", [ItemKind.FILM, ItemKind.IMAGE])
def test_by_hand_it_is_saved_from_the_page_and_added_there(house, make, film, kind, signed_in):
    picture = picture_of(house)
    facts = {"film_id": film.id} if kind is ItemKind.FILM else {"picture_id": picture.id}
    item = make.item(kind=kind, source_url="https://nordlys.example/news", alt_text="A crane.", **facts)
    browser = signed_in(make.user("Ada"))
    browser.submit(f"/share/{item.id}", {"by": "linkedin_link", "do": "own", "text-own": "Look at this."})
    with house.db.reading() as session:
        [share] = session.scalars(select(Share))
    page = browser.get(f"/shares/{share.id}/post").text
    saved = re.findall(r'<a [^>]*href="([^"]+)" download>', page)
    assert saved == [film.path if kind is ItemKind.FILM else picture.path]


def test_the_composer_plays_it_where_the_post_is_shown(make, film, signed_in, ada):
    shared, by = item_of(make, film), ada[0]
    page = signed_in(by).get(f"/share/{shared.id}").text
    [player] = re.findall(r"<video [^>]+>", page)
    assert f'src="{film.path}"' in player
    assert 'aria-label="A crane lifts a turbine."' in player
