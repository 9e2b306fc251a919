"""Everybody, as an administrator sees and changes them."""

import threading

import pytest
from sqlalchemy import insert, select

from advocacy.base.errors import Conflict
from advocacy.base.events import Event
from advocacy.people import directory, personnel
from advocacy.people.models import Role, User, UserRole, UserState
from tests.pages import PageClient
from tests.people.conftest import link_in


@pytest.fixture
def ada(make) -> User:
    return make.admin("Ada Admin")


@pytest.fixture
def admin(signed_in, ada) -> PageClient:
    return signed_in(ada)


def fresh(db, user) -> User:
    with db.reading() as session:
        found = session.get(User, user.id)
        assert found.roles is not None
        return found


def change(admin, user, **fields):
    where = f"/admin/people/{user.id}"
    return admin.submit(where, fields, form=where)


def kinds(db, user) -> list[str]:
    with db.reading() as session:
        about = (Event.subject_type == "user") & (Event.subject_id == user.id) & (Event.kind != "user.created")
        return list(session.scalars(select(Event.kind).where(about).order_by(Event.id)))


def test_people_are_found_by_words_team_role_and_state(admin, make):
    sales = make.team("Sales")
    make.user("Kåre Ødegård", team=make.team("Nordic", parent=sales))
    make.curator("Eva Berg", team=sales, email="eva@example.com")
    make.user("Per Gone", state=UserState.DISABLED)

    def found(query):
        page = admin.get(f"/admin/people?{query}").text.partition("<tbody")[2]
        return [name for name in ("Ada Admin", "Eva Berg", "Kåre Ødegård", "Per Gone") if f">{name}<" in page]

    assert found("") == ["Ada Admin", "Eva Berg", "Kåre Ødegård", "Per Gone"]
    assert found("words=ØDEG kår") == ["Kåre Ødegård"]
    assert found("words=eva@") == found("words=eva") == ["Eva Berg"]
    assert found("words=%25") == [], "a percent sign is a sign, not a joker"
    assert found(f"team={sales.id}") == ["Eva Berg", "Kåre Ødegård"]
    assert found("role=curator") == ["Eva Berg"]
    assert found("state=disabled") == ["Per Gone"]
    assert found("state=active&role=admin") == ["Ada Admin"]
    assert found("team=nonsense") == found("team=0") == []
    assert "Nobody fits" in admin.get("/admin/people?words=zzz").text


def test_the_pages_of_a_long_list_lose_nobody_and_repeat_nobody(house, ada):
    now = house.clock.now()
    with house.db.transaction() as session:
        session.execute(
            insert(User),
            [
                {
                    "email": f"p{number}@example.com",
                    "name": "Same Name",
                    "search_words": f"same name p{number % 7}@example.com",
                    "created_at": now,
                    "languages": ["en"],
                }
                for number in range(120)
            ],
        )
    seen, after = [], ""
    with house.db.reading() as session:
        while True:
            page = directory.page(session, directory.Filter(words="same"), after=after, size=25)
            seen += [user.id for user in page.items]
            if page.next_cursor is None:
                break
            after = page.next_cursor
        assert directory.count(session, directory.Filter(words="same")) == 120
    assert len(seen) == len(set(seen)) == 120


def test_a_made_up_page_address_is_told_and_breaks_nothing(admin):
    for cursor in ("nonsense", "WzFd", "W10", "eyJhIjoxfQ"):
        assert admin.get(f"/admin/people?after={cursor}").status_code == 422


def test_details_and_roles_are_changed_together_and_written_down(admin, db, make, signed_in):
    team = make.team("Sales")
    kari = make.user("Kari Nordmann", email="kari@example.com")
    browser = signed_in(kari)
    answer = change(admin, kari, name="Kari Berg", team=str(team.id), location="Oslo", roles=["curator", "leader"])
    assert "Saved" in admin.get(answer.location).text
    now = fresh(db, kari)
    assert (now.name, now.team_id, now.location) == ("Kari Berg", team.id, "Oslo")
    assert now.roles == {Role.ADVOCATE, Role.CURATOR, Role.LEADER}
    assert kinds(db, kari) == ["user.edited", "user.roles_changed"]
    assert browser.get("/me").location.startswith("/sign-in"), "other rights, new sign-in"


