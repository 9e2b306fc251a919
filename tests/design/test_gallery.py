"""Every component, looked at by a real browser: both themes, desk and phone, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.design.gallery import ERRORS, create_gallery
from tests.pages import check_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDTHS = (390, 1280)
THEMES = ("light", "dark")


@pytest.mark.parametrize("path", ["/", "/composer", "/confirm", *(f"/error/{code}" for code in ERRORS)])
def test_every_page_is_sound_html(path: str) -> None:
    answer = create_gallery().test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    check_page(answer.text, nonce=policy.split("'nonce-")[1].split("'")[0])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("path", ["/", "/composer", "/confirm", "/error/404"])
def test_axe_finds_nothing(
    gallery: str, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], width: int, theme: str, path: str
) -> None:
    page = open_page(width=width, theme=theme)
    page.goto(gallery + path)
    assert axe(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_an_open_menu_and_dialog(
    gallery: str, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], theme: str
) -> None:
    page = open_page(width=390, theme=theme)
    page.goto(gallery)
    page.locator("summary", has_text="Your menu").click()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Open as dialog").click()
    page.get_by_role("dialog", name="Delete this draft?").wait_for()
    assert axe(page) == []


@pytest.mark.parametrize("path", ["/", "/composer", "/error/404"])
def test_nothing_pushes_a_narrow_page_sideways(gallery: str, open_page: Callable[..., Page], path: str) -> None:
    page = open_page(width=320)
    page.goto(gallery + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_large_text_does_not_push_a_page_sideways(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page(width=640)
    page.goto(gallery)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_chosen_theme_wins_over_the_system(gallery: str, open_page: Callable[..., Page]) -> None:
    def ground(theme: str, wish: str) -> Any:
        page = open_page(theme=theme)
        page.goto(f"{gallery}/?theme={wish}")
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light, dark = ground("light", "system"), ground("dark", "system")
    assert light != dark
    assert ground("dark", "light") == light
    assert ground("light", "dark") == dark


def test_without_script_menus_open_and_what_needs_script_is_hidden(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(script=False)
    page.goto(gallery)
    page.locator("summary", has_text="Your menu").click()
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert page.get_by_role("button", name="Show", exact=True).is_visible()
    assert not page.get_by_role("button", name="Copy").is_visible()
    assert not page.get_by_role("button", name="Share with another app").is_visible()


def test_a_menu_closes_on_escape_and_gives_the_focus_back(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(gallery)
    page.locator("summary", has_text="Your menu").focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.textContent").strip().startswith("Your menu")


def test_what_destroys_asks_first(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(gallery)
    page.get_by_role("button", name="Delete account").click()
    page.get_by_role("button", name="No, keep it").click()
    assert sent == []
    page.get_by_role("button", name="Delete account").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete account").click()
    page.wait_for_url("**/?flash=1")
    assert sent == [f"{gallery}/delete"]


def test_a_double_click_sends_once(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(f"{gallery}/composer")
    page.evaluate("""() => {
        const form = document.getElementById('share');
        form.requestSubmit();
        form.requestSubmit();
    }""")
    page.wait_for_url("**/?flash=1")
    assert sent.count(f"{gallery}/share") == 1


def test_a_flash_says_what_happened_and_offers_undo(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    page.get_by_role("button", name="Share to 2 networks").click()
    page.wait_for_url("**/?flash=1")
    assert page.locator("#messages").inner_text() == "Saved."
    assert page.locator(".toasts").get_by_role("button", name="Undo").is_visible()


def test_the_composer_counts_for_each_network_and_names_how_many_are_ticked(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    address, family, tracked = (
        "https://www.example.com/a/very/long/address",
        "👩‍👩‍👧",
        "\n\nhttps://go.nordlys.example/r/4kTz9",
    )
    page.get_by_label("Text").fill(f"A link {address} and {family}")
    words = len("A link  and ")
    assert page.locator(".chip-note").all_inner_texts() == [
        f"{3000 - words - len(address) - 8:,}",
        str(500 - words - 23 - 1),
        str(150 - words - len(address) - 1 - len(tracked)),
    ]
    page.get_by_role("checkbox", name="Mastodon").uncheck(force=True)
    assert page.get_by_role("button", name="Share to LinkedIn").is_visible()


def test_a_ready_made_text_gives_way_to_ones_own_words_and_back(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    field = page.get_by_label("Text")
    field.fill("My very own words")
    assert page.get_by_role("radio", name="Own words").is_checked()
    page.get_by_role("radio", name="Short").check(force=True)
    assert field.input_value() == "40,000 homes, one wind farm."
    page.get_by_role("radio", name="Own words").check(force=True)
    assert field.input_value() == "My very own words"


def test_the_preview_follows_the_typing(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    page.get_by_label("Text").fill("Hello <b>there</b>")
    assert page.locator("[data-preview-text]").inner_text() == "Hello <b>there</b>"


def test_the_preview_shows_the_pictures_that_are_ticked_in_their_order(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    page.evaluate(
        """() => {
          const boxes = [1, 2, 3].map((number) => `<label><input type="checkbox" name="chosen" value="${number}"
            ${number < 3 ? "checked" : ""}><img alt="Picture ${number}"></label>`);
          const frame = '<div data-picture="1"><img alt="Picture 1"></div><div data-picture="2"><img alt="Picture 2"></div>';
          document.querySelector("main").insertAdjacentHTML("beforeend", `${boxes.join("")}
            <live-preview pictures="chosen"><div data-pictures data-count="2">${frame}</div></live-preview>`);
        }"""
    )
    shown = "() => [...document.querySelectorAll('[data-pictures] img')].map((one) => one.alt)"
    page.locator("input[name=chosen]").nth(2).check()
    page.locator("input[name=chosen]").nth(0).uncheck()
    assert page.evaluate(shown) == ["Picture 2", "Picture 3"]
    page.locator("input[name=chosen]").nth(0).check()
    assert page.evaluate(shown) == ["Picture 1", "Picture 2", "Picture 3"]
    assert page.locator("[data-pictures]").get_attribute("data-count") == "3"


def test_the_preview_says_how_many_pictures_there_are_beyond_those_of_the_networks_tile(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    page.evaluate(
        """() => {
          const boxes = [1, 2, 3, 4, 5, 6].map((number) => `<label><input type="checkbox" name="chosen" value="${number}"
            checked><img alt="Picture ${number}"></label>`).join("");
          const frames = ["stack", "grid"].map((layout) => `<div class="post-pictures" data-pictures data-layout="${layout}"></div>`);
          document.querySelector("main").insertAdjacentHTML("beforeend",
            `${boxes}<live-preview pictures="chosen">${frames.join("")}</live-preview>`);
        }"""
    )
    said = """() => [...document.querySelectorAll("[data-pictures] > div")]
      .map((one) => getComputedStyle(one, "::after").content).filter((one) => one !== "none")"""
    first = page.locator("input[name=chosen]").nth(0)
    first.uncheck()
    assert page.evaluate(said) == ['"+1"']
    first.check()
    assert page.evaluate(said) == ['"+2"']
    assert page.locator("[data-layout=stack] > div:visible").count() == 4
    for number in (0, 1):
        page.locator("input[name=chosen]").nth(number).uncheck()
    assert page.evaluate(said) == []


def test_a_draft_is_saved_within_two_seconds_and_survives_a_lost_connection(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(f"{gallery}/composer")
    with page.expect_request(f"{gallery}/autosave", timeout=2000):
        page.get_by_label("Text").fill("Saved in time")
    page.get_by_text("Draft saved").wait_for()
    page.context.set_offline(True)
    page.get_by_label("Text").fill("Typed on the train")
    page.get_by_text("Offline. Kept on this device").wait_for()
    with page.expect_request(f"{gallery}/autosave"):
        page.context.set_offline(False)


def test_what_the_server_never_got_is_back_after_a_reload(gallery: str, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.route("**/autosave", lambda route: route.fulfill(status=503))
    page.goto(f"{gallery}/composer")
    page.get_by_label("Text").fill("Typed while the server slept")
    page.get_by_role("checkbox", name="Bluesky").check(force=True)
    page.get_by_text("Kept on this device").wait_for()
    page.reload()
    assert page.get_by_label("Text").input_value() == "Typed while the server slept"
    assert page.get_by_role("checkbox", name="Bluesky").is_checked()
