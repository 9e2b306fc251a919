"""What the captured feeds say, read by other means than the product's: ElementTree, email.utils and HTMLParser."""

import html
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

MEDIA = "{http://search.yahoo.com/mrss/}"
ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
ENC = "{http://purl.oclc.org/net/rss_2.0/enc#}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PODCAST = ("{http://www.itunes.com/dtds/podcast-1.0.dtd}", "{http://www.itunes.com/DTDs/Podcast-1.0.dtd}")
PORTUGUESE = dict(
    zip(
        ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
        range(1, 13),
        strict=True,
    )
)


@dataclass(frozen=True)
class Told:
    """One entry as the file tells of it."""

    title: str
    link: str
    published: datetime | None
    image: str


class FirstPicture(HTMLParser):
    """Notes the first picture that is no counting pixel."""

    src = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        src = (given.get("src") or "").strip()
        is_button = src.startswith("http://feeds.feedburner.com/~ff/")  # "Share this" and the like
        if tag == "img" and not self.src and not is_button and "1" not in (given.get("width"), given.get("height")):
            self.src = src


def told(path: Path) -> tuple[str, list[Told]]:
    """The title of the feed and its entries."""
    data = path.read_bytes()
    text = None
    if b"encoding=" not in data[:100]:
        text = data.decode("latin-1" if b"\xe7" in data or b"\xe3" in data else "utf-8")
    root = ET.fromstring(text if text is not None else data.lstrip())
    channel = root.find("channel") or root.find(f"{RSS1}channel") or root
    site = _first(channel, "link", f"{RSS1}link") or _atom_link(channel)
    return _line(_first(channel, "title", f"{RSS1}title", f"{ATOM}title")), [
        _told(item, site) for item in root.iter() if item.tag in ("item", f"{RSS1}item", f"{ATOM}entry")
    ]


def _told(item: ET.Element, site: str) -> Told:
    link = _first(item, "link", f"{RSS1}link") or _atom_link(item) or _first(item, "guid")
    when = _first(item, "pubDate", f"{ATOM}published", f"{DC}date", f"{ATOM}updated")
    title = _first(item, "title", f"{RSS1}title", f"{ATOM}title")
    return Told(_line(title), urljoin(site, link), _date(when) if when else None, _image(item))


def _first(item: ET.Element, *tags: str) -> str:
    for tag in tags:
        found = item.find(tag)
        if found is not None and "".join(found.itertext()).strip():
            return "".join(found.itertext()).strip()
    return ""


def _atom_link(item: ET.Element) -> str:
    links = [one for one in item.findall(f"{ATOM}link") if one.get("rel", "alternate") == "alternate"]
    return links[0].get("href", "") if links else ""


def _line(title: str) -> str:
    return " ".join(html.unescape(re.sub(r"</?(sup|b|i|em)>", "", title)).split())


def _date(when: str) -> datetime:
    named = re.match(r"\w{3}, (\d\d) (\w{3}) (\d{4}) (.*)", when)
    if named and named[2].lower() in PORTUGUESE and named[2].lower() not in ("jan", "mar", "jun", "jul", "nov"):
        when = f"{named[3]}-{PORTUGUESE[named[2].lower()]:02}-{named[1]} {named[4]}"
        return datetime.strptime(when, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    if when[4:5] == "-":
        return datetime.fromisoformat(when).astimezone(UTC).replace(microsecond=0)
    return parsedate_to_datetime(when).astimezone(UTC)


def _image(item: ET.Element) -> str:
    media = [
        (int(one.get("width", "0")), one.get("url", ""))
        for one in item.iter(f"{MEDIA}content")
        if one.get("type", "image/").startswith("image/")
        and urlsplit(one.get("url", "")).path.endswith((".jpg", ".png"))
    ]
    if media:
        return max(media, key=lambda pair: pair[0])[1]
    for tag, name in ((f"{MEDIA}thumbnail", "url"), ("enclosure", "url"), (f"{ENC}enclosure", "resource")):
        for one in item.iter(tag):
            if one.get("type", "image/").startswith("image/"):
                return one.get(name, "")
    for namespace in PODCAST:
        cover = item.find(f"{namespace}image")
        if cover is not None and cover.get("href"):
            return cover.get("href", "")
    parser = FirstPicture()
    for tag in (f"{CONTENT}encoded", f"{ATOM}content", "description", f"{ATOM}summary"):
        found = item.find(tag)
        if found is not None:
            inside = "".join(ET.tostring(child, encoding="unicode") for child in found)
            parser.feed(re.sub(r"(</?)\w+:", r"\1", inside) or found.text or "")
    return parser.src
