"""Keeps heavy peers single when the tests run in several processes (`pytest -n 2 --dist loadgroup`)."""

import pytest

# A fixture whose start is dear: every test that asks for it goes to the same process.
SINGLE = ("bluesky_network",)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that share a heavy peer into one group."""
    for item in items:
        for name in SINGLE:
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(pytest.mark.xdist_group(name))
