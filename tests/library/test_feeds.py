"""Feeds as people write them, feeds as attackers write them, and what is said about what is no feed."""

import contextlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advocacy.library import feed_dates, feeds
from advocacy.library.feed_entries import MOST_ENTRIES
from advocacy.library.feeds import NoFeed, ParsedFeed

HERE = Path(__file__).parent / "feeds"
PROJECT = Path(__file__).parents[2]


def read(name: str, url: str = "https://mirror.example/feed") -> ParsedFeed:
    return feeds.parse((HERE / name).read_bytes(), url=url)


def rss(items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    return (
        f'{head}<rss version="2.0"><channel><title>F</title><link>https://site.example/</link>{items}</channel></rss>'
    ).encode()


def one(item: str) -> feeds.Entry:
    (entry,) = feeds.parse(rss(f"<item>{item}</item>"), url="https://site.example/feed").entries
    return entry


def test_rss_gives_its_entries_with_pictures_authors_and_times() -> None:
    feed = read("news.rss")
    assert (feed.title, feed.link, feed.warnings) == ("Fjord & Sons newsroom", "https://news.fjord.example/", ())
    ferry, partners, jobs = feed.entries
    assert ferry.guid == "fjord-101"
    assert ferry.title == "New ferry saves 4,000 tonnes of CO₂ a year"
    assert ferry.link == "https://news.fjord.example/2026/ferry"
    assert ferry.published == datetime(2026, 3, 2, 7, 15, tzinfo=UTC)
    assert ferry.author == "Ingrid Åsen"
    assert ferry.summary == "The electric ferry Solveig is in service."
    assert ferry.image_url == "https://news.fjord.example/ferry-1200.jpg"
    assert partners.title == 'AT&T & Fjord: "1 < 2"'
    assert partners.image_url == "https://news.fjord.example/partners.png"
    assert jobs.link == "https://news.fjord.example/2026/jobs"
    assert jobs.guid == jobs.link
    assert jobs.image_url == "https://news.fjord.example/team.jpg"
    assert jobs.published == datetime(2026, 2, 26, 8, 0, tzinfo=UTC)


def test_the_whole_text_is_cleaned_when_it_is_asked_for() -> None:
    ferry = read("news.rss").entries[0]
    assert "<b>Solveig</b>" in ferry.html
    assert 'href="https://news.fjord.example/2026/ferry#video"' in ferry.html
    assert "alert" not in ferry.html
    assert "alert" not in repr(ferry)


def test_an_old_feed_with_its_own_entities_and_a_bare_ampersand_is_read() -> None:
    feed = read("old.rss")
    (entry,) = feed.entries
    assert entry.title == "Café Capitán opens — finally"
    assert entry.summary == "Coffee & cake"
    assert feed.warnings == ()


def test_rdf_is_read() -> None:
    feed = read("notices.rdf")
    (entry,) = feed.entries
    assert (feed.title, entry.title, entry.author) == ("Notices", "Quay 3 is closed", "Harbour master")
    assert entry.published == datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
    assert entry.image_url == "https://notices.example/quay.jpg"


def test_atom_is_read() -> None:
    feed = read("posts.atom")
    assert feed.title == "Utviklerbloggen – Fjord"
    first, second = feed.entries
    assert first.title == "Hvorfor vi bruker <b> og ikke <strong>"
    assert first.link == "https://blogg.fjord.example/innlegg/17"
    assert first.published == datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
    assert first.author == "Ola Nordmann"
    assert first.summary == "Kort svar: vane."
    assert second.title == "Et kursivt ord"
    assert second.published == datetime(2026, 2, 28, 8, 0, tzinfo=UTC)
    assert (second.summary, second.image_url) == ("Om «ord»", "https://blogg.fjord.example/16.png")


def test_json_feed_is_read() -> None:
    feed = read("feed.json")
    assert feed.title == "Fjord & Sons releases"
    first, second = feed.entries
    assert (first.guid, first.title, first.link) == ("42", "Version 2 <beta>", "https://releases.fjord.example/v2")
    assert (first.author, first.image_url) == ("Kari, Per", "https://releases.fjord.example/v2.png")
    assert first.published == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert (second.title, second.link) == ("Plain text & more", "https://elsewhere.example/1")
    assert second.image_url == "https://releases.fjord.example/1.png"
    assert [str(warning) for warning in feed.warnings] == [
        "Entries left out because they have neither a title nor a link: 2."
    ]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>Blåbær – «nå»</title></item>"),
        rss("<item><title>Blåbær – «nå»</title></item>", head='<?xml version="1.0" encoding="ISO-8859-1"?>'),
        rss("<item><title>Blåbær – «nå»</title></item>", head='<?xml version="1.0" encoding="x-nonsense"?>'),
        rss("<item><title>Blåbær – «nå»</title></item>", head="").decode().encode("cp1252"),
        rss("<item><title>Blåbær – «nå»</title></item>", head='<?xml version="1.0" encoding="windows-1252"?>')
        .decode()
        .encode("cp1252"),
        rss("<item><title>Blåbær – «nå»</title></item>", head='<?xml version="1.0" encoding="UTF-8"?>')
        .decode()
        .encode("cp1252"),
        rss("<item><title>Blåbær – «nå»</title></item>", head='<?xml version="1.0" encoding="UTF-16"?>')
        .decode()
        .encode("utf-16"),
        b"\xef\xbb\xbf \n" + rss("<item><title>Blåbær – «nå»</title></item>"),
        b"\n\n" + rss("<item><title>Bl&aring;bær &ndash; &laquo;nå&raquo;</title></item>"),
        rss("<item><title>Bl\x00å\x0bbær – «nå»&#0;&#x1f;</title></item>"),
        rss("<item><title><![CDATA[Bl&aring;bær &#8211; «nå»]]></title></item>"),
    ],
    ids=range(11),
)
def test_wrong_and_strange_encodings_are_read_all_the_same(body: bytes) -> None:
    (entry,) = feeds.parse(body).entries
    assert entry.title == "Blåbær – «nå»"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("AT&T", "AT&T"),
        ("Q&A; more", "Q&A; more"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("<![CDATA[<em>Bold</em> move &amp; more]]>", "Bold move & more"),
        ("  two\n  lines ", "two lines"),
        ("x" * 400, "x" * 299 + "…"),
    ],
)
def test_a_title_is_shown_as_it_was_meant(title: str, shown: str) -> None:
    assert one(f"<title>{title}</title>").title == shown


