"""Lines in, verdicts out: posts of any origin judged one by one, nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from monitor.ingest import SHOWN, LineError
from monitor.pipeline.compose import sign_words, word
from sentiment.judge import Judge
from sentiment.verdict import Verdict

CHUNK: Final = 1 << 16
DECIMALS: Final = 4


class Arriving(Protocol):
    """Bytes that come bit by bit, e.g. a buffered binary file or pipe."""

    def read1(self, size: int, /) -> bytes:
        """Return what is there, at least one byte unless the end has come."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One line: the post and, where given, the brand that it is to be judged about."""

    id: str | int
    text: str
    brand: str


@dataclass(frozen=True, slots=True)
class Scored:
    """A batch: lines of JSON to print, and what was wrong with the others, in order."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]
    read: int


def score_lines(stream: Arriving, judge: Judge, locale: str) -> Iterator[Scored]:
    """Judge lines as they come: whoever writes one by one gets answers one by one.

    Lines are numbered from 1, blank ones are passed over.
    """
    number = 0
    for batch in _arrived(stream):
        asked: list[Asked] = []
        problems = []
        for line in batch:
            number += 1
            if not line.strip():
                continue
            try:
                asked.append(parse(line))
            except LineError as error:
                problems.append(f"line {number}: {error}")
        verdicts = judge.judge([one.text for one in asked], [one.brand for one in asked])
        lines = _rendered(asked, verdicts, locale)
        yield Scored(lines, tuple(problems), len(asked) + len(problems))


def parse(line: bytes) -> Asked:
    """Read `{"id", "text"}`, and `brand` where it is given; raise LineError."""
    try:
        data = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise LineError("not UTF-8; save the file as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise LineError(f"not JSON ({error}); write one object per line") from error
    if not isinstance(data, dict):
        raise LineError("not an object; write {...} with id and text")
    name, text, brand = data.get("id"), data.get("text"), data.get("brand") or ""
    if not isinstance(name, str | int) or isinstance(name, bool):
        raise LineError(f"id is {_shown(name)}; write text or a whole number")
    if not isinstance(text, str):
        raise LineError(f"text is {_shown(text)}; write the post's text")
    if not isinstance(brand, str):
        raise LineError(f"brand is {_shown(brand)}; write its name")
    return Asked(name, text, brand)


def _shown(value: object) -> str:
    return "missing" if value is None else f"{str(value)[:SHOWN]!r}"


def _rendered(asked: Sequence[Asked], verdicts: Sequence[Verdict], locale: str) -> tuple[str, ...]:
    pairs = zip(asked, verdicts, strict=True)
    return tuple(_json(_answer(one, verdict, locale)) for one, verdict in pairs)


def _answer(one: Asked, verdict: Verdict, locale: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "lang": verdict.language,
        "label": verdict.label.value,
        "negative": round(verdict.negative, DECIMALS),
        "complaint": round(verdict.complaint, DECIMALS),
        "topic": verdict.topic.value,
        "risk": verdict.risk.value,
        "reasons": [*sign_words(verdict, locale), *_doubts(verdict, locale)],
    }


def _doubts(verdict: Verdict, locale: str) -> list[str]:
    chinese = locale.startswith("zh")
    names = (word(doubt.value, chinese=chinese) for doubt in verdict.doubts)
    return [f"拿不准：{name}" if chinese else f"not sure: {name}" for name in names]


def _json(answer: dict[str, Any]) -> str:
    text = json.dumps(answer, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half an emoji in the id: only the escaped form can be written.
        return json.dumps(answer)
    return text


def _arrived(stream: Arriving) -> Iterator[list[bytes]]:
    """Yield the whole lines that have come since the last look; the last needs no end."""
    rest: list[bytes] = []
    while chunk := stream.read1(CHUNK):
        *whole, last = chunk.split(b"\n")
        if whole:
            whole[0] = b"".join([*rest, whole[0]])
            rest = []
            yield whole
        rest.append(last)
    if tail := b"".join(rest):
        yield [tail]
