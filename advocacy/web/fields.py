"""Fields that several forms need and WTForms has not."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from wtforms import DateTimeLocalField

from advocacy.web.i18n import choose_zone

MINUTES, SECONDS = "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"


class LocalMoment(DateTimeLocalField):  # type: ignore[misc]
    """A moment as the person's own wall clock shows it; `data` is aware, in UTC.

    A time that the clocks jump over is moved by the width of the jump; one that comes twice is taken the first time.
    """

    def __init__(self, label: Any = None, **more: Any) -> None:
        super().__init__(label, format=[MINUTES, SECONDS], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads what the browser sent."""
        self.data = None
        if not valuelist or not valuelist[0]:
            return
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(gettext("Please give a day and a time.")) from None
        wall: Any = self.data
        try:
            self.data = wall.replace(tzinfo=ZoneInfo(choose_zone())).astimezone(UTC)
        except OverflowError:
            self.data = None
            raise ValueError(gettext("This year is out of reach. Please choose another.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if self.data is None:
            return ""
        local = self.data.astimezone(ZoneInfo(choose_zone()))
        return str(local.strftime(SECONDS if local.second else MINUTES))
