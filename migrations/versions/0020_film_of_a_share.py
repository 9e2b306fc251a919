"""the film that a share takes along

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # By hand, as the item's: SQLite need not copy the whole table for a column that may be empty.
    op.execute("ALTER TABLE share ADD COLUMN film_id INTEGER CONSTRAINT fk_share_film_id_film REFERENCES film (id)")


def downgrade() -> None:
    op.execute("ALTER TABLE share DROP COLUMN film_id")
