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
)
"""The rules in force."""

TAKEN_BACK = Text("Post taken down: its points are taken back")
"""Title of the entry that takes back what a removed post had earned by being published."""

NO_VISITOR = "no_visitor"
"""Name of the entries that take back what was paid for a visitor who is judged to be none by newer rules."""

NO_VISITOR_AFTER_ALL = Text("A visitor who was none, by newer rules: its points are taken back")

POSTED = ("published", "confirmed", "boosted", "channel")
"""Names of the rules for a post itself: one of them pays for a share, and is taken back with it."""

EVENTS = frozenset({rule.event for rule in RULES} | {"share.removed", "clicks.rejudged"})
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
    rule = rule_named(name)
    return rule.title if rule else Text("An earlier rule")
