"""The gallery, served to a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.design.gallery import create_gallery
from tests.site import served


@pytest.fixture(scope="session")
def gallery() -> Iterator[str]:
    """The address of the gallery."""
    with served(create_gallery()) as url:
        yield url
