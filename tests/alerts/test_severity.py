"""The table of urgency, and its reasons in words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.severity import (
    Cause,
    CauseCode,
    Pace,
    Rating,
    Severity,
    Thresholds,
    rate,
    sentence,
)
from scrapers.post import Author, Post, Standing
from sentiment.verdict import Risk
from tests.alerts.posts import AUTHOR, OTHER, hit_of, post, repost, verdict

LIMITS = Thresholds()
NORMAL, IMPORTANT, URGENT = Severity


def rating(it: Post, **changes: Any) -> Rating:
    known: dict[str, Any] = {"earlier_complaints": 0, "spread": 1, "thresholds": LIMITS}
    risk = changes.pop("risk", Risk.NONE)
    return rate(it, hit_of(it), verdict(risk=risk), **{**known, **changes})


def codes(rated: Rating) -> list[CauseCode]:
    return [cause.code for cause in rated.reasons]


def test_a_plain_complaint_is_normal_and_says_by_which_words() -> None:
    rated = rating(post("星云手表退款，星云的问题，退款"))
    assert rated.severity is NORMAL
    assert rated.reasons == (Cause(CauseCode.WORDS, {"brand": "星云手表", "words": "退款 / 问题"}),)


@pytest.mark.parametrize(
    ("risk", "severity"),
    [
        (Risk.SAFETY, URGENT),
        (Risk.HEALTH, URGENT),
        (Risk.DATA_LEAK, URGENT),
        (Risk.SELF_HARM, URGENT),
        (Risk.LEGAL, IMPORTANT),
        (Risk.FRAUD, IMPORTANT),
        (Risk.MEDIA, IMPORTANT),
        (Risk.DISCRIMINATION, IMPORTANT),
    ],
)
def test_risks(risk: Risk, severity: Severity) -> None:
    rated = rating(post(), risk=risk)
    assert rated.severity is severity
    assert rated.reasons[0] == Cause(CauseCode.RISK, {"risk": risk.value}, severity)


@pytest.mark.parametrize(
    ("author", "severity", "code"),
    [
        (replace(AUTHOR, followers=99_999), NORMAL, CauseCode.WORDS),
        (replace(AUTHOR, followers=100_000), URGENT, CauseCode.KOL),
        (replace(AUTHOR, followers=None), NORMAL, CauseCode.WORDS),
        (replace(AUTHOR, standing=Standing.MEDIA), URGENT, CauseCode.PUBLIC_VOICE),
        (replace(AUTHOR, standing=Standing.GOVERNMENT), URGENT, CauseCode.PUBLIC_VOICE),
        (replace(AUTHOR, standing=Standing.ENTERPRISE), NORMAL, CauseCode.WORDS),
        (replace(AUTHOR, standing=Standing.PERSONAL), NORMAL, CauseCode.WORDS),
    ],
)
def test_who_speaks(author: Author, severity: Severity, code: CauseCode) -> None:
    alone = rating(post(author=author))
    assert (alone.severity, codes(alone)[0]) == (severity, code)
    passed_on = rating(repost("转发微博", post(author=author)))
    assert (passed_on.severity, codes(passed_on)[0]) == (severity, code)


def test_the_brand_s_own_fame_makes_nothing_urgent() -> None:
    official = Author("6004281123", "星云手表官方", followers=3_000_000)
    announcement = post("星云手表七天无理由退款", author=official)
    assert rating(repost("我的退款没到", announcement)).severity is NORMAL


@pytest.mark.parametrize(
    ("spread", "severity"),
    [(1, NORMAL), (9, NORMAL), (10, IMPORTANT), (99, IMPORTANT), (100, URGENT), (5000, URGENT)],
)
def test_spread(spread: int, severity: Severity) -> None:
    assert rating(post(), spread=spread).severity is severity


@pytest.mark.parametrize(
    ("reach", "severity"),
    [
        (0, NORMAL),
        (99_999, NORMAL),
        (100_000, IMPORTANT),
        (999_999, IMPORTANT),
        (1_000_000, URGENT),
    ],
)
def test_how_many_people_are_reached(reach: int, severity: Severity) -> None:
    rated = rating(post(), reach=reach)
    assert rated.severity is severity
    cause = Cause(CauseCode.REACH, {"followers": reach}, severity)
    assert (cause in rated.reasons) == (severity is not NORMAL)


@pytest.mark.parametrize(
    ("posts", "usual", "severity"),
    [
        (19, 0, NORMAL),
        (20, 0, IMPORTANT),
        (20, 4, IMPORTANT),
        (20, 4.1, NORMAL),
        (99, 4, IMPORTANT),
        (100, 4, URGENT),
        (100, 20, URGENT),
        (100, 21, NORMAL),
        (5000, 2000, NORMAL),
    ],
)
def test_how_fast_a_story_grows(posts: int, usual: float, severity: Severity) -> None:
    rated = rating(post(), pace=Pace(posts, 600, usual))
    assert rated.severity is severity
    assert (rated.reasons[0].code is CauseCode.SPEED) == (severity is not NORMAL)


def test_a_key_customer_is_important_whatever_they_say() -> None:
    rated = rating(post(), key_customer="陈女士")
    assert rated.severity is IMPORTANT
    assert rated.reasons[0] == Cause(CauseCode.VIP, {"name": "陈女士"}, IMPORTANT)
    assert rating(repost("转发微博", post()), key_customer="陈女士").severity is IMPORTANT
    assert rating(post(), key_customer="陈女士", risk=Risk.SAFETY).severity is URGENT


def test_a_second_complaint_of_one_person() -> None:
    again = rating(post(), earlier_complaints=1)
    assert again.severity is IMPORTANT
    assert again.reasons[0] == Cause(CauseCode.REPEAT, {"count": 2}, IMPORTANT)
    # Who passes on what another complains of does not complain a second time.
    assert rating(repost("转发微博", post()), earlier_complaints=1).severity is NORMAL


@pytest.mark.parametrize(
    ("amount", "severity"),
    [
        ("999元", NORMAL),
        ("1000元", NORMAL),
        ("1000.00元", NORMAL),
        ("1000.01元", IMPORTANT),
        ("一千二百块", IMPORTANT),
        ("$5000", NORMAL),
        ("一千多块", IMPORTANT),
        ("1.5k", IMPORTANT),
        ("1.5k块", IMPORTANT),
        ("¥1,000.5", IMPORTANT),
        ("两万三", IMPORTANT),
        ("订单号20231105123", NORMAL),
        ("电话13812345678", NORMAL),
        ("满1000元减200券", NORMAL),
    ],
)
def test_amounts_above_the_limit(amount: str, severity: Severity) -> None:
    it = post(f"星云手表{amount}买的，退款")
    assert rating(it).severity is severity
    assert rating(repost("转发微博", it)).severity is severity


def test_foreign_money_counts_at_the_configured_rate() -> None:
    it = post("NebulaWatch charged me $200, refund")
    assert rating(it).severity is NORMAL
    known = Thresholds(exchange_rates={"USD": Decimal("7.1")})
    rated = rating(it, thresholds=known)
    assert rated.severity is IMPORTANT
    assert sentence(rated.reasons[0], "en") == "About 1,420 yuan, more than 1,000"


def test_every_cause_is_told_the_gravest_first() -> None:
    it = post("星云手表12,999.50元买的，退款", author=replace(AUTHOR, followers=200_000))
    rated = rating(
        it,
        risk=Risk.LEGAL,
        spread=20,
        earlier_complaints=2,
        reach=2_000_000,
        pace=Pace(30, 600, 1),
        key_customer="陈女士",
    )
    assert rated.severity is URGENT
    assert codes(rated) == [
        CauseCode.KOL,
        CauseCode.REACH,
        CauseCode.RISK,
        CauseCode.SPREAD,
        CauseCode.SPEED,
        CauseCode.VIP,
        CauseCode.REPEAT,
        CauseCode.AMOUNT,
        CauseCode.WORDS,
    ]


def test_thresholds_are_the_caller_s() -> None:
    strict = Thresholds(
        kol_followers=50, important_amount_yuan=10, spread_important=2, spread_urgent=3
    )
    assert rating(post(author=OTHER), thresholds=strict).severity is URGENT
    poor = post("星云手表11元，退款", author=replace(OTHER, followers=0))
    assert rating(poor, thresholds=strict).severity is IMPORTANT
    assert rating(poor, thresholds=strict, spread=3).severity is URGENT


@given(
    risk=st.sampled_from(Risk),
    graver=st.sampled_from(Risk),
    spread=st.integers(1, 2000),
    more=st.integers(0, 2000),
    earlier=st.integers(0, 3),
    reach=st.integers(0, 2_000_000),
    pace=st.none() | st.builds(Pace, st.integers(0, 300), st.just(600), st.floats(0, 50)),
    customer=st.sampled_from(["", "陈女士"]),
)
def test_more_never_rates_lower(
    risk: Risk,
    graver: Risk,
    spread: int,
    more: int,
    earlier: int,
    reach: int,
    pace: Pace | None,
    customer: str,
) -> None:
    known: dict[str, Any] = {"pace": pace, "key_customer": customer, "reach": reach}
    assert rating(post(), risk=risk, **known).severity >= rating(post(), risk=risk).severity
    calm = rating(post(), risk=Risk.NONE, spread=spread)
    worse = rating(post(), risk=risk, spread=spread + more, earlier_complaints=earlier)
    assert worse.severity >= calm.severity
    with_risk = rating(post(), risk=graver, spread=spread, earlier_complaints=earlier)
    assert with_risk.severity >= rating(post(), risk=Risk.NONE, spread=spread).severity


@pytest.mark.parametrize(
    ("cause", "chinese", "english"),
    [
        (Cause(CauseCode.RISK, {"risk": "data_leak"}), "涉及信息泄露风险", "Risk: data leak"),
        (
            Cause(CauseCode.PUBLIC_VOICE, {"name": "晨报", "standing": "media"}),
            "媒体账号“晨报”发声",
            "“晨报” speaks, a media account",
        ),
        (
            Cause(CauseCode.KOL, {"name": "老陈", "followers": 1_200_000}),
            "大 V“老陈”发声，粉丝 1,200,000",
            "“老陈” speaks, with 1,200,000 followers",
        ),
        (
            Cause(CauseCode.AMOUNT, {"yuan": "12,999.50", "limit": 1000}),
            "涉及金额 12,999.50 元，超过 1,000 元",
            "About 12,999.50 yuan, more than 1,000",
        ),
        (
            Cause(CauseCode.REACH, {"followers": 1_500_000}),
            "发帖者的粉丝合计 1,500,000",
            "Those who tell it have 1,500,000 followers together",
        ),
        (
            Cause(CauseCode.SPEED, {"posts": 1200, "minutes": 10, "usual": "2.5"}),
            "10 分钟内新增 1,200 条，平时约 2.5 条",
            "1,200 posts within 10 minutes, usually about 2.5",
        ),
        (
            Cause(CauseCode.VIP, {"name": "陈女士"}),
            "大客户“陈女士”在说",
            "Key customer “陈女士” speaks",
        ),
    ],
)
def test_causes_in_words(cause: Cause, chinese: str, english: str) -> None:
    assert sentence(cause, "zh-CN") == chinese
    assert sentence(cause, "en") == english


@pytest.mark.parametrize("risk", [risk for risk in Risk if risk is not Risk.NONE])
@pytest.mark.parametrize("standing", [Standing.MEDIA, Standing.GOVERNMENT])
def test_whatever_is_rated_can_be_said(risk: Risk, standing: Standing) -> None:
    author = Author("5", "{晨报}", followers=900_000, standing=standing)
    famous = replace(author, standing=Standing.ORDINARY)
    for speaker in (author, famous):
        it = post("星云手表要退款3000元", author=speaker)
        rated = rating(
            it,
            risk=risk,
            spread=50,
            earlier_complaints=1,
            reach=200_000,
            pace=Pace(40, 45, 0.25),
            key_customer="{陈女士}",
        )
        assert len(rated.reasons) == 9
        for cause in rated.reasons:
            said = {sentence(cause, locale) for locale in ("zh-CN", "en")}
            assert len(said) == 2
    with pytest.raises(KeyError):
        sentence(Cause(CauseCode.SPREAD, {"count": 3}), "fr")
