"""who did for a colleague what earned points, and the reply that answers a question

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("points_entry", sa.Column("from_id", sa.Integer(), nullable=True))
    op.create_index("ix_points_entry_from", "points_entry", ["from_id", "day"], unique=False,
        sqlite_where=sa.text("from_id IS NOT NULL"), postgresql_where=sa.text("from_id IS NOT NULL"))
    op.add_column("forum_topic", sa.Column("solution_id", sa.String(length=24), nullable=True))
    op.drop_column("kudos_receiver", "is_paid")


def downgrade() -> None:
    op.add_column("kudos_receiver", sa.Column("is_paid", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.drop_column("forum_topic", "solution_id")
    op.drop_index("ix_points_entry_from", "points_entry")
    op.drop_column("points_entry", "from_id")
