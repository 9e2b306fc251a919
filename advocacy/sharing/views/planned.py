"""What a person is told beside "planned": that the sign-in it needs ends before its time."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import format_date, gettext
from flask_login import current_user

from advocacy.sharing import sign_ins
from advocacy.sharing.networks import Networks
from advocacy.web.forms import tell
from advocacy.web.house import house, reading
from advocacy.web.i18n import say


def warn(share_ids: Collection[int]) -> None:
    """Warns of each account whose sign-in ends before a share of these is due."""
    for connection in sign_ins.planned_too_late(reading(), user_id=current_user.id, share_ids=share_ids):
        tell(
            gettext(
                "Your sign-in at %(network)s ends on %(day)s, before this goes out. Sign in again under My networks "
                "until then, or it waits for you.",
                network=say(house().part(Networks).label(connection.network)),
                day=format_date(connection.sign_in_ends_at, "d MMM y"),
            ),
            "warning",
        )
