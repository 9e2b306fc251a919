"""Conversions: told by a signed call or a picture, counted once each, and given to the click they followed from."""

import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client

from advocacy.reach import click_ids, conversion_kinds, conversions, importing, rejudging
from advocacy.reach.conversion_models import Conversion, ConversionKind, ConversionSource
from advocacy.reach.models import Click
from advocacy.sharing.models import Link
from tests.reach.conftest import lines_in


@pytest.fixture
def admin(make, signed_in):
    return signed_in(make.admin())


@pytest.fixture
def share(make):
    return make.share(make.user("Ada Advocate"), make.item("Grid report", campaign_id=make.campaign("Hiring").id))


@pytest.fixture
def code(share, db):
    with db.reading() as session:
        return session.get_one(Link, share.link_id).code


@pytest.fixture
def setup(admin, db):
    """Ids are on, there is a kind and a server; gives its key, its secret and the kind's key."""
    base = "/admin/links/conversions"
    assert admin.submit(base, {"click_ids": "y", "window_days": "7"}, form=base).status_code == 303
    kind = {"name": "Application sent", "value": "120,50", "currency": "nok", "has_pixel": "y"}
    assert admin.submit(f"{base}/kinds/new", kind).status_code == 303
    shown = admin.submit(base, {"source_name": "jobs.example.com"}, form=f"{base}/sources").text
    secret = shown.partition('id="source-secret"')[2].partition('value="')[2].partition('"')[0]
    with db.reading() as session:
        source = session.scalars(select(ConversionSource)).one()
        assert secret.encode() not in source.sealed_secret
        return source.key, secret, session.scalars(select(ConversionKind)).one().key


@pytest.fixture
def call(app, setup, clock):
    """Tells of a conversion as a server does."""
    key, secret, kind = setup
    browser = Client(app, use_cookies=False)

    def tell(*, sign=None, at=None, source=key, **said):
        body = json.dumps({"id": "order-1", "kind": kind, **said}).encode()
        time = str(int((at or clock.now()).timestamp()))
        right = hmac.new(secret.encode(), time.encode() + b"." + body, hashlib.sha256).hexdigest()
        sent = {"Advocacy-Source": source, "Advocacy-Timestamp": time, "Advocacy-Signature": sign or right}
        return browser.post("/api/conversions", data=body, content_type="application/json", headers=sent)

    return tell


def clicked(visit, code, **headers):
    """Follows the link; gives the id that the page behind it is told."""
    [click_id] = parse_qs(urlsplit(visit(code, **headers).location).query)[click_ids.PARAMETER]
    return click_id


def brought_in(house, clicks):
    return importing.keep_up(house.db, house.clock, directory=clicks)


def only(db):
    with db.reading() as session:
        return session.scalars(select(Conversion)).one()


def test_without_ids_a_link_leads_where_it_always_led_and_its_line_is_as_short(visit, code, clicks):
    assert "adv_click" not in visit(code).location
    assert next(clicks.glob("*.log")).read_bytes().startswith(b"1\t")


def test_a_conversion_is_given_to_the_click_it_followed_from(
    setup, call, visit, code, clicks, house, share, admin, app, make, signed_in
):
    click_id = clicked(visit, code)
    assert lines_in(clicks)[0].click_id == click_id
    early = call(click=click_id)
    assert (early.status_code, early.json["click"]) == (201, "waiting"), "the click is not imported yet"
    brought_in(house, clicks)
    conversions.tend(house)
    assert call(click=click_id).json == {"id": early.json["id"], "click": "found"}
    told = only(house.db)
    assert (told.share_id, told.item_id, told.network) == (share.id, share.item_id, "bluesky")
    assert (told.hundredths, told.currency, told.rule, told.token) == (12050, "NOK", "", "")

    leader = signed_in(make.leader())
    page = " ".join(leader.get("/insights/conversions?by=campaign").text.split())
    assert "Hiring" in page
    assert "NOK 120.50" in page
    assert "Grid report" in leader.get("/insights/conversions/rows?which=human").text
    assert "Grid report" not in leader.get("/insights/conversions/rows?which=filtered").text
    assert "After a click by a person" in leader.get("/insights/files/conversions.csv?form=plain").text


