"""The tables. Times are aware UTC (stored as epoch microseconds), durations end in `_s`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as epoch microseconds: same order and precision on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: only aware times are stored")
        return (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")

post = Table(
    "post",
    metadata,
    Column("id", Id, primary_key=True),
    Column("platform", String(16), nullable=False),
    Column("native_id", String(64), nullable=False),
    Column("author_id", String(64), nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_handle", Text, nullable=False, default=""),
    Column("author_followers", BigInteger),
    Column("author_standing", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("quoted", Text, nullable=False, default=""),
    Column("original", JSON(none_as_null=True)),
    Column("mentions", JSON, nullable=False),
    Column("url", Text, nullable=False),
    Column("region", Text, nullable=False, default=""),
    Column("client", Text, nullable=False, default=""),
    Column("language_hint", String(16), nullable=False, default=""),
    Column("truncated", Boolean, nullable=False, default=False),
    Column("reposts", BigInteger),
    Column("comments", BigInteger),
    Column("likes", BigInteger),
    Column("source", String(32), nullable=False),
    Column("query_key", String(64), nullable=False, default=""),
    Column("published_at", Instant, nullable=False),
    Column("first_seen_at", Instant, nullable=False),
    UniqueConstraint("platform", "native_id", name="uq_post_native"),
    Index("ix_post_published", "published_at"),
    Index("ix_post_author", "platform", "author_id"),
    comment="Every post read, once.",
)

hit = Table(
    "hit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("post_id", ForeignKey("post.id", ondelete="CASCADE"), nullable=False),
    Column("brand", Text, nullable=False),
    Column("terms", JSON, nullable=False),
    Column("addressed", Boolean, nullable=False, default=False),
    Column("rules_version", String(16), nullable=False),
    Column("matched_at", Instant, nullable=False),
    Column("judged_at", Instant),
    Column("reason", String(32)),
    Column("case_id", ForeignKey("alert_case.id", ondelete="SET NULL")),
    UniqueConstraint("post_id", "brand", name="uq_hit_post_brand"),
    Index(
        "ix_hit_unjudged",
        "id",
        sqlite_where=text("judged_at IS NULL"),
        postgresql_where=text("judged_at IS NULL"),
    ),
    Index("ix_hit_case", "case_id"),
    Index("ix_hit_reason", "reason", "judged_at"),
    Index("ix_hit_brand", "brand", "matched_at"),
    comment="A post that names a brand together with a complaint word.",
)

verdict = Table(
    "verdict",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hit_id", ForeignKey("hit.id", ondelete="CASCADE"), nullable=False),
    Column("label", Integer, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("negative", Float, nullable=False),
    Column("positive", Float, nullable=False, server_default="0"),
    Column("complaint", Float, nullable=False),
    Column("kind", String(16), nullable=False, server_default="complaint"),
    Column("topic", String(16), nullable=False),
    Column("risk", String(16), nullable=False),
    Column("genre", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("doubts", JSON, nullable=False, server_default="[]"),
    Column("signs", JSON, nullable=False),
    Column("model_version", String(64), nullable=False),
    Column("scored_at", Instant, nullable=False),
    Index("ix_verdict_hit", "hit_id"),
    comment="What the judge said; append-only.",
)

alert_case = Table(
    "alert_case",
    metadata,
    Column("id", Id, primary_key=True),
    Column("brand", Text, nullable=False),
    Column("fold_key", String(80), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("topic", String(16), nullable=False),
    Column("risk", String(16), nullable=False),
    Column("author_key", String(96), nullable=False),
    Column("spread_count", Integer, nullable=False),
    Column("previous_case_id", Id),
    Column("published_at", Instant, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("first_delivered_at", Instant),
    Column("warned_at", Instant),
    Column("closed_at", Instant),
    Index(
        "uq_case_open_story",
        "brand",
        "fold_key",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("ix_case_opened", "opened_at"),
    Index("ix_case_author", "author_key", "opened_at"),
    Index(
        "ix_case_undelivered",
        "published_at",
        sqlite_where=text("first_delivered_at IS NULL"),
        postgresql_where=text("first_delivered_at IS NULL"),
    ),
    comment="One complaint or one storm about a brand; due_at = first publication + the promise.",
)

alert = Table(
    "alert",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("key", String(120), nullable=False, unique=True),
    Column("case_id", ForeignKey("alert_case.id", ondelete="CASCADE")),
    Column("hit_id", ForeignKey("hit.id", ondelete="SET NULL")),
    Column("reason", String(32), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("brand", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", JSON, nullable=False),
    Column("wordings", JSON, nullable=False, default=dict),
    Column("late", Boolean, nullable=False, default=False),
    Column("routed", Boolean, nullable=False, default=True),
    Column("platform", String(16)),
    Column("published_at", Instant),
    Column("first_seen_at", Instant),
    Column("scored_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("first_delivered_at", Instant),
    Index("ix_alert_created", "created_at"),
    Index("ix_alert_case", "case_id"),
    Index("ix_alert_hit", "hit_id"),
    Index("ix_alert_delivered", "first_delivered_at"),
    comment="Something people are told: about a case, or (kind operational) about the service.",
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), nullable=False),
    Column("channel", String(64), nullable=False),
    Column("dedupe_key", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("severity", Integer, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("doubtful", Boolean, nullable=False, default=False),
    Column("created_at", Instant, nullable=False),
    Column("next_try_at", Instant, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", Instant),
    Column("sent_at", Instant),
    Column("finished_at", Instant),
    Column("provider_id", Text),
    Column("error", Text),
    UniqueConstraint("alert_id", "channel", name="uq_delivery_alert_channel"),
    Index(
        "ix_delivery_due",
        "channel",
        "state",
        "next_try_at",
        sqlite_where=text("finished_at IS NULL"),
        postgresql_where=text("finished_at IS NULL"),
    ),
    comment="One alert on its way over one channel: pending, sending, sent, failed.",
)

channel_health = Table(
    "channel_health",
    metadata,
    Column("channel", String(64), primary_key=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("paused_until", Instant),
    Column("last_sent_at", Instant),
    Column("last_error", Text),
    comment="How each channel has been doing; one probe at a time while it is down.",
)

query_state = Table(
    "query_state",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("query_key", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("brands", JSON, nullable=False),
    Column("cursor_at", Instant),
    Column("started_at", Instant, nullable=False),
    Column("last_run_at", Instant),
    Column("last_success_at", Instant),
    Column("runs", BigInteger, nullable=False, default=0),
    Column("misfires", BigInteger, nullable=False, default=0),
    comment="Everything a query found published before cursor_at has been read.",
)

gap = Table(
    "gap",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("query_key", String(64), nullable=False),
    Column("since_at", Instant, nullable=False),
    Column("until_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("created_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("outcome", String(16)),
    Index("ix_gap_open", "source", "query_key", "closed_at"),
    comment="A stretch of time that a query has not read yet.",
)

source_health = Table(
    "source_health",
    metadata,
    Column("source", String(32), primary_key=True),
    Column("state", JSON, nullable=False),
    Column("updated_at", Instant, nullable=False),
    comment="What is known of each source's sight (scrapers.health.Health as JSON).",
)

outage = Table(
    "outage",
    metadata,
    Column("id", Id, primary_key=True),
    Column("subject", String(64), nullable=False),
    Column("cause", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("cleared_at", Instant),
    Index(
        "uq_outage_open",
        "subject",
        unique=True,
        sqlite_where=text("cleared_at IS NULL"),
        postgresql_where=text("cleared_at IS NULL"),
    ),
    comment="A time in which a source could not see, announced once at each end.",
)

volume = Table(
    "volume",
    metadata,
    Column("platform", String(16), primary_key=True),
    Column("brand", Text, primary_key=True),
    Column("hour_at", Instant, primary_key=True),
    Column("posts", Integer, nullable=False),
    comment="Posts that name a brand, per hour of publication: what the planner learns from.",
)

bad_item = Table(
    "bad_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("reason", Text, nullable=False),
    Column("raw", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("times", Integer, nullable=False, default=1),
    Column("seen_at", Instant, nullable=False),
    Index("ix_bad_item_seen", "seen_at"),
    comment="Items that could not be read, as they came.",
)

user = Table(
    "user_account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

session = Table(
    "login_session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("user_id", ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_login_session_expires", "expires_at"),
)

token = Table(
    "api_token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("revoked_at", Instant),
)

audit = Table(
    "audit_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", String(80), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Index("ix_audit_at", "at"),
    comment="Who did what: logins, users, tokens, looks at personal data.",
)

beat = Table(
    "beat",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
    comment="The last sign of life of each part.",
)

correction = Table(
    "correction",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hit_id", ForeignKey("hit.id", ondelete="CASCADE"), nullable=False),
    Column("verdict_id", ForeignKey("verdict.id", ondelete="CASCADE"), nullable=False),
    Column("who", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("label", Integer),
    Column("complaint", Boolean),
    Column("topic", String(16)),
    Column("risk", String(16)),
    Column("genre", String(16)),
    Column("note", Text, nullable=False, default=""),
    Index("ix_correction_hit", "hit_id"),
    Index("ix_correction_verdict", "verdict_id"),
    Index("ix_correction_at", "at"),
    comment="What a person says of a verdict; append-only, empty columns were not spoken of.",
)

model = Table(
    "model",
    metadata,
    Column("id", Id, primary_key=True),
    Column("version", String(64), nullable=False, unique=True),
    Column("base_version", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("corrections", Integer, nullable=False),
    Column("trained_by", String(80), nullable=False),
    Column("trained_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("former", String(64)),
    Index(
        "uq_model_active",
        "state",
        unique=True,
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(
        "uq_model_shadow",
        "state",
        unique=True,
        sqlite_where=text("state = 'shadow'"),
        postgresql_where=text("state = 'shadow'"),
    ),
    comment="Layers learnt from corrections: candidate, shadow, active, retired.",
)

shadow_score = Table(
    "shadow_score",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hit_id", ForeignKey("hit.id", ondelete="CASCADE"), nullable=False),
    Column("model_id", ForeignKey("model.id", ondelete="CASCADE"), nullable=False),
    Column("label", Integer, nullable=False),
    Column("complaint", Float, nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_shadow_score_hit", "hit_id"),
    Index("ix_shadow_score_model", "model_id", "agrees"),
    Index("ix_shadow_score_at", "at"),
    comment="What the model in the shadow would have said; decides nothing.",
)

rescore = Table(
    "rescore",
    metadata,
    Column("id", Id, primary_key=True),
    Column("model_version", String(64), nullable=False),
    Column("since_at", Instant),
    Column("state", String(16), nullable=False),
    Column("done_to", BigInteger, nullable=False),
    Column("until_id", BigInteger, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False, default=0),
    Column("changed", Integer, nullable=False, default=0),
    Column("started_by", String(80), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Index(
        "uq_rescore_running",
        "state",
        unique=True,
        sqlite_where=text("state = 'running'"),
        postgresql_where=text("state = 'running'"),
    ),
    comment="How far old hits have been judged anew.",
)
