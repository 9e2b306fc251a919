"""Who sees what: audiences, windows and states, judged against the rules written out in plain Python."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advocacy.base.errors import NotAllowed, NotFound
from advocacy.library import items as items_service
from advocacy.library import review, visibility
from advocacy.library.content import Content
from advocacy.library.models import ContentItem, Dimension, ItemAudience, ItemKind, ItemState
from advocacy.people.models import Role, Team, User, UserRole

LANGUAGES = ["en", "nb", "en-GB"]
PLACES = ["", "Oslo", "Bergen"]
TEAMS = 5
HOURS = st.one_of(st.none(), st.integers(-2, 2))


def seen_by(db, clock, user):
    with db.reading() as session:
        user = session.get(User, user.id)
        return {item.title for item in session.scalars(visibility.visible_items(session, clock, user=user))}


class Undo(Exception):
    """Ends a transaction without keeping it."""


@st.composite
def tree(draw):
    """A parent, or none, for each team: always one that stands before it."""
    return [None, *(draw(st.one_of(st.none(), st.integers(0, number - 1))) for number in range(1, TEAMS))]


people = st.fixed_dictionaries(
    {
        "team": st.one_of(st.none(), st.integers(0, TEAMS - 1)),
        "location": st.sampled_from(PLACES),
        "languages": st.lists(st.sampled_from(LANGUAGES), unique=True),
        "roles": st.sets(st.sampled_from([Role.CURATOR, Role.LEADER])),
    }
)
items = st.fixed_dictionaries(
    {
        "state": st.sampled_from([ItemState.APPROVED] * 4 + list(ItemState)),
        "from": HOURS,
        "until": HOURS,
        Dimension.TEAM: st.sets(st.integers(0, TEAMS - 1), max_size=2),
        Dimension.LOCATION: st.sets(st.sampled_from(["Oslo", "Bergen", "Tromsø"]), max_size=2),
        Dimension.LANGUAGE: st.sets(st.sampled_from(["en", "nb", "en-gb"]), max_size=2),
        Dimension.ROLE: st.sets(st.sampled_from(["advocate", "curator", "leader"]), max_size=2),
    }
)


def oracle(person, item, parents):
    """The rule, as one would explain it."""
    if item["state"] is not ItemState.APPROVED:
        return False
    if item["from"] is not None and item["from"] > 0:
        return False
    if item["until"] is not None and item["until"] <= 0:
        return False
    teams, team = set(), person["team"]
    while team is not None:
        teams.add(team)
        team = parents[team]
    languages = {part for code in person["languages"] for part in (code.lower(), code.split("-")[0])}
    belongs = {
        Dimension.TEAM: teams,
        Dimension.LOCATION: {person["location"]} - {""},
        Dimension.LANGUAGE: languages,
        Dimension.ROLE: {"advocate", *(role.value for role in person["roles"])},
    }
    return all(not item[dimension] or item[dimension] & belongs[dimension] for dimension in Dimension)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parents=tree(), persons=st.lists(people, min_size=1, max_size=4), things=st.lists(items, min_size=1, max_size=8)
)
def test_a_person_sees_exactly_what_the_rule_says(db, clock, parents, persons, things):
    now = clock.now()

    def at(hours):
        return None if hours is None else now + timedelta(hours=hours)

    with suppress(Undo), db.transaction() as session:
        teams = []
        for number, parent in enumerate(parents):
            teams.append(Team(name=f"T{number}", parent_id=None if parent is None else teams[parent].id))
            session.add(teams[-1])
            session.flush()
        users = [
            User(
                email=f"{n}@example.com",
                name=f"P{n}",
                team_id=None if p["team"] is None else teams[p["team"]].id,
                location=p["location"],
                languages=p["languages"],
                created_at=now,
                role_rows=[UserRole(role=role) for role in p["roles"]],
            )
            for n, p in enumerate(persons)
        ]
        rows = [
            ContentItem(
                kind=ItemKind.TEXT,
                title=str(n),
                state=t["state"],
                publish_from=at(t["from"]),
                expires_at=at(t["until"]),
                created_at=now,
                updated_at=now,
                approved_at=now,
                for_everyone=not any(t[d] for d in Dimension),
                audience=[
                    ItemAudience(dimension=d, value=str(teams[v].id if d is Dimension.TEAM else v))
                    for d in Dimension
                    for v in t[d]
                ],
            )
            for n, t in enumerate(things)
        ]
        session.add_all([*users, *rows])
        session.flush()
        for person, user in zip(persons, users, strict=True):
            wanted = {str(n) for n, thing in enumerate(things) if oracle(person, thing, parents)}
            listed = {i.title for i in session.scalars(visibility.visible_items(session, clock, user=user))}
            assert listed == wanted
            for row in rows:
                try:
                    opened = visibility.readable(session, clock, user=user, item_id=row.id).title
                except NotFound:
                    opened = None
                assert opened == (row.title if row.title in wanted else None)
        raise Undo


def test_an_item_for_a_department_reaches_its_teams_and_nobody_beside_them(db, clock, make):
    sales = make.team("Sales")
    north = make.team("Sales north", parent=sales)
    engineers = make.team("Engineering")
    make.item("For sales", audience={Dimension.TEAM: [sales]})
    assert seen_by(db, clock, make.user(team=north)) == {"For sales"}
    assert seen_by(db, clock, make.user(team=sales)) == {"For sales"}
    assert seen_by(db, clock, make.user(team=engineers)) == set()
    assert seen_by(db, clock, make.user()) == set()


def test_curators_meet_in_their_feed_only_what_is_for_them(db, clock, make):
    make.item("For sales", audience={Dimension.TEAM: [make.team("Sales")]})
    assert seen_by(db, clock, make.curator()) == set()


def test_a_window_opens_and_closes_to_the_second(db, clock, make):
    user = make.user()
    make.item("Soon", publish_from=clock.now() + timedelta(hours=1), expires_at=clock.now() + timedelta(hours=2))
    assert seen_by(db, clock, user) == set()
    clock.move(hours=1)
    assert seen_by(db, clock, user) == {"Soon"}
    clock.move(minutes=59, seconds=59)
    assert seen_by(db, clock, user) == {"Soon"}
    clock.move(seconds=1)
    assert seen_by(db, clock, user) == set()


def test_an_item_appears_at_the_later_of_its_approval_and_its_window(db, clock, make):
    approved = clock.now()
    at_once = make.item(publish_from=approved - timedelta(days=1))
    later = make.item(publish_from=approved + timedelta(days=1))
    draft = make.item(state=ItemState.DRAFT, publish_from=approved)
    with db.reading() as session:
        assert session.get(ContentItem, at_once.id).live_from == approved
        assert session.get(ContentItem, later.id).live_from == approved + timedelta(days=1)
        assert session.get(ContentItem, draft.id).live_from is None


def test_an_internal_item_can_be_read_but_not_shared(db, clock, make):
    user, item = make.user(), make.item(internal_only=True)
    with db.reading() as session:
        assert visibility.readable(session, clock, user=user, item_id=item.id).id == item.id
        with pytest.raises(NotAllowed):
            visibility.shareable(session, clock, user=user, item_id=item.id)


def test_who_is_not_meant_learns_nothing_about_an_item_that_ended(db, clock, make):
    sales = make.team("Sales")
    ended = make.item(audience={Dimension.TEAM: [sales]}, expires_at=clock.now())
    withdrawn = make.item(audience={Dimension.TEAM: [sales]}, state=ItemState.WITHDRAWN)
    for item, sentence in ((ended, "has ended"), (withdrawn, "was withdrawn")):
        with db.reading() as session:
            with pytest.raises(NotFound, match=sentence):
                visibility.shareable(session, clock, user=make.user(team=sales), item_id=item.id)
            with pytest.raises(NotFound, match="could not find"):
                visibility.shareable(session, clock, user=make.user(), item_id=item.id)


def test_a_circle_of_teams_ends(db, clock, make):
    first = make.team("First")
    second = make.team("Second", parent=first)
    with db.transaction() as session:
        session.get(Team, first.id).parent_id = second.id
    make.item("For both", audience={Dimension.TEAM: [second]})
    assert seen_by(db, clock, make.user(team=first)) == {"For both"}


def test_a_wrong_hint_never_shows_an_item_to_somebody_it_is_not_for(db, clock, make):
    item = make.item(audience={Dimension.TEAM: [make.team("Sales")]})
    with db.transaction() as session:
        session.get(ContentItem, item.id).for_everyone = True
    assert seen_by(db, clock, make.user()) == set()


def test_an_item_follows_its_audience_when_that_is_given_and_taken_away(db, clock, make):
    sales, editor, colleague = make.team("Sales"), make.curator(), make.user()
    with db.transaction() as session:
        written = Content(
            title="News", source_url="https://example.com/", audience={Dimension.TEAM: (str(sales.id),)}
        )
        item = items_service.create(session, clock, written=written, by=editor.id)
        review.approve(session, clock, item_id=item.id, by=editor.id)
    assert seen_by(db, clock, colleague) == set()
    with db.transaction() as session:
        items_service.edit(
            session, clock, item_id=item.id, written=replace(written, audience={}), expected_version=2, by=editor.id
        )
    assert seen_by(db, clock, colleague) == {"News"}
    with db.transaction() as session:
        items_service.edit(session, clock, item_id=item.id, written=written, expected_version=3, by=editor.id)
    assert seen_by(db, clock, colleague) == set()
    assert seen_by(db, clock, make.user(team=sales)) == {"News"}
