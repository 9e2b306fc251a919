"""Where the real parts are that `tools/provision` installs, and what follows when one is missing."""

import functools
import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TOOLS = PROJECT / ".tools"
SHARED = PROJECT.parent / "shared"


def do_without(part: str) -> NoReturn:
    """End the test that needs a missing part: a failure where `CI=true`, a skip that says so elsewhere."""
    message = f"{part} is not installed: run tools/provision"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def installed(part: str, *places: Path | str) -> Path:
    """The first of these programs or files that exists; without one the test ends (see `do_without`).

    Args:
        part: how to name it to a person.
        places: paths, or names of programs to be found on the PATH.
    """
    for place in places:
        found = shutil.which(place) if isinstance(place, str) else place
        if found and Path(found).exists():
            return Path(found)
    do_without(part)


def shared(name: str) -> Path:
    """A file or folder of `../shared`: captured data, not ours to ship. Without it the test is skipped."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"../shared/{name} is not there; a clone of the project alone cannot run this test")
    return path


@functools.cache
def postgres_program(name: str) -> Path:
    """A program of the newest PostgreSQL server installed (Debian keeps them away from the PATH)."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return installed("PostgreSQL's server", *(folder / name for folder in reversed(folders)), name)


def node() -> Path:
    """Node 22, which the npm peers need."""
    return installed("Node 22", TOOLS / "node/bin/node")


def npm_package(name: str) -> Path:
    """The folder of one npm peer."""
    return installed(f"npm's {name}", TOOLS / "peers/node_modules" / name)
