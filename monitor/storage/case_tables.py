"""The tables around a case: who told it, whom we told, who answers for it, and what happened."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from monitor.storage.columns import Id, Instant, metadata

case_author = Table(
    "case_author",
    metadata,
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Column("author_key", String(96), primary_key=True),
    Column("name", Text, nullable=False),
    Column("followers", BigInteger),
    Column("posts", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    comment="Who tells a story, and to how many followers.",
)

case_sketch = Table(
    "case_sketch",
    metadata,
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Column("band", BigInteger, primary_key=True),
    Column("brand", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Index("ix_case_sketch_band", "brand", "band", "opened_at", "case_id"),
    comment="Where the text of a case that is open looks like others (alerts.similar).",
)

case_event = Table(
    "case_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("who", String(80), nullable=False, server_default=""),
    Column("kind", String(32), nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_case_event_case", "case_id", "at"),
    Index("ix_case_event_kind", "kind", "at"),
    comment="Everything that happened to a case, append-only; who is empty for the service.",
)

case_link = Table(
    "case_link",
    metadata,
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Column("other_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Column("who", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_case_link_other", "other_id"),
    comment="Cases that a person holds for related; the smaller id first.",
)

notice = Table(
    "notice",
    metadata,
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Column("receiver", String(64), primary_key=True),
    Column("reason", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("spread", Integer, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("ended", Boolean, nullable=False, server_default=text("false")),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("told_at", Instant, nullable=False),
    Column("held", String(32), nullable=False, server_default=""),
    Index("ix_notice_told", "told_at"),
    comment="What each receiver was told last about a case, or (times 0) why not yet.",
)

rolled_up = Table(
    "rolled_up",
    metadata,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_rolled_up_case", "case_id"),
    comment="The cases that a roll-up tells of.",
)

silence = Table(
    "silence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("matchers", JSON, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("author", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("replaces", Id),
    Column("ended_by", String(80)),
    Column("ended_at", Instant),
    Index("ix_silence_ends", "ends_at"),
    comment="Which cases are not told of for a while; an edit ends the row and adds a new one.",
)

escalation = Table(
    "escalation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE"), nullable=False),
    Column("rule", String(32), nullable=False),
    Column("trigger_key", String(64), nullable=False),
    Column("level", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("snapshot", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("armed_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("fired_at", Instant),
    Column("deadline_at", Instant),
    Column("paged", Integer, nullable=False, server_default="0"),
    Column("person", String(80)),
    Column("acted_at", Instant),
    Column("acted_by", String(80)),
    Column("outcome", Text),
    UniqueConstraint("case_id", "rule", "trigger_key", name="uq_escalation_trigger"),
    Index(
        "ix_escalation_due",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_escalation_state", "state", "id"),
    comment="Steps of the ladder: armed, fired, acted, missed, superseded, cancelled.",
)

rota_override = Table(
    "rota_override",
    metadata,
    Column("id", Id, primary_key=True),
    Column("rota", String(64), nullable=False),
    Column("person", String(80), nullable=False),
    Column("substitute", String(80), nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("who", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("cancelled_by", String(80)),
    Index("ix_rota_override_ends", "rota", "ends_at"),
    comment="Who stands in for whom, and until when.",
)

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_customer", Boolean, nullable=False, server_default=text("false")),
    Column("note", Text, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(80), nullable=False),
    comment="A person behind one or several accounts, as somebody of ours linked them.",
)

customer_identity = Table(
    "customer_identity",
    metadata,
    Column("author_key", String(96), primary_key=True),
    Column("customer_id", ForeignKey("customer.id", ondelete="CASCADE"), nullable=False),
    Column("linked_by", String(80), nullable=False),
    Column("linked_at", Instant, nullable=False),
    Index("ix_customer_identity_customer", "customer_id"),
    comment="Which accounts belong to one customer (platform:id).",
)

hit_rule = Table(
    "hit_rule",
    metadata,
    Column("hit_id", ForeignKey("hit.id", ondelete="CASCADE"), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("mode", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_hit_rule_rule", "rule", "at"),
    comment="Which rules of the configuration a hit fits, and whether they were live or shadow.",
)
