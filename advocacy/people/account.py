"""What a person says about themselves: name, languages, looks of the pages, and whether they appear by name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.people import fields
from advocacy.people.models import User

THEMES = ("system", "light", "dark")
LOCALES = ("en", "nb")


def edit(
    session: Session,
    clock: Clock,
    *,
    user_id: int,
    name: str,
    job_title: str,
    languages: Iterable[str],
    time_zone: str,
    locale: str,
    theme: str,
    ranked_by_name: bool,
) -> User:
    """Changes what a person may change themselves.

    Args:
        session: inside a transaction.
        clock: tells when.
        user_id: who.
        name: as colleagues see it.
        job_title: may be empty.
        languages: they post in, preferred first.
        time_zone: IANA name.
        locale: language of the pages, "en" or "nb".
        theme: `system`, `light` or `dark`.
        ranked_by_name: whether leaderboards show their name.

    Raises:
        Invalid: naming the field.
    """
    user = session.get_one(User, user_id)
    before = user.ranked_by_name
    user.name = fields.name(name)
    user.job_title = fields.short("job_title", job_title, most=120)
    user.languages = fields.languages(languages)
    user.time_zone = fields.time_zone(time_zone) or user.time_zone
    _look(user, locale=locale, theme=theme)
    user.ranked_by_name = ranked_by_name
    if before != ranked_by_name:  # a choice about one's own data: the log can prove it
        events.record(
            session,
            clock,
            kind="user.ranking_chosen",
            actor_id=user.id,
            subject=("user", user.id),
            data={"by_name": ranked_by_name},
        )
    return user


def choose_look(session: Session, *, user_id: int, locale: str = "", theme: str = "") -> None:
    """Changes the language or the theme of the pages; "" leaves it.

    Raises:
        Invalid: on field `locale` or `theme`.
    """
    user = session.get_one(User, user_id)
    _look(user, locale=locale or user.locale, theme=theme or user.theme)


def check_look(*, locale: str, theme: str) -> None:
    """Refuses a language or a theme that there is not; "" is fine.

    Raises:
        Invalid: on field `locale` or `theme`.
    """
    if locale and locale not in LOCALES:
        raise Invalid("locale", Text("The hub does not speak this language yet."))
    if theme and theme not in THEMES:
        raise Invalid("theme", Text("There is no such theme."))


def _look(user: User, *, locale: str, theme: str) -> None:
    check_look(locale=locale, theme=theme)
    user.locale, user.theme = locale, theme
