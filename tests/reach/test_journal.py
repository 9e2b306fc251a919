"""The click journal: every line proves itself, and what is torn, foreign or under way never becomes a click."""

import multiprocessing
import os
import signal
import time
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advocacy.reach import journal, segments, visits
from advocacy.reach.journal import Journal, Line, Lost, Unreadable, clean, decode, encode, encode_note

HEADER = st.text(st.characters(max_codepoint=255), max_size=500)
LINES = st.builds(
    Line,
    at_ms=st.integers(1, journal.LATEST_MS - 1),
    link_id=st.integers(1, 2**31 - 1),
    method=st.sampled_from(["GET", "HEAD"]),
    visitor=st.text("0123456789abcdef", min_size=24, max_size=24),
    source=st.text("0123456789abcdef", min_size=16, max_size=16),
    facts=st.text("dalsn", max_size=5),
    purpose=HEADER.map(lambda header: clean(header, journal.PURPOSE)),
    referrer_host=HEADER.map(lambda header: clean(header, journal.REFERRER)),
    agent=HEADER.map(lambda header: clean(header, journal.AGENT)),
    click_id=st.sampled_from(["", "Ab-_" * 4]),
    country=st.sampled_from(["", "NO"]),
)


def as_read(text: str) -> str:
    """WSGI gives bytes as characters; what is read back is those bytes as UTF-8."""
    return text.encode("latin-1").decode("utf-8", "replace")


def a_line(number: int = 1, agent: str = "Mozilla/5.0") -> Line:
    return Line(1_700_000_000_000 + number, number, "GET", "a" * 24, "b" * 16, "", "", "", agent)


@given(LINES)
def test_what_is_written_is_read_back(line):
    written = encode(line)
    assert written.endswith(b"\n")
    assert written.count(b"\n") == 1
    read = decode(written[:-1])
    assert read == line._replace(
        purpose=as_read(line.purpose), referrer_host=as_read(line.referrer_host), agent=as_read(line.agent)
    )


@given(LINES, st.data())
def test_a_line_cut_or_changed_anywhere_is_refused(line, data):
    whole = encode(line)[:-1]
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(Unreadable):
        decode(whole[:cut])
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != whole[place]))
    with pytest.raises(Unreadable):
        decode(whole[:place] + bytes([other]) + whole[place + 1 :])


@given(st.binary(max_size=300))
def test_rubbish_is_refused_and_never_breaks_the_reader(raw):
    with pytest.raises(Unreadable):
        decode(raw)


@given(st.lists(st.one_of(LINES.map(encode), st.binary(max_size=60).map(lambda b: b.replace(b"\n", b"") + b"\n"))))
def test_good_lines_are_found_between_bad_ones_each_at_its_place(tmp_path_factory, written):
    path = tmp_path_factory.mktemp("journal") / "a.log"
    path.write_bytes(b"".join(written))
    batch = segments.read(path, start=0, is_finished=False)
    assert batch.end == path.stat().st_size
    assert len(batch.visits) + len(batch.unreadable) == len(written)
    for visit in batch.visits:
        with path.open("rb") as file:
            file.seek(visit.offset)
            assert plain(visits.of(visit.offset, decode(file.readline()[:-1]))) == plain(visit)


def plain(visit):
    return visit._replace(said=astuple(visit.said))


@given(LINES, st.integers(0, 2**32 - 1))
def test_a_line_read_quickly_says_what_it_says_read_closely(line, offset):
    raw = encode(line)[:-1]
    assert plain(visits.quickly(offset, raw)) == plain(visits.of(offset, decode(raw)))


@given(LINES.map(lambda line: line._replace(visitor="no hash", source="")), st.integers(0, 10**6))
def test_a_line_of_an_unusual_form_is_left_to_the_close_reader(line, offset):
    raw = encode(line)[:-1]
    assert visits.quickly(offset, raw) is None
    visit = visits.of(offset, decode(raw))
    assert (visit.at_ms, visit.link_id) == (line.at_ms, line.link_id)
    assert -(2**63) <= visit.visitor < 2**63


def test_a_last_line_under_way_is_left_for_later_and_a_torn_one_is_told(tmp_path):
    path = tmp_path / "a.log"
    whole = encode(a_line())
    path.write_bytes(whole + whole[:30])
    under_way = segments.read(path, start=0, is_finished=False)
    assert (len(under_way.visits), under_way.end, under_way.unreadable) == (1, len(whole), ())
    torn = segments.read(path, start=0, is_finished=True)
    assert (len(torn.visits), torn.end, torn.unreadable) == (1, len(whole) + 30, (len(whole),))


