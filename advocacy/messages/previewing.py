"""A look at a newsletter before it goes: the very parts that would be mailed to whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, cast

from sqlalchemy.orm import Session

from advocacy.base.house import House
from advocacy.base.letters import Printer
from advocacy.messages import drawing, unsubscribing
from advocacy.messages.newsletter_models import Newsletter
from advocacy.people.models import User
from config import Settings

_FORCED = {"light": ("(prefers-color-scheme: dark)", "not all"), "dark": ("(prefers-color-scheme: dark)", "all")}


@dataclass(frozen=True)
class Look:
    """What would be mailed.

    Args:
        html: the HTML part, byte for byte.
        plain: the part in plain text.
    """

    html: bytes
    plain: str

    def in_theme(self, theme: str) -> bytes:
        """The HTML part as a mail program in this theme shows it, whatever theme the browser has.

        Args:
            theme: `light` or `dark`; anything else changes nothing.
        """
        asked = _FORCED.get(theme)
        if asked is None:
            return self.html
        return self.html.replace(asked[0].encode(), asked[1].encode(), 1)  # the sheet's style comes before any words


def look(house: House, session: Session, newsletter: Newsletter, user: User, *, locale: str) -> Look:
    """The parts as they would be mailed to this person.

    Two kinds of links differ from the mailed ones: those that lead by the counter lead straight on, so that a look
    counts nothing, and the one that stops the letters stops nothing.

    Args:
        house: offers the blocks and prints the letter.
        session: for reading.
        newsletter: which.
        user: who looks; blocks that are not for them are left out.
        locale: the language of a reader, "en" or "nb".
    """
    reader = user if locale == user.locale else cast(User, _In(user, locale))
    stop = unsubscribing.preview_link(house.part(Settings).address)
    letter = drawing.letter(house, session, newsletter, reader, is_counted=False, unsubscribe=stop)
    message = house.part(Printer).message(letter, to=user.email, locale=locale, message_id="preview")
    return Look(_part(message, "html"), _part(message, "plain").decode())


def _part(message: EmailMessage, kind: str) -> bytes:
    part = message.get_body((kind,))
    return b"" if part is None else cast(bytes, part.get_payload(decode=True))


class _In:
    """A person who reads another language, and is the same in all else."""

    def __init__(self, user: User, locale: str) -> None:
        self._user, self.locale = user, locale

    def __getattr__(self, name: str) -> Any:
        return getattr(self._user, name)
