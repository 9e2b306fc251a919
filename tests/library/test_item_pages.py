"""The pages of the library, as a curator uses them without script."""

import io
import re

import pytest
from PIL import Image
from sqlalchemy import select

from advocacy.library import pictures
from advocacy.library.models import Caption, ContentItem, Dimension, ItemState, Picture
from tests.films import film
from tests.pages import form_of

NEW = "/library/items/new"


@pytest.fixture
def curator(make):
    return make.curator("Cora Curator", time_zone="Europe/Oslo")


@pytest.fixture
def browser(signed_in, curator):
    return signed_in(curator)


def newest(db):
    with db.reading() as session:
        return session.scalars(select(ContentItem).order_by(ContentItem.id.desc())).first()


def photo(color="red", size=(3000, 1000)):
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "JPEG")
    file.seek(0)
    return file


def follow(browser, answer):
    assert answer.status_code == 302, answer.text
    return browser.get(answer.location)


def test_an_empty_library_says_what_to_do_next(browser):
    page = browser.get("/library").text
    assert "The library is empty" in page
    assert 'href="/library/new"' in page


def test_an_item_is_written_with_all_it_has_and_shown(browser, db, make, clock):
    sales, topic, campaign = make.team("Sales"), make.topic("Culture"), make.campaign("Spring")
    answer = browser.submit(
        NEW,
        {
            "title": "Norway's best workplace",
            "source_url": "https://example.com/best",
            "summary": "We won again.",
            "body": "# Big news\n\n**We won** <script>alert(1)</script> [here](javascript:alert(1))",
            "language": "nb",
            "topics": [str(topic.id)],
            "campaign": str(campaign.id),
            "team": [str(sales.id)],
            "publish_from": "2026-07-01T08:00",
            "expires_at": "2026-12-01T08:00",
            "editing": "personal",
            "min_words_changed": "3",
            "disclosure": "#employee",
            "internal_brief": "Because *everybody* asks.",
            "captions-0-text": "Proud of us, says {first_name}! {link}",
            "captions-0-network": "bluesky",
            "captions-0-label": "Proud",
        },
    )
    page = follow(browser, answer).text
    item = newest(db)
    assert item.publish_from.isoformat() == "2026-07-01T06:00:00+00:00", "summer time in Oslo"
    assert item.expires_at.isoformat() == "2026-12-01T07:00:00+00:00", "winter time in Oslo"
    assert {(row.dimension, row.value) for row in item.audience} == {(Dimension.TEAM, str(sales.id))}
    assert (item.state, item.min_words_changed, item.campaign_id) == (ItemState.DRAFT, 3, campaign.id)
    for words in (
        "We won again.",
        "<strong>We won</strong>",
        "Proud of us",
        "Culture",
        "Sales",
        "Spring",
        "#employee",
    ):
        assert words in page, words
    assert "<em>everybody</em>" in page
    assert "<script>alert(1)" not in page
    assert 'href="javascript' not in page


def test_the_brief_is_kept_in_several_languages_with_what_is_asked_of_its_readers(browser, db):
    typed = {
        "title": "A",
        "source_url": "https://example.com/a",
        "internal_brief": "In English.",
        "briefs-0-language": "nb",
        "briefs-0-text": "På norsk.",
        "brief_first": "y",
        "inside_hours": "24",
    }
    page = follow(browser, browser.submit(NEW, typed)).text
    item = newest(db)
    assert "Brief, English" in page
    assert "På norsk." in page
    assert "24 hours after our own people" in page
    assert (item.brief_first, item.brief_edition, item.inside_hours) == (True, 1, 24)
    path = f"/library/items/{item.id}/edit"
    _, fields = form_of(browser.get(path).text, path)
    assert (fields["briefs-0-language"], fields["briefs-0-text"]) == ("nb", "På norsk.")
    browser.submit(path, {"internal_brief": "In English, but new.", "read_again": "y"}, form=path)
    assert newest(db).brief_edition == 2
    assert browser.submit(path, {"briefs-0-language": "en"}, form=path).status_code == 422, "two in one language"
    too_long = {"publish_from": "2026-07-01T08:00", "expires_at": "2026-07-02T07:00"}
    assert "It would end before it may go outside" in browser.submit(path, too_long, form=path).text
    assert browser.submit(NEW, {"title": "B", "brief_first": "y"}).status_code == 422, "there is none to read"


