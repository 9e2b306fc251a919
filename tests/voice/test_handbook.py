"""The handbook: written, found, compared, vouched for; and feedback on anything."""

from datetime import timedelta

from sqlalchemy import select

from advocacy.voice.page_models import Feedback, HandbookPage


def write(browser, title, body, **more):
    """Writes a page of the handbook."""
    return browser.submit(
        "/company/handbook/new", {"title": title, "body": body, **more}, form="/company/handbook/new"
    )


def test_a_page_keeps_every_version_and_says_word_by_word_what_changed(make, signed_in):
    browser = signed_in(make.curator())
    address = write(browser, "Travel", "Go by plane.").location
    browser.submit(f"{address}/edit", {"body": "Go by train.", "note": "Climate"})
    reader = signed_in(make.user())
    assert "Go by train." in reader.get(address).text
    history = reader.get(f"{address}/history").text
    assert "Climate" in history
    assert "Cura Tor" in history
    changed = reader.get(f"{address}/history/2").text
    assert "plane.</del>" in changed
    assert "train.</ins>" in changed
    assert reader.get(f"{address}/history/3").status_code == 404


def test_pages_are_found_by_parts_of_words_and_without_accents(make, signed_in):
    browser = signed_in(make.curator())
    write(browser, "Reiseregning", "Lever før fredag.")
    write(browser, "Ferie", "Søk i mars.")
    found = browser.get("/company/handbook?q=regning FOR").text
    assert "Reiseregning" in found
    assert "Ferie" not in found
    assert "No page holds all these words" in browser.get("/company/handbook?q=xyzzy").text


def test_a_page_says_when_nobody_vouches_for_it_any_more(make, signed_in, clock):
    browser = signed_in(make.curator())
    until = (clock.now() + timedelta(days=30)).date().isoformat()
    address = write(browser, "Travel", "Go by train.", reviewed_until=until).location
    assert "Reviewed until" in browser.get(address).text
    clock.move(days=31)
    browser = signed_in(make.user())
    assert "May be out of date" in browser.get(address).text


def test_the_list_goes_on_page_by_page(make, signed_in, db):
    with db.transaction() as session:
        now = make.house.clock.now()
        session.add_all(HandbookPage(title=f"Page {number // 2}", body="x", updated_at=now) for number in range(45))
    browser = signed_in(make.user())
    first = browser.get("/company/handbook").text
    following = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert first.count(">Page ") + browser.get(following).text.count(">Page ") == 45


def test_feedback_is_one_card_a_person_and_tells_nothing_of_few(make, signed_in, db):
    people = [make.user() for _ in range(5)]
    leader = signed_in(make.leader())
    address = f"/company/feedback/item:{make.item().id}"
    for place, user in enumerate(people):
        browser = signed_in(user)
        for helpful in ("0", "1"):
            browser.post(address, data={"csrf_token": browser.token(), "helpful": helpful, "why": f"Reason {place}"})
        page = leader.get(address).text
        assert ("Reason" in page) == ("of 5 people" in page) == (place == 4)
    assert "It helped 5 of 5 people" in leader.get(address).text
    assert "Reason 0" not in signed_in(people[1]).get(address).text
    with db.reading() as session:
        assert len(session.scalars(select(Feedback)).all()) == 5
    assert "Read what people said" in leader.get(f"{address}/card").text
    assert "Read what people said" not in signed_in(people[1]).get(f"{address}/card").text
    for nothing in ("user:1", "item:", "item:<b>", "x"):
        assert leader.get(f"/company/feedback/{nothing}").status_code == 404
