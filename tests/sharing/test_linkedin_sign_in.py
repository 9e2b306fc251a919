"""Connecting a LinkedIn account against a certified OpenID Connect provider: its refusals are real ones."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials
from advocacy.sharing.models import Connection
from advocacy.sharing.networks import Networks
from connectors import Registry


@pytest.fixture
def browser(house, sharing, signed_in, make, linkedin_sign_in):
    registry = Registry(linkedin_sign_in.settings(), now=house.clock.now, allow_private_hosts=True)
    house._parts[Networks] = Networks(registry)
    return signed_in(make.user("Ada"))


def words(response):
    return " ".join(response.get_data(as_text=True).split())


def set_out(browser):
    page = browser.submit("/connections/linkedin/new").get_data(as_text=True)
    [address] = re.findall(r'href="([^"]*response_type=code[^"]*)"', page)
    return unescape(address)


def come_back(browser, address):
    parts = urlsplit(address)
    browser.get(f"{parts.path}?{parts.query}")
    return words(browser.get("/connections"))


def kept(house):
    with house.db.reading() as session:
        return list(session.scalars(select(Connection).order_by(Connection.id)))


def test_a_member_signs_in_allows_and_is_connected_for_sixty_days(browser, house, linkedin_sign_in):
    address = linkedin_sign_in.allow(set_out(browser), "Anna")
    assert f"iss=http%3A%2F%2Flocalhost%3A{urlsplit(linkedin_sign_in.url).port}" in address
    assert "Anna Berg is connected." in come_back(browser, address)
    [connection] = kept(house)
    assert (connection.remote_id, connection.handle) == ("Anna", "Anna Berg")
    assert connection.sign_in_ends_at == house.clock.now() + timedelta(days=60)
    held = credentials.unseal(house.part(Sealer), connection).credentials
    assert held.refresh_token is None
    assert set(held.extra["scope"].split()) == {"openid", "profile", "w_member_social"}


def test_who_cancels_is_told_that_nothing_was_connected(browser, house, linkedin_sign_in):
    assert "You did not allow it" in come_back(browser, linkedin_sign_in.refuse(set_out(browser)))
    assert kept(house) == []


def test_a_code_is_good_once(browser, house, linkedin_sign_in, signed_in, make):
    address = linkedin_sign_in.allow(set_out(browser), "Anna")
    come_back(browser, address)
    state = re.search(r"state=([^&]+)", set_out(browser))[1]
    told = come_back(browser, re.sub(r"state=[^&]+", f"state={state}", address))
    assert "used before or is too old" in told


def test_an_answer_of_another_provider_is_refused(browser, house, linkedin_sign_in):
    address = linkedin_sign_in.allow(set_out(browser), "Anna")
    told = come_back(browser, re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.example", address))
    assert "does not come from" in told
    assert kept(house) == []


def test_letting_go_ends_the_token_at_the_provider(browser, house, linkedin_sign_in):
    come_back(browser, linkedin_sign_in.allow(set_out(browser), "Bo"))
    [connection] = kept(house)
    held = credentials.unseal(house.part(Sealer), connection).credentials
    browser.submit(f"/connections/{connection.id}/disconnect")
    assert "is taken back" in words(browser.get("/connections"))
    with pytest.raises(Exception, match="Connect your account again"):
        house.part(Networks).registry.api("linkedin").identity(held)
