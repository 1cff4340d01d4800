from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from scrapers.post import Author, Original, Platform, Post, reply_eligible

BRAND = Author("900100", "NebulaWatch 星云手表", handle="NebulaWatch")
OTHER = Author("77", "Mara", handle="mara_sails")
BY_HANDLE = Author("", "NebulaWatch", handle="NebulaWatch")


def post(platform: Platform = Platform.TWITTER, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "platform": platform,
        "id": "5",
        "author": Author("501", "阿林爱跑步"),
        "text": "星云手表黑屏了",
        "published_at": datetime(2026, 11, 22, 4, 0, tzinfo=UTC),
        "url": "https://x.com/i/status/5",
    }
    return Post(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "eligible"),
    [
        ({}, False),
        ({"mentions": ("900100",)}, True),
        ({"mentions": ("77", "900100")}, True),
        ({"mentions": ("9001001",)}, False),
        ({"mentions": ("@900100",)}, False),
        ({"original": Original("4", "new straps", BRAND)}, True),
        ({"original": Original("4", "new straps", OTHER)}, False),
        ({"original": Original("4", "", None)}, False),
        ({"original": Original("4", "new straps", BRAND), "text": ""}, False),
    ],
)
def test_x_wants_a_mention_or_a_quote_of_the_account(
    changes: dict[str, Any], eligible: bool
) -> None:
    assert reply_eligible(post(**changes), "900100") is eligible


@pytest.mark.parametrize(
    ("changes", "handle", "eligible"),
    [
        ({"original": Original("4", "", BY_HANDLE)}, "", False),
        ({"original": Original("4", "", BY_HANDLE)}, "nebulawatch", True),
        ({"original": Original("4", "", BY_HANDLE)}, "@NebulaWatch", True),
        ({"original": Original("4", "", BY_HANDLE), "text": " "}, "NebulaWatch", False),
        ({"mentions": ("@nebulawatch",)}, "NebulaWatch", True),
        ({"mentions": ("@nebulawatchfans",)}, "NebulaWatch", False),
        ({"original": Original("4", "", OTHER)}, "NebulaWatch", False),
    ],
)
def test_a_handle_serves_where_x_gave_no_id(
    changes: dict[str, Any], handle: str, eligible: bool
) -> None:
    assert reply_eligible(post(**changes), "900100", handle) is eligible


def test_without_an_account_nothing_on_x_is_eligible() -> None:
    nameless = Original("4", "", Author("", "somebody"))
    assert not reply_eligible(post(mentions=("",), original=nameless), "")


def test_weibo_knows_no_such_rule() -> None:
    assert reply_eligible(post(Platform.WEIBO), "")


@pytest.mark.parametrize(
    ("text", "original", "reposts_only"),
    [
        ("", Original("4", "x"), True),
        (" \n", Original("4", "x"), True),
        ("so true", Original("4", "x"), False),
        ("", None, False),
    ],
)
def test_a_repost_without_words_adds_nothing(
    text: str, original: Original | None, reposts_only: bool
) -> None:
    assert post(text=text, original=original).reposts_only is reposts_only
