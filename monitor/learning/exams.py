"""Sets of texts with right answers, and how well verdicts agree with them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from alerts.decide import MIN_COMPLAINT
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
LABELS: Final = {"negative": Label.NEGATIVE, "neutral": Label.NEUTRAL, "positive": Label.POSITIVE}


class ExamError(Exception):
    """A file of posts with right answers cannot be read; the text says which line and why."""


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


def read_exam(path: Path) -> Exam:
    """Read a file of JSON Lines, also `.gz`: text, and label, complaint, brand where known.

    `label` is -1, 0, 1 or negative, neutral, positive; `complaint` true or false. A line with
    `"task": "complaint"` has 1 or 0 as its label. Raises ExamError.
    """
    opened = gzip.open if path.suffix == ".gz" else open
    questions = []
    number = 0
    try:
        with opened(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):  # noqa: B007 (told below)
                if line.strip():
                    questions.append(_question(json.loads(line)))
    except OSError as error:
        raise ExamError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise ExamError(f"{path}:{number}: not a post with right answers ({error})") from error
    if not any(q.label is not None or q.complaint is not None for q in questions):
        raise ExamError(f"{path}: no line has a label or complaint")
    return Exam(path.name.partition(".")[0], tuple(questions))


def _question(row: dict[str, Any]) -> Question:
    label, complaint = row.get("label"), row.get("complaint")
    if not isinstance(row["text"], str) or not isinstance(row.get("brand", ""), str):
        raise TypeError("text and brand must be text")
    if row.get("task") == "complaint":
        label, complaint = None, bool(row["label"])
    if complaint is not None and not isinstance(complaint, bool):
        raise TypeError("complaint must be true or false")
    named = LABELS[label] if isinstance(label, str) else label
    right = None if named is None else Label(named)
    return Question(row["text"], row.get("brand", ""), right, complaint)


def merged(sets: Iterable[Exam]) -> tuple[Exam, ...]:
    """Return the sets, each under a name of its own."""
    named: dict[str, Exam] = {}
    for exam in sets:
        name, number = exam.name, 2
        while name in named:
            name, number = f"{exam.name}-{number}", number + 1
        named[name] = Exam(name, exam.questions)
    return tuple(named.values())
