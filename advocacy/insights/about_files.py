"""What stands beside a table in its file: which days and filters it is of, and what each of its figures means."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base.text import Text
from advocacy.base.workbooks import Sheet
from advocacy.insights import click_rows, post_rows, reading_rows
from advocacy.insights.files import OF_CLICKS, OF_FIGURES, STANDINGS, Table
from advocacy.insights.periods import Span
from advocacy.insights.scope import Scope
from advocacy.library.models import ContentItem

TITLES = {
    "days": Text("Over time"),
    "rules": Text("Why clicks were filtered"),
    "networks": Text("By network"),
    "teams": Text("By team"),
    "cohorts": Text("Who comes back"),
    "items": Text("Items"),
    "sources": Text("Sources"),
    "posts": Text("Posts"),
    "clicks": Text("Clicks"),
    "readings": Text("What the networks report"),
    "conversions": Text("Conversions"),
    "countries": Text("By country"),
    "media-value": Text("Earned media value"),
    "audience": Text("Potential audience"),
}
MEASURED, ESTIMATED, SELF_REPORTED = Text("Measured"), Text("Estimated"), Text("Self-reported")
_OF_POSTS = Text("As the network itself reports it, when it was last read. Not available is never 0.")
MEANINGS: dict[str, tuple[Text, Text]] = {
    "Posts, measured": (
        MEASURED,
        Text("Taken by the network, or posted by hand and confirmed by a click of a person."),
    ),
    "Posts, self-reported": (
        SELF_REPORTED,
        Text("Posted by hand, by the person's own word. Never added to measured ones."),
    ),
    "All requests": (MEASURED, Text("Every request for a tracked link in these days, on posts of any day.")),
    "Filtered": (MEASURED, Text("Requests that a published rule tells to be made by programs, or not to count.")),
    "Clicks by people": (MEASURED, Text("All requests less the filtered ones.")),
    "Visitors": (
        ESTIMATED,
        Text("A visitor is counted once a day for each link. We keep no address and set no cookie."),
    ),
    "Likes": (MEASURED, _OF_POSTS),
    "Reposts": (MEASURED, _OF_POSTS),
    "Replies": (MEASURED, _OF_POSTS),
    "Quotes": (MEASURED, _OF_POSTS),
    "Views": (
        MEASURED,
        Text("As the network itself reports it. Each network counts views in its own way, so they are not added up."),
    ),
    "{kind}: posts it is known of": (MEASURED, Text("Of how many posts the network tells this figure at all.")),
    "People": (MEASURED, Text("Who can sign in today.")),
    "Invited": (MEASURED, Text("Everybody who can sign in, and everybody with an open invitation of their own.")),
    "Active": (MEASURED, Text("Who was seen in the month.")),
    "Connected": (MEASURED, Text("Who has at least one account linked that we can post to.")),
    "People who shared": (MEASURED, Text("People with a post that went out, self-reported ones included.")),
    "People of the group": (
        MEASURED,
        Text("People whose first post ever went out in that month, self-reported ones included."),
    ),
    "{count} months later": (MEASURED, Text("How many of the group had a post go out in that month.")),
    "Count": (MEASURED, Text("How many of the figure there were in these days, as it is told elsewhere.")),
    "For how many": (
        SELF_REPORTED,
        Text("So many of the figure cost the price: 1, or 1,000. As somebody entered it."),
    ),
    "From": (
        ESTIMATED,
        Text("Count divided by for how many, times the lowest price. Never added to what is measured."),
    ),
    "To": (ESTIMATED, Text("The same with the highest price.")),
    "Worth": (MEASURED, Text("As it was told with the conversion, each in its own currency.")),
    "Followers": (
        MEASURED,
        Text(
            "Of all accounts counted together, as their network counts. Not people, and never added to views or clicks."
        ),
    ),
    "Accounts counted": (
        MEASURED,
        Text("Linked accounts in the sum, the same from day to day as long as they stay."),
    ),
    "Accounts waiting": (MEASURED, Text("With a number, and too few people's so far to be taken into the sum.")),
    "Accounts not available": (MEASURED, Text("Linked accounts without a number of the last seven days.")),
    "Items made from it": (MEASURED, Text("Items made from this source, ever.")),
    "Items shared": (MEASURED, Text("Of these, with a post in the days.")),
}
"""By a column's own words: how sure its figure is, and what it counts."""
WHICH_POSTS = {
    "out": Text("All that went out"),
    "measured": Text("Measured"),
    "network": Text("Taken by the network"),
    "confirmed": Text("Posted by hand, confirmed by a click"),
    "claimed": Text("Self-reported"),
    "taken-down": Text("Taken down"),
    "not-out": Text("Not out"),
}
WHICH_CLICKS = dict(zip(("raw", "filtered", "human", "visitors"), OF_CLICKS, strict=True))
KINDS_OF_FIGURES = dict(zip(("likes", "reposts", "replies", "quotes", "views"), OF_FIGURES, strict=True))
Say = Callable[[Text], str]


