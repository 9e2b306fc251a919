"""Every captured feed gives what it says, or a refusal that a curator understands."""

import pytest

from advocacy.library import feeds
from tests.library import captured
from tests.peers.installed import shared

# Counted and read off by eye: entries, those with a date, those with a picture, and the start of the first title.
FEEDS = {
    "atom-customfields.atom": (15, 15, 15, "Buy Now, "),
    "content-encoded.rss": (7, 7, 7, "THE CREATIVE FORAGER"),
    "craigslist.rss": (
        25,
        25,
        24,
        "Bright, Spacious Beautiful Victorian (oakland north / temescal) $4300 3bd 1930ft2",
    ),
    "customfields.rss": (15, 15, 15, "ISUZU launches the ‘mu-X’ premium full-size 7 seater SUV in Bengaluru"),
    "encoding.rss": (40, 40, 0, "Mãe de utente é a nova presidente da Raríssimas"),
    "feedburner.atom": (25, 25, 18, "AdWords and DFP Java client library will soon require Java 7+"),
    "guardian.rss": (55, 55, 55, "Trump State of the Union address promised unity but emphasized discord"),
    "gulp-atom.atom": (10, 10, 10, "v3.9.0"),
    "heise.atom": (15, 15, 12, "Java-Anwendungsserver: Red Hat gibt WildFly 10 frei"),
    "heraldsun.rss": (2, 0, 0, "The First Item"),
    "instant-article.rss": (1, 1, 0, "My first Instant Article"),
    "item-itunes-episodeType.rss": (1, 1, 1, "Trailer"),
    "itunes-category.rss": (1, 1, 0, "Taverncast 62 - Temporal Anomaly"),
    "itunes-href.rss": (
        10,
        10,
        0,
        "Manager bewertet Transfers | Eberl lobt BVB für Pulisic-Deal – Hudson-Odoi kostet „fast",
    ),
    "itunes-keywords-array.rss": (1, 1, 1, "Ostafrika stellt sich auf die nächste Heuschreckenplage ein"),
    "itunes-keywords-astext.rss": (32, 32, 32, "Die mit Alice Merton und der Wespen-Taschen Psychologie"),
    "itunes-keywords.rss": (1, 1, 0, "Taverncast 62 - Temporal Anomaly"),
    "itunes-missing-image.rss": (131, 131, 0, "Taverncast 62 - Temporal Anomaly"),
    "many-links.rss": (25, 25, 8, "Code Health: Providing Context with Commit Messages and Bug Reports"),
    "narro.rss": (1, 1, 1, "FAQ for Narro"),
    "pagination-links.rss": (1, 1, 1, "The First Episode"),
    "reddit-atom.rss": (24, 24, 15, "The Difficulties in Space"),
    "reddit-home.rss": (24, 24, 14, "How the British as seen by Americans and Europeans"),
    "reddit.rss": (24, 24, 16, "The water is too deep, so he improvises"),
    "rss-1.rss": (69, 69, 0, "Food for fungi"),
    "uolNoticias.rss": (15, 15, 4, "Ibope: Bolsonaro perde de Haddad, Ciro e Alckmin em simulações de 2º turno"),
}
# As each file says by itself; the address it is given for here does not matter, since all its links are whole or
# start at its own site.
HOPELESS = {
    "incomplete-fields.atom": "none of them has a title or a link",
    "missing-fields.atom": "none of them has a title or a link",
    "unrecognized.rss": "gives a web page, not a feed",
}


def test_every_captured_feed_is_looked_at() -> None:
    folder = shared("data/feeds")
    assert {path.name for path in folder.iterdir() if path.suffix in (".rss", ".atom")} == {*FEEDS, *HOPELESS}


@pytest.mark.parametrize("name", FEEDS)
def test_a_captured_feed_gives_its_titles_links_dates_and_pictures(name: str) -> None:
    path = shared("data/feeds") / name
    feed = feeds.parse(path.read_bytes(), url=f"http://127.0.0.1:4000/{name}")
    title, told = captured.told(path)
    count, dated, pictured, first = FEEDS[name]
    assert feed.title == title
    assert feed.warnings == ()
    assert [entry.title for entry in feed.entries] == [one.title for one in told]
    assert [entry.link for entry in feed.entries] == [one.link for one in told]
    assert [entry.published for entry in feed.entries] == [one.published for one in told]
    assert [entry.image_url for entry in feed.entries] == [one.image for one in told]
    assert len(feed.entries) == count
    assert sum(entry.published is not None for entry in feed.entries) == dated
    assert sum(bool(entry.image_url) for entry in feed.entries) == pictured
    assert feed.entries[0].title.startswith(first)
    assert len({entry.guid for entry in feed.entries}) == count


@pytest.mark.parametrize("name", HOPELESS)
def test_a_hopeless_feed_is_refused_in_plain_words(name: str) -> None:
    with pytest.raises(feeds.NoFeed, match=HOPELESS[name]):
        feeds.parse((shared("data/feeds") / name).read_bytes(), url=f"http://127.0.0.1:4000/{name}")


@pytest.mark.parametrize("name", FEEDS)
def test_no_markup_of_a_captured_feed_survives_in_its_plain_texts(name: str) -> None:
    feed = feeds.parse((shared("data/feeds") / name).read_bytes())
    for entry in feed.entries:
        assert "\n" not in entry.summary
        assert not any(
            tag in entry.title + entry.summary + entry.author for tag in ("<p", "<a ", "<img", "&amp;", "&#")
        )
        assert all(bad not in entry.html for bad in ("<img", "<script", "javascript:", "style="))
