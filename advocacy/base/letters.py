"""Letters: what one says, apart from its language; and the printer that puts it onto paper for one reader."""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import formataddr
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from advocacy.base.text import Text


@dataclass(frozen=True)
class Section:
    """A part of a letter with a heading of its own.

    Args:
        heading: one line.
        lines: paragraphs.
        button: what it says and the address it leads to.
        above: a small line over the heading, such as why this part is here; None for none.
    """

    heading: Text
    lines: tuple[Text, ...]
    button: tuple[Text, str]
    above: Text | None = None

    def to_json(self) -> dict[str, Any]:
        """A form that can be kept."""
        return {
            "heading": self.heading.to_json(),
            "lines": [line.to_json() for line in self.lines],
            "button": [self.button[0].to_json(), self.button[1]],
            "above": self.above.to_json() if self.above else None,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Section:
        """The section that `to_json` kept."""
        above = kept.get("above")
        return cls(
            heading=Text.from_json(kept["heading"]),
            lines=tuple(Text.from_json(line) for line in kept["lines"]),
            button=(Text.from_json(kept["button"][0]), kept["button"][1]),
            above=Text.from_json(above) if above else None,
        )


@dataclass(frozen=True)
class Letter:
    """What a letter says.

    Args:
        subject: one line.
        lines: paragraphs above the button.
        button: what it says and the address it leads to; None for a letter that only tells.
        after: small paragraphs under the button.
        sections: parts between the lines and the small paragraphs.
        unsubscribe: the address that stops such letters by one POST (RFC 8058); "" for letters that one asked for.
    """

    subject: Text
    lines: tuple[Text, ...]
    button: tuple[Text, str] | None = None
    after: tuple[Text, ...] = ()
    unsubscribe: str = ""
    sections: tuple[Section, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A form that can be kept until the letter is sent."""
        return {
            "subject": self.subject.to_json(),
            "lines": [line.to_json() for line in self.lines],
            "button": None if self.button is None else [self.button[0].to_json(), self.button[1]],
            "after": [line.to_json() for line in self.after],
            "unsubscribe": self.unsubscribe,
            "sections": [section.to_json() for section in self.sections],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Letter:
        """The letter that `to_json` kept."""
        button = kept["button"]
        return cls(
            subject=Text.from_json(kept["subject"]),
            lines=tuple(Text.from_json(line) for line in kept["lines"]),
            button=None if button is None else (Text.from_json(button[0]), button[1]),
            after=tuple(Text.from_json(line) for line in kept["after"]),
            unsubscribe=kept.get("unsubscribe", ""),
            sections=tuple(Section.from_json(section) for section in kept.get("sections", ())),
        )


class Printer:
    """Puts letters into their reader's language, as a plain part and an HTML part.

    Args:
        templates: the folder that holds `mail/letter.html` and `mail/letter.txt`.
        translations: the folder of the catalogues.
        company_name: who writes.
        sender: the address written from.
        address: the hub's public address, for the line at the foot.
    """

    def __init__(self, *, templates: Path, translations: Path, company_name: str, sender: str, address: str) -> None:
        self._pages = Environment(
            loader=FileSystemLoader(templates),
            autoescape=select_autoescape(("html",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._translations = translations
        self._company_name = company_name
        self._sender = sender
        self._address = address

    def said(self, text: Text, *, locale: str) -> str:
        """A sentence in a reader's language."""
        catalogue = gettext.translation("messages", self._translations, [locale], fallback=True)
        return catalogue.gettext(text.template).format(**text.params)

    def message(
        self, letter: Letter, *, to: str, locale: str, message_id: str, written_at: datetime | None = None
    ) -> EmailMessage:
        """A letter ready for the post.

        Args:
            letter: what it says.
            to: the reader's address.
            locale: the reader's language, "en" or "nb".
            message_id: stays the same when the letter is sent again; without its domain.
            written_at: the date it bears (RFC 5322 asks for one; a letter without looks like spam); None for a look at it.

        Raises:
            ValueError: a header would hold a line break.
        """

        def say(text: Text) -> str:
            return self.said(text, locale=locale)

        values = {
            "subject": say(letter.subject),
            "lines": [say(line) for line in letter.lines],
            "button": None if letter.button is None else (say(letter.button[0]), letter.button[1]),
            "after": [say(line) for line in letter.after],
            "sections": [
                (
                    say(one.above) if one.above else "",
                    say(one.heading),
                    [say(line) for line in one.lines],
                    say(one.button[0]),
                    one.button[1],
                )
                for one in letter.sections
            ],
            "unsubscribe": letter.unsubscribe,
            "stop": say(Text("No more of these letters")),
            "company_name": self._company_name,
            "address": self._address,
            "locale": locale,
            "foot": say(Text("You get this letter because of {company}'s sharing hub.", company=self._company_name)),
            "copy_hint": say(Text("If the button does not work, copy this address into your browser:")),
        }
        message = EmailMessage()
        message["Subject"] = " ".join(say(letter.subject).split())  # a title may hold line breaks, a header may not
        message["From"] = formataddr((self._company_name, self._sender))
        message["To"] = to
        message["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        if written_at is not None:
            message["Date"] = written_at
        message["Auto-Submitted"] = "auto-generated"
        if letter.unsubscribe:
            message["List-Unsubscribe"] = f"<{letter.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self._pages.get_template("mail/letter.txt").render(values))
        message.add_alternative(self._pages.get_template("mail/letter.html").render(values), subtype="html")
        return message
