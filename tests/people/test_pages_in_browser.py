"""The pages about people in a real browser: readable by everybody, on a phone and a desk, in the light and the dark."""

import os
from pathlib import Path

import pytest

from advocacy.base.sealing import Sealer
from advocacy.people import invitations, outbox, people_files, policies, resets
from advocacy.people.invitees import Invitee
from advocacy.people.models import Role, UserState
from tests.factories import PASSWORD

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""What is looked at is the page; the same queries run on both databases in the other tests."""

POLICY = """We want you to share, and to be yourself when you do.

## Do

- Say that you work here. The hub adds **#employee** for you.
- Write in your own words, and only what you would say to a customer's face.

## Do not

1. Share figures that are not public.
2. Argue in the comments. Tell the communications team instead.

> In doubt? Ask first: [communications](https://example.com/communications).
"""


@pytest.fixture
def company(house, make, settings):
    """A small company with everything in it that these pages can show."""
    sales = make.team("Sales")
    nordic = make.team("Nordic", parent=sales)
    make.team("A department with quite a long name that has to break somewhere")
    ada = make.admin("Ada Admin", email="ada@example.com", password=PASSWORD, theme="system", time_zone="Europe/Oslo")
    make.user("Kåre Ødegård", Role.CURATOR, team=nordic, job_title="Engineer", last_seen_at=house.clock.now())
    make.user("Per Gone", state=UserState.DISABLED, email="a.very.long.address.that.goes.on@subsidiary.example.com")
    rows = "email,name,team,salary\nnew@example.com,New Person,Sales > Nordic,1\nbroken,=SUM(A1),Nowhere,2\n"
    with house.db.transaction() as session:
        sealer, by = house.part(Sealer), session.merge(ada)
        session.merge(sales).manager_id = ada.id
        policies.write(session, house.clock, title="Sharing well", body=POLICY, by=ada.id)
        one = invitations.invite(
            session,
            house.clock,
            sealer,
            invitee=Invitee(email="eva@example.com", name="Eva Berg", team_id=nordic.id),
            days=14,
            locale="en",
            address="http://localhost",
            by=by,
        )
        many = invitations.open_link(
            session,
            house.clock,
            sealer,
            team_id=nordic.id,
            places=50,
            days=14,
            email_domain="example.com",
            locale="en",
            by=by,
        )
        file = people_files.keep(
            session, house.clock, data=rows.encode(), file_name="people.csv", makes_teams=False, by=ada.id
        )
        resets.ask(session, house.clock, sealer, email="ada@example.com", address="http://localhost")
        file_id, invitation_ids = file.id, (one.id, many.id)
    outbox.send_due(house)
    mail = next(path.read_text() for path in (settings.data_dir / "mail").iterdir() if "/reset/" in path.read_text())
    return {
        "ada": ada,
        "reset": "/reset/" + mail.split("/reset/")[1].split()[0].split('"')[0],
        "join": invitations.link_for(house.part(Sealer), many, address=""),
        "join_eva": invitations.link_for(house.part(Sealer), one, address=""),
        "pages": [
            "/me",
            "/me/devices",
            "/me/password",
            "/me/data",
            "/me/erase",
            "/policy",
            "/welcome",
            "/admin/people",
            "/admin/people?words=nobody",
            "/admin/people/2",
            "/admin/invitations",
            "/admin/invitations/new",
            "/admin/invitations/link",
            *(f"/admin/invitations/{number}" for number in invitation_ids),
            "/admin/people-lists",
            f"/admin/people-lists/{file_id}",
            "/admin/teams",
            f"/admin/teams/{sales.id}",
            f"/admin/teams/{sales.id}/edit",
            "/admin/policy",
            "/admin/policy/new",
            "/admin/mail",
        ],
    }


def judge(page, axe, path, label) -> list[str]:
    """What is wrong with the page; a picture of it is kept where PICTURES names a folder."""
    if folder := os.environ.get("PICTURES"):
        name = path.strip("/").replace("/", "-").replace("?", "_")[:40] or "start"
        page.screenshot(path=Path(folder) / f"people-{name}-{label}.png", full_page=True)
    found = [f"{path} {label}: {line}" for line in axe(page)]
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{path} {label}: scrolls sideways by {wider} px"] if wider > 0 else found


@ONE_DATABASE
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_every_page_is_readable_by_everybody(site, company, axe, width, theme):
    page = site.visit(company["ada"], width=width, theme=theme)
    found = []
    for path in company["pages"]:
        answer = page.goto(path)
        assert answer.status == 200, path
        found += judge(page, axe, path, f"{width}-{theme}")
    stranger = site.visit(width=width, theme=theme)
    for path in ("/sign-in", "/reset", "/reset/sent", company["reset"], company["join"], company["join_eva"]):
        answer = stranger.goto(path)
        assert answer.status == 200, path
        found += judge(
            stranger, axe, "/" + path.split("/")[1] + ("" if path.count("/") < 2 else "-link"), f"{width}-{theme}"
        )
    assert not found, "\n".join(found)


@ONE_DATABASE
def test_the_pages_in_norwegian_and_with_errors_are_readable_too(site, company, axe, make, house):
    with house.db.transaction() as session:
        session.merge(company["ada"]).locale = "nb"
    page = site.visit(company["ada"], width=390)
    found = []
    for path in company["pages"]:
        page.goto(path)
        found += judge(page, axe, path, "390-nb")
    stranger = site.visit(width=390)
    stranger.goto("/sign-in")
    stranger.get_by_label("E-mail").fill("ada@example.com")
    stranger.get_by_label("Password").fill("wrong")
    stranger.get_by_role("button", name="Sign in").click()
    stranger.get_by_text("do not fit together").first.wait_for()
    found += judge(stranger, axe, "/sign-in-error", "390-light")
    assert not found, "\n".join(found)


@ONE_DATABASE
def test_from_the_invitation_to_the_feed_in_three_actions(site, company, house):
    """Opening the link is none of them; choosing the network and sharing are the rest of the six."""
    page = site.visit(width=390, timezone_id="Asia/Tokyo")
    page.goto(company["join_eva"])
    assert page.get_by_label("Time zone").input_value() == "Asia/Tokyo", "the device says where it is"
    page.get_by_label("Choose a password").fill("vi drikker kaffe")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/welcome")
    page.get_by_role("button", name="I have read this").click()
    page.wait_for_url("**/feed")
    page.get_by_role("heading", name="Your first share is close").wait_for()


@ONE_DATABASE
def test_joining_works_without_script(site, company):
    page = site.visit(width=390, script=False)
    page.goto(company["join"])
    page.get_by_label("Your name").fill("Eva Berg")
    page.get_by_label("Your work e-mail").fill("eva.berg@example.com")
    page.get_by_label("Choose a password").fill("vi drikker kaffe")
    page.get_by_label("Time zone").select_option("Europe/Oslo")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/welcome")
    page.get_by_role("button", name="I have read this").click()
    page.wait_for_url("**/feed")


@ONE_DATABASE
def test_signing_in_works_by_the_keyboard_alone(site, company):
    page = site.visit()
    page.goto("/me")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    page.get_by_role("heading", name="My profile").wait_for()
