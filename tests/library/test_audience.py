"""Whom an item reaches: the number that editors see agrees with what people see."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.library import audience, visibility
from advocacy.library.models import ContentItem, Dimension
from advocacy.people.models import Role, User, UserState

CHOSEN = st.fixed_dictionaries(
    {
        Dimension.TEAM: st.sets(st.sampled_from(["Company", "Sales", "North", "Engineering"]), max_size=2),
        Dimension.LOCATION: st.sets(st.sampled_from(["Oslo", "Bergen", "Nowhere"]), max_size=2),
        Dimension.LANGUAGE: st.sets(st.sampled_from(["en", "nb", "n"]), max_size=2),
        Dimension.ROLE: st.sets(st.sampled_from(["advocate", "curator", "admin"]), max_size=2),
    }
)


@pytest.fixture
def teams(make):
    company = make.team("Company")
    sales = make.team("Sales", parent=company)
    north = make.team("North", parent=sales)
    return {
        "Company": company,
        "Sales": sales,
        "North": north,
        "Engineering": make.team("Engineering", parent=company),
    }


@pytest.fixture
def people(make, teams):
    return [
        make.user(team=teams["North"], location="Oslo", languages=["nb", "en-GB"]),
        make.user(team=teams["Sales"], location="Bergen", languages=["en"]),
        make.curator(team=teams["Engineering"], location="Oslo", languages=["nb-NO"]),
        make.user("Boss", Role.CURATOR, Role.ADMIN, team=teams["Company"], languages=["de"]),
        make.user(location="Oslo"),
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=CHOSEN)
def test_the_number_of_people_is_the_number_who_see_it(db, clock, make, teams, people, chosen):
    given_values = {
        dimension: tuple(str(teams[value].id) if dimension is Dimension.TEAM else value for value in sorted(values))
        for dimension, values in chosen.items()
        if values
    }
    item = make.item(audience=given_values)
    with db.reading() as session:
        reached = audience.people_reached(session, given_values)
        see_it = 0
        for person in people:
            query = visibility.visible_items(session, clock, user=session.get(User, person.id))
            see_it += session.scalar(query.where(ContentItem.id == item.id)) is not None
    assert reached == see_it


def test_who_cannot_sign_in_is_not_reached(db, make, people):
    with db.transaction() as session:
        session.merge(people[0]).state = UserState.DISABLED
    with db.reading() as session:
        assert audience.people_reached(session, {}) == len(people) - 1


def test_an_audience_reads_in_names(db, teams):
    chosen = {Dimension.TEAM: (str(teams["North"].id),), Dimension.LOCATION: ("Oslo",)}
    with db.reading() as session:
        assert audience.names(session, chosen) == {
            Dimension.TEAM: ["Company > Sales > North"],
            Dimension.LOCATION: ["Oslo"],
        }
