"""newsletters, and addresses that refuse letters

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table("paused_address",
    sa.Column("email", sa.String(length=254), nullable=False),
    sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("said", sa.String(length=300), nullable=False),
    sa.PrimaryKeyConstraint("email", name=op.f("pk_paused_address"))
    )
    op.create_table("newsletter",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("subject", sa.String(length=160), nullable=False),
    sa.Column("opening", sa.Text(), nullable=False),
    sa.Column("blocks", JSON, nullable=False),
    sa.Column("closing", sa.Text(), nullable=False),
    sa.Column("audience", JSON, nullable=False),
    sa.Column("state", sa.Enum("draft", "scheduled", "sending", "sent", name="newsletterstate", native_enum=False, length=30), nullable=False),
    sa.Column("send_on", sa.Date(), nullable=True),
    sa.Column("send_hour", sa.Integer(), nullable=False),
    sa.Column("counts", JSON, nullable=False),
    sa.Column("created_by", sa.Integer(), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_newsletter_created_by_user")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter"))
    )
    op.create_index("ix_newsletter_state", "newsletter", ["state", "id"], unique=False)
    op.create_table("newsletter_delivery",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("newsletter_id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("message_id", sa.String(length=60), nullable=False),
    sa.ForeignKeyConstraint(["newsletter_id"], ["newsletter.id"], name=op.f("fk_newsletter_delivery_newsletter_id_newsletter"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_newsletter_delivery_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_delivery")),
    sa.UniqueConstraint("newsletter_id", "user_id", name=op.f("uq_newsletter_delivery_newsletter_id_user_id"))
    )
    op.create_index("ix_newsletter_delivery_due", "newsletter_delivery", ["put_at", "due_at"], unique=False)
    op.create_index(op.f("ix_newsletter_delivery_message_id"), "newsletter_delivery", ["message_id"], unique=False)
    op.create_index(op.f("ix_newsletter_delivery_user_id"), "newsletter_delivery", ["user_id"], unique=False)
    op.create_table("newsletter_link",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("newsletter_id", sa.Integer(), nullable=False),
    sa.Column("path", sa.String(length=300), nullable=False),
    sa.Column("label", sa.String(length=200), nullable=False),
    sa.Column("opened", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["newsletter_id"], ["newsletter.id"], name=op.f("fk_newsletter_link_newsletter_id_newsletter"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_link")),
    sa.UniqueConstraint("newsletter_id", "path", name=op.f("uq_newsletter_link_newsletter_id_path"))
    )
    op.add_column("outgoing_mail", sa.Column("is_once", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outgoing_mail", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outgoing_mail", sa.Column("unclear_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outgoing_mail") as table:
        for name in ("unclear_at", "handed_at", "is_once"):
            table.drop_column(name)
    op.drop_table("newsletter_link")
    op.drop_index(op.f("ix_newsletter_delivery_user_id"), table_name="newsletter_delivery")
    op.drop_index(op.f("ix_newsletter_delivery_message_id"), table_name="newsletter_delivery")
    op.drop_index("ix_newsletter_delivery_due", table_name="newsletter_delivery")
    op.drop_table("newsletter_delivery")
    op.drop_index("ix_newsletter_state", table_name="newsletter")
    op.drop_table("newsletter")
    op.drop_table("paused_address")
