"""The pages about networks in a browser: everything open, readable by everybody, and nothing scrolls sideways."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advocacy.sharing import channels, own_networks

SLACK = "https://hooks.slack.com/services/T0ADA/B0MARKETING/aBcDeFgHiJkLmNoPqRsTuVwX"
PAGES = ("/admin/networks", "/admin/networks/channels", "/connections", "/connections/channels/teams/new")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_full", [True, False], ids=["full", "empty"])
@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [(390, "light", "nb"), (1280, "light", "en"), (390, "dark", "en"), (1280, "dark", "nb")],
)
def test_the_pages_are_readable_at_every_width_theme_and_language(
    site,
    make,
    house,
    db,
    clock,
    axe,
    width,
    theme,
    language,
    is_full,
):
    admin = make.admin(locale=language, theme=theme)
    if is_full:
        _fill(house, db, clock, admin)
    page = site.visit(admin, width=width, theme=theme)
    for path in PAGES:
        page.goto(path)
        page.eval_on_selector_all("main details", "all => all.forEach(one => { one.open = true })")
        if os.environ.get("PICTURES"):
            name = f"{path.strip('/').replace('/', '_')}-{width}-{theme}-{language}-{'full' if is_full else 'empty'}"
            page.screenshot(path=Path(os.environ["PICTURES"]) / f"{name}.png", full_page=True)
        assert axe(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def _fill(house, db, clock, admin):
    template = "https://intranet.example.com/share?link={url}&text={text}&headline={title}"
    made = channels.connect(house, user_id=admin.id, network="slack", address=SLACK, name="#marketing-nordics")
    with db.transaction() as session:
        own_networks.add(session, clock, label="Intranet", template=template, by=admin.id)
        channels.open_to(session, clock, connection_id=made.id, team_id=None, by=admin.id)
