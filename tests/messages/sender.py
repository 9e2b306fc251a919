"""A worker process that sends letters until none is due; the mail server kills it. Reads its order as JSON from argv."""

import json
import sys
from datetime import datetime

from advocacy.app import build_house
from advocacy.base.clock import StandingClock
from advocacy.messages import mailing
from advocacy.people import outbox
from config import Settings

if __name__ == "__main__":
    order = json.loads(sys.argv[1])
    house = build_house(Settings(**order["settings"]), clock=StandingClock(datetime.fromisoformat(order["now"])))
    while mailing.tick(house) + outbox.send_due(house):
        pass
    house.db.dispose()
