"""The health page and doctor say what is wrong, and what to do."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from advocacy.admin import health
from advocacy.admin.health import Verdict
from advocacy.app import build_house, create_app
from advocacy.base import leases
from advocacy.base.db import Database
from advocacy.base.house import House
from advocacy.cli import main
from advocacy.reach import importing, journal


@pytest.fixture
def found(house, monkeypatch):
    """`found()["Clock"]` is what was found about the clock. Tables of tests come without migrations."""
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    return lambda: {str(check.name): check for check in health.examine(house)}


def test_a_hub_without_clock_and_worker_is_broken_and_says_what_to_run(found):
    checks = found()
    assert checks["Clock"].verdict is checks["Worker"].verdict is Verdict.BROKEN
    assert "advocacy serve" in str(checks["Clock"].advice)


def test_a_beating_clock_is_fine_and_a_silent_one_is_not(found, db):
    leases.beat(db, process="one", kind="clock")
    assert found()["Clock"].verdict is Verdict.FINE


def test_a_hub_that_nobody_can_administer_says_how(found, make):
    assert "create-user" in str(found()["Administrators"].advice)
    make.admin()
    assert found()["Administrators"].verdict is Verdict.FINE


def test_a_database_that_is_away_is_a_finding_not_a_crash(house, tmp_path):
    away = House(
        db=Database("postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1"),
        clock=house.clock,
        parts=list(house._parts.values()),
    )
    checks = {str(check.name): check for check in health.examine(away)}
    assert checks["Database"].verdict is Verdict.BROKEN
    assert "DATABASE_URL" in str(checks["Database"].advice)
    assert not health.is_alive(away)
    away.db.dispose()


def test_clicks_that_could_not_be_counted_are_told_and_those_that_wait_too(found, house, settings):
    assert found()["Clicks"].verdict is Verdict.FINE
    folder = journal.folder(settings.data_dir)
    folder.mkdir(parents=True)
    (folder / "host-1-1-a.log").write_bytes(journal.encode_note(journal.Lost(5, 37)))
    waiting = found()["Clicks"]
    assert waiting.verdict is Verdict.LOOK
    assert "wait to be counted" in str(waiting.says)
    importing.keep_up(house.db, house.clock, directory=folder)
    assert "37 clicks" in str(found()["Clicks"].says)


def test_the_page_is_for_admins_and_the_short_answer_for_anyone(signed_in, make, client, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    assert client.get("/healthz").text == "ok\n"
    page = signed_in(make.admin()).get("/admin/health").text
    assert "No mail server" in page
    assert signed_in(make.leader()).get("/admin/health").status_code == 403


def through_a_proxy(client, peer):
    client.get("/healthz", headers={"X-Forwarded-For": "81.166.12.34"}, environ_overrides={"REMOTE_ADDR": peer})


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.0.3.7", "::1", "fd00::7"])
def test_a_proxy_that_the_settings_do_not_name_is_told_with_what_to_do(found, client, clock, peer):
    assert found()["Proxies in front"].verdict is Verdict.FINE
    through_a_proxy(client, peer)
    check = found()["Proxies in front"]
    assert check.verdict is Verdict.LOOK
    assert "filtered as a burst" in str(check.says)
    assert "Set TRUSTED_PROXIES" in str(check.advice)
    clock.move(hours=25)
    assert found()["Proxies in front"].verdict is Verdict.FINE, "it has been put right, or was tried out once"


def test_a_header_that_a_stranger_invents_is_no_sign_of_a_proxy(found, client):
    through_a_proxy(client, "81.166.12.99")
    assert found()["Proxies in front"].verdict is Verdict.FINE


@pytest.mark.parametrize(("hops", "verdict"), [(0, Verdict.LOOK), (1, Verdict.FINE)])
def test_an_https_address_without_a_trusted_proxy_is_told(settings, clock, monkeypatch, hops, verdict):
    behind = settings.model_copy(update={"public_url": "https://hub.example.com", "trusted_proxies": hops})
    house = build_house(behind, clock=clock)
    checks = {str(check.name): check for check in health.examine(house)}
    house.db.dispose()
    assert checks["Proxies in front"].verdict is verdict
    assert ("TRUSTED_PROXIES is not set" in str(checks["Proxies in front"].says)) is (hops == 0)


def test_trusted_proxies_leave_no_mark(settings, house, found):
    app = create_app(settings.model_copy(update={"trusted_proxies": 1}), the_house=house)
    through_a_proxy(app.test_client(), "127.0.0.1")
    assert found()["Proxies in front"].verdict is Verdict.FINE


def test_doctor_and_the_page_say_it_too(settings, house, client, signed_in, make, monkeypatch):
    monkeypatch.setattr("advocacy.migrating.is_current", lambda _db: True)
    through_a_proxy(client, "127.0.0.1")
    assert "Set TRUSTED_PROXIES to the number" in signed_in(make.admin()).get("/admin/health").text
    monkeypatch.setattr("advocacy.cli.settings_or_exit", lambda: settings)
    monkeypatch.setattr("advocacy.cli.build_house", lambda _settings: house)
    assert "Set TRUSTED_PROXIES to the number" in CliRunner().invoke(main, ["doctor"]).output
