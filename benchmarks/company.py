"""A large company: people, posts and clicks of a year, with their points and every sum that is kept of them."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import text

from advocacy.base.house import House
from advocacy.insights import checking
from advocacy.reach import item_sums, months
from advocacy.reach.models import PLACES
from advocacy.reach.rule_codes import code_of
from advocacy.recognition.periods import Period
from advocacy.recognition.rules import rule_named
from advocacy.sharing import post_sums
from benchmarks.loading import quickly
from tests.factories import Factory

SIZE = float(os.environ.get("BENCH_SIZE", "1"))
"""1 is the size that the targets are set for."""
PEOPLE, SHARES, CLICKS = int(100_000 * SIZE), int(500_000 * SIZE), int(10_000_000 * SIZE)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
"""The last day of a month of 30 days."""
TEAMS, ITEMS, DAYS = 40, 200, 365
LARGE = ("share", "figure_reading", "read_back", "click", "reach_day", "filtered_day", "points_entry")
LARGE_SUMS = ("points_day", "standing")


def fill(house: House) -> None:
    """Fills an empty database: people, posts and clicks over a year, their points, and every sum that is kept of them.

    Only the event log stays empty: points name causes that no event tells of.

    Raises:
        SystemExit: the night's comparison of every sum with its rows found one that differs.
    """
    make = Factory(house)
    for _ in range(ITEMS):
        make.item()
    if not house.db.is_sqlite:
        _make_months(house)
    with quickly(house, (*LARGE, *LARGE_SUMS)) as run:
        for statement in _statements(is_sqlite=house.db.is_sqlite):
            run(statement)
    make_sums(house)
    with house.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def compare(house: House) -> None:
    """What the hub does each night: holds every sum against its rows.

    Raises:
        SystemExit: one differs, or there is next to nothing to compare.
    """
    found = checking.check(house)
    if not found.is_fine or found.days < DAYS // 2:
        raise SystemExit(f"The sums are not those of the rows: {found}.")


def make_sums(house: House) -> None:
    """Makes the sums of posts, clicks and readings that were written past them."""
    for kept in (post_sums, item_sums):
        with house.db.reading() as session:
            wanted = kept.differing(session)
        kept.rebuild(house.db, wanted)


def _make_months(house: House) -> None:
    """A table for each month in which clicks will lie: made for one click of each, which goes again."""
    with house.db.transaction() as session:
        session.execute(
            text(
                "INSERT INTO click (id, visitor, day, ms, link_id, kind_id, place, rules_version, is_human, "
                "is_first_today, rule) SELECT i, 0, (date '2025-12-01' + make_interval(months => i))::date, 0, 0, 0, 1, "
                "1, false, false, '' FROM generate_series(0, 11) AS n(i)"
            )
        )
    months.tend(house)
    with house.db.transaction() as session:
        session.execute(text("DELETE FROM click"))


class _Sql:
    """What the databases say differently."""

    def __init__(self, *, is_sqlite: bool) -> None:
        self.is_sqlite = is_sqlite
        self.least = "min" if is_sqlite else "least"

    def numbers(self, count: int) -> str:
        """Rows `n` of one column `i`: from 1 on."""
        if not self.is_sqlite:
            return f"generate_series(1::bigint, {count}) AS n(i)"
        return f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS n"

    def day(self, number: str) -> str:
        """The how-manieth day of the year, from 0 on."""
        if self.is_sqlite:
            return f"date('2025-12-01', '+' || ({number}) || ' days')"
        return f"(date '2025-12-01' + ({number})::int)"

    def moment(self, day: str) -> str:
        """Six in the morning of a day."""
        return f"({day} || ' 06:00:00.000000')" if self.is_sqlite else f"(({day} + time '06:00') AT TIME ZONE 'UTC')"

    def begins(self, period: Period) -> str:
        """The first day of the period that `day` lies in, as `periods.begins` has it."""
        if period is Period.ALL:
            return "'1970-01-01'" if self.is_sqlite else "date '1970-01-01'"
        if not self.is_sqlite:
            return f"date_trunc('{period.value}', day)::date"
        return {
            Period.WEEK: "date(day, '-' || ((strftime('%w', day) + 6) % 7) || ' days')",
            Period.MONTH: "date(day, 'start of month')",
            Period.QUARTER: "date(day, 'start of month', '-' || ((strftime('%m', day) - 1) % 3) || ' months')",
            Period.YEAR: "date(day, 'start of year')",
        }[period]


def _statements(*, is_sqlite: bool) -> Iterator[str]:
    sql = _Sql(is_sqlite=is_sqlite)
    yield from _people_and_posts(sql)
    yield from _clicks(sql)
    yield from _points(sql)


def _people_and_posts(sql: _Sql) -> Iterator[str]:
    when, posted = sql.moment(sql.day("0")), sql.moment(sql.day(f"i % {DAYS}"))
    yield f"INSERT INTO team (name) SELECT 'Team ' || i FROM {sql.numbers(TEAMS)}"
    yield (
        'INSERT INTO "user" (id, email, name, search_words, job_title, state, team_id, location, languages, locale, '
        "country, time_zone, theme, ranked_by_name, created_at) "
        f"SELECT i, 'p' || i || '@example.com', 'Person ' || i, 'person ' || i, '', 'active', i % {TEAMS} + 1, '', "
        f"'[]', 'en', '', 'UTC', 'system', (i % 5 < 3), {when} FROM {sql.numbers(PEOPLE)}"
    )
    yield (
        "INSERT INTO link (id, code, target, created_at) "
        f"SELECT i, 'c' || i, 'https://example.com/', {when} FROM {sql.numbers(SHARES)}"
    )
    yield (
        "INSERT INTO share (id, user_id, item_id, kind, network, state, proof, text, disclosed, disclosed_for, language, time_zone, request_key, "
        "idempotency_key, record_key, attempts_made, due_at, published_at, created_at, updated_at, link_id) "
        f"SELECT i, i * 31 % {PEOPLE} + 1, i % {ITEMS} + 1, "
        "'share', CASE i % 3 WHEN 0 THEN 'bluesky' WHEN 1 THEN 'mastodon' ELSE 'linkedin_link' END, 'published', 'network', "
        f"'Words', '', '', 'en', 'UTC', 'k' || i, 'd' || i, '', 1, {posted}, {posted}, {posted}, {posted}, i "
        f"FROM {sql.numbers(SHARES)}"
    )
    yield (
        "INSERT INTO figure_reading (id, share_id, at, state, likes, reposts, replies) "
        f"SELECT i, i, {posted}, 'read', i % 9, i % 3, i % 2 FROM {sql.numbers(SHARES)}"
    )
    yield (
        f"INSERT INTO read_back (share_id, step, failures, newest_id) SELECT i, 13, 0, i FROM {sql.numbers(SHARES)}"
    )


def _clicks(sql: _Sql) -> Iterator[str]:
    """Few posts are followed a lot; clicks come on the day of the post and in the four days after it, in their order."""
    followed = f"(i * 48271 % {SHARES}) * (i * 69621 % {SHARES}) / {SHARES} + 1"
    made = f"SELECT i, {followed} AS link FROM {sql.numbers(CLICKS)}"
    when = f"SELECT i, link, {sql.least}(link % {DAYS} + i % 5, {DAYS - 1}) AS d FROM ({made}) AS made"
    yield "INSERT INTO agent (id, text, device) VALUES (1, 'Firefox', 'desktop')"
    yield (
        'INSERT INTO journal_segment (id, name, "offset", imported_at, unreadable, lost) '
        f"VALUES (1, 'bench', 0, {sql.moment(sql.day('0'))}, 0, 0)"
    )
    yield (
        "INSERT INTO request_kind (id, method, agent_id, referrer_host, facts, purpose, country) "
        "VALUES (1, 'GET', 1, '', '', '', '')"
    )
    yield (
        "INSERT INTO click (id, visitor, day, ms, link_id, kind_id, place, rules_version, is_human, is_first_today, rule) "
        f"SELECT {PLACES} + 100 * row_number() OVER (ORDER BY d, i), i, {sql.day('d')}, 21600000 + i * 7919 % 21600000, "
        f"link, 1, 1, 1, (i % 4 <> 0), (i % 4 <> 0), CASE WHEN i % 4 <> 0 THEN '' ELSE '{code_of('crawler')}' END "
        f"FROM ({when}) AS clicked"
    )
    human = "sum(CASE WHEN is_human THEN 1 ELSE 0 END)"
    yield (
        "INSERT INTO reach_day (day, link_id, user_id, item_id, network, raw, filtered, human, unique_visitors) "
        "SELECT c.day, c.link_id, s.user_id, s.item_id, s.network, raw, raw - human, human, human FROM "
        f"(SELECT day, link_id, count(*) AS raw, {human} AS human FROM click GROUP BY day, link_id) AS c "
        "JOIN share s ON s.id = c.link_id ORDER BY c.day, c.link_id"
    )
    yield (
        "INSERT INTO filtered_day (day, link_id, rule, clicks) "
        "SELECT day, link_id, 'crawler', filtered FROM reach_day WHERE filtered > 0 ORDER BY day, link_id"
    )


def _points(sql: _Sql) -> Iterator[str]:
    """For each post, and for its visitors up to the rule's cap: the ledger, its days and the boards."""
    post, visitor = rule_named("published"), rule_named("visitor")
    published = sql.day(f"id % {DAYS}")
    yield (
        "CREATE TEMPORARY TABLE paid AS SELECT day, link_id, user_id, item_id, network, "
        f"{sql.least}(human, {visitor.cap} - before) AS visitors FROM (SELECT day, link_id, user_id, item_id, network, "
        "human, sum(human) OVER (PARTITION BY link_id ORDER BY day) - human AS before FROM reach_day WHERE human > 0) "
        f"AS found WHERE before < {visitor.cap} ORDER BY day, link_id"
    )
    into = "INSERT INTO points_entry (user_id, rule, rule_version, points, cause, at, day, share_id, item_id) SELECT"
    yield (
        f"{into} user_id, 'published', {post.version}, {post.points}, 'posted:share:' || id, published_at, {published}, "
        "id, item_id FROM share ORDER BY published_at, id"
    )
    yield (
        f"{into} user_id, 'visitor', {visitor.version}, {visitor.points}, "
        f"'visitor:' || day || ':' || link_id || ':' || i, {sql.moment('day')}, day, link_id, item_id "
        f"FROM paid JOIN {sql.numbers(visitor.cap or 1)} ON i <= visitors ORDER BY day, link_id"
    )
    yield (
        "INSERT INTO points_day (day, user_id, network, points, posts, visitors) "
        f"SELECT day, user_id, network, {post.points} * sum(posts) + {visitor.points} * sum(visitors), sum(posts), "
        "sum(visitors) FROM (SELECT day, user_id, network, 0 AS posts, visitors FROM paid UNION ALL "
        f"SELECT {published}, user_id, network, 1, 0 FROM share) AS earned "
        "GROUP BY day, user_id, network ORDER BY day, user_id"
    )
    for period in Period:
        first = sql.begins(period)
        yield (
            "INSERT INTO standing (period, begins, user_id, points, posts, visitors, team_id, is_named, is_active) "
            f"SELECT '{period.value}', begins, user_id, points, posts, visitors, team_id, ranked_by_name, (1 = 1) FROM "
            f"(SELECT {first} AS begins, user_id, sum(points) AS points, sum(posts) AS posts, sum(visitors) AS visitors "
            "FROM points_day GROUP BY 1, 2) AS summed "
            'JOIN "user" u ON u.id = user_id ORDER BY begins, user_id'
        )
    yield "DROP TABLE paid"
