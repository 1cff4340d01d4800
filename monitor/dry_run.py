"""Tries a rule on the posts of the last days: what it would have done, were it live."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.decide import Background, Decision, OpenCase, Reason, decide, worth_a_case
from alerts.fold import fold_key, story_text
from alerts.rules import Fit, Mode, Rule, RuleBook, complete, widened
from alerts.severity import Severity, Thresholds
from alerts.watch import Hit, TermKind, Watch
from monitor.config_rules import RuleSettings, draft_flaws
from monitor.learning.live import LiveModels
from monitor.live_config import Rules
from monitor.scoring import judge_of
from monitor.storage import cases, history
from monitor.storage.database import Database
from monitor.storage.history import StoredPost
from responses.privacy import mask
from scrapers.post import Post
from sentiment.judge import Judge
from sentiment.scorer import Scorer
from sentiment.verdict import Verdict

MOST_SAMPLES: Final = 20
SAMPLE_LETTERS: Final = 280
MOST_DAYS: Final = 180
_CUT: Final = "…"


class RuleError(Exception):
    """A rule cannot be tried; `problems` names each place and mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Sample:
    """A post that the rule is about, masked; `new` says that today's rules do not find it.

    `reason` is what would have been decided, `severity` its own.
    """

    post_id: int
    platform: str
    brand: str
    published_at: datetime
    url: str
    text: str
    words: tuple[str, ...]
    new: bool
    reason: Reason
    severity: Severity


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have done with the posts published from `since` to `until`.

    Of the `posts` that are stored it is about `hits`, of which today's rules do not find
    `new_hits`. They would have opened `cases` by severity, `new_cases` of them of stories that
    today's rules miss, and sent each receiver at least `alerts` messages. `waiting` is how many
    would still wait for others, `reasons` counts every decision.

    Posts older than `whole_since` are there only if they were hits, for the others are deleted;
    nothing is older than `stored_since`, None where nothing is stored at all. Words that were
    not searched for may have been missed with brands that are searched for word by word.
    Stories fold by their keys alone, severities come from each story alone, and other rules
    that want several posts count as not having seen them: there may be somewhat more cases
    here, and milder ones.
    """

    rule: Rule
    since: datetime
    until: datetime
    stored_since: datetime | None
    whole_since: datetime
    posts: int
    hits: int
    new_hits: int
    cases: Mapping[Severity, int]
    new_cases: Mapping[Severity, int]
    alerts: int
    waiting: int
    reasons: Mapping[Reason, int]
    samples: tuple[Sample, ...]
    took_s: float


@dataclass(frozen=True, slots=True)
class _Found:
    stored: StoredPost
    hit: Hit
    verdict: Verdict
    fit: Fit
    new: bool

    @property
    def post(self) -> Post:
        return self.stored.post


@dataclass(slots=True)
class _Story:
    severity: Severity
    spread: int
    reach: int
    new: bool = True
    authors: set[str] = field(default_factory=set)


class DryRuns:
    """Tries rules beside those in force, which `rules` gives.

    Reads the database and writes nothing; posts without a verdict are judged.
    """

    def __init__(
        self,
        database: Database,
        rules: Callable[[], Rules],
        scorer: Scorer,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._database = database
        self._rules = rules
        self._models = LiveModels(database, scorer, now=now)
        self._now = now
        self._clock = clock

    def configured(self, name: str) -> Rule:
        """Return the rule of that name in the configuration; raises RuleError."""
        rules = self._rules().book.rules
        for rule in rules:
            if rule.name == name:
                return rule
        known = ", ".join(rule.name for rule in rules)
        mend = f"known: {known}" if known else "none is configured (section rules)"
        raise RuleError([f"there is no rule {name!r}; {mend}"])

    def draft(self, settings: RuleSettings) -> Rule:
        """Return a rule that is not configured yet; raises RuleError."""
        brands = [brand.name for brand in self._rules().config.brands]
        flaws = list(draft_flaws(settings, brands))
        if flaws:
            raise RuleError([f"{place[0]}[{place[1]}]: {flaw}" for place, flaw in flaws])
        return settings.rule()

    def run(
        self, rule: Rule, days: float, progress: Callable[[int], None] = lambda _: None
    ) -> DryRun:
        """Try a rule on the posts of the last `days`, as if it were live.

        A configured rule of the same name is left aside. `progress` is called with the number
        of posts of each batch.
        """
        began, until, rules = self._clock(), self._now(), self._rules()
        since = until - timedelta(days=days)
        trial = _Trial(rules, rule, self._models.current().active)
        posts = 0
        for batch in history.batches(self._database, since, until):
            self._look(trial, batch)
            posts += len(batch)
            progress(len(batch))
        with self._database.read() as connection:
            stored_since = history.first_published_at(connection)
        kept = timedelta(days=rules.config.retention.unmatched_posts_days)
        outcome = trial.outcome(until)
        return DryRun(
            rule=rule,
            since=since,
            until=until,
            stored_since=stored_since,
            whole_since=max(filter(None, (until - kept, stored_since))),
            posts=posts,
            hits=len(trial.found),
            new_hits=sum(found.new for found in trial.found),
            cases=outcome.by_severity(outcome.stories),
            new_cases=outcome.by_severity([story for story in outcome.stories if story.new]),
            alerts=outcome.alerts,
            waiting=outcome.reasons[Reason.TOO_FEW],
            reasons=dict(outcome.reasons),
            samples=outcome.samples(),
            took_s=round(self._clock() - began, 3),
        )

    def _look(self, trial: _Trial, batch: Sequence[StoredPost]) -> None:
        matched = [(stored, hit) for stored in batch for hit in trial.matches(stored.post)]
        if not matched:
            return
        with self._database.read() as connection:
            known = history.verdicts_on(connection, {stored.id for stored, _ in matched})
        trial.take(matched, known)


class _Trial:
    """A rule as if it were live, beside today's rules without it."""

    def __init__(self, rules: Rules, rule: Rule, scorer: Scorer) -> None:
        config = rules.config
        brands, words = config.watched(), config.complaint_words
        live = replace(rule, mode=Mode.LIVE)
        others = [each for each in rules.book.rules if each.name != rule.name and each.is_live]
        bare = [replace(brand, complaint_words=()) for brand in brands]
        self._rule = live
        self._today = RuleBook(brands, words, others)
        self._tried = RuleBook(brands, words, [*others, live])
        self._own = Watch(widened(bare, [live]), ()) if rule.words else None
        self._judge: Judge = judge_of(scorer, config.brands, self._tried.rules)
        self._thresholds = rules.thresholds
        self.found: list[_Found] = []

    def matches(self, post: Post) -> Iterator[Hit]:
        """Yield what the rule's words find in a post of which it may be about."""
        if not self._rule.about_post(post):
            return
        mine = {hit.brand for hit in self._own.match(post)} if self._own else None
        if mine is None or mine:
            for hit in self._tried.watch.match(post):
                if self._rule.about_brand(hit.brand) and (mine is None or hit.brand in mine):
                    yield hit

    def take(
        self,
        matched: Sequence[tuple[StoredPost, Hit]],
        known: Mapping[tuple[int, str], Verdict],
    ) -> None:
        """Judge what has no verdict yet, and keep what the rule is about."""
        unjudged = [(s, hit) for s, hit in matched if (s.id, hit.brand) not in known]
        fresh = self._judge.judge(
            [story_text(stored.post, hit) for stored, hit in unjudged],
            [hit.brand for _, hit in unjudged],
        )
        verdicts = dict(known) | {
            (stored.id, hit.brand): verdict
            for (stored, hit), verdict in zip(unjudged, fresh, strict=True)
        }
        for stored, hit in matched:
            verdict = verdicts[stored.id, hit.brand]
            fit = self._tried.fit(stored.post, hit, verdict)
            if self._rule in fit.rules:
                today = {each.brand for each in self._today.watch.match(stored.post)}
                new = hit.brand not in today
                self.found.append(_Found(stored, hit, verdict, fit, new))

    def outcome(self, now: datetime) -> _Outcome:
        """Decide about all that was found, in order of publication."""
        outcome = _Outcome(self._thresholds, now)
        enough = self._enough()
        for number, found in enumerate(self.found):
            reached = (self._rule.name,) if number in enough else ()
            outcome.decide(found, found.fit.withheld(reached))
        return outcome

    def _enough(self) -> Collection[int]:
        """Return the places of what is found that are one of `min_hits` of a brand."""
        by_brand: dict[str, list[int]] = {}
        for number, found in enumerate(self.found):
            if worth_a_case(found.verdict):
                by_brand.setdefault(found.hit.brand, []).append(number)
        enough: set[int] = set()
        for numbers in by_brand.values():
            times = [self.found[number].post.published_at for number in numbers]
            flags = complete(times, self._rule.min_hits, self._rule.window)
            enough.update(number for number, flag in zip(numbers, flags, strict=True) if flag)
        return enough