def test_the_form_comes_back_as_it_was_kept(browser, db, make):
    sales = make.team("Sales")
    answer = browser.submit(
        NEW,
        {
            "title": "A",
            "source_url": "https://example.com/a",
            "team": [str(sales.id)],
            "publish_from": "2026-03-29T02:30",
            "captions-0-text": "One",
            "internal_only": "y",
        },
    )
    follow(browser, answer)
    item = newest(db)
    saved = browser.submit(f"/library/items/{item.id}/edit")
    assert saved.status_code == 302
    assert newest(db).version == 1, "saving the form untouched changes nothing"


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(browser, db):
    answer = browser.submit(
        NEW,
        {"title": "", "source_url": "javascript:alert(1)", "captions-0-text": "My long text", "expires_at": "soon"},
    )
    assert answer.status_code == 422
    assert "Please fill this in." in answer.text
    assert "My long text" in answer.text
    assert newest(db) is None
    answer = browser.submit(NEW, {"title": "T", "source_url": "javascript:alert(1)"})
    assert answer.status_code == 422
    assert "This is not a web address" in answer.text


def test_posts_are_added_moved_and_removed_without_script(browser, db):
    first = browser.submit(NEW, {"title": "T", "captions-0-text": "First", "posts": "add"})
    assert first.status_code == 200
    assert "First" in first.text
    assert 'name="captions-1-text"' in first.text
    assert newest(db) is None, "nothing is kept yet"
    data = {"title": "T", "captions-0-text": "First", "captions-1-text": "Second", "captions-2-text": "Third"}
    same = {f"captions-{n}-{name}": value for n in range(3) for name, value in (("network", ""), ("language", "en"))}
    base = {
        "csrf_token": browser.token(),
        "kind": "text",
        "language": "en",
        "editing": "free",
        "campaign": "",
        **same,
    }
    moved = browser.post(NEW, data={**base, **data, "posts": "up:2"}).text
    assert moved.index("First") < moved.index("Third") < moved.index("Second")
    removed = browser.post(NEW, data={**base, **data, "posts": "remove:0"}).text
    assert "First" not in removed
    assert removed.index("Second") < removed.index("Third")
    assert browser.post(NEW, data={**base, **data, "posts": "remove:77"}).status_code == 200
    assert browser.post(NEW, data={**base, **data, "posts": "nonsense"}).status_code == 200


def test_an_empty_post_is_no_post(browser, db):
    follow(browser, browser.submit(NEW, {"title": "T", "captions-0-text": "  "}))
    assert newest(db).captions == []


def test_a_picture_needs_a_description_and_survives_being_asked_for_it(browser, db):
    sent = {"title": "T", "picture": (photo(), "beach.jpg")}
    asked = browser.submit(NEW, sent)
    assert asked.status_code == 422
    assert "Please describe the picture" in asked.text
    with db.reading() as session:
        picture = session.scalars(select(Picture)).one()
    assert picture.path in asked.text
    answer = browser.submit(NEW, {"title": "T", "picture_id": str(picture.id), "alt_text": "A red field"})
    page = follow(browser, answer).text
    assert f'src="{picture.path}"' in page
    assert 'alt="A red field"' in page
    item = newest(db)
    browser.submit(f"/library/items/{item.id}/edit", {"remove_picture": "y"})
    assert (newest(db).picture_id, newest(db).alt_text) == (None, "")


@pytest.fixture
def small_limits(app, monkeypatch):
    """The limits of files, a hundred times smaller: what tests send is then kept in memory."""
    monkeypatch.setattr(pictures, "MOST_BYTES", 200_000)
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 100_000)


