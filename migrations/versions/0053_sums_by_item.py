"""sums of posts, of clicks and of networks' figures by item, day and month

Revision ID: 0053
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COUNTS = {
    "post_sum": ("by_network", "by_click", "claimed", "taken_down"),
    "click_sum": ("raw", "filtered", "human", "unique_visitors"),
    "rule_sum": ("clicks",),
    "figure_sum": ("likes", "reposts", "replies", "quotes", "views"),
}
KNOWN = ("with_likes", "with_reposts", "with_replies", "with_quotes", "with_views")
"""How many posts have each of the figures."""

PUBLISHED = {
    "sqlite": "date(s.published_at)",
    "postgresql": "(s.published_at AT TIME ZONE 'UTC')::date",
}
MONTH = {
    "sqlite": "date(day, 'start of month')",
    "postgresql": "date_trunc('month', day)::date",
}
OUT = "s.state = 'published' AND s.published_at IS NOT NULL"
ROWS = {
    "post_sum": f"""
SELECT {{day}} AS day, s.item_id, s.network,
  CASE WHEN s.proof = 'network' THEN 1 ELSE 0 END AS by_network,
  CASE WHEN s.proof = 'confirmed' THEN 1 ELSE 0 END AS by_click,
  CASE WHEN s.proof IN ('network', 'confirmed') THEN 0 ELSE 1 END AS claimed,
  CASE WHEN s.removed_at IS NULL THEN 0 ELSE 1 END AS taken_down
FROM share s WHERE {OUT}
""",
    "click_sum": "SELECT day, item_id, network, raw, filtered, human, unique_visitors FROM reach_day",
    "rule_sum": """
SELECT f.day, s.item_id, s.network, f.rule, f.clicks
FROM filtered_day f JOIN share s ON s.link_id = f.link_id
""",
    "figure_sum": f"""
SELECT {{day}} AS day, s.item_id, s.network,
  coalesce(f.likes, 0) AS likes, coalesce(f.reposts, 0) AS reposts, coalesce(f.replies, 0) AS replies,
  coalesce(f.quotes, 0) AS quotes, coalesce(f.views, 0) AS views,
  CASE WHEN f.likes IS NULL THEN 0 ELSE 1 END AS with_likes,
  CASE WHEN f.reposts IS NULL THEN 0 ELSE 1 END AS with_reposts,
  CASE WHEN f.replies IS NULL THEN 0 ELSE 1 END AS with_replies,
  CASE WHEN f.quotes IS NULL THEN 0 ELSE 1 END AS with_quotes,
  CASE WHEN f.views IS NULL THEN 0 ELSE 1 END AS with_views
FROM share s JOIN read_back b ON b.share_id = s.id JOIN figure_reading f ON f.id = b.newest_id
WHERE {OUT}
""",
}
"""What each sum is of: one row a share, or a link and day."""
GRAINS = {"day": ("day", "0"), "item_day": ("day", "item_id"), "item_month": ("{month}", "item_id")}

GAPS = f"""
INSERT INTO sharer_gap (network, day, before, people)
SELECT network, day, before, count(*) FROM (
  SELECT network, day,
    coalesce(lag(day) OVER (PARTITION BY user_id, network ORDER BY day), {{never}}) AS before
  FROM (
    SELECT DISTINCT s.user_id, s.network, {{day}} AS day FROM share s WHERE {OUT}
    UNION ALL
    SELECT DISTINCT s.user_id, '' AS network, {{day}} AS day FROM share s WHERE {OUT}
  ) AS days
) AS pairs
GROUP BY network, day, before
"""
NEVER = {"sqlite": "'0001-01-01'", "postgresql": "date '0001-01-01'"}


def upgrade() -> None:
    for table, counts in COUNTS.items():
        more = [sa.Column("rule", sa.String(40), nullable=False)] if table == "rule_sum" else []
        kind = sa.Integer() if table == "post_sum" else BIG
        known = KNOWN if table == "figure_sum" else ()
        op.create_table(
            table,
            sa.Column("grain", sa.String(10), nullable=False),
            sa.Column("begins", sa.Date(), nullable=False),
            sa.Column("item_id", sa.Integer(), nullable=False, autoincrement=False),
            sa.Column("network", sa.String(30), nullable=False),
            *more,
            *(sa.Column(name, kind, nullable=False) for name in counts),
            *(sa.Column(name, sa.Integer(), nullable=False) for name in known),
            sa.PrimaryKeyConstraint(
                "grain", "begins", "item_id", "network", *(column.name for column in more), name=op.f(f"pk_{table}")
            ),
        )
        _fill(table, [*(column.name for column in more)], [*counts, *known])
        op.create_index(f"ix_{table}_item", table, ["item_id", "grain", "begins"])
    op.create_table(
        "sharer_gap",
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("before", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("network", "day", "before", name=op.f("pk_sharer_gap")),
    )
    kind = op.get_bind().dialect.name
    op.execute(GAPS.format(day=PUBLISHED[kind], never=NEVER[kind]))
    op.create_index("ix_share_state_created", "share", ["state", "created_at"])


def _fill(table: str, more: list[str], counts: list[str]) -> None:
    kind = op.get_bind().dialect.name
    rows = ROWS[table].format(day=PUBLISHED[kind])
    for grain, (begins, item) in GRAINS.items():
        when = begins.format(month=MONTH[kind])
        keys = [when, *(["item_id"] if item == "item_id" else []), "network", *more]
        op.execute(
            f"INSERT INTO {table} (grain, begins, item_id, {', '.join(['network', *more, *counts])}) "
            f"SELECT '{grain}', {when}, {item}, {', '.join(['network', *more])}, "
            f"{', '.join(f'sum({name})' for name in counts)} FROM ({rows}) AS r GROUP BY {', '.join(keys)}"
        )


def downgrade() -> None:
    op.drop_index("ix_share_state_created", table_name="share")
    op.drop_table("sharer_gap")
    for table in reversed(COUNTS):
        op.drop_index(f"ix_{table}_item", table_name=table)
        op.drop_table(table)
