"""Tables of figures as files: the same rows as the pages show, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

from advocacy.base.db import Database
from advocacy.base.errors import NotFound
from advocacy.base.paging import Page
from advocacy.base.text import Text
from advocacy.insights import (
    click_rows,
    clicks,
    conversions,
    countries,
    items,
    media_value,
    overview,
    people_shown,
    post_rows,
    reading_rows,
)
from advocacy.insights.cohorts import MONTHS, Cohort
from advocacy.insights.items import Order
from advocacy.insights.posts import Posts
from advocacy.insights.scope import Scope
from advocacy.insights.team_lines import TeamLine
from advocacy.people.groups import Tree
from advocacy.reach import audience
from advocacy.reach.totals import KINDS, Clicks, Sum
from advocacy.sharing.models import ShareState

CHUNK = 1_000
"""Rows read at a time; between two chunks nothing is held open."""
Row = TypeVar("Row")

MEASURED, CLAIMED = Text("Posts, measured"), Text("Posts, self-reported")
OF_CLICKS = (Text("All requests"), Text("Filtered"), Text("Clicks by people"), Text("Visitors"))
OF_FIGURES = (Text("Likes"), Text("Reposts"), Text("Replies"), Text("Quotes"), Text("Views"))
FIGURE_NAMES = dict(zip((*KINDS, "clicks"), (*OF_FIGURES, Text("Clicks by people")), strict=True))
NOT_AVAILABLE = Text("Not available")
WITHHELD = Text("Too few people to tell")
STANDINGS = {
    "published": Text("Taken by the network"),
    "confirmed": Text("Posted by hand, confirmed by a click"),
    "claimed": Text("Posted by hand, as the person says"),
    ShareState.DRAFT.value: Text("Prepared, not posted yet"),
    ShareState.SCHEDULED.value: Text("Planned"),
    ShareState.PUBLISHING.value: Text("Being published"),
    ShareState.UNCONFIRMED.value: Text("Not sure it arrived"),
    ShareState.FAILED.value: Text("Not published"),
    ShareState.MISSED.value: Text("Missed its time"),
    ShareState.CANCELLED.value: Text("Cancelled"),
}
COUNTED_AS = {
    "late": Text("Too long after the click"),
    "unknown": Text("No click has this id"),
    "waiting": Text("Its click is being looked for"),
}


@dataclass(frozen=True)
class Wanted:
    """What a file is asked for.

    Args:
        db: where from.
        scope: what is counted.
        tree: all teams.
        label: what people call a network.
        choices: further words of the address, such as which kind of clicks.
    """

    db: Database
    scope: Scope
    tree: Tree
    label: Callable[[str], Text]
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """A file's heading and rows; cells are words, numbers, days, moments or `Text`."""

    columns: Sequence[Text]
    rows: Iterable[Sequence[object]]


def table(name: str, wanted: Wanted) -> Table:
    """A table by its name.

    Raises:
        NotFound: there is none of that name.
    """
    build = TABLES.get(name)
    if build is None:
        raise NotFound(Text("There is no table of this name to save."))
    return build(wanted)


def _chunks(db: Database, fetch: Callable[[Session, str], Page[Row]]) -> Iterator[Row]:
    after = ""
    while True:
        with db.reading() as session:
            page = fetch(session, after)
        yield from page.items
        if page.next_cursor is None:
            return
        after = page.next_cursor


def _clicks(of: Clicks) -> tuple[int, ...]:
    return of.raw, of.filtered, of.human, of.unique_visitors


def _posts(of: Posts) -> tuple[int, ...]:
    return of.measured, of.claimed


def _known(value: object) -> object:
    return NOT_AVAILABLE if value is None else value


