"""The part of a Bluesky server that signs people in on its own page: pushed requests, bound tokens, and no second use.

Written from atproto.com/specs/oauth, RFC 9126, 9449 and 7523 and the reference server's source (oauth-provider). It
judges signatures by itself.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.connectors.fakes.server import Clock, FakeServer, Refuse, Request, Response, route


@dataclass
class Pushed:
    """A request that was pushed and waits for its person."""

    form: dict[str, str]
    key: str
    auth: str
    ends: datetime


@dataclass
class Grant:
    """What a person allowed."""

    did: str
    client_id: str
    key: str
    auth: str
    scope: str
    access: str = ""
    access_ends: datetime | None = None
    refresh: str = ""
    spent: set[str] = field(default_factory=set)


class BlueskyDoor(FakeServer):
    """What the reference server does at /oauth, beside what `FakeBluesky` does."""

    people: dict[str, Any]

    def __init__(self, clock: Clock | None = None) -> None:
        super().__init__(clock)
        self.nonce = secrets.token_urlsafe(8)
        self.documents: dict[str, dict[str, Any]] = {}
        self.pushed: dict[str, Pushed] = {}
        self.codes: dict[str, tuple[Pushed, str]] = {}
        self.used_codes: dict[str, Grant] = {}
        self.grants: list[Grant] = []
        self.door_says: dict[str, Any] = {}
        self.home_says: dict[str, Any] = {}
        self._seen: set[str] = set()

    # What tests arrange.

    def turn_nonce(self) -> None:
        """Ask for a new nonce from now on, as the real server does every minute."""
        self.nonce = secrets.token_urlsafe(8)

    def allow(self, url: str, handle: str) -> dict[str, str]:
        """What pressing "Authorize" does on the page at `url`: the query the person comes back with."""
        pushed = self._waiting(url)
        code = "cod-" + secrets.token_hex(16)
        self.codes[code] = (pushed, self.people[handle].did)
        return {"iss": self.base_url, "state": pushed.form["state"], "code": code}

    def deny(self, url: str) -> dict[str, str]:
        """What pressing "Deny access" does."""
        return {"iss": self.base_url, "state": self._waiting(url).form["state"], "error": "access_denied"}

    def _waiting(self, url: str) -> Pushed:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        pushed = self.pushed.pop(asked["request_uri"])
        assert asked == {"client_id": pushed.form["client_id"], "request_uri": asked["request_uri"]}
        assert self.clock() < pushed.ends, "the pushed request has ended"
        return pushed

    # What the server says of itself.

    @route("GET", "/.well-known/oauth-protected-resource")
    def _home(self, request: Request) -> Response:
        said = {"resource": self.base_url, "authorization_servers": [self.base_url], **self.home_says}
        return Response(200, said)

    @route("GET", "/.well-known/oauth-authorization-server")
    def _door(self, request: Request) -> Response:
        at = self.base_url
        said = {
            "issuer": at,
            "pushed_authorization_request_endpoint": f"{at}/oauth/par",
            "authorization_endpoint": f"{at}/oauth/authorize",
            "token_endpoint": f"{at}/oauth/token",
            "revocation_endpoint": f"{at}/oauth/revoke",
            "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ["RS256", "ES256"],
            "require_pushed_authorization_requests": True,
            "authorization_response_iss_parameter_supported": True,
            "client_id_metadata_document_supported": True,
            "protected_resources": [at],
        }
        return Response(200, said | self.door_says)

    @route("POST", "/oauth/par")
    def _push(self, request: Request) -> Response:
        form = request.form
        key = self._proof(request, resource=False)
        document = self._client(form)
        auth = self._authenticated(form, document)
        if form.get("redirect_uri") not in document["redirect_uris"]:
            raise self._refuse(400, "invalid_request", "Invalid redirect_uri")
        if not set(form.get("scope", "").split()) <= set(document["scope"].split()):
            raise self._refuse(400, "invalid_scope", "Scope is not declared in the client metadata")
        if form.get("response_type") != "code" or form.get("code_challenge_method") != "S256":
            raise self._refuse(400, "invalid_request", "Invalid authorization request")
        if len(form.get("code_challenge", "")) != 43 or not form.get("state"):
            raise self._refuse(400, "invalid_request", "code_challenge is required")
        uri = "urn:ietf:params:oauth:request_uri:req-" + secrets.token_hex(8)
        self.pushed[uri] = Pushed(form, key, auth, self.clock() + timedelta(minutes=5))
        return self._answer({"request_uri": uri, "expires_in": 299}, 201)

    @route("POST", "/oauth/token")
    def _token(self, request: Request) -> Response:
        form = request.form
        key = self._proof(request, resource=False)
        auth = self._authenticated(form, self._client(form))
        if form.get("grant_type") == "authorization_code":
            return self._by_code(form, key, auth)
        if form.get("grant_type") == "refresh_token":
            return self._by_refresh(form, key, auth)
        raise self._refuse(400, "invalid_grant", "Grant type is not supported")

    def _by_code(self, form: dict[str, str], key: str, auth: str) -> Response:
        code = form.get("code", "")
        if code in self.used_codes:
            self._drop(self.used_codes[code])  # somebody has the code who should not
        if code not in self.codes:
            raise self._refuse(400, "invalid_grant", "Invalid code")
        pushed, did = self.codes.pop(code)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            (pushed.key, pushed.auth, pushed.form["client_id"]) != (key, auth, form["client_id"])
            or form.get("redirect_uri") != pushed.form["redirect_uri"]
            or _b64(digest) != pushed.form["code_challenge"]
        ):
            raise self._refuse(400, "invalid_grant", "Invalid code_verifier, key or redirect_uri")
        grant = Grant(did, form["client_id"], key, auth, pushed.form["scope"])
        self.grants.append(grant)
        self.used_codes[code] = grant
        return self._issued(grant)

    def _by_refresh(self, form: dict[str, str], key: str, auth: str) -> Response:
        token = form.get("refresh_token", "")
        grant = next((one for one in self.grants if token == one.refresh or token in one.spent), None)
        if grant is None:
            raise self._refuse(400, "invalid_grant", "Invalid refresh token")
        if token in grant.spent:
            self._drop(grant)
            raise self._refuse(400, "invalid_grant", "Refresh token replayed")
        if (grant.key, grant.auth, grant.client_id) != (key, auth, form["client_id"]):
            self._drop(grant)
            raise self._refuse(400, "invalid_grant", "DPoP proof does not match the expected JKT")
        grant.spent.add(token)
        return self._issued(grant)

    @route("POST", "/oauth/revoke")
    def _revoke(self, request: Request) -> Response:
        form = request.form
        key = self._proof(request, resource=False)
        self._authenticated(form, self._client(form))
        for grant in list(self.grants):
            if form.get("token") in (grant.refresh, grant.access) and grant.key == key:
                self._drop(grant)
        return self._answer({})

    # Who asks.

    def proven(self, request: Request) -> Grant:
        """The grant behind a request whose token is bound to a key."""
        token = request.headers["authorization"].removeprefix("DPoP ")
        key = self._proof(request, resource=True, token=token)
        grant = next((one for one in self.grants if one.access == token), None)
        if grant is None or grant.key != key:
            raise self._refuse(401, "invalid_token", "Invalid token", challenge="invalid_token")
        if grant.access_ends is None or self.clock() > grant.access_ends:
            said = '"exp" claim timestamp check failed'
            raise self._refuse(401, "invalid_token", said, challenge="invalid_token")
        return grant

    def permits(self, grant: Grant, wanted: str) -> None:
        """Raises what the server says of a permission that was not given."""
        if wanted not in grant.scope.split():
            raise Refuse(403, {"error": "ScopeMissingError", "message": f'Missing required scope "{wanted}"'})

    def _proof(self, request: Request, *, resource: bool, token: str | None = None) -> str:
        """The thumbprint of the key that the request proves to hold (RFC 9449, 4.3)."""
        try:
            header, claims, jwk = self._opened(request.headers.get("dpop", ""))
        except (ValueError, KeyError, InvalidSignature):
            raise self._refuse(401 if resource else 400, "invalid_dpop_proof", "DPoP proof required") from None
        wrong = [
            name
            for name, holds in {
                "typ": header.get("typ") == "dpop+jwt" and header.get("alg") == "ES256" and "d" not in jwk,
                "htm": claims.get("htm") == request.method,
                "htu": claims.get("htu") == f"{self.base_url}{request.path}",
                "iat": abs(int(claims.get("iat", 0)) - self.clock().timestamp()) < 180,
                "jti": bool(claims.get("jti")) and claims["jti"] not in self._seen,
                "ath": claims.get("ath") == (_b64(hashlib.sha256(token.encode()).digest()) if token else None),
            }.items()
            if not holds
        ]
        if wrong:
            raise self._refuse(401 if resource else 400, "invalid_dpop_proof", f"DPoP {wrong} mismatch")
        self._seen.add(claims["jti"])
        if claims.get("nonce") != self.nonce:
            said = "Authorization server requires nonce in DPoP proof"
            raise self._refuse(401 if resource else 400, "use_dpop_nonce", said, challenge="use_dpop_nonce")
        canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
        return _b64(hashlib.sha256(canonical.encode()).digest())

    def _opened(self, jwt: str, jwk: dict[str, str] | None = None) -> tuple[dict[str, Any], dict[str, Any], Any]:
        head, body, signature = jwt.split(".")
        header = json.loads(_raw(head))
        jwk = jwk or header["jwk"]
        assert jwk is not None
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(_raw(jwk["x"]), "big"), int.from_bytes(_raw(jwk["y"]), "big"), ec.SECP256R1()
        )
        raw = _raw(signature)
        if len(raw) != 64:
            raise ValueError("no ES256 signature")
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        signed = f"{head}.{body}".encode()
        numbers.public_key().verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
        return header, json.loads(_raw(body)), jwk

    def _client(self, form: dict[str, str]) -> dict[str, Any]:
        """What the client says of itself: at its address, or in its very name when it is on this machine."""
        client_id = form.get("client_id", "")
        parts = urlsplit(client_id)
        if f"{parts.scheme}://{parts.netloc}" == "http://localhost":
            asked = parse_qs(parts.query)
            for uri in asked["redirect_uri"]:
                if urlsplit(uri).hostname not in ("127.0.0.1", "::1"):
                    raise self._refuse(400, "invalid_redirect_uri", "use explicit IPs instead")
            return {
                "redirect_uris": asked["redirect_uri"],
                "scope": asked["scope"][0],
                "token_endpoint_auth_method": "none",
            }
        document = self.documents.get(client_id)
        if document is None:
            raise self._refuse(400, "invalid_client_metadata", "Unable to obtain client metadata")
        if document["client_id"] != client_id or document["dpop_bound_access_tokens"] is not True:
            raise self._refuse(400, "invalid_client_metadata", "client_id does not match")
        if any("d" in key for key in document["jwks"]["keys"]):
            raise self._refuse(400, "invalid_client_metadata", "Private key in jwks")
        return document

    def _authenticated(self, form: dict[str, str], document: dict[str, Any]) -> str:
        """Which of its keys the client signed with; "" for one that has none."""
        if document["token_endpoint_auth_method"] == "none":
            return ""
        kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        if form.get("client_assertion_type") != kind:
            raise self._refuse(400, "invalid_request", 'client authentication requires a "client_assertion"')
        jwt = form.get("client_assertion", "")
        try:
            kid = json.loads(_raw(jwt.split(".")[0]))["kid"]
            jwk = next(key for key in document["jwks"]["keys"] if key["kid"] == kid)
            _, claims, _ = self._opened(jwt, jwk)
        except (ValueError, KeyError, StopIteration, InvalidSignature):
            raise self._refuse(401, "invalid_client", "Validation of client_assertion failed") from None
        now = self.clock().timestamp()
        if (
            claims["iss"] != form["client_id"]
            or claims["sub"] != form["client_id"]
            or claims["aud"] != self.base_url
            or not 0 <= now - claims["iat"] <= 60
            or claims["jti"] in self._seen
        ):
            raise self._refuse(401, "invalid_client", "Validation of client_assertion failed")
        self._seen.add(claims["jti"])
        return str(kid)

    def _issued(self, grant: Grant) -> Response:
        grant.access, grant.refresh = f"eyJ{secrets.token_hex(16)}.x.y", "ref-" + secrets.token_hex(32)
        grant.access_ends = self.clock() + timedelta(minutes=60)
        return self._answer(
            {
                "access_token": grant.access,
                "token_type": "DPoP",
                "refresh_token": grant.refresh,
                "scope": grant.scope,
                "expires_in": 3600,
                "sub": grant.did,
            }
        )

    def _drop(self, grant: Grant) -> None:
        if grant in self.grants:
            self.grants.remove(grant)

    def _answer(self, body: dict[str, Any], status: int = 200) -> Response:
        return Response(status, body, {"DPoP-Nonce": self.nonce})

    def _refuse(self, status: int, error: str, said: str, *, challenge: str = "") -> Refuse:
        refusal = Refuse(status, {"error": error, "error_description": said, "message": said})
        refusal.response.headers["DPoP-Nonce"] = self.nonce
        if challenge and status == 401:
            refusal.response.headers["WWW-Authenticate"] = f'DPoP error="{challenge}"'
        return refusal


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
