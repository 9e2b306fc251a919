"""The Bluesky network is the real one: what one person posts, another can like and anybody can read."""

import pytest

from tests.peers.bluesky import RefusedByNetwork, call


def test_a_like_a_repost_and_a_reply_by_somebody_else_are_counted(bluesky_network):
    anna, ben = bluesky_network.create_account("anna"), bluesky_network.create_account("ben")
    post = anna.post("We are hiring in Tromsø")

    ben.like(post)
    ben.repost(post)
    ben.reply(post, "Good luck!")

    def counted(shown):
        return (shown["likeCount"], shown["repostCount"], shown["replyCount"]) == (1, 1, 1)

    shown = bluesky_network.once(post["uri"], counted)
    assert shown["record"]["text"] == "We are hiring in Tromsø"
    assert shown["author"]["handle"] == anna.handle
    assert [entry["post"]["uri"] for entry in bluesky_network.public_feed(anna)] == [post["uri"]]


def test_an_app_password_opens_a_session_and_a_wrong_one_does_not(bluesky_network):
    anna = bluesky_network.create_account("anna")
    wanted = {"identifier": anna.handle, "password": anna.app_password}
    assert call(anna.pds_url, "com.atproto.server.createSession", json=wanted)["did"] == anna.did
    with pytest.raises(RefusedByNetwork, match="401"):
        call(anna.pds_url, "com.atproto.server.createSession", json={**wanted, "password": "wrong"})


def test_the_network_refuses_what_is_too_long(bluesky_network):
    anna = bluesky_network.create_account("anna")
    with pytest.raises(RefusedByNetwork, match="300"):
        anna.post("x" * 301)
    assert anna.records() == []
