"""What is left of HTML, Markdown and links from outside."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advocacy.base import sanitize


def test_emphasis_lists_quotations_and_links_stay() -> None:
    html = (
        "<p>A <b>bold</b> <em>word</em>.</p><ul><li>one</li><li>two</li></ul>"
        '<blockquote>said</blockquote><p><a href="https://example.com/a?b=1&amp;c=2" title="More">more</a></p>'
    )
    assert sanitize.rich(html) == html.replace('title="More"', 'title="More" rel="noopener noreferrer nofollow"')


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<script>alert(1)</script>text<style>p{}</style>", "text"),
        ('<p onclick="x()" style="color:red" class="c" id="i">x</p>', "<p>x</p>"),
        ("<img src=x onerror=alert(1)>", " "),
        ("<h1>Title</h1><h2>Two</h2><h6>Six</h6>", "<h3>Title</h3><h3>Two</h3><h4>Six</h4>"),
        ("<div>one</div><div>two</div>", "<p>one</p><p>two</p>"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "<p> a  b </p>"),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<b>open <i>crossed</b> tags</i>", "<b>open <i>crossed</i></b> tags"),
        ("</p></div>stray", "stray"),
        ("<p></p><p> </p><a href='https://example.com/'><img src=x></a>x", "x"),
        ("1 < 2 &amp; 3 &gt; 2 &nbsp;&copy;", "1 &lt; 2 &amp; 3 &gt; 2 &nbsp;©"),
        ("<!-- <b>hidden</b> -->seen", "seen"),
        ("<a>no target</a>", '<a rel="noopener noreferrer nofollow">no target</a>'),
        ("\u202egpj.exe\x00\x07", "gpj.exe"),
    ],
)
def test_what_could_harm_or_disturb_goes_and_the_words_stay(html: str, left: str) -> None:
    assert sanitize.rich(html) == left


def test_relative_links_are_meant_from_where_the_text_came() -> None:
    assert 'href="https://example.com/a/c"' in sanitize.rich('<a href="c">x</a>', base="https://example.com/a/b")
    assert "href" not in sanitize.rich('<a href="/sign-out">x</a>')


HOSTILE_LINKS = [
    "javascript:123",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "vbscript:x",
    "data:text/html,<script>alert(1)</script>",
    "blob:https://example.com/1",
    "file:///etc/passwd",
    "view-source:http://example.com/",
    "//example.com/",
    "/path",
    "path",
    "#part",
    "?query",
    "",
    "http://",
    "http:///path",
    "http:path",
    "https://user:word@example.com/",
    "https://example.com@evil.example/",
    "https://example.com\\@evil.example/",
    "https:\\\\evil.example/",
    "https://exa mple.com/",
    'https://exam"ple.com/',
    "https://exam%70le.com/",
    "https://[::1/",
    "https://example.com:port/",
    "https://example.com/" + "a" * 2000,
    "tel:123",
    "intent://x",
]


@pytest.mark.parametrize("url", HOSTILE_LINKS)
def test_only_whole_web_addresses_are_web_addresses(url: str) -> None:
    assert sanitize.web_url(url) is None


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com", "https://example.com"),
        ("HTTP://example.com/a b", "http://example.com/a%20b"),
        (" https://example.com/æ?q=å&r=%20#ø ", "https://example.com/%C3%A6?q=%C3%A5&r=%20#%C3%B8"),
        ("https://blåbær.no/", "https://blåbær.no/"),
        ('https://example.com/"><script>', "https://example.com/%22%3E%3Cscript%3E"),
        ("http://example.com:8080/x;y=1", "http://example.com:8080/x;y=1"),
        ("http://[2001:db8::1]/", "http://[2001:db8::1]/"),
    ],
)
def test_a_web_address_is_kept_as_it_may_stand_in_a_link(url: str, kept: str) -> None:
    assert sanitize.web_url(url) == kept
    assert sanitize.web_url(kept) == kept


def test_a_relative_address_is_completed() -> None:
    assert sanitize.web_url("../c?d#e", base="https://example.com/a/b/") == "https://example.com/a/c?d#e"
    assert sanitize.web_url("//other.example/x", base="https://example.com/") == "https://other.example/x"
    assert sanitize.web_url("javascript:1", base="https://example.com/") is None


def test_a_mail_address_may_be_linked_and_is_no_web_address() -> None:
    assert sanitize.link("mailto:a@example.com?subject=Hei du") == "mailto:a@example.com?subject=Hei%20du"
    assert sanitize.link("mailto:nobody") is None
    assert sanitize.web_url("mailto:a@example.com") is None


def test_markdown_becomes_html_and_its_tags_stay_text() -> None:
    html = sanitize.markdown("# Hi\n\n**b** ~~s~~ <b>x</b> [l](https://example.com/) [j](javascript:123)\n\n- a\n- b")
    assert "<h3>Hi</h3>" in html
    assert "<strong>b</strong> <s>s</s> &lt;b&gt;x&lt;/b&gt; " in html
    assert html.count("href=") == 1
    assert "<li>a</li>" in html


def test_plain_text_has_its_lines_and_no_tags() -> None:
    html = "<h1>T</h1><p>a <b>b</b>\n c&nbsp;d</p><script>x</script>e<br>f &lt;i&gt;<ul><li>g</ul>"
    assert sanitize.plain(html) == "T\na b c d\ne\nf <i>\ng"


def test_one_line_is_cut_at_a_word() -> None:
    assert sanitize.one_line("<p>one two</p><p>three</p>", longest=20) == "one two three"
    assert sanitize.one_line("<p>one two, three</p>", longest=12) == "one two…"
    assert sanitize.one_line("x" * 30, longest=10) == "x" * 9 + "…"


@settings(deadline=None)
@given(st.text(alphabet="<>/abpi lue\"'=&;-!x0123456789\n", max_size=80))
@example('<a href="x"<b>')
def test_cleaning_what_is_clean_changes_nothing(html: str) -> None:
    once = sanitize.rich(html)
    assert sanitize.rich(once) == sanitize.rich(sanitize.rich(once))


@settings(deadline=None)
@given(st.text(max_size=200))
def test_plain_words_come_through_unharmed(text: str) -> None:
    import html

    shown = sanitize.plain(html.escape(text))
    assert "".join(shown.split()) == "".join(sanitize._printable(text).split())


@pytest.mark.parametrize(
    "hostile",
    [
        *(f"<{tag}>" * 100_000 for tag in ("b", "div", "p", "blockquote", "a", "table", "select", "svg", "ul><li")),
        "".join(f"<font size={n}>" for n in range(190)) + "<p>x" * 60_000,
        "".join(f"<b id={n}>" for n in range(6)) + "<p>x" * 30_000,
        "<b><i></b></i>" * 30_000,
        "<a><b></a>" * 30_000,
        "<table>" + "<b>x<tr>" * 20_000,
        "<p " + " ".join(f"b{n}=1" for n in range(60_000)),
        "<ul>" * 150 + "</b>" * 50_000,
        "<" * 500_000,
        "&" * 500_000,
        "<!--" * 100_000,
    ],
    ids=lambda hostile: hostile[:16],
)
def test_hostile_html_is_done_in_bounded_time(hostile: str) -> None:
    began = time.process_time()
    sanitize.rich(hostile)
    sanitize.plain(hostile)
    assert time.process_time() - began < 30


@pytest.mark.parametrize(
    "piece", ["[", "*a ", "*_", "> ", "![", "a`", "[a](<", "<a", "~~a", "[a]: b\n", "1. ", "[]("]
)
def test_hostile_markdown_is_done_in_bounded_time(piece: str) -> None:
    began = time.process_time()
    sanitize.markdown(piece * 100_000)
    assert time.process_time() - began < 30
