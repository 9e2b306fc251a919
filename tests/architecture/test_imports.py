"""The import rules hold, late imports and type-checking imports counted, and there is no import circle."""

import ast
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_the_import_rules_hold():
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """Who imports whom, read from the source: late and type-checking imports are there too."""
    return grimp.build_graph("advocacy", "connectors", include_external_packages=True, cache_dir=None)


def modules_of(graph: grimp.ImportGraph) -> list[str]:
    return sorted(name for name in graph.modules if name.startswith(("advocacy", "connectors")))


def test_there_is_no_import_circle(graph):
    finished: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"a circle: {' > '.join([*trail[trail.index(name) :], name])}"
        if name in finished:
            return
        for imported in sorted(graph.find_modules_directly_imported_by(name)):
            if imported.startswith(("advocacy", "connectors")):
                walk(imported, (*trail, name))
        finished.add(name)

    for name in modules_of(graph):
        walk(name, ())


def test_views_leave_tables_and_networks_to_services(graph):
    for name in modules_of(graph):
        if ".views" in name:
            for imported in graph.find_modules_directly_imported_by(name):
                forbidden = (
                    imported == "sqlalchemy"
                    or imported.startswith("connectors")
                    or "models" in imported.split(".")[-1]
                )
                assert not forbidden, f"{name} imports {imported}; a service should stand between"


def test_services_and_models_know_no_web(graph):
    for name in modules_of(graph):
        if ".views" in name or name.startswith("advocacy.web") or name in ("advocacy.app", "advocacy.cli"):
            continue
        for imported in graph.find_modules_directly_imported_by(name):
            assert not imported.startswith(("flask", "werkzeug", "wtforms", "advocacy.web")), (
                f"{name} imports {imported}"
            )


def test_one_file_each_knows_the_network_library_the_scheduler_and_the_queue(graph):
    owners = {
        "requests": {"connectors._http", "advocacy.base.fetch"},
        "apscheduler": {"advocacy.jobs"},
        "celery": {"advocacy.tasks"},
    }
    for library, allowed in owners.items():
        if library in graph.modules:
            users = {
                name
                for name in graph.find_modules_that_directly_import(library)
                if name.startswith(("advocacy", "connectors"))
            }
            assert users <= allowed, f"{library} is used by {users - allowed}"


def test_packages_hand_nothing_on(graph):
    for file in [*ROOT.glob("advocacy/**/__init__.py")]:
        body = ast.parse(file.read_text()).body
        assert all(isinstance(node, ast.Expr) for node in body), f"{file} holds more than its docstring"
