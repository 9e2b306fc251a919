"""A Bluesky server: accounts, sessions, blobs, records and the index that counts likes, behind one address.

Written from the lexicons and the reference server's source. It is stricter than the reference server in one thing: a
facet whose bytes do not stand on whole characters within the text is refused here, where the real one lets it through.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b32encode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pyuegc

from tests.connectors.fakes.bluesky_door import BlueskyDoor
from tests.connectors.fakes.server import Clock, Refuse, Request, Response, route

_POST = "app.bsky.feed.post"
_REPOST = "app.bsky.feed.repost"
_XRPC = "/xrpc/com.atproto."


@dataclass
class Person:
    did: str
    handle: str
    password: str
    app_passwords: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    second_factor: bool = False


@dataclass
class _Session:
    person: Person
    app_password: str | None
    access: str
    access_ends: datetime
    refresh: str
    refresh_ends: datetime
    successor: str | None = None


@dataclass
class Counts:
    likes: int = 0
    reposts: int = 0
    replies: int = 0
    quotes: int = 0


class FakeBluesky(BlueskyDoor):
    """One server (PDS) with its index (AppView)."""

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.people: dict[str, Person] = {}
        self.sessions: list[_Session] = []
        self.records: dict[tuple[str, str, str], tuple[dict[str, Any], str]] = {}
        self.blobs: dict[str, tuple[str, int]] = {}
        self.bytes: dict[str, bytes] = {}
        self.counts: dict[str, Counts] = {}
        self.followers: dict[str, int] = {}
        self.indexed = True
        self.sign_ins: list[datetime] = []
        self.names_server_in_did_doc = True
        self.did_doc_names: str | None = None
        self.claims: list[str] | None = None

    # What tests arrange.

    def person(self, handle: str, *, app_password: str = "abcd-efgh-ijkl-mnop") -> Person:
        """An account with an app password, made on first mention."""
        if handle not in self.people:
            did = "did:plc:" + b32encode(handle.encode()).decode().lower().rstrip("=")[:24].ljust(24, "a")
            self.people[handle] = Person(did, handle, "the main password", {app_password: "advocacy"})
        return self.people[handle]

    def remove_app_password(self, handle: str, app_password: str = "abcd-efgh-ijkl-mnop") -> None:
        """As its owner does in the settings: the sessions made with it cannot be refreshed any more."""
        self.people[handle].app_passwords.pop(app_password)

    def posts_of(self, handle: str) -> list[dict[str, Any]]:
        """The posts in the account's repository."""
        did = self.people[handle].did
        return [record for (repo, what, _), (record, _) in self.records.items() if (repo, what) == (did, _POST)]

    def post_by(self, handle: str, text: str = "We are hiring") -> str:
        """A post of somebody; returns its URI."""
        person = self.person(handle)
        place = (
            person.did,
            _POST,
            f"3k{len(self.records):011d}".replace("0", "2").replace("1", "3").replace("8", "7").replace("9", "7"),
        )
        record = {"$type": _POST, "text": text, "createdAt": "2026-10-01T08:00:00.000Z"}
        self._stored(place, *self._checked(record))
        return _uri(place)

    def reposts_of(self, handle: str) -> list[dict[str, Any]]:
        """What the account passed on."""
        did = self.people[handle].did
        return [record for (repo, what, _), (record, _) in self.records.items() if (repo, what) == (did, _REPOST)]

    # Sessions.

    @route("POST", _XRPC + "server.createSession")
    def _sign_in(self, request: Request) -> Response:
        form = request.json
        self.sign_ins = [at for at in self.sign_ins if self.clock() - at < timedelta(minutes=5)]
        if len(self.sign_ins) >= 30:
            reset = int((self.sign_ins[0] + timedelta(minutes=5)).timestamp())
            raise Refuse(429, _error("RateLimitExceeded", "Rate Limit Exceeded"), RateLimit_Reset=str(reset))
        self.sign_ins.append(self.clock())
        found = [one for one in self.people.values() if form["identifier"] in (one.handle, one.did)]
        known = bool(found) and form["password"] in {found[0].password, *found[0].app_passwords}
        if not known:
            raise Refuse(401, _error("AuthenticationRequired", "Invalid identifier or password"))
        person = found[0]
        by_app = form["password"] in person.app_passwords
        if person.second_factor and not by_app:
            raise Refuse(401, _error("AuthFactorTokenRequired", "A sign in code has been sent to your email address"))
        if person.status == "takendown":
            raise Refuse(401, _error("AccountTakedown", "Account has been taken down"))
        return Response(200, self._session(person, form["password"] if by_app else None))

    @route("POST", _XRPC + "server.refreshSession")
    def _refresh(self, request: Request) -> Response:
        session = next((one for one in self.sessions if one.refresh == request.token), None)
        if session is None:
            raise Refuse(400, _error("InvalidToken", "Token could not be verified"))
        gone = session.app_password is not None and session.app_password not in session.person.app_passwords
        if gone or self.clock() > session.refresh_ends:
            raise Refuse(400, _error("ExpiredToken", "Token has been revoked" if gone else "Token has expired"))
        if session.successor is None:
            # The old token stays good for two hours, and gives the same successor.
            session.refresh_ends = min(session.refresh_ends, self.clock() + timedelta(hours=2))
            session.successor = _jwt("com.atproto.refresh", self.clock() + timedelta(days=90))
        return Response(200, self._session(session.person, session.app_password, session.successor))

    @route("POST", _XRPC + "server.deleteSession")
    def _sign_out(self, request: Request) -> Response:
        kept = [one for one in self.sessions if one.refresh != request.token]
        if len(kept) == len(self.sessions):
            raise Refuse(400, _error("InvalidToken", "Token could not be verified"))
        self.sessions = kept
        return Response(200, b"")

    @route("GET", _XRPC + "server.getSession")
    def _who(self, request: Request) -> Response:
        person = self._signed_in(request)
        return Response(200, {"did": person.did, "handle": person.handle, "active": person.status is None})

    @route("GET", _XRPC + "identity.resolveHandle")
    def _resolve(self, request: Request) -> Response:
        person = self.people.get(request.args("handle")[0])
        if person is None:
            raise Refuse(400, _error("InvalidRequest", "Unable to resolve handle"))
        return Response(200, {"did": person.did})

    @route("GET", "/(?P<did>did:plc:[a-z0-9]+)")
    def _document(self, request: Request, did: str = "") -> Response:
        """What the directory of DIDs says, which is behind the same address here."""
        if did not in {person.did for person in self.people.values()}:
            raise Refuse(404, {"message": f"DID not registered: {did}"})
        return Response(200, self._did_document(did))

    @route("GET", _XRPC + "repo.describeRepo")
    def _describe_repo(self, request: Request) -> Response:
        person = next((one for one in self.people.values() if one.did == request.args("repo")[0]), None)
        if person is None:
            raise Refuse(400, _error("InvalidRequest", "Could not find user"))
        return Response(200, {"did": person.did, "handle": person.handle, "didDoc": self._did_document(person.did)})

    # The repository.

    @route("POST", _XRPC + "repo.uploadBlob")
    def _upload(self, request: Request) -> Response:
        is_film = request.headers["content-type"] == "video/mp4"
        self._signed_in(request, "blob:video/mp4" if is_film else "blob:image/*")
        if len(request.body) > (100_000_000 if is_film else 5_000_000):
            raise Refuse(413, _error("PayloadTooLarge", "request entity too large"))
        digest = hashlib.sha256(request.body).digest()
        cid = "bafkrei" + b32encode(digest).decode().lower().rstrip("=")
        mime = request.headers["content-type"]
        self.blobs[cid], self.bytes[cid] = (mime, len(request.body)), request.body
        blob = {"$type": "blob", "ref": {"$link": cid}, "mimeType": mime, "size": len(request.body)}
        return Response(200, {"blob": blob})

    @route("POST", _XRPC + "repo.putRecord")
    def _put(self, request: Request) -> Response:
        asked = request.json
        place = self._place(request, asked)
        record, cid = self._checked(asked["record"])
        known = self.records.get(place)
        if known and known[1] == cid:
            return Response(200, {"uri": _uri(place), "cid": cid, "validationStatus": "valid"})
        if "swapRecord" in asked and (known[1] if known else None) != asked["swapRecord"]:
            raise Refuse(400, _error("InvalidSwap", f"Record was at {known[1] if known else None}"))
        return self._stored(place, record, cid)

    @route("POST", _XRPC + "repo.createRecord")
    def _create(self, request: Request) -> Response:
        asked = request.json
        place = self._place(request, asked)
        if place in self.records:
            raise Refuse(500, _error("InternalServerError", "Internal Server Error"))
        return self._stored(place, *self._checked(asked["record"]))

    @route("GET", _XRPC + "repo.getRecord")
    def _get(self, request: Request) -> Response:
        place = (request.args("repo")[0], request.args("collection")[0], request.args("rkey")[0])
        if place not in self.records:
            raise Refuse(400, _error("RecordNotFound", f"Could not locate record: {_uri(place)}"))
        record, cid = self.records[place]
        return Response(200, {"uri": _uri(place), "cid": cid, "value": record})

    @route("POST", _XRPC + "repo.deleteRecord")
    def _delete(self, request: Request) -> Response:
        self.records.pop(self._place(request, request.json), None)
        return Response(200, {})

    # The index.

    @route("GET", "/xrpc/com.atproto.server.describeServer")
    def _describe_server(self, request: Request) -> Response:
        return Response(200, {"did": "did:web:server.test", "availableUserDomains": [".test"]})

    @route("GET", "/xrpc/app.bsky.feed.getPosts")
    def _posts(self, request: Request) -> Response:
        uris = request.args("uris")
        if not 1 <= len(uris) <= 25:
            raise Refuse(400, _error("InvalidRequest", "Error: Params must have no more than 25 uris"))
        known = {_uri(place) for place in self.records} if self.indexed else set()
        return Response(200, {"posts": [self._shown(uri) for uri in uris if uri in known]})

    @route("GET", "/xrpc/app.bsky.actor.getProfiles")
    def _profiles(self, request: Request) -> Response:
        """Whoever is closed or suspended is left out, without a word."""
        actors = request.args("actors")
        if not 1 <= len(actors) <= 25:
            raise Refuse(400, _error("InvalidRequest", "Error: Params must have no more than 25 actors"))
        wrong = next((one for one in actors if not one.startswith("did:")), None)
        if wrong is not None:
            raise Refuse(400, _error("InvalidRequest", "Error: actors/0 must be a valid did or a handle"))
        shown = [
            {
                "did": one.did,
                "handle": one.handle,
                "followersCount": self.followers.get(one.did, 0),
                "followsCount": 0,
            }
            for one in self.people.values()
            if one.did in actors and one.status is None
        ]
        return Response(200, {"profiles": shown})

    def no_such_route(self, request: Request) -> Response:
        return Response(501, _error("MethodNotImplemented", "Method Not Implemented"))

    def _shown(self, uri: str) -> dict[str, Any]:
        counts = self.counts.get(uri, Counts())
        return {
            "uri": uri,
            "cid": next(cid for place, (_, cid) in self.records.items() if _uri(place) == uri),
            "record": next(record for place, (record, _) in self.records.items() if _uri(place) == uri),
            "likeCount": counts.likes,
            "repostCount": counts.reposts,
            "replyCount": counts.replies,
            "quoteCount": counts.quotes,
            "bookmarkCount": 0,
        }

    def _session(self, person: Person, app_password: str | None, refresh: str | None = None) -> dict[str, Any]:
        now = self.clock()
        scope = "com.atproto.appPass" if app_password else "com.atproto.access"
        known = next((one for one in self.sessions if one.refresh == refresh), None)
        if known is None:
            known = _Session(
                person,
                app_password,
                "",
                now,
                refresh or _jwt("com.atproto.refresh", now + timedelta(days=90)),
                now + timedelta(days=90),
            )
            self.sessions.append(known)
        known.access, known.access_ends = _jwt(scope, now + timedelta(minutes=120)), now + timedelta(minutes=120)
        return {
            "did": person.did,
            "handle": person.handle,
            "accessJwt": known.access,
            "refreshJwt": known.refresh,
            "active": person.status is None,
            **({"didDoc": self._did_document(person.did)} if self.names_server_in_did_doc else {}),
        }

    def _did_document(self, did: str) -> dict[str, Any]:
        service = {
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": self.did_doc_names or self.base_url,
        }
        names = [f"at://{person.handle}" for person in self.people.values() if person.did == did]
        return {"id": did, "alsoKnownAs": self.claims if self.claims is not None else names, "service": [service]}

    def _signed_in(self, request: Request, wanted: str = "atproto") -> Person:
        """Who asks. `wanted` is the permission that a token for a part of the account needs."""
        if request.headers.get("authorization", "").startswith("DPoP "):
            grant = self.proven(request)
            self.permits(grant, wanted)
            person = next(one for one in self.people.values() if one.did == grant.did)
            if person.status:
                raise Refuse(401, _error("AccountTakedown", "Account has been taken down"))
            return person
        session = next((one for one in self.sessions if one.access == request.token), None)
        if not request.token:
            raise Refuse(401, _error("AuthMissing", "Authentication Required"))
        if session is None:
            raise Refuse(400, _error("InvalidToken", "Token could not be verified"))
        if self.clock() > session.access_ends:
            raise Refuse(400, _error("ExpiredToken", "Token has expired"))
        if session.person.status:
            raise Refuse(401, _error("AccountTakedown", "Account has been taken down"))
        return session.person

    def _place(self, request: Request, asked: dict[str, Any]) -> tuple[str, str, str]:
        person = self._signed_in(request, f"repo:{asked['collection']}")
        if asked["repo"] != person.did:
            raise Refuse(400, _error("InvalidRequest", "Cannot write to another repo"))
        return asked["repo"], asked["collection"], asked["rkey"]

    def _stored(self, place: tuple[str, str, str], record: dict[str, Any], cid: str) -> Response:
        self.records[place] = (record, cid)
        commit = {"cid": "bafyrei" + secrets.token_hex(8), "rev": secrets.token_hex(6)}
        return Response(200, {"uri": _uri(place), "cid": cid, "commit": commit, "validationStatus": "valid"})

    def _checked(self, record: dict[str, Any]) -> tuple[dict[str, Any], str]:
        """The record and its address by content. Raises what the server says of a bad one."""
        wrong = self._wrong_with(record)
        if wrong:
            raise Refuse(400, _error("InvalidRequest", f"Invalid {_POST} record: {wrong}"))
        for blob in _blobs(record):
            if blob["ref"]["$link"] not in self.blobs:
                raise Refuse(400, _error("BlobNotFound", f"Could not find blob: {blob['ref']['$link']}"))
        digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).digest()
        return record, "bafyrei" + b32encode(digest).decode().lower().rstrip("=")

    def _wrong_with(self, record: dict[str, Any]) -> str | None:
        if record.get("$type") == _REPOST:
            return self._wrong_reference(record.get("subject"))
        embed = record.get("embed") or {}
        if "record" in embed:
            quoted = embed["record"]["record"] if embed["$type"].endswith("recordWithMedia") else embed["record"]
            wrong = self._wrong_reference(quoted)
            if wrong:
                return wrong
        for end in ("root", "parent") if "reply" in record else ():
            if wrong := self._wrong_reference(record["reply"].get(end)):
                return wrong
        text = record.get("text")
        if not isinstance(text, str) or record.get("$type") != _POST:
            return 'Record must have the property "text"'
        if len(pyuegc.EGC(text)) > 300:
            return "Record/text must not be longer than 300 graphemes"
        if len(text.encode()) > 3000:
            return "Record/text must not be longer than 3000 characters"
        if not str(record.get("createdAt", "")).endswith("Z"):
            return "Record/createdAt must be an valid atproto datetime"
        if len(record.get("langs", ())) > 3:
            return "Record/langs must not have more than 3 elements"
        return _wrong_facet(text, record.get("facets", ())) or _wrong_embed(record.get("embed"))

    def _wrong_reference(self, subject: Any) -> str | None:
        """A reference is to be a URI and the content it has now; the real server looks no further."""
        known = {_uri(place): cid for place, (_, cid) in self.records.items()}
        if not isinstance(subject, dict) or known.get(str(subject.get("uri"))) != subject.get("cid"):
            return "Record/subject must be a strong reference"
        return None


