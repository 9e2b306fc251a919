"""Sign-ins that live on only while they have not ended are extended in time, by themselves."""

import pytest
from sqlalchemy import select

from advocacy.base.sealing import Sealer
from advocacy.sharing import credentials, extending
from advocacy.sharing.models import Connection, ConnectionState
from advocacy.sharing.networks import Networks
from connectors import Credentials, Registry
from tests.connectors.fakes.meta import CLIENT_ID, CLIENT_SECRET
from tests.connectors.fakes.server import Response
from tests.connectors.fakes.threads import FakeThreads


@pytest.fixture
def threads(clock):
    """Threads."""
    with FakeThreads(clock.now) as server:
        yield server


@pytest.fixture
def house(house, threads):
    """The hub with Threads awake."""
    settings = {
        "THREADS_CLIENT_ID": CLIENT_ID,
        "THREADS_CLIENT_SECRET": CLIENT_SECRET,
        "THREADS_API_URL": threads.base_url,
    }
    house._parts[Networks] = Networks(Registry(settings, now=house.clock.now, allow_private_hosts=True))
    return house


@pytest.fixture
def account(house, make, threads):
    """An account that was just connected, for sixty days."""
    token = threads.token_for("ada")
    tokens = Credentials(token, expires_at=threads.tokens[token].ends, remote_id="1", handle="@ada")
    ada = make.user("Ada")
    with house.db.transaction() as session:
        made = Connection(
            user_id=ada.id,
            network="threads",
            remote_id="1",
            handle="@ada",
            connected_at=house.clock.now(),
            expires_at=tokens.expires_at,
        )
        session.add(made)
        session.flush()
        made.sealed_credentials = credentials.seal(house.part(Sealer), made.id, tokens)
    return made


def stands(house):
    """The account as it stands."""
    with house.db.reading() as session:
        return session.scalars(select(Connection)).one()


def test_a_sign_in_is_extended_when_half_its_life_is_over(house, account, threads, clock):
    clock.move(days=29)
    assert extending.extend_due(house) == 0
    clock.move(days=2)
    assert extending.extend_due(house) == 1
    assert (stands(house).expires_at - clock.now()).days == 60
    held = credentials.held(house, connection_id=account.id)
    assert threads.tokens[held.credentials.access_token].ends == stands(house).expires_at
    assert extending.extend_due(house) == 0


def test_a_sign_in_lives_for_years_though_nobody_uses_it(house, account, clock):
    for _ in range(80):
        clock.move(days=10)
        extending.extend_due(house)
    assert stands(house).state is ConnectionState.ACTIVE
    assert stands(house).expires_at > clock.now()


def test_a_network_that_is_away_is_asked_again_and_the_sign_in_stays(house, account, threads, clock):
    clock.move(days=31)
    threads.fail(Response(503, ""), "GET /refresh_access_token", times=1)
    assert extending.extend_due(house) == 0
    assert stands(house).state is ConnectionState.ACTIVE
    assert extending.extend_due(house) == 1


def test_a_sign_in_that_was_taken_back_asks_its_person(house, account, threads, clock):
    clock.move(days=31)
    for token in threads.tokens.values():
        token.revoked = True
    assert extending.extend_due(house) == 0
    assert stands(house).state is ConnectionState.NEEDS_SIGN_IN
    assert extending.extend_due(house) == 0
    assert len(threads.asked("GET /refresh_access_token")) == 1
