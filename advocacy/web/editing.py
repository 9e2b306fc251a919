"""Two people at one form: whoever saves second is shown what the first one changed, and loses nothing of their own.

A form carries a mark of each field as it was opened. In the transaction of the write the same marks are made of what
stands there now: if they differ, somebody saved meanwhile. What only they changed is taken over into the form; where
both wrote, the second one's words stay in it, beside the difference, and are saved when they are sent again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import format_date, gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    SelectField,
    SelectMultipleField,
)
from wtforms import Form as PlainForm

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.comparing import Piece, pieces
from advocacy.base.db import alone
from advocacy.base.errors import Conflict
from advocacy.base.events import Event
from advocacy.base.text import Text
from advocacy.people.models import User
from advocacy.web.forms import Form
from advocacy.web.i18n import moment

SAVED = "form.saved"
"""The event that says who sent a form about a thing, so that the next one can be told."""
MARK_LETTERS = 12


@dataclass(frozen=True)
class Both:
    """A field that two people changed.

    Args:
        label: of the field.
        pieces: what the other one saved and what this one wrote, as one text; empty where it cannot be shown.
    """

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Meanwhile:
    """What happened to a thing while somebody had its form open.

    Args:
        name: who saved it last; "" when that is not known.
        is_self: whether it was this person, in another window.
        at: when; None when that is not known.
        taken_over: labels of the fields that only the other one changed: the form holds theirs now.
        both: the fields that both changed: the form holds this person's words.
    """

    name: str
    is_self: bool
    at: datetime | None
    taken_over: Sequence[str]
    both: Sequence[Both]


class ChangedMeanwhile(Conflict):
    """Somebody else saved what this form is about after it was opened. The form tells what (`form.meanwhile`)."""

    def __init__(self) -> None:
        super().__init__(Text("Somebody else saved this after you opened it."))


class SharedForm(Form):
    """A form about something that several people may change."""

    opened = HiddenField()
    meanwhile: Meanwhile | None = None

    def open(self, values: Mapping[str, Any]) -> None:
        """Notes what the form was opened with.

        Args:
            values: what stands there, by the name of its field.
        """
        self.opened.data = json.dumps(_marks(self, values), separators=(",", ":"))


def check(
    session: Session,
    clock: Clock,
    form: SharedForm,
    *,
    thing: tuple[str, int],
    values: Callable[[], Mapping[str, Any]],
) -> None:
    """Holds a thing against what its form was opened with; from here to the end of the transaction nobody else saves it.

    Call it first in the transaction. What is found in order is noted as saved by the person who is signed in.

    Args:
        session: inside a transaction in which nothing was read or written yet.
        clock: tells when.
        form: as it was sent; after `ChangedMeanwhile` it says what happened and holds what only the other one changed.
        thing: its noun, as events name their subjects, and its number.
        values: reads what stands there now, by the name of its field.

    Raises:
        ChangedMeanwhile: somebody else was faster, and wrote something else.
    """
    alone(session, f"form of {thing[0]} {thing[1]}")
    session.expire_all()  # what was read before the wait may be old
    now = values()
    theirs = type(form)(formdata=None, data=now)
    opened, stands = _read(form.opened.data), _marks(theirs, now)
    if opened != stands:
        found = _meanwhile(session, form, theirs, opened, stands, thing)
        if found.taken_over or found.both:
            form.meanwhile = found
            form.opened.data, form.opened.raw_data = json.dumps(stands, separators=(",", ":")), None
            raise ChangedMeanwhile()
    subject = (_log_name(thing[0]), thing[1])
    events.record(session, clock, kind=SAVED, actor_id=current_user.id, subject=subject)


def _log_name(noun: str) -> str:
    # Not the noun alone: the history of a thing, read from the log, has what its own service recorded.
    return f"{noun}.form"


def _meanwhile(
    session: Session,
    form: SharedForm,
    theirs: SharedForm,
    opened: Mapping[str, str],
    stands: Mapping[str, str],
    thing: tuple[str, int],
) -> Meanwhile:
    mine = _marks(form, stands)
    taken_over, both = [], []
    for name in stands:
        if opened.get(name) == stands[name] or mine[name] == stands[name]:
            continue
        field, other = form[name], theirs[name]
        if isinstance(field, SelectField):
            other.choices = field.choices
        if mine[name] == opened.get(name):
            field.raw_data = None
            field.process(None, other.data)
            taken_over.append(str(field.label.text))
        else:
            both.append(Both(str(field.label.text), pieces(_words(other), _words(field))))
    saved = (
        select(Event.at, Event.actor_id, User.name)
        .outerjoin(User, User.id == Event.actor_id)
        .where(Event.subject_type == _log_name(thing[0]), Event.subject_id == thing[1], Event.kind == SAVED)
        .order_by(Event.id.desc())
        .limit(1)
    )
    last = session.execute(saved).one_or_none()
    if last is None:
        return Meanwhile("", False, None, taken_over, both)
    return Meanwhile(last.name or "", last.actor_id == current_user.id, last.at, taken_over, both)


def _marks(form: PlainForm, names: Iterable[str]) -> dict[str, str]:
    """A mark of each field: the same for the same value, whether it came from a row or from a browser."""
    return {
        name: hashlib.sha256(json.dumps(_plain(form[name])).encode()).hexdigest()[:MARK_LETTERS] for name in names
    }


def _read(sent: str | None) -> dict[str, str]:
    try:
        found = json.loads(sent or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _plain(field: Field) -> Any:
    if isinstance(field, FieldList):
        return [_plain(entry) for entry in field.entries if not _is_blank(entry)]
    if isinstance(field, FormField):
        return {one.short_name: _plain(one) for one in field.form}
    value = field.data
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return sorted(str(one) for one in value)
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\r\n", "\n").strip()


def _is_blank(entry: Field) -> bool:
    """Whether a row is one of those that are only offered: its choices stand somewhere, but nothing is typed."""
    if not isinstance(entry, FormField):
        return not _plain(entry)
    return not any(_plain(one) for one in entry.form if not isinstance(one, HiddenField | SelectField | BooleanField))


def _words(field: Field) -> str:
    """A field's value as the person reads it."""
    if isinstance(field, FieldList):
        return "\n\n".join(_words(entry) for entry in field.entries if not _is_blank(entry))
    if isinstance(field, FormField):
        said = [(one.label.text, _words(one)) for one in field.form]
        return "\n".join(f"{label}: {words}" for label, words in said if words)
    value = field.data
    if isinstance(field, HiddenField):
        return ""
    if isinstance(field, BooleanField):
        return str(gettext("Yes") if value else gettext("No"))
    if isinstance(field, SelectMultipleField):
        chosen = {str(one) for one in value or ()}
        return ", ".join(label for one, label in _choices(field) if one in chosen)
    if isinstance(field, SelectField):
        return next((label for one, label in _choices(field) if one == str(value)), "")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(field, DateField) and isinstance(value, date):
        return str(format_date(value, "d MMM y"))
    return "" if value is None else str(value).replace("\r\n", "\n")


def _choices(field: SelectField) -> list[tuple[str, str]]:
    return [(str(one[0]), str(one[1])) for one in field.iter_choices()]
