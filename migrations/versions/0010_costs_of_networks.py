"""what networks charge, and what an administrator has to put in order there

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
WHAT = sa.Enum("post", "look", "figures", "removal", name="costof", native_enum=False, length=30)


def upgrade() -> None:
    op.create_table(
        "month_spent",
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("network", "month", name=op.f("pk_month_spent")),
    )
    op.create_table(
        "cost",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", WHAT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["share_attempt.id"], name=op.f("fk_cost_attempt_id_share_attempt"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cost")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_cost_attempt_id")),
    )
    op.create_index("ix_cost_network_at", "cost", ["network", "at"])
    op.create_table(
        "network_trouble",
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", JSON, nullable=False),
        sa.PrimaryKeyConstraint("network", name=op.f("pk_network_trouble")),
    )


def downgrade() -> None:
    op.drop_table("network_trouble")
    op.drop_index("ix_cost_network_at", table_name="cost")
    op.drop_table("cost")
    op.drop_table("month_spent")