def _days(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        points = overview.over_time(session, wanted.scope)
    return Table(
        (Text("From"), Text("To"), MEASURED, CLAIMED, *OF_CLICKS),
        [(one.bucket.first, one.bucket.last, *_posts(one.posts), *_clicks(one.clicks)) for one in points],
    )


def _rules(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        found = clicks.by_rule(session, wanted.scope)
    return Table(
        (Text("Rule"), Text("What it means"), Text("Filtered")),
        [(click_rows.rule_title(name), click_rows.rule_why(name), count) for name, count in found],
    )


def _networks(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        lines = overview.by_network(session, wanted.scope)
    heading: list[Text] = [Text("Network"), MEASURED, CLAIMED, *OF_CLICKS]
    for kind in OF_FIGURES:
        heading += [kind, Text("{kind}: posts it is known of", kind=kind)]
    rows = []
    for line in lines:
        row: list[object] = [wanted.label(line.name), *_posts(line.posts), *_clicks(line.clicks)]
        for name in KINDS:
            figure: Sum | None = getattr(line.figures, name, None)
            row += [_known(figure.value if figure else None), figure.known if figure else 0]
        rows.append(row)
    return Table(heading, rows)


def teams(lines: Sequence[TeamLine]) -> Table:
    """The lines of the page of teams."""
    rows = []
    for line in lines:
        name = Text("Everybody else") if line.team_id is None else line.name
        heads = (line.heads.invited, line.heads.active, line.heads.connected) if line.heads else (None, None, None)
        of_posts = (line.sharers, *_posts(line.posts)) if line.posts else (None, None, None)
        of_clicks = _clicks(line.clicks) if line.clicks else (None,) * len(OF_CLICKS)
        rows.append((name, line.size, *map(_known, heads), *map(_kept, (*of_posts, *of_clicks))))
    heading = (Text("Team"), Text("People"), Text("Invited"), Text("Active"), Text("Connected"))
    return Table((*heading, Text("People who shared"), MEASURED, CLAIMED, *OF_CLICKS), rows)


def cohorts(lines: Sequence[Cohort]) -> Table:
    """The lines of the page that tells who comes back."""
    later = [Text("{count} months later", count=number) for number in range(1, MONTHS)]
    rows = [
        (
            line.month.first,
            _known(line.size),
            *(_known(one.people) if one.is_over else None for one in line.again),
        )
        for line in lines
    ]
    return Table((Text("First shared in the month of"), Text("People of the group"), *later), rows)


def _kept(value: object) -> object:
    return WITHHELD if value is None else value


def _items(wanted: Wanted) -> Table:
    order = Order.POSTS if wanted.choices.get("order") == Order.POSTS else Order.HUMAN
    lines = _chunks(
        wanted.db,
        lambda session, after: items.page(session, wanted.scope, order=order, after=after, size=CHUNK),
    )
    return Table(
        (Text("Item"), MEASURED, CLAIMED, *OF_CLICKS),
        ((line.title, *_posts(line.posts), *_clicks(line.clicks)) for line in lines),
    )


def _sources(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        lines = items.sources(session, wanted.scope)
    return Table(
        (Text("Source"), Text("Items made from it"), Text("Items shared"), MEASURED, CLAIMED, *OF_CLICKS),
        [
            (
                line.title if line.source_id is not None else Text("Written by colleagues"),
                line.items,
                line.shared,
                *_posts(line.posts),
                *_clicks(line.clicks),
            )
            for line in lines
        ],
    )


def _post_rows(wanted: Wanted) -> Table:
    which, state = post_rows.which_of(wanted.choices)
    rows = _chunks(
        wanted.db,
        lambda session, after: post_rows.page(
            session, wanted.scope, tree=wanted.tree, which=which, state=state, after=after, size=CHUNK
        ),
    )
    heading = (
        Text("When (UTC)"),
        Text("Item"),
        Text("Network"),
        Text("Kind"),
        Text("Who"),
        Text("Team"),
        Text("State"),
    )
    return Table(
        (*heading, Text("How we know"), Text("Taken down (UTC)"), *OF_CLICKS, *OF_FIGURES),
        (
            (
                row.at,
                row.title,
                wanted.label(row.network),
                row.kind,
                row.author.name or Text("A colleague"),
                row.author.team,
                STANDINGS[row.standing],
                Text("Measured") if row.is_measured else Text("Self-reported"),
                row.removed_at,
                *_clicks(row.clicks),
                *(_known(row.figures.get(kind)) for kind in KINDS),
            )
            for row in rows
        ),
    )


def _click_rows(wanted: Wanted) -> Table:
    which, rule, share_id = click_rows.which_of(wanted.choices)
    if share_id is not None:  # before the file begins: after that there is no answer but half a file
        with wanted.db.reading() as session:
            people_shown.check_post(session, share_id=share_id)
    rows = _chunks(
        wanted.db,
        lambda session, after: click_rows.page(
            session, wanted.scope, which=which, rule=rule, share_id=share_id, after=after, size=CHUNK
        ),
    )
    with wanted.db.reading() as session:
        told = countries.told(session, wanted.scope, smallest=wanted.tree.smallest)
    heading = (Text("When (UTC)"), Text("Item"), Text("Network"), Text("Counted as"), Text("Rule"))
    return Table(
        (*heading, Text("What it means"), Text("Device"), Text("Program"), Text("Came from"), Text("Country")),
        (
            (
                row.at,
                row.title,
                wanted.label(row.network),
                _counted_as(row),
                row.rule,
                row.why,
                row.device,
                row.program,
                row.referrer_host,
                row.country if row.country in told else None,
            )
            for row in rows
        ),
    )


def _counted_as(row: click_rows.ClickRow) -> Text:
    if not row.is_human:
        return Text("Filtered")
    return Text("Visitor") if row.is_first else Text("Person, again the same day")


def _reading_rows(wanted: Wanted) -> Table:
    kind, is_known = reading_rows.which_of(wanted.choices)
    rows = _chunks(
        wanted.db,
        lambda session, after: reading_rows.page(
            session, wanted.scope, kind=kind, is_known=is_known, after=after, size=CHUNK
        ),
    )
    return Table(
        (Text("Item"), Text("Network"), Text("Went out (UTC)"), Text("Read (UTC)"), *OF_FIGURES, Text("Why not")),
        (
            (
                row.title,
                wanted.label(row.network),
                row.published_at,
                row.read_at,
                *(_known(row.figures[kind]) for kind in KINDS),
                Text.from_json(row.reason) if row.reason else None,
            )
            for row in rows
        ),
    )


def _conversions(wanted: Wanted) -> Table:
    which, kind = wanted.choices.get("which", ""), wanted.choices.get("kind", "")
    rows = _chunks(
        wanted.db,
        lambda session, after: conversions.page(
            session,
            wanted.scope,
            which=conversions.Which(which) if which in list(conversions.Which) else conversions.Which.ALL,
            kind_id=int(kind) if kind.isascii() and kind.isdecimal() and len(kind) <= 9 else None,
            after=after,
            size=CHUNK,
        ),
    )
    heading = (Text("When (UTC)"), Text("Kind"), Text("Counted as"), Text("Rule"), Text("Item"), Text("Network"))
    return Table(
        (*heading, Text("Clicked (UTC)"), Text("Worth"), Text("Currency"), Text("Told by")),
        (
            (
                row.at,
                row.kind,
                COUNTED_AS[row.standing] if row.standing != "found" else _by_whom(row),
                row.rule,
                row.title,
                wanted.label(row.network) if row.network else None,
                row.clicked_at,
                row.worth.hundredths / 100 if row.worth else _known(None),
                row.worth.currency if row.worth else None,
                Text("Server") if row.told_by == "server" else Text("Picture"),
            )
            for row in rows
        ),
    )


def _by_whom(row: conversions.ConversionRow) -> Text:
    return Text("After a filtered click") if row.rule else Text("After a click by a person")


def _countries(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        lines = countries.by_country(session, wanted.scope, smallest=wanted.tree.smallest)
    names = {None: Text("Country not known"), countries.OTHERS: Text("Other countries")}
    return Table(
        (Text("Country"), Text("Clicks by people")),
        [(names.get(line.code) or line.code, line.human) for line in lines],
    )


def _media_value(wanted: Wanted) -> Table:
    with wanted.db.reading() as session:
        lines = media_value.of(session, wanted.scope).lines
    heading = (Text("Network"), Text("Figure"), Text("Count"), Text("For how many"), Text("Lowest price"))
    return Table(
        (*heading, Text("Highest price"), Text("From"), Text("To"), Text("Currency"), Text("Where the rate is from")),
        [
            (
                wanted.label(line.rate.network),
                FIGURE_NAMES[line.rate.figure.value],
                _known(line.count),
                line.rate.per,
                line.rate.low / 100,
                line.rate.high / 100,
                _known(line.range.low / 100 if line.range else None),
                _known(line.range.high / 100 if line.range else None),
                line.rate.currency,
                line.rate.source,
            )
            for line in lines
        ],
    )


def _audience(wanted: Wanted) -> Table:
    span = wanted.scope.span
    with wanted.db.reading() as session:
        sums = audience.days(session, first=span.first, last=span.last, network=wanted.scope.network)
    heading = (Text("Day"), Text("Network"), Text("Followers"), Text("Accounts counted"), Text("Accounts waiting"))
    return Table(
        (*heading, Text("Accounts not available")),
        [
            (one.day, wanted.label(one.network), one.followers, one.accounts, one.waiting, one.unavailable)
            for one in sums
        ],
    )


TABLES: dict[str, Callable[[Wanted], Table]] = {
    "days": _days,
    "rules": _rules,
    "networks": _networks,
    "items": _items,
    "sources": _sources,
    "posts": _post_rows,
    "clicks": _click_rows,
    "readings": _reading_rows,
    "conversions": _conversions,
    "countries": _countries,
    "media-value": _media_value,
    "audience": _audience,
}
