"""Reads files of labelled posts and refuses those that would give wrong figures."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, Final

from sentiment.text import language

GZIP_MARK: Final = b"\x1f\x8b"
SHOWN: Final = 40
"""Characters of a wrong value that are shown."""
EMOTICON: Final = re.compile(
    r"\[[^\[\]\s]{1,8}\]|[\u200d\u20e3\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]"
)
"""Codes such as `[怒]`, and emoji."""


class LabelledError(Exception):
    """A file is no labelled set; the text names file, line, and how to mend it."""


class OtherTaskError(LabelledError):
    """The labels answer a question that is not the judge's, e.g. whether a post is ironic."""


class Task(StrEnum):
    """What labels are about."""

    SENTIMENT = "sentiment"
    COMPLAINT = "complaint"


LABELS: Final = {Task.SENTIMENT: (-1, 0, 1), Task.COMPLAINT: (0, 1)}


@dataclass(frozen=True, slots=True)
class Example:
    """One post with the label that people gave it, one of `LABELS` of its set's task."""

    id: str
    text: str
    label: int


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """The posts of one file, at least two classes; `language` is that of most of them."""

    name: str
    language: str
    task: Task
    examples: tuple[Example, ...]

    @property
    def repeated(self) -> int:
        """How many posts have the text of an earlier one: they count, but tell little."""
        return len(self.examples) - len({example.text for example in self.examples})

    def without_emoticons(self) -> LabelledSet:
        """Return the set without emoticons and emoji: where they made the labels, they tell all."""
        bare = (replace(e, text=EMOTICON.sub(" ", e.text).strip()) for e in self.examples)
        return replace(self, examples=tuple(bare))

    def sample(self, most: int) -> tuple[Example, ...]:
        """Return at most so many examples, spread evenly over the file; 0 for all."""
        count = min(most, len(self.examples)) or len(self.examples)
        return tuple(self.examples[n * len(self.examples) // count] for n in range(count))


def read_labelled(path: Path) -> LabelledSet:
    """Read JSON Lines `{"id","text","label"}`, plain or gzipped; raise LabelledError.

    `label` is -1, 0 or 1 for negative, neutral or positive; with `"task": "complaint"` it is
    1 for a complaint, else 0. `id`, `lang` and `task` may be left out.
    """
    examples: list[Example] = []
    languages: Counter[str] = Counter()
    lines_of_ids: dict[str, int] = {}
    task: Task | None = None
    for number, data in _rows(path):
        where = f"{path}:{number}"
        found = _task(where, data)
        if task not in (None, found):
            raise LabelledError(f"{where}: task {found}, but {task} above; make it two files")
        task = found
        example = _example(where, data, task, f"line {number}")
        if (first := lines_of_ids.setdefault(example.id, number)) != number:
            raise LabelledError(f"{where}: id {example.id!r} stands in line {first} as well")
        examples.append(example)
        languages[_language(where, data, example.text)] += 1
    if task is None:
        raise LabelledError(f"{path}: has no posts")
    _hold_two_classes(path, examples)
    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    return LabelledSet(name, languages.most_common(1)[0][0], task, tuple(examples))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_unpacked(file), start=1):
                if line.strip():
                    yield number, _object(f"{path}:{number}", line)
    except (OSError, EOFError, zlib.error) as error:
        told = getattr(error, "strerror", None) or error
        raise LabelledError(f"{path}: cannot be read ({told})") from error


def _unpacked(file: BinaryIO) -> Iterable[bytes]:
    packed = file.read(len(GZIP_MARK)) == GZIP_MARK
    file.seek(0)
    return gzip.open(file) if packed else file


def _object(where: str, line: bytes) -> dict[str, Any]:
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LabelledError(f"{where}: not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise LabelledError(f"{where}: not JSON ({error}); write one object per line") from error
    if not isinstance(data, dict):
        raise LabelledError(f"{where}: not an object; write {{...}} with id, text and label")
    return data


def _task(where: str, data: dict[str, Any]) -> Task:
    value = data.get("task", Task.SENTIMENT.value)
    for task in Task:
        if value == task.value:
            return task
    known = " or ".join(Task)
    raise OtherTaskError(f"{where}: task {_shown(value)}: the judge answers {known} only")


def _example(where: str, data: dict[str, Any], task: Task, number: str) -> Example:
    text, label, name = data.get("text"), data.get("label"), data.get("id", number)
    if not isinstance(text, str) or not text:
        raise LabelledError(f"{where}: text is {_shown(text)}; write the post's text")
    if not isinstance(label, int) or isinstance(label, bool) or label not in LABELS[task]:
        known = ", ".join(map(str, LABELS[task]))
        raise LabelledError(f"{where}: label is {_shown(label)}; write one of {known}")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        raise LabelledError(f"{where}: id is {_shown(name)}; write text or a number")
    return Example(str(name), text, label)


def _language(where: str, data: dict[str, Any], text: str) -> str:
    value = data.get("lang")
    if value is None:
        return language(text)
    if not isinstance(value, str) or not value:
        raise LabelledError(f"{where}: lang is {_shown(value)}; write zh or en")
    return value


def _hold_two_classes(path: Path, examples: list[Example]) -> None:
    labels = {example.label for example in examples}
    if len(labels) < 2:
        raise LabelledError(
            f"{path}: every label is {labels.pop()}; at least two classes are needed to measure"
        )


def _shown(value: object) -> str:
    return "missing" if value is None else f"{str(value)[:SHOWN]!r}"
