"""films that the hub keeps, and the one an item is

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "film",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("mime", sa.String(40), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("poster_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["poster_id"], ["picture.id"], name=op.f("fk_film_poster_id_picture")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_film_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film")),
        sa.UniqueConstraint("sha256", name=op.f("uq_film_sha256")),
    )
    # By hand: a table with a column that is computed cannot be copied, as Alembic would do on SQLite.
    op.execute(
        "ALTER TABLE content_item ADD COLUMN film_id INTEGER CONSTRAINT fk_content_item_film_id_film REFERENCES film (id)"
    )


def downgrade() -> None:
    op.execute("UPDATE content_item SET kind = 'text' WHERE kind = 'film'")
    op.execute("ALTER TABLE content_item DROP COLUMN film_id")
    op.drop_table("film")
