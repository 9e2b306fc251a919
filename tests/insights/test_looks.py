"""Pages of figures are sound in a real browser: both widths, both themes, both languages, empty and full."""

import os
from pathlib import Path

import pytest

from advocacy.base.text import Text
from advocacy.insights import saved_views
from advocacy.insights.file_models import FigureFile, FileState
from tests.insights.test_pages import PAGES

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LOOKS = [(390, "dark", "nb"), (1280, "light", "en")]
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of every page that is looked at."""


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_every_page_is_sound_with_figures(site, axe, make, db, clock, company, width, theme, language):
    leader = make.leader(theme=theme, locale=language)
    files_of_every_state(db, clock, leader)
    owners = (leader, make.curator())
    with db.transaction() as session:
        for owner in owners:
            saved_views.keep(
                session, clock, by=owner.id, name="Spring", page="posts", given={"network": "x"}, is_shared=True
            )
    page = site.visit(leader, width=width, theme=theme)
    item = company.items[0]
    problems = {}
    for path in (
        *PAGES,
        f"/insights/items/{item}",
        "/insights?period=custom",
        "/insights/long-files?table=posts&form=xlsx",
        "/insights/cohorts",
        "/insights/views?removed=1",
        "/insights/views/new?page=posts&network=mastodon",
        f"/insights/teams?team={company.teams['Sales']}",
    ):
        page.goto(path)
        problems[path] = axe(page)
        if PICTURES:
            name = path.strip("/").replace("/", "-").replace("?", "-").replace("&", "-").replace("=", "-")
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}-{language}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} scrolls sideways"
    assert {path: found for path, found in problems.items() if found} == {}


def files_of_every_state(db, clock, leader):
    """What a leader may find on the page of long files."""
    with db.transaction() as session:
        for state in FileState:
            session.add(
                FigureFile(
                    asked_by=leader.id,
                    asked_at=clock.now(),
                    name="clicks",
                    form="xlsx",
                    choices={"first": "2026-01-01", "last": "2026-03-31", "network": "mastodon", "which": "human"},
                    locale="en",
                    state=state,
                    rows=48_312,
                    done=20_000,
                    reason=Text("It could not be written to the disk: {problem}.", problem="No space left").to_json(),
                    size=1_234_567,
                )
            )


def test_every_page_is_sound_without_figures(site, axe, make):
    page = site.visit(make.leader(), width=390)
    item = make.item("Wind farm", captions=["Words"])
    for path in (
        *PAGES,
        f"/insights/items/{item.id}",
        "/insights/long-files",
        "/insights/cohorts",
        "/insights/views",
    ):
        page.goto(path)
        assert axe(page) == [], path


def test_the_summary_fits_on_paper(site, make, company):
    page = site.visit(make.leader(), width=1280)
    page.goto("/insights/summary")
    page.emulate_media(media="print")
    assert page.locator("h1").is_visible()
    for hidden in ("header", "form[role=search]", "footer"):
        assert not page.locator(hidden).first.is_visible(), hidden
    if PICTURES:
        page.set_viewport_size({"width": 794, "height": 1123})
        page.screenshot(path=Path(PICTURES) / "summary-printed.png", full_page=True)
