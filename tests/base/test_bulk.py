"""Many rows at once, each with its own values, on both databases."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from advocacy.base import bulk
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.place_models import PlaceState

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACES = bulk.table_of(PlaceState)
KEY = ("network", "server")


def test_each_row_gets_its_own_values(db, make):
    user, item = make.user(), make.item()
    shares = [make.share(user, item, text=f"Words {number}") for number in range(3)]
    changes = [
        (share.id, ShareState.FAILED, MORNING + timedelta(minutes=number), {"text": f"Because {number}"})
        for number, share in enumerate(shares[:2])
    ]
    with db.transaction() as session:
        bulk.change(session, bulk.table_of(Share), ("id", "state", "next_attempt_at", "reason"), changes, key=("id",))
    with db.reading() as session:
        found = {share.id: share for share in session.scalars(select(Share))}
    first, second, untouched = (found[share.id] for share in shares)
    assert (first.state, first.next_attempt_at, first.reason) == (ShareState.FAILED, MORNING, {"text": "Because 0"})
    assert second.next_attempt_at == MORNING + timedelta(minutes=1)
    assert second.reason == {"text": "Because 1"}
    assert untouched.state is not ShareState.FAILED
    assert untouched.text == "Words 2"


def test_a_key_of_two_columns_names_one_row(db):
    servers = ("https://a.example", "https://b.example")
    with db.transaction() as session:
        session.add_all(PlaceState(network="mastodon", server=server, taken={}) for server in servers)
        session.add(PlaceState(network="bluesky", server=servers[0], taken={}))
    with db.transaction() as session:
        bulk.change(
            session,
            PLACES,
            (*KEY, "taken", "trying_until"),
            [("mastodon", servers[0], {"1": 2}, MORNING), ("mastodon", servers[1], {"3": 4}, None)],
            key=KEY,
        )
    with db.reading() as session:
        rows = {
            (row.network, row.server): (row.taken, row.trying_until) for row in session.scalars(select(PlaceState))
        }
    assert rows == {
        ("mastodon", servers[0]): ({"1": 2}, MORNING),
        ("mastodon", servers[1]): ({"3": 4}, None),
        ("bluesky", servers[0]): ({}, None),
    }


def test_what_is_not_there_is_passed_over_and_nothing_is_added(db):
    with db.transaction() as session:
        bulk.change(session, PLACES, (*KEY, "taken"), [("mastodon", "https://a.example", {"1": 1})], key=KEY)
        bulk.change(session, PLACES, (*KEY, "taken"), [], key=KEY)
    with db.reading() as session:
        assert session.scalars(select(PlaceState)).all() == []


def test_thousands_of_rows_go_in_one_transaction(db):
    servers = [f"https://{number}.example" for number in range(3000)]
    with db.transaction() as session:
        bulk.add(
            session,
            PLACES,
            (*KEY, "taken", "failures", "openings"),
            [("mastodon", server, {}, 0, 0) for server in servers],
        )
        bulk.change(
            session,
            PLACES,
            (*KEY, "failures"),
            [("mastodon", server, number) for number, server in enumerate(servers)],
            key=KEY,
        )
    with db.reading() as session:
        kept = dict(session.execute(select(PlaceState.server, PlaceState.failures)).all())
    assert kept == {server: number for number, server in enumerate(servers)}
