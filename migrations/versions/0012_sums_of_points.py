"""sums of the points ledger, by person and day and by person and period

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEGINS = {
    "sqlite": {
        "week": "date(d.day, 'weekday 0', '-6 days')",
        "month": "date(d.day, 'start of month')",
        "quarter": "date(d.day, 'start of month', '-' || ((strftime('%m', d.day) - 1) % 3) || ' months')",
        "year": "date(d.day, 'start of year')",
        "all": "'1970-01-01'",
    },
    "postgresql": {
        **{unit: f"date_trunc('{unit}', d.day)::date" for unit in ("week", "month", "quarter", "year")},
        "all": "date '1970-01-01'",
    },
}

DAYS = """
INSERT INTO points_day (day, user_id, network, points, posts, visitors)
SELECT e.day, e.user_id, coalesce(s.network, ''), sum(e.points),
  sum(CASE WHEN e.rule IN ('published', 'confirmed') THEN 1 WHEN e.rule = 'removed' THEN -1 ELSE 0 END),
  sum(CASE WHEN e.rule = 'visitor' THEN 1 ELSE 0 END)
FROM points_entry e LEFT JOIN share s ON s.id = e.share_id
GROUP BY e.day, e.user_id, coalesce(s.network, '')
"""

STANDINGS = """
INSERT INTO standing (period, begins, user_id, points, posts, visitors, team_id, is_named, is_active)
SELECT '{period}', {begins}, d.user_id, sum(d.points), sum(d.posts), sum(d.visitors),
  u.team_id, u.ranked_by_name, u.state = 'active'
FROM points_day d JOIN "user" u ON u.id = d.user_id
GROUP BY {begins}, d.user_id, u.team_id, u.ranked_by_name, u.state
"""


def upgrade() -> None:
    op.create_table(
        "points_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_points_day_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day", "user_id", "network", name=op.f("pk_points_day")),
    )
    op.create_index("ix_points_day_user", "points_day", ["user_id"])
    op.create_table(
        "standing",
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("visitors", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_standing_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("period", "begins", "user_id", name=op.f("pk_standing")),
    )
    op.execute(DAYS)
    for period, begins in BEGINS[op.get_bind().dialect.name].items():
        op.execute(STANDINGS.format(period=period, begins=begins))
    op.create_index("ix_standing_board", "standing", ["period", "begins", "is_active", "points", "user_id"])
    op.create_index("ix_standing_team", "standing", ["period", "begins", "team_id", "points", "user_id"])
    op.create_index("ix_standing_user", "standing", ["user_id"])
    op.create_index("ix_points_entry_item_day", "points_entry", ["item_id", "day"])


def downgrade() -> None:
    op.drop_index("ix_points_entry_item_day", table_name="points_entry")
    for name in ("ix_standing_user", "ix_standing_team", "ix_standing_board"):
        op.drop_index(name, table_name="standing")
    op.drop_table("standing")
    op.drop_index("ix_points_day_user", table_name="points_day")
    op.drop_table("points_day")
