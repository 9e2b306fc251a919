"""Notifications to devices: sealed for each, at good times, again until taken, and never to who is signed out."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from advocacy.base import web_push
from advocacy.base.fetch import Fetcher
from advocacy.base.web_push import Vapid, decoded, encoded
from advocacy.messages import pushing
from advocacy.messages.push_models import PushDevice, PushMessage
from advocacy.people import sessions
from tests.messages.push_service import BrowserKey, push_service


@pytest.fixture
def service(house, monkeypatch):
    """A push service that the hub may reach although it is on this machine."""
    with push_service(house.clock.now, public=house.part(Vapid).public) as running:
        monkeypatch.setitem(house._parts, Fetcher, Fetcher(allow_hosts=frozenset({running.name}), seconds=5))
        yield running


@pytest.fixture
def kari(make):
    """Somebody in Oslo at noon."""
    return make.user("Kari", time_zone="Europe/Oslo", locale="nb")


def switch_on(browser, service, key, path="/send/kari"):
    token = browser.token()
    fields = {"csrf_token": token, "endpoint": f"http://{service.name}{path}", **key.given}
    return browser.post("/me/messages/devices", data=fields)


def devices(house) -> int:
    with house.db.reading() as session:
        return session.scalar(select(func.count()).select_from(PushDevice))


def test_a_push_is_sealed_for_the_device_and_says_one_sentence_without_titles(
    house, make, happen, kari, signed_in, service
):
    key = BrowserKey()
    assert switch_on(signed_in(kari), service, key).status_code == 302
    pushing.tick(house)
    happen.notice(make.user("Lea Der"), "Salaries of the board")
    pushing.tick(house)
    pushing.tick(house)
    assert [key.open(body)["title"] for _, _, body in service.taken] == [
        "Slik ser varsler fra huben ut.",
        "Det er kommet et nytt oppslag.",
    ]
    path, headers, body = service.taken[-1]
    assert path == "/send/kari"
    assert key.open(body)["path"] == f"/me/notifications/{happen.told(kari)[0].id}"
    assert "Salaries" not in str(key.open(body))
    assert headers["Content-Encoding"] == "aes128gcm"
    assert 0 < int(headers["TTL"]) <= 12 * 3600
    assert headers["Authorization"].startswith("vapid t=")
    assert len(headers["Topic"]) == 32


def test_what_comes_soon_after_is_told_together_and_what_was_read_is_not_told(
    house, make, happen, kari, signed_in, service, clock
):
    leader, key, browser = make.user("Lea Der"), BrowserKey(), signed_in(kari)
    switch_on(browser, service, key)
    pushing.tick(house)
    for title in ("One", "Two", "Three"):
        happen.notice(leader, title)
        pushing.tick(house)
    assert len(service.taken) == 2, "the test, and the first at once"
    browser.get(f"/me/notifications/{happen.told(kari)[0].id}")
    clock.move(minutes=10)
    pushing.tick(house)
    assert [key.open(body)["title"] for _, _, body in service.taken[2:]] == ["Det er kommet et nytt oppslag."], (
        "of the two that came meanwhile one was read on the hub"
    )


def test_quiet_hours_the_cap_and_the_choice_by_kind_hold_on_devices_too(
    house, make, happen, kari, signed_in, service, clock
):
    leader, browser = make.user("Lea Der"), signed_in(kari)
    switch_on(browser, service, BrowserKey())
    pushing.tick(house)
    wanted = {"csrf_token": browser.token(), "notice-push": "1", "most_letters": "3", "most_pushes": "2"}
    browser.post("/me/messages", data={**wanted, "quiet_from": "20", "quiet_until": "7"})
    for _ in range(4):
        happen.notice(leader)
        pushing.tick(house)
        clock.move(minutes=11)
    assert len(service.taken) == 1 + 2, "two a day"
    clock.set(clock.now().replace(hour=23))
    happen.notice(leader)
    pushing.tick(house)
    assert len(service.taken) == 3, "it is night in Oslo"
    clock.move(hours=7, minutes=1)
    pushing.tick(house)
    assert len(service.taken) == 4, "and then all in one"
    browser.post("/me/messages", data={**wanted, "notice-push": ""} | {"notice-app": "1"})
    del wanted["notice-push"]
    browser.post("/me/messages", data=wanted)
    clock.move(hours=1)
    happen.notice(leader)
    pushing.tick(house)
    assert len(service.taken) == 4


def test_a_device_that_is_gone_is_taken_off_and_one_whose_service_is_away_is_tried_again(
    house, make, happen, kari, signed_in, service, clock
):
    browser, key = signed_in(kari), BrowserKey()
    service.status, service.headers = 429, {"Retry-After": "600"}
    switch_on(browser, service, key)
    pushing.tick(house)
    happen.notice(make.user("Lea Der"))
    service.status, service.headers = 503, {}
    pushing.tick(house)
    assert len(service.taken) == 2
    clock.move(minutes=2)
    service.status = 201
    pushing.tick(house)
    assert len(service.taken) == 3, "503 again after a minute; 429 not before its time"
    service.status = 403
    browser.submit("/me/messages", form=f"/me/messages/devices/{only(house).id}/test")
    pushing.tick(house)
    clock.move(minutes=30)
    pushing.tick(house)
    assert len(service.taken) == 4, "a refusal is not repeated"
    assert "403" in browser.get("/me/messages").text
    service.status = 410
    browser.submit("/me/messages", form=f"/me/messages/devices/{only(house).id}/test")
    pushing.tick(house)
    assert devices(house) == 0
    with house.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(PushMessage)) == 0


def only(house) -> PushDevice:
    with house.db.reading() as session:
        return session.scalars(select(PushDevice)).one()


def test_signing_out_ends_it_and_so_does_another_person_in_the_same_browser(
    house, make, happen, kari, signed_in, service
):
    first, second, other = signed_in(kari), signed_in(kari), signed_in(make.user("Other"))
    switch_on(first, service, BrowserKey(), "/send/one")
    switch_on(second, service, BrowserKey(), "/send/two")
    with house.db.transaction() as session:
        sessions.end(session, token=first.get_cookie("hub", domain="localhost").value)
    assert devices(house) == 1
    switch_on(other, service, BrowserKey(), "/send/two")
    assert devices(house) == 1, "a browser is one person's"
    happen.notice(make.user("Lea Der"))
    pushing.tick(house)
    assert {path for path, _, _ in service.taken} == {"/send/two"}
    assert len(service.taken) == 2, "the test and one notice, both for who is there now"
    assert "Notifications" in other.get("/me/messages").text
    first_of_other = only(house)
    assert second.post(
        f"/me/messages/devices/{first_of_other.id}/remove", data={"csrf_token": second.token()}
    ).status_code == 302  # fmt: skip
    assert devices(house) == 1, "somebody else's stays"


@pytest.mark.parametrize(
    "endpoint", ["http://push.example/x", "ftp://push.example/x", "https://[::", "https://push.example/" + "x" * 2000]
)
def test_what_is_no_subscription_is_refused(house, kari, signed_in, endpoint):
    browser = signed_in(kari)
    fields = {"csrf_token": browser.token(), "endpoint": endpoint, **BrowserKey().given}
    assert browser.post("/me/messages/devices", data=fields).status_code == 422
    good = {**fields, "endpoint": "https://push.example/x"}
    for wrong in ({"public": "abc"}, {"public": "BA" * 44}, {"auth": "x"}):
        assert browser.post("/me/messages/devices", data={**good, **wrong}).status_code == 422
    assert devices(house) == 0


def test_an_endpoint_inside_the_companys_network_is_never_asked(house, kari, signed_in, service, monkeypatch):
    monkeypatch.setitem(house._parts, Fetcher, Fetcher(seconds=5))
    browser = signed_in(kari)
    inside = f"https://{service.name}/send/kari"
    browser.post(
        "/me/messages/devices", data={"csrf_token": browser.token(), "endpoint": inside, **BrowserKey().given}
    )
    assert devices(house) == 1
    pushing.tick(house)
    assert service.taken == []
    assert devices(house) == 0


def refused(service, **changed) -> tuple[int, str] | None:
    """What the service says of a message that is right but for what was changed."""
    vapid, key = changed.pop("vapid", None) or Vapid(Vapid.fresh(), contact="mailto:a@b.c"), BrowserKey()
    body = web_push.sealed(b"{}", public=decoded(key.given["public"]), auth=key.auth)
    headers = {
        "TTL": "60",
        "Content-Encoding": "aes128gcm",
        "Topic": "abc",
        "Authorization": vapid.authorization(f"http://{service.name}/x", service.now()),
    }
    body = changed.pop("body", body)
    return service.objection({**headers, **changed}, body)


def test_the_service_in_these_tests_refuses_what_a_real_one_refuses(house, clock):
    vapid = Vapid(Vapid.fresh(), contact="mailto:a@b.c")
    with push_service(clock.now, public=vapid.public) as service:
        right = vapid.authorization(f"http://{service.name}/x", clock.now())
        elsewhere = vapid.authorization("http://other.example/x", clock.now())
        old = vapid.authorization(f"http://{service.name}/x", clock.now() - timedelta(hours=13))
        signature = right.split(" t=")[1].split(",")[0].split(".")[2]
        forged = right.replace(signature, encoded(bytes([decoded(signature)[0] ^ 1]) + decoded(signature)[1:]))
        assert refused(service, vapid=vapid) is None
        assert refused(service) == (403, "another key than the subscription's")
        for changed, status in (
            ({"Authorization": elsewhere}, 403),
            ({"Authorization": old}, 403),
            ({"Authorization": forged}, 403),
            ({"Authorization": ""}, 401),
            ({"TTL": ""}, 400),
            ({"Content-Encoding": "aesgcm"}, 415),
            ({"Topic": "a" * 33}, 400),
            ({"Urgency": "now"}, 400),
            ({"body": b"plain words"}, 400),
            ({"body": bytes(5000)}, 413),
        ):
            found = refused(service, vapid=vapid, **changed)
            assert found is not None, changed
            assert found[0] == status, changed
