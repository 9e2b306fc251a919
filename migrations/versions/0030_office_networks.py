"""the company's own networks

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_network",
        sa.Column("range", sa.String(50), nullable=False),
        sa.Column("note", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("range", name=op.f("pk_office_network")),
    )


def downgrade() -> None:
    op.drop_table("office_network")
