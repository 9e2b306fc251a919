"""The summary of any days as a printed report: every figure with how we know it, what it was before, and what it means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from advocacy.base.paper import FAMILY, INK, LINE, MUTED, document, heading, paragraph, rows
from advocacy.base.text import Text
from advocacy.insights import click_rows
from advocacy.insights.about_files import ESTIMATED, MEASURED, SELF_REPORTED
from advocacy.insights.files import OF_FIGURES
from advocacy.insights.items import ItemLine
from advocacy.insights.overview import Key, Overview, Point
from advocacy.insights.periods import Asked, Bucket
from advocacy.reach.totals import KINDS, NetworkFigures, Sum

if TYPE_CHECKING:
    from fpdf import FPDF

PEOPLE_COLOUR, OTHER_COLOUR = (65, 83, 216), (201, 205, 217)
CHART_HEIGHT = 42.0
"""Millimetres."""
NOT_AVAILABLE = Text("Not available")


@dataclass(frozen=True)
class Voice:
    """How a report speaks to its reader.

    Args:
        say: puts a sentence into their language.
        number: writes a number their way.
        day: writes a day.
        now: the days, in words.
        before: those they are compared with.
        change: how a figure moved from before to now, as "+18%"; "" where that is not told.
        point: what stands under a point of a chart.
        network: what they call a network.
        locale: the language's name.
    """

    say: Callable[[Text], str]
    number: Callable[[int], str]
    day: Callable[[date], str]
    now: str
    before: str
    change: Callable[[int | None, int | None], str]
    point: Callable[[Bucket], str]
    network: Callable[[str], str]
    locale: str


def printed(
    shown: Overview,
    top: Sequence[ItemLine],
    *,
    asked: Asked,
    narrowed: Sequence[str],
    is_about_people: bool,
    company: str,
    made_on: str,
    voice: Voice,
) -> bytes:
    """A report as a PDF, whose words can be selected and searched.

    Args:
        shown: the figures.
        top: the items with the most clicks by people.
        asked: the days and those they are compared with.
        narrowed: what is counted only, such as "Network: Mastodon".
        is_about_people: whether all posts of all people are counted, so that they stand beside the headcount.
        company: whose figures they are.
        made_on: when it was made, in words.
        voice: how it speaks.
    """
    say = voice.say
    now = voice.now
    title = say(Text("What sharing achieved"))
    page = document(
        title=f"{title} · {now}",
        foot=f"{company} · {title} · {now}",
        page_words=say(Text("Page {number} of {all}", number="{number}", all="{all}")),
        locale=voice.locale,
    )
    heading(page, company, size=11, colour=MUTED)
    heading(page, title, size=22)
    paragraph(
        page, say(Text("{days}, compared with {before}. Days are counted in UTC.", days=now, before=voice.before))
    )
    for line in narrowed:
        paragraph(page, line)
    _short(page, shown.now, shown.before, voice)
    if shown.now.clicks.raw:
        _chart(page, say(Text("Clicks over time")), shown.points, _of_clicks, (_BY_PEOPLE, _FILTERED), voice)
    if shown.now.posts.measured or shown.now.posts.claimed:
        _chart(page, say(Text("Posts over time")), shown.points, _of_posts, (MEASURED, SELF_REPORTED), voice)
    if is_about_people:
        _people(page, shown, asked, voice)
    _networks(page, shown, voice)
    _reported(page, shown, voice)
    _items(page, top, voice)
    _rules(page, shown, voice)
    _meanings(page, say)
    paragraph(page, say(Text("Made on {moment}.", moment=made_on)), colour=MUTED)
    return bytes(page.output())


_BY_PEOPLE, _FILTERED = Text("By people"), Text("Filtered")


def _short(page: FPDF, now: Key, before: Key, voice: Voice) -> None:
    lines = (
        (Text("People who shared"), MEASURED, now.adoption.shared, before.adoption.shared),
        (Text("Posts that went out"), MEASURED, now.posts.measured, before.posts.measured),
        (Text("Posts people told us of"), SELF_REPORTED, now.posts.claimed, before.posts.claimed),
        (Text("All requests for links"), MEASURED, now.clicks.raw, before.clicks.raw),
        (Text("Filtered: made by programs"), MEASURED, now.clicks.filtered, before.clicks.filtered),
        (Text("Clicks by people"), MEASURED, now.clicks.human, before.clicks.human),
        (Text("Visitors"), ESTIMATED, now.clicks.unique_visitors, before.clicks.unique_visitors),
    )
    _table(
        page,
        Text("In short"),
        (Text("Figure"), Text("How we know"), Text("This period"), Text("Before"), Text("Change")),
        (
            (label, basis, value, earlier, voice.change(value, earlier) or "–")
            for label, basis, value, earlier in lines
        ),
        (3, 2),
        voice,
    )


def _people(page: FPDF, shown: Overview, asked: Asked, voice: Voice) -> None:
    heads = shown.now.adoption.heads
    stages = (
        (Text("Invited"), heads.invited if heads else None, Text("Everybody who can sign in, and everybody with an open invitation of their own.")),
        (Text("Active"), heads.active if heads else None, Text("Signed in and seen in the period.")),
        (Text("Connected a network"), heads.connected if heads else None, Text("Has at least one account linked that we can post to.")),
        (Text("Shared"), shown.now.adoption.shared, Text("Had a post go out in the period, self-reported ones included.")),
    )  # fmt: skip
    _table(
        page,
        Text("Who takes part"),
        (Text("Step"), Text("What it means"), Text("People")),
        ((name, meaning, NOT_AVAILABLE if value is None else value) for name, value, meaning in stages),
        (1, 2),
        voice,
        hint=Text("People on {day}, the last day of the period.", day=voice.day(asked.span.last)),
    )


def _networks(page: FPDF, shown: Overview, voice: Voice) -> None:
    _table(
        page,
        Text("By network"),
        (
            Text("Network"),
            Text("Posts"),
            Text("Self-reported"),
            Text("Requests"),
            Text("Filtered"),
            Text("By people"),
            Text("Visitors"),
        ),
        (
            (
                voice.network(line.name),
                line.posts.measured,
                line.posts.claimed,
                line.clicks.raw,
                line.clicks.filtered,
                line.clicks.human,
                line.clicks.unique_visitors,
            )
            for line in shown.networks
        ),
        (1,),
        voice,
        hint=Text(
            "Posts are those that a network or a click proved; self-reported ones stand apart. "
            "Clicks are those of these days."
        ),
    )


def _reported(page: FPDF, shown: Overview, voice: Voice) -> None:
    found: list[tuple[object, NetworkFigures]] = [
        (voice.network(line.name), line.figures) for line in shown.networks if line.figures is not None
    ]
    if len(found) > 1:
        found.append((Text("All networks"), shown.figures))
    _table(
        page,
        Text("What the networks report"),
        (Text("Network"), *OF_FIGURES),
        ((name, *(_sum(getattr(figures, kind), voice) for kind in KINDS)) for name, figures in found),
        (1,),
        voice,
        hint=Text(
            "Posts of these days, as each was last read. A figure a network does not tell is not available; it is "
            "never counted as 0."
        ),
    )


def _sum(figure: Sum, voice: Voice) -> str:
    if figure.value is None:
        return voice.say(Text("Not added up") if figure.known else NOT_AVAILABLE)
    if figure.known == figure.shares:
        return voice.number(figure.value)
    known = Text(
        "{value}, of {known} of {all} posts", value=voice.number(figure.value), known=figure.known, all=figure.shares
    )
    return voice.say(known)


def _items(page: FPDF, top: Sequence[ItemLine], voice: Voice) -> None:
    _table(
        page,
        Text("Items with the most clicks by people"),
        (Text("Item"), Text("Posts"), Text("Self-reported"), Text("By people"), Text("Visitors")),
        (
            (line.title, line.posts.measured, line.posts.claimed, line.clicks.human, line.clicks.unique_visitors)
            for line in top
        ),
        (1,),
        voice,
    )


def _rules(page: FPDF, shown: Overview, voice: Voice) -> None:
    _table(
        page,
        Text("Why clicks were filtered"),
        (Text("Rule"), Text("What it means"), Text("Filtered")),
        ((click_rows.rule_title(name), click_rows.rule_why(name), count) for name, count in shown.rules),
        (1, 2),
        voice,
    )


def _table(
    page: FPDF,
    title: Text,
    columns: Sequence[Text],
    lines: Iterable[Sequence[object]],
    words: Sequence[int],
    voice: Voice,
    *,
    hint: Text | None = None,
) -> None:
    """A table with its heading; `words` says how its first columns share the room, as `paper.rows` does."""

    def cell(value: object) -> str:
        if isinstance(value, Text):
            return voice.say(value)
        return voice.number(value) if isinstance(value, int) else str(value)

    found = [[cell(value) for value in line] for line in lines]
    heading(page, voice.say(title), needs=34)
    if hint is not None:
        paragraph(page, voice.say(hint), colour=MUTED)
    if found:
        rows(page, [voice.say(column) for column in columns], found, words=words)
    else:
        paragraph(page, voice.say(Text("Nothing in these days.")))


def _of_clicks(point: Point) -> tuple[int, int]:
    return point.clicks.human, point.clicks.filtered


def _of_posts(point: Point) -> tuple[int, int]:
    return point.posts.measured, point.posts.claimed


def _chart(
    page: FPDF,
    title: str,
    points: Sequence[Point],
    values: Callable[[Point], tuple[int, int]],
    names: tuple[Text, Text],
    voice: Voice,
) -> None:
    """Two bars a point, beside one another: kinds that are never added up are not stacked either."""
    heading(page, title, needs=CHART_HEIGHT + 26)
    left, width, top = page.l_margin + 12, page.epw - 12, page.get_y() + 8
    bottom = top + CHART_HEIGHT
    most = max(1, *(value for point in points for value in values(point)))
    page.set_font(FAMILY, "", 8)
    _legend(page, names, voice, at=top - 7)
    for share in (0.0, 0.5, 1.0):
        at = bottom - CHART_HEIGHT * share
        page.set_draw_color(*LINE)
        page.line(left, at, left + width, at)
        if most * share == int(most * share):
            page.set_xy(page.l_margin, at - 2)
            page.cell(10, 4, voice.number(int(most * share)), align="R")
    step = width / len(points)
    bar = min(6.0, step * 0.4)
    for number, point in enumerate(points):
        middle = left + step * (number + 0.5)
        for place, (value, colour) in enumerate(zip(values(point), (PEOPLE_COLOUR, OTHER_COLOUR), strict=True)):
            height = CHART_HEIGHT * value / most
            page.set_fill_color(*colour)
            page.rect(middle - bar + bar * place, bottom - height, bar, height, style="F")
    every = max(1, len(points) // 6)
    for number in range(0, len(points), every):
        page.set_xy(left + step * (number + 0.5) - 14, bottom + 1)
        page.cell(28, 4, voice.point(points[number].bucket), align="C")
    page.set_y(bottom + 8)


def _legend(page: FPDF, names: tuple[Text, Text], voice: Voice, *, at: float) -> None:
    x = page.l_margin + 12
    for name, colour in zip(names, (PEOPLE_COLOUR, OTHER_COLOUR), strict=True):
        words = voice.say(name)
        page.set_fill_color(*colour)
        page.set_text_color(*INK)
        page.rect(x, at, 3, 3, style="F")
        page.set_xy(x + 4, at - 0.5)
        page.cell(page.get_string_width(words) + 2, 4, words)
        x += page.get_string_width(words) + 14


def _meanings(page: FPDF, say: Callable[[Text], str]) -> None:
    heading(page, say(Text("What the figures mean")), needs=40)
    for line in (
        Text(
            "Measured posts were confirmed by the network itself or by a person who followed their link. Self-reported "
            "ones stand apart; the two are never added up."
        ),
        Text(
            "Clicks by people are all requests for a link less those that a published rule tells to be made by programs."
        ),
        Text("A visitor is counted once a day for each link. We keep no address and set no cookie."),
        Text("What a network does not tell is not available. It is never counted as 0."),
    ):
        paragraph(page, say(line))
