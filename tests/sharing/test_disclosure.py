"""Disclosure as policy: by country, counted, never left out where it is required, kept with the share."""

from datetime import timedelta

import pytest

from advocacy.base.errors import Invalid
from advocacy.library import disclosure_policy, review
from advocacy.library.disclosure_policy import Rule
from advocacy.library.disclosures import Place
from advocacy.library.models import ContentItem, Editing
from advocacy.library.text_rules import TextRules
from advocacy.people.models import User
from advocacy.sharing import composing, planning, shares
from tests.sharing.conftest import PUBLIC_URL

HERE = "I work at Nordlys."


@pytest.fixture
def boss(make):
    return make.admin("Grace Hopper")


@pytest.fixture
def ada(make):
    return make.user("Ada Lovelace", country="GB")


@pytest.fixture
def account(sharing, ada):
    return sharing.connect(ada)


@pytest.fixture
def lay_down(house, boss):
    def write(country="", text="I work at {company}.", **fields):
        with house.db.transaction() as session:
            rule = Rule(country, text, **fields)
            disclosure_policy.lay_down(session, house.clock, rule=rule, by=boss)

    return write


def test_the_rule_of_the_persons_country_holds_and_else_everybodys(sharing, make, ada, account, lay_down):
    lay_down()
    lay_down("GB", "Ad: {company}", place=Place.BEGINNING)
    [share] = sharing.share(ada, make.item(), account)
    assert (share.text, share.disclosed, share.disclosed_for) == ("Ad: Nordlys\n\nWords of mine", "Ad: Nordlys", "GB")
    ola = make.user("Ola Hansen", country="DK")
    [share] = sharing.share(ola, make.item(), sharing.connect(ola, handle="ola.test"))
    assert (share.text, share.disclosed_for) == (f"Words of mine\n\n{HERE}", "")


def test_norwegian_posts_say_it_in_norwegian_and_the_items_own_stands_beside_it(
    sharing, make, ada, account, lay_down
):
    lay_down(text_nb="Jeg jobber i {company}.")
    [share] = sharing.share(ada, make.item(language="nb", disclosure="#ad"), account)
    assert share.text == "Words of mine\n\nJeg jobber i Nordlys. #ad"
    assert share.disclosed == "Jeg jobber i Nordlys.\n#ad"


def test_what_is_required_cannot_be_left_out_and_what_is_recommended_can(
    sharing, make, ada, account, lay_down, house
):
    def shared(**rule):
        lay_down("GB", **rule)
        item = make.item()
        with house.db.transaction() as session:
            [share] = shares.request(
                session,
                house.clock,
                sharing.networks,
                user=ada,
                item_id=item.id,
                wanted=[shares.Wanted(account.network, "Words of mine", account.id)],
                request_key=f"form of {item.id}",
                due_at=None,
                public_url=PUBLIC_URL,
                company="Nordlys",
                leaves_out_disclosure=True,
            )
            return share.text, share.disclosed

    assert shared(is_required=True) == (f"Words of mine\n\n{HERE}", HERE)
    assert shared(is_required=False) == ("Words of mine", "")


def test_it_counts_in_the_length_and_stands_in_the_preview(sharing, make, ada, account, lay_down, house):
    lay_down()
    room = 300 - len(f"\n\n{HERE}")
    with pytest.raises(Invalid, match="1"):
        sharing.share(ada, make.item(), account, text="x" * (room + 1))
    assert sharing.share(ada, make.item(), account, text="x" * room)
    item = make.item("Wind", captions=["Proud"])
    with house.db.reading() as session:
        [way, own] = composing.ways(
            session,
            sharing.networks,
            user=session.get_one(User, ada.id),
            item=session.get_one(ContentItem, item.id),
            public_url=PUBLIC_URL,
            company="Nordlys",
        )
    assert way.preview == f"Proud\n\n{HERE}"
    assert own.preview.startswith(f"Proud\n\n{HERE}")
    assert HERE in way.disclosing


def test_a_ready_made_text_is_held_to_the_longest_that_any_country_asks(house, make, lay_down):
    item = make.item(state="draft", captions=["x" * 300], editing=Editing.LOCKED)
    lay_down("US", "I work at {company}, which is what this is about.")
    with house.db.transaction() as session:
        item = session.merge(item)
        rules = house.part(TextRules)
        [said] = review.warnings(item, rules, review.disclosed(session, item, rules))
    assert "Bluesky" in said.params["networks"]


def test_in_channels_it_is_said_where_the_rule_says_so(house, make, ada, lay_down):
    item = make.item(disclosure="#ad")

    def said():
        with house.db.reading() as session:
            asked = disclosure_policy.asked_of(session, user=ada, item=item, company="Nordlys")
        return [one.text for one in asked.there(is_channel=True)]

    lay_down("GB")
    assert said() == ["#ad"]
    lay_down("GB", in_channels=True)
    assert said() == [HERE, "#ad"]


def test_what_was_approved_goes_out_as_it_was_until_its_person_changes_it(
    sharing, make, ada, account, lay_down, house, clock
):
    [share] = sharing.share(ada, make.item(), account, due_at=clock.now() + timedelta(hours=3))
    lay_down()
    with house.db.reading() as session:
        kept = planning.mine(session, user_id=ada.id, share_id=share.id)
        assert kept.text == "Words of mine"
        asked = planning.no_longer_said(session, sharing.networks, user=ada, share=kept, company="Nordlys")
        assert [one.text for one in asked] == [HERE]
    again = sharing.do(
        planning.edit,
        ada,
        share,
        networks=sharing.networks,
        text="Words of mine",
        public_url=PUBLIC_URL,
        company="Nordlys",
    )
    assert (again.text, again.disclosed) == (f"Words of mine\n\n{HERE}", HERE)


def test_colleagues_are_not_alike_for_what_all_must_add(sharing, make, ada, account, lay_down, house):
    lay_down("GB", "Working at {company} is what I do every single day", place=Place.BEGINNING)
    lay_down("", "Every single day working at {company}")
    ola = make.user("Ola Hansen")
    item = make.item(editing=Editing.PERSONAL, min_words_changed=0)
    sharing.share(ola, item, sharing.connect(ola, handle="ola.test"), text="Look here")
    assert sharing.share(ada, item, account, text="See this")


def test_an_administrator_writes_it_from_a_suggestion_and_gives_an_office_its_country(
    signed_in, boss, make, house, db
):
    kari = make.user("Kari Nordmann", location="Oslo")
    browser = signed_in(boss)
    assert "Nothing is disclosed for most people yet" in browser.get("/admin/disclosure").text
    assert "I work at {company}." in browser.get("/admin/disclosure/edit?country=US&suggested=1").text
    wrong = browser.submit("/admin/disclosure/edit?country=US", {"text_en": "", "text_nb": "", "is_required": "y"})
    assert wrong.status_code == 422
    told = browser.submit("/admin/disclosure/edit?country=US", {"text_en": "Hi {company}", "place": "end"})
    assert told.status_code == 303
    assert "Hi " in browser.get("/admin/disclosure").text
    browser.submit("/admin/disclosure", {"location": "Oslo", "country": "NO"}, form="/admin/disclosure/countries")
    with db.reading() as session:
        assert session.get_one(User, kari.id).country == "NO"
    browser.submit("/admin/disclosure/edit?country=US", {"do": "remove"})
    with db.reading() as session:
        assert disclosure_policy.rules(session) == []
