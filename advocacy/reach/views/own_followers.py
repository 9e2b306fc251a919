"""How many follow my accounts: a page of my own, and a small card for the page of my networks."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from advocacy.reach import own_followers
from advocacy.reach.own_followers import OwnAccount
from advocacy.sharing.networks import Networks
from advocacy.web.access import signed_in
from advocacy.web.house import house, reading

blueprint = Blueprint("own_followers", __name__, url_prefix="/connections/followers")


@blueprint.get("")
@signed_in
def page() -> ResponseReturnValue:
    """Every account with its line over time, and each day as a table."""
    return render_template("reach/own_followers.html", accounts=_accounts(), label=house().part(Networks).label)


@blueprint.get("/card")
@signed_in
def card() -> ResponseReturnValue:
    """A small card with the newest figures, for another page to put in; nothing without an account."""
    return render_template("reach/own_followers_card.html", accounts=_accounts(), label=house().part(Networks).label)


def _accounts() -> list[OwnAccount]:
    networks = house().part(Networks)
    return own_followers.accounts(
        reading(), user_id=current_user.id, now=house().clock.now(), channels=networks.channels
    )
