"""Sharing to a network that prepares posts in containers and fetches pictures from the hub, from the composer to the post."""

import io

import pytest
from PIL import Image

from advocacy.base.errors import Invalid
from advocacy.base.sealing import Sealer
from advocacy.library import media
from advocacy.library.media import Media
from advocacy.library.models import ItemKind
from advocacy.sharing import credentials, outcomes, planning, shares
from advocacy.sharing.models import Connection, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.shares import Wanted
from connectors import Credentials, Registry
from tests.connectors.fakes.instagram import FakeInstagram
from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET
from tests.connectors.fakes.server import Fault
from tests.connectors.fakes.threads import FakeThreads

HUB = "https://hub.example.com"
PUBLISH = r"POST .*/(threads|media)_publish"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nothing is waited for by chance."""
    monkeypatch.setattr(outcomes, "FIRST_WAIT", outcomes.FIRST_WAIT * 0)


@pytest.fixture(params=["threads", "instagram"])
def network(request):
    """Which network."""
    return request.param


@pytest.fixture
def server(network, clock, client):
    """The network; it fetches pictures from the hub as a stranger would."""
    made = {"threads": FakeThreads, "instagram": FakeInstagram}[network](clock.now)

    class Web(dict):
        def get(self, url, default):
            assert url.startswith(f"{HUB}/")
            answer = client.get(url.removeprefix(HUB), buffered=True)
            return (answer.data, answer.content_type) if answer.status_code == 200 else default

    made.web = Web()
    with made:
        yield made


@pytest.fixture
def house(house, server, network):
    """The hub at a public address."""
    name = network.upper()
    settings = {
        f"{name}_CLIENT_ID": CLIENT_ID,
        f"{name}_CLIENT_SECRET": CLIENT_SECRET,
        f"{name}_API_URL": server.base_url,
    }
    registry = Registry(settings, now=house.clock.now, allow_private_hosts=True, read_seconds=2.0)
    house._parts[Networks] = Networks(registry)
    house._parts[Publisher] = Publisher(public_url=HUB, worker="this worker")
    return house


@pytest.fixture
def ada(make):
    """Who shares."""
    return make.user("Ada")


@pytest.fixture
def account(house, server, network, ada):
    """Their account."""
    tokens = Credentials(server.token_for("ada"), remote_id=server.account("ada").id, handle="@ada")
    with house.db.transaction() as session:
        made = Connection(
            user_id=ada.id, network=network, remote_id=tokens.remote_id, handle="@ada", connected_at=house.clock.now()
        )
        session.add(made)
        session.flush()
        made.sealed_credentials = credentials.seal(house.part(Sealer), made.id, tokens)
    return made


@pytest.fixture
def picture(house):
    """A drawing, kept as PNG, of a shape that Instagram takes."""
    drawn = io.BytesIO()
    Image.new("RGB", (120, 100), "teal").save(drawn, "PNG")
    with house.db.transaction() as session:
        return media.store(
            session,
            house.clock,
            house.part(Media),
            data=drawn.getvalue(),
            mime="image/png",
            width=120,
            height=100,
        )


def ask(house, user, item, account, *, public_url=HUB, text="Words of mine"):
    """What sending the composer's form does."""
    with house.db.transaction() as session:
        [share] = shares.request(
            session,
            house.clock,
            house.part(Networks),
            user=user,
            item_id=item.id,
            wanted=[Wanted(account.network, text, account.id)],
            request_key=f"form {item.id}",
            due_at=None,
            public_url=public_url,
        )
    house.clock.move(seconds=11)
    return share


def stands(house, share):
    """The share as it stands."""
    with house.db.reading() as session:
        return planning.mine(session, user_id=share.user_id, share_id=share.id)


