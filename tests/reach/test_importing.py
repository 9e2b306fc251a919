"""From the journal to the figures: each click once, judged, and summed by the day."""

from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.event import listen, remove

from advocacy.base.db import Database
from advocacy.base.events import Event
from advocacy.reach import importing, journal, judging, recording, seen
from advocacy.reach.agents import families
from advocacy.reach.journal import Journal, Line
from advocacy.reach.models import Agent, Click, FilteredDay, JournalSegment, MinuteSources, ReachDay, RequestKind
from advocacy.reach.rule_codes import CODES
from advocacy.sharing.models import Link
from advocacy.sharing.results import visitors_in

pytestmark = pytest.mark.usefixtures("sums_agree")

CRAWLERS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
)


@pytest.fixture
def share(make):
    return make.share(make.user())


@pytest.fixture
def follow(visit, db):
    """Follows a share's link."""

    def go(share, **how):
        with db.reading() as session:
            code = session.get_one(Link, share.link_id).code
        answer = visit(code, **how)
        assert answer.status_code == 302

    return go


@pytest.fixture
def import_now(house, clicks):
    """Imports what stands in the journal, as the worker does twice a second."""
    return lambda: importing.keep_up(house.db, house.clock, directory=clicks)


def rows(db, what):
    with db.reading() as session:
        return session.scalars(select(what)).all()


def test_six_crawlers_and_one_person_are_six_filtered_with_their_reason_and_one_human(share, follow, import_now, db):
    for agent in CRAWLERS:
        follow(share, User_Agent=agent, address="192.0.2.99")
    follow(share)
    assert import_now() == 7
    (day,) = rows(db, ReachDay)
    assert (day.raw, day.filtered, day.human, day.unique_visitors) == (7, 6, 1, 1)
    assert (day.user_id, day.item_id, day.network) == (share.user_id, share.item_id, "bluesky")
    (by_rule,) = rows(db, FilteredDay)
    assert (by_rule.rule, by_rule.clicks) == ("crawler", 6)
    assert Counter(click.rule for click in rows(db, Click)) == {"crawler": 6, "": 1}


def test_the_same_journal_is_never_imported_twice(share, follow, import_now, db):
    follow(share)
    assert import_now() == 1
    assert import_now() == 0
    follow(share)
    assert import_now() == 1
    assert len(rows(db, Click)) == 2
    (day,) = rows(db, ReachDay)
    assert (day.raw, day.human, day.unique_visitors) == (2, 2, 1)


def test_a_visitor_counts_once_a_day_and_again_the_day_after(share, follow, import_now, db, clock):
    follow(share)
    import_now()
    follow(share)
    import_now()
    clock.move(days=1)
    follow(share)
    import_now()
    days = sorted(rows(db, ReachDay), key=lambda day: day.day)
    assert [(day.raw, day.unique_visitors) for day in days] == [(2, 1), (1, 1)]
    assert [click.is_first_today for click in sorted(rows(db, Click), key=lambda click: click.id)] == [
        True,
        False,
        True,
    ]


def test_one_visitor_of_two_shares_counts_for_each(make, follow, import_now, db):
    ada, bo = make.share(make.user()), make.share(make.user())
    follow(ada)
    follow(bo)
    import_now()
    assert sorted((day.user_id, day.unique_visitors) for day in rows(db, ReachDay)) == sorted(
        [(ada.user_id, 1), (bo.user_id, 1)]
    )


def test_the_first_human_click_is_told_once_and_each_new_visitor_once_a_day(share, follow, import_now, db, clock):
    follow(share, User_Agent=CRAWLERS[0])
    import_now()
    assert not [event for event in rows(db, Event) if event.kind.startswith("click.")]
    follow(share)
    follow(share)
    follow(share, address="81.166.12.77")
    import_now()
    follow(share)
    clock.move(days=1)
    follow(share)
    import_now()
    told = [event for event in rows(db, Event) if event.kind.startswith("click.")]
    assert Counter(event.kind for event in told) == {"click.human_first": 1, "click.counted": 2}
    assert [visitors_in(event) for event in told if event.kind == "click.counted"] == [2, 1], (
        "those of a batch at once"
    )
    first = next(event for event in told if event.kind == "click.human_first")
    assert (first.subject_type, first.subject_id, first.actor_id) == ("share", share.id, None)
    assert first.data["link_id"] == share.link_id
    counted = next(event for event in told if event.kind == "click.counted")
    assert (counted.data["share_id"], counted.data["user_id"], counted.data["item_id"]) == (
        share.id,
        share.user_id,
        share.item_id,
    )


def test_a_burst_from_one_address_is_filtered_from_the_thirty_first_on(share, follow, import_now, db, clock):
    for _ in range(20):
        follow(share)
    import_now()
    for _ in range(15):
        follow(share)
    follow(share, address="81.166.99.99")
    import_now()
    clock.move(minutes=1)
    follow(share)
    import_now()
    counts = Counter(click.rule for click in rows(db, Click))
    assert counts == {"": 32, "burst": 5}


