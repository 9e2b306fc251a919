"""sharing rules

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sharing_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("daily_cap", sa.Integer(), nullable=False),
        sa.Column("spread_minutes", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.Integer(), nullable=True),
        sa.Column("pause_note", sa.String(length=300), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_sharing_rules_one_row")),
        sa.ForeignKeyConstraint(
            ["paused_by"], ["user.id"], name=op.f("fk_sharing_rules_paused_by_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing_rules")),
    )


def downgrade() -> None:
    op.drop_table("sharing_rules")
