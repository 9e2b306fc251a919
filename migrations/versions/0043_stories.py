"""success stories

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("story",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("title", sa.String(length=160), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("picture_id", sa.Integer(), nullable=True),
    sa.Column("alt_text", sa.String(length=500), nullable=False),
    sa.Column("share_id", sa.Integer(), nullable=True),
    sa.Column("figure", sa.Integer(), nullable=True),
    sa.Column("figure_on", sa.Date(), nullable=True),
    sa.Column("state", sa.Enum("waiting", "approved", "sent_back", "withdrawn", name="storystate", native_enum=False, length=30), nullable=False),
    sa.Column("reason", sa.String(length=300), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("approved_by", sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(["approved_by"], ["user.id"], name=op.f("fk_story_approved_by_user")),
    sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_story_picture_id_picture")),
    sa.ForeignKeyConstraint(["share_id"], ["share.id"], name=op.f("fk_story_share_id_share"), ondelete="SET NULL"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_story_user_id_user")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_story"))
    )
    op.create_index(op.f("ix_story_approved_by"), "story", ["approved_by"], unique=False)
    op.create_index(op.f("ix_story_share_id"), "story", ["share_id"], unique=False)
    op.create_index(op.f("ix_story_user_id"), "story", ["user_id"], unique=False)
    op.create_index("ix_story_wall", "story", ["state", "approved_at", "id"], unique=False)
    op.create_table("story_person",
    sa.Column("story_id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("agrees", sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_person_story_id_story"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_story_person_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("story_id", "user_id", name=op.f("pk_story_person"))
    )
    op.create_index(op.f("ix_story_person_user_id"), "story_person", ["user_id"], unique=False)


def downgrade() -> None:
    op.drop_table("story_person")
    op.drop_table("story")
