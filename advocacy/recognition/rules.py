"""What earns points: the published rules, one entry a kind. A changed rule gets a new version and never edits the past."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.base.text import Text


@dataclass(frozen=True)
class Rule:
    """One way to earn points.

    Args:
        name: kept in the ledger.
        version: raised when points or caps change.
        event: the kind of event that pays.
        points: how many each time, above 0.
        title: what was done, as people read it in their ledger.
        why: what the company thanks for, as the page of rules says it.
        cap: how often it pays per person and `cap_per`; None is no limit.
        cap_per: `day` (UTC), `share` or `ever`.
        kinds: of shares that it is for; empty for all. A share that tells none is a plain one.
        once_per: what a person is paid once for: `subject` of the event, or a name in its data; "" for each event.
        by_others: only what somebody else did for the person pays, never what they did themselves.
        in_pairs: only once in `PAIR_DAYS` between the same two people, whoever of them did it for the other.
    """

    name: str
    version: int
    event: str
    points: int
    title: Text
    why: Text
    cap: int | None
    cap_per: str
    kinds: frozenset[str] = frozenset()
    once_per: str = ""
    by_others: bool = False
    in_pairs: bool = False


@dataclass(frozen=True)
class Guard:
    """What keeps points fair, as the page of rules says it.

    Args:
        title: what it is about.
        why: what the hub does.
    """

    title: Text
    why: Text


PAIR_DAYS = 30
"""Days in which two people pay one another once."""
GIVER_CAP = 5
"""Thanks and marks of one person that earn others points in a day (UTC)."""

RULES: tuple[Rule, ...] = (
    Rule(
        name="published",
        version=2,
        event="share.published",
        points=10,
        title=Text("Shared a post"),
        why=Text("A post that a network has confirmed."),
        cap=3,
        cap_per="day",
        kinds=frozenset({"share"}),
    ),
    Rule(
        name="boosted",
        version=2,
        event="share.published",
        points=5,
        title=Text("Passed on a post of ours"),
        why=Text("A post of the company's that you passed on, as it is or with your words, or commented on."),
        cap=2,
        cap_per="day",
        kinds=frozenset({"repost", "comment", "reply"}),
    ),
    Rule(
        name="channel",
        version=1,
        event="share.published",
        points=3,
        title=Text("Shared in a channel"),
        why=Text("A post in a channel of a team reaches colleagues, so it earns less than a public one."),
        cap=1,
        cap_per="day",
        kinds=frozenset({"channel"}),
    ),
    Rule(
        name="confirmed",
        version=1,
        event="share.confirmed",
        points=10,
        title=Text("Shared by link"),
        why=Text("A post by share link counts once the first person has followed its link."),
        cap=3,
        cap_per="day",
    ),
    Rule(
        name="visitor",
        version=1,
        event="click.counted",
        points=2,
        title=Text("A person followed your link"),
        why=Text("Each person counts once a day for each post. Crawlers, previews and repeated visits never count."),
        cap=25,
        cap_per="share",
    ),
    Rule(
        name="welcome",
        version=1,
        event="user.onboarded",
        points=20,
        title=Text("Got started"),
        why=Text("For reading the policy, connecting a network and sharing for the first time."),
        cap=1,
        cap_per="ever",
    ),
    Rule(
        name="thanked",
        version=1,
        event="kudos.received",
        points=5,
        title=Text("A colleague thanked you"),
        why=Text("Kudos from a colleague. Giving them earns nothing, so that thanks stay thanks."),
        cap=3,
        cap_per="day",
        once_per="subject",
        by_others=True,
        in_pairs=True,
    ),
    Rule(
        name="course",
        version=1,
        event="course.passed",
        points=20,
        title=Text("Passed a course"),
        why=Text("Each course counts once, when you have passed it."),
        cap=2,
        cap_per="day",
        once_per="subject",
    ),
    Rule(
        name="session",
        version=1,
        event="meeting.attended",
        points=10,
        title=Text("Took part in a session"),
        why=Text("Once for each session, when somebody else noted that you were there."),
        cap=2,
        cap_per="day",
        once_per="subject",
        by_others=True,
    ),
    Rule(
        name="survey",
        version=1,
        event="survey.answered",
        points=5,
        title=Text("Answered a survey"),
        why=Text(
            "Only surveys that are answered with your name. Anonymous ones never earn points: those would tell who answered."
        ),
        cap=1,
        cap_per="day",
        once_per="subject",
    ),
    Rule(
        name="helped",
        version=1,
        event="reply.marked",
        points=10,
        title=Text("Gave the answer in the forum"),
        why=Text("When whoever asked, or somebody who leads, marks your reply as the answer."),
        cap=2,
        cap_per="day",
        once_per="topic",
        by_others=True,
        in_pairs=True,
    ),
    Rule(
        name="story",
        version=1,
        event="story.approved",
        points=15,
        title=Text("Told a story"),
        why=Text("A story that somebody else approved for the wall."),
        cap=1,
        cap_per="day",
        once_per="subject",
        by_others=True,
    ),
    Rule(
        name="idea",
        version=1,
        event="idea.done",
        points=30,
        title=Text("An idea of yours was put into practice"),
        why=Text("An idea in the forum, with your name, that somebody else answered with “done”."),
        cap=2,
        cap_per="day",
        once_per="topic",
        by_others=True,
    ),
)
"""The rules in force."""

GUARDS: tuple[Guard, ...] = (
    Guard(
        Text("Not for yourself"),
        Text(
            "You cannot thank yourself, mark your own reply, note that you were there or call your own idea done for points."
        ),
    ),
    Guard(
        Text("Not back and forth"),
        Text(
            "Two colleagues who thank one another, or mark one another’s answers, earn points between them once in {days} days.",
            days=PAIR_DAYS,
        ),
    ),
    Guard(
        Text("Not by the dozen"),
        Text(
            "Thanks and marks of one person earn others points {count} times a day at most. More are welcome; they earn none.",
            count=GIVER_CAP,
        ),
    ),
    Guard(
        Text("Once for each thing"),
        Text("The same post, course, session, survey, question or idea never pays the same person twice."),
    ),
    Guard(
        Text("Only people who follow a link"),
        Text(
            "Your own visits, repeated ones, crawlers, previews and the company’s own networks never count as visitors."
        ),
    ),
    Guard(
        Text("What goes takes its points along"),
        Text(
            "A post that is taken down, thanks that are taken back or hidden, an answer that is no longer the answer: their points go back, and never come twice."
        ),
    ),
    Guard(
        Text("Anonymous stays anonymous"),
        Text(
            "What you answer or write anonymously earns nothing and is not recorded: points would tell that it was you."
        ),
    ),
)
"""What is published beside the rules. Each is enforced: tests/recognition/test_fair_points.py and tests/reach hold them."""

UNDONE = {
    "kudos.removed": "thanked",
    "kudos.hidden": "thanked",
    "reply.unmarked": "helped",
    "idea.undone": "idea",
    "story.withdrawn": "story",
}
"""Events that take back what a rule paid for the same thing."""

TAKEN_BACK = Text("Post taken down: its points are taken back")
"""Title of the entry that takes back what a removed post had earned by being published."""

NO_VISITOR = "no_visitor"
"""Name of the entries that take back what was paid for a visitor who is judged to be none by newer rules."""

NO_VISITOR_AFTER_ALL = Text("A visitor who was none, by newer rules: its points are taken back")

NO_LONGER = Text("No longer holds: its points are taken back")
"""Title of the entry that takes back what thanks, an answer or an idea had earned."""

POSTED = ("published", "confirmed", "boosted", "channel")
"""Names of the rules for a post itself: one of them pays for a share, and is taken back with it."""

LEARNED = frozenset(rule.name for rule in RULES if rule.event == "course.passed")
"""Names of the rules for a course that was passed."""

PRIZE, WON = "prize", "challenge.won"
"""The prize of a challenge, whose points the challenge sets, and the event that gives it."""

EVENTS = frozenset({rule.event for rule in RULES} | {"share.removed", "clicks.rejudged", WON} | UNDONE.keys())
"""Kinds of events that the ledger reads."""


def rule_named(name: str) -> Rule | None:
    """The rule in force with this name."""
    return next((rule for rule in RULES if rule.name == name), None)


def title_of(name: str) -> Text:
    """What an entry is called in a person's ledger, also when its rule is no longer in force."""
    if name == "removed":
        return TAKEN_BACK
    if name == NO_VISITOR:
        return NO_VISITOR_AFTER_ALL
    if name == "undone":
        return NO_LONGER
    if name == PRIZE:
        return Text("Prize of a challenge")
    rule = rule_named(name)
    return rule.title if rule else Text("An earlier rule")
