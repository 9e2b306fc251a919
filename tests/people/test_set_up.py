"""The very first start."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from advocacy.people import attempts, setting_up
from advocacy.people.models import Role, User

ADA = {"name": "Ada Admin", "email": "ada@example.com", "password": "vi drikker kaffe"}


@pytest.fixture
def code(settings) -> str:
    return setting_up.code(settings.data_dir)


def test_whoever_reads_the_terminal_becomes_the_first_administrator(client, code, db, settings):
    assert client.get("/sign-in").location == "/set-up"
    answer = client.submit(f"/set-up?code={code}", ADA)
    assert answer.location == "/admin/people"
    assert client.get("/admin/people").status_code == 200
    with db.reading() as session:
        ada = session.scalars(select(User)).one()
        assert Role.ADMIN in ada.roles
    assert not (settings.data_dir / "keys" / "setup_code").exists()


def test_the_code_may_be_typed_as_people_type(client, code):
    assert client.submit("/set-up", {**ADA, "code": code.lower().replace("-", " ")}).status_code == 302


def test_nobody_gets_in_without_the_code(client, code, db):
    for wrong in ("", "AAAA-AAAA-AAAA", code[:-1], code + "A"):
        assert client.submit("/set-up", {**ADA, "code": wrong}).status_code == 422, wrong
    with db.reading() as session:
        assert session.scalars(select(User)).first() is None


def test_the_code_cannot_be_guessed_for_ever(client, code, monkeypatch):
    monkeypatch.setattr(attempts, "SET_UP_FROM_PLACE", replace(attempts.SET_UP_FROM_PLACE, most=2))
    for _ in range(2):
        assert client.submit("/set-up", {**ADA, "code": "AAAA"}).status_code == 422
    assert client.submit("/set-up", {**ADA, "code": code}).status_code == 429


def test_the_code_is_for_the_hubs_own_account_alone_and_stays_the_same(settings, code):
    file = settings.data_dir / "keys" / "setup_code"
    assert file.stat().st_mode & 0o077 == 0
    assert setting_up.code(settings.data_dir) == code
    assert len(code.replace("-", "")) == 12


def test_the_door_is_shut_once_there_is_somebody(client, code, make):
    make.user()
    assert client.get("/set-up").status_code == 409
    assert client.post("/set-up", data={"csrf_token": client.token(), **ADA, "code": code}).status_code == 409
    assert client.get("/sign-in").status_code == 200


def test_a_weak_password_is_told_and_the_code_still_works(client, code):
    answer = client.submit("/set-up", {**ADA, "code": code, "password": "kort"})
    assert answer.status_code == 422
    assert "at least 10 characters" in answer.text
    assert client.submit("/set-up", {**ADA, "code": code}).status_code == 302
