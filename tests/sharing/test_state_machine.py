"""Whatever networks answer, workers die of and people press, in any order: never twice, never lost, never a wrong word.

The networks are in memory and count. A post that a person sent again after we said that we do not know is theirs.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from advocacy.base import logs
from advocacy.base.db import Database
from advocacy.base.errors import HubError
from advocacy.base.events import Event
from advocacy.base.house import House
from advocacy.base.sealing import Key, KeyRing, Sealer
from advocacy.learning import requirements
from advocacy.library.media import Media
from advocacy.sharing import briefs_first, connections, left_behind, planning, publishing
from advocacy.sharing import shares as asking
from advocacy.sharing.carrying import carry_out
from advocacy.sharing.gates import Gates
from advocacy.sharing.models import Proof, Share, ShareState
from advocacy.sharing.networks import Networks
from advocacy.sharing.publisher import Publisher
from advocacy.sharing.shares import Wanted
from connectors import (
    Credentials,
    CredentialsExpired,
    Idempotency,
    Identity,
    OutcomeUnknown,
    RateLimited,
    Reason,
    Registry,
    Rejected,
    Transient,
)
from tests.conftest import FakeClock
from tests.factories import Factory
from tests.sharing.plain import PlainConnector

SAID = Reason("It said so.")
NETWORK = st.sampled_from(["plain", "key", "record"])
STEPS = ("after claim", "before send", "in the network", "after answer", "before commit", "after commit")


ANSWERS = {
    "transient": lambda _now: (Transient(SAID), False),
    "limited": lambda now: (RateLimited(SAID, until=now + timedelta(minutes=20)), False),
    "expired": lambda _now: (CredentialsExpired(SAID, refreshable=False), False),
    "rejected": lambda _now: (Rejected(SAID), False),
    "lost": lambda _now: (OutcomeUnknown(SAID), True),
    "not taken": lambda _now: (OutcomeUnknown(SAID), False),
    "bug": lambda _now: (KeyError("a fault of ours"), True),
}
"""What a network may answer instead of a receipt, and whether the post is there all the same."""


class Death(BaseException):
    """The worker is gone."""


class Remembering(PlainConnector):
    """Knows a repeat by its key for an hour, as Mastodon does."""

    name = network = "key"
    idempotency = Idempotency("key", timedelta(hours=1))

    def __init__(self, clock):
        super().__init__()
        self.clock, self.keys = clock, {}

    def publish(self, draft, credentials):
        known = self.keys.get(draft.key)
        if known and self.clock.now() - known[1] < timedelta(hours=1) and not self.answers:
            return self._receipt(known[0])
        before = len(self.posts)
        try:
            return super().publish(draft, credentials)
        finally:
            if known and self.clock.now() - known[1] < timedelta(hours=1):
                del self.posts[before:]
            elif len(self.posts) > before:
                self.keys[draft.key] = (len(self.posts), self.clock.now())


class Addressed(PlainConnector):
    """Has one place for each record key, as Bluesky does."""

    name = network = "record"
    idempotency = Idempotency("record")

    def publish(self, draft, credentials):
        before = len(self.posts)
        taken = any(post.record_key == draft.record_key for post in self.posts)
        try:
            return super().publish(draft, credentials)
        finally:
            if taken:
                del self.posts[before:]


class Machine(RuleBasedStateMachine):
    """One hub, three networks, one person."""

    shares = Bundle("shares")

    def __init__(self, empty: Path) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        database = shutil.copy(empty, Path(self.folder.name) / "hub.db")
        self.clock = FakeClock(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
        self.networks = {"plain": PlainConnector(), "key": Remembering(self.clock), "record": Addressed()}
        registry = Registry({}, now=self.clock.now)
        for name, connector in self.networks.items():
            registry._known[name] = registry._awake[name] = connector
        gates = Gates(requirements.hold, briefs_first.hold)
        parts = [Sealer(KeyRing((Key.fresh(),))), Media(Path(self.folder.name)), Networks(registry), gates]
        publisher = Publisher(public_url="http://localhost", worker="w", step=self._step)
        self.house = House(
            db=Database(f"sqlite:///{database}", time=self.clock.now), clock=self.clock, parts=[*parts, publisher]
        )
        self.make = Factory(self.house)
        self.dies_at: str | None = None
        self.allowed: dict[int, int] = {}
        self.number = 0

    @initialize()
    def connect(self):
        self.ada = self.make.user("Ada")
        self.person_connects_again()

    def _step(self, name: str) -> None:
        if name == self.dies_at:
            self.dies_at = None
            raise Death

    # What people do.

    @rule(target=shares, network=NETWORK, later=st.sampled_from([0, 0, 0, 30]))
    def share(self, network, later):
        return self._share(network, later)

    def _share(self, network, later):
        item = self.make.item()
        self.number += 1
        try:
            with self.house.db.transaction() as session:
                [share] = asking.request(
                    session,
                    self.clock,
                    self.house.part(Networks),
                    user=self.ada,
                    item_id=item.id,
                    wanted=[Wanted(network, f"Words number {self.number}.", self.accounts[network].id)],
                    request_key=f"form {self.number}",
                    due_at=self.clock.now() + timedelta(minutes=later) if later else None,
                    public_url="http://localhost",
                )
        except HubError:
            return -1  # the day is full, or the account needs a sign-in
        self.allowed[share.id] = 1
        return share.id

    @rule(
        share=shares,
        change=st.sampled_from(["cancel", "reschedule", "it_is_there", "send_again", "leave_it", "edit"]),
    )
    def person(self, share, change):
        if share == -1:
            return
        more = {"reschedule": {"due_at": None}}.get(change, {})
        before = self._now(share)
        try:
            with self.house.db.transaction() as session:
                if change == "edit":
                    planning.edit(
                        session,
                        self.clock,
                        self.house.part(Networks),
                        user=self.ada,
                        share_id=share,
                        text=before.text.rstrip(".") + " again.",
                        public_url="http://localhost",
                    )
                else:
                    getattr(planning, change)(session, self.clock, user=self.ada, share_id=share, **more)
        except HubError:
            return
        if change == "send_again":
            self.allowed[share] += 1  # they said that it is not there; if it is, the double is theirs

    @rule()
    def person_connects_again(self):
        self.accounts = {
            name: connections.keep(
                self.house,
                user_id=self.ada.id,
                network=name,
                tokens=Credentials("token", remote_id="ada"),
                who=Identity("ada", "@ada"),
            )
            for name in self.networks
        }

    # What the world and its workers do.

    @rule(seconds=st.sampled_from([60, 3600, 3 * 3600]))
    def time_passes(self, seconds):
        self.clock.move(seconds=seconds)

    @rule(dies_at=st.sampled_from(STEPS), answer=st.sampled_from(["good", "lost", "not taken"]), first=NETWORK)
    def worker_that_dies_of_fresh_shares(self, dies_at, answer, first):
        for network in sorted(self.networks, key=lambda name: name != first):
            self._share(network, 0)
        self._worker(answer, None, dies_at, True)

    @rule(answer=st.sampled_from(sorted(ANSWERS)), leases_end=st.booleans())
    def worker_at_a_bad_moment(self, answer, leases_end):
        self._worker(answer, None, None, leases_end)

    @rule(dies_at=st.sampled_from(STEPS), answer=st.sampled_from(["good", "lost", "not taken"]))
    def worker_that_dies(self, dies_at, answer):
        self._worker(answer, None, dies_at, True)

    @rule(look=st.sampled_from([None, Transient, OutcomeUnknown]))
    def worker_after_a_minute(self, look):
        self._worker("good", look, None, True)

    def _worker(self, answer, look, dies_at, leases_end):
        """A moment later a worker makes a round, from which it may not come back; the networks answer as told."""
        self.clock.move(seconds=11)
        if leases_end:
            self._leases_end()
        for connector in self.networks.values():
            if answer != "good":
                error, made = ANSWERS[answer](self.clock.now())
                connector.fails(error, carried_out=made)
            if dies_at == "in the network":
                connector.fails(Death(), carried_out=answer in ("good", "lost"))
            connector.looks += [look(SAID)] if look else []
        self._round(dies_at)
        for connector in self.networks.values():
            connector.calm()

    def _round(self, dies_at: str | None) -> None:
        db = self.house.db
        left_behind.recover(db)
        left_behind.give_up_late(self.house)
        left_behind.ask_where_nobody_can_look(db)
        self.dies_at = dies_at
        try:
            for attempt in publishing.claim_due(db, "w", 9):
                carry_out(self.house, attempt)
        except Death:
            pass  # and with it everything else that it had claimed
        self.dies_at = None

    def _leases_end(self) -> None:
        with self.house.db.transaction() as session:
            past = self.house.db.now(session) - timedelta(seconds=1)
            session.execute(update(Share).where(Share.lease_until.is_not(None)).values(lease_until=past))

    # What must hold.

    @invariant()
    def nothing_is_there_twice(self):
        for share in self._all():
            posts = self._posts(share)
            assert posts <= self.allowed[share.id], f"{share.network} has {posts} posts of share {share.id}"

    @invariant()
    def words_are_true(self):
        for share in self._all():
            if share.proof is Proof.NETWORK:
                assert share.state is ShareState.PUBLISHED
                assert self._posts(share) >= 1
            if share.state in (ShareState.FAILED, ShareState.MISSED) and self.allowed[share.id] == 1:
                assert self._posts(share) == 0, f"{share.network}: {share.state} and yet it is there"
            if share.state is ShareState.UNCONFIRMED:
                assert share.unsettled_at is not None
            if share.state in (ShareState.SCHEDULED, ShareState.CANCELLED, ShareState.FAILED, ShareState.MISSED):
                assert share.lease_owner is None
            if share.state is ShareState.SCHEDULED:
                assert share.next_attempt_at is not None
                assert share.deadline_at is not None

    def teardown(self):
        """All is well again and time passes: every share comes to an end that its person understands."""
        self._time_goes_by()
        for share in self._all():
            assert share.next_attempt_at is None, f"{share.state}, and nobody is asked"
        self.person_connects_again()
        self._time_goes_by()
        for share in self._all():
            assert share.state not in (ShareState.PUBLISHING, ShareState.SCHEDULED), f"left behind: {share.state}"
            if share.state is ShareState.UNCONFIRMED:
                assert share.next_attempt_at is None
                assert share.network != "record", "whose outcome can always be looked up"
                assert self._posts(share) == 0, "what is there is found"
        self.nothing_is_there_twice()
        self.words_are_true()
        self._published_is_told_once()
        self.house.db.dispose()
        self.folder.cleanup()

    def _time_goes_by(self) -> None:
        for _ in range(6):
            self._leases_end()
            self._round(None)
            self.clock.move(hours=13)

    def _published_is_told_once(self):
        with self.house.db.reading() as session:
            told = list(session.scalars(select(Event.subject_id).where(Event.kind == "share.published")))
        again = {one for one in told if told.count(one) > 1}
        assert not {one for one in again if self.allowed[one] == 1}, "published is told once"

    def _posts(self, share: Share) -> int:
        # The key is the same for every try of a share, and no other share's.
        return sum(post.key == share.idempotency_key for post in self.networks[share.network].posts)

    def _all(self) -> list[Share]:
        with self.house.db.reading() as session:
            return list(session.scalars(select(Share)))

    def _now(self, share_id: int) -> Share:
        with self.house.db.reading() as session:
            return session.get_one(Share, share_id)


def test_no_order_of_events_loses_or_doubles_a_share(request):
    empty = request.getfixturevalue("_empty_sqlite")
    logs.set_up(level="critical", as_json=True)  # hundreds of faults are logged here, on purpose
    run_state_machine_as_test(
        lambda: Machine(empty),
        settings=settings(
            max_examples=40,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