def test_bursts_are_told_by_rows_that_are_soon_removed(share, follow, import_now, db, clock):
    follow(share)
    import_now()
    assert len(rows(db, MinuteSources)) == 1
    clock.move(hours=3)
    follow(share)
    import_now()
    assert len(rows(db, MinuteSources)) == 1


def test_a_finished_segment_is_removed_when_everything_in_it_is_imported(share, clicks, import_now, db, clock):
    writing = Journal(clicks)
    line = Line(int(clock.now().timestamp() * 1000), share.link_id, "GET", "a" * 24, "b" * 16, "", "", "", "Firefox")
    writing.append(line)
    import_now()
    (path,) = clicks.glob("*.log")
    writing.append(line)
    writing.close()
    assert import_now() == 1
    assert not path.exists()
    (segment,) = rows(db, JournalSegment)
    assert segment.removed_at == clock.now()
    assert len(rows(db, Click)) == 2


def test_a_torn_last_line_of_a_killed_writer_is_passed_over_and_told(share, clicks, import_now, db, clock):
    line = Line(int(clock.now().timestamp() * 1000), share.link_id, "GET", "a" * 24, "b" * 16, "", "", "", "Firefox")
    clicks.mkdir(parents=True)
    (clicks / "host-1-1-a.log").write_bytes(journal.encode(line) + journal.encode(line)[:40])
    assert import_now() == 1
    (segment,) = rows(db, JournalSegment)
    assert (segment.unreadable, segment.removed_at) == (1, clock.now())


def test_what_the_writer_lost_is_known_to_the_health_page(share, clicks, import_now, db, clock):
    clicks.mkdir(parents=True)
    (clicks / "host-1-1-a.log").write_bytes(journal.encode_note(journal.Lost(5, 37)))
    with db.reading() as session:
        assert importing.health(session, clock, directory=clicks).waiting_bytes > 0
    import_now()
    with db.reading() as session:
        health = importing.health(session, clock, directory=clicks)
    assert (health.waiting_bytes, health.lost, health.unreadable) == (0, 37, 0)
    assert health.newest_import == clock.now()
    clock.move(days=8)
    with db.reading() as session:
        assert importing.health(session, clock, directory=clicks).lost == 0, "last week's trouble is over"


def test_a_click_on_a_link_that_is_no_more_is_told_and_stops_nothing(share, clicks, import_now, db, clock):
    clicks.mkdir(parents=True)
    now = int(clock.now().timestamp() * 1000)
    lines = [
        Line(now, link_id, "GET", "a" * 24, "b" * 16, "", "", "", "Firefox") for link_id in (999_999, share.link_id)
    ]
    (clicks / "host-1-1-a.log").write_bytes(b"".join(map(journal.encode, lines)))
    assert import_now() == 1
    assert rows(db, JournalSegment)[0].unreadable == 1


def test_an_error_in_the_middle_of_a_batch_leaves_nothing_behind(share, follow, import_now, db, monkeypatch):
    follow(share)
    monkeypatch.setattr(recording.sums, "add", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    with pytest.raises(RuntimeError):
        import_now()
    assert (rows(db, Click), rows(db, JournalSegment)) == ([], [])
    assert not [event for event in rows(db, Event) if event.kind.startswith("click.")]
    monkeypatch.undo()
    assert import_now() == 1
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Click)) == 1


def test_clicks_made_while_the_database_is_away_are_all_counted_once_when_it_is_back(
    share, visit, import_now, db, monkeypatch
):
    with db.reading() as session:
        code = session.get_one(Link, share.link_id).code
    visit(code)
    assert import_now() == 1
    db.dispose()
    monkeypatch.setattr(type(db.engine), "connect", lambda *_, **__: (_ for _ in ()).throw(OSError("away")))
    for number in range(20):
        assert visit(code, address=f"81.166.0.{number + 1}").status_code == 302
        if number % 5 == 0:
            with pytest.raises(OSError, match="away"):
                import_now()
    monkeypatch.undo()
    assert import_now() == 20
    assert import_now() == 0
    (day,) = rows(db, ReachDay)
    assert (day.raw, len(rows(db, Click))) == (21, 21)


def test_an_agent_is_kept_once_with_its_device(share, follow, import_now, db):
    phone = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Mobile Safari/604.1"
    )
    follow(share, User_Agent=phone)
    import_now()
    follow(share, User_Agent=phone)
    follow(share)
    import_now()
    assert sorted(agent.device for agent in rows(db, Agent)) == ["desktop", "phone"]


def test_two_importers_do_not_work_on_one_folder_at_once(share, follow, import_now, clicks):
    from advocacy.reach import segments

    follow(share)
    with segments.alone(clicks) as is_ours:
        assert is_ours
        assert import_now() == 0
    assert import_now() == 1


