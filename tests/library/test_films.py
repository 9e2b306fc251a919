"""Films: taken up where they stood, looked at before they are kept, and freed of what they tell about who filmed."""

from __future__ import annotations

import fcntl
import threading
from pathlib import Path

import av
import pytest
from PIL import Image
from sqlalchemy import func, select

from advocacy.base.errors import Invalid, NotFound
from advocacy.library import film_uploads, films
from advocacy.library.film_uploads import WrongPlace
from advocacy.library.media import Media
from advocacy.library.models import Film, Picture
from advocacy.library.upload_models import FilmUpload
from tests.films import film


@pytest.fixture
def bring(house):
    """Brings bytes in pieces, as the editor's script does."""

    def bring(data: bytes, *, by: int, piece: int = 20_000, name: str = "film.mp4") -> Film:
        standing = film_uploads.begin(house, name=name, size=len(data), fingerprint=name, by=by)
        while standing.at < len(data):
            part = data[standing.at : standing.at + piece]
            standing = film_uploads.append(house, upload_id=standing.id, at=standing.at, piece=part, by=by)
        return film_uploads.finish(house, upload_id=standing.id, by=by)

    return bring


def left(house) -> list[str]:
    """Files of uploads that are still there."""
    folder = house.part(Media).folder / film_uploads.FOLDER
    return [path.name for path in folder.iterdir()] if folder.is_dir() else []


def test_a_film_in_pieces_is_kept_whole_and_described(house, make, bring, tmp_path):
    curator = make.curator()
    kept = bring(film(tmp_path / "a.mp4", seconds=2, size=(320, 180)), by=curator.id)
    assert (kept.width, kept.height, kept.mime) == (320, 180, "video/mp4")
    assert kept.seconds == pytest.approx(2, abs=0.1)
    path, mime = house.part(Media).find(kept.file_name)
    assert mime == "video/mp4"
    assert path.stat().st_size == kept.size
    with av.open(str(path)) as again:
        assert sum(1 for _ in again.decode(video=0)) == 50
    assert kept.poster is not None
    with Image.open(house.part(Media).find(kept.poster.file_name)[0]) as poster:
        assert poster.size == (320, 180)
    assert left(house) == []


