"""All numbers are invented; those with a check digit were computed for these tests."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responses import privacy
from responses.privacy import Finding, Kind, find, mask


@pytest.mark.parametrize(
    ("text", "kind", "masked"),
    [
        ("电话13812345678，急", Kind.MOBILE, "电话138****5678，急"),
        ("138-1234-5678", Kind.MOBILE, "138******5678"),
        ("138 1234 5678", Kind.MOBILE, "138******5678"),
        ("+86 13812345678", Kind.MOBILE, "+86********5678"),
        ("8613812345678", Kind.MOBILE, "861******5678"),
        ("１３８１２３４５６７８", Kind.MOBILE, "１３８****５６７８"),
        ("call +1 415-555-2671 now", Kind.MOBILE, "call +1 ********2671 now"),
        ("call +44 20 7946 0958", Kind.MOBILE, "call +44*********0958"),
        ("call 415-555-2671", Kind.MOBILE, "call 415*****2671"),
        ("call (415) 555-2671", Kind.MOBILE, "call (41*******2671"),
        ("座机0755-12345678", Kind.LANDLINE, "座机075********78"),
        ("(010)12345678", Kind.LANDLINE, "(01********78"),
        ("01012345678", Kind.LANDLINE, "010******78"),
        ("身份证44030519900101123X", Kind.IDENTITY, "身份证4***************3X"),
        ("440305199001011234", Kind.IDENTITY, "4***************34"),
        ("440305 19900101 1234", Kind.IDENTITY, "4*****************34"),
        ("卡号4111 1111 1111 1111", Kind.BANK_CARD, "卡号***************1111"),
        ("6222020000000000000", Kind.BANK_CARD, "***************0000"),
        ("订单号：2026112200012345", Kind.ORDER, "订单号：2*************45"),
        ("订单编号 A12345678 没发货", Kind.ORDER, "订单编号 A******78 没发货"),
        ("订单123456789012 没到", Kind.ORDER, "订单1*********12 没到"),
        ("运单号是77123456789", Kind.ORDER, "运单号是7********89"),
        ("快递单号:SF1234567890123", Kind.ORDER, "快递单号:S************23"),
        ("SF1234567890123 不动了", Kind.ORDER, "S************23 不动了"),
        ("order number is 112-3456789", Kind.ORDER, "order number is 1********89"),
        ("my order #A1234567 is late", Kind.ORDER, "my order #A*****67 is late"),
        ("Tracking no. 1Z999AA10123456784", Kind.ORDER, "Tracking no. 1***************84"),
        ("a.b+c@example.com.cn", Kind.EMAIL, "a****@example.com.cn"),
        ("邮箱abc@qq.com谢谢", Kind.EMAIL, "邮箱a**@qq.com谢谢"),
        ("微信号: abc_12345", Kind.ACCOUNT, "微信号: a******45"),
        ("加我vx：nebula2026", Kind.ACCOUNT, "加我vx：n*******26"),
        ("QQ 12345678", Kind.ACCOUNT, "QQ 1*****78"),
        ("寄到广东省深圳市南山区科技路12号3栋501室", Kind.ADDRESS, "寄到广东*******************"),
        ("杭州市西湖区文一路88号", Kind.ADDRESS, "杭州**********"),
        ("I live at 221 Baker Street, apt 5", Kind.ADDRESS, "I live at 22*********************"),
        ("护照号G12345678", Kind.PASSPORT, "护照号G******78"),
        ("passport: E12345678", Kind.PASSPORT, "passport: E******78"),
        ("E12345678", Kind.PASSPORT, "E******78"),
        ("车牌粤B12345被刮", Kind.PLATE, "车牌粤****45被刮"),
        ("京A·12345", Kind.PLATE, "京*****45"),
        ("我的车是沪AD12345", Kind.PLATE, "我的车是沪*****45"),
    ],
)
def test_personal_data_is_found_and_masked(text: str, kind: Kind, masked: str) -> None:
    assert [finding.kind for finding in find(text)] == [kind]
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "",
        "退款！",
        "¥1999.00，原价1,299元，共12345678元",
        "赔我13812345678元",
        "2026-11-22 12:30 买的",
        "2026年11月22日",
        "订单 2026-11-20 下的",
        "订单3天没发货",
        "订单金额 12345678 元",
        "iPhone15 Pro Max、RTX4090、13900K、WH-1000XM5",
        "星云X20000手表",
        "星云S12345升级版",
        "打12315投诉，客服4001234567",
        "第100000000位用户",
        "https://weibo.com/1234567890/4900000000000001",
        "https://x.com/nebula/status/1900000000000000001",
        "4111 1111 1111 1112",
        "@星云手表 @NebulaWatch 看看",
        "地铁南京路3号线挤爆",
        "11月11号到现在",
        "3号店员态度差",
        "QQ音乐崩了",
        "微信 iPhone版闪退",
        "order no response for 3 days",
        "the 2 main streets",
        "Ted 2 at the drive in",
        "v1.2.3-4567",
        "12345678901234567890123",
    ],
)
def test_prices_dates_models_and_public_numbers_stay(text: str) -> None:
    assert find(text) == ()
    assert mask(text) == text


def test_several_findings_keep_their_places() -> None:
    text = "订单号 20261122001，电话13812345678，邮箱li@example.com"
    assert find(text) == (
        Finding(Kind.ORDER, 4, 15),
        Finding(Kind.MOBILE, 18, 29),
        Finding(Kind.EMAIL, 32, 46),
    )
    assert mask(text) == "订单号 2********01，电话138****5678，邮箱l*@example.com"


def test_overlapping_findings_become_one() -> None:
    (finding,) = find("13812345678@example.com")
    assert (finding.start, finding.end) == (0, 23)


# Pieces that personal data are made of, so that examples come near the patterns.
PIECES = st.sampled_from(
    [
        *"0123456789+- .@*:/()，。",
        *(
            "138",
            "1234",
            "5678",
            "86",
            "4111111111111111",
            "44030519900101",
            "１３８",
            "SF",
            "E",
            "X",
        ),
        *(
            "订单号",
            "微信号",
            "QQ",
            "order no",
            "护照",
            "粤B",
            "路",
            "号",
            "市",
            "广东",
            "元",
            "0755",
        ),
        *("a", "qq.com"),
    ]
)
NEAR = st.lists(PIECES, max_size=14).map("".join)


@given(st.one_of(NEAR, st.text(st.characters(exclude_categories=()), max_size=60)))
def test_masking_keeps_the_length_and_settles(text: str) -> None:
    masked = mask(text)
    assert len(masked) == len(text)
    assert mask(masked) == masked
    assert all(after in ("*", before) for before, after in zip(text, masked, strict=True))


@given(NEAR)
def test_findings_are_in_order_and_apart(text: str) -> None:
    findings = find(text)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert all(before.end <= after.start for before, after in pairwise(findings))


@pytest.mark.parametrize("rule", privacy._RULES, ids=lambda rule: rule.pattern.pattern[:30])
@given(data=st.data())
def test_no_text_in_which_a_rule_finds_something_is_passed_over(
    rule: privacy._Rule, data: st.DataObject
) -> None:
    text = data.draw(st.from_regex(rule.pattern))
    digits = sum(character in "0123456789" for character in text)
    looked_at = digits >= rule.digits and rule.may_match(text)
    assert looked_at or not list(rule.findings(text))


@given(
    st.sampled_from(["", "电话", "tel ", "，", "(", "联系我："]),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "。", " 谢谢", "，急", "客服"]),
)
def test_no_mobile_number_is_left_readable(before: str, number: str, after: str) -> None:
    assert number not in mask(before + number + after)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 20_000,
        "1 " * 10_000,
        "中" * 20_000 + "1",
        "中路1" * 6_000,
        "a." * 10_000 + "@",
        "a@" * 10_000,
        "+1 " * 6_000,
        "13 " * 6_000,
        "订单号" * 6_000 + "1",
        "微信号:" * 5_000 + "1",
        "13812345678" * 1_800,
    ],
    ids=lambda text: text[:6],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    begun = time.process_time()
    mask(text)
    assert time.process_time() - begun < 2