def test_a_change_of_place_alone_leaves_the_person_signed_in(admin, make, signed_in):
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    change(admin, kari, location="Bergen")
    assert browser.get("/me").status_code == 200


def test_another_address_signs_out_and_must_be_free(admin, db, make, signed_in):
    kari = make.user("Kari Nordmann", email="kari@example.com")
    make.user(email="taken@example.com")
    browser = signed_in(kari)
    refused = change(admin, kari, email="Taken@example.com", location="Oslo")
    assert refused.status_code == 422
    assert "is here already" in refused.text
    assert fresh(db, kari).location == "", "nothing half done"
    change(admin, kari, email="kari.berg@example.com")
    assert fresh(db, kari).email == "kari.berg@example.com"
    assert browser.get("/me").location.startswith("/sign-in")


def test_somebody_who_may_not_sign_in_is_out_at_once_and_comes_back_when_let_in(admin, db, make, signed_in):
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    where = f"/admin/people/{kari.id}"
    admin.submit(where, form=f"{where}/disable")
    assert browser.get("/me").location.startswith("/sign-in")
    assert "Disabled" in admin.get(where).text
    admin.submit(where, form=f"{where}/enable")
    assert browser.get("/me").location.startswith("/sign-in"), "the old cookie stays worth nothing"
    assert signed_in(kari).get("/me").status_code == 200
    assert kinds(db, kari) == ["user.disabled", "user.enabled"]


def test_a_lost_phone_is_signed_out_by_an_administrator(admin, make, signed_in):
    kari = make.user("Kari Nordmann")
    browser = signed_in(kari)
    where = f"/admin/people/{kari.id}"
    assert "1 device" in admin.get(where).text
    admin.submit(where, form=f"{where}/sign-out")
    assert browser.get("/me").location.startswith("/sign-in")


def test_an_administrator_sends_a_link_for_a_new_password(admin, make, client, letters):
    kari = make.user("Kari Nordmann", email="kari@example.com")
    where = f"/admin/people/{kari.id}"
    admin.submit(where, form=f"{where}/reset")
    assert client.get(link_in(letters()[0])).status_code == 200


def test_the_last_administrator_keeps_the_keys(admin, ada, db, make):
    where = f"/admin/people/{ada.id}"
    answer = change(admin, ada, roles=[])
    assert answer.status_code == 409
    assert "the only administrator" in answer.text
    token = admin.token()
    admin.post(f"{where}/disable", data={"csrf_token": token})
    assert "the only administrator" in admin.get(where).text
    make.admin("Gone Admin", state=UserState.DISABLED)
    assert change(admin, ada, roles=["curator"]).status_code == 409, "a disabled one does not count"
    make.admin("Second Admin")
    assert change(admin, ada, roles=["curator"]).status_code == 302
    assert fresh(db, ada).roles == {Role.ADVOCATE, Role.CURATOR}


def test_two_administrators_cannot_take_the_keys_from_one_another_at_the_same_moment(db, clock, make):
    first, second = make.admin("First"), make.admin("Second")
    ready, outcomes = threading.Barrier(2, timeout=20), []

    def take_from(victim, by):
        try:
            with db.transaction() as session:
                if not db.is_sqlite:  # SQLite lets one writer in: the other waits before it has read anything
                    session.get(User, victim.id)
                    ready.wait()
                personnel.set_roles(session, clock, user_id=victim.id, roles=[], by=by.id)
            outcomes.append("done")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=take_from, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["done", "refused"]
    with db.reading() as session:
        assert len(list(session.scalars(select(UserRole).where(UserRole.role == Role.ADMIN)))) == 1


def test_nobody_else_sees_these_pages(signed_in, make):
    for browser in (signed_in(make.user()), signed_in(make.curator()), signed_in(make.leader())):
        assert browser.get("/admin/people").status_code == 403
        assert browser.post("/admin/people/1/disable", data={"csrf_token": browser.token()}).status_code == 403


def test_somebody_who_erased_themselves_is_not_found(admin, make):
    gone = make.user("Former colleague", state=UserState.ERASED)
    assert admin.get(f"/admin/people/{gone.id}").status_code == 404
    assert "Former colleague" not in admin.get("/admin/people").text
