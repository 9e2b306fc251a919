"""files of figures that are made in the background

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "figure_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("form", sa.String(10), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.Column("locale", sa.String(10), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", JSON, nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name=op.f("fk_figure_file_asked_by_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_file")),
    )
    op.create_index(op.f("ix_figure_file_asked_by"), "figure_file", ["asked_by"])
    op.create_index("ix_figure_file_state_id", "figure_file", ["state", "id"])


def downgrade() -> None:
    op.drop_table("figure_file")
