"""The letter with what is new for a person: in their own morning, once, and only when there is something to say."""

from datetime import UTC, date, datetime, timedelta

import pytest

from advocacy.base.letters import Printer
from advocacy.base.notifying import Kinds
from advocacy.base.sealing import Sealer
from advocacy.learning import courses
from advocacy.messages import choices, digest, digest_turns, unsubscribing
from advocacy.messages.choices import Wanted
from advocacy.reach.models import ReachDay
from advocacy.sharing.models import FollowedTopic
from advocacy.voice import answering, rounds, surveys
from advocacy.voice.questions import Question, QuestionKind
from tests.messages.test_letters import letters

FRIDAY = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
"""Before the night in which clocks in Europe go on."""


@pytest.fixture
def kari(clock, make):
    """Kari in Oslo, who was there when the hub worked out everybody's turns on Friday."""
    clock.set(FRIDAY)
    return make.user("Kari Nord", time_zone="Europe/Oslo", locale="nb")


def write_at(house, clock, *moment) -> int:
    clock.set(datetime(2026, *moment, tzinfo=UTC))
    return digest_turns.tick(house)


def choose(house, user, **wanted):
    with house.db.transaction() as session:
        choices.choose(session, house.part(Kinds), user_id=user.id, wanted=Wanted(**wanted))


def test_it_comes_once_in_each_persons_own_morning_also_after_the_clocks_went_on(house, clock, make, kari):
    aiko = make.user("Aiko", time_zone="Asia/Tokyo")
    digest_turns.tick(house)
    make.item(title="The turbine turns")
    assert write_at(house, clock, 3, 29, 22, 59) == 0
    assert write_at(house, clock, 3, 29, 23, 0) == 1, "eight on Monday in Tokyo"
    assert write_at(house, clock, 3, 30, 5, 59) == 0
    assert write_at(house, clock, 3, 30, 6, 0) == 1, "eight in Oslo, which is one hour earlier than a week ago"
    assert write_at(house, clock, 3, 30, 6, 1) == 0
    assert [len(letters(house, one)) for one in (aiko, kari)] == [1, 1]
    assert write_at(house, clock, 4, 6, 6, 0) == 0, "a week later there is nothing new, so there is no letter"
    make.item(title="It still does")
    write_at(house, clock, 4, 13, 6, 0)
    [first, second] = letters(house, kari)
    assert [str(one.subject) for one in (first, second)] == [
        "New for you: The turbine turns",
        "New for you: It still does",
    ]


