"""sessions with places and a waiting list

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=2000), nullable=False),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("audience", JSON, nullable=False),
        sa.Column("material", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_meeting_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_starts_at", "meeting", ["starts_at", "id"], unique=False)
    op.create_table(
        "meeting_sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "standing", sa.Enum("going", "waiting", name="standing", native_enum=False, length=30), nullable=False
        ),
        sa.Column("signed_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("was_there", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_sign_up_meeting_id_meeting"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_meeting_sign_up_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_sign_up")),
        sa.UniqueConstraint("meeting_id", "user_id", name=op.f("uq_meeting_sign_up_meeting_id_user_id")),
    )
    op.create_index("ix_meeting_sign_up_queue", "meeting_sign_up", ["meeting_id", "standing", "id"], unique=False)
    op.create_index(op.f("ix_meeting_sign_up_user_id"), "meeting_sign_up", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_meeting_sign_up_user_id"), table_name="meeting_sign_up")
    op.drop_index("ix_meeting_sign_up_queue", table_name="meeting_sign_up")
    op.drop_table("meeting_sign_up")
    op.drop_index("ix_meeting_starts_at", table_name="meeting")
    op.drop_table("meeting")
