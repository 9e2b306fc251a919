"""Badges: declared as data, one entry each, given once for good when a count is reached."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.base.text import Text


@dataclass(frozen=True)
class Badge:
    """A badge.

    Args:
        name: kept in the database; never reused for another.
        measure: which count gives it, see `recognition.earning`.
        count: how many, 1 or more.
        title: what it is called.
        sentence: what it is given for.
        icon: its sign.
    """

    name: str
    measure: str
    count: int
    title: Text
    sentence: Text
    icon: str


SHARES, VISITORS, COURSES, HELPED, IDEAS = "shares", "visitors", "courses", "helped", "ideas"
THANKED, THANKED_BY, WEEKS = "thanked", "thanked_by", "weeks"

BADGES: tuple[Badge, ...] = (
    Badge("first_share", SHARES, 1, Text("First share"), Text("A first post that surely went out."), "send"),
    Badge("shares_10", SHARES, 10, Text("Regular"), Text("10 posts that surely went out."), "send"),
    Badge("shares_50", SHARES, 50, Text("Well known"), Text("50 posts that surely went out."), "speakerphone"),
    Badge("visitors_10", VISITORS, 10, Text("Heard"), Text("10 visits by people who followed a link."), "users"),
    Badge("visitors_50", VISITORS, 50, Text("Followed"), Text("50 visits by people who followed a link."), "users"),
    Badge("visitors_100", VISITORS, 100, Text("Sought after"), Text("100 visits by people who followed a link."), "star"),
    Badge("visitors_500", VISITORS, 500, Text("A household name"), Text("500 visits by people who followed a link."), "world"),
    Badge("first_course", COURSES, 1, Text("Eager to learn"), Text("A first course passed."), "school"),
    Badge("courses_5", COURSES, 5, Text("Well read"), Text("5 courses passed."), "books"),
    Badge("helper", HELPED, 1, Text("Helper"), Text("A reply that was marked as the answer in the forum."), "message-circle"),
    Badge("helper_10", HELPED, 10, Text("Oracle"), Text("10 replies that were marked as the answer in the forum."), "messages"),
    Badge("first_idea", IDEAS, 1, Text("Maker"), Text("An idea that was put into practice."), "bulb"),
    Badge("thanked_1", THANKED, 1, Text("First thanks"), Text("Thanked a colleague."), "heart"),
    Badge("thanked_10", THANKED, 10, Text("Sees others"), Text("Thanked 10 different colleagues."), "heart"),
    Badge("thanked_by_10", THANKED_BY, 10, Text("Good to have"), Text("Thanked by 10 different colleagues."), "mood-smile"),
    Badge("weeks_4", WEEKS, 4, Text("A steady month"), Text("4 weeks in a row."), "flame"),
    Badge("weeks_12", WEEKS, 12, Text("A steady quarter"), Text("12 weeks in a row."), "flame"),
    Badge("weeks_26", WEEKS, 26, Text("A steady half year"), Text("26 weeks in a row."), "flame"),
    Badge("weeks_52", WEEKS, 52, Text("A steady year"), Text("52 weeks in a row."), "crown"),
)  # fmt: skip
"""In force, in the order of the page. A count that is changed gives nobody's badge back and takes none away."""


def badge_named(name: str) -> Badge | None:
    """The badge in force with this name."""
    return next((badge for badge in BADGES if badge.name == name), None)
