"""rates of earned media value

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media_rate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("figure", sa.String(30), nullable=False),
        sa.Column("per", sa.Integer(), nullable=False),
        sa.Column("low", BIG_ID, nullable=False),
        sa.Column("high", BIG_ID, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name=op.f("fk_media_rate_changed_by_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_rate")),
        sa.UniqueConstraint("network", "figure", name=op.f("uq_media_rate_network_figure")),
    )


def downgrade() -> None:
    op.drop_table("media_rate")
