"""reports of what stands in the forum, and what was taken down or back

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

# Plain columns without constraints: SQLite adds them as they are, and need not write the table anew.
_HIDDEN = (("hidden_at", sa.DateTime(timezone=True)), ("hidden_by", sa.Integer()))


def upgrade() -> None:
    for table in ("forum_topic", "forum_reply"):
        for name, kind in _HIDDEN:
            op.add_column(table, sa.Column(name, kind, nullable=True))
        op.add_column(table, sa.Column("hidden_reason", sa.String(300), nullable=False, server_default=""))
    op.add_column("forum_topic", sa.Column("removed_day", sa.Date(), nullable=True))
    op.create_table(
        "forum_report",
        sa.Column("piece_id", sa.String(24), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("topic_id", sa.String(24), nullable=False),
        sa.Column("reply_id", sa.String(24), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["forum_topic.id"], name=op.f("fk_forum_report_topic_id_forum_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["forum_reply.id"], name=op.f("fk_forum_report_reply_id_forum_reply"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_forum_report_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("piece_id", "key", name=op.f("pk_forum_report")),
        sqlite_with_rowid=False,
    )
    for column in ("topic_id", "reply_id", "user_id", "settled_at"):
        op.create_index(op.f(f"ix_forum_report_{column}"), "forum_report", [column])


def downgrade() -> None:
    op.drop_table("forum_report")
    op.drop_column("forum_topic", "removed_day")
    for table in ("forum_topic", "forum_reply"):
        for name in ("hidden_reason", "hidden_by", "hidden_at"):
            op.drop_column(table, name)
