"""goals, the plan, touchpoints and the evaluation

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('teams', JSON, nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('open', 'evaluated', name='programmestate', native_enum=False, length=30), nullable=False),
    sa.Column('learned', sa.Text(), nullable=False),
    sa.Column('results', JSON, nullable=False),
    sa.Column('evaluated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('evaluated_by', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_programme_created_by_user')),
    sa.ForeignKeyConstraint(['evaluated_by'], ['user.id'], name=op.f('fk_programme_evaluated_by_user')),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_programme_owner_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme'))
    )
    op.create_index(op.f('ix_programme_owner_id'), 'programme', ['owner_id'], unique=False)
    op.create_index('ix_programme_state', 'programme', ['state', 'id'], unique=False)

    op.create_table('goal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('source', sa.Enum('shares', 'clicks', 'advocates', 'survey', 'course', 'hand', name='goalsource', native_enum=False, length=30), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=True),
    sa.Column('question_key', sa.String(length=40), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=True),
    sa.Column('unit', sa.String(length=20), nullable=False),
    sa.Column('target', sa.Double(), nullable=False),
    sa.Column('start_value', sa.Double(), nullable=True),
    sa.Column('first_value', sa.Double(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('value_on', sa.Date(), nullable=True),
    sa.Column('missing', JSON, nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_goal_course_id_course'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_goal_created_by_user')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_goal_programme_id_programme'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_goal_survey_id_survey'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goal'))
    )
    op.create_index(op.f('ix_goal_course_id'), 'goal', ['course_id'], unique=False)
    op.create_index(op.f('ix_goal_programme_id'), 'goal', ['programme_id'], unique=False)
    op.create_index(op.f('ix_goal_survey_id'), 'goal', ['survey_id'], unique=False)

    op.create_table('plan_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'doing', 'done', 'dropped', name='stepstate', native_enum=False, length=30), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_plan_step_owner_id_user')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_plan_step_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_step'))
    )
    op.create_index('ix_plan_step_due', 'plan_step', ['programme_id', 'due_on', 'id'], unique=False)
    op.create_index(op.f('ix_plan_step_owner_id'), 'plan_step', ['owner_id'], unique=False)

    op.create_table('programme_course',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('course_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['course_id'], ['course.id'], name=op.f('fk_programme_course_course_id_course'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_course_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'course_id', name=op.f('pk_programme_course'))
    )
    op.create_index(op.f('ix_programme_course_course_id'), 'programme_course', ['course_id'], unique=False)

    op.create_table('programme_follower',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_follower_programme_id_programme'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_programme_follower_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'user_id', name=op.f('pk_programme_follower'))
    )
    op.create_index(op.f('ix_programme_follower_user_id'), 'programme_follower', ['user_id'], unique=False)

    op.create_table('touchpoint',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('contact', sa.Enum('shop', 'phone', 'invoice', 'delivery', 'web', 'mail', 'social', 'event', 'visit', 'other', name='contact', native_enum=False, length=30), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('promise', sa.Text(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=True),
    sa.Column('question_key', sa.String(length=40), nullable=False),
    sa.Column('wanted', sa.Double(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_touchpoint_owner_id_user')),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_touchpoint_survey_id_survey'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touchpoint'))
    )
    op.create_index('ix_touchpoint_name', 'touchpoint', ['name', 'id'], unique=False)
    op.create_index(op.f('ix_touchpoint_owner_id'), 'touchpoint', ['owner_id'], unique=False)
    op.create_index(op.f('ix_touchpoint_survey_id'), 'touchpoint', ['survey_id'], unique=False)

    op.create_table('goal_figure',
    sa.Column('goal_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('value', sa.Double(), nullable=False),
    sa.Column('note', sa.String(length=300), nullable=False),
    sa.Column('entered_by', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['entered_by'], ['user.id'], name=op.f('fk_goal_figure_entered_by_user')),
    sa.ForeignKeyConstraint(['goal_id'], ['goal.id'], name=op.f('fk_goal_figure_goal_id_goal'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('goal_id', 'day', name=op.f('pk_goal_figure'))
    )
    op.create_index(op.f('ix_goal_figure_entered_by'), 'goal_figure', ['entered_by'], unique=False)

    op.create_table('plan_comment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('step_id', sa.Integer(), nullable=True),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_plan_comment_programme_id_programme'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['step_id'], ['plan_step.id'], name=op.f('fk_plan_comment_step_id_plan_step'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_plan_comment_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_plan_comment'))
    )
    op.create_index('ix_plan_comment_programme', 'plan_comment', ['programme_id', 'step_id', 'id'], unique=False)
    op.create_index('ix_plan_comment_step', 'plan_comment', ['step_id', 'id'], unique=False)
    op.create_index(op.f('ix_plan_comment_user_id'), 'plan_comment', ['user_id'], unique=False)

    op.create_table('plan_step_need',
    sa.Column('step_id', sa.Integer(), nullable=False),
    sa.Column('needs_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['needs_id'], ['plan_step.id'], name=op.f('fk_plan_step_need_needs_id_plan_step'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['step_id'], ['plan_step.id'], name=op.f('fk_plan_step_need_step_id_plan_step'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('step_id', 'needs_id', name=op.f('pk_plan_step_need'))
    )
    op.create_index(op.f('ix_plan_step_need_needs_id'), 'plan_step_need', ['needs_id'], unique=False)

    op.create_table('survey_reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('survey_id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('question_key', sa.String(length=40), nullable=False),
    sa.Column('closed_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Double(), nullable=True),
    sa.Column('low', sa.Double(), nullable=True),
    sa.Column('high', sa.Double(), nullable=True),
    sa.Column('answers', sa.Integer(), nullable=True),
    sa.Column('groups', JSON, nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['survey_round.id'], name=op.f('fk_survey_reading_round_id_survey_round'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['survey_id'], ['survey.id'], name=op.f('fk_survey_reading_survey_id_survey'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_survey_reading')),
    sa.UniqueConstraint('round_id', 'question_key', name=op.f('uq_survey_reading_round_id_question_key'))
    )
    op.create_index('ix_survey_reading_question', 'survey_reading', ['survey_id', 'question_key', 'closed_on'], unique=False)

    op.create_table('touchpoint_gap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('touchpoint_id', sa.Integer(), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('step_id', sa.Integer(), nullable=True),
    sa.Column('noted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('noted_by', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by'], ['user.id'], name=op.f('fk_touchpoint_gap_noted_by_user')),
    sa.ForeignKeyConstraint(['step_id'], ['plan_step.id'], name=op.f('fk_touchpoint_gap_step_id_plan_step'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['touchpoint_id'], ['touchpoint.id'], name=op.f('fk_touchpoint_gap_touchpoint_id_touchpoint'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touchpoint_gap'))
    )
    op.create_index(op.f('ix_touchpoint_gap_step_id'), 'touchpoint_gap', ['step_id'], unique=False)
    op.create_index(op.f('ix_touchpoint_gap_touchpoint_id'), 'touchpoint_gap', ['touchpoint_id'], unique=False)

    op.create_table('programme_item',
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['content_item.id'], name=op.f('fk_programme_item_item_id_content_item'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_programme_item_programme_id_programme'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('programme_id', 'item_id', name=op.f('pk_programme_item'))
    )
    op.create_index(op.f('ix_programme_item_item_id'), 'programme_item', ['item_id'], unique=False)



def downgrade() -> None:
    op.drop_index(op.f('ix_programme_item_item_id'), table_name='programme_item')

    op.drop_table('programme_item')
    op.drop_index(op.f('ix_touchpoint_gap_touchpoint_id'), table_name='touchpoint_gap')
    op.drop_index(op.f('ix_touchpoint_gap_step_id'), table_name='touchpoint_gap')

    op.drop_table('touchpoint_gap')
    op.drop_index('ix_survey_reading_question', table_name='survey_reading')

    op.drop_table('survey_reading')
    op.drop_index(op.f('ix_plan_step_need_needs_id'), table_name='plan_step_need')

    op.drop_table('plan_step_need')
    op.drop_index(op.f('ix_plan_comment_user_id'), table_name='plan_comment')
    op.drop_index('ix_plan_comment_step', table_name='plan_comment')
    op.drop_index('ix_plan_comment_programme', table_name='plan_comment')

    op.drop_table('plan_comment')
    op.drop_index(op.f('ix_goal_figure_entered_by'), table_name='goal_figure')

    op.drop_table('goal_figure')
    op.drop_index(op.f('ix_touchpoint_survey_id'), table_name='touchpoint')
    op.drop_index(op.f('ix_touchpoint_owner_id'), table_name='touchpoint')
    op.drop_index('ix_touchpoint_name', table_name='touchpoint')

    op.drop_table('touchpoint')
    op.drop_index(op.f('ix_programme_follower_user_id'), table_name='programme_follower')

    op.drop_table('programme_follower')
    op.drop_index(op.f('ix_programme_course_course_id'), table_name='programme_course')

    op.drop_table('programme_course')
    op.drop_index(op.f('ix_plan_step_owner_id'), table_name='plan_step')
    op.drop_index('ix_plan_step_due', table_name='plan_step')

    op.drop_table('plan_step')
    op.drop_index(op.f('ix_goal_survey_id'), table_name='goal')
    op.drop_index(op.f('ix_goal_programme_id'), table_name='goal')
    op.drop_index(op.f('ix_goal_course_id'), table_name='goal')

    op.drop_table('goal')
    op.drop_index('ix_programme_state', table_name='programme')
    op.drop_index(op.f('ix_programme_owner_id'), table_name='programme')

    op.drop_table('programme')
