"""several pictures of an item, the original behind each, and which of them a share takes along

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table(
        "item_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("alt_text", sa.String(1500), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["content_item.id"], name=op.f("fk_item_picture_item_id_content_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_item_picture_picture_id_picture")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_picture")),
    )
    op.create_index("ix_item_picture_item_id", "item_picture", ["item_id"])
    with op.batch_alter_table("picture") as batch:
        batch.add_column(sa.Column("original_sha256", sa.String(64), nullable=True))
        batch.add_column(sa.Column("original_mime", sa.String(40), nullable=False, server_default=""))
        batch.add_column(sa.Column("frames", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("picture") as batch:
        batch.alter_column("original_mime", server_default=None)
        batch.alter_column("frames", server_default=None)
    with op.batch_alter_table("share") as batch:
        batch.add_column(sa.Column("picture_ids", JSON, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("share") as batch:
        batch.drop_column("picture_ids")
    with op.batch_alter_table("picture") as batch:
        batch.drop_column("frames")
        batch.drop_column("original_mime")
        batch.drop_column("original_sha256")
    op.drop_table("item_picture")
