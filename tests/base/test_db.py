"""The database keeps what it was told to keep."""

from sqlalchemy import text

from advocacy.base.db import Database

FULL = 2


def test_what_was_committed_to_sqlite_outlives_a_power_cut(tmp_path):
    """Else a power cut takes the last moments: the mark that a post was sent, and it would be sent again."""
    db = Database(f"sqlite:///{tmp_path / 'hub.db'}")
    with db.transaction() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == FULL
    with db.reading() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == FULL
    db.dispose()