def huge():
    """30,000 x 30,000 points in a few kilobytes."""
    file = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("where", ["new", "edit", "add a post"])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        (lambda: b"<svg onload=alert(1)>", "SVG drawings cannot be used"),
        (lambda: b"MZ no picture at all", "This is no picture that can be used"),
        (lambda: b"", "This is no picture that can be used"),
        (lambda: photo().getvalue()[:900], "This picture&#39;s file is damaged"),
        (huge, "This picture is too large"),
        (lambda: bytes(210_000), "file is too large. Give one of up to 0 MB"),
    ],
    ids=["svg", "program", "empty", "torn", "huge", "heavy"],
)
def test_what_is_no_picture_comes_back_on_the_form_in_words_with_all_that_was_typed(
    browser, db, make, where, file, said, small_limits
):
    path, before = NEW, newest(db)
    if where == "edit":
        before = make.item("Before", state=ItemState.DRAFT)
        path = f"/library/items/{before.id}/edit"
    typed = {"title": "Typed title", "summary": "Typed summary", "captions-0-text": "Typed post"}
    button = {"posts": "add"} if where == "add a post" else {}
    answer = browser.submit(path, {**typed, **button, "picture": (io.BytesIO(file()), "x.png")})
    assert answer.status_code == (200 if button else 422)
    error = re.search(r'id="picture-error">(.*?)</p>', answer.text, re.DOTALL)
    assert error, "nothing is said beside the picture"
    assert said in error.group(1)
    assert 'aria-invalid="true"' in answer.text
    for words in typed.values():
        assert words in answer.text
    assert (newest(db).title if newest(db) else None) == (before.title if before else None)


def test_other_errors_are_said_beside_what_is_wrong_with_the_picture(browser):
    answer = browser.submit(NEW, {"title": "", "picture": (io.BytesIO(b"no"), "x.png")})
    assert "This is no picture that can be used" in answer.text
    assert "Please fill this in" in answer.text


def test_a_picture_added_in_a_form_with_an_error_is_kept_shown_and_saved_with_the_next_send(browser, db, make):
    browser.submit(NEW, {"title": "T", "alt_text": "Red", "picture": (photo(), "a.jpg")})
    item = newest(db)
    path = f"/library/items/{item.id}/edit"
    answer = browser.submit(path, {"title": "", "new_alt_text": "Blue", "picture": (photo("blue"), "b.jpg")})
    assert answer.status_code == 422
    with db.reading() as session:
        first, second = session.scalars(select(Picture).order_by(Picture.id))
    assert newest(db).picture_id == first.id, "nothing is saved yet"
    assert f'src="{second.path}"' in answer.text
    _, form = form_of(answer.text)
    form["title"] = "T again"
    follow(browser, browser.post(path, data=form))
    with db.reading() as session:
        item = session.get_one(ContentItem, item.id)
        assert [(one.picture.id, one.alt_text) for one in item.pictures] == [(first.id, "Red"), (second.id, "Blue")]


def test_pictures_are_moved_up_and_removed_by_buttons_that_need_no_script(browser, db):
    browser.submit(NEW, {"title": "T", "alt_text": "Red", "picture": (photo(), "a.jpg")})
    path = f"/library/items/{newest(db).id}/edit"
    browser.submit(path, {"new_alt_text": "Blue", "picture": (photo("blue"), "b.jpg")})
    moved = browser.submit(path, {"pictures": "up:1"})
    _, form = form_of(moved.text)
    follow(browser, browser.post(path, data=form))
    with db.reading() as session:
        item = session.get_one(ContentItem, newest(db).id)
        assert [one.alt_text for one in item.pictures] == ["Blue", "Red"]
    removed = browser.submit(path, {"pictures": "remove:0"})
    _, form = form_of(removed.text)
    follow(browser, browser.post(path, data=form))
    assert (newest(db).alt_text, newest(db).picture_id is not None) == ("Red", True)


def test_a_further_picture_without_a_description_is_refused_beside_itself(browser, db):
    browser.submit(NEW, {"title": "T", "alt_text": "Red", "picture": (photo(), "a.jpg")})
    answer = browser.submit(f"/library/items/{newest(db).id}/edit", {"picture": (photo("blue"), "b.jpg")})
    assert answer.status_code == 422
    error = re.search(r'id="more_pictures-0-alt_text-error">(.*?)</p>', answer.text, re.DOTALL)
    assert error, "nothing is said beside it"
    assert "Please describe the picture" in error.group(1)


def test_only_forms_with_files_may_be_larger_than_others(browser, small_limits):
    heavy = bytes(210_000)
    assert browser.post("/library/new", data={"source_url": (io.BytesIO(heavy), "x.png")}).status_code == 413
    assert browser.submit(NEW, {"title": "T", "picture": (io.BytesIO(heavy), "x.png")}).status_code == 422


