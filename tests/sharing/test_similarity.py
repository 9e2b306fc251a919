"""Not spam: colleagues do not post the same words, and are told how near they come."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from advocacy.base.errors import Invalid
from advocacy.library.models import Editing
from advocacy.sharing import planning, similarity
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.similarity import resemblance

TEXT = (
    "We just opened a wind farm that powers forty thousand homes, six weeks early, "
    "and I am proud of every single colleague who built it"
)
words = st.lists(st.sampled_from(["we", "open", "a", "wind", "farm", "today", "proud", "team"]), min_size=1)


def test_the_same_words_are_the_same_whatever_stands_between_them():
    other = "WE JUST opened – a wind farm! That powers forty thousand homes; six weeks early and\nI am proud of every single colleague who built it 🎉 https://hub.example/r/abc"
    assert resemblance(TEXT, other) == 1.0


def test_two_words_changed_in_the_middle_are_too_close_and_half_of_it_changed_is_not():
    few = TEXT.replace("wind", "solar").replace("proud", "glad")
    half = "Six weeks early: forty thousand homes now have power from our wind farm. I am proud of those who built it"
    assert resemblance(TEXT, few) * 100 >= similarity.TOO_CLOSE
    assert resemblance(TEXT, half) * 100 < similarity.NOTABLE


def test_the_disclosure_that_all_must_add_makes_nobody_alike():
    assert resemblance("Good news #employee", "See you there #employee", disclosures=["#employee"]) == 0.0
    assert resemblance("Good news #employee", "See you there #employee") > 0.0


@given(words, words)
def test_likeness_is_fair(one, other):
    a, b = " ".join(one), " ".join(other)
    assert resemblance(a, b) == resemblance(b, a)
    assert 0.0 <= resemblance(a, b) <= 1.0
    assert resemblance(a, a) == 1.0
    assert (resemblance(a, b) == 1.0) <= (sorted(one) == sorted(other))


def test_texts_without_words_are_like_nothing():
    assert resemblance("🎉", "🎉") == 0.0


@pytest.fixture
def people(make):
    return make.user("Ada"), make.user("Bo"), make.user("Cy")


def likeness(sharing, user, item, text=TEXT, networks=("bluesky",)):
    house = sharing.house
    with house.db.reading() as session:
        return similarity.to_colleagues(
            session, house.clock, user_id=user.id, item_id=item.id, text=text, networks=networks
        )


def test_what_colleagues_shared_counts_and_what_i_shared_does_not(sharing, make, people):
    ada, bo, cy = people
    item = make.item()
    sharing.share(ada, item, sharing.connect(ada, handle="ada.test"), text=TEXT)
    sharing.share(bo, item, sharing.connect(bo, handle="bo.test"), text=TEXT.replace("wind", "solar"))
    assert likeness(sharing, cy, item) == similarity.Likeness(100, 2)
    assert likeness(sharing, ada, item).colleagues == 1
    assert likeness(sharing, ada, item).percent < 100
    assert likeness(sharing, cy, item, networks=("mastodon",)) == similarity.NOTHING_LIKE_IT


def test_another_item_with_the_same_words_counts_too_for_a_month(sharing, make, people):
    ada, bo, _ = people
    sharing.share(ada, make.item(), sharing.connect(ada), text=TEXT)
    with sharing.house.db.transaction() as session:
        long_ago, lately = (sharing.house.clock.now() - timedelta(days=days) for days in (99, 29))
        when = {"approved_at": long_ago, "due_at": long_ago, "published_at": lately, "state": ShareState.PUBLISHED}
        session.execute(update(Share).values(**when))  # prepared long before
    assert likeness(sharing, bo, make.item()).is_too_close


@pytest.mark.parametrize(
    "gone",
    [
        {"state": ShareState.CANCELLED},
        {"due_at": timedelta(days=31)},
        {"due_at": timedelta(days=40), "published_at": timedelta(days=31), "state": ShareState.PUBLISHED},
    ],
)
def test_what_was_taken_back_or_is_older_than_a_month_does_not_count(sharing, make, people, gone):
    ada, bo, _ = people
    item = make.item()
    sharing.share(ada, item, sharing.connect(ada), text=TEXT)
    values = {k: sharing.house.clock.now() - v if isinstance(v, timedelta) else v for k, v in gone.items()}
    with sharing.house.db.transaction() as session:
        session.execute(update(Share).values(**values))
    assert likeness(sharing, bo, item) == similarity.NOTHING_LIKE_IT


def test_an_item_that_asks_for_own_words_refuses_a_colleagues_words(sharing, make, people):
    ada, bo, _ = people
    item = make.item(editing=Editing.PERSONAL, min_words_changed=1)
    sharing.share(ada, item, sharing.connect(ada, handle="ada.test"), text=TEXT)
    account = sharing.connect(bo, handle="bo.test")
    with pytest.raises(Invalid, match="100 % the same words") as refused:
        sharing.share(bo, item, account, text=f"{TEXT}!")
    assert refused.value.field == "text"
    [share] = sharing.share(bo, item, account, text="My own thoughts about our new wind farm at sea")
    with pytest.raises(Invalid, match="the same words"):
        sharing.do(planning.edit, bo, share, text=TEXT, networks=sharing.networks, public_url="http://localhost")


def test_a_network_that_forbids_alike_posts_refuses_them_for_every_item(sharing, make, people, plain, monkeypatch):
    ada, bo, _ = people
    item = make.item()
    sharing.share(ada, item, sharing.connect(ada, "plain", handle="ada"), text=TEXT)
    account = sharing.connect(bo, "plain", handle="bo")
    sharing.share(bo, item, account, text=TEXT)
    monkeypatch.setattr(type(plain), "demands_own_words", True, raising=False)
    cy = sharing.connect(people[2], "plain", handle="cy")
    with pytest.raises(Invalid, match="Plain does not allow"):
        sharing.share(people[2], item, cy, text=TEXT)


def test_of_very_many_texts_those_of_the_same_item_are_looked_at_first(sharing, make, people, monkeypatch):
    ada, bo, _ = people
    item = make.item()
    [share] = sharing.share(ada, item, sharing.connect(ada), text=TEXT)
    other = make.item()
    with sharing.house.db.transaction() as session:
        row = {c.name: getattr(share, c.key) for c in Share.__table__.columns if c.name not in ("id", "link_id")}
        row["item_id"] = other.id
        rows = [
            {**row, "request_key": f"k{number}", "text": f"Something else, number {number}"} for number in range(9)
        ]
        session.execute(insert(Share), rows)
    monkeypatch.setattr(similarity, "MOST", 1)
    assert likeness(sharing, bo, item).percent == 100
