"""what a round of a survey is summed up to when it closes

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("survey_round", sa.Column("results", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("survey_round", "results")
