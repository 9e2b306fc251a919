"""conversions, click ids, and the country of a click

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("click", sa.Column("country", sa.String(2), nullable=True))
    op.create_table(
        "conversion_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("click_ids", sa.Boolean(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_conversion_choice_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_choice")),
    )
    op.create_table(
        "click_token",
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("offset", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["link.id"], name=op.f("fk_click_token_link_id_link")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_click_token")),
    )
    op.create_index(op.f("ix_click_token_at"), "click_token", ["at"])
    op.create_table(
        "conversion_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("hundredths", BIG_ID, nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("has_pixel", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_kind")),
        sa.UniqueConstraint("key", name=op.f("uq_conversion_kind_key")),
        sa.UniqueConstraint("name", name=op.f("uq_conversion_kind_name")),
    )
    op.create_table(
        "conversion_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(24), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion_source")),
        sa.UniqueConstraint("key", name=op.f("uq_conversion_source_key")),
    )
    op.create_table(
        "conversion",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("kind_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("token", sa.String(16), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hundredths", BIG_ID, nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("standing", sa.String(30), nullable=False),
        sa.Column("share_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(30), nullable=False),
        sa.Column("clicked_at", MOMENT, nullable=True),
        sa.Column("segment_id", sa.Integer(), nullable=True),
        sa.Column("offset", BIG_ID, nullable=True),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["kind_id"], ["conversion_kind.id"], name=op.f("fk_conversion_kind_id_conversion_kind")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["conversion_source.id"], name=op.f("fk_conversion_source_id_conversion_source")
        ),
        sa.ForeignKeyConstraint(
            ["share_id"], ["share.id"], name=op.f("fk_conversion_share_id_share"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversion")),
        sa.UniqueConstraint("once", name=op.f("uq_conversion_once")),
    )
    op.create_index("ix_conversion_day", "conversion", ["day", "id"])
    op.create_index("ix_conversion_standing", "conversion", ["standing", "id"])
    op.create_index("ix_conversion_click", "conversion", ["segment_id", "offset"])
    op.create_index(op.f("ix_conversion_share_id"), "conversion", ["share_id"])


def downgrade() -> None:
    op.drop_table("conversion")
    op.drop_table("conversion_source")
    op.drop_table("conversion_kind")
    op.drop_table("click_token")
    op.drop_table("conversion_choice")
    op.drop_column("click", "country")
