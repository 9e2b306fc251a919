"""Doing at once what several threads want done at the same time: one transaction, and one flush of the disk, for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Piece = TypeVar("Piece")
Result = TypeVar("Result")


@dataclass(eq=False)
class _Entry(Generic[Piece, Result]):
    piece: Piece
    results: list[Result] = field(default_factory=list)
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        return bool(self.results) or self.error is not None


class Together(Generic[Piece, Result]):
    """A counter at which threads hand in pieces: whoever comes to their turn takes along all that wait.

    A thread alone is served as if this were not there; the more come at once, the less each costs.

    Args:
        most: how many pieces are taken along at most, 1 or more.
    """

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._waiting: list[_Entry[Piece, Result]] = []
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def run(self, piece: Piece, do: Callable[[Sequence[Piece]], Sequence[Result]]) -> Result:
        """Hands in a piece and waits until it is done.

        Args:
            piece: what is to be done.
            do: does several pieces, all or none, and gives a result for each in their order. Every thread hands in
                one that does the same.

        Raises:
            Exception: whatever `do` raised for this piece alone. One piece that fails does not take others along.
        """
        entry: _Entry[Piece, Result] = _Entry(piece)
        with self._lock:
            self._waiting.append(entry)
        while not entry.is_done:
            with self._turn:
                if not entry.is_done:
                    with self._lock:
                        taken, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                    _serve(taken, do)
        if entry.error is not None:
            raise entry.error
        return entry.results[0]


def _serve(entries: list[_Entry[Piece, Result]], do: Callable[[Sequence[Piece]], Sequence[Result]]) -> None:
    try:
        results = do([entry.piece for entry in entries])
    except BaseException as error:
        if len(entries) == 1 or not isinstance(error, Exception):
            for entry in entries:
                entry.error = error
            return
        for entry in entries:  # nothing was done; find out whose piece it was
            _serve([entry], do)
        return
    for entry, result in zip(entries, results, strict=True):
        entry.results.append(result)
