"""a challenge knows that it is of one campaign, also when that is gone

Revision ID: 0045
Revises: 0044
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("challenge", sa.Column("campaign_name", sa.String(length=120), nullable=False, server_default=""))
    op.execute("UPDATE challenge SET campaign_name = (SELECT name FROM campaign WHERE campaign.id = challenge.campaign_id) WHERE campaign_id IS NOT NULL")


def downgrade() -> None:
    with op.batch_alter_table("challenge") as table:
        table.drop_column("campaign_name")