def test_an_upload_goes_on_where_it_stood_and_for_nobody_else(house, make):
    mine, theirs = make.curator(), make.curator()
    begun = film_uploads.begin(house, name="a.mp4", size=30, fingerprint="a/1", by=mine.id)
    film_uploads.append(house, upload_id=begun.id, at=0, piece=b"x" * 10, by=mine.id)
    again = film_uploads.begin(house, name="a.mp4", size=30, fingerprint="a/1", by=mine.id)
    assert (again.id, again.at) == (begun.id, 10)
    assert film_uploads.begin(house, name="a.mp4", size=30, fingerprint="a/2", by=mine.id).id != begun.id
    assert film_uploads.begin(house, name="a.mp4", size=30, fingerprint="a/1", by=theirs.id).at == 0
    for act in (
        lambda: film_uploads.append(house, upload_id=begun.id, at=10, piece=b"y", by=theirs.id),
        lambda: film_uploads.finish(house, upload_id=begun.id, by=theirs.id),
        lambda: film_uploads.cancel(house, upload_id=begun.id, by=theirs.id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(WrongPlace) as wrong:
        film_uploads.append(house, upload_id=begun.id, at=0, piece=b"x" * 10, by=mine.id)
    assert wrong.value.at == 10
    with pytest.raises(WrongPlace):
        film_uploads.finish(house, upload_id=begun.id, by=mine.id)
    with pytest.raises(Invalid):
        film_uploads.append(house, upload_id=begun.id, at=10, piece=b"x" * 21, by=mine.id)


def test_a_piece_waits_for_the_one_that_is_being_written_and_does_not_mix_with_it(house, make):
    mine = make.curator()
    begun = film_uploads.begin(house, name="a.mp4", size=40, fingerprint="a", by=mine.id)
    film_uploads.append(house, upload_id=begun.id, at=0, piece=b"a" * 10, by=mine.id)
    (part,) = (house.part(Media).folder / film_uploads.FOLDER).glob("*.part")
    told: list[int] = []

    def send_the_same_place() -> None:
        try:
            film_uploads.append(house, upload_id=begun.id, at=10, piece=b"b" * 10, by=mine.id)
        except WrongPlace as wrong:
            told.append(wrong.at)

    other = threading.Thread(target=send_the_same_place)
    with part.open("ab") as writing:
        fcntl.flock(writing, fcntl.LOCK_EX)
        other.start()
        other.join(0.3)
        writing.write(b"c" * 15)
        writing.flush()
    other.join(10)
    assert told == [25]
    assert part.read_bytes() == b"a" * 10 + b"c" * 15


def test_a_film_that_is_too_large_is_refused_before_it_comes(house, make):
    with pytest.raises(Invalid, match="up to 512 MB"):
        film_uploads.begin(house, name="a.mp4", size=512 * 1024 * 1024 + 1, fingerprint="a", by=make.curator().id)


def test_what_nobody_goes_on_with_is_cleared_away_after_two_days(house, make, clock, bring, tmp_path, db):
    curator = make.curator()
    kept = bring(film(tmp_path / "a.mp4"), by=curator.id)
    film_uploads.append(
        house,
        upload_id=film_uploads.begin(house, name="old.mp4", size=9, fingerprint="old", by=curator.id).id,
        at=0,
        piece=b"old",
        by=curator.id,
    )
    clock.move(hours=47)
    film_uploads.sweep(house)
    assert len(left(house)) == 1
    clock.move(hours=2)
    film_uploads.sweep(house)
    assert left(house) == []
    with db.reading() as session:
        assert session.scalar(select(func.count(FilmUpload.id))) == 0
        assert house.part(Media).find(session.get_one(Film, kept.id).file_name)


def test_the_end_asked_for_twice_answers_with_the_same_film(house, make, tmp_path):
    curator, data = make.curator(), film(tmp_path / "a.mp4")
    begun = film_uploads.begin(house, name="a.mp4", size=len(data), fingerprint="a", by=curator.id)
    film_uploads.append(house, upload_id=begun.id, at=0, piece=data, by=curator.id)
    first = film_uploads.finish(house, upload_id=begun.id, by=curator.id)
    assert film_uploads.finish(house, upload_id=begun.id, by=curator.id).id == first.id
    assert film_uploads.begin(house, name="a.mp4", size=len(data), fingerprint="a", by=curator.id).at == len(data)


def test_place_and_device_are_removed(house, make, bring, tmp_path):
    secrets = {"location": "+59.9139+010.7522/", "com.apple.quicktime.make": "Nokia", "title": "Secret plan"}
    data = film(tmp_path / "a.mov", metadata=secrets)
    assert b"+59.9139" in data
    kept = bring(data, by=make.curator().id)
    stays = house.part(Media).find(kept.file_name)[0].read_bytes()
    for word in (b"+59.9139", b"Nokia", b"Secret plan", b"\xa9xyz", b"Lavf"):
        assert word not in stays
    assert stays.index(b"moov") < stays.index(b"mdat"), "the index stands at the end"


def test_a_film_of_a_newer_phone_plays_on_apples_devices_too(tmp_path):
    film(tmp_path / "a.mov", codec="libx265")
    films.prepare(tmp_path / "a.mov", tmp_path / "kept.mp4")
    with av.open(str(tmp_path / "kept.mp4")) as kept:
        assert kept.streams.video[0].codec_context.codec_tag == "hvc1"


def test_a_film_filmed_upright_is_upright(house, make, bring, tmp_path):
    data = bytearray(film(tmp_path / "a.mp4", size=(320, 180), half="white"))
    at = data.index(b"tkhd") + 4 + 40
    one = (1 << 16).to_bytes(4, "big")
    minus = (-(1 << 16) & 0xFFFFFFFF).to_bytes(4, "big")
    none = bytes(4)
    data[at : at + 36] = none + one + none + minus + none * 4 + (1 << 30).to_bytes(4, "big")  # a quarter to the right
    kept = bring(bytes(data), by=make.curator().id)
    assert (kept.width, kept.height) == (180, 320)
    path = house.part(Media).find(kept.file_name)[0]
    with av.open(str(path)) as again:
        assert next(again.decode(video=0)).rotation % 180 == 90, "players would not turn it"
    with Image.open(house.part(Media).find(kept.poster.file_name)[0]) as poster:
        assert poster.size == (180, 320)
        # The left half was white; turned to the right, the top is.
        assert poster.convert("L").getpixel((90, 40)) > 180
        assert poster.convert("L").getpixel((90, 280)) < 80


def test_the_still_shows_something_where_the_beginning_is_black(house, make, bring, tmp_path):
    kept = bring(film(tmp_path / "a.mp4", seconds=4, black_until=1.5), by=make.curator().id)
    with Image.open(house.part(Media).find(kept.poster.file_name)[0]) as poster:
        assert max(poster.convert("L").getextrema()) > 100


def broken(kind: str, folder: Path) -> bytes:
    """A file that is no film that can be used."""
    good = film(folder / "good.mp4", seconds=4)
    if kind == "empty inside":
        return good[:8]
    if kind == "text":
        return b"Dear hub, I am a film." * 100
    if kind == "playlist":
        return b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
    if kind == "without its end":
        return good[: len(good) // 2]
    if kind == "without its last bytes":
        return films_with_index_first(good, folder)[:-10]
    if kind == "cut between two pictures":
        front = films_with_index_first(good, folder)
        with av.open(str(folder / "front.mp4")) as whole:
            packets = [packet for packet in whole.demux(video=0) if packet.size]
        return front[: packets[len(packets) // 2].pos]
    if kind == "other codec":
        return film(folder / "other.mp4", codec="mpeg4")
    if kind == "sound alone":
        return film(folder / "sound.mp4", codec="")
    if kind == "enormous":
        return film(folder / "enormous.mp4", size=(films.LONGEST_SIDE + 2, 32), seconds=0.2)
    data = bytearray(good)
    if kind == "claims to last for years":
        at = data.index(b"stts") + 4 + 8
        data[at + 4 : at + 8] = b"\x7f\xff\xff\xff"
    elif kind == "claims endless samples":
        at = data.index(b"stsz") + 4 + 4
        data[at : at + 8] = b"\x00\x00\x00\x01\x7f\xff\xff\xff"
    return bytes(data)


def films_with_index_first(data: bytes, folder: Path) -> bytes:
    """The same film with its index at the front."""
    (folder / "plain.mp4").write_bytes(data)
    films.prepare(folder / "plain.mp4", folder / "front.mp4")
    return (folder / "front.mp4").read_bytes()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty inside", "damaged"),
        ("text", "no film"),
        ("playlist", "no film"),
        ("without its end", "damaged"),
        ("without its last bytes", "damaged"),
        ("cut between two pictures", "damaged"),
        ("other codec", "Save it as MP4"),
        ("sound alone", "no moving pictures"),
        ("enormous", "in size"),
        ("claims to last for years", "too long|damaged"),
        ("claims endless samples", "damaged"),
    ],
)
def test_a_file_that_is_no_film_is_refused_in_words_and_nothing_of_it_is_kept(
    kind, words, house, make, bring, tmp_path, db
):
    data = broken(kind, tmp_path)
    with pytest.raises(Invalid, match=words) as refused:
        bring(data, by=make.curator().id)
    assert refused.value.field == "film"
    assert [path for path in house.part(Media).folder.rglob("*") if path.is_file()] == []
    with db.reading() as session:
        for table in (Film, FilmUpload, Picture):
            assert session.scalar(select(func.count(table.id))) == 0
