"""The words of a share: what is put in, and what the item's editors allow to be changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from advocacy.base.errors import Invalid
from advocacy.base.text import Text
from advocacy.library import captions
from advocacy.library.disclosures import Disclosure, disclose
from advocacy.library.models import ContentItem, Editing
from advocacy.people.models import User

LINK_PLACE = "{link}"
"""Where a caption wants the tracked link; without it the link goes below the text, or on the card."""


def final_text(text: str, *, disclosures: Sequence[Disclosure], link: str | None) -> str:
    """The text as it will be sent, save for a link below it: placeholder filled, disclosure present.

    Args:
        text: what the person wrote or chose.
        disclosures: what it has to say; see `disclosure_policy.Asked`.
        link: the tracked link; None when the item has none.
    """
    return disclose(text.replace("\r\n", "\n").replace(LINK_PLACE, link or "").strip(), disclosures)


def check_editing(
    text: str,
    *,
    item: ContentItem,
    network: str,
    user: User,
    company: str,
    disclosures: Sequence[Disclosure] = (),
) -> None:
    """Holds a text to the item's editing policy.

    Args:
        text: as the person sent it, placeholders and all.
        item: with its captions.
        network: what captions are written for.
        user: whose name ready-made texts hold a place for.
        company: likewise.
        disclosures: what may stand beside a fixed text.

    Raises:
        Invalid: a locked text was changed, or a personal one not enough.
    """
    ready_made = [
        captions.fill(caption.text, first_name=user.first_name, company=company)
        for caption in item.captions
        if caption.network in ("", network)
    ]
    if item.editing is Editing.LOCKED and not any(_same(text, one, disclosures) for one in ready_made):
        raise Invalid("text", Text("This text is fixed: please share one of the ready-made texts as it is."))
    if item.editing is Editing.PERSONAL:
        wanted = item.min_words_changed
        # The nearest one counts, whichever was picked: a copy of another ready-made text is not personal either.
        changed = min((words_changed(one, text) for one in ready_made), default=wanted)
        if changed < wanted:
            raise Invalid(
                "text",
                Text(
                    "Please make it yours: change at least {wanted} words of the ready-made text. So far it is {changed}.",
                    wanted=wanted,
                    changed=changed,
                ),
            )


def words_changed(ready_made: str, text: str) -> int:
    """How many words were added, removed or replaced; a replaced one counts once."""
    before, after = _words(ready_made), _words(text)
    changes = SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes()
    return sum(max(a2 - a1, b2 - b1) for tag, a1, a2, b1, b2 in changes if tag != "equal")


def _words(text: str) -> list[str]:
    return re.findall(r"[#@]?\w[\w'’-]*", text.replace(LINK_PLACE, " ").lower())


def _same(text: str, ready_made: str, disclosures: Sequence[Disclosure]) -> bool:
    with_disclosure = final_text(ready_made, disclosures=disclosures, link=None)
    sent = " ".join(final_text(text, disclosures=disclosures, link=None).split())
    return sent == " ".join(with_disclosure.split())
