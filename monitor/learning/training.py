"""Learns a model from what people corrected, and finds out how good it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from alerts.fold import fold_key, story_text
from monitor.learning.exams import (
    Exam,
    Figures,
    Question,
    macro_f1,
    measure,
    merged,
    our_exam,
    right_answers,
)
from monitor.learning.gate import Objection, objections
from monitor.learning.live import Remembering
from monitor.live_config import Rules
from monitor.scoring import judge_of
from monitor.storage import corrections, models
from monitor.storage.corrections import Corrected, Right
from monitor.storage.database import Connection, Database
from monitor.storage.models import NewModel
from monitor.storage.people import record
from monitor.storage.posts import StoredHit
from sentiment.judge import Judge
from sentiment.model.layer import Layer, LayeredScorer, LayerError, from_bytes
from sentiment.model.lessons import PARTS, Lesson, fit, part_of
from sentiment.scorer import Evidence, Score, Scorer
from sentiment.text import clean
from sentiment.verdict import Label, Verdict

MOST_ANCHORS: Final = 2_000
ANCHORS_EACH: Final = 10
"""Posts that nobody corrected, for each one that somebody did: they hold the rest in place."""
MOST_REMEMBERED: Final = 200_000


class NothingToLearnError(Exception):
    """Nobody has corrected a polarity or a complaint yet; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that is now in the shadow, its figures, and what speaks against promoting it."""

    version: str
    metrics: Mapping[str, Any]
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """A corrected post: as a question, as a lesson, and what the judge says without a layer."""

    question: Question
    lesson: Lesson
    verdict: Verdict
    right: Right


class _Unexplained:
    """A scorer whose reasons nobody wants to read."""

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer
        self.version = scorer.version

    def score(self, texts: Sequence[str]) -> list[Score]:
        return self._scorer.score(texts)

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [()] * len(texts)


class _Bench:
    """Builds judges over one scorer, which reads each text only once."""

    def __init__(self, scorer: Scorer, rules: Rules) -> None:
        self.scorer = Remembering(scorer, MOST_REMEMBERED)
        self._rules = rules

    def judge(self, layer: Layer | None = None) -> Judge:
        """Return the judge with a layer or without."""
        scorer = LayeredScorer(self.scorer, layer) if layer else self.scorer
        rules = self._rules
        return judge_of(_Unexplained(scorer), rules.config.brands, rules.book.rules)


def train(
    database: Database,
    scorer: Scorer,
    rules: Rules,
    dev: Iterable[Exam] = (),
    *,
    by: str,
    now: Callable[[], datetime],
) -> Trained:
    """Learn from all corrections, put the model into the shadow, return its figures.

    Corrections are answered by models that did not learn from them (five parts, copies of one
    story together); `dev` sets and our own posts by the model itself, beside the scorer alone
    and the model in force. Raises NothingToLearnError.
    """
    bench = _Bench(scorer, rules)
    with database.read() as connection:
        said = corrections.corrected(connection)
        count = min(MOST_ANCHORS, ANCHORS_EACH * len(said))
        others = corrections.uncorrected(connection, count)
        in_force = models.active(connection)
        body = _body(connection, in_force)
    cases = _cases(bench, said)
    taught = [case for case in cases if not case.lesson.is_anchor]
    if not taught:
        raise NothingToLearnError(
            "nobody has corrected a verdict's label or complaint yet: "
            "POST /api/v1/corrections, then train again"
        )
    anchors = _anchors(bench, others, {case.lesson.story for case in cases})
    layer = fit(scorer.version, [*(case.lesson for case in cases), *anchors])
    active = _usable(body, scorer.version)
    metrics = {
        "corrections": _on_corrections(bench, taught, anchors),
        "sets": [_on_set(bench, exam, layer, active) for exam in merged([our_exam(), *dev])],
        "words": _on_words(cases),
        "anchors": len(anchors),
        "ngrams": len(layer.buckets),
        "active": in_force,
    }
    new = NewModel(layer.version, scorer.version, layer.to_bytes(), metrics, len(taught), by)
    with database.write() as connection:
        models.put_in_shadow(connection, new, now())
        record(connection, now(), by, "model_trained", layer.version)
    return Trained(layer.version, metrics, tuple(objections(metrics)))


def _body(connection: Connection, version: str | None) -> bytes | None:
    row = models.find(connection, version) if version else None
    return models.body(connection, row.id) if row else None


def _usable(body: bytes | None, base_version: str) -> Layer | None:
    try:
        layer = from_bytes(body) if body else None
    except LayerError:
        return None
    return layer if layer and layer.base_version == base_version else None


def _cases(bench: _Bench, said: Sequence[Corrected]) -> list[_Case]:
    questions = [_question(one.stored, one.right) for one in said]
    verdicts = _answers(bench.judge(), questions)
    return [
        _Case(q, _lesson(one.stored, q, v), v, one.right)
        for one, q, v in zip(said, questions, verdicts, strict=True)
    ]


def _anchors(bench: _Bench, hits: Sequence[StoredHit], corrected: set[str]) -> list[Lesson]:
    others = [hit for hit in hits if fold_key(hit.post, hit.hit) not in corrected]
    questions = [_question(hit, Right()) for hit in others]
    verdicts = _answers(bench.judge(), questions)
    return [_lesson(*one) for one in zip(others, questions, verdicts, strict=True)]


def _question(stored: StoredHit, right: Right) -> Question:
    label = None if right.label is None else Label(right.label)
    return Question(story_text(stored.post, stored.hit), stored.hit.brand, label, right.complaint)


def _lesson(stored: StoredHit, question: Question, verdict: Verdict) -> Lesson:
    return Lesson(
        text=clean(question.text),
        story=fold_key(stored.post, stored.hit),
        negative=verdict.negative,
        positive=verdict.positive,
        complaint=verdict.complaint,
        right_label=question.label,
        right_complaint=question.complaint,
    )


def _answers(judge: Judge, questions: Sequence[Question]) -> list[Verdict]:
    return judge.judge([q.text for q in questions], [q.brand for q in questions])


def _on_corrections(
    bench: _Bench, cases: Sequence[_Case], anchors: Sequence[Lesson]
) -> dict[str, Any]:
    """Ask about each corrected post a model that did not learn from it."""
    asked: list[_Case] = []
    answered: list[Verdict] = []
    for part in range(PARTS):
        unseen = [case for case in cases if part_of(case.lesson.story) == part]
        seen = [case.lesson for case in cases if part_of(case.lesson.story) != part]
        if unseen:
            layer = fit(bench.scorer.version, [*seen, *anchors], seed=part + 1)
            answered += _answers(bench.judge(layer), [case.question for case in unseen])
            asked += unseen
    questions = [case.question for case in asked]
    before = [case.verdict for case in asked]
    gained, lost = _changes(questions, before, answered)
    return {
        "n": len(cases),
        "base": measure(questions, before).to_json(),
        "candidate": measure(questions, answered).to_json(),
        "gained": gained,
        "lost": lost,
    }


def _changes(
    questions: Sequence[Question], before: Sequence[Verdict], after: Sequence[Verdict]
) -> tuple[int, int]:
    """Count the answers that became right, and those that became wrong."""
    pairs = [
        pair
        for question, old, new in zip(questions, before, after, strict=True)
        for pair in zip(right_answers(question, old), right_answers(question, new), strict=True)
    ]
    return pairs.count((False, True)), pairs.count((True, False))


def _on_set(bench: _Bench, exam: Exam, layer: Layer, active: Layer | None) -> dict[str, Any]:
    def figures(judge: Judge) -> dict[str, float | None]:
        return _figures(judge, exam).to_json()

    return {
        "name": exam.name,
        "n": len(exam.questions),
        "base": figures(bench.judge()),
        "active": figures(bench.judge(active)) if active else None,
        "candidate": figures(bench.judge(layer)),
    }


def _figures(judge: Judge, exam: Exam) -> Figures:
    return measure(exam.questions, _answers(judge, exam.questions))


def _on_words(cases: Sequence[_Case]) -> dict[str, Any]:
    """Return how often topic, risk and genre were right: word lists say them, no layer does."""
    found: dict[str, Any] = {}
    for name in ("topic", "risk", "genre"):
        pairs = [
            (getattr(case.right, name), getattr(case.verdict, name).value)
            for case in cases
            if getattr(case.right, name) is not None
        ]
        if pairs:
            found[name] = {"n": len(pairs), "f1": macro_f1(pairs)}
    return found
