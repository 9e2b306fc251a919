"""The page about networks says what the connectors say, and has a row for each."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from connectors import Connector, Kind, Registry

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/networks.md").read_text()
TRIED = PAGE.split("## What works", 1)[1].split("## Channels", 1)[0]


def known() -> list[Connector]:
    return [*Registry(), *Registry().asleep()]


def test_the_generated_part_is_what_the_connectors_say() -> None:
    run = subprocess.run([sys.executable, ROOT / "tools/networks", "--check"], capture_output=True, text=True)
    assert run.returncode == 0, f"run tools/networks\n{run.stderr}"
    for connector in known():
        assert f"`{connector.name}`" in PAGE.split("## What works", 1)[0]


@pytest.mark.parametrize("name", sorted(one.name for one in known() if one.kind is Kind.API))
def test_every_network_we_publish_to_says_what_it_was_tried_against_and_when(name: str) -> None:
    [row] = [line for line in TRIED.splitlines() if line.startswith(f"| `{name}` |")]
    _, _, works, forbids, tried, when, _ = (cell.strip() for cell in row.split("|"))
    assert works
    assert forbids
    assert set(re.findall(r"\b(real|certified|mock|fake)\b", tried))
    assert re.fullmatch(r"20\d\d-\d\d", when)


@pytest.mark.parametrize("one", [one for one in known() if one.kind is Kind.API], ids=lambda one: one.name)
def test_every_network_that_sleeps_tells_its_administrator_what_to_do(one: Connector) -> None:
    if one.reads:
        assert one.set_up.steps
        assert one.set_up.console.startswith("https://")
        assert one.set_up.wants_redirect
        assert one.set_up.scopes
        assert one.set_up.costs
