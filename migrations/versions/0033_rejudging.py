"""clicks judged again, and what they were judged before

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "rejudging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("next_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("to_filtered", sa.Integer(), nullable=False),
        sa.Column("to_human", sa.Integer(), nullable=False),
        sa.Column("other_reason", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["user.id"], name=op.f("fk_rejudging_asked_by_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejudging")),
    )
    op.create_index(
        "ix_rejudging_one_at_a_time",
        "rejudging",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "earlier_judgement",
        sa.Column("click_id", BIG_ID, nullable=False),
        sa.Column("rejudging_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("is_first_today", sa.Boolean(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rejudging_id"], ["rejudging.id"], name=op.f("fk_earlier_judgement_rejudging_id_rejudging")
        ),
        sa.PrimaryKeyConstraint("click_id", "rejudging_id", name=op.f("pk_earlier_judgement")),
    )
    op.create_index("ix_earlier_judgement_day", "earlier_judgement", ["day"])


def downgrade() -> None:
    op.drop_table("earlier_judgement")
    op.drop_table("rejudging")
