"""How often alerts are right, and how many complaints they find, by the word of people."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.rules import Rule, common_rule
from alerts.severity import Severity, rate
from monitor.desk import TEACHES
from monitor.live_config import Rules
from monitor.storage import quality as counts
from monitor.storage.database import Connection, Database
from monitor.storage.posts import StoredHit
from monitor.storage.quality import CaseCount, HitCount, Window
from sentiment.verdict import Verdict

Z: Final = 1.959964
"""Of a normal distribution: 95 % lie within so many standard deviations."""
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `n`; of nothing the share is unknown (None)."""

    part: int
    n: int

    @property
    def value(self) -> float | None:
        """The share in 0..1."""
        return self.part / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 % certainty (Wilson's score interval)."""
        if not self.n:
            return None
        share, spread = self.part / self.n, Z * Z / self.n
        middle = (share + spread / 2) / (1 + spread)
        half = math.sqrt(spread * share * (1 - share) + spread * spread / 4) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Figures:
    """How alerts did.

    Of the `cases` so many were told that `alerts` went out. `precision` is the share of those
    that were right among those of which people's word is known, `recall` the share of the
    posts that people call complaints that had a case.
    """

    cases: int
    alerts: int
    precision: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class SeverityFigures:
    """How the alerts of one severity did.

    A complaint without a case counts for the severity that it would have had.
    """

    severity: Severity
    figures: Figures


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """How one rule did; a case counts for the rules that the post it shows is under.

    `rule` is None for a brand's common rule (`common`) and for one that is no longer
    configured. Of the `hits` so many are `on_trial` or `waiting` for others. What is on trial
    opened no case, but counts in the precision: it is what the rule would have told.
    """

    name: str
    rule: Rule | None
    common: bool
    hits: int
    on_trial: int
    waiting: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Called:
    """A post that people call a complaint: the severity of its case, or that it would have had."""

    hit_id: int
    severity: Severity
    found: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of hits matched and cases opened from `since` until before `until`."""

    since: datetime
    until: datetime
    overall: Figures
    by_severity: tuple[SeverityFigures, ...]
    by_rule: tuple[RuleFigures, ...]


def quality(
    database: Database, rules: Rules, since: datetime, until: datetime, brand: str | None = None
) -> Quality:
    """Measure the alerts of a time, of one brand or of all that are watched.

    What counts as right and as wrong is told in `monitor.storage.quality`.
    """
    watched = tuple(each.name for each in rules.config.brands)
    brands = watched if brand is None else (brand,)
    window = Window(since, until, brands)
    with database.read() as connection:
        by_severity = counts.cases_by_severity(connection, window, TEACHES)
        by_rule = counts.cases_by_rule(connection, window, TEACHES)
        hits = counts.hits_by_rule(connection, window)
        called = list(called_complaints(connection, rules, window))
    said = Counter(each.severity for each in called)
    found = Counter(each.severity for each in called if each.found)
    cases = {severity: [c for c in by_severity if c.severity is severity] for severity in Severity}
    return Quality(
        since=since,
        until=until,
        overall=_figures(by_severity, Share(found.total(), said.total())),
        by_severity=tuple(
            SeverityFigures(each, _figures(cases[each], Share(found[each], said[each])))
            for each in Severity
        ),
        by_rule=_by_rule(rules, brands, by_rule, hits),
    )


def called_complaints(connection: Connection, rules: Rules, window: Window) -> Iterator[Called]:
    """Yield the posts that people call complaints, each with its severity.

    Those without a verdict are left out where they have no case either.
    """
    missed: list[int] = []
    for complaint in counts.complaints(connection, window):
        if complaint.severity is None:
            missed.append(complaint.hit_id)
        else:
            yield Called(complaint.hit_id, complaint.severity, found=True)
    for first in range(0, len(missed), _CHUNK):
        for stored, verdict in counts.judged(connection, missed[first : first + _CHUNK]):
            yield Called(stored.id, severity_alone(rules, stored, verdict), found=False)


def severity_alone(rules: Rules, stored: StoredHit, verdict: Verdict) -> Severity:
    """Return the severity that a case of this one post would have had."""
    rating = rate(
        stored.post,
        stored.hit,
        verdict,
        earlier_complaints=0,
        spread=1 + (stored.post.reposts or 0),
        thresholds=rules.thresholds,
        reach=stored.post.author.followers or 0,
    )
    return rating.severity


def _figures(cases: Iterable[CaseCount], recall: Share) -> Figures:
    every = list(cases)
    right, wrong = sum(each.right for each in every), sum(each.wrong for each in every)
    return Figures(
        cases=sum(each.cases for each in every),
        alerts=sum(each.alerts for each in every),
        precision=Share(right, right + wrong),
        recall=recall,
    )


def _by_rule(
    rules: Rules, brands: Sequence[str], cases: Sequence[CaseCount], hits: Sequence[HitCount]
) -> tuple[RuleFigures, ...]:
    """Return common rules, configured ones, and those that are no longer configured."""
    configured = {rule.name: rule for rule in rules.book.rules}
    common = [common_rule(brand) for brand in brands]
    seen = {each.rule: each for each in hits}
    mine: dict[str, list[CaseCount]] = {}
    for case in cases:
        mine.setdefault(case.rule, []).append(case)
    names = dict.fromkeys((*common, *configured, *sorted(seen.keys() | mine.keys())))
    return tuple(
        _rule_figures(name, configured, name in common, mine.get(name, ()), seen.get(name))
        for name in names
    )


def _rule_figures(
    name: str,
    configured: Mapping[str, Rule],
    common: bool,
    cases: Iterable[CaseCount],
    hits: HitCount | None,
) -> RuleFigures:
    hits = hits or HitCount(name, 0, 0, 0, 0, 0, 0, 0)
    figures = _figures(cases, Share(hits.found, hits.complaints))
    told = figures.precision
    precision = Share(told.part + hits.right, told.n + hits.right + hits.wrong)
    return RuleFigures(
        name=name,
        rule=configured.get(name),
        common=common,
        hits=hits.hits,
        on_trial=hits.on_trial,
        waiting=hits.waiting,
        figures=Figures(figures.cases, figures.alerts, precision, figures.recall),
    )
