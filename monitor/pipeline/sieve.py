"""What the rules make of a batch of hits: what is kept back, and what has waited long enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from alerts.decide import Reason, worth_a_case
from alerts.rules import Fit, Mode, Rule, RuleBook, common_rule, complete
from monitor.storage import cases
from monitor.storage import rules as rules_store
from monitor.storage.database import Connection
from monitor.storage.posts import StoredHit
from monitor.storage.rules import MOST_SEEN, Seen, Stretch, UnderRule
from sentiment.verdict import Verdict

Judged: TypeAlias = tuple[StoredHit, Verdict]
_Key: TypeAlias = tuple[str, str]  # rule and brand


@dataclass(frozen=True, slots=True)
class Sieved:
    """Which hits are withheld and why, which older ones are `released`, and what to remember."""

    withheld: Mapping[int, Reason] = field(default_factory=dict)
    released: tuple[Judged, ...] = ()
    rows: tuple[UnderRule, ...] = ()

    def waited(self, hit_id: int) -> bool:
        """Whether a hit was kept back until now."""
        return any(hit.id == hit_id for hit, _ in self.released)


NOTHING: Final = Sieved()


def sieve(connection: Connection, book: RuleBook, pairs: Sequence[Judged]) -> Sieved:
    """Put a batch through the rules; without configured rules there is nothing to do.

    Posts are counted per rule and brand, by their time of publication. The brands are locked
    before, so that two processes that judge do not each see too few.
    """
    if not book.rules or not pairs:
        return NOTHING
    cases.lock_brands(connection, {hit.hit.brand for hit, _ in pairs})
    fits = {hit.id: book.fit(hit.post, hit.hit, verdict) for hit, verdict in pairs}
    counts = _Counts(connection, list(_counting(pairs, fits)))
    withheld = {
        hit_id: reason
        for hit_id, fit in fits.items()
        if (reason := fit.withheld(counts.enough.get(hit_id, ())))
    }
    return Sieved(
        withheld=withheld,
        released=tuple(rules_store.waiting(connection, counts.released)) if counts.released else (),
        rows=tuple(row for hit, _ in pairs for row in _rows(hit, fits[hit.id])),
    )


def _rows(hit: StoredHit, fit: Fit) -> Iterator[UnderRule]:
    at = hit.post.published_at
    if fit.common:
        yield UnderRule(hit.id, common_rule(hit.hit.brand), Mode.LIVE, at)
    for rule in fit.rules:
        yield UnderRule(hit.id, rule.name, rule.mode, at)


def _counting(pairs: Sequence[Judged], fits: Mapping[int, Fit]) -> Iterator[tuple[Rule, StoredHit]]:
    """Yield each hit that counts for a live rule which wants several."""
    for hit, verdict in pairs:
        fit = fits[hit.id]
        several = [rule for rule in fit.rules if rule.is_live and rule.min_hits > 1]
        if several and fit.withheld(()) in (None, Reason.TOO_FEW) and worth_a_case(verdict):
            yield from ((rule, hit) for rule in several)


class _Counts:
    """Counts the hits of a batch together with those that were seen before."""

    def __init__(self, connection: Connection, counting: Sequence[tuple[Rule, StoredHit]]) -> None:
        self.enough: dict[int, set[str]] = {}
        self.released: set[int] = set()
        rules: dict[_Key, Rule] = {}
        fresh: dict[_Key, list[Seen]] = {}
        for rule, hit in counting:
            key = rule.name, hit.hit.brand
            rules[key] = rule
            at = hit.post.published_at
            fresh.setdefault(key, []).append(Seen(*key, hit.id, at, waits=False))
        before: dict[_Key, list[Seen]] = {key: [] for key in fresh}
        stretches = [_around(rules[key], key, each) for key, each in fresh.items()]
        for known in rules_store.seen(connection, stretches) if stretches else ():
            before[known.rule, known.brand].append(known)
        for key, rule in rules.items():
            self._count(rule, fresh[key], before[key])

    def _count(self, rule: Rule, fresh: Sequence[Seen], before: Sequence[Seen]) -> None:
        every = sorted([*before, *fresh], key=lambda each: (each.at, each.hit_id))
        flags = complete([each.at for each in every], rule.min_hits, rule.window)
        new = {each.hit_id for each in fresh}
        # What is too much to be looked at whole is certainly not too few.
        many = len(before) >= MOST_SEEN
        for each, there in zip(every, flags, strict=True):
            if each.hit_id in new and (there or many):
                self.enough.setdefault(each.hit_id, set()).add(rule.name)
            elif each.waits and there:
                self.released.add(each.hit_id)


def _around(rule: Rule, key: _Key, fresh: Sequence[Seen]) -> Stretch:
    times: list[datetime] = [each.at for each in fresh]
    return Stretch(*key, min(times) - rule.window, max(times) + rule.window)
