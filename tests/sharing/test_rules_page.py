"""The page with the company's rules and the pause button."""

from datetime import time, timedelta

import pytest

from advocacy.sharing import rules
from advocacy.sharing.rules import Rules


@pytest.fixture
def admin(make, signed_in):
    return signed_in(make.admin("Grace Hopper"))


def in_force(house):
    with house.db.reading() as session:
        return rules.now_in_force(session)


def test_the_rules_are_changed_on_their_page(admin, house):
    answer = admin.submit(
        "/admin/sharing",
        {"daily_cap": "3", "spread_minutes": "0", "quiet_from": "22:00", "quiet_until": "07:00"},
        form="/admin/sharing",
    )
    assert answer.status_code == 303
    assert in_force(house) == Rules(3, timedelta(0), time(22), time(7))
    assert 'value="22:00"' in admin.get("/admin/sharing").text
    admin.submit("/admin/sharing", {"quiet_from": "", "quiet_until": ""}, form="/admin/sharing")
    assert in_force(house) == Rules(3, timedelta(0))


def test_a_mistake_comes_back_beside_its_field_with_what_was_typed(admin, house):
    page = admin.submit("/admin/sharing", {"daily_cap": "99", "spread_minutes": "17"}, form="/admin/sharing")
    assert page.status_code == 422
    assert "Please give a number from 1 to 50." in page.text
    assert 'value="17"' in page.text
    page = admin.submit("/admin/sharing", {"daily_cap": "many"}, form="/admin/sharing")
    assert page.status_code == 422
    page = admin.submit("/admin/sharing", {"quiet_from": "22:00"}, form="/admin/sharing")
    assert "Quiet hours need a beginning and an end" in page.text
    assert in_force(house) == Rules()


def test_the_button_is_pressed_and_everybody_is_told_until_it_is_let_go(admin, house, make, signed_in):
    kari = signed_in(make.user("Kari"))
    assert "paused" not in kari.get("/feed").text
    admin.submit("/admin/sharing", {"note": "A <b>fire</b> at the plant"}, form="/admin/sharing/pause")
    assert "paused for everybody: A &lt;b&gt;fire&lt;/b&gt; at the plant" in kari.get("/feed").text
    page = admin.get("/admin/sharing").text
    assert "by Grace Hopper" in page
    admin.submit("/admin/sharing", {"do": "resume"}, form="/admin/sharing/pause")
    assert "paused for everybody" not in kari.get("/feed").text
    assert in_force(house).pause is None


def test_a_note_that_is_too_long_pauses_nothing_and_says_so(admin, house):
    admin.submit("/admin/sharing", {"note": "x" * 301}, form="/admin/sharing/pause")
    assert "300 characters" in admin.get("/admin/sharing").text
    assert in_force(house).pause is None
