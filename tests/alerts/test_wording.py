from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest

from alerts.flow import Reason
from alerts.flow_wording import short_name
from alerts.message import Mention
from alerts.severity import Severity
from alerts.wording import (
    CHINESE,
    ENGLISH,
    Wording,
    called,
    digest_title,
    duration,
    duty,
    followers,
    headline,
    how_to_post,
    matched,
    measure,
    platform_name,
    post_button,
    severity_name,
    telling,
    timing,
    wording,
)
from tests.alerts.messages import NOW, english, message, operational, post, reply


def test_names() -> None:
    assert [severity_name(CHINESE, s) for s in Severity] == ["一般", "重要", "紧急"]
    assert [severity_name(ENGLISH, s) for s in Severity] == ["Normal", "Important", "Urgent"]
    assert [platform_name(CHINESE, p) for p in ("weibo", "twitter", "bbs")] == ["微博", "X", "bbs"]
    assert platform_name(ENGLISH, "weibo") == "Weibo"


@pytest.mark.parametrize(
    ("locale", "words"), [("zh-CN", CHINESE), ("zh", CHINESE), ("en", ENGLISH), ("fr", ENGLISH)]
)
def test_languages(locale: str, words: Wording) -> None:
    assert wording(locale) is words


def test_both_languages_fill_the_same_places() -> None:
    for place in fields(Wording):
        chinese, english_ = getattr(CHINESE, place.name), getattr(ENGLISH, place.name)
        if isinstance(chinese, str):
            assert chinese.count("{}") == english_.count("{}"), place.name


@pytest.mark.parametrize(
    ("minutes_later", "chinese", "in_english"),
    [
        (0, "发布于 3 分钟前，剩余 7 分钟", "Published 3 min ago, 7 min left"),
        (6.5, "发布于 9 分钟前，剩余 30 秒", "Published 9 min ago, 30 s left"),
        (11, "发布于 14 分钟前，已超时 4 分钟", "Published 14 min ago, late by 4 min"),
    ],
)
def test_timing(minutes_later: float, chinese: str, in_english: str) -> None:
    now = NOW + timedelta(minutes=minutes_later)

    assert timing(CHINESE, message(), now) == chinese
    assert timing(ENGLISH, english(), now) == in_english


