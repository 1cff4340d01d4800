"""A verdict says its desk, its doubts and how likely the author is pleased."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('verdict', schema=None) as batch_op:
        batch_op.add_column(sa.Column('positive', sa.Float(), server_default='0', nullable=False))
        batch_op.add_column(
            sa.Column('kind', sa.String(length=16), server_default='complaint', nullable=False)
        )
        batch_op.add_column(sa.Column('doubts', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('verdict', schema=None) as batch_op:
        batch_op.drop_column('doubts')
        batch_op.drop_column('kind')
        batch_op.drop_column('positive')
