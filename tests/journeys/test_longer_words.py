"""Room for other languages and larger letters: words 40% longer, a narrow phone and text at 200% break no page."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from sqlalchemy import select

from advocacy import app as roof
from advocacy.demo import seeding
from advocacy.people.models import User
from tests.journeys.keyboard import NEXT_FRAME
from tests.peers.browsers import settle
from tests.site import walk

PROJECT = Path(__file__).resolve().parents[2]
CATALOGUE = PROJECT / "translations/nb/LC_MESSAGES/messages.po"
PLACE = re.compile(r"%\([a-z_0-9]+\)[a-z+0-9.]*|%%|\{[a-z_]*\}|\{\{|\}\}|<[^>]+>")
MORE = 0.4
LOOKS = ((320, "100%"), (768, "200%"), (1280, "100%"))
"""Width of the window, and size of its letters."""
REACHES_OUT = """
() => [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map((one) => one.outerHTML.slice(0, 60)).slice(0, 4)
"""


def longer(sentence: str) -> str:
    """The sentence with its letters accented and 40% longer, its places for values as they were."""
    words = PLACE.sub("", sentence)
    padding = " ".join(["ħøñ"] * math.ceil(len(words) * MORE / 4))
    accented = "".join(
        part if PLACE.fullmatch(part) else part.translate(str.maketrans("aeiouy", "åéïöüÿ"))
        for part in re.split(f"({PLACE.pattern})", sentence)
    )
    return f"{accented} {padding}"


@pytest.fixture
def pretended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the place of the Norwegian catalogue, one of the English sentences made longer."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="nb")
    for message in catalogue:
        if message.id:
            source = message.id if isinstance(message.id, tuple) else (message.id,)
            said = tuple(longer(one) for one in source)
            message.string = said if isinstance(message.id, tuple) else said[0]
    target = tmp_path / "translations/nb/LC_MESSAGES/messages.mo"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)
    # The app looks for its catalogue below ROOT; everything else is found as before.
    for folder in ("templates", "static"):
        (tmp_path / folder).symlink_to(PROJECT / folder)
    monkeypatch.setattr(roof, "ROOT", tmp_path)


def test_a_sentence_keeps_its_places() -> None:
    said = longer("%(count)s of {total} <b>posts</b>")
    assert "%(count)s" in said
    assert "{total}" in said
    assert "<b>" in said
    assert len(longer("Find something to share")) >= 1.4 * len("Find something to share")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["Ada Vik", "Kari Nordmann"])
def test_longer_words_and_larger_letters_push_nothing_out_of_the_page(pretended, house, app, site, name) -> None:
    seeding.seed(house)
    with house.db.transaction() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        user.locale = "nb"
    page = site.visit(user, language="nb")
    wrong = []
    padded = 0
    for stop in walk(page, app.url_map, site.url):
        padded += "ħøñ" in page.content()
        for width, size in LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
            page.evaluate(NEXT_FRAME)
            settle(page)  # a size that is still changing is not the page's
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wider > 0:
                which = page.evaluate(REACHES_OUT)
                wrong.append(f"{stop.endpoint} {stop.path} at {width} px and {size}: {wider} px too wide: {which}")
    assert padded > 10
    assert not wrong, "\n".join(wrong)
