"""How well the alignment check finds facts that differ: precision and recall on pairs that no rule was made for."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advocacy.library.alignment import contradictions, facts
from benchmarks.results import say

PAIRS = Path(__file__).parent / "pairs"
HELD_OUT, HELD_OUT_LONG = PAIRS / "held_out.json", PAIRS / "held_out_long.json"
TUNING = PAIRS / "tuning.json"


@dataclass(frozen=True)
class Measured:
    """How a check did.

    Args:
        pairs: how many were judged.
        right: findings that were expected and found.
        wrong: findings that nobody expected.
        missed: expected and not found.
        misses: (pair, what, which) of every wrong and missed one, for tuning only.
        seconds: that the whole of it took.
    """

    pairs: int
    right: int
    wrong: int
    missed: int
    misses: Sequence[tuple[str, str, str]]
    seconds: float

    @property
    def precision(self) -> float:
        """How much of what was found is so."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """How much of what is so was found."""
        return self.right / (self.right + self.missed)


def read(path: Path) -> list[Mapping[str, Any]]:
    """The labelled pairs of a file."""
    pairs: list[Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return pairs


def measure(pairs: Sequence[Mapping[str, Any]]) -> Measured:
    """Runs the check over pairs. A finding is right when its kind is, and both of its quotes touch the labelled ones."""
    count: Counter[str] = Counter()
    misses = []
    began = time.perf_counter()
    for pair in pairs:
        brief, caption = facts.of_text(pair["brief"]), facts.of_text(pair["caption"], language=pair["language"])
        found = [
            (kind.value, ours.quote, theirs.quote) for kind, ours, theirs in contradictions.between(brief, caption)
        ]
        for one in pair["expected"]:
            hit = next((seen for seen in found if _fits(one, seen)), None)
            count["right" if hit else "missed"] += 1
            if hit:
                found.remove(hit)
            else:
                misses.append((pair["id"], "missed", f"{one['kind']}: {one['brief']} | {one['caption']}"))
        count["wrong"] += len(found)
        misses += [(pair["id"], "wrong", f"{kind}: {ours} | {theirs}") for kind, ours, theirs in found]
    seconds = time.perf_counter() - began
    return Measured(len(pairs), count["right"], count["wrong"], count["missed"], misses, seconds)


def _fits(expected: Mapping[str, str], found: tuple[str, str, str]) -> bool:
    kind, ours, theirs = found
    return kind == expected["kind"] and _touch(ours, expected["brief"]) and _touch(theirs, expected["caption"])


def _touch(one: str, other: str) -> bool:
    return one.casefold() in other.casefold() or other.casefold() in one.casefold()


def main() -> None:
    """Print what was measured."""
    print("Alignment of brief and ready-made posts: facts that differ, on labelled pairs.\n")
    for name, path in (("held out", HELD_OUT), ("held out, long texts", HELD_OUT_LONG), ("tuned on", TUNING)):
        got = measure(read(path))
        each = 1000 * got.seconds / got.pairs
        print(
            f"  {name:<21} {got.pairs:3} pairs   precision {got.precision:.2f} ({got.right} of {got.right + got.wrong})   "
            f"recall {got.recall:.2f} ({got.right} of {got.right + got.missed})   {each:.1f} ms a pair"
        )
        measured = f"precision {got.precision:.2f}, recall {got.recall:.2f}"
        say(f"alignment, {got.pairs} pairs {name}", measured, "printed", is_met=True)


if __name__ == "__main__":
    main()
