"""Every page that links lead to is sound in a real browser."""

from tests.site import walk


def test_a_stranger_finds_sound_pages_only(site, app, axe):
    page = site.visit()
    found = {stop.endpoint: axe(page) for stop in walk(page, app.url_map, site.url)}
    assert "sign_in.form" in found
    assert {endpoint: lines for endpoint, lines in found.items() if lines} == {}
