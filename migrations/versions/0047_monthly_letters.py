"""monthly letters for leaders

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monthly_letter",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_monthly_letter_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "month", name=op.f("pk_monthly_letter")),
    )
    with op.batch_alter_table("message_settings") as table:
        table.add_column(sa.Column("wants_figures", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("message_settings") as table:
        table.alter_column("wants_figures", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("message_settings") as table:
        table.drop_column("wants_figures")
    op.drop_table("monthly_letter")
