"""what a share is: a post, one in a channel, or a company's post passed on

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KIND = sa.Enum("share", "channel", "repost", "comment", name="sharekind", native_enum=False, length=30)


def upgrade() -> None:
    with op.batch_alter_table("share") as share:
        share.add_column(sa.Column("kind", KIND, nullable=False, server_default="share"))
    op.execute("UPDATE share SET kind = 'channel' WHERE network IN ('slack', 'teams', 'discord')")


def downgrade() -> None:
    with op.batch_alter_table("share") as share:
        share.drop_column("kind")
