"""Sets of texts with right answers, and how well verdicts agree with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any, Final

from alerts.decide import MIN_COMPLAINT
from sentiment.labelled import LabelledSet, Task
from sentiment.verdict import Label, Verdict

OURS: Final = "shifen"
"""Name of the set that ships: the posts of the demonstration, which we wrote ourselves."""
COMPLAINTS: Final = frozenset({"complaint", "urgent", "sarcasm", "repeat", "obfuscated"})
HARMLESS: Final = {
    "praise": Label.POSITIVE,
    "question": Label.NEUTRAL,
    "advert": Label.NEUTRAL,
    "lottery": Label.NEUTRAL,
    "news": None,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A text and what is right about it, as far as that is known."""

    text: str
    brand: str = ""
    label: Label | None = None
    complaint: bool | None = None


@dataclass(frozen=True, slots=True)
class Exam:
    """A named set of questions."""

    name: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """Macro-F1 over the polarities, and over complaint or not; None where nothing was asked.

    Only classes that occur among the right answers count.
    """

    label_f1: float | None
    complaint_f1: float | None

    def to_json(self) -> dict[str, float | None]:
        """Return it as plain values."""
        return asdict(self)


def measure(questions: Sequence[Question], verdicts: Sequence[Verdict]) -> Figures:
    """Compare verdicts with what is right."""
    pairs = list(zip(questions, verdicts, strict=True))
    labels = [(q.label, v.label) for q, v in pairs if q.label is not None]
    complaints = [
        (q.complaint, v.complaint >= MIN_COMPLAINT) for q, v in pairs if q.complaint is not None
    ]
    return Figures(macro_f1(labels), macro_f1(complaints))


def right_answers(question: Question, verdict: Verdict) -> list[bool]:
    """Return for each thing that was asked whether it was answered well."""
    answers = []
    if question.label is not None:
        answers.append(verdict.label is question.label)
    if question.complaint is not None:
        answers.append((verdict.complaint >= MIN_COMPLAINT) is question.complaint)
    return answers


def macro_f1(pairs: Sequence[tuple[Any, Any]]) -> float | None:
    """Return the mean F1 over the classes of the first of each pair (right, said)."""
    scores = []
    for wanted in sorted({right for right, _ in pairs}):
        hits = sum(right == said == wanted for right, said in pairs)
        asked = sum(right == wanted for right, _ in pairs)
        told = sum(said == wanted for _, said in pairs)
        scores.append(2 * hits / (asked + told))
    return round(sum(scores) / len(scores), 4) if scores else None


def our_exam() -> Exam:
    """Return the set that ships."""
    stored = resources.files("monitor.demo").joinpath("posts.jsonl")
    rows = [json.loads(line) for line in stored.read_text(encoding="utf-8").splitlines()]
    return Exam(OURS, tuple(_ours(row) for row in rows if _is_asked(row)))


def _is_asked(row: dict[str, Any]) -> bool:
    return bool(row["text"]) and (row["kind"] in COMPLAINTS or row["kind"] in HARMLESS)


def _ours(row: dict[str, Any]) -> Question:
    complains = row["kind"] in COMPLAINTS
    label = Label.NEGATIVE if complains else HARMLESS[row["kind"]]
    return Question(row["text"], row["brand"], label, complains)


def exam_of(labelled: LabelledSet) -> Exam:
    """Return a labelled set as an exam."""
    if labelled.task is Task.COMPLAINT:
        questions = [Question(e.text, complaint=bool(e.label)) for e in labelled.examples]
    else:
        questions = [Question(e.text, label=Label(e.label)) for e in labelled.examples]
    return Exam(labelled.name, tuple(questions))


def merged(sets: Iterable[Exam]) -> tuple[Exam, ...]:
    """Return the sets, each under a name of its own."""
    named: dict[str, Exam] = {}
    for exam in sets:
        name, number = exam.name, 2
        while name in named:
            name, number = f"{exam.name}-{number}", number + 1
        named[name] = Exam(name, exam.questions)
    return tuple(named.values())
