"""The message house as the rules need it: which key messages a text carries, words to avoid, claims without proof."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from advocacy.library.alignment import facts, numbers
from advocacy.library.alignment.numbers import Measure, Number
from advocacy.library.alignment.words import Sentence, sentences, stems

ENOUGH = 0.6
"""How much of a key message's telling words a text must hold to carry it."""


@dataclass(frozen=True)
class Message:
    """A key message.

    Args:
        id: of its row.
        sentences: by language, such as `{"en": "…", "nb": "…"}`.
        signs: phrases by which it is known too, whatever the language.
        proofs: what bears it out.
    """

    id: int
    sentences: Mapping[str, str]
    signs: Sequence[str] = ()
    proofs: Sequence[str] = ()

    def said(self, language: str) -> str:
        """The sentence in a language, else in another."""
        return self.sentences.get(language[:2]) or next(iter(self.sentences.values()), "")


@dataclass(frozen=True)
class Avoided:
    """A word or phrase that we do not use.

    Args:
        phrase: in any case.
        instead: what to say; "" when nothing stands for it.
        language: in whose texts it is looked for; "" for all.
    """

    phrase: str
    instead: str = ""
    language: str = ""


@dataclass(frozen=True)
class MessageHouse:
    """What holds on a day."""

    messages: Sequence[Message] = ()
    avoided: Sequence[Avoided] = ()


@dataclass(frozen=True)
class Claim:
    """Words that want a proof."""

    start: int
    end: int
    quote: str


_CLAIM = re.compile(
    r"\b(?:(?:the )?(?:world'?s|world’s|market.leading|number one|no\. ?1|largest|biggest|leading|fastest|cheapest|safest|"
    r"greenest|cleanest|most sustainable|climate.neutral|carbon.neutral|emission.free|zero.emission|best in (?:class|the)|"
    r"best|guaranteed?|unique|the only)"
    r"|verdens|markedsledende|nummer (?:én|en|1)|størst|største|ledende|raskest|raskeste|billigst|billigste|tryggest|"
    r"tryggeste|grønnest|grønneste|reneste|mest bærekraftige?|klimanøytral\w*|utslippsfri\w*|best|beste|garanter\w*|unik|unike|"
    r"den eneste|det eneste)\b",
    re.IGNORECASE,
)
_ENDINGS = "(?:s|es|'s|’s|en|et|er|e|ene|ne|a|n|t)?"


def carried(message: Message, text: str) -> Sentence | None:
    """The sentence of a text that carries a key message, or most of it; None when the text does not carry it."""
    low = " ".join(text.lower().split())
    found = sentences(text)
    for sign in message.signs:
        if sign.strip() and " ".join(sign.lower().split()) in low:
            return next((one for one in found if sign.lower() in one.text.lower()), found[0] if found else None)
    best: tuple[int, Sentence] | None = None
    mine = stems(text)
    for said in message.sentences.values():
        wanted = stems(said)
        if len(wanted) < 2 or len(wanted & mine) / len(wanted) < ENOUGH:
            continue
        for one in found:
            shared = len(wanted & stems(one.text))
            if shared and (best is None or shared > best[0]):
                best = (shared, one)
    return best[1] if best else None


@lru_cache(maxsize=512)
def _phrase(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(re.escape(word) for word in phrase.split())
    return re.compile(rf"(?<!\w){words}{_ENDINGS}(?!\w)", re.IGNORECASE)


def avoided_in(text: str, avoided: Iterable[Avoided], *, language: str) -> list[tuple[Claim, Avoided]]:
    """Where a text uses words that we avoid, with what to say instead."""
    found = []
    for one in avoided:
        if not one.phrase.strip() or (one.language and one.language[:2] != language[:2]):
            continue
        found += [(Claim(*hit.span(), hit.group()), one) for hit in _phrase(one.phrase).finditer(text)]
    return sorted(found, key=lambda pair: pair[0].start)


@dataclass(frozen=True)
class Proven:
    """What proof points bear out, read once for all of an item's texts."""

    words: Sequence[frozenset[str]] = ()
    numbers: Sequence[Number] = field(default=())

    @classmethod
    def by(cls, house: MessageHouse) -> Proven:
        """The proof points of a house."""
        texts = [proof for message in house.messages for proof in message.proofs]
        told = [facts.of_text(text) for text in texts]
        return cls([stems(text) for text in texts], [number for one in told for number in one.numbers])


def unproven(text: str, caption: facts.Facts, brief: facts.Facts | None, proven: Proven) -> list[Claim]:
    """Claims of a post that neither the brief nor a proof point bears out: superlatives, and figures from nowhere.

    A superlative wants a proof point that speaks of the same thing, since a brief only says it again. A figure is borne
    out by the brief too; one that the brief tells otherwise is a contradiction, and the caller leaves it to that.
    """
    found = []
    for hit in _CLAIM.finditer(text):
        around = next((one.text for one in sentences(text) if one.start <= hit.start() < one.end), text)
        about = stems(around)
        if not any(len(about & words) >= 2 for words in proven.words):
            found.append(Claim(*hit.span(), hit.group()))
    if brief is None:
        return found
    for number in caption.numbers:
        tells = number.measure in (Measure.SHARE, Measure.MONEY, Measure.POINTS) or number.value >= 100
        backed = any(numbers.agree(number, one) for one in (*brief.numbers, *proven.numbers))
        if tells and not backed and not number.is_list:
            found.append(Claim(number.start, number.end, number.quote))
    return sorted(found, key=lambda one: one.start)
