"""What every form shares: its token, plain-word messages, and errors of the services beside their field."""

from __future__ import annotations

from typing import Any

from flask import flash
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms.validators import DataRequired, Email, InputRequired, Length

from advocacy.base.errors import Invalid
from advocacy.web.i18n import say


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the hub: a class of WTForms fields beside its view."""

    def take(self, error: Invalid) -> None:
        """Shows a service's refusal beside the field it names, or above the form."""
        field: Any = self._fields.get(error.field)
        if field is None:
            self.form_errors.append(say(error.text))
        else:
            field.errors = [*field.errors, say(error.text)]


def required(message: Any = None) -> DataRequired:
    """The field must be filled in."""
    return DataRequired(message or lazy_gettext("Please fill this in."))


def chosen(message: Any = None) -> InputRequired:
    """One of the choices must be taken."""
    return InputRequired(message or lazy_gettext("Please choose one."))


def at_most(characters: int) -> Length:
    """No longer than so many characters."""
    return Length(max=characters, message=lazy_gettext("Please keep this below %(max)d characters."))


def an_email() -> Email:
    """Looks like an e-mail address."""
    return Email(lazy_gettext("This does not look like an e-mail address. It should be like name@example.com."))


def tell(message: str, category: str = "success") -> None:
    """Shows a sentence at the top of the next page: `success`, `info`, `warning` or `error`."""
    flash(message, category)