def test_an_entry_without_a_title_is_called_by_its_first_words() -> None:
    entry = one("<description>&lt;p&gt;Short words without a title.&lt;/p&gt;</description><link>/a</link>")
    assert entry.title == "Short words without a title."
    assert one("<link>https://site.example/only-a-link</link>").title == "https://site.example/only-a-link"


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "http://u:p@x.example/"]
)
def test_a_link_that_leads_nowhere_good_is_left_out(link: str) -> None:
    entry = one(f"<title>T</title><link>{link}</link><enclosure url='{link}' type='image/png'/>")
    assert (entry.link, entry.image_url) == ("", "")


def test_an_entry_that_comes_twice_is_taken_once() -> None:
    item = "<item><title>T</title><guid isPermaLink='false'>1</guid></item>"
    assert len(feeds.parse(rss(item * 3)).entries) == 1


def test_two_things_under_one_name_are_two() -> None:
    items = "".join(f"<item><title>{t}</title><guid isPermaLink='false'>1</guid></item>" for t in "ABA")
    feed = feeds.parse(rss(items))
    assert [entry.title for entry in feed.entries] == ["A", "B"]
    assert len({entry.guid for entry in feed.entries}) == 2


def test_a_broken_feed_gives_what_can_be_read_and_says_so() -> None:
    feed = feeds.parse(rss("<item><title>First</title></item><item><title>Second</wrong></item>"))
    assert feed.entries[0].title == "First"
    assert "not well-formed" in str(feed.warnings[0])


def test_a_feed_that_breaks_off_gives_what_came() -> None:
    feed = feeds.parse(rss("<item><title>First</title></item><item><title>Sec")[:-25])
    assert feed.entries[0].title == "First"


def test_an_empty_feed_is_a_feed() -> None:
    feed = feeds.parse(rss(""))
    assert feed.entries == ()
    assert [str(warning) for warning in feed.warnings] == ["The feed is empty at the moment."]


