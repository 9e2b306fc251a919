"""Which clicks a human made, and for each of the others the rule that says not.

Rules are data: a name that stays for ever, words that a leader can read, and a test. They are asked in their order;
the first that applies is the reason. A change to any test means a new `VERSION`, which every click carries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from advocacy.base.text import Text
from advocacy.reach.observing import DATA_CENTRE, NO_ACCEPT, NO_LANGUAGE, NOT_NAVIGATING, OFFICE, OWN_VISIT

VERSION = 3
"""Of the rules as a whole. 2: the table of data centres was checked, cut down and dated. 3: the sharer's own visits
and those from the company's networks do not count, and more programs are told by what they call themselves."""
BURST_REQUESTS = 30
"""In one minute by the clock, from one address: what comes after these is filtered."""
PREVIEW_WITHIN = timedelta(minutes=2)
AHEAD = ("prefetch", "prerender", "preview")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one click when it is judged."""

    method: str
    agent: str
    family: str
    """`Families.of` the agent."""
    purpose: str
    letters: str
    """See `observing`."""
    at: datetime
    shared_at: datetime | None
    """When the post with this link went out, or when the link was made."""
    requests_this_minute: int
    """From the same source, this one included."""


@dataclass(frozen=True)
class Rule:
    """A reason not to count a click as a human's.

    Args:
        name: kept with every click it filtered; never changed or used again.
        title: a few words, for a table.
        why: a sentence or two for a leader who asks.
        applies: the test.
    """

    name: str
    title: Text
    why: Text
    applies: Callable[[Facts], bool]


def _is_ahead_of_a_visit(facts: Facts) -> bool:
    return any(word in facts.purpose for word in AHEAD)


def _is_a_preview_fetch(facts: Facts) -> bool:
    if not _is_just_published(facts.at, facts.shared_at):
        return False
    return NO_LANGUAGE in facts.letters or NO_ACCEPT in facts.letters


def _is_just_published(at: datetime, shared_at: datetime | None) -> bool:
    return shared_at is not None and timedelta(0) <= at - shared_at <= PREVIEW_WITHIN


RULES: tuple[Rule, ...] = (
    Rule(
        "head",
        Text("Asked only whether the link works"),
        Text(
            "The program asked for the answer's head and not for the page (a HEAD request). Browsers do not do that."
        ),
        lambda facts: facts.method == "HEAD",
    ),
    Rule(
        "prefetch",
        Text("Loaded ahead of a visit"),
        Text(
            "A browser or an app loaded the page in case somebody would want it, and said so. If the person does "
            "open it later, that visit counts."
        ),
        _is_ahead_of_a_visit,
    ),
    Rule(
        "no_agent",
        Text("Did not say what it is"),
        Text("Every browser names itself in each request. This program did not."),
        lambda facts: not facts.agent.strip(" -"),
    ),
    Rule(
        "crawler",
        Text("Known crawler"),
        Text(
            "The program names itself as a crawler, a preview service or a script: search engines, social networks, "
            "monitoring. The public list crawler-user-agents tells which."
        ),
        lambda facts: facts.family == "crawler",
    ),
    Rule(
        "mail_gateway",
        Text("Link check of a mail system"),
        Text("Security software opens links in messages before the reader does. It named itself."),
        lambda facts: facts.family == "mail_gateway",
    ),
    Rule(
        "headless",
        Text("Automated browser"),
        Text("A browser that a program steers, without a screen. It named itself."),
        lambda facts: facts.family == "headless",
    ),
    Rule(
        "self_named",
        Text("Describes itself as a program"),
        Text(
            "No list knows it, but it calls itself a bot or a checker, gives a web address for questions, or has a "
            "name of a form that no browser has."
        ),
        lambda facts: facts.family == "self_named",
    ),
    Rule(
        "data_centre",
        Text("Came from a data centre"),
        Text(
            "The address belongs to a hosting company, where programs run and people seldom sit. Somebody who works "
            "through a rented server can be filtered wrongly by this rule; we accept that rather than count programs."
        ),
        lambda facts: DATA_CENTRE in facts.letters,
    ),
    Rule(
        "own_visit",
        Text("The sharer's own visit"),
        Text(
            "A browser in which the person who shared the link has been signed in here. Another browser or an app of "
            "theirs, where they never signed in, cannot be told from a reader's."
        ),
        lambda facts: OWN_VISIT in facts.letters,
    ),
    Rule(
        "office",
        Text("Came from the company's own network"),
        Text("The address is one that an administrator has named as the company's. Colleagues are not the public."),
        lambda facts: OFFICE in facts.letters,
    ),
    Rule(
        "preview_fetch",
        Text("The network's own look at the link"),
        Text(
            "Within two minutes of publishing, without the headers that every browser sends: networks fetch a link "
            "like that to draw its preview card."
        ),
        _is_a_preview_fetch,
    ),
    Rule(
        "missing_headers",
        Text("Lacks what every browser sends"),
        Text("Browsers say which languages and which kinds of page they take. This request did not say one of them."),
        lambda facts: NO_LANGUAGE in facts.letters or NO_ACCEPT in facts.letters,
    ),
    Rule(
        "not_a_visit",
        Text("Not somebody going to a page"),
        Text(
            "The browser itself says that a script or an image tag asked for the link, not a person who followed it."
        ),
        lambda facts: NOT_NAVIGATING in facts.letters,
    ),
    Rule(
        "burst",
        Text("Too many at once from one address"),
        Text(
            "More than 30 requests from one address within one minute by the clock. The first 30 are judged by the "
            "other rules; the rest are filtered."
        ),
        lambda facts: facts.requests_this_minute > BURST_REQUESTS,
    ),
)
"""In the order in which they are asked."""

BY_NAME = {rule.name: rule for rule in RULES}


def rule_named(name: str) -> Rule:
    """The rule that filtered a click, also when it is no longer in force."""
    why = Text("This rule was in force when the click was judged, and is not any more.")
    return BY_NAME.get(name) or Rule(name, Text("An earlier rule ({name})", name=name), why, lambda _: False)


def judge(facts: Facts) -> str:
    """The name of the first rule that applies; "" for a human's click."""
    return next((rule.name for rule in RULES if rule.applies(facts)), "")


class Remembered:
    """Judges many clicks; those that the rules cannot tell apart are judged once.

    Of moments and counts the rules ask only whether a post had just gone out and whether a burst was on. A rule that
    asks for more makes the key below longer: a test compares every judgement with that of `judge`.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str, str, bool, bool], str] = {}

    def judge(
        self,
        *,
        method: str,
        agent: str,
        family: str,
        purpose: str,
        letters: str,
        at: datetime,
        shared_at: datetime | None,
        requests_this_minute: int,
    ) -> str:
        """What `judge` says of `Facts` with these values."""
        is_burst = requests_this_minute > BURST_REQUESTS
        kind = (method, agent, purpose, letters, _is_just_published(at, shared_at), is_burst)
        rule = self._known.get(kind)
        if rule is None:
            facts = Facts(method, agent, family, purpose, letters, at, shared_at, requests_this_minute)
            rule = self._known[kind] = judge(facts)
        return rule
