"""People correct verdicts; models are learnt from that, tried in the shadow, and promoted."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def only_one(name: str, table: str, state: str) -> None:
    where = sa.text(f"state = '{state}'")
    op.create_index(
        name, table, ['state'], unique=True, sqlite_where=where, postgresql_where=where
    )


def upgrade() -> None:
    op.create_table(
        'correction',
        sa.Column('id', ID, nullable=False),
        sa.Column('hit_id', sa.BigInteger(), nullable=False),
        sa.Column('verdict_id', sa.BigInteger(), nullable=False),
        sa.Column('who', sa.String(length=80), nullable=False),
        sa.Column('role', sa.String(length=16), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('label', sa.Integer(), nullable=True),
        sa.Column('complaint', sa.Boolean(), nullable=True),
        sa.Column('topic', sa.String(length=16), nullable=True),
        sa.Column('risk', sa.String(length=16), nullable=True),
        sa.Column('genre', sa.String(length=16), nullable=True),
        sa.Column('note', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ['hit_id'], ['hit.id'], name=op.f('fk_correction_hit_id_hit'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['verdict_id'],
            ['verdict.id'],
            name=op.f('fk_correction_verdict_id_verdict'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_correction')),
        comment='What a person says of a verdict; append-only, empty columns were not spoken of.',
    )
    op.create_index('ix_correction_hit', 'correction', ['hit_id'])
    op.create_index('ix_correction_verdict', 'correction', ['verdict_id'])
    op.create_index('ix_correction_at', 'correction', ['at'])
    op.create_table(
        'model',
        sa.Column('id', ID, nullable=False),
        sa.Column('version', sa.String(length=64), nullable=False),
        sa.Column('base_version', sa.String(length=64), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.Column('metrics', sa.JSON(), nullable=False),
        sa.Column('corrections', sa.Integer(), nullable=False),
        sa.Column('trained_by', sa.String(length=80), nullable=False),
        sa.Column('trained_at', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.BigInteger(), nullable=False),
        sa.Column('former', sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_model')),
        sa.UniqueConstraint('version', name=op.f('uq_model_version')),
        comment='Layers learnt from corrections: candidate, shadow, active, retired.',
    )
    only_one('uq_model_active', 'model', 'active')
    only_one('uq_model_shadow', 'model', 'shadow')
    op.create_table(
        'shadow_score',
        sa.Column('id', ID, nullable=False),
        sa.Column('hit_id', sa.BigInteger(), nullable=False),
        sa.Column('model_id', sa.BigInteger(), nullable=False),
        sa.Column('label', sa.Integer(), nullable=False),
        sa.Column('complaint', sa.Float(), nullable=False),
        sa.Column('agrees', sa.Boolean(), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['hit_id'], ['hit.id'], name=op.f('fk_shadow_score_hit_id_hit'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['model_id'],
            ['model.id'],
            name=op.f('fk_shadow_score_model_id_model'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_shadow_score')),
        comment='What the model in the shadow would have said; decides nothing.',
    )
    op.create_index('ix_shadow_score_hit', 'shadow_score', ['hit_id'])
    op.create_index('ix_shadow_score_model', 'shadow_score', ['model_id', 'agrees'])
    op.create_index('ix_shadow_score_at', 'shadow_score', ['at'])
    op.create_table(
        'rescore',
        sa.Column('id', ID, nullable=False),
        sa.Column('model_version', sa.String(length=64), nullable=False),
        sa.Column('since_at', sa.BigInteger(), nullable=True),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('done_to', sa.BigInteger(), nullable=False),
        sa.Column('until_id', sa.BigInteger(), nullable=False),
        sa.Column('total', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('changed', sa.Integer(), nullable=False),
        sa.Column('started_by', sa.String(length=80), nullable=False),
        sa.Column('started_at', sa.BigInteger(), nullable=False),
        sa.Column('updated_at', sa.BigInteger(), nullable=False),
        sa.Column('finished_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rescore')),
        comment='How far old hits have been judged anew.',
    )
    only_one('uq_rescore_running', 'rescore', 'running')


def downgrade() -> None:
    for table in ('rescore', 'shadow_score', 'model', 'correction'):
        op.drop_table(table)
