from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from responses.draft import Draft, How, draft
from responses.length import limit, weighted_length
from responses.wording import blocked
from scrapers.post import Platform

TOPICS = ["refund", "delivery", "quality", "service", "price", "advertising", "account", "outage"]
TOPICS += ["safety", "privacy", "other", "unheard-of"]


def drafted(platform: Platform = Platform.WEIBO, **changes: Any) -> Draft:
    asked: dict[str, Any] = {
        "language": "zh",
        "topic": "refund",
        "urgent": False,
        "brand": "星云手表",
        "author_name": "小李",
        "post_id": "5100000000000001",
        "author_id": "1000000001",
        "post_url": "https://weibo.com/1000000001/Pabc123",
        "eligible": True,
        "api_ready": False,
        "seed": "5100000000000001",
    }
    return draft(platform, **(asked | changes))


def speaks_chinese(reply: Draft) -> bool:
    return "您好" in reply.text


@pytest.mark.parametrize(
    ("platform", "eligible", "api_ready", "how"),
    [
        (Platform.TWITTER, True, True, How.API),
        (Platform.TWITTER, False, True, How.INTENT),
        (Platform.TWITTER, True, False, How.INTENT),
        (Platform.TWITTER, False, False, How.INTENT),
        (Platform.WEIBO, True, True, How.API),
        (Platform.WEIBO, True, False, How.MANUAL),
    ],
)
def test_the_way_to_post(platform: Platform, eligible: bool, api_ready: bool, how: How) -> None:
    assert drafted(platform, eligible=eligible, api_ready=api_ready).how is how


@pytest.mark.parametrize("api_ready", [True, False])
def test_on_x_a_link_opens_the_composer_with_the_text(api_ready: bool) -> None:
    reply = drafted(Platform.TWITTER, post_id="1900000000000000001", api_ready=api_ready)
    parts = urlsplit(reply.link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "x.com", "/intent/tweet")
    assert parse_qs(parts.query) == {"in_reply_to": ["1900000000000000001"], "text": [reply.text]}
    assert "+" not in parts.query


@pytest.mark.parametrize(
    ("post_url", "link"),
    [
        ("https://weibo.com/1000000001/Pabc123", "https://weibo.com/1000000001/Pabc123"),
        ("", "https://weibo.com/1000000001/5100000000000001"),
    ],
)
def test_on_weibo_the_link_opens_the_post(post_url: str, link: str) -> None:
    assert drafted(post_url=post_url).link == link


@pytest.mark.parametrize(
    ("platform", "language", "chinese"),
    [
        (Platform.WEIBO, "zh", True),
        (Platform.WEIBO, "en", False),
        (Platform.WEIBO, "other", True),
        (Platform.TWITTER, "zh", True),
        (Platform.TWITTER, "en", False),
        (Platform.TWITTER, "other", False),
    ],
)
def test_the_language_of_the_post_wins(platform: Platform, language: str, chinese: bool) -> None:
    assert speaks_chinese(drafted(platform, language=language)) is chinese


def test_it_names_author_and_brand() -> None:
    reply = drafted()
    assert reply.text.startswith("小李您好")
    assert "星云手表" in reply.text
    assert reply.template.startswith("first_public_reply.zh.refund.")


def test_the_same_post_gets_the_same_text_and_posts_differ() -> None:
    assert drafted(seed="7") == drafted(seed="7")
    templates = {drafted(seed=str(seed)).template for seed in range(40)}
    assert len(templates) == 3


@pytest.mark.parametrize(
    "name",
    [
        "小" * 31,
        "https://spam.example",
        "spam.com",
        "@someone",
        "#tag",
        "{brand}",
        "13812345678",
        "a\nb",
        "<b>",
        "li\u202eee",
        "half \ud83d",
        "不知道先生",
        "保证退款",
        "",
        "  ",
    ],
)
@pytest.mark.parametrize("platform", Platform)
def test_a_name_that_cannot_stand_in_public_is_left_out(platform: Platform, name: str) -> None:
    reply = drafted(platform, author_name=name)
    assert reply.text.startswith("您好")
    assert "星云手表" in reply.text


@pytest.mark.parametrize("brand", ["星" * 21, "nebula.com", "@nebula", "保证行", ""])
def test_a_brand_that_cannot_stand_in_public_is_left_out(brand: str) -> None:
    reply = drafted(brand=brand)
    assert "官方" in reply.text
    assert not brand or brand not in reply.text


@settings(max_examples=60)
@given(
    platform=st.sampled_from(Platform),
    language=st.sampled_from(["zh", "en", "other"]),
    topic=st.sampled_from(TOPICS),
    urgent=st.booleans(),
    brand=st.text(max_size=25),
    author_name=st.one_of(st.text(max_size=40), st.text("星云👨‍👩‍👧W", min_size=25, max_size=30)),
    seed=st.text(max_size=8),
)
def test_any_draft_fits_and_may_go_out(
    platform: Platform,
    language: str,
    topic: str,
    urgent: bool,
    brand: str,
    author_name: str,
    seed: str,
) -> None:
    reply = drafted(
        platform,
        language=language,
        topic=topic,
        urgent=urgent,
        brand=brand,
        author_name=author_name,
        seed=seed,
    )
    assert reply.length == weighted_length(reply.text, platform) <= reply.limit
    assert reply.limit == limit(platform)
    assert not blocked(reply.text)
