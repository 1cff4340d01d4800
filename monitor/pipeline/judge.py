"""Steps 5 and 6: score what was hit, decide, and write case, alert and deliveries at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from alerts.decide import Decision, OpenCase, decide
from alerts.fold import fold_key, story_text
from alerts.message import to_json
from alerts.severity import Severity
from monitor.config import BrandSettings
from monitor.learning.live import Judges, LiveModels
from monitor.learning.shadow import Shadow
from monitor.live_config import LiveConfig, Rules
from monitor.metrics import Metrics
from monitor.pipeline.compose import LOCALES, Occasion, compose, say
from monitor.storage import cases, outbox, posts
from monitor.storage.cases import NewCase, OpenStory
from monitor.storage.database import Connection, Database
from monitor.storage.outbox import NewAlert
from monitor.storage.posts import StoredHit
from scrapers.post import Post
from sentiment.scorer import Scorer
from sentiment.verdict import Verdict

log = structlog.get_logger(__name__)

SET_ASIDE = "set_aside"
TRIES = 5
"""A passing fault, such as a full disk, shall not be laid at a hit's door."""
BATCH = 500
"""Hits judged in one transaction: enough to be quick, few enough that readers never wait."""


@dataclass(slots=True)
class _Story:
    """A story while a batch is decided: its case may not have an id yet."""

    severity: Severity
    spread: int
    case_id: int | None = None
    opens: NewCase | None = None
    changed: bool = False

    def as_open_case(self) -> OpenCase:
        return OpenCase(self.case_id or 0, self.severity, self.spread)


@dataclass(frozen=True, slots=True)
class _Decided:
    waiting: StoredHit
    verdict: Verdict
    decision: Decision
    story: _Story | None


@dataclass(slots=True)
class _Known:
    """What the database knows that bears on a batch; the batch adds to it as it goes."""

    stories: dict[tuple[str, str], _Story]
    complaints: dict[tuple[str, str], int]
    decided: list[_Decided] = field(default_factory=list)


