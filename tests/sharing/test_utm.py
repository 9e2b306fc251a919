"""What tracked links tell the page they lead to, as editors decide it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from advocacy.library import campaigns
from advocacy.sharing.models import Link
from advocacy.sharing.utm import CampaignUtmPattern


@pytest.fixture
def ada(make):
    sales = make.team("Sales")
    for _ in range(4):
        make.user(team=sales)
        make.user()
    return make.user("Ada Advocate", team=make.team("Nordic", parent=sales))


@pytest.fixture
def cura(make, signed_in):
    return signed_in(make.curator())


def told(house, share):
    with house.db.reading() as session:
        return {k: v[0] for k, v in parse_qs(urlsplit(session.get_one(Link, share.link_id).target).query).items()}


def test_links_tell_what_editors_decided_and_a_campaign_decides_for_its_own(sharing, make, ada, cura, house):
    account, campaign = sharing.connect(ada), make.campaign("Summer of Work")
    plain, of_campaign = make.item("Grid report"), make.item("New jobs", campaign_id=campaign.id)
    [before] = sharing.share(ada, plain, account)
    old = told(house, before)

    typed = {"utm_medium": "employee advocacy", "utm_term": "{team}", "utm_content": "{title}-{language}"}
    assert cura.submit("/library/campaigns/link-parameters", typed).status_code == 303
    own = f"/library/campaigns/{campaign.id}/link-parameters"
    assert cura.submit(own, {"utm_source": "staff.{network}"}).status_code == 303

    [share] = sharing.share(ada, of_campaign, account)
    assert told(house, share) == {
        "utm_source": "staff.bluesky",
        "utm_medium": "employee advocacy",
        "utm_campaign": "summer-of-work",
        "utm_content": "new-jobs-en",
        "utm_term": "sales",  # Nordic is one person alone, whom a link would point at
    }
    assert told(house, before) == old, "a link that is out keeps what it has"

    with house.db.transaction() as session:
        campaigns.remove(session, house.clock, campaign_id=campaign.id, by=ada.id)
    with house.db.reading() as session:
        assert session.scalars(select(CampaignUtmPattern)).all() == []


@pytest.mark.parametrize("typed", ["{name}", "{user}", "a&b=c", "ada@example.com", "{", "x" * 101])
def test_a_pattern_that_holds_no_place_of_ours_is_refused_beside_its_field(cura, house, typed):
    answer = cura.submit("/library/campaigns/link-parameters", {"utm_term": typed})
    assert answer.status_code == 422
    assert 'id="utm_term-error"' in answer.text
    assert (
        "utm_term" not in cura.get("/library/campaigns/link-parameters").text.split("leads to")[1].split("</ul>")[0]
    )


def test_patterns_can_be_looked_at_before_they_hold(cura, make):
    make.item("Grid report", source_url="https://example.com/grid?utm_medium=pdf")
    seen = cura.submit(
        "/library/campaigns/link-parameters", {"utm_medium": "staff", "utm_source": "{title}", "do": "preview"}
    )
    assert seen.status_code == 200
    assert "utm_medium=pdf&amp;utm_source=grid-report" in seen.text, "what the address has already stays"
    assert "grid-report" not in cura.get("/library/campaigns/link-parameters").text
