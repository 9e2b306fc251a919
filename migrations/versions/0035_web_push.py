"""devices that show notifications by themselves

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.add_column("message_settings", sa.Column("most_pushes", sa.Integer(), nullable=False, server_default="10"))
    op.add_column("notification", sa.Column("push_due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("notification", sa.Column("pushed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_notification_push_due_at"), "notification", ["push_due_at"], unique=False)
    op.create_table(
        "push_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sign_in", sa.String(length=64), nullable=False),
        sa.Column("endpoint_hash", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failure", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_push_device_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sign_in"],
            ["sign_in_session.token_hash"],
            name=op.f("fk_push_device_sign_in_sign_in_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_device")),
        sa.UniqueConstraint("endpoint_hash", name=op.f("uq_push_device_endpoint_hash")),
    )
    op.create_index(op.f("ix_push_device_user_id"), "push_device", ["user_id"], unique=False)
    op.create_index(op.f("ix_push_device_sign_in"), "push_device", ["sign_in"], unique=False)
    op.create_table(
        "push_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("says", JSON, nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["device_id"], ["push_device.id"], name=op.f("fk_push_message_device_id_push_device"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_message")),
    )
    op.create_index(op.f("ix_push_message_device_id"), "push_message", ["device_id"], unique=False)
    op.create_index(op.f("ix_push_message_next_try_at"), "push_message", ["next_try_at"], unique=False)


def downgrade() -> None:
    op.drop_table("push_message")
    op.drop_table("push_device")
    op.drop_index(op.f("ix_notification_push_due_at"), table_name="notification")
    with op.batch_alter_table("notification") as table:
        table.drop_column("pushed_at")
        table.drop_column("push_due_at")
    with op.batch_alter_table("message_settings") as table:
        table.drop_column("most_pushes")