def test_it_says_what_is_new_what_waits_and_what_was_reached_and_leaves_out_what_is_done(
    house, clock, make, happen, kari
):
    leader = make.leader()
    others = [make.user() for _ in range(4)]
    digest_turns.tick(house)
    team = make.team("Sales")
    topic = make.topic("Wind")
    make.item(title="For sales alone", audience={"team": [team]})
    make.item(title="The turbine turns", summary="words " * 60, topics=[topic])
    mine = make.share(kari, make.item(title="Shared already"))
    happen.notice(leader, "New doors", asks_confirmation=True)
    happen.notice(leader, "Just to know")
    with house.db.transaction() as session:
        session.add(FollowedTopic(user_id=kari.id, topic_id=topic.id))
        session.add(
            ReachDay(
                day=FRIDAY.date(), link_id=mine.link_id, user_id=kari.id, item_id=mine.item_id,
                network="bluesky", raw=9, filtered=2, human=7, unique_visitors=6,
            )
        )  # fmt: skip
        course = courses.save(
            session,
            clock,
            written=courses.Written(title="Data with care", is_required=True, due_on=date(2026, 4, 30)),
            by=leader.id,
        )
        course.state = courses.CourseState.OPEN
        asked = []
        for title in ("How are you?", "Lunch?"):
            written = surveys.Written(
                title={"en": title},
                questions=[Question("mood", QuestionKind.SCALE, {"en": "How?"})],
                opens_at=clock.now(),
            )
            survey = surveys.save(session, clock, written=written, by=leader.id, smallest=3)
            asked.append(rounds.open_next(session, clock, survey_id=survey.id, smallest=3))
        answering.answer(session, clock, house.part(Sealer), user=kari, round_id=asked[1].id, given={"mood": ["3"]})
    assert others
    write_at(house, clock, 3, 30, 6, 0)
    [letter] = letters(house, kari)
    assert [str(part.heading) for part in letter.sections] == [
        "The turbine turns",
        "Data with care",
        "New doors",
        "How are you?",
        "Your posts led 7 times to the page they share",
    ]
    assert str(letter.sections[0].above) == "You follow Wind", "the reason that the feed gives"
    message = house.part(Printer).message(letter, to=kari.email, locale="nb", message_id="x")
    plain, page = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for part in (plain, page):
        assert "Svar på undersøkelsen" in part
        assert "23. mars 2026" in part, "the day of the clicks, in the reader's language"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_whoever_chose_otherwise_gets_it_otherwise(house, clock, make, kari, client, signed_in):
    never, daily, monthly, stopped = (make.user(name, time_zone="UTC") for name in ("Nev", "Dai", "Mon", "Sto"))
    digest_turns.tick(house)
    for user, rhythm in ((never, "never"), (daily, "daily"), (monthly, "monthly")):
        choose(house, user, digest=rhythm)
    link = unsubscribing.token(house.part(Sealer), user_id=stopped.id, letters=choices.DIGEST)
    assert client.post(f"/unsubscribe/{link}", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    digest_turns.tick(house)
    for day in range(30, 32):
        make.item()
        write_at(house, clock, 3, day, 9, 0)
    write_at(house, clock, 4, 6, 8, 30)
    got = [len(letters(house, one)) for one in (never, daily, monthly, stopped, kari)]
    assert got == [0, 2, 1, 0, 2]
    page = signed_in(stopped).get("/me/messages")
    assert 'value="never" selected' in page.text
    browser = signed_in(kari)
    browser.submit("/me/messages", {"digest": "hourly"})
    with house.db.reading() as session:
        assert choices.settings_of(session, kari.id).digest == "weekly"


def test_a_worker_that_died_leaves_it_to_another_and_two_at_once_write_one(house, clock, make, kari):
    digest_turns.tick(house)
    make.item()
    clock.set(datetime(2026, 3, 30, 6, 0, tzinfo=UTC))
    [taken] = digest_turns._take(house)
    assert digest_turns.tick(house) == 0, "somebody is at it"
    clock.move(minutes=11)
    [again] = digest_turns._take(house)
    assert [digest_turns._write(house, one) for one in (again, taken)] == [True, False], "the first comes back late"
    assert len(letters(house, kari)) == 1


def test_of_two_workers_that_compose_the_same_letter_at_once_one_puts_it(house, clock, make, kari, monkeypatch):
    digest_turns.tick(house)
    make.item()
    clock.set(datetime(2026, 3, 30, 6, 0, tzinfo=UTC))
    [taken] = digest_turns._take(house)
    compose, others = digest.letter, []

    def while_another_is_quicker(*given, **more):
        written = compose(*given, **more)
        if not others:
            others.append(None)
            others.append(digest_turns._write(house, taken))
        return written

    monkeypatch.setattr(digest, "letter", while_another_is_quicker)
    assert digest_turns._write(house, taken) is False
    assert others == [None, True]
    assert len(letters(house, kari)) == 1


def test_it_waits_for_the_next_morning_when_the_hub_was_away_and_for_the_end_of_quiet_hours(house, clock, make, kari):
    late = make.user("Lars Late", time_zone="Europe/Oslo")
    choose(house, late, quiet_from=22, quiet_until=10)
    digest_turns.tick(house)
    make.item()
    assert write_at(house, clock, 3, 30, 16, 0) == 0, "six in the evening"
    assert write_at(house, clock, 3, 31, 6, 0) == 1
    assert write_at(house, clock, 3, 31, 8, 0) == 1, "ten o'clock for who sleeps long"
    assert [len(letters(house, one)) for one in (kari, late)] == [1, 1]
    assert write_at(house, clock, 4, 1, 12, 0) == 0


def test_somebody_who_moved_to_another_zone_gets_it_in_their_morning_there_and_once(house, clock, make, kari):
    choose(house, kari, quiet_from=0, quiet_until=0)
    digest_turns.tick(house)
    make.item()
    with house.db.transaction() as session:
        session.merge(kari).time_zone = "America/Los_Angeles"
    assert write_at(house, clock, 3, 30, 6, 0) == 0
    assert write_at(house, clock, 3, 30, 15, 0) == 1
    with house.db.transaction() as session:
        session.merge(kari).time_zone = "Asia/Tokyo"
    make.item()
    assert sum(write_at(house, clock, 3, 31, hour, 0) for hour in range(24)) == 0


def test_days_of_each_rhythm():
    friday = FRIDAY.date()
    days = {one: digest_turns.next_day(one, after=friday) for one in ("daily", "weekly", "monthly")}
    assert days == {"daily": date(2026, 3, 30), "weekly": date(2026, 3, 30), "monthly": date(2026, 4, 6)}
    assert digest_turns.next_day("monthly", after=date(2026, 4, 6)) == date(2026, 5, 4)
    assert digest_turns.next_day("daily", after=friday - timedelta(days=1)) == friday
