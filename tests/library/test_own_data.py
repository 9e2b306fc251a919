"""What a person wrote is shown to them, and keeps nobody's name once they are erased."""

import json

from advocacy.library import film_uploads, items, remarks
from advocacy.library.content import Content
from advocacy.library.models import ContentItem
from advocacy.library.upload_models import FilmUpload
from advocacy.people.privacy import Holdings


def test_a_curator_gets_what_they_wrote_and_leaves_no_name(db, clock, make, house):
    gone, stays = make.curator("Gone Soon"), make.curator("Stays Here")
    with db.transaction() as session:
        item = items.create(session, clock, written=Content(title="News"), by=gone.id)
        remarks.add(session, clock, item_id=item.id, by=gone.id, text="Mine")
        remarks.add(session, clock, item_id=item.id, by=stays.id, text="Not theirs")
    film_uploads.begin(house, name="from-my-phone.mp4", size=9, fingerprint="a", by=gone.id)
    holdings = house.part(Holdings)
    with db.transaction() as session:
        told = holdings.export(session, clock, user_id=gone.id)["library"]
        assert [one["title"] for one in told["items_written"]] == ["News"]
        assert [one["text"] for one in told["comments"]] == ["Mine"]
        assert [one["name"] for one in told["film_uploads"]] == ["from-my-phone.mp4"]
        json.dumps(told)
        holdings.erase(session, clock, user_id=gone.id, by=gone.id)
    with db.reading() as session:
        assert session.get(ContentItem, item.id).title == "News"
        assert session.query(FilmUpload).count() == 0
        assert [(one.text, name) for one, name in remarks.of_item(session, item_id=item.id)] == [
            ("Mine", ""),
            ("Not theirs", "Stays Here"),
        ]
