"""Posting by hand: the share page of a network, the phone's own sheet, copy, and a code to scan."""

from __future__ import annotations

import io

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from advocacy.base.errors import Invalid, NotFound
from advocacy.sharing import claims, links, planning
from advocacy.sharing.gates import Gates, Held, Hold
from advocacy.sharing.networks import Networks
from advocacy.sharing.planning import Share
from advocacy.web.access import signed_in
from advocacy.web.forms import Form, tell
from advocacy.web.house import house, reading, writing
from config import Settings

blueprint = Blueprint("by_hand", __name__)


@blueprint.get("/shares/<int:share_id>/post")
@signed_in
def page(share_id: int) -> ResponseReturnValue:
    """Everything one needs to post it: text, link, the network's page; or what comes first."""
    share = planning.mine(reading(), user_id=current_user.id, share_id=share_id)
    before = house().part(Gates)
    hold = claims.comes_first(reading(), house().clock, user=current_user, share=share, before=before)
    return _page(share, hold=hold)


def _page(share: Share, *, hold: Hold | None) -> str:
    session, networks = reading(), house().part(Networks)
    if share.connection_id is not None:
        raise NotFound()
    address = house().part(Settings).address
    server, problem, outside = request.args.get("server", "").strip(), None, ""
    network = networks.get(share.network)
    is_post = share.item.kind == "post"
    if is_post or not network.many_servers or server:
        try:
            outside = claims.page_of(
                session, networks, user_id=current_user.id, share_id=share.id, public_url=address, server=server
            )
        except Invalid as error:
            problem = error.text
    url = links.address(address, share.link.code) if share.link else None
    return render_template(
        "sharing/post_by_hand.html",
        form=Form(formdata=None),
        share=share,
        network=network,
        outside=outside,
        server=server,
        is_post=is_post,
        problem=problem,
        hold=hold,
        link=url,
        whole=networks.wording(share.network, share.text, url, has_card=False),
    )


@blueprint.post("/shares/<int:share_id>/opened")
@signed_in
def opened(share_id: int) -> ResponseReturnValue:
    """The person opened the page, or says that they posted it: the share is claimed."""
    try:
        with writing() as session:
            before = house().part(Gates)
            claims.opened(session, house().clock, user_id=current_user.id, share_id=share_id, before=before)
    except Held as error:
        share = planning.mine(reading(), user_id=current_user.id, share_id=share_id)
        return make_response(_page(share, hold=error.hold), 422)
    if request.headers.get("Accept", "").startswith("application/json"):
        return "", 204
    tell(gettext("Thank you. It counts as confirmed once somebody follows your link."))
    return redirect(url_for("my_shares.index", show="past"), code=303)


@blueprint.get("/shares/<int:share_id>/code.svg")
@signed_in
def code(share_id: int) -> ResponseReturnValue:
    """The tracked link as a code to scan."""
    share = planning.mine(reading(), user_id=current_user.id, share_id=share_id)
    if share.link is None:
        raise NotFound()
    import segno  # for who asks for a code to scan

    drawn = io.BytesIO()
    segno.make(links.address(house().part(Settings).address, share.link.code), error="m").save(
        drawn, kind="svg", scale=8, border=2, dark="#1c2333", light="#ffffff", xmldecl=False
    )
    answer = make_response(drawn.getvalue())
    answer.mimetype = "image/svg+xml"
    return answer
