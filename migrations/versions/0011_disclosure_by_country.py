"""what posts disclose, by the country that people work in

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

PLACE = sa.Enum("end", "beginning", name="place", native_enum=False, length=30)


def upgrade() -> None:
    op.create_table(
        "disclosure_rule",
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("text_en", sa.String(120), nullable=False),
        sa.Column("text_nb", sa.String(120), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("place", PLACE, nullable=False),
        sa.Column("in_channels", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["user.id"], name=op.f("fk_disclosure_rule_changed_by_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("country", name=op.f("pk_disclosure_rule")),
    )
    op.add_column("user", sa.Column("country", sa.String(2), nullable=False, server_default=""))
    op.add_column("invitation", sa.Column("country", sa.String(2), nullable=False, server_default=""))
    op.add_column("share", sa.Column("disclosed", sa.Text(), nullable=False, server_default=""))
    op.add_column("share", sa.Column("disclosed_for", sa.String(2), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("share") as table:
        table.drop_column("disclosed_for")
        table.drop_column("disclosed")
    with op.batch_alter_table("invitation") as table:
        table.drop_column("country")
    with op.batch_alter_table("user") as table:
        table.drop_column("country")
    op.drop_table("disclosure_rule")
