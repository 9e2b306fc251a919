"""Where an account of the AT Protocol lives: from its handle to its DID, from the DID's document to its server.

Facts: atproto.com/specs/handle, /specs/did. Asked before a sign-in, so that a password only goes where it belongs.
"""

from __future__ import annotations

from typing import Any

from connectors._answers import body_of
from connectors._errors import ConnectorError
from connectors._http import Http


def server_in(document: Any) -> str | None:
    """The address of the account's server that its DID document names."""
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else ():
        if isinstance(service, dict) and str(service.get("id")).endswith("#atproto_pds"):
            return str(service.get("serviceEndpoint"))
    return None


def home_of(http: Http, handle: str, *, appview: str, directory: str) -> str | None:
    """The address of the server of ``handle``; ``None`` when that cannot be learnt now.

    ``appview`` resolves the handle, ``directory`` keeps the documents of ``did:plc``; a ``did:web`` keeps its own.
    """
    try:
        url = f"{appview}/xrpc/com.atproto.identity.resolveHandle"
        did = str(body_of(http.send("GET", url, params=[("handle", handle)])).get("did"))
        if did.startswith("did:plc:"):
            return server_in(body_of(http.send("GET", f"{directory}/{did}")))
        if did.startswith("did:web:"):
            origin = http.origin_of(did.removeprefix("did:web:"))
            return server_in(body_of(http.send("GET", f"{origin}/.well-known/did.json")))
    except ConnectorError:
        return None
    return None
