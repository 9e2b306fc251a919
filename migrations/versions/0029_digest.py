"""the letter with what is new for a person

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "message_settings", sa.Column("digest", sa.String(length=10), nullable=False, server_default="weekly")
    )
    op.create_table(
        "digest_turn",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_digest_turn_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_turn")),
    )
    op.create_index(op.f("ix_digest_turn_due_at"), "digest_turn", ["due_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_digest_turn_due_at"), table_name="digest_turn")
    op.drop_table("digest_turn")
    with op.batch_alter_table("message_settings") as table:
        table.drop_column("digest")
