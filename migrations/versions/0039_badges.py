"""badges, weeks in a row, and the weeks that do not count

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table("person_count",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("measure", sa.String(length=30), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_person_count_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", "measure", name=op.f("pk_person_count"))
    )
    op.create_index("ix_person_count_measure", "person_count", ["measure", "count"], unique=False)
    op.create_table("badge_given",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("badge", sa.String(length=40), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("title", JSON, nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_badge_given_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", "badge", name=op.f("pk_badge_given"))
    )
    op.create_table("active_week",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("week", sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_active_week_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", "week", name=op.f("pk_active_week"))
    )
    op.create_table("holiday_week",
    sa.Column("week", sa.Date(), nullable=False),
    sa.Column("name", sa.String(length=80), nullable=False),
    sa.PrimaryKeyConstraint("week", name=op.f("pk_holiday_week"))
    )
    op.create_table("absence",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("first_day", sa.Date(), nullable=False),
    sa.Column("last_day", sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_absence_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_absence"))
    )
    op.create_index(op.f("ix_absence_user_id"), "absence", ["user_id"], unique=False)


def downgrade() -> None:
    for table in ("absence", "holiday_week", "active_week", "badge_given", "person_count"):
        op.drop_table(table)
