"""Six clicks at most from the opened invitation to the first share, with nothing connected."""

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.people import invitations, onboarding, policies
from advocacy.people.invitees import Invitee
from advocacy.people.models import User

MOST = 6


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_newcomer_shares_by_link_in_six_clicks(site, make, house):
    ada = make.admin("Ada Admin")
    make.item("We powered 40,000 homes", captions=["Proud of my colleagues. {link}"], language="en")
    with house.db.transaction() as session:
        policies.write(session, house.clock, title="Sharing well", body="Be kind.", by=ada.id)
        invitation = invitations.invite(
            session,
            house.clock,
            house.part(Sealer),
            invitee=Invitee(email="kari@example.com", name="Kari Nordmann"),
            days=7,
            locale="en",
            address=site.url,
            by=session.merge(ada),
        )
    page = site.visit(width=390)
    page.goto(invitations.link_for(house.part(Sealer), invitation, address=site.url))
    page.get_by_label("Choose a password").fill("vi drikker kaffe")
    clicks = [
        page.get_by_role("button", name="Join"),
        page.get_by_role("button", name="I have read this"),
        page.get_by_role("article").get_by_role("link", name="Share", exact=True),
        page.get_by_role("radio", name="LinkedIn"),
        page.get_by_role("button", name="Continue"),
        page.get_by_role("link", name="Open LinkedIn"),
    ]
    assert len(clicks) <= MOST
    for click in clicks[:-1]:
        click.click()
        page.wait_for_load_state()
    with page.expect_response("**/opened"):
        clicks[-1].click()
    with house.db.reading() as session:
        assert onboarding.progress(
            session, session.scalars(select(User).where(User.name == "Kari Nordmann")).one()
        ).is_over
