"""The calendar in a real browser: moved by drag, by keyboard, and read by everybody."""

from datetime import UTC, datetime, timedelta

import pytest

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NINE = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


@pytest.fixture
def planned(sharing, make, ada):
    account = sharing.connect(ada, "plain")
    titles = ("How we cut steel by a fifth and kept every one of the towers standing", "Meet us in Bergen")
    shares = [sharing.share(ada, make.item(title=title), account, due_at=NINE)[0] for title in titles]
    make.share(ada, due_at=datetime(2026, 3, 5, 9, tzinfo=UTC))
    return shares


def wait_until(page, sharing, share, due):
    for _ in range(100):
        if sharing.now(share).due_at == due:
            return
        page.wait_for_timeout(50)
    assert sharing.now(share).due_at == due


@ONE_DATABASE
def test_a_share_is_dragged_to_another_day(site, sharing, planned, ada):
    page = site.visit(ada)
    # High enough for the whole month: a page that scrolls under the pointer drops nothing.
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto("/my-shares/calendar?day=2026-03-11")
    entry = page.locator(f'[data-share="{planned[0].id}"]')
    entry.drag_to(page.locator('[data-drop="2026-03-19"]'))
    wait_until(page, sharing, planned[0], NINE + timedelta(days=8))
    page.locator('[data-drop="2026-03-19"]').get_by_text("How we cut steel").wait_for()
    page.get_by_text("Moved to Thursday 19. March, 09:00.").wait_for()


@ONE_DATABASE
def test_a_share_is_moved_by_the_keyboard_and_keeps_the_focus(site, sharing, planned, ada):
    page = site.visit(ada)
    page.goto("/my-shares/calendar?day=2026-03-11")
    entry = page.locator(f'[data-share="{planned[1].id}"]')
    entry.focus()
    for keys, days in (("Shift+ArrowRight", 1), ("Shift+ArrowDown", 8), ("Shift+ArrowLeft", 7)):
        page.keyboard.press(keys)
        wait_until(page, sharing, planned[1], NINE + timedelta(days=days))
        page.wait_for_function(f"document.activeElement?.dataset.share === '{planned[1].id}'")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")  # while the move before is under way
    wait_until(page, sharing, planned[1], NINE + timedelta(days=10))
    page.goto("/my-shares/calendar?view=week&day=2026-03-21")
    page.locator(f'[data-share="{planned[1].id}"]').focus()
    page.keyboard.press("Shift+ArrowDown")
    wait_until(page, sharing, planned[1], NINE + timedelta(days=10, hours=1))
    page.goto("/my-shares/calendar?view=list&day=2026-03-11")
    page.locator(f'[data-share="{planned[1].id}"]').focus()
    page.keyboard.press("Shift+ArrowRight")
    wait_until(page, sharing, planned[1], NINE + timedelta(days=11, hours=1))
    page.wait_for_function(f"document.activeElement?.dataset.share === '{planned[1].id}'")


@ONE_DATABASE
def test_a_move_that_is_refused_says_why_and_leaves_it(site, sharing, planned, ada):
    page = site.visit(ada)
    page.goto("/my-shares/calendar?day=2026-03-11")
    page.locator(f'[data-share="{planned[0].id}"]').drag_to(page.locator('[data-drop="2026-02-24"]'))
    page.get_by_text("Not moved: This time has passed.").wait_for()
    assert sharing.now(planned[0]).due_at == NINE


@ONE_DATABASE
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_everybody_can_read_it(site, planned, ada, axe, width, theme):
    page = site.visit(ada, width=width, theme=theme)
    for view in ("month", "week", "list"):
        page.goto(f"/my-shares/calendar?view={view}&day=2026-03-05")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
