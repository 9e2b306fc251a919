"""What the hub tells about itself to servers that know an app by the address of its description (Bluesky's)."""

from __future__ import annotations

from flask import Blueprint, jsonify, url_for
from flask.typing import ResponseReturnValue

from advocacy.base.errors import NotFound
from advocacy.sharing import connecting
from advocacy.web.access import anyone
from advocacy.web.house import end_reading, house
from config import Settings

blueprint = Blueprint("client_document", __name__)


@blueprint.get("/oauth/client-metadata.json")
@anyone
def show() -> ResponseReturnValue:
    """The description, for as long as the hub is at a public address; it holds the public half of our key."""
    settings = house().part(Settings)
    end_reading()
    document = connecting.client_document(
        house(),
        redirect_uri=settings.address + url_for("connections.come_back"),
        client_name=settings.company_name,
        website=settings.address if settings.is_https else "",
    )
    if document is None:
        raise NotFound()
    answer = jsonify(document)
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer
