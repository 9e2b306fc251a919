"""end of a sign-in, and the account that is connected again

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("connection") as connection:
        connection.add_column(sa.Column("sign_in_ends_at", sa.DateTime(timezone=True), nullable=True))
        connection.add_column(sa.Column("reminded_days", sa.Integer(), nullable=True))
        connection.create_index("ix_connection_sign_in_ends_at", ["sign_in_ends_at"])
    with op.batch_alter_table("connect_flow") as flow:
        flow.add_column(sa.Column("connection_id", sa.Integer(), nullable=True))
        flow.create_foreign_key(
            "fk_connect_flow_connection_id_connection", "connection", ["connection_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("connect_flow") as flow:
        flow.drop_constraint("fk_connect_flow_connection_id_connection", type_="foreignkey")
        flow.drop_column("connection_id")
    with op.batch_alter_table("connection") as connection:
        connection.drop_index("ix_connection_sign_in_ends_at")
        connection.drop_column("reminded_days")
        connection.drop_column("sign_in_ends_at")