def test_the_second_editor_sees_both_and_decides(browser, db, make, signed_in, curator):
    item = make.item("Common", state=ItemState.DRAFT, summary="As it was")
    path = f"/library/items/{item.id}/edit"
    _, mine = form_of(browser.get(path).text)
    other = signed_in(make.curator("Olga Other"))
    other.submit(path, {"summary": "Hers"})
    answer = browser.post(path, data={**mine, "title": "Mine"})
    assert answer.status_code == 409
    assert "Olga Other changed this item" in answer.text
    assert "Hers" in answer.text, "what she wrote is shown"
    assert newest(db).title == "Common"
    _, again = form_of(answer.text)
    assert again["title"] == "Mine"
    saved = browser.post(path, data=again)
    assert saved.status_code == 302
    assert (newest(db).title, newest(db).summary) == ("Mine", "As it was")


def test_saving_and_approving_in_one_go_puts_it_into_the_feed(browser, db):
    page = follow(
        browser, browser.submit(NEW, {"title": "T", "source_url": "https://example.com/", "then": "approve"})
    )
    assert "Saved and approved." in page.text
    assert newest(db).state is ItemState.APPROVED


def test_what_is_not_ready_is_saved_all_the_same_and_says_what_lacks(browser, db):
    page = follow(browser, browser.submit(NEW, {"title": "T", "then": "submit"})).text
    assert newest(db).state is ItemState.DRAFT
    assert "It has no link" in page


def test_each_step_has_its_button_and_does_it(browser, db, make):
    item = make.item("Stepwise", state=ItemState.DRAFT)
    path = f"/library/items/{item.id}"
    steps = [
        ("submit", {}, ItemState.IN_REVIEW),
        ("send-back", {"note": "Shorter, please"}, ItemState.DRAFT),
        ("approve", {}, ItemState.APPROVED),
        ("withdraw", {"note": "Wrong"}, ItemState.WITHDRAWN),
        ("reopen", {}, ItemState.DRAFT),
    ]
    for step, data, state in steps:
        where = f"{path}/withdraw" if step == "withdraw" else path
        answer = browser.submit(where, data, form=f"{path}/{step}")
        assert answer.location == path
        assert newest(db).state is state, step
    history = browser.get(f"{path}/history").text
    assert "Shorter, please" in history


def test_an_approval_of_what_has_changed_since_is_stopped(browser, db, make, signed_in):
    item = make.item("T", state=ItemState.IN_REVIEW)
    path = f"/library/items/{item.id}"
    signed_in(make.curator("Olga Other")).submit(f"{path}/edit", {"title": "Changed"})
    page = follow(browser, browser.post(f"{path}/approve", data={"csrf_token": browser.token(), "version": "1"}))
    assert "Look at it again" in page.text
    assert newest(db).state is ItemState.IN_REVIEW


def test_many_are_approved_at_once_and_the_rest_is_told(browser, db, make):
    ready, not_ready = (
        make.item("Ready", state=ItemState.DRAFT),
        make.item("Bare", state=ItemState.DRAFT, source_url=""),
    )
    chosen = [f"{ready.id}:1", f"{not_ready.id}:1"]
    page = follow(browser, browser.submit("/library", {"chosen": chosen, "action": "approve"}))
    assert "One item is changed." in page.text
    assert "“Bare” stays as it is." in page.text
    with db.reading() as session:
        assert session.get(ContentItem, ready.id).state is ItemState.APPROVED
        assert session.get(ContentItem, not_ready.id).state is ItemState.DRAFT


def test_bulk_without_a_tick_or_an_action_changes_nothing(browser, db, make):
    item = make.item("T", state=ItemState.DRAFT)
    assert "Tick the items first" in follow(browser, browser.submit("/library", {"action": "approve"})).text
    for action in ("", "delete", "topic"):
        answer = browser.submit("/library", {"chosen": [f"{item.id}:1"], "action": action, "topic": "999"})
        assert answer.status_code in (302, 404)
    assert newest(db).version == 1


def test_the_list_is_narrowed_by_stage_words_and_filters(browser, make):
    topic = make.topic("Culture")
    make.item("Summer party", topics=[topic])
    make.item("Annual report", state=ItemState.DRAFT)
    assert "Annual report" not in browser.get("/library?stage=live").text
    assert "Summer party" not in browser.get("/library?q=REPORT").text
    assert "Annual report" not in browser.get(f"/library?topic={topic.id}").text
    assert "Nothing fits" in browser.get("/library?q=unheard").text
    assert browser.get("/library?stage=nonsense&topic=x&team=99&after=").status_code == 200
    assert browser.get("/library?after=nonsense").status_code == 422


