"""Where an account of the AT Protocol lives: from its handle to its DID, from the DID's document to its server.

Facts: atproto.com/specs/handle, /specs/did. Asked before a sign-in, so that a password only goes where it belongs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from connectors._answers import body_of, expect_object, failure
from connectors._errors import N_, ConnectorError, Reason, Rejected
from connectors._http import Http

_DID = re.compile(r"did:(?:plc:[a-z2-7]{24}|web:[a-zA-Z0-9._%-]{3,250})")


def server_in(document: Any) -> str | None:
    """The address of the account's server that its DID document names."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
            return str(service.get("serviceEndpoint"))
    return None


def handles_in(document: Any) -> list[str]:
    """The handles that a DID document claims, first the one that is shown."""
    names = document.get("alsoKnownAs") if isinstance(document, dict) else None
    found = [str(name) for name in names if str(name).startswith("at://")] if isinstance(names, list) else []
    return [name.removeprefix("at://").lower() for name in found]


def home_of(http: Http, handle: str, *, appview: str, directory: str) -> str | None:
    """The address of the server of ``handle``; ``None`` when that cannot be learnt now.

    ``appview`` resolves the handle, ``directory`` keeps the documents of ``did:plc``; a ``did:web`` keeps its own.
    """
    try:
        return server_in(document_of(http, did_of(http, handle, resolver=appview), directory=directory))
    except ConnectorError:
        return None


def did_of(http: Http, handle: str, *, resolver: str) -> str:
    """The DID of ``handle``, as the server at ``resolver`` resolves it.

    Raises: Rejected when nobody has this handle; the error of the answer when that cannot be told now.
    """
    url = f"{resolver}/xrpc/com.atproto.identity.resolveHandle"
    answer = http.send("GET", url, params=[("handle", handle)])
    did = str(body_of(answer).get("did"))
    if _DID.fullmatch(did):
        return did
    if answer.status in (400, 404) and body_of(answer):
        raise Rejected(Reason(N_("Nobody on Bluesky has the handle {handle}. Check it."), {"handle": handle[:100]}))
    raise failure(answer)


def document_of(http: Http, did: str, *, directory: str) -> dict[str, Any]:
    """The document of ``did``. Raises: Rejected when there is none; the error of the answer."""
    if did.startswith("did:plc:"):
        answer = http.send("GET", f"{directory}/{did}")
    elif did.startswith("did:web:"):
        answer = http.send("GET", f"{http.origin_of(did.removeprefix('did:web:'))}/.well-known/did.json")
    else:
        raise _no_account(did)
    if answer.status in (404, 410):
        raise _no_account(did)
    if answer.status != 200 or not body_of(answer):
        raise failure(answer)
    return body_of(answer)


@dataclass(frozen=True, slots=True)
class Directory:
    """Where identities are looked up: ``resolver`` knows handles, or else ``door``, which hears of a new one sooner;
    ``documents`` keeps the documents of ``did:plc``.

    A network of the operator's own has no directory that we know (``documents`` is ""): there its door is asked.
    """

    resolver: str
    door: str
    documents: str

    def did_of(self, http: Http, handle: str) -> str:
        """The DID of a handle, believed only if its document claims the handle back. Raises: Rejected."""
        try:
            did = did_of(http, handle, resolver=self.resolver)
        except Rejected:
            did = did_of(http, handle, resolver=self.door)
        if handle not in handles_in(self.document_of(http, did)):
            reason = N_("The account behind {handle} does not use this handle. Check how it is written.")
            raise Rejected(Reason(reason, {"handle": handle[:100]}))
        return did

    def server_of(self, http: Http, did: str) -> str:
        """The origin of the account's server. Raises: Rejected when its document names none."""
        named = server_in(self.document_of(http, did))
        if named is None:
            raise Rejected(Reason(N_("This Bluesky account has no server, so nobody can sign in to it.")))
        return http.origin_of(named)

    def document_of(self, http: Http, did: str) -> dict[str, Any]:
        """The document of a DID, which must be about that DID. Raises: Rejected; the error of the answer."""
        if self.documents:
            found = document_of(http, did, directory=self.documents)
        else:
            url = f"{self.door}/xrpc/com.atproto.repo.describeRepo"
            found = expect_object(http.send("GET", url, params=[("repo", did)]), didDoc=dict)["didDoc"]
        if found.get("id") != did:
            raise _no_account(did)
        return found


def _no_account(did: str) -> Rejected:
    return Rejected(Reason(N_("There is no account with the identifier {did}. Check it."), {"did": did[:100]}))
