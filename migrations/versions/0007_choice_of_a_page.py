"""which of several accounts a sign-in is for

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("connect_flow") as batch:
        batch.add_column(sa.Column("sealed_offers", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("connect_flow") as batch:
        batch.drop_column("sealed_offers")