def test_timing_of_a_service_message() -> None:
    assert timing(CHINESE, operational(), NOW) == "发生于 20 秒前"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 秒"),
        (59.9, "59 秒"),
        (60, "1 分钟"),
        (3599, "59 分钟"),
        (3600, "1 小时"),
        (7500, "2 小时 5 分钟"),
        (86_400, "1 天"),
        (180_000, "2 天 2 小时"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(CHINESE, seconds) == text


@pytest.mark.parametrize(
    ("count", "chinese", "in_english"),
    [
        (None, "", ""),
        (830, "粉丝 830", "830 followers"),
        (9_999, "粉丝 9,999", "9,999 followers"),
        (10_000, "粉丝 1 万", "10k followers"),
        (123_456, "粉丝 12.3 万", "123.4k followers"),
        (99_999_999, "粉丝 9999.9 万", "99.9M followers"),
        (120_000_000, "粉丝 1.2 亿", "120M followers"),
    ],
)
def test_followers(count: int | None, chinese: str, in_english: str) -> None:
    assert followers(CHINESE, count) == chinese
    assert followers(ENGLISH, count) == in_english


def test_headlines() -> None:
    assert headline(CHINESE, message()) == "紧急 · 星云手表 · 微博"
    assert headline(ENGLISH, english()) == "Urgent · NebulaWatch · X"
    unsure = message(uncertain=True)
    assert headline(CHINESE, unsure) == "紧急 · 星云手表 · 微博 · 拿不准，请人看"
    assert headline(ENGLISH, english(uncertain=True)).endswith(" · X · Not sure, please look")
    assert headline(CHINESE, operational()) == "服务告警 · 重要"
    assert headline(ENGLISH, operational(brand="NebulaWatch")) == (
        "Service alert · Important · NebulaWatch"
    )


def test_matched_words() -> None:
    assert matched(CHINESE, post()) == "命中词：星云手表、冒烟、退款"
    assert matched(ENGLISH, post(marks=())) == ""


@pytest.mark.parametrize(
    ("how", "sentence", "button"),
    [
        ("api", "品牌账号", "在控制台回复"),
        ("intent", "X 回复框", "打开 X 回复框"),
        ("manual", "粘贴", "打开原帖去评论"),
    ],
)
def test_how_a_reply_gets_out(how: str, sentence: str, button: str) -> None:
    assert sentence in how_to_post(CHINESE, reply(how=how))
    assert post_button(CHINESE, reply(how=how)) == button


def test_why_a_case_is_told_of_again() -> None:
    assert telling(CHINESE, message()) == telling(ENGLISH, english()) == ""
    assert headline(CHINESE, message(reason="severity_up")) == "紧急 · 星云手表 · 微博 · 级别上升"
    over = message(reason="resolved", ended=True, uncertain=True)
    assert headline(CHINESE, over) == "紧急 · 星云手表 · 微博 · 已解决"
    assert headline(ENGLISH, english(reason="withdrawn")) == "Urgent · NebulaWatch · X · Withdrawn"
    assert telling(CHINESE, message(reason="of tomorrow", ended=True)) == "已结束，无需处理"
    assert [reason for reason, _ in CHINESE.telling] == [reason for reason, _ in ENGLISH.telling]


@pytest.mark.parametrize(("words", "locale"), [(CHINESE, "zh-CN"), (ENGLISH, "en")])
@pytest.mark.parametrize("reason", [each for each in Reason if each is not Reason.FIRST])
def test_a_reason_has_one_name_everywhere(words: Wording, locale: str, reason: Reason) -> None:
    assert telling(words, message(reason=reason.value)) == short_name(reason, locale)


def test_what_is_told_of_a_case_without_a_post_is_not_about_the_service() -> None:
    alert = message(post=None, title=digest_title("zh-CN", 5), brand="")
    assert headline(CHINESE, alert) == "紧急"
    assert alert.title == "5 条提醒"
    assert digest_title("en", 5) == "5 alerts"


@pytest.mark.parametrize(
    ("spread", "reach", "chinese", "in_english"),
    [
        (1, 0, "", ""),
        (1, 830, "触达 830 人", "reached 830 followers"),
        (128, 0, "传播 128 条", "told by 128 posts"),
        (
            20_000,
            120_000_000,
            "传播 2 万条，触达 1.2 亿人",
            "told by 20k posts, reached 120M followers",
        ),
    ],
)
def test_how_far_a_story_got(spread: int, reach: int, chinese: str, in_english: str) -> None:
    assert measure(CHINESE, message(spread=spread, reach=reach)) == chinese
    assert measure(ENGLISH, english(spread=spread, reach=reach)) == in_english


@pytest.mark.parametrize(
    ("minutes", "chinese", "in_english"),
    [
        (15, "请在 15 分钟内处理", "act within 15 min"),
        (0, "请在 0 秒内处理", "act within 0 s"),
        (-90, "处理时限已过 1 小时 30 分钟", "should have acted 1 h 30 min ago"),
    ],
)
def test_until_when_somebody_must_act(minutes: int, chinese: str, in_english: str) -> None:
    act_by = NOW + timedelta(minutes=minutes)

    assert duty(CHINESE, message(act_by=act_by), NOW) == chinese
    assert duty(ENGLISH, english(act_by=act_by), NOW) == in_english
    assert duty(CHINESE, message(act_by=act_by, ended=True), NOW) == ""
    assert duty(CHINESE, message(), NOW) == ""


def test_who_must_act() -> None:
    people = (Mention("张三", {"slack": "U1"}), Mention("Li Si"))
    assert called(CHINESE, message(mentions=people)) == "@张三、@Li Si"
    assert called(ENGLISH, message()) == ""
