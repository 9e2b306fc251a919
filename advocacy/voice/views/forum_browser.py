"""What a browser keeps of the forum: the secret by which whoever wrote anonymously is known again (docs/adr/0008)."""

from __future__ import annotations

from flask import Response, current_app, request
from flask_login import current_user

from advocacy.voice import anonymity, forum
from advocacy.voice.anonymity import Keyring
from advocacy.voice.forum import ForumTopic
from advocacy.web.house import reading

A_YEAR = 365 * 24 * 3600


def ring() -> Keyring:
    """What this browser keeps."""
    return Keyring.of(request.cookies.get(_cookie(), ""))


def remembered() -> list[str]:
    """The anonymous topics that this person wrote from this browser."""
    kept = ring()
    return anonymity.known(kept, forum.code_hashes(reading(), kept.topics), user_id=current_user.id)


def is_mine(topic: ForumTopic) -> bool:
    """Whether this person wrote an anonymous topic from this browser."""
    kept = ring()
    return bool(kept.secret) and bool(anonymity.known(kept, [(topic.id, topic.code_hash)], user_id=current_user.id))


def report_hash(kept: Keyring, piece_id: str) -> str:
    """What is kept of this person's report of something around an anonymous topic."""
    return anonymity.hash_code(kept.code(f"report {piece_id}", user_id=current_user.id))


def remember(response: Response, kept: Keyring) -> Response:
    """Lets the browser keep the ring."""
    response.set_cookie(
        _cookie(),
        str(kept),
        max_age=A_YEAR,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/company/forum",
    )
    return response


def _cookie() -> str:
    return "__Secure-forum" if current_app.config["SESSION_COOKIE_SECURE"] else "forum"
