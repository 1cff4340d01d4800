from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses import wording
from responses.wording import Remark, blocked, lint

POLITE = {"zh-CN": "您好，{}请私信我们。", "en": "Hello, {} please DM us."}


def codes(text: str, locale: str) -> list[str]:
    return [remark.code for remark in lint(text, locale)]


@pytest.mark.parametrize(
    ("locale", "phrase", "code"),
    [
        ("zh-CN", "这个我不知道，", "negative"),
        ("zh-CN", "不太清楚，", "negative"),
        ("zh-CN", "这不归我管，", "negative"),
        ("zh-CN", "不是我们的问题，", "negative"),
        ("zh-CN", "没有办法，", "negative"),
        ("zh-CN", "公司规定，", "negative"),
        ("zh-CN", "您自己去找快递，", "negative"),
        ("zh-CN", "无理取闹，", "rude"),
        ("zh-CN", "是您自己的问题，", "arguing"),
        ("zh-CN", "别的客户都没有，", "arguing"),
        ("zh-CN", "保证解决，", "promise"),
        ("zh-CN", "一定会赔给您，", "promise"),
        ("zh-CN", "全额退款，", "promise"),
        ("zh-CN", "电话13812345678，", "personal_data"),
        ("zh-CN", "订单号20261122001，", "personal_data"),
        ("zh-CN", "{name}，", "unfilled"),
        ("zh-CN", "【订单号】，", "unfilled"),
        ("en", "I don't know,", "negative"),
        ("en", "that is not our problem,", "negative"),
        ("en", "there is nothing we can do,", "negative"),
        ("en", "it's our policy,", "negative"),
        ("en", "calm down,", "negative"),
        ("en", "shut up,", "rude"),
        ("en", "you are wrong,", "arguing"),
        ("en", "it was your own fault,", "arguing"),
        ("en", "we guarantee it,", "promise"),
        ("en", "we will definitely be refunding you,", "promise"),
        ("en", "full refund,", "promise"),
        ("en", "li@example.com,", "personal_data"),
        ("en", "%(brand)s,", "unfilled"),
        ("en", "这个我不知道,", "negative"),
    ],
)
def test_what_must_not_go_out(locale: str, phrase: str, code: str) -> None:
    text = POLITE[locale].format(phrase)
    assert codes(text, locale) == [code]
    assert blocked(text)
    assert lint(POLITE[locale].format(""), locale) == ()


@pytest.mark.parametrize(
    ("locale", "text", "code"),
    [
        ("zh-CN", "收到，处理中。", "not_polite"),
        ("en", "Got it. Working on it.", "not_polite"),
        ("zh-CN", "您好，你的反馈已收到。", "familiar"),
        ("zh-CN", "您好，已按SLA处理。", "jargon"),
        ("en", "Thanks, your RMA is open.", "jargon"),
        ("en", "Thanks, see https://example.com/help", "link"),
    ],
)
def test_what_is_only_remarked(locale: str, text: str, code: str) -> None:
    assert codes(text, locale) == [code]
    assert not blocked(text)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("您好，请提供您的手机号。", True),
        ("您好，麻烦在评论区留下订单号。", True),
        ("您好，麻烦私信订单号。", False),
        ("您好，请把订单号私信给我们。", False),
        ("您好，请勿担心。请提供身份证号，谢谢", True),
        ("Hello, please send your phone number.", True),
        ("Hello, please reply with your order number. DM works too.", True),
        ("Hello, please DM us your order number.", False),
        ("您好，请DM我们您的订单号。", False),
    ],
)
def test_personal_data_are_asked_for_in_private_only(text: str, asks: bool) -> None:
    assert ("asks_in_public" in codes(text, "zh-CN")) == asks
    assert blocked(text) == asks


@pytest.mark.parametrize(
    ("text", "locale", "better"),
    [("您好，我不知道。", "zh-CN", "我马上为您核实"), ("Sorry, no idea", "en", "let me check")],
)
def test_a_better_phrase_is_offered(text: str, locale: str, better: str) -> None:
    (remark,) = lint(text, locale)
    assert remark.better == better


def test_a_remark_tells_the_place() -> None:
    text = "您好，这个不知道，也不清楚。"
    first, second = lint(text, "zh-CN")
    assert first == Remark("negative", 5, 8, "我马上为您核实")
    assert text[second.start : second.end] == "不清楚"


@pytest.mark.parametrize(
    "text",
    ["您好，押金即保证金，请私信。", "您好，包装已收到，请放心。", "您好，滚轮故障请私信我们。"],
)
def test_words_that_only_look_alike(text: str) -> None:
    assert lint(text, "zh-CN") == ()


@given(st.text(max_size=80), st.sampled_from(["zh-CN", "en", "zh", "en-GB", ""]))
def test_places_lie_within_the_text_and_in_order(text: str, locale: str) -> None:
    remarks = lint(text, locale)
    assert all(0 <= remark.start <= remark.end <= len(text) for remark in remarks)
    assert [remark.start for remark in remarks] == sorted(remark.start for remark in remarks)


PIECES = st.sampled_from(
    [
        *("您好", "请", "私信", "电话", "订单号", "{", "}", "100", "%", " ", ".", "。", "a", "SOP"),
        *("13812345678", "https://", "please ", "your order number", "不", "知道", "保证", "退"),
        *("no idea", "Shut up", "guarantee", "full refund", "will surely ", "fix", "你"),
    ]
)


@given(st.lists(PIECES, max_size=10).map("".join), st.sampled_from(["zh-CN", "en"]))
def test_blocked_is_what_has_a_blocking_remark(text: str, locale: str) -> None:
    assert blocked(text) == any(remark.blocking for remark in lint(text, locale))


@pytest.mark.parametrize("rule", wording._ENGLISH, ids=lambda rule: rule.pattern.pattern[:30])
@given(data=st.data())
def test_no_english_rule_is_passed_over(rule: wording._Rule, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(rule.pattern))
    assert rule.code in codes(text, "en")
