"""How the rules do on a file of labelled posts, without a database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from alerts.decide import Background, Decision, Reason, decide
from alerts.fold import story_text
from alerts.rules import Fit, Rule, RuleBook, common_rule
from alerts.severity import Severity
from alerts.watch import Hit
from monitor.live_config import Rules
from monitor.quality import Figures, RuleFigures, SeverityFigures, Share
from scrapers.post import Author, Platform, Post
from sentiment.judge import Judge
from sentiment.labelled import Example, LabelledSet, Task

BATCH: Final = 500
COMPLAINS: Final = {Task.COMPLAINT: 1, Task.SENTIMENT: -1}
"""The label of a complaint; of polarities the negative one stands for it."""
_ACCOUNT: Final = "0"
_AUTHOR: Final = Author("1", "")
_AT: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LabelledQuality:
    """The figures of one set.

    Of `posts` so many are `complaints`; `with_words` of these hold a word that is looked for,
    the others nothing could find. An alert is a case that a post would open by itself.
    """

    name: str
    posts: int
    complaints: int
    with_words: int
    overall: Figures
    by_severity: tuple[SeverityFigures, ...]
    by_rule: tuple[RuleFigures, ...]


@dataclass(frozen=True, slots=True)
class _Tried:
    fit: Fit
    common: str
    decision: Decision

    @property
    def rules(self) -> tuple[str, ...]:
        names = (rule.name for rule in self.fit.rules)
        return (self.common, *names) if self.fit.common else tuple(names)

    @property
    def alarms(self) -> bool:
        return self.decision.opens_case

    @property
    def on_trial(self) -> bool:
        return self.decision.reason is Reason.SHADOW


def labelled_quality(
    judge: Judge,
    rules: Rules,
    about: LabelledSet,
    progress: Callable[[int], None] = lambda _: None,
) -> LabelledQuality:
    """Put each post through words, judge and rules, as if nobody had told its story before.

    A post that names none of the brands counts as one that speaks to the first. What a set does
    not tell is not asked: platform, followers, how many there were. Raises ValueError when no
    brand is watched.
    """
    trial = _Trial(judge, rules)
    tally = _Tally()
    waiting = iter(about.examples)
    while batch := list(islice(waiting, BATCH)):
        for example, tried in trial.take(batch):
            tally.count(tried, complains=example.label == COMPLAINS[about.task])
        progress(len(batch))
    return tally.figures(about.name, trial.names, {rule.name: rule for rule in rules.book.rules})


class _Trial:
    """The words, the judge and the rules, over a stand-in for a brand that is not named."""

    def __init__(self, judge: Judge, rules: Rules) -> None:
        config = rules.config
        brands = config.watched()
        if not brands:
            raise ValueError("no brand is watched; add an entry under brands")
        asked = [_of_any_post(rule) for rule in rules.book.rules]
        self._judge = judge
        self._thresholds = rules.thresholds
        self._named = RuleBook(brands, config.complaint_words, asked)
        first = replace(brands[0], accounts={Platform.TWITTER: _ACCOUNT})
        self._stand_in = RuleBook([first], config.complaint_words, asked)
        self.names = (*(common_rule(b.name) for b in brands), *(rule.name for rule in asked))

    def take(self, batch: Sequence[Example]) -> Iterator[tuple[Example, list[_Tried]]]:
        """Yield each post with what became of it, once per brand that it is about."""
        posts = [_post(example) for example in batch]
        found = [self._hits(post) for post in posts]
        pairs = [(post, hit) for post, hits in zip(posts, found, strict=True) for _, hit in hits]
        verdicts = iter(
            self._judge.judge(
                [story_text(post, hit) for post, hit in pairs], [hit.brand for _, hit in pairs]
            )
        )
        for example, post, hits in zip(batch, posts, found, strict=True):
            tried = []
            for book, hit in hits:
                verdict = next(verdicts)
                fit = book.fit(post, hit, verdict)
                decision = decide(
                    post,
                    hit,
                    verdict,
                    open_case=None,
                    thresholds=self._thresholds,
                    now=_AT,
                    background=Background(withheld=fit.withheld(())),
                )
                tried.append(_Tried(fit, common_rule(hit.brand), decision))
            yield example, tried

    def _hits(self, post: Post) -> list[tuple[RuleBook, Hit]]:
        named = self._named.read(replace(post, mentions=()))
        if named.named:
            return [(self._named, hit) for hit in named.hits]
        return [(self._stand_in, hit) for hit in self._stand_in.read(post).hits]


class _Tally:
    """Counts what became of the posts."""

    def __init__(self) -> None:
        self._posts: Counter[bool] = Counter()
        self._with_words = 0
        self._alarms: Counter[tuple[Severity | str, bool]] = Counter()
        self._rated: Counter[Severity] = Counter()
        self._under: Counter[tuple[str, bool]] = Counter()
        self._trial: Counter[tuple[str, bool]] = Counter()
        self._any: Counter[bool] = Counter()

    def count(self, tried: Sequence[_Tried], *, complains: bool) -> None:
        """Count one post."""
        self._posts[complains] += 1
        self._with_words += complains and bool(tried)
        alarming = [each.decision.rating.severity for each in tried if each.alarms]
        self._any[complains] += bool(alarming)
        if alarming:
            self._alarms[max(alarming), complains] += 1
        if tried and complains:
            rated = alarming or [each.decision.rating.severity for each in tried]
            self._rated[max(rated)] += 1
        alarms = {name for each in tried if each.alarms for name in each.rules}
        trials = {name for each in tried if each.on_trial for name in each.rules}
        for name in {name for each in tried for name in each.rules}:
            self._under[name, complains] += 1
            self._alarms[name, complains] += name in alarms
            self._trial[name, complains] += name in trials - alarms

    def figures(
        self, name: str, names: Sequence[str], configured: dict[str, Rule]
    ) -> LabelledQuality:
        """Return what was counted."""
        complaints = self._posts[True]
        cases = self._any.total()
        precision = Share(self._any[True], cases)
        return LabelledQuality(
            name=name,
            posts=self._posts.total(),
            complaints=complaints,
            with_words=self._with_words,
            overall=Figures(cases, cases, precision, Share(self._any[True], complaints)),
            by_severity=tuple(self._severity(each) for each in Severity),
            by_rule=tuple(self._rule(each, configured.get(each)) for each in names),
        )

    def _severity(self, severity: Severity) -> SeverityFigures:
        right, wrong = self._alarms[severity, True], self._alarms[severity, False]
        precision, recall = Share(right, right + wrong), Share(right, self._rated[severity])
        return SeverityFigures(severity, Figures(right + wrong, right + wrong, precision, recall))

    def _rule(self, name: str, rule: Rule | None) -> RuleFigures:
        right, wrong = self._alarms[name, True], self._alarms[name, False]
        tried, vain = self._trial[name, True], self._trial[name, False]
        under = self._under[name, True]
        return RuleFigures(
            name=name,
            rule=rule,
            common=rule is None,
            hits=under + self._under[name, False],
            on_trial=tried + vain,
            waiting=0,
            figures=Figures(
                cases=right + wrong,
                alerts=right + wrong,
                precision=Share(right + tried, right + wrong + tried + vain),
                recall=Share(right, under),
            ),
        )


def _post(example: Example) -> Post:
    return Post(
        platform=Platform.TWITTER,
        id=example.id[:64],
        author=_AUTHOR,
        text=example.text,
        published_at=_AT,
        url="",
        mentions=(_ACCOUNT,),
    )


def _of_any_post(rule: Rule) -> Rule:
    """Return a rule that asks only for what labelled posts can tell."""
    return replace(rule, platforms=frozenset(), followers_at_least=0, min_hits=1)
