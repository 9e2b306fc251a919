"""The tree of teams."""

import pytest
from sqlalchemy import select

from advocacy.base.errors import Conflict, Invalid
from advocacy.base.events import Event
from advocacy.people import team_changes, teams
from advocacy.people.models import Team
from tests.pages import PageClient


@pytest.fixture
def admin(signed_in, make) -> PageClient:
    return signed_in(make.admin("Ada Admin"))


@pytest.fixture
def tree(make):
    sales = make.team("Sales")
    nordic = make.team("Nordic", parent=sales)
    return sales, nordic, make.team("Oslo", parent=nordic), make.team("Marketing")


def fresh(db, team) -> Team:
    with db.reading() as session:
        return session.get(Team, team.id)


def test_a_team_knows_who_stands_above_and_below(db, tree):
    sales, nordic, oslo, marketing = tree
    with db.reading() as session:
        assert teams.ancestors(session, oslo.id) == [oslo.id, nordic.id, sales.id]
        assert teams.ancestors(session, None) == teams.ancestors(session, 987654) == []
        assert teams.subtree(session, sales.id) == sorted([sales.id, nordic.id, oslo.id])
        assert teams.subtree(session, marketing.id) == [marketing.id]
        assert teams.path_name(session, oslo.id) == "Sales > Nordic > Oslo"
        assert teams.path_name(session, None) == ""
        assert [label for _, label in teams.options(session)] == [
            "Marketing",
            "Sales",
            "Sales > Nordic",
            "Sales > Nordic > Oslo",
        ]


def test_an_administrator_builds_the_tree(admin, db):
    assert "There are no teams yet" in admin.get("/admin/teams").text
    admin.submit("/admin/teams", {"name": " Sales  Europe "}, form="/admin/teams")
    page = admin.get("/admin/teams").text
    assert "Sales Europe" in page
    with db.reading() as session:
        sales = session.scalars(select(Team)).one()
    where = f"/admin/teams/{sales.id}"
    admin.submit(where, {"name": "Nordic"}, form=where)
    assert "Nordic" in admin.get(where).text
    again = admin.submit(where, {"name": "NORDIC"}, form=where)
    assert again.status_code == 422
    assert "There is a team called “NORDIC” here already" in again.text


@pytest.mark.parametrize(("name", "why"), [(" ", "Please"), ("x" * 121, "below 12"), ("A > B", "cannot hold")])
def test_a_name_that_cannot_stand_in_a_path_is_refused(admin, name, why):
    answer = admin.submit("/admin/teams", {"name": name}, form="/admin/teams")
    assert answer.status_code == 422
    assert why in answer.text


def test_a_team_moves_with_all_below_it_and_gets_a_manager(admin, db, tree, make):
    _, nordic, oslo, marketing = tree
    make.user("Mona Manager", email="mona@example.com")
    where = f"/admin/teams/{nordic.id}/edit"
    answer = admin.submit(where, {"name": "Nordics", "parent_id": str(marketing.id), "manager": "Mona@example.com"})
    assert answer.location == f"/admin/teams/{nordic.id}"
    with db.reading() as session:
        assert teams.path_name(session, oslo.id) == "Marketing > Nordics > Oslo"
    assert "Mona Manager" in admin.get(f"/admin/teams/{nordic.id}").text
    with db.reading() as session:
        kinds = list(session.scalars(select(Event.kind).where(Event.subject_type == "team").order_by(Event.id)))
    assert kinds == ["team.moved", "team.renamed", "team.manager_changed"]


def test_a_refused_change_changes_nothing(admin, db, tree):
    _, nordic, _, marketing = tree
    answer = admin.submit(
        f"/admin/teams/{nordic.id}/edit",
        {"name": "Renamed", "parent_id": str(marketing.id), "manager": "nobody@example.com"},
    )
    assert answer.status_code == 422
    assert "Nobody here has this address" in answer.text
    kept = fresh(db, nordic)
    assert (kept.name, kept.parent_id) == ("Nordic", tree[0].id)


def test_a_team_never_stands_below_itself(db, clock, tree):
    sales, nordic, oslo, _ = tree
    for below in (sales, nordic, oslo):
        with db.transaction() as session, pytest.raises(Invalid, match="below itself") as error:
            team_changes.move(session, clock, team_id=sales.id, parent_id=below.id, by=1)
        assert error.value.field == "parent_id"
    assert fresh(db, sales).parent_id is None


def test_the_form_does_not_offer_a_place_below_itself(admin, tree):
    sales, nordic, oslo, marketing = tree
    page = admin.get(f"/admin/teams/{nordic.id}/edit").text
    assert f'value="{sales.id}"' in page
    assert f'value="{marketing.id}"' in page
    assert f'value="{nordic.id}"' not in page
    assert f'value="{oslo.id}"' not in page


def test_the_tree_has_a_bottom(db, clock):
    with db.transaction() as session:
        team = team_changes.at_path(
            session, clock, names=[f"Level {number}" for number in range(teams.DEEPEST)], by=None
        )
        top = teams.ancestors(session, team.id)[-1]
        with pytest.raises(Invalid, match="12 levels at most"):
            team_changes.create(session, clock, name="One more", parent_id=team.id, by=None)
        other = team_changes.create(session, clock, name="Other", parent_id=None, by=None)
        with pytest.raises(Invalid, match="12 levels at most"):
            team_changes.move(session, clock, team_id=top, parent_id=other.id, by=1)


def test_only_an_empty_team_is_deleted(admin, db, tree, make):
    sales, nordic, oslo, marketing = tree
    make.user(team=marketing)
    token = admin.token()

    def delete(team):
        answer = admin.post(f"/admin/teams/{team.id}/delete", data={"csrf_token": token})
        return admin.get(answer.location).text

    assert "There are teams below “Sales”" in delete(sales)
    assert "There are people in “Marketing”" in delete(marketing)
    assert "The team “Oslo” is deleted" in delete(oslo)
    assert fresh(db, oslo) is None
    assert fresh(db, nordic) is not None


def test_a_team_with_open_invitations_stays_and_with_old_ones_goes(admin, db, tree, clock):
    marketing = tree[3]
    where = admin.submit("/admin/invitations/new", {"email": "a@example.com", "team": str(marketing.id)}).location
    with db.transaction() as session, pytest.raises(Conflict, match="open invitations"):
        team_changes.delete(session, clock, team_id=marketing.id, by=1)
    admin.submit(where, form=f"{where}/withdraw")
    with db.transaction() as session:
        team_changes.delete(session, clock, team_id=marketing.id, by=1)
    assert admin.get(where).status_code == 200


def test_the_list_says_how_many_are_in_each_team(admin, tree, make):
    from advocacy.people.models import UserState

    sales = tree[0]
    for _ in range(3):
        make.user(team=sales)
    make.user(team=sales, state=UserState.DISABLED)
    row = admin.get("/admin/teams").text.split("Sales</a>")[1].split("</tr>")[0]
    assert ">3<" in row.replace(" ", "")


def test_two_top_teams_of_one_name_are_stopped_by_the_database_too(db, make):
    from sqlalchemy.exc import IntegrityError

    make.team("Sales")
    with pytest.raises(IntegrityError):
        make.team("Sales")
