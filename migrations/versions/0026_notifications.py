"""notifications and what people choose to hear of

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table("message_settings",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("wants_letters", sa.Boolean(), nullable=False),
    sa.Column("wants_newsletter", sa.Boolean(), nullable=False),
    sa.Column("quiet_from", sa.Integer(), nullable=False),
    sa.Column("quiet_until", sa.Integer(), nullable=False),
    sa.Column("most_letters", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_settings_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", name=op.f("pk_message_settings"))
    )
    op.create_table("notification",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("cause", sa.String(length=80), nullable=False),
    sa.Column("kind", sa.String(length=40), nullable=False),
    sa.Column("says", JSON, nullable=False),
    sa.Column("about", sa.String(length=200), nullable=False),
    sa.Column("path", sa.String(length=300), nullable=False),
    sa.Column("bundle", sa.String(length=80), nullable=False),
    sa.Column("actor_id", sa.Integer(), nullable=True),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("is_folded", sa.Boolean(), nullable=False),
    sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    sa.UniqueConstraint("user_id", "cause", name=op.f("uq_notification_user_id_cause"))
    )
    op.create_index(op.f("ix_notification_at"), "notification", ["at"], unique=False)
    op.create_index("ix_notification_list", "notification", ["user_id", "is_folded", "id"], unique=False)
    op.create_index(op.f("ix_notification_mail_due_at"), "notification", ["mail_due_at"], unique=False)
    op.create_index("ix_notification_unread", "notification", ["user_id", "is_folded", "read_at"], unique=False)
    op.create_table("notification_choice",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.String(length=40), nullable=False),
    sa.Column("channel", sa.String(length=10), nullable=False),
    sa.Column("is_on", sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_choice_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", "kind", "channel", name=op.f("pk_notification_choice"))
    )


def downgrade() -> None:
    op.drop_table("notification_choice")
    op.drop_index("ix_notification_unread", table_name="notification")
    op.drop_index(op.f("ix_notification_mail_due_at"), table_name="notification")
    op.drop_index("ix_notification_list", table_name="notification")
    op.drop_index(op.f("ix_notification_at"), table_name="notification")
    op.drop_table("notification")
    op.drop_table("message_settings")
