"""Which ready-made posts were taken, as a curator sees it beside the item."""

from datetime import date

from advocacy.reach.models import ReachDay
from advocacy.sharing.models import ShareState


def test_each_post_shows_how_often_it_was_taken_and_what_came_of_it(db, make, signed_in):
    item, other = make.item(captions=["Proud of us", "A question?"]), make.item(captions=["Elsewhere"])
    proud, question = item.captions
    ada, bo = make.user("Ada"), make.user("Bo")
    shares = [
        make.share(ada, item, caption_id=proud.id),
        make.share(ada, item, caption_id=proud.id),
        make.share(bo, item, caption_id=proud.id),
        make.share(bo, item, caption_id=None),
    ]
    make.share(bo, item, caption_id=question.id, state=ShareState.CANCELLED)
    make.share(bo, other, caption_id=other.captions[0].id)
    with db.transaction() as session:
        for share, human in zip(shares, (3, 4, 0, 9), strict=True):
            session.add(
                ReachDay(
                    day=date(2026, 3, 2),
                    link_id=share.link_id,
                    user_id=share.user_id,
                    item_id=item.id,
                    network="bluesky",
                    raw=20,
                    filtered=20 - human,
                    human=human,
                )
            )
    page = signed_in(make.curator()).get(f"/library/{item.id}/reach/posts")
    rows = [" ".join(row.split("</tr>")[0].split()) for row in page.text.split('<tr role="row">')[2:]]
    import re

    figures = [re.findall(r">(\d+)<", row) for row in rows]
    assert figures == [["3", "2", "7"], ["0", "0", "0"], ["1", "1", "9"]]
    assert "Proud of us" in rows[0]
    assert "Own words" in rows[2]
    assert "Elsewhere" not in page.text


def test_an_item_that_is_not_there_has_no_results(make, signed_in):
    assert signed_in(make.curator()).get("/library/987/reach/posts").status_code == 404
