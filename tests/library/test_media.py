"""Pictures: kept once, served to colleagues only, and never by a made-up name."""

import hashlib

import pytest

from advocacy.base.errors import NotFound
from advocacy.library import media
from advocacy.library.media import Media

PNG = b"\x89PNG\r\n\x1a\nnot a real picture, but the shelf does not look inside"


@pytest.fixture
def shelf(house):
    return house.part(Media)


def keep(house, shelf):
    with house.db.transaction() as session:
        return media.store(session, house.clock, shelf, data=PNG, mime="image/png", width=3, height=2)


def test_the_same_picture_is_kept_once(house, shelf):
    first, second = keep(house, shelf), keep(house, shelf)
    assert first.id == second.id
    assert media.read(shelf, picture=second) == PNG
    kept = [path.name for path in shelf.folder.rglob("*") if path.is_file() and path.name != media.LOCK]
    assert kept == [first.file_name]


def test_a_colleague_gets_the_picture_and_may_keep_it_for_ever(house, shelf, signed_in, make):
    path = keep(house, shelf).path
    answer = signed_in(make.user()).get(path, buffered=True)
    assert answer.data == PNG
    assert answer.content_type == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_stranger_gets_no_picture(house, shelf, client):
    answer = client.get(keep(house, shelf).path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


def test_only_names_of_pictures_reach_the_disk(house, shelf):
    keep(house, shelf)
    real = hashlib.sha256(PNG).hexdigest()
    (shelf.folder.parent / "secret.png").write_bytes(b"secret")
    (shelf.folder / real[:2] / f"{real}.svg").write_bytes(b"<svg/>")
    names = (f"{real}.svg", f"{real}.jpg", f"{real[:-1]}.png", "../secret.png", f"{real}.png\n", f"{real}.png\0")
    for name in names:
        with pytest.raises(NotFound):
            shelf.find(name)