def test_a_long_list_goes_on_on_the_next_page(browser, make):
    for number in range(30):
        make.item(f"Number {number:02}", state=ItemState.DRAFT)
    first = browser.get("/library?stage=draft").text
    assert "Number 29" in first
    assert "Number 04" not in first
    import re

    onward = re.search(r'rel="next" href="([^"]+)"', first).group(1).replace("&amp;", "&")
    assert "stage=draft" in onward
    second = browser.get(onward).text
    assert "Number 04" in second
    assert "Number 29" not in second


def test_history_shows_the_difference_and_brings_a_version_back(browser, db, make):
    browser.submit(NEW, {"title": "First title", "summary": "It was warm", "captions-0-text": "Hello"})
    item = newest(db)
    path = f"/library/items/{item.id}"
    browser.submit(f"{path}/edit", {"summary": "It was cold", "note": "Weather"})
    page = browser.get(f"{path}/history/2").text
    assert "warm</del>" in page
    assert "cold</ins>" in page
    assert "Weather" in page
    assert "cold</ins>" in browser.get(f"{path}/history/1?against=now").text
    answer = browser.submit(f"{path}/history/1", form=f"{path}/history/1/restore")
    assert answer.location == path
    assert newest(db).summary == "It was warm"
    assert browser.get(f"{path}/history/9").status_code == 404


def test_a_draft_is_deleted_after_a_question_and_anything_else_is_not(browser, db, make):
    draft, live = make.item(state=ItemState.DRAFT), make.item()
    browser.submit(f"/library/items/{draft.id}/delete")
    browser.submit(f"/library/items/{live.id}/delete")
    with db.reading() as session:
        assert session.get(ContentItem, draft.id) is None
        assert session.get(ContentItem, live.id) is not None


def test_a_copy_opens_for_editing(browser, db, make):
    item = make.item("Original", captions=["Text"])
    page = follow(browser, browser.submit(f"/library/items/{item.id}", form=f"/library/items/{item.id}/duplicate"))
    assert "Copy of Original" in page.text


def test_the_editor_says_how_many_people_an_audience_reaches(browser, make):
    sales = make.team("Sales")
    make.user(team=sales)
    make.user(team=sales)
    answer = browser.post("/library/items/reach", data={"csrf_token": browser.token(), "team": [str(sales.id)]})
    assert "Reaches 2 people" in answer.text
    answer = browser.post("/library/items/reach", data={"csrf_token": browser.token(), "team": ["4711"]})
    assert "no longer there" in answer.text


def test_a_post_for_a_network_that_is_not_set_up_keeps_it(browser, db, make):
    item = make.item(captions=[Caption(text="Old", network="myspace", language="eo", position=0)])
    browser.submit(f"/library/items/{item.id}/edit", {"title": "Other"})
    assert (newest(db).captions[0].network, newest(db).captions[0].language) == ("myspace", "eo")


def test_remarks_are_shown_with_their_author(browser, make):
    item = make.item()
    path = f"/library/items/{item.id}"
    page = follow(browser, browser.submit(path, {"text": "Is <b>this</b> right?"}, form=f"{path}/comments")).text
    assert "Is &lt;b&gt;this&lt;/b&gt; right?" in page
    assert "Cora Curator" in page


def test_the_queue_shows_what_waits_the_longest_first(browser, make, clock):
    assert "Nothing waits" in browser.get("/library/review").text
    make.item("Older", state=ItemState.IN_REVIEW)
    clock.move(hours=1)
    make.item("Newer", state=ItemState.IN_REVIEW)
    make.item("Draft of mine", state=ItemState.DRAFT)
    page = browser.get("/library/review").text
    assert page.index("Older") < page.index("Newer")
    assert "Draft of mine" not in page


def test_approving_says_for_which_networks_a_text_for_any_is_too_long_and_lets_it_pass(browser, db):
    sent = {"title": "T", "source_url": "https://example.com/a", "captions-0-text": "x" * 310, "then": "approve"}
    page = follow(browser, browser.submit(NEW, sent)).text
    assert newest(db).state is ItemState.APPROVED
    assert "Saved and approved." in page
    assert "Too long for some networks" in page
    assert "Bluesky 10" in page
    assert "Whoever takes it there has to shorten it first" in page


