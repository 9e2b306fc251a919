"""Tokens: refreshed once however many workers ask, kept whatever comes in between."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import update

from advocacy.sharing import credentials
from advocacy.sharing.models import Connection, ConnectionState, ShareState
from connectors import CredentialsExpired, Transient
from tests.connectors.fakes.server import Response


@pytest.fixture
def account(sharing, make):
    return sharing.connect(make.user("Ada"), "bluesky")


def ask_at_once(house, connection, workers=6):
    """Several workers want good tokens at the same moment."""
    got, barrier = [], threading.Barrier(workers)

    def worker():
        barrier.wait()
        try:
            got.append(credentials.usable(house, connection_id=connection.id).credentials.access_token)
        except BaseException as error:
            got.append(error)

    threads = [threading.Thread(target=worker) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_good_tokens_are_used_as_they_are(house, account, bluesky):
    credentials.usable(house, connection_id=account.id)
    assert bluesky.asked("refreshSession") == []


def test_tokens_about_to_end_are_refreshed_once_by_all_workers_together(house, account, bluesky, clock):
    clock.move(hours=1, minutes=59)
    tokens = ask_at_once(house, account)
    assert len(set(tokens)) == 1, tokens
    assert len(bluesky.asked("refreshSession")) == 1
    assert credentials.usable(house, connection_id=account.id).credentials.access_token == tokens[0]


def test_a_worker_that_died_while_refreshing_does_not_block_for_ever(house, account, bluesky, clock):
    clock.move(hours=3)
    with house.db.transaction() as session:
        past = house.db.now(session) - timedelta(seconds=1)
        session.execute(update(Connection).values(refresh_lease_until=past))
    assert credentials.usable(house, connection_id=account.id)
    assert len(bluesky.asked("refreshSession")) == 1


def test_who_waits_for_a_refresh_that_does_not_end_gives_up_and_asks_nobody(house, account, bluesky, clock):
    clock.move(hours=3)
    with house.db.transaction() as session:
        later = house.db.now(session) + timedelta(seconds=60)
        session.execute(update(Connection).values(refresh_lease_until=later))
    with pytest.raises(Transient):
        credentials.usable(house, connection_id=account.id, sleep=lambda _seconds: None)
    assert bluesky.asked("refreshSession") == []


def test_a_refresh_that_fails_for_now_can_be_tried_again(house, account, bluesky, clock):
    clock.move(hours=3)
    bluesky.fail(Response(503, {"error": "away"}), "refreshSession", times=1)
    with pytest.raises(Transient):
        credentials.usable(house, connection_id=account.id)
    assert credentials.usable(house, connection_id=account.id)


def test_a_removed_app_password_asks_the_person_to_connect_again(house, account, bluesky, clock):
    clock.move(hours=3)
    bluesky.remove_app_password("ada.test")
    with pytest.raises(CredentialsExpired):
        credentials.usable(house, connection_id=account.id)


def test_tokens_that_no_key_opens_any_more_ask_for_a_new_sign_in(house, account):
    with house.db.transaction() as session:
        session.merge(account).sealed_credentials = b"sealed by keys that are gone"
    with pytest.raises(CredentialsExpired):
        credentials.usable(house, connection_id=account.id)


def test_a_share_says_so_when_the_sign_in_is_gone(house, sharing, make, bluesky, clock):
    ada = make.user("Ada")
    account = sharing.connect(ada, "bluesky")
    [share] = sharing.share(ada, make.item(), account)
    clock.move(hours=1, minutes=59)
    bluesky.remove_app_password("ada.test")
    sharing.work()
    stands = sharing.now(share)
    assert stands.state is ShareState.SCHEDULED
    assert stands.connection.state is ConnectionState.NEEDS_SIGN_IN
    assert "Connect your account again" in stands.reason["template"]
