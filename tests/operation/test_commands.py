"""The commands a newcomer meets first say what they do, and what is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
MAKE = (PROJECT / "Makefile").read_text()


def test_make_alone_lists_every_target_with_what_it_does():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    listed = subprocess.run(["make"], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True).stdout
    targets = re.search(r"^\.PHONY: (.*)$", MAKE, re.MULTILINE)[1].split()
    assert {"run", "test", "check", "bench", "css", "help", "clean"} <= set(targets)
    for target in targets:
        assert re.search(rf"^  make {target} +\S.{{10,}}$", listed, re.MULTILINE), f"{target} is not explained"


@pytest.fixture
def machine(tmp_path):
    """A machine with nothing but a shell; `machine(script)` runs tools/environment with this as its python3."""
    for name in ("sh", "cat", "cksum", "dirname"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    (tmp_path / "project/tools").mkdir(parents=True)
    shutil.copy(PROJECT / "tools/environment", tmp_path / "project/tools")
    for name in ("requirements.txt", "constraints.txt"):
        shutil.copy(PROJECT / name, tmp_path / "project")

    def run(python: str | None) -> subprocess.CompletedProcess[str]:
        if python is not None:
            program = tmp_path / "bin/python3"
            program.write_text(f"#!/bin/sh\n{python}\n")
            program.chmod(0o755)
        command = [tmp_path / "project/tools/environment"]
        return subprocess.run(command, env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True)

    return run


def test_too_old_a_python_is_told_of_with_what_to_install(machine):
    answer = machine('[ "$1" = --version ] && echo "Python 3.9.2" || exit 1')
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer, and found Python 3.9.2" in answer.stderr
    assert "apt-get install" in answer.stderr


def test_no_python_at_all_is_told_of_too(machine):
    answer = machine(None)
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer" in answer.stderr


def test_a_missing_venv_package_is_named(machine):
    answer = machine('case "$*" in *ensurepip*) exit 1;; --version) echo "Python 3.11.2";; esac')
    assert answer.returncode == 1
    assert "apt-get install python3-venv" in answer.stderr


def test_no_committed_file_says_where_packages_are_fetched_from():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True)
    names = [name for name in listed.stdout.split("\0") if name]
    locks = [name for name in names if name.endswith("package-lock.json")]
    assert locks
    for name in locks:
        assert '"resolved"' not in (PROJECT / name).read_text(), f"{name} names a registry"
    settings = [
        name
        for name in names
        if Path(name).name in (".npmrc", "pip.conf", "constraints.txt") or "requirements" in name
    ]
    for name in settings:
        assert not re.search(r"index-url|find-links|registry *=|https?://", (PROJECT / name).read_text()), name


def test_everything_that_requirements_bring_along_is_pinned_as_it_is_installed():
    listed = subprocess.run(
        [sys.executable, PROJECT / "tools/constraints", "--check"], cwd=PROJECT, capture_output=True, text=True
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
