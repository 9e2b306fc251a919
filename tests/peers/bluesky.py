"""A real Bluesky network (directory, personal data server, AppView) and people on it who post, like and repost."""

import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from .databases import create_database, drop_database
from .installed import TOOLS, node, npm_package
from .processes import free_port, running

_numbers = itertools.count(1)
HUB = "https://hub.nordlys"
"""No such place, and none of the reserved names, which the network refuses to fetch from."""


class RefusedByNetwork(Exception):
    """The network answered with an error."""


def call(service: str, method: str, *, token: str = "", **arguments: Any) -> dict[str, Any]:
    """Call an XRPC method: a GET with `params`, or a POST with `json` (or `data` and `headers` for a blob)."""
    headers = {**arguments.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    verb = "POST" if "json" in arguments or "data" in arguments else "GET"
    answer = requests.request(verb, f"{service}/xrpc/{method}", headers=headers, timeout=30, **arguments)
    if not answer.ok:
        raise RefusedByNetwork(f"{method}: {answer.status_code} {answer.text}")
    return answer.json() if answer.content else {}


@dataclass(frozen=True)
class BlueskyPerson:
    """Someone with an account, acting through the API as any other app would."""

    pds_url: str
    handle: str
    did: str
    password: str
    app_password: str
    token: str

    def record(self, collection: str, value: dict[str, Any]) -> dict[str, str]:
        """Create a record and return its reference, `uri` and `cid`."""
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        body = {"repo": self.did, "collection": collection, "record": {"createdAt": now, **value}}
        made = call(self.pds_url, "com.atproto.repo.createRecord", token=self.token, json=body)
        return {"uri": made["uri"], "cid": made["cid"]}

    def post(self, text: str, **fields: Any) -> dict[str, str]:
        """Post a text."""
        return self.record("app.bsky.feed.post", {"text": text, **fields})

    def like(self, post: dict[str, str]) -> dict[str, str]:
        """Like a post, given by its `uri` and `cid`."""
        return self.record("app.bsky.feed.like", {"subject": _reference(post)})

    def repost(self, post: dict[str, str]) -> dict[str, str]:
        """Repost a post, given by its `uri` and `cid`."""
        return self.record("app.bsky.feed.repost", {"subject": _reference(post)})

    def reply(self, post: dict[str, str], text: str) -> dict[str, str]:
        """Reply to a post that is not itself a reply."""
        return self.post(text, reply={"root": _reference(post), "parent": _reference(post)})

    def records(self, collection: str = "app.bsky.feed.post") -> list[dict[str, Any]]:
        """This person's own records as the data server keeps them, newest first: `uri`, `cid`, `value`."""
        params = {"repo": self.did, "collection": collection, "limit": "100"}
        return list(call(self.pds_url, "com.atproto.repo.listRecords", params=params)["records"])


def _reference(post: dict[str, str]) -> dict[str, str]:
    return {"uri": post["uri"], "cid": post["cid"]}


@dataclass(frozen=True)
class BlueskyNetwork:
    """The running network. Addresses are `http://localhost:...`, which the network itself also writes into DIDs."""

    pds_url: str
    appview_url: str
    plc_url: str = ""
    hub_url: str = ""
    """What stands for an app's public address: the network fetches it from `hub_port` on this machine."""
    hub_port: int = 0

    def create_account(self, name: str = "person") -> BlueskyPerson:
        """Sign somebody up, with an app password. The handle is `name`, made unique, under `.test`."""
        handle = f"{name}{next(_numbers)}{secrets.token_hex(2)}.test"
        password = secrets.token_urlsafe(12)
        wanted = {"handle": handle, "email": f"{handle}@example.test", "password": password}
        account = call(self.pds_url, "com.atproto.server.createAccount", json=wanted)
        token = account["accessJwt"]
        made = call(self.pds_url, "com.atproto.server.createAppPassword", token=token, json={"name": "advocacy"})
        return BlueskyPerson(self.pds_url, handle, account["did"], password, made["password"], token)

    def public_posts(self, uris: list[str]) -> list[dict[str, Any]]:
        """These posts as the AppView shows them to anybody, with `likeCount`, `repostCount`, `replyCount`."""
        params = [("uris", uri) for uri in uris]
        return list(call(self.appview_url, "app.bsky.feed.getPosts", params=params)["posts"])

    def public_feed(self, person: BlueskyPerson) -> list[dict[str, Any]]:
        """What the AppView shows on a person's profile, newest first; each has a `post`."""
        params = {"actor": person.did, "limit": "50"}
        return list(call(self.appview_url, "app.bsky.feed.getAuthorFeed", params=params)["feed"])

    def once(self, uri: str, holds: Callable[[dict[str, Any]], bool], *, seconds: float = 20) -> dict[str, Any]:
        """Wait until the AppView shows this post in the wanted way (it lags by about a second), and return it."""
        deadline = time.monotonic() + seconds
        while True:
            posts = self.public_posts([uri])
            if posts and holds(posts[0]):
                return posts[0]
            if time.monotonic() > deadline:
                raise AssertionError(f"after {seconds} s the AppView still shows {posts} for {uri}")
            time.sleep(0.1)


@pytest.fixture(scope="session")
def bluesky_network(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlueskyNetwork]:
    """The whole network on this machine; up in about five seconds, once for all tests."""
    npm_package("@atproto/dev-env")
    folder = tmp_path_factory.mktemp("bluesky")
    log = folder / "log"
    pds, appview, hub = free_port(), free_port(), free_port()
    database = create_database(postgres_server)
    environment = {
        "DB_POSTGRES_URL": database,
        "PDS_PORT": str(pds),
        "APPVIEW_PORT": str(appview),
        "HUB_URL": HUB,
        "HUB_PORT": str(hub),
        "TMPDIR": str(folder),
        "LOG_ENABLED": "false",
        "NODE_ENV": "test",
    }
    script = Path(__file__).with_name("bluesky.mjs")
    command = [node(), "--no-deprecation", script, TOOLS / "peers"]
    try:
        with running(
            command,
            ready=lambda: '"ready":true' in log.read_text(errors="replace"),
            log=log,
            seconds=120,
            environment=environment,
        ):
            said = json.loads(
                next(line for line in log.read_text("utf-8", "replace").splitlines() if '"ready"' in line)
            )
            yield BlueskyNetwork(f"http://localhost:{pds}", f"http://localhost:{appview}", said["plc"], HUB, hub)
    finally:
        drop_database(postgres_server, database)
