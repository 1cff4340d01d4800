"""`shifen check`: everything that could keep the promise from being held, one line each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Final

from alerts.channels.channel import Channel, ChannelError
from alerts.channels.slack import SlackSettings
from alerts.holidays import missing_years
from alerts.terms import review_terms
from monitor.bootstrap import Setting, build_channels, build_sources, load_scorer_of
from monitor.config_rules import rule_remarks
from monitor.live_config import rules_of
from monitor.metrics import Metrics
from monitor.planning import make_plans
from monitor.scoring import DEFAULT, remarks
from monitor.secrets import variable
from monitor.storage.database import Database, DatabaseError
from responses.draft import draft
from responses.wording import lint
from scrapers.clock import clock_skew_s
from scrapers.errors import SourceError
from scrapers.health import Cause
from scrapers.plan.model import Plan, PlanError
from scrapers.post import Platform
from scrapers.sight import explain
from scrapers.source import Query, Source
from scrapers.weibo.settings import Transport
from sentiment.judge import Judge
from sentiment.remote.scorer import Outcome, RemoteScorer
from sentiment.scorer import ScorerUnavailable
from sentiment.verdict import Topic

PUNISHED_SEARCHES_PER_DAY: Final = 300
"""Reported by one client of m.weibo.cn; others search every minute for days unpunished."""
LARGEST_SKEW_S: Final = 30.0
"""A clock wrong by more makes the ten minutes begin at the wrong time; X refuses from 60 s on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: what was looked at, whether it is well, and the mend if not.

    A finding that is not `grave` is worth knowing but does not endanger the promise.
    """

    subject: str
    well: bool
    text: str
    mend: str = ""
    grave: bool = True


def check(setting: Setting, database: Database) -> Iterator[Finding]:
    """Look at everything; sources are asked once, channels are not written to."""
    yield from _configuration(setting)
    yield _database(database)
    yield from _plans(setting)
    sources = build_sources(setting)
    for source in sources.values():
        yield _source(source, setting.now)
        source.close()
    yield from _clocks(setting)
    yield from _channels(build_channels(setting))
    yield from _slack_buttons(setting)
    yield from _calendars(setting)
    yield from _ladder(setting)
    yield _templates()
    yield from _model(setting)
    yield _secret_key(setting)


def _configuration(setting: Setting) -> Iterator[Finding]:
    config = setting.config
    if not config.brands:
        yield Finding("config", False, "no brand is watched", "add an entry under brands")
        return
    counts = f"{len(config.brands)} brands, {len(config.complaint_words)} words"
    yield Finding("config", True, f"{counts}, rules {rules_of(config).version}")
    for sentence in (
        *review_terms(config.watched(), config.complaint_words),
        *rule_remarks(config.rules, config.complaint_words),
    ):
        yield Finding("config", False, sentence, grave=False)


def _database(database: Database) -> Finding:
    try:
        if database.is_sqlite:
            database.upgrade()
        database.check()
    except DatabaseError as error:
        return Finding("database", False, str(error), "mend what it says, then check again")
    return Finding("database", True, f"{database.label}, schema {database.version()}")


def _plans(setting: Setting) -> Iterator[Finding]:
    try:
        plans = make_plans(rules_of(setting.config), {}, setting.now())
    except PlanError as error:
        yield Finding("plan", False, str(error), "shorten that name or word")
        return
    for plan in plans:
        advice = "; ".join(remark.en for remark in plan.advice)
        text = (
            f"{len(plan.queries)} queries, worst-case detection delay {plan.worst_delay_s:.0f} s "
            f"of {plan.promise_s:.0f} s"
        )
        yield Finding(f"plan {plan.source}", plan.holds, text, advice)
        if plan.platform is Platform.WEIBO:
            yield from _pace(plan, setting.config.sources.weibo.transport)


def _pace(plan: Plan, transport: Transport) -> Iterator[Finding]:
    """Warn of a pace that Weibo has been seen to punish (docs/operations.md, Rates)."""
    searches = plan.requests_per_minute * 60 * 24
    if transport is not Transport.OFFICIAL and searches > PUNISHED_SEARCHES_PER_DAY:
        yield Finding(
            "pace weibo",
            False,
            f"{searches:.0f} searches a day; one client was blocked beyond "
            f"{PUNISHED_SEARCHES_PER_DAY} without login",
            "poll less often, or use transport official",
            grave=False,
        )


def _source(source: Source, now: Callable[[], datetime]) -> Finding:
    query = Query("check", source.platform, "天气" if source.name == "weibo" else "weather", ())
    page = source.fetch(query, now() - timedelta(minutes=5))
    if page.outcome.sees:
        return Finding(source.name, True, f"answers ({page.outcome}, {len(page.posts)} posts)")
    cause = Cause(page.outcome.value)
    return Finding(source.name, False, page.detail or str(page.outcome), explain(cause)[1])


def _clocks(setting: Setting) -> Iterator[Finding]:
    settings = setting.config.sources
    addresses = [
        (settings.weibo.enabled, settings.weibo.url, settings.weibo.timeout_s),
        (settings.twitter.enabled, settings.twitter.base_url, settings.twitter.timeout_s),
    ]
    for enabled, address, timeout_s in addresses:
        if not enabled:
            continue
        try:
            skew_s = clock_skew_s(address, timeout_s=timeout_s, now=setting.now)
        except SourceError as error:
            yield Finding("clock", False, f"not compared: {error.detail}", grave=False)
            continue
        if skew_s is None:
            yield Finding("clock", False, f"{address} does not tell the time", grave=False)
            continue
        text = f"{skew_s:+.1f} s against {address}"
        yield Finding(
            "clock", abs(skew_s) <= LARGEST_SKEW_S, text, "set this machine's clock (NTP)"
        )


def _channels(channels: Iterable[Channel]) -> Iterator[Finding]:
    empty = True
    for channel in channels:
        empty = False
        try:
            yield Finding(f"channel {channel.name}", True, channel.check())
        except ChannelError as error:
            yield Finding(f"channel {channel.name}", False, error.detail, "see README, Channels")
        channel.close()
    if empty:
        yield Finding(
            "channels", False, "none: alerts are seen in the console only", "add one", grave=False
        )


def _slack_buttons(setting: Setting) -> Iterator[Finding]:
    """Say who may press the buttons under alerts in Slack, and what they lack."""
    config = setting.config
    if not any(isinstance(channel, SlackSettings) for channel in config.channels):
        return
    known = sum("slack" in person.handles for person in config.people)
    hook = f"{config.console.url}/hooks/slack"
    if not setting.secrets.slack_signing_secret:
        text = "none: in Slack alerts can be read, but not taken on"
        mend = f"set {variable('slack_signing_secret')} and let the app send its actions to {hook}"
    elif not known:
        text = "nobody may press them: no entry of people has a handle in Slack"
        mend = "write handles: {slack: U…} into entries of people"
    else:
        yield Finding("slack buttons", True, f"{known} people may press them; heard at {hook}")
        return
    yield Finding("slack buttons", False, text, mend, grave=False)


def _calendars(setting: Setting) -> Iterator[Finding]:
    """Say which years have no public holidays yet: in those, holidays would count as workdays."""
    for calendar in setting.config.roster().calendars.values():
        missing = missing_years(calendar, setting.now())
        years = ", ".join(map(str, missing))
        text = f"no public holidays of {years} are known" if missing else "knows its holidays"
        mend = f"write the days of {years} under days, or update Shifen"
        yield Finding(f"calendar {calendar.name}", not missing, text, mend, grave=False)


def _ladder(setting: Setting) -> Iterator[Finding]:
    """Say which levels of the ladder name nobody: their calls reach the ordinary rooms only."""
    levels = setting.config.escalation.levels
    nameless = [level.name for level in levels if not level.rota]
    if nameless and setting.config.channels:
        text = f"nobody is on call for {', '.join(nameless)}: what they miss goes to the same rooms"
        mend = "give these levels a rota and a receiver under escalation.levels"
        yield Finding("ladder", False, text, mend, grave=False)
    elif setting.config.channels:
        yield Finding("ladder", True, f"{len(levels)} levels, each with people on call")


def _templates() -> Finding:
    count = 0
    for platform, language, topic, urgent in product(Platform, ("zh", "en"), Topic, (False, True)):
        drafted = draft(
            platform,
            language=language,
            topic=topic.value,
            urgent=urgent,
            brand="星云手表",
            author_name="someone",
            post_id="1",
            author_id="1",
            post_url="",
            eligible=False,
            api_ready=False,
            seed=f"{topic}{urgent}",
        )
        count += 1
        if drafted.length > drafted.limit or any(r.blocking for r in lint(drafted.text, language)):
            return Finding("templates", False, f"{drafted.template} cannot be sent", "report this")
    return Finding("templates", True, f"{count} drafts fit and pass the wording check")


def _model(setting: Setting) -> Iterator[Finding]:
    began = time.perf_counter()
    try:
        scorer = setting.scorer or load_scorer_of(setting, Metrics())
    except ScorerUnavailable as error:
        told, _, mend = str(error).rpartition("; ")
        yield Finding("model", False, told, mend)
        return
    if isinstance(scorer, RemoteScorer):
        yield from _remote(setting, scorer)
    judge = Judge(scorer)
    if not isinstance(scorer, RemoteScorer):
        judge.judge(["手表刚买就坏了，客服不理人", "The watch broke and nobody answers"])
    seconds = time.perf_counter() - began
    yield Finding("model", True, f"{judge.version}, ready in {seconds:.1f} s")


def _remote(setting: Setting, scorer: RemoteScorer) -> Iterator[Finding]:
    """Ask about two posts of our own; what is wrong is not grave, for another scorer stands by."""
    settings = setting.config.sentiment.http
    for text, mend in remarks(settings, setting.secrets.scorer_api_key):
        yield Finding("scorer http", False, text, mend, grave=False)
    answer = scorer.try_out()
    well = answer.outcome is Outcome.ANSWERED
    told = f"{settings.model} answers" if well else f"{answer.outcome}: {answer.detail}"
    mend = "" if well else f"see sentiment.http in README; until then {DEFAULT} judges"
    yield Finding("scorer http", well, told, mend, grave=False)


def _secret_key(setting: Setting) -> Finding:
    if setting.secrets.secret_key:
        return Finding("secret key", True, "set")
    return Finding(
        "secret key",
        False,
        "login forms opened before a restart must be opened again",
        f"set {variable('secret_key')} to a long random text",
        grave=False,
    )
