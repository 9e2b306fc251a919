"""X's reference implementation of how it counts (npm twitter-text), in one process that is asked again and again."""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from .installed import TOOLS, node, npm_package
from .processes import dying_with_us


@dataclass(frozen=True)
class Said:
    """What it says of a text: how much it weighs, and which addresses are in it."""

    weight: int
    addresses: tuple[str, ...]


@pytest.fixture(scope="session")
def twitter_text() -> Iterator[Callable[[Sequence[str]], list[Said]]]:
    """`twitter_text(texts)` gives what X's own rules say of each."""
    npm_package("twitter-text")
    script = Path(__file__).with_name("twitter_text.mjs")
    command = dying_with_us([node(), script, TOOLS / "peers"], user=None, last_signal="KILL")
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        asked, answers = process.stdin, process.stdout
        assert asked is not None
        assert answers is not None

        def ask(texts: Sequence[str]) -> list[Said]:
            asked.write(json.dumps(list(texts)) + "\n")
            asked.flush()
            said = json.loads(answers.readline())
            return [Said(one["weight"], tuple(one["addresses"])) for one in said]

        yield ask
        asked.close()
