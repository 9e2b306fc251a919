"""A large company by bulk SQL: people, posts and clicks of a year, with every sum that the importer keeps of them."""

import os
from datetime import UTC, datetime

from sqlalchemy import text

from advocacy.base.house import House
from advocacy.reach import item_sums, months
from advocacy.sharing import post_sums
from tests.factories import Factory

SIZE = float(os.environ.get("BENCH_SIZE", "0.1"))
"""1 is the size that the targets are set for."""
PEOPLE, SHARES, CLICKS = int(100_000 * SIZE), int(500_000 * SIZE), int(10_000_000 * SIZE)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
"""The last day of a month of 30 days."""
TEAMS, ITEMS = 40, 200


def fill(house: House) -> None:
    """A company by bulk SQL: people, posts and clicks over a year, with every sum that is kept of them."""
    make = Factory(house)
    for _ in range(ITEMS):
        make.item()
    with house.db.transaction() as session:
        for statement in _statements(house.db.is_sqlite):
            session.execute(text(statement))
    make_sums(house)
    months.tend(house)  # clicks of the past: their months had no tables yet
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if house.db.is_sqlite else "VACUUM ANALYZE"))


def make_sums(house: House) -> None:
    """Makes the sums of posts, clicks and readings that were written past them."""
    for kept in (post_sums, item_sums):
        with house.db.reading() as session:
            wanted = kept.differing(session)
        kept.rebuild(house.db, wanted)


def _statements(is_sqlite: bool) -> list[str]:
    def numbers(count: int) -> str:
        if not is_sqlite:
            return f"generate_series(1::bigint, {count}) AS n(i)"
        return f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"

    def day(number: str) -> str:
        return (
            f"date('2025-12-01', '+' || ({number}) || ' days')"
            if is_sqlite
            else f"(date '2025-12-01' + ({number})::int)"
        )

    def moment(number: str) -> str:
        if is_sqlite:
            return f"({day(number)} || ' 12:00:00.000000')"
        return f"(({day(number)} + time '12:00') AT TIME ZONE 'UTC')"

    def true(condition: str) -> str:
        return condition if is_sqlite else f"({condition})"

    begins = {
        "month": "date(day, 'start of month')" if is_sqlite else "date_trunc('month', day)::date",
        "year": "date(day, 'start of year')" if is_sqlite else "date_trunc('year', day)::date",
    }
    when, empty = moment("0"), "'[]'"
    # Few posts are followed a lot; clicks come on the day of the post and in the four days after it.
    followed = f"(i * 48271 % {SHARES}) * (i * 69621 % {SHARES}) / {SHARES} + 1"
    clicks = f"(SELECT i, {followed} AS link FROM {numbers(CLICKS)}) AS c"
    clicked = "(link + i % 5) % 365"
    human = true("i % 4 <> 0")
    return [
        f"INSERT INTO team (name) SELECT 'Team ' || i FROM {numbers(TEAMS)}",
        'INSERT INTO "user" (id, email, name, search_words, job_title, state, team_id, location, languages, locale, '
        "time_zone, theme, ranked_by_name, created_at) "
        f"SELECT i, 'p' || i || '@example.com', 'Person ' || i, 'person ' || i, '', 'active', i % {TEAMS} + 1, '', "
        f"{empty}, 'en', 'UTC', 'system', {true('i % 5 < 3')}, {when} FROM {numbers(PEOPLE)}",
        "INSERT INTO link (id, code, target, created_at) "
        f"SELECT i, 'c' || i, 'https://example.com/', {when} FROM {numbers(SHARES)}",
        "INSERT INTO share (id, user_id, item_id, network, state, proof, text, language, time_zone, request_key, "
        "idempotency_key, record_key, attempts_made, due_at, published_at, created_at, updated_at, link_id) "
        f"SELECT i, i * 31 % {PEOPLE} + 1, i % {ITEMS} + 1, "
        "CASE i % 3 WHEN 0 THEN 'bluesky' WHEN 1 THEN 'mastodon' ELSE 'linkedin_link' END, 'published', 'network', "
        f"'Words', 'en', 'UTC', 'k' || i, 'd' || i, '', 1, {moment('i % 365')}, {moment('i % 365')}, "
        f"{moment('i % 365')}, {moment('i % 365')}, i FROM {numbers(SHARES)}",
        "INSERT INTO figure_reading (id, share_id, at, state, likes, reposts, replies) "
        f"SELECT i, i, {moment('i % 365')}, 'read', i % 9, i % 3, i % 2 FROM {numbers(SHARES)}",
        f"INSERT INTO read_back (share_id, step, failures, newest_id) SELECT i, 13, 0, i FROM {numbers(SHARES)}",
        "INSERT INTO agent (id, text, device) VALUES (1, 'Firefox', 'desktop')",
        'INSERT INTO journal_segment (id, name, "offset", imported_at, unreadable, lost) '
        f"VALUES (1, 'bench', 0, {when}, 0, 0)",
        "INSERT INTO request_kind (id, method, agent_id, referrer_host, facts, purpose, country) "
        "VALUES (1, 'GET', 1, '', '', '', '')",
        "INSERT INTO click (id, visitor, day, ms, link_id, kind_id, place, rules_version, is_human, is_first_today, rule) "
        f"SELECT i, i, {day(clicked)}, 0, link, 1, 1, 1, {human}, {human}, "
        f"CASE WHEN {human} THEN '' ELSE 'known_crawler' END FROM {clicks}",
        "INSERT INTO reach_day (day, link_id, user_id, item_id, network, raw, filtered, human, unique_visitors) "
        "SELECT c.day, c.link_id, s.user_id, s.item_id, s.network, count(*), sum(CASE WHEN is_human THEN 0 ELSE 1 END), "
        "sum(CASE WHEN is_human THEN 1 ELSE 0 END), sum(CASE WHEN is_human THEN 1 ELSE 0 END) "
        "FROM click c JOIN share s ON s.link_id = c.link_id "
        "GROUP BY c.day, c.link_id, s.user_id, s.item_id, s.network",
        "INSERT INTO filtered_day (day, link_id, rule, clicks) "
        "SELECT day, link_id, 'known_crawler', filtered FROM reach_day WHERE filtered > 0",
        "INSERT INTO points_day (day, user_id, network, points, posts, visitors) "
        "SELECT day, user_id, network, sum(human) * 2, 0, sum(human) FROM reach_day WHERE human > 0 "
        "GROUP BY day, user_id, network",
        *(
            "INSERT INTO standing (period, begins, user_id, points, posts, visitors, team_id, is_named, is_active) "
            f"SELECT '{period}', {first}, d.user_id, sum(points), 0, sum(visitors), u.team_id, u.ranked_by_name, "
            f'{true("1 = 1")} FROM points_day d JOIN "user" u ON u.id = d.user_id '
            f"GROUP BY {first}, d.user_id, u.team_id, u.ranked_by_name"
            for period, first in begins.items()
        ),
    ]