class _Outcome:
    """The cases that would have been, story by story."""

    def __init__(self, thresholds: Thresholds, now: datetime) -> None:
        self._thresholds = thresholds
        self._now = now
        self._stories: dict[tuple[str, str], _Story] = {}
        self._decided: list[tuple[_Found, Decision]] = []
        self.reasons: Counter[Reason] = Counter()
        self.alerts = 0

    @property
    def stories(self) -> Collection[_Story]:
        """Every story that would have had a case."""
        return self._stories.values()

    def decide(self, found: _Found, withheld: Reason | None) -> None:
        """Decide about the next post."""
        key = found.hit.brand, fold_key(found.post, found.hit)
        post, story = found.post, self._stories.get(key)
        author = cases.author_key(post.platform.value, post.author.id, post.id)
        more = 0 if story and author in story.authors else post.author.followers or 0
        decision = decide(
            post,
            found.hit,
            found.verdict,
            open_case=OpenCase(0, story.severity, story.spread) if story else None,
            thresholds=self._thresholds,
            now=self._now,
            background=Background(reach=(story.reach if story else 0) + more, withheld=withheld),
        )
        self.reasons[decision.reason] += 1
        self._decided.append((found, decision))
        severity = decision.rating.severity
        if decision.opens_case:
            story = self._stories[key] = _Story(severity, 0, 0)
            self.alerts += 1
        if story and (decision.opens_case or decision.joins_case):
            self.alerts += severity > story.severity
            story.severity = max(story.severity, severity)
            story.spread = decision.spread
            story.reach += more
            story.new = story.new and found.new
            story.authors.add(author)

    def by_severity(self, stories: Collection[_Story]) -> Mapping[Severity, int]:
        """Count stories, also the severities that none has."""
        counts = Counter(story.severity for story in stories)
        return {severity: counts[severity] for severity in Severity}

    def samples(self) -> tuple[Sample, ...]:
        """Return some of the posts to look at: new ones first, of each the latest."""
        latest = sorted(
            self._decided, key=lambda pair: (pair[0].new, pair[0].post.published_at), reverse=True
        )
        return tuple(_sample(*pair) for pair in latest[:MOST_SAMPLES])


def _sample(found: _Found, decision: Decision) -> Sample:
    post, text = found.post, mask(story_text(found.post, found.hit))
    words = (term.text for term in found.hit.terms if term.kind is TermKind.COMPLAINT)
    return Sample(
        post_id=found.stored.id,
        platform=post.platform.value,
        brand=found.hit.brand,
        published_at=post.published_at,
        url=post.url,
        text=text if len(text) <= SAMPLE_LETTERS else text[: SAMPLE_LETTERS - 1] + _CUT,
        words=tuple(dict.fromkeys(words)),
        new=found.new,
        reason=decision.reason,
        severity=decision.rating.severity,
    )
