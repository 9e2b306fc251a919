"""What challenges hold about a person: what they joined and brought, which goes or stays as numbers with nobody's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from advocacy.people.privacy import rows
from advocacy.recognition.challenge_models import ChallengeMember, ChallengePart, ChallengeTally


def export(session: Session, user_id: int) -> Mapping[str, Any]:
    """As JSON values."""
    return {
        "challenges_joined": rows(session, select(ChallengeMember).where(ChallengeMember.user_id == user_id)),
        "challenges_brought": rows(session, select(ChallengeTally).where(ChallengeTally.user_id == user_id)),
        "challenges_closed": rows(session, select(ChallengePart).where(ChallengePart.user_id == user_id)),
    }


def erase(session: Session, user_id: int) -> None:
    """Who joined is forgotten; what was brought stays in the sums, and in kept results with nobody's name."""
    session.execute(delete(ChallengeMember).where(ChallengeMember.user_id == user_id))
