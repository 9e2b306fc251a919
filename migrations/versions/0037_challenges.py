"""challenges, what people bring to them, and their results

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('challenge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=160), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('kind', sa.Enum('people', 'teams', 'mixed', name='challengekind', native_enum=False, length=30), nullable=False),
    sa.Column('counts', sa.Enum('points', 'shares', 'visitors', 'courses', name='counts', native_enum=False, length=30), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('time_zone', sa.String(length=60), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('smallest', sa.Integer(), nullable=False),
    sa.Column('prize_points', sa.Integer(), nullable=False),
    sa.Column('prize_text', sa.String(length=300), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', 'cancelled', name='challengestate', native_enum=False, length=30), nullable=False),
    sa.Column('reason', sa.String(length=500), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_by', sa.Integer(), nullable=True),
    sa.Column('started_told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ending_told_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_challenge_campaign_id_campaign'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by'], ['user.id'], name=op.f('fk_challenge_created_by_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge'))
    )
    op.create_index('ix_challenge_ends', 'challenge', ['ends_at'], unique=False)
    op.create_index('ix_challenge_state_ends', 'challenge', ['state', 'ends_at'], unique=False)
    op.create_table('challenge_side',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=160), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_side_challenge_id_challenge'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_side')),
    sa.UniqueConstraint('challenge_id', 'name', name=op.f('uq_challenge_side_challenge_id_name'))
    )
    op.create_table('challenge_tally',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_tally_challenge_id_challenge'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_challenge_tally_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('challenge_id', 'user_id', name=op.f('pk_challenge_tally'))
    )
    op.create_index('ix_challenge_tally_user', 'challenge_tally', ['user_id'], unique=False)
    op.create_table('challenge_member',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('side_id', sa.Integer(), nullable=True),
    sa.Column('joined_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_member_challenge_id_challenge'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['side_id'], ['challenge_side.id'], name=op.f('fk_challenge_member_side_id_challenge_side'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_challenge_member_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('challenge_id', 'user_id', name=op.f('pk_challenge_member'))
    )
    op.create_index(op.f('ix_challenge_member_side_id'), 'challenge_member', ['side_id'], unique=False)
    op.create_index('ix_challenge_member_user', 'challenge_member', ['user_id'], unique=False)
    op.create_table('challenge_part',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('side_id', sa.Integer(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('has_won', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_part_challenge_id_challenge'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['side_id'], ['challenge_side.id'], name=op.f('fk_challenge_part_side_id_challenge_side'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_challenge_part_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('challenge_id', 'user_id', name=op.f('pk_challenge_part'))
    )
    op.create_index('ix_challenge_part_rank', 'challenge_part', ['challenge_id', 'rank', 'user_id'], unique=False)
    op.create_index(op.f('ix_challenge_part_side_id'), 'challenge_part', ['side_id'], unique=False)
    op.create_index('ix_challenge_part_user', 'challenge_part', ['user_id'], unique=False)
    op.create_table('challenge_result',
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('side_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('score', sa.Integer(), nullable=False),
    sa.Column('heads', sa.Integer(), nullable=False),
    sa.Column('has_won', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_result_challenge_id_challenge'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['side_id'], ['challenge_side.id'], name=op.f('fk_challenge_result_side_id_challenge_side'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('challenge_id', 'side_id', name=op.f('pk_challenge_result'))
    )


def downgrade() -> None:
    op.drop_table('challenge_result')
    op.drop_index('ix_challenge_part_user', table_name='challenge_part')
    op.drop_index(op.f('ix_challenge_part_side_id'), table_name='challenge_part')
    op.drop_index('ix_challenge_part_rank', table_name='challenge_part')
    op.drop_table('challenge_part')
    op.drop_index('ix_challenge_member_user', table_name='challenge_member')
    op.drop_index(op.f('ix_challenge_member_side_id'), table_name='challenge_member')
    op.drop_table('challenge_member')
    op.drop_index('ix_challenge_tally_user', table_name='challenge_tally')
    op.drop_table('challenge_tally')
    op.drop_table('challenge_side')
    op.drop_index('ix_challenge_state_ends', table_name='challenge')
    op.drop_index('ix_challenge_ends', table_name='challenge')
    op.drop_table('challenge')
