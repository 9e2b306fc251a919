"""The page from which everything that is not sharing is reached: what the company tells, asks, teaches and plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from flask_login import current_user

from advocacy.web.access import rule_of, signed_in

blueprint = Blueprint("company", __name__)


@dataclass(frozen=True)
class Place:
    """A card on the page, shown to those who may open what it leads to.

    Args:
        label: what the place is called.
        about: one sentence.
        endpoint: of its first page; a place whose page does not exist is left out.
        icon: its sign.
        waiting: endpoint of a fragment that says what waits for this person, put in by script; "" for none.
    """

    label: Any
    about: Any
    endpoint: str
    icon: str
    waiting: str = ""


PLACES = (
    Place(
        lazy_gettext("Notices"),
        lazy_gettext("What everybody here should know, with a mark that you have read it."),
        "notices.index",
        "speakerphone",
        waiting="notices.waiting",
    ),
    Place(
        lazy_gettext("Surveys"),
        lazy_gettext("Say what you think. Anonymous surveys keep no name, and small groups are never shown."),
        "surveys.index",
        "forms",
        waiting="surveys.waiting",
    ),
    Place(
        lazy_gettext("Forum"),
        lazy_gettext("Ideas, questions and criticism, anonymous if you wish, each with an answer you can see."),
        "forum.index",
        "messages",
        waiting="forum.waiting",
    ),
    Place(
        lazy_gettext("Kudos"),
        lazy_gettext("Thank a colleague, and read what others are thanked for."),
        "kudos.index",
        "heart",
    ),
    Place(
        lazy_gettext("Handbook"),
        lazy_gettext("How we do things here, with its history and the day until which it holds."),
        "handbook.index",
        "books",
    ),
    Place(
        lazy_gettext("Courses"),
        lazy_gettext("Short lessons, a quiz and a certificate."),
        "courses.index",
        "school",
    ),
    Place(
        lazy_gettext("Plan"),
        lazy_gettext("Our goals and the steps towards them, open to everybody."),
        "plan.index",
        "target",
    ),
    Place(
        lazy_gettext("Message house"),
        lazy_gettext("The few sentences we want to be known for, inside and outside, with what bears them out."),
        "message_house.index",
        "message",
    ),
    Place(
        lazy_gettext("Touchpoints"),
        lazy_gettext("Where our customers meet us, what we promise there, and what we know of it."),
        "touchpoints.index",
        "map-pin",
    ),
    Place(
        lazy_gettext("Newsletters"),
        lazy_gettext("A letter to everybody or to some, in their own morning."),
        "newsletters.index",
        "mail",
    ),
)
"""In the order in which the page shows them. A new place is one entry here; the area's own page says who may open it."""


@blueprint.get("/company")
@signed_in
def index() -> ResponseReturnValue:
    """Every place that this person may open."""
    return render_template("company.html", places=[_shown(place) for place in PLACES if _is_open(place.endpoint)])


def _shown(place: Place) -> dict[str, Any]:
    return {
        "label": place.label,
        "about": place.about,
        "icon": place.icon,
        "url": url_for(place.endpoint),
        "waiting_url": url_for(place.waiting) if _is_open(place.waiting) else None,
    }


def _is_open(endpoint: str) -> bool:
    if endpoint not in current_app.view_functions:
        return False
    rule = rule_of(current_app, endpoint)
    return rule is not None and rule.admits(current_user.roles)