def test_a_picture_is_fetched_from_the_hub_as_the_kind_that_the_network_takes(
    house, make, sharing, server, network, ada, account, picture
):
    item = make.item(kind=ItemKind.IMAGE, picture_id=picture.id, alt_text="The harbour")
    share = ask(house, ada, item, account)
    sharing.work()
    [post] = server.posts.values()
    assert stands(house, share).state is ShareState.PUBLISHED
    assert post.alt_text == "The harbour"
    assert post.picture.startswith(b"\xff\xd8" if network == "instagram" else b"\x89PNG")
    [container] = server.containers.values()
    assert container.fields["image_url"].startswith(f"{HUB}/media/lent/")


def test_an_interrupted_share_is_published_once(house, make, sharing, server, ada, account, picture):
    share = ask(house, ada, make.item(picture_id=picture.id, alt_text="The harbour"), account)
    server.fail(Fault.LOST, PUBLISH, times=1)
    sharing.work()
    assert stands(house, share).state is ShareState.UNCONFIRMED
    house.clock.move(minutes=2)
    sharing.work()
    share = stands(house, share)
    assert share.state is ShareState.PUBLISHED
    assert list(server.posts) == [share.remote_id]
    assert len(server.asked(PUBLISH)) == 1


def test_a_request_that_never_arrived_is_repeated_with_the_same_container(
    house, make, sharing, server, ada, account, picture
):
    share = ask(house, ada, make.item(picture_id=picture.id, alt_text="The harbour"), account)
    server.fail(Fault.RESET_BEFORE, PUBLISH, times=1)
    sharing.work()
    house.clock.move(minutes=2)
    sharing.work()
    assert stands(house, share).state is ShareState.PUBLISHED
    assert (len(server.containers), len(server.posts)) == (1, 1)


def test_too_late_to_repeat_the_container_itself_says_that_nothing_was_published(
    house, make, sharing, server, ada, account, picture
):
    share = ask(house, ada, make.item(picture_id=picture.id, alt_text="The harbour"), account)
    server.fail(Fault.RESET_BEFORE, PUBLISH, times=1)
    sharing.work()
    house.clock.move(hours=3)
    sharing.work()
    share = stands(house, share)
    assert share.state is ShareState.MISSED
    assert "We looked, and your post is not there" in share.reason["template"]
    assert server.posts == {}


def test_a_hub_that_cannot_be_reached_says_so_before_anything_is_kept(house, make, server, ada, account, picture):
    item = make.item(kind=ItemKind.IMAGE, picture_id=picture.id, alt_text="The harbour")
    with pytest.raises(Invalid, match="cannot be reached from the internet"):
        ask(house, ada, item, account, public_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("network", ["instagram"], indirect=True)
def test_an_item_without_a_picture_is_not_offered_where_every_post_needs_one(
    house, make, server, ada, account, signed_in
):
    page = signed_in(ada).get(f"/share/{make.item().id}")
    assert "Not on Instagram" in page.text
    assert "only takes posts with a picture, and this one has none" in page.text
    assert f'name="text-c{account.id}"' not in page.text


@pytest.mark.parametrize("network", ["instagram"], indirect=True)
def test_the_composer_says_that_links_in_captions_cannot_be_clicked(
    house, make, server, ada, account, picture, signed_in, monkeypatch
):
    monkeypatch.setattr("advocacy.library.lent_pictures.can_be_fetched", lambda _url: True)
    page = signed_in(ada).get(f"/share/{make.item(picture_id=picture.id, alt_text='The harbour').id}")
    assert f'name="text-c{account.id}"' in page.text
    assert "Nobody can click a link in an Instagram caption" in page.text


@pytest.mark.parametrize("network", ["threads"], indirect=True)
def test_an_item_without_a_picture_goes_out_as_words(house, make, sharing, server, ada, account):
    share = ask(house, ada, make.item(), account)
    sharing.work()
    assert stands(house, share).state is ShareState.PUBLISHED
    [post] = server.posts.values()
    assert post.words.startswith(f"Words of mine\n\n{HUB}/r/")
