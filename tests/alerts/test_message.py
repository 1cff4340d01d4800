from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.message import (
    Mark,
    Message,
    PostView,
    ReplyView,
    age_s,
    cut,
    from_json,
    harmless,
    sanitized,
    stretches,
    terms,
    time_left_s,
    to_json,
    units,
)
from alerts.severity import Severity
from tests.alerts.messages import NOW, marks, message, operational, post

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]))
MARKS = st.lists(st.builds(Mark, st.integers(-3, 50), st.integers(-3, 50)), max_size=6).map(tuple)
POSTS = st.builds(
    PostView, TEXTS, TEXTS, st.none() | st.integers(0), TEXTS, MARKS, TEXTS, TEXTS, MOMENTS
)
REPLIES = st.builds(ReplyView, TEXTS, TEXTS, TEXTS, TEXTS, st.integers(0), st.integers(0))
MESSAGES = st.builds(
    Message,
    dedupe_key=TEXTS,
    kind=TEXTS,
    severity=st.sampled_from(Severity),
    title=TEXTS,
    brand=TEXTS,
    reasons=st.lists(TEXTS, max_size=3).map(tuple),
    verdict=TEXTS,
    created_at=MOMENTS,
    due_at=st.none() | MOMENTS,
    late=st.booleans(),
    post=st.none() | POSTS,
    reply=st.none() | REPLIES,
    console_url=TEXTS,
    locale=st.sampled_from(["zh-CN", "en"]),
    case_id=st.none() | st.integers(1),
    uncertain=st.booleans(),
)


@settings(max_examples=60)
@given(MESSAGES)
def test_json_loses_nothing(alert: Message) -> None:
    written = json.dumps(to_json(alert), ensure_ascii=False)

    assert from_json(json.loads(written)) == alert


def test_json_is_readable() -> None:
    data = to_json(message())

    assert data["severity"] == "urgent"
    assert data["created_at"] == "2026-11-22T03:59:40+00:00"
    assert data["post"]["marks"][0] == [5, 9]


def test_json_from_before_there_was_doubt_is_read() -> None:
    data = to_json(message())
    del data["uncertain"]
    assert from_json(data) == message()


@pytest.mark.parametrize("broken", [{"severity": "grave"}, {"created_at": "today"}, {"colour": 1}])
def test_json_of_another_shape_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        from_json({**to_json(message()), **broken})


def test_times_are_told_at_the_moment_of_sending() -> None:
    assert age_s(message(), NOW) == 200
    assert time_left_s(message(), NOW) == 420
    assert time_left_s(message(), NOW + timedelta(minutes=8)) == -60
    assert age_s(operational(), NOW) == 20
    assert time_left_s(operational(), NOW) is None


def test_a_post_from_a_clock_ahead_of_ours_is_of_age_zero() -> None:
    ahead = message(post=post(published_at=NOW + timedelta(seconds=5)))

    assert age_s(ahead, NOW) == 0


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("充电时冒烟😱👨‍👩‍👧 مرحبا\tok\n", "充电时冒烟😱👨‍👩‍👧 مرحبا\tok\n"),
        ("\x1b[31mred", "\u241b[31mred"),
        ("a\x00b\x07\x7f", "a\u2400b\u2407\u2421"),
        ("\x9b31m", "\ufffd31m"),
        ("\u202egnp.exe\u2066", "\ufffdgnp.exe\ufffd"),
        ("one\r\ntwo\x85three\u2028four", "one \ntwo three four"),
        ("half \ud83d", "half \ufffd"),
    ],
)
def test_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@settings(max_examples=60)
@given(st.text())
def test_harmless_keeps_every_place(text: str) -> None:
    shown = harmless(text)

    assert len(shown) == len(text)
    assert harmless(shown) == shown
    shown.encode("utf-8")


def test_sanitizing_reaches_every_text() -> None:
    evil = "\x1b"
    clean = sanitized(
        message(
            title=evil,
            brand=evil,
            reasons=(evil,),
            verdict=evil,
            console_url=evil,
            post=post(platform=evil, author=evil, text=evil, quoted=evil, url=evil),
            reply=ReplyView(evil, "manual", evil, evil, 1, 140),
        )
    )

    def texts(part: object) -> list[str]:
        if isinstance(part, str):
            return [part]
        if isinstance(part, tuple):
            return [text for item in part for text in texts(item)]
        if is_dataclass(part):
            return [text for f in fields(part) for text in texts(getattr(part, f.name))]
        return []

    assert sum("\u241b" in text for text in texts(clean)) == 13
    assert not any(evil in text for text in texts(clean))


@pytest.mark.parametrize(
    ("places", "parts"),
    [
        ([], [("手表冒烟了", False)]),
        ([(2, 4)], [("手表", False), ("冒烟", True), ("了", False)]),
        ([(0, 2), (1, 4)], [("手表冒烟", True), ("了", False)]),
        ([(0, 2), (2, 4)], [("手表冒烟", True), ("了", False)]),
        ([(4, 99)], [("手表冒烟", False), ("了", True)]),
        ([(-5, 1), (3, 2), (9, 12)], [("手", True), ("表冒烟了", False)]),
    ],
)
def test_stretches(places: list[tuple[int, int]], parts: list[tuple[str, bool]]) -> None:
    assert list(stretches("手表冒烟了", [Mark(*place) for place in places])) == parts


@settings(max_examples=60)
@given(TEXTS, MARKS)
def test_stretches_together_are_the_text(text: str, places: tuple[Mark, ...]) -> None:
    parts = list(stretches(text, places))

    assert "".join(part for part, _ in parts) == text
    assert all(a[1] != b[1] for a, b in pairwise(parts))


def test_terms_are_named_once_in_order() -> None:
    text = "退款！星云手表不退款"
    view = post(text=text, marks=(*marks(text, "星云手表"), Mark(8, 10), Mark(0, 2)))

    assert terms(view) == ("退款", "星云手表")


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("四个汉字", 4, "四个汉字"),
        ("这是五个字", 4, "这是五…"),
        ("😱😱😱", 5, "😱😱…"),
        ("好👨‍👩‍👧坏", 6, "好…"),
        ("好👍🏽坏", 4, "好…"),
        ("a", 1, "a"),
        ("", 1, ""),
    ],
)
def test_cut(text: str, limit: int, short: str) -> None:
    assert cut(text, limit) == short


@settings(max_examples=60)
@given(st.text(max_size=60), st.integers(1, 40))
def test_cut_fits_and_keeps_the_beginning(text: str, limit: int) -> None:
    short = cut(text, limit)

    assert units(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


def test_reading_back_gives_aware_times() -> None:
    assert from_json(to_json(message())).created_at == datetime(2026, 11, 22, 3, 59, 40, tzinfo=UTC)
