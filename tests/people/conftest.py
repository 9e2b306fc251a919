"""What tests about people can ask for."""

import email
import email.policy
import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest

from advocacy.base.house import House
from advocacy.base.mail import Post
from advocacy.people import outbox


@pytest.fixture
def letters(house: House) -> Callable[[], list[EmailMessage]]:
    """Posts what is due and gives every letter kept as a file, in the order they were written."""

    def post() -> list[EmailMessage]:
        outbox.send_due(house)
        folder = house.part(Post).folder
        files = sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns) if folder.exists() else []
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    return post


def link_in(letter: EmailMessage) -> str:
    """The path that the letter's button leads to."""
    plain = letter.get_body(("plain",))
    assert plain is not None
    found = re.search(r"http://localhost(/\S+/\S+)", plain.get_content())
    assert found is not None, plain.get_content()
    return found.group(1)