def test_clicks_of_one_minute_ago_are_judged_by_when_the_post_went_out(make, follow, import_now, db, clock):
    fresh = make.share(make.user(), published_at=clock.now() - timedelta(seconds=30))
    older = make.share(make.user(), published_at=clock.now() - timedelta(hours=1))
    follow(fresh, Accept_Language=None)
    follow(older, Accept_Language=None)
    import_now()
    assert {click.link_id: click.rule for click in rows(db, Click)} == {
        fresh.link_id: "preview_fetch",
        older.link_id: "missing_headers",
    }


@pytest.fixture
def other_machine(house, tmp_path):
    """Another importer on the same database, with a folder and a memory of its own."""
    db = Database(house.db.url.render_as_string(hide_password=False))
    yield lambda lines: write_and_import(db, house.clock, tmp_path / "other", lines)
    db.dispose()


@pytest.fixture
def this_machine(house, clicks):
    return lambda lines: write_and_import(house.db, house.clock, clicks, lines)


def write_and_import(db, clock, directory, lines):
    writing = Journal(directory)
    for line in lines:
        writing.append(line)
    writing.close()
    return importing.keep_up(db, clock, directory=directory)


@pytest.fixture
def line_of(share, clock):
    """A line of the journal, a visitor's and an address's."""

    def make(visitor, source="b", agent="Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"):
        at = int(clock.now().timestamp() * 1000)
        return Line(at, share.link_id, "GET", visitor * 24, source * 16, "", "", "", agent)

    return make


def test_importers_of_two_machines_count_a_visitor_once_between_them(this_machine, other_machine, line_of, db):
    assert this_machine([line_of("1")]) == 1
    assert other_machine([line_of("1"), line_of("2")]) == 2
    assert this_machine([line_of("2"), line_of("3")]) == 2
    assert other_machine([line_of("3"), line_of("1")]) == 2
    (day,) = rows(db, ReachDay)
    assert (day.raw, day.human, day.unique_visitors) == (7, 7, 3)
    assert sum(visitors_in(event) for event in rows(db, Event) if event.kind == "click.counted") == 3


def test_importers_of_two_machines_tell_a_burst_between_them(this_machine, other_machine, line_of, db):
    for count, importer in ((12, this_machine), (12, other_machine), (12, this_machine), (2, other_machine)):
        importer([line_of(str(number % 9 + 1)) for number in range(count)])
    assert Counter(click.rule for click in rows(db, Click)) == {"": 30, "burst": 8}
    assert sorted(click.place for click in rows(db, Click)) == list(range(1, 39))


def test_an_importer_that_was_started_anew_knows_who_was_there(this_machine, house, clicks, line_of, db):
    this_machine([line_of("1"), line_of("2")])
    again = Database(house.db.url.render_as_string(hide_password=False))
    write_and_import(again, house.clock, clicks, [line_of("2"), line_of("3")])
    again.dispose()
    (day,) = rows(db, ReachDay)
    assert (day.human, day.unique_visitors) == (4, 3)


def test_what_an_importer_remembers_beyond_its_room_is_asked_for_again(this_machine, line_of, db, monkeypatch):
    monkeypatch.setattr(seen, "REMEMBERED", 0)
    for visitors in ("12", "23", "31"):
        this_machine([line_of(visitor) for visitor in visitors])
    (day,) = rows(db, ReachDay)
    assert (day.human, day.unique_visitors) == (6, 3)


def test_what_requests_say_is_kept_once(this_machine, line_of, db):
    this_machine([line_of("1"), line_of("2"), line_of("3", agent="curl/8")])
    this_machine([line_of("4"), line_of("5", agent="curl/8")])
    assert len(rows(db, RequestKind)) == 2


def test_every_rule_in_force_has_a_letter_of_its_own_that_is_never_another_rules():
    assert set(judging.BY_NAME) <= set(CODES)
    assert len(set(CODES.values())) == len(CODES)
    assert sorted(CODES, key=CODES.__getitem__) == sorted(CODES), "lists stand in the order of names"


def test_the_families_are_built_once():
    assert families() is families()


def test_a_batch_takes_as_many_statements_as_a_click_does(share, follow, import_now, db):
    """Many clicks at once are what an importer must keep up with; each may cost work, none a round trip."""

    def statements_of(visitors):
        for number in visitors:
            follow(share, address=f"81.166.{number // 250}.{number % 250 + 1}")
        said = []
        with listening(db, said):
            assert import_now() == len(visitors)
        return said

    statements_of(range(1))
    few, many = statements_of(range(1, 3)), statements_of(range(3, 83))
    assert sum(visitors_in(event) for event in rows(db, Event) if event.kind == "click.counted") == 83
    assert len(many) == len(few)


@contextmanager
def listening(db, said):
    def note(_connection, _cursor, statement, *_):
        said.append(statement)

    listen(db.engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        remove(db.engine, "before_cursor_execute", note)