def test_what_a_program_did_stands_apart_and_follows_when_its_click_is_judged_again(
    setup, call, visit, code, clicks, house, db, clock, make, monkeypatch
):
    click_id = clicked(visit, code, User_Agent="Twitterbot/1.0")
    brought_in(house, clicks)
    assert call(click=click_id).json["click"] == "found"
    assert only(db).rule == "crawler"
    clock.move(days=1)
    monkeypatch.setattr("advocacy.reach.judging.RULES", ())
    by = make.admin("Other Admin").id
    with db.transaction() as session:
        day = session.scalars(select(Click.day)).one()
        rejudging.begin(session, house.clock, by=by, first=day, last=day)
    rejudging.tick(house)
    assert only(db).rule == ""


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"sign": "0" * 64}, 401),
        ({"source": "nobody"}, 401),
        ({"source": ""}, 400),
        ({"at": -301}, 401),
        ({"at": 301}, 401),
        ({"click": "short"}, 422),
        ({"kind": "none"}, 422),
        ({"value": "-1", "currency": "NOK"}, 422),
        ({"value": 10}, 422),
    ],
)
def test_a_call_that_is_not_right_is_refused_with_what_is_wrong(call, clock, db, wrong, status):
    said = {"click": "A" * 16, **wrong}
    if isinstance(said.get("at"), int):
        said["at"] = clock.now() + timedelta(seconds=said["at"])
    answer = call(**said)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["detail"]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Conversion)) == 0


def test_the_same_id_is_counted_once_and_refused_with_other_words(call, visit, code, clicks, house, db):
    click_id = clicked(visit, code)
    brought_in(house, clicks)
    first = call(click=click_id, value=10, currency="EUR")
    assert first.json == call(click=click_id, value=10, currency="EUR").json
    other = call(click=click_id, value=11, currency="EUR")
    assert (other.status_code, other.json["field"]) == (422, "id")
    assert only(db).hundredths == 1000


def test_a_conversion_after_the_window_or_of_no_click_is_told_as_such(call, visit, code, clicks, house, clock, db):
    click_id = clicked(visit, code)
    brought_in(house, clicks)
    clock.move(days=7, minutes=1)
    assert call(click=click_id).json["click"] == "late"
    assert call(id="order-2", click="A" * 16).json["click"] == "waiting"
    clock.move(minutes=11)
    conversions.tend(house)
    assert call(id="order-2", click="A" * 16, at=clock.now()).json["click"] == "unknown"
    clock.move(days=click_ids.LATE.days)
    click_ids.forget(house)
    with db.reading() as session:
        assert session.scalars(select(click_ids.ClickToken)).all() == []


def test_a_server_that_calls_too_often_or_was_revoked_is_refused(call, db, house, setup, monkeypatch, make):
    monkeypatch.setattr(conversions, "OF_SOURCE", conversions.Limit("few", 1, timedelta(minutes=1)))
    assert call(click="A" * 16).status_code == 201
    refused = call(id="order-2", click="A" * 16)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    by = make.admin("Other Admin").id
    with db.transaction() as session:
        source = session.scalars(select(ConversionSource)).one()
        conversion_kinds.revoke(session, house.clock, by=by, source_id=source.id)
    assert call(id="order-3", click="A" * 16).status_code == 401


def test_a_picture_counts_once_for_each_click_and_leaves_nothing_behind(setup, app, visit, code, clicks, house, db):
    *_, kind = setup
    click_id = clicked(visit, code)
    brought_in(house, clicks)
    browser = Client(app)
    for key, sent in ((kind, click_id), (kind, click_id), (kind, "rubbish"), ("nothing", click_id)):
        answer = browser.get(f"/c/{key}.gif?click={sent}")
        assert (answer.status_code, answer.mimetype) == (200, "image/gif")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Set-Cookie" not in answer.headers
    told = only(db)
    assert (told.source_id, told.rule, told.standing) == (None, "", "found")
