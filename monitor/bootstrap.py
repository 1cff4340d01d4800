"""Builds the service from its configuration; the only place where parts meet."""

from __future__ import annotations

import os
import random
import secrets as random_secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi import FastAPI
from rich.console import Console

from alerts.channels.build import build_channel
from alerts.channels.channel import Channel
from alerts.channels.slack import SlackSettings
from alerts.channels.slack_voice import SlackVoice
from alerts.delivery import RetryPolicy
from alerts.routing import Receiver
from alerts.severity import Severity
from monitor.auth import Passwords
from monitor.config import Config
from monitor.desk import Desk
from monitor.dry_run import DryRuns
from monitor.ingest import Ingest
from monitor.learning.rescoring import Rescoring
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.audit import heartbeat_of
from monitor.pipeline.collect import Collector, Reach
from monitor.pipeline.duties import LadderDuties
from monitor.pipeline.escalate import Escalator
from monitor.pipeline.judge import Judging
from monitor.pipeline.notify import Notifier, Routes
from monitor.pipeline.tell import Teller
from monitor.pipeline.watch_over import Overseer
from monitor.planning import Planner
from monitor.scoring import build_scorer, judge_of
from monitor.secrets import Secrets
from monitor.service import Parts, Service
from monitor.slack_desk import SlackDesk
from monitor.storage import cases
from monitor.storage.database import Database
from monitor.storage.people import AuditLog, UserStore
from monitor.storage.retention import Retention
from monitor.version import VERSION
from monitor.web.app import create_app
from monitor.web.feed import AlertFeed
from monitor.web.parts import WebParts
from responses.privacy import mask
from scrapers.source import Source
from scrapers.twitter.client import build_twitter_source
from scrapers.weibo.client import build_weibo_source
from sentiment.judge import Judge
from sentiment.scorer import Scorer


def utc_now() -> datetime:
    """Return the time: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the service is built from; clocks and the terminal can be handed in."""

    config: Config
    secrets: Secrets
    path: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    console: Console | None = None
    scorer: Scorer | None = None


def build_service(setting: Setting, database: Database) -> Service:
    """Build everything that `run` needs; loads the scorer, which takes seconds."""
    config, now = setting.config, setting.now
    live = LiveConfig(setting.path, setting.environment, config)
    metrics = Metrics()
    sources = build_sources(setting)
    channels = build_channels(setting)
    routes = replace(routes_of(config), receivers=lambda: receivers_of(live))
    scorer = setting.scorer or load_scorer_of(setting, metrics)
    judging = Judging(database, live, scorer, metrics, now=now)
    escalator = Escalator(database, live, routes, metrics, now=now)
    duties = LadderDuties(database, live, escalator)
    overseer = Overseer(
        database,
        live,
        routes,
        {name: source.platform for name, source in sources.items()},
        metrics,
        now=now,
        heartbeat=heartbeat_of(config.heartbeat, "run"),
    )
    return Service(
        Parts(
            database=database,
            live=live,
            planner=Planner(database, live, now=now),
            sources=sources,
            collectors=_collectors(setting, database, live, sources, metrics),
            judging=judging,
            teller=Teller(database, live, duties, metrics, now=now),
            escalator=escalator,
            channels=channels,
            notifiers=_notifiers(setting, database, channels, routes, metrics),
            overseer=overseer,
            ingest=build_ingest(setting, database, live, judging),
            rescoring=Rescoring(database, live, scorer, now=now),
            dry_runs=DryRuns(database, live.current, scorer, now=now),
            retention=retention_of(config),
            metrics=metrics,
            now=now,
        )
    )


def build_judging(setting: Setting, database: Database, live: LiveConfig) -> Judging:
    """Build the judging of commands that read files; loads the scorer."""
    metrics = Metrics()
    scorer = setting.scorer or load_scorer_of(setting, metrics)
    return Judging(database, live, scorer, metrics, now=setting.now)


def load_scorer_of(setting: Setting, metrics: Metrics) -> Scorer:
    """Load the scorer of the settings, which may take seconds; raise ScorerUnavailable."""
    return build_scorer(
        setting.config.sentiment, api_key=setting.secrets.scorer_api_key, metrics=metrics
    )


def build_judge(setting: Setting) -> Judge:
    """Build the judge for texts without a database; loads the scorer."""
    scorer = setting.scorer or load_scorer_of(setting, Metrics())
    rules = [settings.rule() for settings in setting.config.rules]
    return judge_of(scorer, setting.config.brands, rules)


def build_ingest(
    setting: Setting, database: Database, live: LiveConfig, judging: Judging
) -> Ingest:
    """Build the way in for files."""

    def count_cases() -> int:
        with database.read() as connection:
            return cases.count(connection)

    return Ingest(database, live, judging, count_cases, now=setting.now)


def build_sources(setting: Setting) -> dict[str, Source]:
    """Build every enabled source."""
    sources: dict[str, Source] = {}
    settings = setting.config.sources
    if settings.weibo.enabled:
        sources["weibo"] = build_weibo_source(
            settings.weibo,
            cookie=setting.secrets.weibo_cookie,
            access_token=setting.secrets.weibo_access_token,
            now=setting.now,
            sleep=setting.sleep,
        )
    if settings.twitter.enabled:
        sources["twitter"] = build_twitter_source(
            settings.twitter,
            bearer_token=setting.secrets.twitter_bearer_token,
            now=setting.now,
            sleep=setting.sleep,
        )
    return sources


