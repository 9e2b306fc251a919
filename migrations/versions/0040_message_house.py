"""the message house, briefs in further languages, and what was read and accepted

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table("key_message",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("sentences", JSON, nullable=False),
    sa.Column("signs", JSON, nullable=False),
    sa.Column("owner_id", sa.Integer(), nullable=True),
    sa.Column("team_id", sa.Integer(), nullable=True),
    sa.Column("valid_from", sa.Date(), nullable=True),
    sa.Column("valid_to", sa.Date(), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_key_message_owner_id_user")),
    sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_key_message_team_id_team"), ondelete="SET NULL"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_key_message"))
    )
    op.create_index(op.f("ix_key_message_owner_id"), "key_message", ["owner_id"], unique=False)
    op.create_index(op.f("ix_key_message_team_id"), "key_message", ["team_id"], unique=False)
    op.create_table("proof_point",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("message_id", sa.Integer(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("text", sa.String(length=300), nullable=False),
    sa.Column("url", sa.String(length=2000), nullable=False),
    sa.ForeignKeyConstraint(["message_id"], ["key_message.id"], name=op.f("fk_proof_point_message_id_key_message"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_point"))
    )
    op.create_index(op.f("ix_proof_point_message_id"), "proof_point", ["message_id"], unique=False)
    op.create_table("house_word",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("use", sa.Enum("use", "avoid", name="worduse", native_enum=False, length=30), nullable=False),
    sa.Column("phrase", sa.String(length=80), nullable=False),
    sa.Column("instead", sa.String(length=160), nullable=False),
    sa.Column("language", sa.String(length=10), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_house_word"))
    )
    op.create_table("accepted_finding",
    sa.Column("item_id", sa.Integer(), nullable=False),
    sa.Column("key", sa.String(length=40), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("by", sa.Integer(), nullable=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["by"], ["user.id"], name=op.f("fk_accepted_finding_by_user"), ondelete="SET NULL"),
    sa.ForeignKeyConstraint(["item_id"], ["content_item.id"], name=op.f("fk_accepted_finding_item_id_content_item"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("item_id", "key", name=op.f("pk_accepted_finding"))
    )
    op.create_table("item_brief",
    sa.Column("item_id", sa.Integer(), nullable=False),
    sa.Column("language", sa.String(length=10), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(["item_id"], ["content_item.id"], name=op.f("fk_item_brief_item_id_content_item"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("item_id", "language", name=op.f("pk_item_brief"))
    )
    op.create_table("brief_reading",
    sa.Column("item_id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("edition", sa.Integer(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["item_id"], ["content_item.id"], name=op.f("fk_brief_reading_item_id_content_item"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_brief_reading_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("item_id", "user_id", "edition", name=op.f("pk_brief_reading"))
    )
    op.create_index(op.f("ix_brief_reading_user_id"), "brief_reading", ["user_id"], unique=False)
    op.add_column("content_item", sa.Column("brief_first", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("content_item", sa.Column("brief_edition", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("content_item", sa.Column("inside_hours", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("inside_hours", "brief_edition", "brief_first"):
        op.drop_column("content_item", name)
    op.drop_index(op.f("ix_brief_reading_user_id"), table_name="brief_reading")
    op.drop_table("brief_reading")
    op.drop_table("item_brief")
    op.drop_table("accepted_finding")
    op.drop_table("house_word")
    op.drop_index(op.f("ix_proof_point_message_id"), table_name="proof_point")
    op.drop_table("proof_point")
    op.drop_index(op.f("ix_key_message_team_id"), table_name="key_message")
    op.drop_index(op.f("ix_key_message_owner_id"), table_name="key_message")
    op.drop_table("key_message")