def test_a_long_segment_is_read_in_parts_without_losing_a_line(tmp_path):
    path = tmp_path / "a.log"
    path.write_bytes(b"".join(encode(a_line(number)) for number in range(1, 1001)))
    start, found = 0, []
    while True:
        batch = segments.read(path, start=start, is_finished=True, most=4096)
        if batch.end == start:
            break
        start = batch.end
        found += [visit.link_id for visit in batch.visits]
        assert batch.unreadable == () or start == path.stat().st_size
    assert found == list(range(1, 1001))


def _write(folder: Path, writer: int, count: int) -> None:
    writing = Journal(folder, segment_bytes=50_000)
    for number in range(count):
        assert writing.append(a_line(writer * 100_000 + number + 1, agent="x" * (number % 400)))


def _all_lines(folder: Path) -> list[Line | Lost]:
    return [decode(raw) for path in folder.glob("*.log") for raw in path.read_bytes().split(b"\n")[:-1]]


def test_many_processes_write_at_once_and_no_line_is_torn_or_lost(tmp_path):
    processes = [multiprocessing.Process(target=_write, args=(tmp_path, writer, 3000)) for writer in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    ids = [line.link_id for line in _all_lines(tmp_path)]
    assert len(ids) == len(set(ids)) == 12_000


def _write_until_killed(folder: Path, told: Path) -> None:
    writing = Journal(folder)
    with told.open("ab", buffering=0) as answered:
        for number in range(1, 10_000_000):
            assert writing.append(a_line(number))
            answered.write(b"%d\n" % number)  # stands for the 302 that the visitor got


def test_what_was_answered_before_a_kill_stands_in_the_journal(tmp_path):
    told = tmp_path / "told"
    process = multiprocessing.Process(target=_write_until_killed, args=(tmp_path, told))
    process.start()
    while not told.exists() or told.stat().st_size < 5000:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    answered = [int(line) for line in told.read_bytes().split(b"\n")[:-1]]
    written = {line.link_id for line in _all_lines(tmp_path)}
    assert set(answered) <= written
    (path,) = tmp_path.glob("*.log")
    with segments.finished(path) as is_finished:
        assert is_finished, "the killed writer still holds its segment"


def test_a_segment_is_closed_by_size_and_by_age_and_is_only_then_finished(tmp_path):
    writing = Journal(tmp_path, segment_bytes=200)
    for number in range(1, 11):
        writing.append(a_line(number))
    done = []
    for path in tmp_path.glob("*.log"):
        with segments.finished(path) as is_finished:
            done.append(is_finished)
    assert done.count(False) == 1
    assert done.count(True) >= 2
    old = Journal(tmp_path / "old", segment_seconds=0)
    old.append(a_line())
    old.append(a_line())
    assert len(list((tmp_path / "old").glob("*.log"))) == 2


def test_a_fork_writes_to_a_segment_of_its_own(tmp_path):
    writing = Journal(tmp_path)
    writing.append(a_line(1))
    child = os.fork()
    if child == 0:
        writing.append(a_line(2))
        os._exit(0)
    os.waitpid(child, 0)
    writing.append(a_line(3))
    found = sorted(
        [visit.link_id for visit in segments.read(p, start=0, is_finished=True).visits]
        for p in tmp_path.glob("*.log")
    )
    assert found == [[1, 3], [2]]


def test_a_disk_that_takes_half_a_line_costs_that_line_and_no_other(tmp_path, monkeypatch):
    writing = Journal(tmp_path)
    writing.append(a_line(1))
    real = os.write
    monkeypatch.setattr(journal.os, "write", lambda file, data: real(file, data[:20]))
    assert writing.append(a_line(2)) is False
    monkeypatch.setattr(journal.os, "write", real)
    assert writing.append(a_line(3)) is True
    assert writing.lost == 0
    (path,) = tmp_path.glob("*.log")
    batch = segments.read(path, start=0, is_finished=True)
    assert [visit.link_id for visit in batch.visits] == [1, 3]
    assert batch.lost == 1
    assert len(batch.unreadable) == 1


def test_a_folder_that_cannot_be_made_is_told_and_does_not_stop_anything(tmp_path):
    (tmp_path / "clicks").write_text("a file where the folder should be")
    writing = Journal(tmp_path / "clicks")
    assert [writing.append(a_line()) for _ in range(3)] == [False, False, False]
    assert writing.lost == 3
    (tmp_path / "clicks").unlink()
    assert writing.append(a_line())
    (path,) = (tmp_path / "clicks").glob("*.log")
    assert segments.read(path, start=0, is_finished=True).lost == 3


def test_the_writers_note_survives_its_checksum():
    assert decode(encode_note(Lost(5, 7))[:-1]) == Lost(5, 7)
