"""Parts of pages that are made once for everybody who is shown the same: the bars, the cards of the feed.

A fragment knows its values, the language and the time zone, and nothing else: no request, no session, no person. All of
that is the key by which it is found again, so nobody is shown what was made of somebody else's values, and nothing
has to be forgotten when the database changes: other values are another fragment. What differs from answer to answer,
such as the token of a form, is a hole that is filled at the end.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import get_locale, get_timezone
from jinja2 import Environment
from markupsafe import Markup, escape

MOST = 4096
"""Fragments kept by a process; those of the feed are about 2 KB each."""
UNKNOWN = ("request", "session", "g", "config", "get_flashed_messages")
"""What other templates may ask for and a fragment may not: it would be somebody's."""
FILLED_LATE = ("csrf_token", "csp_nonce")
"""What every fragment may call like any template; each answer has its own."""


NONE: Mapping[str, str] = {}


class _Answer:
    """What all fragments of one answer have in common."""

    def __init__(self, app: Flask, locale: object) -> None:
        self._app = app
        self._late: dict[str, Markup] = {}
        self.locale = locale
        self.language = f"{locale} {get_timezone()}"

    def late(self, name: str) -> Markup:
        """What fills this hole in every fragment of the answer."""
        if name not in self._late:
            ask: Callable[[], str] = self._app.jinja_env.globals[name]  # type: ignore[assignment]
            self._late[name] = escape(ask())
        return self._late[name]


class Fragments:
    """The fragments of an application, put together by its own templates.

    Args:
        app: whose templates, filters and words they are made with.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._sign = secrets.token_hex(12)  # nobody can write a hole: they would have to guess it
        self._holes = re.compile(rf"{self._sign}-(\w+)-")
        self._found = lru_cache(maxsize=MOST)(self._make)

    def __call__(self, name: str, /, *, holes: Mapping[str, str] = NONE, **values: Any) -> Markup:
        """The fragment of this template.

        Args:
            name: of a template.
            holes: text by name, for what would make each answer a fragment of its own, such as the page's address.
            values: all else that the template shows; hashable, and equal only if they look the same.

        Raises:
            TypeError: a value cannot be hashed.
        """
        asked = self._asked()
        kinds = tuple(map(type, values.values()))  # text and markup may be equal and look different
        parts = self._found(name, asked.language, tuple(holes), tuple(values.items()), kinds)
        if len(parts) == 1:
            return Markup(parts[0])  # noqa: S704 - a template of ours made it, and escaped what it was given
        filled = list(parts)
        for place in range(1, len(parts), 2):
            hole = parts[place]
            filled[place] = escape(holes[hole]) if hole in holes else asked.late(hole)
        return Markup("".join(filled))  # noqa: S704 - as above, and what fills the holes was escaped just now

    def _asked(self) -> _Answer:
        here = g._get_current_object()  # asked for two dozen times a page
        answer: _Answer | None = here.get("fragments")
        locale = here.get("babel_locale") or get_locale()  # Flask-Babel keeps there what it has found
        if answer is None or answer.locale is not locale:  # a part of a page may be in another language
            answer = g.fragments = _Answer(self._app, locale)
        return answer

    def _make(
        self,
        name: str,
        _language: str,
        holes: tuple[str, ...],
        values: tuple[tuple[str, Any], ...],
        _kinds: tuple[type, ...],
    ) -> tuple[str, ...]:
        """Text, then by turns the name of a hole and the text after it."""
        shown = dict(values) | {hole: self._hole(hole) for hole in holes}
        return tuple(self._holes.split(self._templates.get_template(name).render(shown)))

    def _hole(self, name: str) -> Markup:
        return Markup(f"{self._sign}-{name}-")  # noqa: S704 - letters and digits

    @cached_property
    def _templates(self) -> Environment:
        templates = self._app.jinja_env.overlay()
        kept = {name: value for name, value in self._app.jinja_env.globals.items() if name not in UNKNOWN}
        late = {name: lambda hole=name: self._hole(hole) for name in FILLED_LATE}
        templates.globals = kept | late
        return templates


def set_up(app: Flask) -> None:
    """Gives templates `fragment(name, **values)`."""
    app.jinja_env.globals["fragment"] = Fragments(app)
