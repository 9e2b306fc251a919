"""An item with several pictures: those that the person chose go out, described, in the item's order."""

import io
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
from PIL import Image
from sqlalchemy import delete, update

from advocacy.library import media
from advocacy.library.media import Media
from advocacy.library.models import ContentItem, ItemKind, ItemPicture, Picture
from advocacy.sharing import drafts
from advocacy.sharing.models import Connection, ShareState
from advocacy.sharing.networks import Networks

COLOURS = ("red", "green", "blue")


@pytest.fixture
def coloured(house, make):
    """An item of a red, a green and a blue picture."""
    with house.db.transaction() as session:
        kept = []
        for colour in COLOURS:
            file = io.BytesIO()
            Image.new("RGB", (320, 200), colour).save(file, "PNG")
            data = file.getvalue()
            kept.append(
                media.store(
                    session,
                    house.clock,
                    house.part(Media),
                    data=data,
                    mime="image/png",
                    width=320,
                    height=200,
                )
            )
        ids = [one.id for one in kept]
    item = make.item(kind=ItemKind.IMAGE, picture_id=ids[0], alt_text="All red")
    with house.db.transaction() as session:
        session.add_all(
            ItemPicture(item_id=item.id, position=place, picture_id=ids[place], alt_text=f"All {COLOURS[place]}")
            for place in (1, 2)
        )
    return item, ids


@pytest.mark.parametrize(("chosen", "described"), [((2, 1), ["All green", "All blue"]), (None, None)])
def test_the_chosen_pictures_go_out_in_the_items_order(sharing, make, mastodon, coloured, chosen, described):
    (item, ids), ada = coloured, make.user("Ada")
    picture_ids = tuple(ids[place] for place in chosen) if chosen else None
    [share] = sharing.share(ada, item, sharing.connect(ada, "mastodon"), picture_ids=picture_ids)
    sharing.house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(share).state is ShareState.PUBLISHED
    [status] = mastodon.statuses.values()
    sent = [mastodon.media[one] for one in status.media_ids]
    assert [one.description for one in sent] == (described or [f"All {colour}" for colour in COLOURS])
    assert all(Image.open(io.BytesIO(one.data)).size == (320, 200) for one in sent)


def test_a_picture_that_was_taken_out_of_the_item_meanwhile_does_not_go_out(sharing, make, mastodon, coloured, house):
    (item, ids), ada = coloured, make.user("Ada")
    [share] = sharing.share(ada, item, sharing.connect(ada, "mastodon"), picture_ids=(ids[0], ids[2]))
    with house.db.transaction() as session:
        session.execute(delete(ItemPicture).where(ItemPicture.picture_id == ids[2]))
    house.clock.move(seconds=11)
    sharing.work()
    assert sharing.now(share).state is ShareState.CANCELLED
    assert "was removed from this item" in sharing.now(share).reason["template"]
    assert not mastodon.statuses


def test_pictures_are_made_to_fit_what_the_accounts_own_server_takes(sharing, make, mastodon, coloured, house):
    (item, _), ada = coloured, make.user("Ada")
    account = sharing.connect(ada, "mastodon")
    small = replace(sharing.networks.limits("mastodon"), image_pixels=10_000)
    with house.db.transaction() as session:
        session.execute(update(Connection).where(Connection.id == account.id).values(limits=small.to_json()))
    sharing.share(ada, item, account)
    house.clock.move(seconds=11)
    sharing.work()
    sizes = [Image.open(io.BytesIO(one.data)).size for one in mastodon.media.values()]
    assert [width * height <= 10_000 for width, height in sizes] == [True] * 3


@pytest.mark.parametrize(("moving", "along"), [(0, [0]), (1, [0, 2])])
def test_what_moves_goes_alone_or_not_at_all_where_a_network_wants_it_so(house, coloured, moving, along):
    (item, ids), networks = coloured, house.part(Networks)
    with house.db.transaction() as session:
        session.execute(update(Picture).where(Picture.id == ids[moving]).values(frames=3))
    alone = replace(networks.limits("mastodon"), moves_alone=True, moving_bytes=1_000_000)
    together = replace(alone, moves_alone=False)
    with house.db.reading() as session:
        there = session.get_one(ContentItem, item.id)
        for rule, wanted in ((alone, along), (together, [0, 1, 2])):
            offered = drafts.offered(there, networks.registry.api("mastodon"), rule)
            assert [ids.index(one.picture.id) for one in offered] == wanted


@pytest.mark.parametrize(
    ("network", "count", "more"),
    [("linkedin", 6, "+2"), ("facebook", 5, "+1"), ("linkedin", 4, ""), ("mastodon", 6, "")],
)
def test_a_preview_tells_the_pictures_that_the_networks_tile_does_not_show(client, network, count, more):
    one = SimpleNamespace(picture=SimpleNamespace(id=1, path="/p", width=1, height=1, moves=False), alt_text="A")
    app = client.application
    with app.test_request_context():
        drawn = app.jinja_env.get_template("components/preview.html").module.network_preview(
            network, network, "Words", "Ada", pictures=[one] * count
        )
    assert re.findall(r'data-more="(.*?)"', drawn) == ([more] if more else [])
