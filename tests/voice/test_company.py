"""The page from which the company's own places are reached."""

from advocacy.web import company


def test_the_page_leads_to_the_places_this_person_may_open_and_to_no_other(app, signed_in, make, monkeypatch):
    places = (
        company.Place("Open to all", "For everybody.", "policies.current", "forms"),
        company.Place("Not made yet", "Nobody made it.", "nothing.index", "forms"),
        company.Place("For a few", "For administrators.", "admin_people.index", "forms"),
    )
    monkeypatch.setattr(company, "PLACES", places)
    page = signed_in(make.user()).get("/company").text
    assert "Open to all" in page
    assert "Not made yet" not in page
    assert "For a few" not in page
    assert "For a few" in signed_in(make.admin()).get("/company").text