def _wrong_facet(text: str, facets: list[dict[str, Any]]) -> str | None:
    raw, last = text.encode(), 0
    for facet in facets:
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        if not last <= start < end <= len(raw):
            return "Record/facets out of order or out of range"
        try:
            raw[start:end].decode()
        except UnicodeDecodeError:
            return "Record/facets cut a character"
        last = end
    return None


def _wrong_embed(embed: dict[str, Any] | None) -> str | None:
    if embed is None or embed["$type"] == "app.bsky.embed.record":
        return None
    if embed["$type"] == "app.bsky.embed.recordWithMedia":
        return _wrong_embed(embed["media"])
    if embed["$type"] == "app.bsky.embed.images":
        if len(embed["images"]) > 4:
            return "Record/embed/images must not have more than 4 elements"
        if any("alt" not in image for image in embed["images"]):
            return 'Record/embed/images/0 must have the property "alt"'
        if any(image["image"]["size"] > 2_000_000 for image in embed["images"]):
            return "Record/embed/images/0/image blob too big"
        return None
    if embed["$type"] == "app.bsky.embed.video":
        if embed["video"]["mimeType"] != "video/mp4" or embed["video"]["size"] > 100_000_000:
            return "Record/embed/video is no film or too large"
        if len(embed.get("alt", "").encode()) > 10_000 or len(pyuegc.EGC(embed.get("alt", ""))) > 1000:
            return "Record/embed/alt must not be longer than 1000 graphemes"
        if any(type(side) is not int or side < 1 for side in embed.get("aspectRatio", {}).values()):
            return "Record/embed/aspectRatio must be of whole numbers"
        return None
    external = embed["external"]
    if any(not isinstance(external.get(name), str) for name in ("uri", "title", "description")):
        return "Record/embed/external must have uri, title and description"
    if "thumb" in external and external["thumb"]["size"] > 1_000_000:
        return "Record/embed/external/thumb blob too big"
    return None


def _blobs(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("$type") == "blob":
            return [value]
        return [blob for part in value.values() for blob in _blobs(part)]
    return [blob for part in value for blob in _blobs(part)] if isinstance(value, list) else []


def _error(name: str, message: str) -> dict[str, str]:
    return {"error": name, "message": message}


def _uri(place: tuple[str, str, str]) -> str:
    return f"at://{'/'.join(place)}"


def _jwt(scope: str, ends: datetime) -> str:
    def part(value: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"scope": scope, "exp": int(ends.timestamp()), "jti": secrets.token_hex(8)}
    return f"{part({'typ': 'at+jwt', 'alg': 'HS256'})}.{part(claims)}.{secrets.token_urlsafe(32)}"
