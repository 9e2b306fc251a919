"""kudos, the company's values, and what each person lets colleagues see

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
STARTING = (
    ("Helping one another", "Vi hjelper hverandre", "Made somebody else's day easier.", "Gjorde dagen lettere for en annen."),
    ("Customer first", "Kunden først", "Went further than asked for a customer.", "Strakk seg lenger enn kunden ba om."),
    ("Courage", "Mot", "Said or tried what others did not dare.", "Sa eller prøvde det andre ikke våget."),
    ("Learning", "Læring", "Learned something, and passed it on.", "Lærte noe, og delte det."),
    ("Craft", "Fagstolthet", "Did it properly, also where nobody looks.", "Gjorde det skikkelig, også der ingen ser."),
)


def upgrade() -> None:
    value = op.create_table("company_value",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("name", JSON, nullable=False),
    sa.Column("sentence", JSON, nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.Column("is_open", sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_company_value"))
    )
    op.bulk_insert(value, [
        {"name": {"en": en, "nb": nb}, "sentence": {"en": means, "nb": betyr}, "position": place, "is_open": True}
        for place, (en, nb, means, betyr) in enumerate(STARTING, start=1)
    ])
    op.create_table("kudos",
    sa.Column("id", sa.Integer(), nullable=False),
    sa.Column("giver_id", sa.Integer(), nullable=False),
    sa.Column("value_id", sa.Integer(), nullable=True),
    sa.Column("words", sa.Text(), nullable=False),
    sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("request_key", sa.String(length=60), nullable=False),
    sa.Column("on_wall", sa.Boolean(), nullable=False),
    sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("hidden_by", sa.Integer(), nullable=True),
    sa.Column("hidden_reason", sa.String(length=300), nullable=False),
    sa.ForeignKeyConstraint(["giver_id"], ["user.id"], name=op.f("fk_kudos_giver_id_user")),
    sa.ForeignKeyConstraint(["hidden_by"], ["user.id"], name=op.f("fk_kudos_hidden_by_user")),
    sa.ForeignKeyConstraint(["value_id"], ["company_value.id"], name=op.f("fk_kudos_value_id_company_value")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_kudos")),
    sa.UniqueConstraint("request_key", name=op.f("uq_kudos_request_key"))
    )
    op.create_index("ix_kudos_given_at", "kudos", ["given_at"], unique=False)
    op.create_index("ix_kudos_giver", "kudos", ["giver_id", "given_at"], unique=False)
    op.create_index(op.f("ix_kudos_hidden_by"), "kudos", ["hidden_by"], unique=False)
    op.create_index("ix_kudos_value", "kudos", ["value_id", "on_wall", "given_at", "id"], unique=False)
    op.create_index("ix_kudos_wall", "kudos", ["on_wall", "given_at", "id"], unique=False)
    op.create_table("kudos_receiver",
    sa.Column("kudos_id", sa.Integer(), nullable=False),
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("team_id", sa.Integer(), nullable=True),
    sa.Column("is_named", sa.Boolean(), nullable=False),
    sa.Column("is_public", sa.Boolean(), nullable=True),
    sa.Column("shows", sa.Boolean(), nullable=False),
    sa.Column("is_paid", sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(["kudos_id"], ["kudos.id"], name=op.f("fk_kudos_receiver_kudos_id_kudos"), ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_kudos_receiver_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("kudos_id", "user_id", name=op.f("pk_kudos_receiver"))
    )
    op.create_index("ix_kudos_receiver_team", "kudos_receiver", ["team_id", "shows", "kudos_id"], unique=False)
    op.create_index("ix_kudos_receiver_user", "kudos_receiver", ["user_id", "kudos_id"], unique=False)
    op.create_table("recognition_choice",
    sa.Column("user_id", sa.Integer(), nullable=False),
    sa.Column("kudos_public", sa.Boolean(), nullable=False),
    sa.Column("page_public", sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_recognition_choice_user_id_user"), ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("user_id", name=op.f("pk_recognition_choice"))
    )


def downgrade() -> None:
    for table in ("recognition_choice", "kudos_receiver", "kudos", "company_value"):
        op.drop_table(table)