def build_channels(setting: Setting) -> list[Channel]:
    """Build every configured channel."""
    return [
        build_channel(
            channel,
            now=setting.now,
            slack_bot_token=setting.secrets.slack_bot_token,
            slack_buttons=bool(setting.secrets.slack_signing_secret),
            webhook_secret=setting.secrets.webhook_secret,
            channel_secrets=setting.secrets.channels,
            console=setting.console,
            zone=setting.config.zone,
            sleep=setting.sleep,
        )
        for channel in setting.config.channels
    ]


def routes_of(config: Config) -> Routes:
    """Say which channels take every alert and which stand by."""
    first = tuple(channel.name for channel in config.channels if not channel.standby)
    standby = tuple(channel.name for channel in config.channels if channel.standby)
    return Routes(first, standby) if first else Routes(standby)


def receivers_of(live: LiveConfig) -> Iterable[Receiver]:
    """Return who is told, by the configuration in force."""
    return live.current().flow.routing.receivers.values()


def retention_of(config: Config) -> Retention:
    """Turn the days of the configuration into durations."""
    days = config.retention
    return Retention(
        unmatched_posts=timedelta(days=days.unmatched_posts_days),
        posts=timedelta(days=days.posts_days),
        bad_items=timedelta(days=days.bad_items_days),
        audit=timedelta(days=days.audit_days),
    )


def build_web(setting: Setting, service: Service) -> FastAPI:
    """Build the console and the REST API of a service."""
    config, parts = setting.config, service.parts
    desk = Desk(
        parts.database,
        parts.live,
        lambda severity: ack_life(parts.live, severity),
        now=setting.now,
        wake=service.wake_tellers,
    )
    return create_app(
        WebParts(
            database=parts.database,
            secret_key=setting.secrets.secret_key or random_secrets.token_urlsafe(32),
            now=setting.now,
            plan=service.plan_rows,
            readiness=service.readiness,
            metrics=parts.metrics,
            feed=AlertFeed(parts.database),
            mask=mask,
            locale=config.locale,
            version=VERSION,
            timezone=config.timezone,
            brands=tuple(brand.name for brand in config.brands),
            promise=timedelta(seconds=config.promise.alert_within_s),
            desk=desk,
            rules=parts.live.current,
            slack=_slack_desk(setting, service, desk),
            dry_runs=parts.dry_runs,
        )
    )


def ack_life(live: LiveConfig, severity: Severity) -> timedelta:
    """Return for how long an acknowledgement holds, by the ladder in force."""
    ladder = live.current().config.escalation.ladder()
    return timedelta(seconds=ladder.ack_life_s(severity))


def _slack_desk(setting: Setting, service: Service, desk: Desk) -> SlackDesk | None:
    """Build what hears of buttons in Slack, where there is a Slack channel and its secret."""
    rooms = [each for each in setting.config.channels if isinstance(each, SlackSettings)]
    if not rooms or not setting.secrets.slack_signing_secret:
        return None
    parts, config = service.parts, setting.config
    return SlackDesk(
        signing_secret=setting.secrets.slack_signing_secret,
        desk=desk,
        roster=lambda: parts.live.current().roster,
        users=UserStore(parts.database, Passwords.recommended(), setting.now),
        audit=AuditLog(parts.database, setting.now),
        voice=SlackVoice(rooms[0], token=setting.secrets.slack_bot_token, now=setting.now),
        locale=config.locale,
        zone=config.zone,
        now=setting.now,
    )


def _collectors(
    setting: Setting,
    database: Database,
    live: LiveConfig,
    sources: Mapping[str, Source],
    metrics: Metrics,
) -> dict[str, Collector]:
    weibo, twitter = setting.config.sources.weibo, setting.config.sources.twitter
    reaches = {
        "weibo": Reach(weibo.overlap_s, weibo.look_back_s, 60 + weibo.max_pages * weibo.timeout_s),
        "twitter": Reach(
            twitter.overlap_s,
            twitter.look_back_s,
            60 + twitter.max_pages * twitter.timeout_s,
            gap_reads=3,
        ),
    }
    return {
        name: Collector(
            database,
            source,
            reaches[name],
            live,
            metrics,
            now=setting.now,
            jitter=setting.jitter,
        )
        for name, source in sources.items()
    }


def _notifiers(
    setting: Setting,
    database: Database,
    channels: list[Channel],
    routes: Routes,
    metrics: Metrics,
) -> list[Notifier]:
    delivery = setting.config.delivery
    policy = RetryPolicy(
        max_wait_s=delivery.max_wait_s,
        give_up_after_s=delivery.give_up_after_s,
        lease_s=delivery.lease_s,
    )
    owner = f"{socket.gethostname()}:{os.getpid()}"[:64]
    return [
        Notifier(
            database,
            channel,
            routes,
            policy,
            metrics,
            owner=owner,
            console_url=setting.config.console.url,
            now=setting.now,
            jitter=setting.jitter,
        )
        for channel in channels
    ]
