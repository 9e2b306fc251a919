"""Lists for editors: stages, filters, search, and pages that neither repeat nor skip."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from advocacy.base.errors import Invalid
from advocacy.library import catalogue, search
from advocacy.library.catalogue import Wanted
from advocacy.library.models import ContentItem, Dimension, ItemState, Stage


def titles(db, clock, **wanted):
    with db.reading() as session:
        return {item.title for item in catalogue.page(session, clock, wanted=Wanted(**wanted)).items}


def test_every_item_stands_at_exactly_one_stage_and_both_judges_agree(db, clock, make):
    now = clock.now()
    moments = [None, now - timedelta(hours=1), now, now + timedelta(hours=1)]
    made = [
        make.item(state=state, publish_from=start, expires_at=end)
        for state in ItemState
        for start in moments
        for end in moments
    ]
    with db.reading() as session:
        counts = catalogue.counts(session, clock, wanted=Wanted())
        assert sum(counts.values()) == len(made)
        for stage in Stage:
            found = set(session.scalars(select(ContentItem.id).where(catalogue.at_stage(stage, now))))
            assert found == {item.id for item in made if item.stage(now) is stage}
            assert counts[stage] == len(found)


def test_filters_narrow_together(db, clock, make):
    sales = make.team("Sales")
    north = make.team("North", parent=sales)
    topic, campaign = make.topic(), make.campaign()
    make.item("All", topics=[topic], campaign_id=campaign.id, audience={Dimension.TEAM: [sales]}, language="nb")
    make.item("Topic", topics=[topic])
    make.item("Campaign", campaign_id=campaign.id)
    make.item("Sales", audience={Dimension.TEAM: [sales]})
    make.item("North", audience={Dimension.TEAM: [north]})
    make.item("Norwegian", language="nb")
    assert titles(db, clock, topic_id=topic.id) == {"All", "Topic"}
    assert titles(db, clock, campaign_id=campaign.id) == {"All", "Campaign"}
    assert titles(db, clock, team_id=sales.id) == {"All", "Sales"}
    assert titles(db, clock, team_id=north.id) == {"All", "Sales", "North"}
    assert titles(db, clock, language="nb") == {"All", "Norwegian"}
    assert titles(db, clock, topic_id=topic.id, campaign_id=campaign.id, team_id=north.id, language="nb") == {"All"}


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("årsrapport", True),
        ("ÅRSRAPPORT", True),
        ("arsrapport", True),
        ("rapport", True),
        ("rapport bronnoysund", True),
        ("brønnøysund", True),
        ("rapport missing", False),
        ("café", True),
        ("cafe", True),
        ("100%", True),
        ("2%0", False),
        ("%", True),
        ("_", True),
        ("", True),
        ("strasse", True),
        ("Culture", True),
    ],
)
def test_all_words_must_occur_whatever_their_case_and_accents(db, clock, make, words, finds):
    captions = ["Café på Brønnøysund", "100% Straße"]
    make.item("Ny Årsrapport", captions=captions, topics=[make.topic("Culture")])
    assert titles(db, clock, words=words) == ({"Ny Årsrapport"} if finds else set())


def test_folding_leaves_bare_words():
    assert search.fold("  Æble-Øl, ﬁne  CAFÉ\t#Tag_1! ") == "aeble ol fine cafe tag 1"


def test_pages_neither_repeat_nor_skip_while_items_share_a_moment(db, clock, make):
    made = [make.item(f"{number}").id for number in range(23)]
    seen, after = [], ""
    with db.reading() as session:
        while True:
            page = catalogue.page(session, clock, wanted=Wanted(), after=after, size=5)
            seen += [item.id for item in page.items]
            if page.next_cursor is None:
                break
            after = page.next_cursor
    assert seen == sorted(made, reverse=True)


def test_a_made_up_cursor_is_refused_in_words(db, clock):
    for cursor in ("nonsense", "WzEsMl0", "WyJ4IiwxXQ", "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwxXQ"):
        with db.reading() as session, pytest.raises(Invalid):
            catalogue.page(session, clock, wanted=Wanted(), after=cursor)
