"""A look at a newsletter is the letter that is mailed: the same bytes but for the named links, with nothing that runs."""

import email
import email.policy
import re
from html import unescape

import pytest

from advocacy.messages import drawing, mailing, newsletters
from advocacy.messages.newsletters import Written
from advocacy.people import outbox

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COUNTED = re.compile(rb"http://localhost/n/(\d+)")
STOPS = re.compile(rb"http://localhost/unsubscribe/[\w-]+")
STOPS_NOTHING = b"http://localhost/unsubscribe/preview"


@pytest.fixture
def written(house, make):
    """A newsletter of an editor who reads Norwegian, with hostile words and a block."""
    editor = make.curator(locale="nb")
    item = make.item(title="The turbine <b>turns</b> & (prefers-color-scheme: dark)")
    with house.db.transaction() as session:
        words = Written("Nytt (prefers-color-scheme: dark)", "Hei.\n\nDette er nytt.", "Ha det.", {"item": [item.id]})
        found = newsletters.save(session, house.clock, written=words, by=editor.id)
    return editor, found


def mailed(settings) -> list[tuple[bytes, bytes]]:
    """The HTML part and the plain part of each letter that went out, as their bytes arrived."""
    parts = []
    for path in sorted((settings.data_dir / "mail").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        html, plain = (message.get_body((kind,)).get_payload(decode=True) for kind in ("html", "plain"))
        parts.append((html, plain))
    return parts


def straight_on(house, part: bytes, *, newsletter_id: int) -> bytes:
    """A part with the links that are personal or counted as a preview has them."""
    with house.db.reading() as session:
        paths = {f"{link.id}": link.path for link in drawing.links(session, newsletter_id=newsletter_id)}
    part = COUNTED.sub(lambda link: f"http://localhost{paths[link[1].decode()]}".encode(), part)
    return STOPS.sub(STOPS_NOTHING, part)


def test_a_preview_is_what_is_mailed_byte_for_byte_but_for_the_named_links(house, settings, signed_in, written):
    editor, found = written
    here = f"/company/newsletters/{found.id}"
    browser = signed_in(editor)
    html = browser.get(f"{here}/letter").data
    plain = unescape(re.search(r"<pre[^>]*>(.*?)</pre>", browser.get(f"{here}?part=text").text, re.DOTALL)[1])
    assert html.count(STOPS_NOTHING) == 1
    assert STOPS_NOTHING.decode() in plain
    with house.db.transaction() as session:
        mailing.send_test(house, session, newsletter_id=found.id, user=editor)
        newsletters.plan(
            session, house.clock, newsletter_id=found.id, on=house.clock.now().date(), hour=0, by=editor.id
        )
    mailing.tick(house)
    outbox.send_due(house)
    letters = mailed(settings)
    assert len(letters) == 2, "the look by mail, and the newsletter itself"
    for letter_html, letter_plain in letters:
        assert STOPS.search(letter_html)[0] != STOPS_NOTHING
        assert straight_on(house, letter_html, newsletter_id=found.id) == html
        assert straight_on(house, letter_plain, newsletter_id=found.id).decode().strip() == plain.strip()


def test_a_theme_changes_the_one_question_of_the_sheet_and_no_word(signed_in, written):
    editor, found = written
    browser = signed_in(editor)
    plain = browser.get(f"/company/newsletters/{found.id}/letter").text
    for theme, forced in (("light", "@media not all {"), ("dark", "@media all {")):
        themed = browser.get(f"/company/newsletters/{found.id}/letter?theme={theme}").text
        assert themed == plain.replace("@media (prefers-color-scheme: dark) {", forced)
        assert forced in themed


def test_what_the_hub_adds_is_in_the_language_of_the_reader(signed_in, written):
    editor, found = written
    browser, here = signed_in(editor), f"/company/newsletters/{found.id}"
    said = {"en": "No more of these letters", "nb": "Ikke flere slike brev"}
    for language, words in said.items():
        for look in (f"{here}/letter?language={language}", f"{here}?part=text&language={language}"):
            assert words in browser.get(look).text
    assert said["nb"] in browser.get(f"{here}/letter?language=xx").text, "else the reader's own"


def test_the_link_that_stops_letters_stops_nothing_in_a_preview(client):
    assert "This link stops nothing" in client.get("/unsubscribe/preview").text
    assert client.post("/unsubscribe/preview").status_code == 400


def test_only_editors_and_leaders_look_at_it_and_only_own_pages_frame_it(make, signed_in, written):
    _, found = written
    assert signed_in(make.user()).get(f"/company/newsletters/{found.id}/letter").status_code == 403
    policy = (
        signed_in(make.curator()).get(f"/company/newsletters/{found.id}/letter").headers["Content-Security-Policy"]
    )
    assert policy.startswith("sandbox allow-popups")
    assert "frame-ancestors 'self'" in policy


@ONE_DATABASE
@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_the_letter_in_its_page_and_runs_nothing_in_it(site, axe, make, written, width):
    editor, found = written
    page = site.visit(editor, width=width)
    for look, ground in (("", "rgb(245, 246, 250)"), ("?theme=dark&width=phone", "rgb(16, 19, 28)")):
        page.goto(f"/company/newsletters/{found.id}{look}")
        letter = page.frame_locator("iframe")
        assert letter.locator("h1").inner_text() == found.subject
        assert letter.locator("body").evaluate("one => getComputedStyle(one).backgroundColor") == ground
        assert axe(page) == []
    assert page.locator("iframe").evaluate("one => one.contentDocument") is None, "it is a stranger to its page"
