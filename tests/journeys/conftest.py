"""What journeys can ask for beside the rest: a whole running hub, and a small company in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.connectors.fakes.mastodon import FakeMastodon
from tests.journeys.company import Company, write_policy
from tests.journeys.hub import Hub, start_hub

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["start_hub"]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without telling the terminal."""

    def log_message(self, *_args: object) -> None:
        """Says nothing."""


@pytest.fixture
def company(start_hub: Callable[..., Hub], open_page: Callable[..., Page]) -> Iterator[Company]:
    """A hub with a curator, a leader, an administrator, a policy, a newsroom and a network."""
    serve = partial(Quiet, directory=str(Path(__file__).parent))
    newsroom = ThreadingHTTPServer(("127.0.0.1", 0), serve)
    threading.Thread(target=newsroom.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{newsroom.server_port}"
    with FakeMastodon() as mastodon:
        hub = start_hub(FETCH_ALLOW_HOSTS=place, CONNECTORS_ALLOW_PRIVATE_HOSTS="true")
        people = {
            "Ada": hub.add("Ada Vik", "admin"),
            "Mia": hub.add("Mia Lund", "curator"),
            "Lars": hub.add("Lars Berg", "leader"),
        }
        write_policy(hub)
        admin = open_page()
        hub.sign_in(admin, people["Ada"])
        admin.goto(f"{hub.url}/admin/invitations/link")
        admin.get_by_label("Team they will be in").select_option(label="Sales")
        admin.get_by_role("button", name="Make the link").click()
        invitation = admin.get_by_label("Address to join by").input_value()
        admin.context.close()
        yield Company(hub, mastodon, f"http://{place}/newsroom.rss", invitation, people)
    newsroom.shutdown()
    newsroom.server_close()
