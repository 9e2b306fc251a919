"""The page where administrators look after networks: what each waits for, trying it, switching it off, own ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from advocacy.sharing.models import Connection, ConnectionState, Share, ShareState
from advocacy.sharing.network_memory import NetworkMemory
from advocacy.sharing.networks import Networks
from connectors import Registry, SetUp
from connectors._errors import N_
from tests.connectors.fakes.bluesky import FakeBluesky
from tests.connectors.fakes.server import Response
from tests.sharing.plain import PlainConnector


class Sleeper(PlainConnector):
    """A network that waits for two settings and has much to be set up."""

    name = network = icon = "linkedin"
    label = "Sleeper"
    reads = ("SLEEPER_ID", "SLEEPER_SECRET")
    may_read = ("SLEEPER_HOST",)
    set_up: ClassVar[SetUp] = SetUp(
        steps=(N_("There is nothing to set up."),),
        console="https://console.example.com/apps",
        scopes=("write", "profile"),
        wants_redirect=True,
        costs=N_("There is none yet."),
    )


@pytest.fixture
def bluesky(clock) -> Iterator[FakeBluesky]:
    with FakeBluesky(clock.now) as server:
        yield server


@pytest.fixture
def house(house, bluesky):
    """The hub with a Bluesky that can be tried, and a network that sleeps."""
    settings = {
        "BLUESKY_PDS_URL": bluesky.base_url,
        "BLUESKY_APPVIEW_URL": bluesky.base_url,
        "SLEEPER_ID": "the-planted-value",
    }
    registry = Registry(settings, now=house.clock.now, allow_private_hosts=True)
    registry._known["linkedin"] = Sleeper()
    house._parts[Networks] = Networks(registry, NetworkMemory(house.db))
    return house


@pytest.fixture
def admin(signed_in, make, house):
    return signed_in(make.admin())


def post(browser, path, **fields):
    return browser.post(path, data={"csrf_token": browser.token(), **fields})


def test_a_network_that_sleeps_says_what_it_waits_for_and_what_to_do_where(admin):
    page = admin.get("/admin/networks").text
    assert "It waits for these settings: SLEEPER_SECRET." in page
    assert "<li>There is nothing to set up.</li>" in page
    assert "There is none yet." in page
    assert "https://console.example.com/apps" in page
    assert 'value="write profile" readonly' in page
    assert 'value="http://localhost/connections/back" readonly' in page
    assert "the-planted-value" not in page


def test_it_tells_how_many_people_use_a_network_and_how_many_must_come_back(admin, make, db, clock):
    states = [ConnectionState.ACTIVE, ConnectionState.NEEDS_SIGN_IN, ConnectionState.DISCONNECTED]
    people = [make.user() for _ in states]
    with db.transaction() as session:
        for person, state in zip(people, states, strict=True):
            session.add(
                Connection(
                    user_id=person.id,
                    network="bluesky",
                    remote_id=f"did:plc:{person.id}",
                    state=state,
                    connected_at=clock.now(),
                )
            )
    page = admin.get("/admin/networks").text
    assert "2 people have connected an account." in page
    assert "1 of them has to connect again." in page


def test_trying_a_network_says_that_it_works(admin, bluesky):
    answer = post(admin, "/admin/networks/bluesky/test")
    assert answer.status_code == 303
    assert "Bluesky: Bluesky answers" in admin.get("/admin/networks").text
    assert all(request.method == "GET" for request in bluesky.requests)


def test_trying_a_network_says_why_it_does_not_work(admin, bluesky):
    bluesky.fail(Response(500, "<h1>Sorry</h1>"))
    post(admin, "/admin/networks/bluesky/test")
    page = admin.get("/admin/networks").text
    assert "has a problem of its own (500)" in page
    assert "tone-error" in page


def test_what_cannot_be_tried_is_said_honestly(admin):
    post(admin, "/admin/networks/mastodon/test")
    assert "Mastodon: " in admin.get("/admin/networks").text


def test_a_network_that_sleeps_or_is_none_cannot_be_tried(admin):
    assert post(admin, "/admin/networks/linkedin/test").status_code == 404
    assert post(admin, "/admin/networks/myspace/test").status_code == 404
    assert post(admin, "/admin/networks/myspace/switch", to="off").status_code == 404


def test_a_network_that_is_switched_off_disappears_from_composer_and_connections(admin, signed_in, make):
    post(admin, "/admin/networks/bluesky/switch", to="off")
    post(admin, "/admin/networks/x_link/switch", to="off")
    page = admin.get("/admin/networks").text
    assert "Bluesky is off for everyone." in page
    person, item = signed_in(make.user()), make.item()
    composer = person.get(f"/share/{item.id}").text
    assert 'value="x_link"' not in composer
    assert 'value="reddit_link"' in composer
    assert "/connections/bluesky/new" not in person.get("/connections").text
    assert person.get("/connections/bluesky/new").status_code == 404
    assert "switched this network off" in person.get("/connections/bluesky/new").text
    post(admin, "/admin/networks/bluesky/switch", to="on")
    assert "/connections/bluesky/new" in person.get("/connections").text


def test_an_own_network_can_be_looked_at_before_it_is_added(admin, signed_in, make, db):
    own = {"label": "Intranet", "template": "https://intra.example.com/share?l={url}&t={text}"}
    shown = post(admin, "/admin/networks/own", do="preview", **own)
    assert (
        "https://intra.example.com/share?l=http%3A%2F%2Flocalhost%2Fr%2Fxxxxxxxx&amp;t=We%20are%20hiring"
        in shown.text
    )
    assert "/own/" not in admin.get("/admin/networks").text
    assert post(admin, "/admin/networks/own", do="add", **own).status_code == 303
    person, item = make.user(), make.item("Wind farm", captions=["Look at this"])
    browser = signed_in(person)
    name = next(part for part in browser.get(f"/share/{item.id}").text.split('"') if part.startswith("own_"))
    answer = browser.submit(f"/share/{item.id}", {"by": name, "do": "own"})
    page = browser.get(answer.location).text
    assert "Open Intranet" in page
    assert "https://intra.example.com/share?l=http%3A%2F%2Flocalhost%2Fr%2F" in page
    assert "t=Look%20at%20this" in page
    with db.reading() as session:
        share = session.query(Share).one()
    assert (share.network, share.state) == (name, ShareState.DRAFT)
    post(admin, f"/admin/networks/own/{name.removeprefix('own_')}/remove")
    assert f'value="{name}"' not in browser.get(f"/share/{item.id}").text
    assert "Intranet" in browser.get("/my-shares").text  # what was made keeps its network's name
    assert "/own/" not in admin.get("/admin/networks").text
    assert post(admin, "/admin/networks/own", do="add", **own).status_code == 303


@pytest.mark.parametrize(
    ("label", "template", "words"),
    [
        ("Intranet", "http://intra.example.com/?l={url}", "begins with https://"),
        ("Intranet", "https://intra.example.com/?l={link}", "{link} is not a place we fill"),
        ("Intranet", "https://intra.example.com/", "Write {url} where the link goes"),
        ("", "https://intra.example.com/?l={url}", "Please fill this in."),
    ],
)
def test_an_own_network_that_cannot_be_opened_is_refused_with_words(admin, label, template, words):
    for do in ("add", "preview"):
        answer = post(admin, "/admin/networks/own", do=do, label=label, template=template)
        assert answer.status_code == 422
        assert words in answer.text


def test_a_name_with_braces_or_markup_is_shown_as_it_is(admin, signed_in, make):
    own = {"label": "{user} <b>&", "template": "https://intra.example.com/?l={url}"}
    post(admin, "/admin/networks/own", do="add", **own)
    post(admin, "/admin/networks/own", do="add", label="Second", template=own["template"])
    item = make.item()
    assert "{user} &lt;b&gt;&amp;" in signed_in(make.user()).get(f"/share/{item.id}").text
    assert post(admin, "/admin/networks/own", do="add", **own).status_code == 422
