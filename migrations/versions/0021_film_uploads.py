"""films on their way into the hub, piece by piece

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op


revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "film_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("started_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("film_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["started_by"], ["user.id"], name=op.f("fk_film_upload_started_by_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["film_id"], ["film.id"], name=op.f("fk_film_upload_film_id_film")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_upload")),
        sa.UniqueConstraint("started_by", "fingerprint", name=op.f("uq_film_upload_started_by_fingerprint")),
        sa.UniqueConstraint("part", name=op.f("uq_film_upload_part")),
    )
    op.create_index(op.f("ix_film_upload_touched_at"), "film_upload", ["touched_at"])


def downgrade() -> None:
    op.drop_table("film_upload")
