"""What was composed and has to wait is kept with every choice that was made."""

from advocacy.sharing import held

CHOSEN = {
    "to": ["c1", "c2"],
    "text-c1": ["Words of mine"],
    "caption-c1": ["7"],
    "pictures-c1": ["", "3", "1"],
    "as-c2": ["repost"],
    "when": ["at"],
    "at": ["2026-12-01T09:00"],
    "without_disclosure": ["1"],
}


def test_every_choice_is_kept_and_nothing_else(db, clock, make):
    kari, item = make.user("Kari"), make.item()
    with db.transaction() as session:
        form = {**CHOSEN, "csrf_token": ["secret"], "request_key": ["key"]}
        held.keep(session, clock, user_id=kari.id, item_id=item.id, form=form)
    with db.reading() as session:
        assert held.of_item(session, user_id=kari.id, item_id=item.id).form == CHOSEN
