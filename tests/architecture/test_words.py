"""Every word that people read is in the catalogue, in Norwegian too, with its places where they were."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "translations/nb/LC_MESSAGES/messages.po"
PLACES = re.compile(r"%\(\w+\)[sd]|(?<!\{)\{\w+\}(?!\})")


@pytest.fixture(scope="module")
def norwegian() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="nb")


def test_nothing_is_missing_in_norwegian():
    listed = subprocess.run(
        [sys.executable, ROOT / "tools/translations", "--missing"], capture_output=True, text=True
    )
    assert listed.returncode == 0, (
        f"not translated (tools/translations brings the catalogue up to date):\n{listed.stdout}"
    )


def test_every_place_in_a_sentence_is_in_its_translation(norwegian):
    for message in norwegian:
        if not message.id:
            continue
        said = [message.id] if isinstance(message.id, str) else list(message.id)
        told = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set(PLACES.findall(said[-1]))
        assert set(PLACES.findall(told[-1])) == wanted, f"{said[-1]!r} became {told[-1]!r}"


def test_the_compiled_catalogue_is_the_written_one(norwegian):
    compiled = io.BytesIO()
    write_mo(compiled, norwegian)
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run tools/translations"
