"""Deleting a published post at its network, because its person wants it gone."""

from __future__ import annotations

from sqlalchemy import CursorResult, update

from advocacy.base.errors import Conflict
from advocacy.base.house import House
from advocacy.base.text import Text
from advocacy.sharing import costs, credentials, planning, post_sums
from advocacy.sharing.cost_models import CostOf
from advocacy.sharing.models import Share, ShareState
from advocacy.sharing.networks import Networks, in_our_words
from advocacy.sharing.states import tell
from connectors import ConnectorError, CredentialsExpired


def remove(house: House, *, user_id: int, share_id: int) -> None:
    """Deletes a post at its network, then writes down that it is gone. A second time changes nothing.

    Holds no transaction while the network is asked: should we fall in between, the person deletes again, and a
    network takes the deletion of what is gone already as done.

    Args:
        house: database, networks, tokens.
        user_id: whose share.
        share_id: which.

    Raises:
        NotFound: no such share.
        Conflict: it is not published by us, or the network did not delete it; with what to do.
    """
    with house.db.reading() as session:
        share = planning.mine(session, user_id=user_id, share_id=share_id)
        if share.removed_at is not None:
            return
        connection_id, remote_id, network = share.connection_id, share.remote_id, share.network
        if share.state is not ShareState.PUBLISHED or connection_id is None or remote_id is None:
            raise Conflict(Text("We cannot delete this post for you. Please delete it at the network itself."))
    connector = house.part(Networks).api(network)
    try:
        costs.reserve_alone(house.db, connector, amount=connector.cost_of_deleting(), what=CostOf.REMOVAL)
        held = credentials.usable(house, connection_id=connection_id)
        try:
            connector.delete(remote_id, held.credentials)
        except CredentialsExpired as refused:
            if not refused.refreshable:
                raise
            newer = credentials.refresh(house, connection_id=connection_id, instead_of=held)
            connector.delete(remote_id, newer.credentials)
    except ConnectorError as error:
        raise Conflict(
            Text(
                "It was not deleted: {reason} You can also delete it at the network itself.",
                reason=in_our_words(error.reason),
            )
        ) from error
    _write_down(house, user_id=user_id, share_id=share_id)


def _write_down(house: House, *, user_id: int, share_id: int) -> None:
    now = house.clock.now()
    with house.db.transaction() as session:
        post_sums.follow(session, [share_id])
        gone = session.execute(
            update(Share)
            .where(Share.id == share_id, Share.removed_at.is_(None))
            .values(removed_at=now, updated_at=now)
        )
        if isinstance(gone, CursorResult) and gone.rowcount == 1:
            share = planning.mine(session, user_id=user_id, share_id=share_id)
            tell(session, house.clock, share=share, kind="share.removed", by=user_id)
