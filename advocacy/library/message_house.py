"""The message house: the few sentences that we want to be known for, what bears them out, and the words for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from advocacy.base import events, sanitize
from advocacy.base.clock import Clock
from advocacy.base.errors import Invalid, NotFound
from advocacy.base.events import Event
from advocacy.base.text import Text
from advocacy.library.alignment.messages import Avoided, Message, MessageHouse
from advocacy.library.message_models import HouseWord, KeyMessage, ProofPoint, WordUse
from advocacy.people import teams
from advocacy.people.models import Team, User
from advocacy.people.owners import owner_of, owners

__all__ = ["KeyMessage", "WordUse", "Written"]
"""The values that views take from here: they leave tables to services."""

LONGEST = 300
"""Characters of a sentence or a proof."""
MOST_PROOFS = 8
MOST_SIGNS = 20
MOST_WORDS = 300


@dataclass(frozen=True)
class Proof:
    """What bears a message out.

    Args:
        text: in a sentence.
        url: where it can be read; "" for nowhere.
    """

    text: str
    url: str = ""


@dataclass(frozen=True)
class Written:
    """What an editor decides about a key message.

    Args:
        sentences: by language; at least one.
        proofs: what bears it out; empty ones are left out.
        signs: phrases by which a text is known to carry it too.
        owner_email: of who answers for it; "" for nobody.
        team_id: the department that says it; None for the whole company.
        valid_from: its first day; None for ever since.
        valid_to: its last day; None without an end.
    """

    sentences: Mapping[str, str]
    proofs: Sequence[Proof] = ()
    signs: Sequence[str] = ()
    owner_email: str = ""
    team_id: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Line:
    """A key message on the page.

    Args:
        message: itself, with its proofs.
        owner: the name of who answers for it; "" for nobody.
        team: the department's name; "" for the whole company.
        state: "now", "later" or "over".
    """

    message: KeyMessage
    owner: str
    team: str
    state: str

    def said(self, language: str) -> str:
        """The sentence in a language, else in another."""
        return str(self.message.sentences.get(language) or next(iter(self.message.sentences.values()), ""))

    def elsewhere(self, language: str) -> list[tuple[str, str]]:
        """(language, sentence) of the others."""
        shown = self.said(language)
        return [(code, said) for code, said in sorted(self.message.sentences.items()) if said and said != shown]


@dataclass(frozen=True)
class Change:
    """A line of the history.

    Args:
        kind: of the event, such as `key_message.saved`.
        happened: the event: when, and what it was about.
        by: who, by name; "" when they have left.
    """

    kind: str
    happened: Event
    by: str

    @property
    def about(self) -> str:
        """The sentence or the word as it was then."""
        return str(self.happened.data.get("said", ""))

    @property
    def before(self) -> str:
        """The sentence as it was before; "" when it did not change."""
        return str(self.happened.data.get("before", ""))


def get(session: Session, *, message_id: int) -> KeyMessage:
    """A key message.

    Raises:
        NotFound: there is none.
    """
    message = session.get(KeyMessage, message_id)
    if message is None:
        raise NotFound(Text("We could not find that message. It may have been removed."))
    return message


def lines(session: Session, clock: Clock) -> list[Line]:
    """Every key message: those that hold today first, then those to come, then those that are over."""
    found = list(session.scalars(select(KeyMessage).order_by(KeyMessage.id)))
    names = owners(session, [one.owner_id for one in found])
    departments = teams.path_names(session) if any(one.team_id for one in found) else {}
    today = clock.now().date()
    shown = [
        Line(one, names.get(one.owner_id or 0, ""), departments.get(one.team_id or 0, ""), _state(one, today))
        for one in found
    ]
    return sorted(shown, key=lambda line: ("now", "later", "over").index(line.state))


def words(session: Session) -> dict[WordUse, list[HouseWord]]:
    """The words that we use and those that we avoid, by the alphabet."""
    found = list(session.scalars(select(HouseWord).order_by(HouseWord.phrase, HouseWord.id)))
    return {use: [one for one in found if one.use is use] for use in WordUse}


def holding(session: Session, clock: Clock, *, team_ids: Sequence[int] = ()) -> MessageHouse:
    """What holds today, as the alignment check reads it.

    Args:
        session: for reading.
        clock: tells which day it is.
        team_ids: departments an item is for; messages of other departments are left out. Of none: those of the company.
    """
    today = clock.now().date()
    wanted = set(team_ids)
    said = [
        one
        for one in session.scalars(select(KeyMessage).order_by(KeyMessage.id))
        if _state(one, today) == "now" and (one.team_id is None or one.team_id in wanted)
    ]
    avoided = session.scalars(select(HouseWord).where(HouseWord.use == WordUse.AVOID).order_by(HouseWord.id))
    return MessageHouse(
        [Message(one.id, one.sentences, tuple(one.signs), tuple(proof.text for proof in one.proofs)) for one in said],
        [Avoided(one.phrase, one.instead, one.language) for one in avoided],
    )


def save(session: Session, clock: Clock, *, written: Written, by: int, message_id: int | None = None) -> KeyMessage:
    """Adds a key message, or changes one.

    Raises:
        NotFound: no such message.
        Invalid: on `sentence`, `proofs`, `owner`, `team` or `valid_to`.
    """
    sentences = {code: " ".join(said.split()) for code, said in written.sentences.items() if said.strip()}
    if not sentences:
        raise Invalid("sentence", Text("Please write the message, in one language at least."))
    if any(len(said) > LONGEST for said in sentences.values()):
        raise Invalid("sentence", Text("Please keep this below {count} characters.", count=LONGEST))
    if written.valid_from and written.valid_to and written.valid_to < written.valid_from:
        raise Invalid("valid_to", Text("It would end before it begins. Choose a later end."))
    if written.team_id is not None and session.get(Team, written.team_id) is None:
        raise Invalid("team", Text("This team is no longer there. Choose another."))
    proofs = _checked(written.proofs)
    message = get(session, message_id=message_id) if message_id is not None else KeyMessage(created_at=clock.now())
    before = message.sentences or {}
    message.sentences = sentences
    message.signs = list(dict.fromkeys(" ".join(sign.split())[:120] for sign in written.signs if sign.strip()))[
        :MOST_SIGNS
    ]
    message.owner_id = owner_of(session, written.owner_email)
    message.team_id = written.team_id
    message.valid_from, message.valid_to = written.valid_from, written.valid_to
    message.updated_at = clock.now()
    message.proofs = [ProofPoint(position=place, text=one.text, url=one.url) for place, one in enumerate(proofs)]
    session.add(message)
    session.flush()
    kind = "key_message.saved" if message_id is not None else "key_message.added"
    _record(session, clock, kind, ("key_message", message.id), by, said=_told(sentences), before=_told(before))
    return message


def remove(session: Session, clock: Clock, *, message_id: int, by: int) -> None:
    """Takes a key message out of the house, with its proof points.

    Raises:
        NotFound: there is none.
    """
    message = get(session, message_id=message_id)
    _record(session, clock, "key_message.removed", ("key_message", message.id), by, said=_told(message.sentences))
    session.delete(message)


def add_word(
    session: Session, clock: Clock, *, use: WordUse, phrase: str, instead: str, language: str, by: int
) -> HouseWord:
    """Adds a word that we use, or one that we avoid.

    Args:
        instead: what to say for a word to avoid; what a word that we use means.
        language: in whose texts it is looked for; "" for all.

    Raises:
        Invalid: on `phrase`.
    """
    said = " ".join(phrase.split())
    if not said or len(said) > 80:
        raise Invalid("phrase", Text("Please give the word or phrase, at most {count} characters.", count=80))
    known = list(session.scalars(select(HouseWord)))
    if len(known) >= MOST_WORDS:
        raise Invalid("phrase", Text("At most {count} words, please.", count=MOST_WORDS))
    if any(one.phrase.lower() == said.lower() and one.language == language for one in known):
        raise Invalid("phrase", Text("This word is there already."))
    word = HouseWord(use=use, phrase=said, instead=" ".join(instead.split())[:160], language=language)
    session.add(word)
    session.flush()
    _record(session, clock, "house_word.added", ("house_word", word.id), by, said=word.phrase)
    return word


def remove_word(session: Session, clock: Clock, *, word_id: int, by: int) -> HouseWord:
    """Takes a word off the list.

    Returns:
        It, as it was.

    Raises:
        NotFound: there is none.
    """
    word = session.get(HouseWord, word_id)
    if word is None:
        raise NotFound()
    _record(session, clock, "house_word.removed", ("house_word", word.id), by, said=word.phrase)
    session.delete(word)
    return word


def history(session: Session, *, most: int = 50) -> list[Change]:
    """The newest changes of the house, as the event log has them."""
    query = select(Event, User.name).outerjoin(User, User.id == Event.actor_id)
    query = query.where(Event.subject_type.in_(("key_message", "house_word")))
    return [
        Change(happened.kind, happened, name or "")
        for happened, name in session.execute(query.order_by(Event.id.desc()).limit(most))
    ]


def _checked(proofs: Sequence[Proof]) -> list[Proof]:
    kept = [
        Proof(" ".join(one.text.split()), one.url.strip()) for one in proofs if one.text.strip() or one.url.strip()
    ]
    if len(kept) > MOST_PROOFS:
        raise Invalid("proofs", Text("At most {count} proof points, please.", count=MOST_PROOFS))
    for one in kept:
        if not one.text or len(one.text) > LONGEST:
            raise Invalid(
                "proofs",
                Text("Say in a sentence what each proof point shows, in at most {count} characters.", count=LONGEST),
            )
        if one.url and (len(one.url) > 2_000 or sanitize.web_url(one.url) is None):
            raise Invalid(
                "proofs", Text("This is not a web address that people can open. It should begin with https://.")
            )
    return kept


def _state(message: KeyMessage, today: date) -> str:
    if message.valid_to is not None and message.valid_to < today:
        return "over"
    return "later" if message.valid_from is not None and message.valid_from > today else "now"


def _told(sentences: Mapping[str, Any]) -> str:
    return " / ".join(str(said) for _, said in sorted(sentences.items()))


def _record(
    session: Session, clock: Clock, kind: str, subject: tuple[str, int], by: int, *, said: str, before: str = ""
) -> None:
    data = {"said": said, **({"before": before} if before and before != said else {})}
    events.record(session, clock, kind=kind, actor_id=by, subject=subject, data=data)
