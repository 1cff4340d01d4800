"""Verdicts for lines that come from anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.ingest import LineError
from monitor.score import Scored, parse, score_lines
from sentiment.judge import Judge
from sentiment.verdict import Doubt, Verdict
from sentiment.words import WordScorer

JUDGE = Judge(WordScorer())


class Pipe:
    """Gives the bytes piece by piece, as a pipe does."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)

    def read1(self, size: int, /) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


def scored(*pieces: bytes, locale: str = "en") -> Iterator[Scored]:
    return score_lines(Pipe(*pieces), JUDGE, locale)


def ids(batches: Iterator[Scored]) -> list[object]:
    return [json.loads(line)["id"] for batch in batches for line in batch.lines]


def test_whoever_writes_one_line_has_its_answer_before_the_next() -> None:
    pipe = Pipe(b'{"id": 1, "text": "x"}\n', b'{"id": 2, "text": "y"}\n')
    answers = score_lines(pipe, JUDGE, "en")
    assert ids(iter([next(answers)])) == [1]
    assert len(pipe.pieces) == 1
    assert ids(answers) == [2]


@given(st.lists(st.text(max_size=12), max_size=8), st.data())
def test_order_and_text_do_not_depend_on_how_the_bytes_come(
    texts: list[str], data: st.DataObject
) -> None:
    rows = [json.dumps({"id": n, "text": t}, ensure_ascii=n % 2 == 0) for n, t in enumerate(texts)]
    whole = "\n".join(rows).encode("utf-8", "surrogatepass")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    found = list(scored(*filter(None, pieces)))
    once = list(scored(whole)) if whole else []
    assert [line for batch in found for line in batch.lines] == [
        line for batch in once for line in batch.lines
    ]
    told = [problem for batch in found for problem in batch.problems]
    assert len(told) + len(ids(iter(found))) == len(texts)
    assert told == [problem for batch in once for problem in batch.problems]


def test_bad_lines_are_told_by_number_and_the_rest_goes_on() -> None:
    (batch,) = scored(b'\xef\xbb\xbf{"id": "a", "text": ""}\r\n\nbad\n{"id": "b", "text": "y"}\n')
    assert ids(iter([batch])) == ["a", "b"]
    assert [problem.split(":")[0] for problem in batch.problems] == ["line 3"]
    assert batch.read == 3


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "1", "text": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"[1, 2]", "not an object"),
        (b'{"text": "x"}', "id is missing"),
        (b'{"id": 1.5, "text": "x"}', "id is '1.5'"),
        (b'{"id": true, "text": "x"}', "id is 'True'"),
        (b'{"id": 1}', "text is missing"),
        (b'{"id": 1, "text": 7}', "text is '7'"),
        (b'{"id": 1, "text": "x", "brand": 7}', "brand is '7'"),
    ],
)
def test_what_is_wrong_with_a_line(line: bytes, says: str) -> None:
    with pytest.raises(LineError, match=says):
        parse(line)


def test_half_an_emoji_is_answered_in_ascii() -> None:
    (batch,) = scored(b'{"id": "\\ud83d", "text": "\\ud83d \xe5\x9d\x8f\xe4\xba\x86"}')
    assert batch.lines[0].isascii()
    assert ids(iter([batch])) == ["\ud83d"]


class Hesitant(Judge):
    """Is never sure."""

    def judge(self, texts: Sequence[str], brands: Sequence[str] | None = None) -> list[Verdict]:
        found = super().judge(texts, brands)
        return [replace(one, doubts=(Doubt.IRONY, Doubt.CLOSE_CALL)) for one in found]


@pytest.mark.parametrize(("locale", "says"), [("en", "not sure: "), ("zh-CN", "拿不准：")])
def test_doubts_stand_behind_the_signs(locale: str, says: str) -> None:
    (batch,) = score_lines(Pipe(b'{"id": 1, "text": "refund"}'), Hesitant(WordScorer()), locale)
    first, *_, third, last = json.loads(batch.lines[0])["reasons"]
    assert first.endswith("“refund”")
    assert third.startswith(says)
    assert last.startswith(says)


def test_a_brand_may_be_named() -> None:
    text = "手机又死机了，还是星云手表香"
    answers = [
        json.loads(batch.lines[0])
        for line in ({"id": 1, "text": text}, {"id": 1, "text": text, "brand": "星云手表"})
        for batch in scored(json.dumps(line).encode())
    ]
    assert answers[1]["complaint"] < answers[0]["complaint"]
