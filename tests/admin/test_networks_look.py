"""The networks page in a browser: everything open, readable by everybody, and nothing scrolls sideways."""

from __future__ import annotations

import pytest

from advocacy.sharing import own_networks
from tests.admin.test_networks import bluesky, house  # noqa: F401 - its networks are the ones to look at


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(390, "light", "nb"), (1280, "light", "en"), (390, "dark", "en"), (1280, "dark", "nb")],
)
def test_the_page_is_readable_at_every_width_theme_and_language(site, make, db, clock, axe, width, theme, language):
    admin = make.admin(locale=language, theme=theme)
    template = "https://intranet.example.com/share?link={url}&text={text}&headline={title}"
    with db.transaction() as session:
        own_networks.add(session, clock, label="Intranet", template=template, by=admin.id)
    page = site.visit(admin, width=width, theme=theme)
    page.goto("/admin/networks")
    page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