def test_a_text_for_one_network_that_is_too_long_there_keeps_an_item_back(browser, db):
    sent = {
        "title": "T",
        "source_url": "https://example.com/a",
        "captions-0-text": "x" * 310,
        "captions-0-network": "bluesky",
        "then": "approve",
    }
    page = follow(browser, browser.submit(NEW, sent)).text
    assert newest(db).state is ItemState.DRAFT
    assert "10 characters too long for Bluesky" in page
    assert "Too long for some networks" not in page


def test_approving_many_at_once_warns_of_texts_that_are_too_long_somewhere(browser, make):
    item = make.item("Wind", state=ItemState.DRAFT, captions=["x" * 400])
    answer = browser.submit("/library", {"chosen": [f"{item.id}:1"], "action": "approve"})
    page = follow(browser, answer).text
    assert "“Wind” is approved." in page
    assert "too long for some" in page


def test_a_film_is_brought_in_pieces_described_and_shown(browser, db, tmp_path, signed_in, make):
    data = film(tmp_path / "a.mp4")
    token = {"X-CSRFToken": browser.token()}
    begun = browser.post(
        "/library/films", data={"name": "a.mp4", "size": len(data), "fingerprint": "a"}, headers=token
    ).json
    pieces = f"/library/films/{begun['id']}/pieces?at="
    assert browser.post(f"{pieces}0", data=data[:500], headers=token).json["at"] == 500
    twice = browser.post(f"{pieces}0", data=data[:500], headers=token)
    assert (twice.status_code, twice.json["at"]) == (409, 500)
    early = browser.post(f"/library/films/{begun['id']}/end", headers=token)
    assert (early.status_code, early.json["at"]) == (409, 500)
    browser.post(f"{pieces}500", data=data[500:], headers=token)
    kept = browser.post(f"/library/films/{begun['id']}/end", headers=token).json
    assert browser.get(kept["url"], buffered=True).mimetype == "video/mp4"
    written = {"title": "A day at sea", "kind": "film", "film_id": str(kept["film"])}
    item = newest(db) if follow(browser, browser.submit(NEW, {**written, "then": "submit"})) else None
    page = browser.get(f"/library/items/{item.id}").text
    assert "Its film has no description" in page
    follow(browser, browser.submit(f"/library/items/{item.id}/edit", {"film_alt_text": "Waves", "then": "approve"}))
    assert re.search(r">0:01</span>", signed_in(make.user()).get("/feed").text), (
        "the feed does not say how long it is"
    )
    for path, who in ((f"/library/items/{item.id}", browser), (f"/feed/items/{item.id}", signed_in(make.user()))):
        page = who.get(path).text
        assert re.search(
            rf'<video [^>]*controls[^>]*src="{kept["url"]}" poster="{kept["poster"]}" aria-label="Waves"', page
        )


def test_a_film_sent_along_with_the_form_is_kept_and_one_that_is_none_is_refused(browser, db, tmp_path):
    typed = {"title": "Film", "kind": "film", "film_alt_text": "Waves"}
    answer = browser.submit(NEW, {**typed, "film": (io.BytesIO(b"no film at all"), "a.mp4")})
    assert answer.status_code == 422
    assert "This is no film that can be used" in answer.text
    follow(browser, browser.submit(NEW, {**typed, "film": (io.BytesIO(film(tmp_path / "a.mp4")), "a.mp4")}))
    first = newest(db)
    assert first.film_id is not None
    assert first.alt_text == "Waves"
    other = film(tmp_path / "b.mp4", half="white")
    follow(browser, browser.submit(f"/library/items/{first.id}/edit", {"film": (io.BytesIO(other), "b.mp4")}))
    second = newest(db)
    assert second.film_id != first.film_id
    assert second.picture_id != first.picture_id, "the still of the film before it is shown"
    own = {"picture": (photo(), "own.jpg"), "note": "A picture of ours"}
    follow(browser, browser.submit(f"/library/items/{first.id}/edit", own))
    third = newest(db)
    assert third.picture_id not in (first.picture_id, second.picture_id)
    assert (third.film_id, third.alt_text) == (second.film_id, "Waves")
