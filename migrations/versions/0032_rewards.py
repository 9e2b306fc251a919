"""rewards, and what points were spent on

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STATES = ("asked", "granted", "handed_out", "declined", "cancelled")


def upgrade() -> None:
    op.create_table("reward",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("title", sa.String(length=160), nullable=False),
    sa.Column("description", sa.Text(), nullable=False),
    sa.Column("picture_id", sa.Integer(), nullable=True),
    sa.Column("alt_text", sa.String(length=500), nullable=False),
    sa.Column("price", sa.Integer(), nullable=False),
    sa.Column("stock", sa.Integer(), nullable=True),
    sa.Column("per_person", sa.Integer(), nullable=True),
    sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("audience", JSON, nullable=False),
    sa.Column("needs_approval", sa.Boolean(), nullable=False),
    sa.Column("hand_out", sa.String(length=500), nullable=False),
    sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("created_by", sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_reward_created_by_user")),
    sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_reward_picture_id_picture")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_reward"))
    )
    op.create_index("ix_reward_list", "reward", ["is_withdrawn", "price", "id"], unique=False)
    op.create_table("redemption",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("reward_id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("request_key", sa.String(length=64), nullable=False),
    sa.Column("price", sa.Integer(), nullable=False),
    sa.Column("took_stock", sa.Boolean(), nullable=False),
    sa.Column("state", sa.Enum(*STATES, name="redemptionstate", native_enum=False, length=30), nullable=False),
    sa.Column("reason", sa.String(length=500), nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("decided_by", sa.Integer(), nullable=True),
    sa.Column("handed_out_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("handed_out_by", sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("fk_redemption_reward_id_reward")),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_redemption_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
    sa.UniqueConstraint("user_id", "request_key", name=op.f("uq_redemption_user_id_request_key"))
    )
    op.create_index("ix_redemption_user", "redemption", ["user_id", "id"], unique=False)
    op.create_index("ix_redemption_queue", "redemption", ["state", "id"], unique=False)
    op.create_index("ix_redemption_reward", "redemption", ["reward_id", "user_id"], unique=False)
    op.create_table("spending",
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("redemption_id", sa.Integer(), nullable=False),
    sa.Column("points", sa.Integer(), nullable=False),
    sa.Column("cause", sa.String(length=60), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["redemption_id"], ["redemption.id"], name=op.f("fk_spending_redemption_id_redemption"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_spending_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    sa.UniqueConstraint("cause", name=op.f("uq_spending_cause"))
    )
    op.create_index("ix_spending_user", "spending", ["user_id", "points"], unique=False)
    op.create_index(op.f("ix_spending_redemption_id"), "spending", ["redemption_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_spending_redemption_id"), table_name="spending")
    op.drop_index("ix_spending_user", table_name="spending")
    op.drop_table("spending")
    op.drop_index("ix_redemption_reward", table_name="redemption")
    op.drop_index("ix_redemption_queue", table_name="redemption")
    op.drop_index("ix_redemption_user", table_name="redemption")
    op.drop_table("redemption")
    op.drop_index("ix_reward_list", table_name="reward")
    op.drop_table("reward")
