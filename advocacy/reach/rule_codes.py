"""How the name of a rule stands in the rows of clicks: as one letter, so that millions of rows stay narrow."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, TypeDecorator, case, type_coerce

CODES = {
    "burst": "b",
    "crawler": "c",
    "data_centre": "d",
    "head": "h",
    "headless": "i",
    "mail_gateway": "l",
    "missing_headers": "m",
    "no_agent": "n",
    "not_a_visit": "o",
    "office": "p",
    "own_visit": "q",
    "prefetch": "r",
    "preview_fetch": "s",
    "self_named": "t",
}
"""Never changed and never used again; a name without a letter stands there whole. Letters stand in the order of the
names, as lists do."""
NAMES = {code: name for name, code in CODES.items()}


class RuleName(TypeDecorator[str]):
    """A rule's name, 40 characters at most; "" for a human's click."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Any) -> str | None:
        """Writes the letter."""
        return None if value is None else code_of(value)

    def process_result_value(self, value: str | None, _dialect: Any) -> str | None:
        """Reads the name."""
        return None if value is None else NAMES.get(value, value)


def code_of(name: str) -> str:
    """What stands in a row for a rule's name."""
    return CODES.get(name) or (f"?{name}" if name in NAMES else name)


def rule_name(column: Any) -> ColumnElement[str]:
    """A rule's name as the database itself can compare it with names elsewhere.

    Args:
        column: of the type `RuleName`.
    """
    written = type_coerce(column, String(40))
    return case(NAMES, value=written, else_=written)
