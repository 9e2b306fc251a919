"""The count under a text in the browser is the count that the connectors make before they send."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors._text import length, wording
from connectors._values import Limits, Unit

if TYPE_CHECKING:
    from playwright.sync_api import Page

LINK = "https://go.example.com/r/4kTz9"
TEXTS = (
    "",
    "Plain words.",
    "Sørlige Vind: blåbærsyltetøy på Ålesund",
    "line one\nline two\n\n",
    "👩‍👩‍👧 and 🇳🇴 and 👍🏽 and ❤️ and 1️⃣ and ©",
    "e\u0301 is é, n\u0303 is ñ, \u1100\u1161\u11a8 is 각",
    "日本語のテキスト、한국어",
    "zero\u200bwidth\u200djoiner and “quotes” … — dash",
    "See https://www.example.org/a/very/long/path?with=a&query=too#end, then go.",
    "https://nordlys.no/nyheter/sørlige-vind (and https://example.com)",
    "nothing public: https://intranet.local/page and http://localhost/x and https://a.example/b",
    "bare: nordlys.com/news and node.js and it.is and co.uk/abc and www.bbc.co.uk",
    "@kari@nordlys.social hello @ola and mail kari@nordlys.no",
    "#offshorewind #energi_2026 $CASH",
    "https://example.com/a https://example.com/b https://example.com/c",
    f"it holds {LINK} already",
    f"it only begins like {LINK}abc",
    "🀄 and 🅰 and 🄰 and ☎ and ™ and \U0001f8ff",
    "word.https://glued.example.com/x and.https://",
    "😀" * 140 + "a" * 20,
    "https://EXAMPLE.COM/UPPER?A=1",
    "MLB.tv and it.is, example.com中国語t.co/abc한국 http://ああ.com, co.uk?q=1 and co.uk/?q=1, ELPAÍS.com, foo_bar.com",
    "http://en.wikipedia.org/wiki/Primer_(film) 日本http://t.co/abc's 😀.http://a.no http://https://co.uk xn--p1ai.xn--p1ai",
    "👨‍💻👩‍👩 🇽🇽 1\ufe0f ☝️🏽 ⚡️ 👩‍❤️‍💋‍👨 🏴󠁧󠁢󠁳󠁣󠁴󠁿 😀\ufe0f",
    "trailing stop https://example.com/path. And (https://example.com/q?x=1).",
)
RULES = (
    Limits(300),
    Limits(3000, unit=Unit.UTF16),
    Limits(280, unit=Unit.WEIGHTED, url_length=23),
    Limits(500, url_length=23, short_mentions=True),
    Limits(500, unit=Unit.EMOJI_BYTES),
    Limits(2000, unit=Unit.UTF16, backslashes=True),
)


@pytest.mark.parametrize("limits", RULES, ids=lambda limits: f"{limits.unit}-{limits.max_length}")
@pytest.mark.parametrize("link", [None, LINK])
def test_the_browser_counts_as_the_connectors_do(
    gallery: str, open_page: Callable[..., Page], limits: Limits, link: str | None
) -> None:
    page = open_page()
    page.goto(gallery + "/composer")
    counted = page.evaluate(
        """async ([texts, link, rule]) => {
            const { measure } = await import('/static/js/text-counter.js');
            const { wording } = await import('/static/js/wording.js');
            return texts.map((text) => measure(wording(text, link), rule));
        }""",
        [
            list(TEXTS),
            link,
            {
                "unit": str(limits.unit),
                "urlLength": limits.url_length or 0,
                "shortMentions": limits.short_mentions,
                "backslashes": limits.backslashes,
            },
        ],
    )
    expected = [length(wording(text, link), limits) for text in TEXTS]
    assert dict(zip(TEXTS, counted, strict=True)) == dict(zip(TEXTS, expected, strict=True))


SCRAPS = st.sampled_from(
    ["https://example.com/a_b*c", "[x](", "-# ", "1. ", "\n", "\u2028", "\x85", "\ufeff", "٣.", ">>> ", "😀"]
)
MARKED = st.lists(st.one_of(SCRAPS, st.text("\\*_~`|[]<>#-+.1 a\n", max_size=4), st.text(max_size=2)), max_size=8)


def test_the_browser_counts_each_backslash_that_is_sent_to_discord(
    gallery: str, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(gallery + "/composer")
    rule = Limits(2000, unit=Unit.UTF16, backslashes=True)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(MARKED.map("".join), min_size=1, max_size=40))
    def counts_alike(texts: list[str]) -> None:
        counted = page.evaluate(
            """async (texts) => {
                const { measure } = await import('/static/js/text-counter.js');
                return texts.map((text) => measure(text, { unit: 'utf16', backslashes: true }));
            }""",
            texts,
        )
        assert dict(zip(texts, counted, strict=True)) == {text: length(text, rule) for text in texts}

    counts_alike()
