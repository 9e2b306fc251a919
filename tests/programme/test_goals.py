"""Goals: their figures come from the product's own data or by hand, and what is told of departments tells of nobody."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advocacy.learning.models import Completion
from advocacy.library.models import Dimension
from advocacy.programme import goals, measuring, programmes
from advocacy.programme.goal_models import Goal, GoalSource
from advocacy.reach.models import ReachDay
from advocacy.recognition import kudos, values
from advocacy.sharing.models import Proof
from advocacy.voice.questions import Question, QuestionKind
from tests.programme.conftest import FIRST

KNOWS = Question(
    "know", QuestionKind.CHOICE, {"en": "What do we promise?"}, ({"en": "Power at all hours"}, {"en": "No idea"}), right=(0,)
)  # fmt: skip


@pytest.fixture
def kept(db):
    """A goal as it stands."""

    def one(goal):
        with db.reading() as session:
            return session.get_one(Goal, goal.id)

    return one


@pytest.fixture
def department(make):
    """A department whose people are not named on leaderboards."""

    def one(name, people):
        team = make.team(name)
        return team, [make.user(team=team, ranked_by_name=False) for _ in range(people)]

    return one


def share(make, user, day, **fields):
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=9)
    return make.share(user=user, published_at=at, **fields)


def test_posts_count_up_from_the_first_day_and_only_those_that_were_proven(make, begin, aim, figures, kept, clock):
    kari = make.user("Kari")
    for day in (FIRST - timedelta(days=1), FIRST, FIRST + timedelta(days=2)):
        share(make, kari, day, proof=Proof.NETWORK)
    share(make, kari, FIRST, proof=Proof.CLAIMED)
    clock.move(days=3)
    goal = aim(begin(), GoalSource.SHARES)
    assert list(figures(goal).values()) == [1, 1, 2, 2]
    assert (kept(goal).start, kept(goal).value) == (0, 2)


def test_clicks_are_those_of_people(make, db, begin, aim, figures):
    one = share(make, make.user(), FIRST, proof=Proof.NETWORK)
    with db.transaction() as session:
        fields = {"user_id": one.user_id, "item_id": one.item_id, "network": one.network}
        session.add(ReachDay(day=FIRST, link_id=one.link_id, raw=9, filtered=2, human=7, unique_visitors=5, **fields))
    assert figures(aim(begin(), GoalSource.CLICKS)) == {FIRST: 7}


def test_thanks_count_up_for_the_whole_company_and_not_those_that_were_hidden(
    make, db, begin, aim, figures, kept, clock
):
    kari, ola, curator, sales = make.user(), make.user(), make.curator(), make.team("Sales")
    with db.transaction() as session:
        values.start(session)
        value_id = values.everything(session)[0].id

    def thank(key):
        with db.transaction() as session:
            given = kudos.give(session, clock, giver=kari, to=[ola.id], words="Thanks", value_id=value_id, key=key)
            kudos.choose(session, clock, kudos_id=given.id, user=ola, is_public=True)
            return given.id

    thank("one")
    clock.move(days=2)
    thank("two")
    hidden = thank("three")
    with db.transaction() as session:
        kudos.hide(session, clock, kudos_id=hidden, by=curator, reason="Unkind")
    assert list(figures(aim(begin(), GoalSource.KUDOS)).values()) == [1, 1, 2]
    assert kept(aim(begin(teams=[sales.id]), GoalSource.KUDOS)).value is None


def test_an_active_advocate_has_shared_within_thirty_days(make, begin, aim, figures, clock):
    for user, days in ((make.user("Kari"), 1), (make.user("Ola"), 40)):
        share(make, user, FIRST - timedelta(days=days), proof=Proof.NETWORK)
        share(make, user, FIRST - timedelta(days=days), proof=Proof.NETWORK)
    assert figures(aim(begin(), GoalSource.ADVOCATES)) == {FIRST: 1}


def complete(db, course, users):
    with db.transaction() as session:
        session.add_all(
            Completion(course_id=course.id, user_id=user.id, passed_at=datetime(2026, 3, 1, tzinfo=UTC), code=f"C{user.id}")
            for user in users
        )  # fmt: skip


def test_a_course_counts_those_of_the_department_alone(db, department, teach, begin, aim, figures):
    (sales, sellers), (_, others) = department("Sales", 10), department("Others", 10)
    course = teach()
    complete(db, course, [*sellers[:4], *others])
    goal = aim(begin(teams=[sales.id]), GoalSource.COURSE, 90, course_id=course.id)
    assert figures(goal) == {FIRST: 40}


def test_a_course_for_few_people_of_a_department_tells_nothing_there(db, make, department, teach, begin, aim, kept):
    (sales, sellers), (_, _others) = department("Sales", 10), department("Others", 10)
    course = teach(audience={Dimension.LOCATION: ("Oslo",)})
    with db.transaction() as session:
        for user in [*sellers[:4], *_others]:
            session.merge(user).location = "Oslo"
    goal = kept(aim(begin(teams=[sales.id]), GoalSource.COURSE, 90, course_id=course.id))
    assert goal.value is None
    assert "too small" in goal.missing["template"]


def test_a_small_department_has_no_figures_of_its_own(department, make, begin, aim, kept):
    small, _ = department("Two of us", 2)
    department("Others", 20)
    goal = kept(aim(begin(teams=[small.id]), GoalSource.SHARES))
    assert (goal.value, "too small" in goal.missing["template"]) == (None, True)


def test_a_department_is_counted_by_whole_months_to_which_enough_people_added(
    house, department, make, begin, aim, figures, clock
):
    (sales, sellers), (_, others) = department("Sales", 8), department("Others", 8)
    for user in [*sellers, *others]:
        share(make, user, date(2026, 3, 10), proof=Proof.NETWORK)
    for user in [*sellers[:3], *others]:
        share(make, user, date(2026, 4, 10), proof=Proof.NETWORK)
    goal = aim(begin(teams=[sales.id]), GoalSource.SHARES)
    clock.set(datetime(2026, 3, 31, 23, tzinfo=UTC))
    measuring.tick(house)
    assert figures(goal) == {}
    clock.set(datetime(2026, 5, 5, tzinfo=UTC))
    measuring.tick(house)
    assert figures(goal) == {date(2026, 3, 31): 8}


def test_a_month_that_was_told_stays_so_when_somebody_moves_to_another_department(
    house, department, make, begin, aim, figures, clock, db
):
    (sales, sellers), (there, others) = department("Sales", 14), department("Others", 8)
    for user in [*sellers, *others]:
        share(make, user, date(2026, 3, 10), proof=Proof.NETWORK)
    clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    goal = aim(begin(teams=[sales.id]), GoalSource.SHARES)
    with db.transaction() as session:
        session.merge(sellers[0]).team_id = there.id
    measuring.tick(house)
    assert figures(goal) == {date(2026, 3, 31): 14}


def test_a_programme_of_other_people_is_measured_anew(house, department, make, begin, aim, figures, db):
    (sales, sellers), _ = department("Sales", 8), department("Others", 8)
    share(make, sellers[0], FIRST, proof=Proof.NETWORK)
    programme = begin()
    measured, by_hand = aim(programme, GoalSource.SHARES), aim(programme, GoalSource.HAND)
    with db.transaction() as session:
        goals.enter(session, house.clock, goal_id=by_hand.id, day=FIRST, value=3, note="Counted", by=sellers[0].id)
        written = programmes.Written("Ours", FIRST, FIRST + timedelta(days=60), teams=[sales.id])
        programmes.save(session, house.clock, written=written, by=sellers[0].id, programme_id=programme.id)
    measuring.tick(house)
    assert (figures(measured), figures(by_hand)) == ({}, {FIRST: 3})


def test_what_others_beside_a_department_did_cannot_be_got_by_subtracting(
    house, department, make, begin, aim, figures, clock
):
    (sales, sellers), (_, others) = department("Sales", 8), department("Others", 8)
    for user in [*sellers, others[0]]:
        share(make, user, date(2026, 3, 10), proof=Proof.NETWORK)
    clock.set(datetime(2026, 4, 2, tzinfo=UTC))
    assert figures(aim(begin(teams=[sales.id]), GoalSource.SHARES)) == {}


def ask(asking, people, right, **fields):
    opened = asking.open(KNOWS, **fields)
    for place, user in enumerate(people):
        asking.answer(user, opened, know=0 if place < right else 1)
    return asking.close(opened)


def test_a_survey_gives_its_figure_when_it_closes_and_the_round_before_the_start_is_the_baseline(
    asking, begin, aim, figures, kept, clock
):
    people = asking.people(10)
    closed = ask(asking, people, 3)
    clock.move(days=3)
    first = clock.now().date()
    survey = closed.survey_id
    goal = aim(begin(starts_on=first), GoalSource.SURVEY, 70, question=f"{survey}:know", starts_on=first)
    assert list(figures(goal).values()) == [30]
    assert (kept(goal).start, kept(goal).is_reached) == (30, False)


@pytest.mark.parametrize("asks_both_by_name", [False, True])
def test_a_department_is_not_told_apart_in_a_survey_of_others_too(
    asking, department, begin, aim, kept, asks_both_by_name
):
    (sales, sellers), (there, others) = department("Sales", 6), department("Others", 6)
    audience = {Dimension.TEAM: (str(sales.id), str(there.id))} if asks_both_by_name else {}
    closed = ask(asking, [*sellers[:4], *others], 5, audience=audience)
    goal = kept(aim(begin(teams=[sales.id]), GoalSource.SURVEY, 70, question=f"{closed.survey_id}:know"))
    assert (goal.value, goal.missing is not None) == (None, True)


def test_a_course_for_few_people_tells_nothing_of_them_in_the_whole_company_either(db, make, teach, begin, aim, kept):
    course = teach(audience={Dimension.LOCATION: ("Oslo",)})
    complete(db, course, [make.user(location="Oslo") for _ in range(4)][:2])
    assert kept(aim(begin(), GoalSource.COURSE, 90, course_id=course.id)).value is None


def test_a_survey_of_the_department_alone_tells_of_it(asking, department, begin, aim, kept):
    (sales, sellers), _ = department("Sales", 6), department("Others", 6)
    closed = ask(asking, sellers, 3, audience={Dimension.TEAM: (str(sales.id),)})
    goal = kept(aim(begin(teams=[sales.id]), GoalSource.SURVEY, 70, question=f"{closed.survey_id}:know"))
    assert goal.value == 50


def test_a_department_that_a_survey_shows_has_its_own_figure(asking, department, begin, aim, kept):
    (sales, sellers), (_, others) = department("Sales", 6), department("Others", 6)
    closed = ask(asking, [*sellers, *others], 6)
    goal = kept(aim(begin(teams=[sales.id]), GoalSource.SURVEY, 70, question=f"{closed.survey_id}:know"))
    assert goal.value == 100


def test_a_figure_by_hand_needs_a_note_and_moves_the_goal(begin, aim, make, signed_in, figures):
    goal = aim(begin(), GoalSource.HAND, 100, unit="visits")
    browser = signed_in(make.leader())
    here, action = f"/company/plan/goals/{goal.id}", f"/company/plan/goals/{goal.id}/figures"
    assert browser.submit(here, {"value": "40", "note": ""}, form=action).status_code == 422
    assert (
        browser.submit(here, {"value": "40", "day": "2026-03-09", "note": "Counted"}, form=action).status_code == 422
    )
    browser.submit(here, {"value": "20", "note": "Counted at the door"}, form=action)
    assert figures(goal) == {FIRST: 20}
    page = signed_in(make.user()).get(here).text
    assert "Counted at the door" in page
    assert "20 visits" in page
    assert action not in page


def test_what_the_hub_measures_is_not_entered_by_hand(begin, aim, make, signed_in, figures):
    goal = aim(begin(), GoalSource.SHARES)
    browser = signed_in(make.leader())
    data = {"csrf_token": browser.token(), "day": "2026-03-02", "value": "99", "note": "I wish"}
    assert browser.post(f"/company/plan/goals/{goal.id}/figures", data=data).status_code == 409
    assert figures(goal) == {FIRST: 0}


def test_a_goal_is_set_in_a_form_that_says_what_is_wrong(begin, make, signed_in, db):
    programme = begin()
    browser = signed_in(make.curator())
    here = f"/company/plan/{programme.id}/goals/new"
    wrong = {"title": "We know it", "source": "survey", "target": "70"}
    assert "Please choose the question" in browser.submit(here, wrong).text
    assert "Please choose the course" in browser.submit(here, wrong | {"source": "course"}).text
    browser.submit(here, {"title": "A thousand posts", "source": "shares", "target": "1000"})
    page = signed_in(make.user()).get(f"/company/plan/{programme.id}").text
    assert "A thousand posts" in page
    assert "0% of the way" in page


def test_the_page_shows_the_forecast_as_one(begin, aim, make, signed_in, clock, house):
    kari = make.user()
    for days in range(0, 20, 2):
        share(make, kari, FIRST + timedelta(days=days), proof=Proof.NETWORK)
    goal = aim(begin(), GoalSource.SHARES, 40)
    browser = signed_in(kari)
    assert "too few figures" in browser.get(f"/company/plan/goals/{goal.id}").text
    clock.move(days=20)
    measuring.tick(house)
    page = signed_in(kari).get(f"/company/plan/goals/{goal.id}").text
    assert "This is a forecast and no promise" in page
    assert "Estimated" in page
    assert "Show as table" in page
