"""clicks by month on PostgreSQL

Revision ID: 0025
Revises: 0024
"""

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AHEAD = 3
COLUMNS = (
    'id, link_id, at, day, method, agent_id, referrer_host, facts, purpose, visitor, source, is_human, is_first_today, '
    'rule, rules_version, segment_id, "offset"'
)
KEYS = {"link_id": "link", "agent_id": "agent", "segment_id": "journal_segment"}
INDEXES = {"ix_click_link_at": "link_id, at, id", "ix_click_visitor_link": "visitor, link_id", "ix_click_day": "day"}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _begin()
    op.execute("CREATE TABLE click (LIKE click_before INCLUDING DEFAULTS) PARTITION BY RANGE (day)")
    op.execute("CREATE TABLE click_rest PARTITION OF click DEFAULT")
    first = op.get_bind().scalar(sa.text("SELECT min(day) FROM click_before"))
    today = op.get_bind().scalar(sa.text("SELECT current_date"))
    month = _month(min(first or today, today), 0)
    while month <= _month(today, AHEAD):
        following = _month(month, 1)
        op.execute(
            f"CREATE TABLE click_{month:%Y_%m} PARTITION OF click FOR VALUES FROM ('{month}') TO ('{following}')"
        )
        month = following
    # The line's place first: as wide in the index as without the day.
    _finish(key="day, id", line='"offset", segment_id, day')


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    _begin()
    op.execute("CREATE TABLE click (LIKE click_before INCLUDING DEFAULTS)")
    _finish(key="id", line='segment_id, "offset"')


def _begin() -> None:
    op.execute("ALTER TABLE click RENAME TO click_before")


def _finish(*, key: str, line: str) -> None:
    """Takes the rows along, then the sequence, and only then builds what would slow them down."""
    op.execute(f"INSERT INTO click ({COLUMNS}) SELECT {COLUMNS} FROM click_before")
    op.execute("ALTER SEQUENCE click_id_seq OWNED BY click.id")
    op.execute("DROP TABLE click_before")
    op.execute(f"ALTER TABLE click ADD CONSTRAINT pk_click PRIMARY KEY ({key})")
    op.execute(f"ALTER TABLE click ADD CONSTRAINT uq_click_segment_id_offset UNIQUE ({line})")
    for name, columns in INDEXES.items():
        op.execute(f"CREATE INDEX {name} ON click ({columns})")
    for column, table in KEYS.items():
        op.create_foreign_key(op.f(f"fk_click_{column}_{table}"), "click", table, [column], ["id"])


def _month(day: date, later: int) -> date:
    number = day.year * 12 + day.month - 1 + later
    return date(number // 12, number % 12 + 1, 1)
