"""where links of items that have ended lead

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_link",
        sa.Column("ending", sa.String(30), nullable=False),
        sa.Column("leads", sa.String(30), nullable=False),
        sa.Column("address", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("ending", name=op.f("pk_ended_link")),
    )


def downgrade() -> None:
    op.drop_table("ended_link")
