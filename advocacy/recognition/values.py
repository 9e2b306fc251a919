"""The company's values: what colleagues thank one another with, in the order that an administrator gave them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from advocacy.base import events
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.text import Text
from advocacy.recognition.kudos_models import CompanyValue

__all__ = ["STARTING", "CompanyValue"]

MOST = 12
"""Values that are open at once: more than one can choose from is more than a company stands for."""
STARTING: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...] = (
    (
        {"en": "Helping one another", "nb": "Vi hjelper hverandre"},
        {"en": "Made somebody else's day easier.", "nb": "Gjorde dagen lettere for en annen."},
    ),
    (
        {"en": "Customer first", "nb": "Kunden først"},
        {"en": "Went further than asked for a customer.", "nb": "Strakk seg lenger enn kunden ba om."},
    ),
    (
        {"en": "Courage", "nb": "Mot"},
        {"en": "Said or tried what others did not dare.", "nb": "Sa eller prøvde det andre ikke våget."},
    ),
    (
        {"en": "Learning", "nb": "Læring"},
        {"en": "Learned something, and passed it on.", "nb": "Lærte noe, og delte det."},
    ),
    (
        {"en": "Craft", "nb": "Fagstolthet"},
        {"en": "Did it properly, also where nobody looks.", "nb": "Gjorde det skikkelig, også der ingen ser."},
    ),
)
"""What a new hub begins with; its migration and the demo put them in."""


@dataclass(frozen=True)
class Written:
    """A value as an administrator writes it; the second language may be empty."""

    name: str
    sentence: str
    name_nb: str = ""
    sentence_nb: str = ""
    position: int = 1
    is_open: bool = True


def start(session: Session) -> None:
    """Puts the starting values into a hub that has none."""
    if session.scalar(select(CompanyValue.id).limit(1)) is None:
        for position, (name, sentence) in enumerate(STARTING, start=1):
            session.add(CompanyValue(name=dict(name), sentence=dict(sentence), position=position))
        session.flush()


def everything(session: Session) -> list[CompanyValue]:
    """All of them in their order, closed ones too."""
    return list(session.scalars(select(CompanyValue).order_by(CompanyValue.position, CompanyValue.id)))


def get(session: Session, *, value_id: int) -> CompanyValue:
    """A value.

    Raises:
        NotFound: there is none.
    """
    value = session.get(CompanyValue, value_id)
    if value is None:
        raise NotFound(Text("We could not find that value."))
    return value


def save(session: Session, clock: Clock, *, written: Written, by: int, value_id: int | None = None) -> CompanyValue:
    """Writes a value, new or changed. What was given with it shows the new words.

    Raises:
        Invalid: on `name`, `sentence`, `position` or `is_open`.
        NotFound: there is none with this id.
    """
    name, name_nb = (" ".join(words.split()) for words in (written.name, written.name_nb))
    sentence, sentence_nb = (" ".join(words.split()) for words in (written.sentence, written.sentence_nb))
    for field, words, most in (("name", name, 60), ("name_nb", name_nb, 60)):
        if len(words) > most:
            raise Invalid(field, Text("Please keep this below {count} characters.", count=most))
    for field, words in (("sentence", sentence), ("sentence_nb", sentence_nb)):
        if len(words) > 200:
            raise Invalid(field, Text("Please keep this below {count} characters.", count=200))
    if not name:
        raise Invalid("name", Text("Please give the value a name."))
    if not 1 <= written.position <= 99:
        raise Invalid("position", Text("Please give a place from 1 to 99."))
    value = CompanyValue() if value_id is None else get(session, value_id=value_id)
    others = select(func.count()).select_from(CompanyValue).where(CompanyValue.is_open)
    if value_id is not None:
        others = others.where(CompanyValue.id != value_id)
    if written.is_open and (session.scalar(others) or 0) >= MOST:
        raise Invalid("is_open", Text("At most {count} values can be open. Close one first.", count=MOST))
    value.name = {"en": name} | ({"nb": name_nb} if name_nb else {})
    value.sentence = {"en": sentence} | ({"nb": sentence_nb} if sentence_nb else {})
    value.position, value.is_open = written.position, written.is_open
    session.add(value)
    session.flush()
    events.record(
        session,
        clock,
        kind="value.saved",
        actor_id=by,
        subject=("company_value", value.id),
        data={"name": name, "is_open": written.is_open},
    )
    return value


def in_language(words: Mapping[str, str], locale: str) -> str:
    """A value's words in a language, or in English where it has none."""
    return words.get(locale) or words.get("en", "")
