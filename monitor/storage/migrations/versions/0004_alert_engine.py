"""Cases know who tells them, who was told, who answers for them; silences, ladder, customers."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')
CASE_COLUMNS = (
    'platform',
    'language',
    'hit_id',
    'text',
    'causes',
    'uncertain',
    'posts',
    'reach',
    'first_seen_at',
    'last_post_at',
    'tell_at',
    'armed_severity',
    'acked_by',
    'acked_at',
    'ack_expires_at',
    'assigned_to',
    'answered_at',
    'answered_by',
    'answer_url',
    'merged_into',
    'closed_by',
    'close_reason',
)
CASE_INDEXES = ('ix_case_delivered', 'ix_case_story', 'ix_case_ack', 'ix_case_tell', 'ix_case_unarmed')
TABLES = (
    'rolled_up',
    'hit_rule',
    'notice',
    'escalation',
    'customer_identity',
    'case_sketch',
    'case_link',
    'case_event',
    'case_author',
    'silence',
    'rota_override',
    'customer',
)


def upgrade() -> None:
    op.create_table(
        'customer',
        sa.Column('id', ID, nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('key_customer', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('note', sa.Text(), server_default='', nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('created_by', sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
        comment='A person behind one or several accounts, as somebody of ours linked them.',
    )
    op.create_table(
        'rota_override',
        sa.Column('id', ID, nullable=False),
        sa.Column('rota', sa.String(length=64), nullable=False),
        sa.Column('person', sa.String(length=80), nullable=False),
        sa.Column('substitute', sa.String(length=80), nullable=False),
        sa.Column('starts_at', sa.BigInteger(), nullable=False),
        sa.Column('ends_at', sa.BigInteger(), nullable=False),
        sa.Column('who', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('cancelled_at', sa.BigInteger(), nullable=True),
        sa.Column('cancelled_by', sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_rota_override')),
        comment='Who stands in for whom, and until when.',
    )
    op.create_index('ix_rota_override_ends', 'rota_override', ['rota', 'ends_at'])
    op.create_table(
        'silence',
        sa.Column('id', ID, nullable=False),
        sa.Column('matchers', sa.JSON(), nullable=False),
        sa.Column('starts_at', sa.BigInteger(), nullable=False),
        sa.Column('ends_at', sa.BigInteger(), nullable=False),
        sa.Column('author', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('created_at', sa.BigInteger(), nullable=False),
        sa.Column('replaces', ID, nullable=True),
        sa.Column('ended_by', sa.String(length=80), nullable=True),
        sa.Column('ended_at', sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_silence')),
        comment='Which cases are not told of for a while; an edit ends the row and adds a new one.',
    )
    op.create_index('ix_silence_ends', 'silence', ['ends_at'])
    op.create_table(
        'case_author',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('author_key', sa.String(length=96), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('followers', sa.BigInteger(), nullable=True),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('first_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_case_author_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('case_id', 'author_key', name=op.f('pk_case_author')),
        comment='Who tells a story, and to how many followers.',
    )
    op.create_table(
        'case_event',
        sa.Column('id', ID, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.Column('who', sa.String(length=80), server_default='', nullable=False),
        sa.Column('kind', sa.String(length=32), nullable=False),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_case_event_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_case_event')),
        comment='Everything that happened to a case, append-only; who is empty for the service.',
    )
    op.create_index('ix_case_event_case', 'case_event', ['case_id', 'at'])
    op.create_index('ix_case_event_kind', 'case_event', ['kind', 'at'])
    op.create_table(
        'case_link',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('other_id', ID, nullable=False),
        sa.Column('who', sa.String(length=80), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_case_link_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.ForeignKeyConstraint(
            ['other_id'],
            ['alert_case.id'],
            name=op.f('fk_case_link_other_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('case_id', 'other_id', name=op.f('pk_case_link')),
        comment='Cases that a person holds for related; the smaller id first.',
    )
    op.create_index('ix_case_link_other', 'case_link', ['other_id'])
    op.create_table(
        'case_sketch',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('band', sa.BigInteger(), nullable=False),
        sa.Column('brand', sa.Text(), nullable=False),
        sa.Column('opened_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_case_sketch_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('case_id', 'band', name=op.f('pk_case_sketch')),
        comment='Where the text of a case that is open looks like others (alerts.similar).',
    )
    op.create_index(
        'ix_case_sketch_band', 'case_sketch', ['brand', 'band', 'opened_at', 'case_id']
    )
    op.create_table(
        'customer_identity',
        sa.Column('author_key', sa.String(length=96), nullable=False),
        sa.Column('customer_id', ID, nullable=False),
        sa.Column('linked_by', sa.String(length=80), nullable=False),
        sa.Column('linked_at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['customer_id'],
            ['customer.id'],
            name=op.f('fk_customer_identity_customer_id_customer'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('author_key', name=op.f('pk_customer_identity')),
        comment='Which accounts belong to one customer (platform:id).',
    )
    op.create_index('ix_customer_identity_customer', 'customer_identity', ['customer_id'])
    op.create_table(
        'escalation',
        sa.Column('id', ID, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.Column('rule', sa.String(length=32), nullable=False),
        sa.Column('trigger_key', sa.String(length=64), nullable=False),
        sa.Column('level', sa.String(length=32), nullable=False),
        sa.Column('severity', sa.Integer(), nullable=False),
        sa.Column('snapshot', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('armed_at', sa.BigInteger(), nullable=False),
        sa.Column('due_at', sa.BigInteger(), nullable=True),
        sa.Column('fired_at', sa.BigInteger(), nullable=True),
        sa.Column('deadline_at', sa.BigInteger(), nullable=True),
        sa.Column('paged', sa.Integer(), server_default='0', nullable=False),
        sa.Column('person', sa.String(length=80), nullable=True),
        sa.Column('acted_at', sa.BigInteger(), nullable=True),
        sa.Column('acted_by', sa.String(length=80), nullable=True),
        sa.Column('outcome', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_escalation_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_escalation')),
        sa.UniqueConstraint('case_id', 'rule', 'trigger_key', name='uq_escalation_trigger'),
        comment='Steps of the ladder: armed, fired, acted, missed, superseded, cancelled.',
    )
    op.create_index(
        'ix_escalation_due',
        'escalation',
        ['due_at'],
        sqlite_where=sa.text('due_at IS NOT NULL'),
        postgresql_where=sa.text('due_at IS NOT NULL'),
    )
    op.create_index('ix_escalation_state', 'escalation', ['state', 'id'])
    op.create_table(
        'notice',
        sa.Column('case_id', ID, nullable=False),
        sa.Column('receiver', sa.String(length=64), nullable=False),
        sa.Column('reason', sa.String(length=32), nullable=False),
        sa.Column('severity', sa.Integer(), nullable=False),
        sa.Column('spread', sa.Integer(), nullable=False),
        sa.Column('posts', sa.Integer(), nullable=False),
        sa.Column('ended', sa.Boolean(), server_default=sa.text('false'), nullable=False),
        sa.Column('times', sa.Integer(), server_default='1', nullable=False),
        sa.Column('told_at', sa.BigInteger(), nullable=False),
        sa.Column('held', sa.String(length=32), server_default='', nullable=False),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_notice_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('case_id', 'receiver', name=op.f('pk_notice')),
        comment='What each receiver was told last about a case, or (times 0) why not yet.',
    )
    op.create_index('ix_notice_told', 'notice', ['told_at'])
    op.create_table(
        'hit_rule',
        sa.Column('hit_id', ID, nullable=False),
        sa.Column('rule', sa.String(length=64), nullable=False),
        sa.Column('mode', sa.String(length=16), nullable=False),
        sa.Column('at', sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ['hit_id'], ['hit.id'], name=op.f('fk_hit_rule_hit_id_hit'), ondelete='CASCADE'
        ),
        sa.PrimaryKeyConstraint('hit_id', 'rule', name=op.f('pk_hit_rule')),
        comment='Which rules of the configuration a hit fits, and whether they were live or shadow.',
    )
    op.create_index('ix_hit_rule_rule', 'hit_rule', ['rule', 'at'])
    op.create_table(
        'rolled_up',
        sa.Column('alert_id', ID, nullable=False),
        sa.Column('case_id', ID, nullable=False),
        sa.ForeignKeyConstraint(
            ['alert_id'], ['alert.id'], name=op.f('fk_rolled_up_alert_id_alert'), ondelete='CASCADE'
        ),
        sa.ForeignKeyConstraint(
            ['case_id'],
            ['alert_case.id'],
            name=op.f('fk_rolled_up_case_id_alert_case'),
            ondelete='CASCADE',
        ),
        sa.PrimaryKeyConstraint('alert_id', 'case_id', name=op.f('pk_rolled_up')),
        comment='The cases that a roll-up tells of.',
    )
    op.create_index('ix_rolled_up_case', 'rolled_up', ['case_id'])
    op.add_column(
        'alert_case', sa.Column('platform', sa.String(length=16), server_default='', nullable=False)
    )
    op.add_column(
        'alert_case', sa.Column('language', sa.String(length=8), server_default='', nullable=False)
    )
    op.add_column('alert_case', sa.Column('hit_id', ID, nullable=True))
    op.add_column('alert_case', sa.Column('text', sa.Text(), server_default='', nullable=False))
    op.add_column('alert_case', sa.Column('causes', sa.JSON(), server_default='[]', nullable=False))
    op.add_column(
        'alert_case',
        sa.Column('uncertain', sa.Boolean(), server_default=sa.text('false'), nullable=False),
    )
    op.add_column(
        'alert_case', sa.Column('posts', sa.Integer(), server_default='1', nullable=False)
    )
    op.add_column(
        'alert_case', sa.Column('reach', sa.BigInteger(), server_default='0', nullable=False)
    )
    op.add_column('alert_case', sa.Column('first_seen_at', sa.BigInteger(), nullable=True))
    op.add_column('alert_case', sa.Column('last_post_at', sa.BigInteger(), nullable=True))
    op.add_column('alert_case', sa.Column('tell_at', sa.BigInteger(), nullable=True))
    op.add_column(
        'alert_case', sa.Column('armed_severity', sa.Integer(), server_default='0', nullable=False)
    )
    # Cases from before the ladder climb none: all of them would be late at once.
    op.execute('UPDATE alert_case SET armed_severity = severity')
    op.add_column('alert_case', sa.Column('acked_by', sa.String(length=80), nullable=True))
    op.add_column('alert_case', sa.Column('acked_at', sa.BigInteger(), nullable=True))
    op.add_column('alert_case', sa.Column('ack_expires_at', sa.BigInteger(), nullable=True))
    op.add_column('alert_case', sa.Column('assigned_to', sa.String(length=80), nullable=True))
    op.add_column('alert_case', sa.Column('answered_at', sa.BigInteger(), nullable=True))
    op.add_column('alert_case', sa.Column('answered_by', sa.String(length=80), nullable=True))
    op.add_column('alert_case', sa.Column('answer_url', sa.Text(), nullable=True))
    op.add_column('alert_case', sa.Column('merged_into', ID, nullable=True))
    op.add_column('alert_case', sa.Column('closed_by', sa.String(length=80), nullable=True))
    op.add_column('alert_case', sa.Column('close_reason', sa.Text(), nullable=True))
    op.create_index('ix_case_delivered', 'alert_case', ['first_delivered_at'])
    op.create_index('ix_case_story', 'alert_case', ['brand', 'fold_key', 'closed_at'])
    op.create_index(
        'ix_case_ack',
        'alert_case',
        ['ack_expires_at'],
        sqlite_where=sa.text('ack_expires_at IS NOT NULL'),
        postgresql_where=sa.text('ack_expires_at IS NOT NULL'),
    )
    op.create_index(
        'ix_case_tell',
        'alert_case',
        ['tell_at'],
        sqlite_where=sa.text('tell_at IS NOT NULL'),
        postgresql_where=sa.text('tell_at IS NOT NULL'),
    )
    op.create_index(
        'ix_case_unarmed',
        'alert_case',
        ['id'],
        sqlite_where=sa.text('closed_at IS NULL AND armed_severity < severity'),
        postgresql_where=sa.text('closed_at IS NULL AND armed_severity < severity'),
    )
    # What open cases from before show, where they go, and that their receivers know of them.
    op.execute(
        """
        UPDATE alert_case SET
            hit_id = (SELECT min(hit.id) FROM hit WHERE hit.case_id = alert_case.id),
            platform = CASE
                WHEN fold_key LIKE 'weibo:%' THEN 'weibo'
                WHEN fold_key LIKE 'twitter:%' THEN 'twitter'
                ELSE ''
            END
        """
    )
    op.execute(
        """
        INSERT INTO notice (case_id, receiver, reason, severity, spread, posts, told_at)
        SELECT id, 'default', 'first', severity, spread_count, posts, opened_at
        FROM alert_case WHERE closed_at IS NULL
        """
    )


def downgrade() -> None:
    for index in CASE_INDEXES:
        op.drop_index(index, 'alert_case')
    for column in CASE_COLUMNS:
        op.drop_column('alert_case', column)
    for table in TABLES:
        op.drop_table(table)
