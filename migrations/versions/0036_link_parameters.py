"""what tracked links tell the page they lead to

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "utm_pattern",
        sa.Column("parameter", sa.String(30), nullable=False),
        sa.Column("pattern", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("parameter", name=op.f("pk_utm_pattern")),
    )
    op.create_table(
        "campaign_utm_pattern",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("parameter", sa.String(30), nullable=False),
        sa.Column("pattern", sa.String(100), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaign.id"],
            name=op.f("fk_campaign_utm_pattern_campaign_id_campaign"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign_id", "parameter", name=op.f("pk_campaign_utm_pattern")),
    )


def downgrade() -> None:
    op.drop_table("campaign_utm_pattern")
    op.drop_table("utm_pattern")
