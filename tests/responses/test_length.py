from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses.length import limit, weighted_length
from scrapers.post import Platform


def test_limits() -> None:
    assert limit(Platform.TWITTER) == 280
    assert limit(Platform.WEIBO) == 140


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("hello", 5),
        ("您好", 4),
        ("您好 hi", 7),
        ("，", 2),
        ("é", 1),
        ("e\u0301", 1),
        ("\u10ff", 1),
        ("\u1100", 2),
        ("\u2018\u2019", 2),
        ("\u2026", 2),
        ("\u2032", 2 - 1),
        ("\u20ac", 2),
        ("😀", 2),
        ("😀😀", 4),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇨🇳", 2),
        ("🇨🇳🇺🇸", 4),
        ("1️⃣", 2),
        ("❤️", 2),
        ("©️", 2),
        ("©", 1),
        ("123", 3),
        ("🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 2),
        ("🕵🏻‍♂️", 2),
        ("https://example.com/" + "a" * 200, 23),
        ("http://t.co/1 and https://t.co/2", 23 + 5 + 23),
        ("看https://example.com/a谢谢", 2 + 23 + 4),
        ("example.com", 23),
        ("看example.com吧", 2 + 23 + 2),
        ("me@example.com", 14),
        ("3.14 ok.then", 12),
    ],
)
def test_x(text: str, length: int) -> None:
    assert weighted_length(text, Platform.TWITTER) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("a", 1),
        ("ab", 1),
        ("abc", 2),
        ("您好", 2),
        ("您好a", 3),
        ("您好，OK", 4),
        ("😀", 1),
    ],
)
def test_weibo(text: str, length: int) -> None:
    assert weighted_length(text, Platform.WEIBO) == length


@pytest.mark.parametrize("platform", Platform)
@given(text=st.text(max_size=80))
def test_bounds(platform: Platform, text: str) -> None:
    # A link may weigh more than it has characters, hence the 23 per four characters of "a.co".
    assert 0 <= weighted_length(text, platform) <= max(2, 23 / 4) * len(text)


@given(st.text(alphabet="您好客服退款，。", max_size=200))
def test_chinese_weighs_double_on_x(text: str) -> None:
    assert weighted_length(text, Platform.TWITTER) == 2 * weighted_length(text, Platform.WEIBO)
