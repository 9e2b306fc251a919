"""reports of unkind kudos

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kudos_report",
        sa.Column("kudos_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["kudos_id"], ["kudos.id"], name=op.f("fk_kudos_report_kudos_id_kudos"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_kudos_report_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kudos_id", "user_id", name=op.f("pk_kudos_report")),
    )
    op.create_index(op.f("ix_kudos_report_user_id"), "kudos_report", ["user_id"])
    op.create_index(op.f("ix_kudos_report_settled_at"), "kudos_report", ["settled_at"])


def downgrade() -> None:
    op.drop_table("kudos_report")
