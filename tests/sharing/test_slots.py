"""The next good time: working hours of the person's own zone, apart from their other shares."""

from datetime import UTC, datetime, timedelta

import pytest

from advocacy.sharing import slots
from advocacy.sharing.models import Share, ShareState


@pytest.fixture
def ada(make):
    return make.user("Ada", time_zone="Europe/Oslo")


def slot(house, user):
    with house.db.reading() as session:
        return slots.next_slot(session, house.clock, user=user).at


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 3, 2, 9, 1, tzinfo=UTC), datetime(2026, 3, 2, 9, 15, tzinfo=UTC)),
        (datetime(2026, 3, 2, 9, 12, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)),
        (datetime(2026, 3, 2, 3, 0, tzinfo=UTC), datetime(2026, 3, 2, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), datetime(2026, 3, 3, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 6, 16, 0, tzinfo=UTC), datetime(2026, 3, 9, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 27, 16, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
    ],
    ids=["next quarter", "five minutes to think", "early", "evening", "Friday evening", "clocks go forward"],
)
def test_the_slot_is_the_next_quarter_in_working_hours(house, clock, ada, now, then):
    clock.set(now)
    assert slot(house, ada) == then


def test_slots_keep_half_an_hour_from_what_is_planned(house, clock, ada, make):
    clock.set(datetime(2026, 3, 2, 9, 1, tzinfo=UTC))
    make.share(ada, state=ShareState.SCHEDULED, due_at=datetime(2026, 3, 2, 9, 20, tzinfo=UTC))
    assert slot(house, ada) == datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_when_every_day_is_full_it_is_simply_soon(house, clock, ada, make):
    clock.set(datetime(2026, 3, 2, 9, 1, tzinfo=UTC))
    share = make.share(ada)
    with house.db.transaction() as session:
        for number in range(16 * 18):
            day, half = divmod(number, 18)
            due = datetime(2026, 3, 2, 8, 0, tzinfo=UTC) + timedelta(days=day, minutes=30 * half)
            full = {"state": ShareState.SCHEDULED, "due_at": due, "request_key": f"form {number}", "network": "x"}
            common = {"user_id": ada.id, "item_id": share.item_id, "idempotency_key": "", "text": ""}
            session.add(Share(**full, **common, created_at=due, updated_at=due))
    assert slot(house, ada) == clock.now() + slots.APART
