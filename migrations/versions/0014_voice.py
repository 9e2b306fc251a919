"""what colleagues are asked and say

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("is_helpful", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_feedback_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("about", "user_id", name=op.f("pk_feedback")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_user_id"), ["user_id"], unique=False)

    op.create_table(
        "forum_topic",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("idea", "question", "criticism", name="topickind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "heard", "planned", "done", "declined", name="topicstate", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("merged_into_id", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["answered_by"], ["user.id"], name=op.f("fk_forum_topic_answered_by_user")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["forum_topic.id"], name=op.f("fk_forum_topic_merged_into_id_forum_topic")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_forum_topic_owner_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_forum_topic_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_topic")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("forum_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forum_topic_merged_into_id"), ["merged_into_id"], unique=False)
        batch_op.create_index("ix_forum_topic_newest", ["day", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forum_topic_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index("ix_forum_topic_state", ["state", "day", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forum_topic_user_id"), ["user_id"], unique=False)
        batch_op.create_index("ix_forum_topic_votes", ["votes", "id"], unique=False)

    op.create_table(
        "handbook_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("search_words", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reviewed_until", sa.Date(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_handbook_page_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_page")),
    )
    with op.batch_alter_table("handbook_page", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handbook_page_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handbook_page_reviewed_until"), ["reviewed_until"], unique=False)
        batch_op.create_index("ix_handbook_page_title", ["title", "id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("asks_confirmation", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_notice_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_published", ["published_at", "id"], unique=False)

    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("survey", "pulse", "quiz", name="surveykind", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("intro", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("questions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("is_anonymous", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open_days", sa.Integer(), nullable=False),
        sa.Column(
            "repeats",
            sa.Enum("never", "weekly", "monthly", "quarterly", name="repeats", native_enum=False, length=30),
            nullable=False,
        ),
        sa.Column("next_round_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_survey_created_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
    )
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_next_round_at"), ["next_round_at"], unique=False)

    op.create_table(
        "forum_reply",
        sa.Column("id", sa.String(length=24), nullable=False),
        sa.Column("topic_id", sa.String(length=24), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("is_from_writer", sa.Boolean(), nullable=False),
        sa.Column("is_settled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["forum_topic.id"], name=op.f("fk_forum_reply_topic_id_forum_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_forum_reply_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_reply")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("forum_reply", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forum_reply_topic_id"), ["topic_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_forum_reply_user_id"), ["user_id"], unique=False)

    op.create_table(
        "forum_vote",
        sa.Column("topic_id", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["forum_topic.id"], name=op.f("fk_forum_vote_topic_id_forum_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_forum_vote_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "user_id", name=op.f("pk_forum_vote")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("forum_vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forum_vote_user_id"), ["user_id"], unique=False)

    op.create_table(
        "handbook_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["user.id"], name=op.f("fk_handbook_version_by_user")),
        sa.ForeignKeyConstraint(
            ["page_id"],
            ["handbook_page.id"],
            name=op.f("fk_handbook_version_page_id_handbook_page"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_version")),
        sa.UniqueConstraint("page_id", "number", name=op.f("uq_handbook_version_page_id_number")),
    )
    with op.batch_alter_table("handbook_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handbook_version_by"), ["by"], unique=False)

    op.create_table(
        "notice_reading",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_reading_notice_id_notice"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_notice_reading_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "user_id", name=op.f("pk_notice_reading")),
    )
    with op.batch_alter_table("notice_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_reading_user_id"), ["user_id"], unique=False)

    op.create_table(
        "survey_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("groups", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("smallest", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_survey_round_survey_id_survey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_round")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_survey_round_survey_id_number")),
    )
    with op.batch_alter_table("survey_round", schema=None) as batch_op:
        batch_op.create_index("ix_survey_round_closes", ["closed_at", "closes_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_round_remind_at"), ["remind_at"], unique=False)

    op.create_table(
        "survey_boxed",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["survey_round.id"], name=op.f("fk_survey_boxed_round_id_survey_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_boxed")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_boxed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_boxed_round_id"), ["round_id"], unique=False)

    op.create_table(
        "survey_participation",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["survey_round.id"],
            name=op.f("fk_survey_participation_round_id_survey_round"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_survey_participation_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "user_id", name=op.f("pk_survey_participation")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_participation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_participation_user_id"), ["user_id"], unique=False)

    op.create_table(
        "survey_sheet",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("group", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["survey_round.id"], name=op.f("fk_survey_sheet_round_id_survey_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_survey_sheet_user_id_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_sheet")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("survey_sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_sheet_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_survey_sheet_user_id"), ["user_id"], unique=False)



def downgrade() -> None:
    with op.batch_alter_table("survey_sheet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_sheet_user_id"))
        batch_op.drop_index(batch_op.f("ix_survey_sheet_round_id"))

    op.drop_table("survey_sheet")
    with op.batch_alter_table("survey_participation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_participation_user_id"))

    op.drop_table("survey_participation")
    with op.batch_alter_table("survey_boxed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_boxed_round_id"))

    op.drop_table("survey_boxed")
    with op.batch_alter_table("survey_round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_round_remind_at"))
        batch_op.drop_index("ix_survey_round_closes")

    op.drop_table("survey_round")
    with op.batch_alter_table("notice_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_reading_user_id"))

    op.drop_table("notice_reading")
    with op.batch_alter_table("handbook_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handbook_version_by"))

    op.drop_table("handbook_version")
    with op.batch_alter_table("forum_vote", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_vote_user_id"))

    op.drop_table("forum_vote")
    with op.batch_alter_table("forum_reply", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_reply_user_id"))
        batch_op.drop_index(batch_op.f("ix_forum_reply_topic_id"))

    op.drop_table("forum_reply")
    with op.batch_alter_table("survey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_next_round_at"))

    op.drop_table("survey")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_published")

    op.drop_table("notice")
    with op.batch_alter_table("handbook_page", schema=None) as batch_op:
        batch_op.drop_index("ix_handbook_page_title")
        batch_op.drop_index(batch_op.f("ix_handbook_page_reviewed_until"))
        batch_op.drop_index(batch_op.f("ix_handbook_page_owner_id"))

    op.drop_table("handbook_page")
    with op.batch_alter_table("forum_topic", schema=None) as batch_op:
        batch_op.drop_index("ix_forum_topic_votes")
        batch_op.drop_index(batch_op.f("ix_forum_topic_user_id"))
        batch_op.drop_index("ix_forum_topic_state")
        batch_op.drop_index(batch_op.f("ix_forum_topic_owner_id"))
        batch_op.drop_index("ix_forum_topic_newest")
        batch_op.drop_index(batch_op.f("ix_forum_topic_merged_into_id"))

    op.drop_table("forum_topic")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_user_id"))

    op.drop_table("feedback")
