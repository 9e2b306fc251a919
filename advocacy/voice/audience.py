"""Whom something is for, kept as JSON beside it: judged as the library judges its items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from advocacy.library import audience
from advocacy.library.content import Audience
from advocacy.library.models import Dimension
from advocacy.library.visibility import Reader


def kept(session: Session, chosen: Audience) -> dict[str, Any]:
    """An audience as a column keeps it.

    Raises:
        Invalid: on field `audience`; see `library.audience.check`.
    """
    audience.check(session, chosen)
    return {dimension.value: list(values) for dimension, values in chosen.items() if values}


def of(found: Mapping[str, Any]) -> Audience:
    """What `kept` gave."""
    return {Dimension(name): tuple(values) for name, values in found.items()}


def holds(found: Mapping[str, Any], who: Reader) -> bool:
    """Whether this person fits every dimension that is given; nothing given is everyone."""
    return all(set(values) & set(who.values(Dimension(name))) for name, values in found.items())
