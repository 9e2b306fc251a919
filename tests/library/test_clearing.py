"""Pictures made to fit a network are cleared away once nobody sends them any more, and never under who sends them."""

import io
import os
import threading
import time

import pytest
from PIL import Image

from advocacy.library import clearing, media
from advocacy.library.fitting import Frame, fitted
from advocacy.library.media import Media

SMALL = Frame(("image/jpeg",), most_points=8_000)
SMALLER = Frame(("image/jpeg",), most_points=8_000, most_bytes=1_000_000)
ANY = Frame(("image/png",))
LONG_AGO = 31 * 24 * 3600


@pytest.fixture
def shelf(house):
    return house.part(Media)


@pytest.fixture
def picture(house, shelf):
    written = io.BytesIO()
    Image.effect_noise((200, 100), 50).save(written, "PNG")
    with house.db.transaction() as session:
        data = written.getvalue()
        return media.store(session, house.clock, shelf, data=data, mime="image/png", width=200, height=100)


def files(shelf):
    """Everything in the store but the lock."""
    return [path for path in shelf.folder.rglob("*") if path.is_file() and path.name != media.LOCK]


def age(*paths):
    for path in paths:
        os.utime(path, (time.time() - LONG_AGO,) * 2)


def test_what_was_made_for_a_network_goes_after_a_month_and_pictures_stay(house, shelf, picture):
    ready = fitted(shelf, picture, SMALL)
    fitted(shelf, picture, ANY)
    assert clearing.clear_made(house) == 0, "it is new"
    age(*files(shelf))
    (shelf.folder / "made" / ".abc.1.2").write_text("")
    age(shelf.folder / "made" / ".abc.1.2")
    clearing.clear_made(house)
    assert [path.name for path in files(shelf)] == [picture.file_name]
    assert fitted(shelf, picture, SMALL) == ready, "made anew when it is sent again"


def test_what_is_sent_again_counts_as_new_whoever_noted_it(house, shelf, picture):
    fitted(shelf, picture, SMALL)
    fitted(shelf, picture, SMALLER)  # the same file under another note
    made = [path for path in files(shelf) if path.suffix == ".jpg"]
    assert len(made) == 1
    age(*files(shelf))
    fitted(shelf, picture, SMALLER)
    clearing.clear_made(house)
    assert made[0].is_file()


def test_whoever_sends_it_at_this_moment_keeps_it(house, shelf, picture, monkeypatch):
    """Between the look at the file's age and its removal nobody can take it up: either it stays, or it is made anew."""
    ready = fitted(shelf, picture, SMALL)
    age(*files(shelf))
    sent, looked = [], threading.Event()
    is_old = media.is_old

    def slow(path, older_than):
        old = is_old(path, older_than)
        if path.suffix == ".jpg":
            looked.set()
            time.sleep(0.2)
        return old

    def send():
        looked.wait(5)
        sent.append(fitted(shelf, picture, SMALL))
        sent.append(shelf.find(shelf.name_of(ready.data, mime=ready.mime))[0])

    monkeypatch.setattr(media, "is_old", slow)
    sender = threading.Thread(target=send)
    sender.start()
    clearing.clear_made(house)
    sender.join()
    assert sent[0] == ready
    assert sent[1].is_file()