def test_a_picture_may_come_from_many_places() -> None:
    media = 'xmlns:m="http://search.yahoo.com/mrss/"'
    podcast = 'xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    for item, name in (
        (f'<m:content {media} url="/a.jpg" medium="image"/>', "a.jpg"),
        (f'<m:content {media} url="/a.jpg?w=1"/>', "a.jpg?w=1"),
        (
            f'<m:group {media}><m:content url="/v.mp4" type="video/mp4"/><m:thumbnail url="/t.png"/></m:group>',
            "t.png",
        ),
        (f'<m:content {media} url="/v.mp4" medium="video"/><i:image {podcast} href="/cover.png"/>', "cover.png"),
        ('<enclosure url="/s.mp3" type="audio/mpeg"/><enclosure url="/e.png" type="image/png"/>', "e.png"),
        ("<description>&lt;img src=/d.png&gt;</description>", "d.png"),
        ("<description>&lt;img src=/c.gif width=1&gt;&lt;img src='/d e.png'&gt;</description>", "d%20e.png"),
    ):
        assert one(f"<title>T</title>{item}").image_url == f"https://site.example/{name}"


REFUSALS = [
    (b"", "nothing at all"),
    (b"  \n ", "nothing at all"),
    (b"hello", "plain text"),
    (b"%PDF-1.7\n\x00\x00", "a file, not a feed"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "a file, not a feed"),
    (b"{}", "data for programs"),
    (b'{"items": [{"id": 1}]}', "data for programs"),
    (b"[[[", "data for programs"),
    (b"[" * 100_000, "data for programs"),
    (b'{"version": "https://jsonfeed.org/version/1", "items": [{}]}', "none of them has a title or a link"),
    (b"<html><body>Hi</body></html>", "a web page, not a feed. Look on the page"),
    (b"<!DOCTYPE html><title>x</title>", "a web page"),
    (b"<p>x</p>", "a web page"),
    (b"<?xml version='1.0'?><opml><body><outline/></body></opml>", "list of feeds"),
    (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url/></urlset>", "site map"),
    (b"<?xml version='1.0'?><note><to>You</to></note>", "no feed that we can read"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no feed that we can read"),
    (rss("<item/>"), "none of them has a title or a link"),
]


@pytest.mark.parametrize(("body", "words"), REFUSALS, ids=[words for _, words in REFUSALS])
def test_what_is_no_feed_is_refused_in_plain_words(body: bytes, words: str) -> None:
    with pytest.raises(NoFeed, match=words) as refused:
        feeds.parse(body, url="https://site.example/")
    assert refused.value.found == ()


def test_a_page_that_points_to_its_feeds_is_refused_with_their_addresses() -> None:
    with pytest.raises(
        NoFeed, match=r"says that its feed is https://news\.fjord\.example/feeds/news\.rss\."
    ) as refused:
        read("page.html", url="https://news.fjord.example/start")
    assert refused.value.found == (
        "https://news.fjord.example/feeds/news.rss",
        "https://news.fjord.example/all.atom",
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Seg, 24 Set 2018 19:42:40 -0300", "2018-09-24T22:42:40"),
        ("24. desember 2025 08:00", "2025-12-24T08:00:00"),
        ("mar., 3 févr. 2026 10:00:00 +0100", "2026-02-03T09:00:00"),
        ("3 juillet 2026", "2026-07-03T00:00:00"),
        ("3 juin 2026", "2026-06-03T00:00:00"),
        ("Mi, 04 Mär 2026 10:00:00 +0100", "2026-03-04T09:00:00"),
        ("4 de agosto de 2026 10:00", "2026-08-04T10:00:00"),
        ("07 Nov 2015 12:00:00 EST", "2015-11-07T17:00:00"),
        ("2026-03-02", "2026-03-02T00:00:00"),
        ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00"),
        ("Wed, 03 Jan 2018 13:47:00 GMT ", "2018-01-03T13:47:00"),
    ],
)
def test_dates_are_read_in_the_language_of_the_newspaper(text: str, day: str) -> None:
    assert feed_dates.moment(text) == datetime.fromisoformat(day).replace(tzinfo=UTC)
    assert one(f"<title>T</title><pubDate>{text}</pubDate>").published == feed_dates.moment(text)


@pytest.mark.parametrize(
    "text", ["", "soon", "0", "99 Foo 2020", "31 Feb 2020", "2020-13-45", "1 Jan 99999", "\0" * 50]
)
def test_a_date_that_is_none_is_left_out(text: str) -> None:
    assert feed_dates.moment(text) is None


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    found = feed_dates.moment(text)
    assert found is None or found.tzinfo is UTC


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=300)
    | st.text(alphabet="<>/&;![]CDATA rssitemfeedentrytitlelink=\"'?x", max_size=300).map(str.encode)
)
def test_no_bytes_break_the_reading_of_feeds(body: bytes) -> None:
    for whole in (body, rss("").replace(b"</channel>", body + b"</channel>"), b'{"items": [' + body):
        with contextlib.suppress(NoFeed):
            feeds.parse(whole, url="https://site.example/")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["id", "title", "url", "authors", "author", "attachments", "image"]), inner
            )
        ),
        max_leaves=10,
    )
)
def test_no_json_breaks_the_reading_of_feeds(item: object) -> None:
    body = json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item, {"title": "T"}]}).encode()
    assert feeds.parse(body).entries[-1].title == "T"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMBS = {
    "billion laughs": rss("<item><title>&l9;</title></item>", f'<!DOCTYPE rss [<!ENTITY l0 "lol">{LAUGHS}]>'),
    "quadratic blow-up": rss(
        f"<item><title>{'&a;' * 50_000}</title></item>", f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
    ),
    "external entity": rss(
        "<item><title>[&x;]</title></item>", '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    ),
    "parameter entity": rss(
        "<item><title>T</title></item>", '<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd">%p;]>'
    ),
    "external doctype": rss("<item><title>T</title></item>", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd">'),
    "50,000 entries": rss("".join(f"<item><title>T{n}</title><guid>{n}</guid></item>" for n in range(50_000))),
    "100,000 nested tags": rss("<item><title>T</title>" + "<a>" * 100_000 + "</a>" * 100_000 + "</item>"),
    "100,000 open tags": rss("<item><title>T</title>" + "<a>" * 100_000),
    "100,000 tags in the text": rss(
        "<item><title>T</title><description>" + "&lt;div&gt;" * 100_000 + "</description></item>"
    ),
    "100,000 nested in xhtml": (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><content type="xhtml">'
        + b"<b>x" * 100_000
        + b"</b>" * 100_000
        + b"</content></entry></feed>"
    ),
    "100,000 attributes": rss(
        "<item><title>T</title><x " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/></item>"
    ),
    "200,000 categories": rss("<item><title>T</title>" + "<category>c</category>" * 200_000 + "</item>"),
    "unclosed cdata": rss("<item><title>T</title></item>" + "<![CDATA[" * 100_000),
    "unclosed doctypes": b"<!DOCTYPE rss [" * 100_000 + rss("<item><title>T</title></item>"),
    "ampersands": rss("<item><title>T</title><description>" + "&" * 1_000_000 + "</description></item>"),
    "a title without end": rss("<item><title>" + "word " * 500_000 + "</title></item>"),
    "json, 50,000 entries": json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": n, "title": "T"} for n in range(50_000)]}
    ).encode(),
}


IN_A_CELL = """
import resource, sys
from advocacy.library import feeds
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
entries = feeds.parse(sys.stdin.buffer.read(), url="https://site.example/").entries
assert 0 < len(entries) <= 500
assert all("root:" not in entry.title and len(entry.title) <= 300 for entry in entries)
assert len(entries[0].html) < 1_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_feed_is_done_in_bounded_time_and_memory(name: str) -> None:
    cell = subprocess.run([sys.executable, "-c", IN_A_CELL], input=BOMBS[name], capture_output=True, cwd=PROJECT)
    assert cell.returncode == 0, cell.stderr.decode()[-500:]
    assert int(cell.stdout) < 300_000  # kilobytes, for feeds of up to 4.4 MB


def test_of_a_long_feed_the_first_entries_are_read_and_the_rest_is_told() -> None:
    feed = feeds.parse(BOMBS["50,000 entries"])
    assert [feed.entries[0].title, feed.entries[-1].title] == ["T0", f"T{MOST_ENTRIES - 1}"]
    assert [str(warning) for warning in feed.warnings] == ["The feed holds 50000 entries; the first 500 are read."]
