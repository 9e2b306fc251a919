"""The pages of recognition, as people meet them."""


def test_an_empty_board_says_what_to_do(signed_in, make):
    page = signed_in(make.user()).get("/leaderboard")
    assert "Nobody has points in this period yet" in page.text


def test_the_rules_are_published(signed_in, make):
    page = signed_in(make.user()).get("/points")
    assert "A person followed your link" in page.text
    assert "25 times for one post" in page.text


def test_every_period_and_strange_addresses_are_answered(signed_in, make):
    browser = signed_in(make.user())
    for query in ("?period=week", "?period=all", "?period=nonsense", "?from=-5", "?from=9999999999", "?team=987654"):
        assert browser.get("/leaderboard" + query).status_code == 200
        assert browser.get("/leaderboard/teams" + query).status_code == 200


def test_my_points_list_what_each_was_for(signed_in, make):
    assert "No points yet" in signed_in(make.user()).get("/me/points").text
    assert signed_in(make.user()).get("/me/points?after=nonsense").status_code == 422
