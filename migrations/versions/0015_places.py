"""buckets and breakers of networks

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "place_state",
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("server", sa.String(255), nullable=False),
        sa.Column("taken", JSON, nullable=False),
        sa.Column("empty_until", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("next_try_at", MOMENT, nullable=True),
        sa.Column("trying_until", MOMENT, nullable=True),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("reason", JSON, nullable=True),
        sa.PrimaryKeyConstraint("network", "server", name=op.f("pk_place_state")),
    )


def downgrade() -> None:
    op.drop_table("place_state")
