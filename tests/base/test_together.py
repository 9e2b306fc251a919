"""What several threads hand in at once is done with one go; what fails takes no other along."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from advocacy.base.together import Together


class Counter:
    """Doubles numbers, several at a time, and refuses a batch with an odd one; remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.goes_on = threading.Event()
        self.has_begun = threading.Event()

    def double(self, pieces):
        self.batches.append(list(pieces))
        self.has_begun.set()
        self.goes_on.wait(5)
        if any(piece % 2 for piece in pieces):
            raise ValueError("odd")
        return [2 * piece for piece in pieces]


def all_at_once(counter: Counter, numbers: list[int]):
    """One thread begins, and the others come while it is at it."""
    together: Together[int, int] = Together()
    with ThreadPoolExecutor(len(numbers) + 1) as pool:
        first = pool.submit(together.run, 100, counter.double)
        assert counter.has_begun.wait(5)
        others = [pool.submit(together.run, number, counter.double) for number in numbers]
        while len(together._waiting) < len(numbers):
            pass
        counter.goes_on.set()
        assert first.result(5) == 200
        return [(other.exception(5), other.result(5) if other.exception(5) is None else None) for other in others]


def test_who_waits_is_taken_along_and_each_gets_their_own_result():
    counter = Counter()
    assert all_at_once(counter, [2, 4, 6]) == [(None, 4), (None, 8), (None, 12)]
    assert [sorted(batch) for batch in counter.batches] == [[100], [2, 4, 6]]


def test_a_piece_that_fails_takes_no_other_along():
    counter = Counter()
    (ok, eight), (odd, nothing), (also_ok, twelve) = all_at_once(counter, [4, 5, 6])
    assert (ok, eight, also_ok, twelve, nothing) == (None, 8, None, 12, None)
    assert isinstance(odd, ValueError)
    assert [len(batch) for batch in counter.batches] == [1, 3, 1, 1, 1]


def test_one_alone_is_told_what_failed():
    counter = Counter()
    counter.goes_on.set()
    with pytest.raises(ValueError, match="odd"):
        Together[int, int]().run(3, counter.double)