def sheets(
    made: Table,
    *,
    title: Text,
    facts: Sequence[tuple[Text, object]],
    say: Say,
    on_row: Callable[[], None] = lambda: None,
) -> list[Sheet]:
    """A table as a workbook: its rows, and beside them what they are.

    Args:
        made: the table.
        title: what it is called.
        facts: days, filters and the like, as `facts` gives them.
        say: puts a sentence into the reader's language.
        on_row: told of every row that is read.
    """

    def rows() -> Iterator[Sequence[object]]:
        for row in made.rows:
            yield [say(cell) if isinstance(cell, Text) else cell for cell in row]
            on_row()

    return [
        Sheet(say(title), [say(column) for column in made.columns], rows()),
        Sheet(say(Text("About this file")), (), _notes(made, title, facts, say), widths=(34, 22, 90)),
    ]


def _notes(made: Table, title: Text, facts: Sequence[tuple[Text, object]], say: Say) -> Iterator[Sequence[object]]:
    yield (say(title),)
    for name, value in facts:
        yield (say(name), say(value) if isinstance(value, Text) else value)
    yield ()
    yield (say(Text("Figure")), say(Text("How we know")), say(Text("What it means")))
    for column in made.columns:
        known = MEANINGS.get(column.template)
        if known is not None:
            yield (say(column), say(known[0]), say(known[1]))


def facts(
    session: Session,
    name: str,
    *,
    scope: Scope,
    choices: Mapping[str, str],
    label: Callable[[str], Text],
    company: str,
    now: datetime,
) -> list[tuple[Text, object]]:
    """Which days and filters a table is of, and when it was made.

    Args:
        session: for reading.
        name: of the table.
        scope: what is counted.
        choices: further words of the address.
        label: what people call a network.
        company: whose figures they are.
        now: the present moment.
    """
    about = filters(session, name, scope=scope, choices=choices, label=label)
    return [*of_days(scope.span, company=company, now=now), *about]


def filters(
    session: Session, name: str, *, scope: Scope, choices: Mapping[str, str], label: Callable[[str], Text]
) -> list[tuple[Text, object]]:
    """What a table is narrowed to, its days apart; see `facts`."""
    found: list[tuple[Text, object]] = []
    if scope.network:
        found.append((Text("Network"), label(scope.network)))
    if scope.item_id is not None:
        title = session.scalar(select(ContentItem.title).where(ContentItem.id == scope.item_id))
        found.append((Text("Item"), title or scope.item_id))
    return [*found, *_kinds(name, choices)]


def of_days(span: Span, *, company: str, now: datetime) -> list[tuple[Text, object]]:
    """The same for a table without filters."""
    return [
        (Text("Company"), company),
        (Text("First day (UTC)"), span.first),
        (Text("Last day (UTC)"), span.last),
        (Text("Made at (UTC)"), now),
    ]


def _kinds(name: str, choices: Mapping[str, str]) -> Iterator[tuple[Text, object]]:
    if name == "posts":
        which, state = post_rows.which_of(choices)
        yield Text("Which posts"), WHICH_POSTS[which.value]
        if state is not None:
            yield Text("State"), STANDINGS[state.value]
    elif name == "clicks":
        kind, rule, share_id = click_rows.which_of(choices)
        yield Text("Which clicks"), WHICH_CLICKS[kind.value]
        if rule:
            yield Text("Rule"), click_rows.rule_title(rule)
        if share_id is not None:
            yield Text("Post"), share_id
    elif name == "readings":
        figure, known = reading_rows.which_of(choices)
        if figure:
            yield Text("Figure"), KINDS_OF_FIGURES[figure]
        if known is not None:
            yield Text("Only posts it is known of") if known else Text("Only posts it is not known of"), None