class Judging:
    """Takes hits without a verdict and turns them into verdicts, cases and alerts."""

    def __init__(
        self,
        database: Database,
        live: LiveConfig,
        scorer: Scorer,
        channels: Sequence[str],
        metrics: Metrics,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._live = live
        self._models = LiveModels(database, scorer, now=now)
        self._judges = Judges()
        self._shadow = Shadow(database, metrics, now=now)
        self._channels = tuple(channels)
        self._metrics = metrics
        self._now = now
        self._limit = BATCH
        self._trying: tuple[int, ...] = ()
        self._alone = 0

    def step(self) -> int:
        """Judge a batch of waiting hits; return how many were free to be judged.

        A hit that breaks the step must not hold up the others for ever: after a step that
        broke, the next takes half as many, down to one; one that breaks alone TRIES times is
        set aside.
        """
        if self._trying:
            self._limit = max(1, len(self._trying) // 2)
            self._alone += len(self._trying) == 1
        with self._database.read() as connection:
            waiting = posts.unjudged(connection, self._limit)
        if not waiting:
            return 0
        if self._trying == (waiting[0].id,) and self._alone >= TRIES:
            return self._set_aside(waiting[0])
        self._trying = tuple(hit.id for hit in waiting)
        judged = self._judge_batch(waiting)
        self._trying, self._alone = (), 0
        self._limit = min(BATCH, self._limit * 2)
        return judged

    def _set_aside(self, hit: StoredHit) -> int:
        """Close a hit that cannot be judged; the auditor tells people of it."""
        self._trying, self._alone = (), 0
        closed = {"hit": hit.id, "at": self._now(), "why": SET_ASIDE, "case": None}
        with self._database.write() as connection:
            posts.mark_judged(connection, [closed])
        log.error("hit_set_aside", hit=hit.id, post=hit.post.id, platform=hit.post.platform)
        return 1

    def _judge_batch(self, waiting: Sequence[StoredHit]) -> int:
        rules = self._live.current()
        models = self._models.current()
        verdicts = self._judges.over(models.active, rules).judge(
            [story_text(hit.post, hit.hit) for hit in waiting],
            [hit.hit.brand for hit in waiting],
        )
        with self._database.write() as connection:
            free = posts.lock_unjudged(connection, [hit.id for hit in waiting])
            pairs = [(h, v) for h, v in zip(waiting, verdicts, strict=True) if h.id in free]
            alerts = self._write(connection, rules, pairs, self._now())
        for alert in alerts:
            name = alert.severity.name.lower()
            self._metrics.alerts.labels(alert.brand, name, alert.reason).inc()
        self._shadow.look(models, rules, pairs)
        return len(pairs)

    def _write(
        self,
        connection: Connection,
        rules: Rules,
        pairs: Sequence[tuple[StoredHit, Verdict]],
        now: datetime,
    ) -> list[NewAlert]:
        known = self._look_up(connection, rules, [hit for hit, _ in pairs], now)
        for waiting, verdict in pairs:
            self._decide(known, rules, waiting, verdict, now)
        fresh = [story for story in known.stories.values() if story.opens]
        ids = cases.open_cases(connection, [story.opens for story in fresh if story.opens])
        for story, case_id in zip(fresh, ids, strict=True):
            story.case_id = case_id
        cases.update_stories(
            connection,
            [
                OpenStory(story.case_id, story.severity, story.spread)
                for story in known.stories.values()
                if story.changed and story.case_id is not None
            ],
        )
        cases.add_verdicts(connection, [(d.waiting.id, d.verdict) for d in known.decided], now)
        posts.mark_judged(connection, [_outcome(d, now) for d in known.decided])
        brands = {brand.name: brand for brand in rules.config.brands}
        alerts = [
            self._alert(rules, brands.get(d.waiting.hit.brand), d, now)
            for d in known.decided
            if d.decision.notifies
        ]
        outbox.add_alerts(connection, alerts, self._channels)
        return alerts

    def _look_up(
        self, connection: Connection, rules: Rules, waiting: Sequence[StoredHit], now: datetime
    ) -> _Known:
        keys = [(hit.hit.brand, fold_key(hit.post, hit.hit)) for hit in waiting]
        window = timedelta(seconds=rules.thresholds.repeat_window_s)
        complaints = cases.complaints_by(
            connection, [author_key(hit.post) for hit in waiting], now - window
        )
        stories = {
            key: _Story(story.severity, story.spread_count, story.id)
            for key, story in cases.open_stories(connection, keys).items()
        }
        return _Known(stories, complaints)

    def _decide(
        self, known: _Known, rules: Rules, waiting: StoredHit, verdict: Verdict, now: datetime
    ) -> None:
        key = (waiting.hit.brand, fold_key(waiting.post, waiting.hit))
        story = known.stories.get(key)
        author = (author_key(waiting.post), waiting.hit.brand)
        decision = decide(
            waiting.post,
            waiting.hit,
            verdict,
            open_case=story.as_open_case() if story else None,
            earlier_complaints=known.complaints.get(author, 0),
            thresholds=rules.thresholds,
        )
        if decision.opens_case:
            promise = timedelta(seconds=rules.config.promise.alert_within_s)
            story = _Story(decision.rating.severity, decision.spread)
            story.opens = _new_case(waiting, verdict, decision, now, promise)
            known.stories[key] = story
            known.complaints[author] = known.complaints.get(author, 0) + 1
        elif decision.joins_case and story:
            story.spread = decision.spread
            story.severity = max(story.severity, decision.rating.severity)
            story.changed = True
        joined = decision.opens_case or decision.joins_case
        known.decided.append(_Decided(waiting, verdict, decision, story if joined else None))

    def _alert(
        self,
        rules: Rules,
        brand: BrandSettings | None,
        decided: _Decided,
        now: datetime,
    ) -> NewAlert:
        waiting, decision = decided.waiting, decided.decision
        post = waiting.post
        due_at = post.published_at + timedelta(seconds=rules.config.promise.alert_within_s)
        occasion = Occasion(
            post=post,
            hit=waiting.hit,
            verdict=decided.verdict,
            decision=decision,
            brand_account=brand.accounts.get(post.platform, "") if brand else "",
            brand_handle=brand.handles.get(post.platform, "") if brand else "",
            created_at=now,
            due_at=due_at,
            locale=rules.config.locale,
        )
        wordings = {locale: say(occasion, locale) for locale in LOCALES}
        message = compose(occasion, wordings[occasion.locale])
        return NewAlert(
            kind=outbox.CASE,
            key=f"hit:{waiting.id}:{decision.reason.value}",
            reason=decision.reason.value,
            severity=decision.rating.severity,
            brand=waiting.hit.brand,
            title=message.title,
            message=to_json(message),
            wordings={locale: said.to_json() for locale, said in wordings.items()},
            created_at=now,
            case_id=decided.story.case_id if decided.story else None,
            hit_id=waiting.id,
            late=message.late,
            platform=post.platform.value,
            published_at=post.published_at,
            first_seen_at=waiting.first_seen_at,
            scored_at=now,
        )


def author_key(post: Post) -> str:
    """Name an author across posts; identities on several platforms are linked later.

    Authors without an id are strangers to each other.
    """
    return f"{post.platform.value}:{post.author.id or f'post:{post.id}'}"[:96]


def _new_case(
    waiting: StoredHit, verdict: Verdict, decision: Decision, now: datetime, promise: timedelta
) -> NewCase:
    return NewCase(
        brand=waiting.hit.brand,
        fold_key=decision.fold_key,
        severity=decision.rating.severity,
        topic=verdict.topic.value,
        risk=verdict.risk.value,
        author_key=author_key(waiting.post),
        spread_count=decision.spread,
        published_at=waiting.post.published_at,
        opened_at=now,
        due_at=waiting.post.published_at + promise,
    )


def _outcome(decided: _Decided, now: datetime) -> dict[str, object]:
    return {
        "hit": decided.waiting.id,
        "at": now,
        "why": decided.decision.reason.value,
        "case": decided.story.case_id if decided.story else None,
    }
