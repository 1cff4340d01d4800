"""Amounts of money in what people write."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.amount import MAX_AMOUNT, amount_yuan, largest_amount

RATES = {"USD": Decimal(7), "HKD": Decimal("0.9")}


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("¥1,299.50", "1299.50"),
        ("￥１２９９", "1299"),
        ("RMB 1299", "1299"),
        ("rmb1299到手", "1299"),
        ("人民币1299", "1299"),
        ("花了1299元", "1299"),
        ("1299 块", "1299"),
        ("1,299 yuan", "1299"),
        ("1000.00元", "1000.00"),
        ("1000.01元", "1000.01"),
        ("2千块", "2000"),
        ("1千2百块", "1200"),
        ("1.2万元", "12000"),
        ("1 万元", "10000"),
        ("1万2千元", "12000"),
        ("3w块", "30000"),
        ("一千元", "1000"),
        ("一千二百块", "1200"),
        ("一千二块", "1200"),
        ("一千零二块", "1002"),
        ("两万五块", "25000"),
        ("三点五万元", "35000"),
        ("十点五万块", "105000"),
        ("一万零五百块", "10500"),
        ("四千八百八十八元", "4888"),
        ("二〇〇〇元", "2000"),
        ("一二九九元", "1299"),
        ("壹仟贰佰元整", "1200"),
        ("三萬塊", "30000"),
        ("一亿元", "100000000"),
        ("¥400一晚", "400"),
        ("5块钱", "5"),
        ("12块5毛", "12.5"),
        ("3元5角", "3.5"),
        ("99块的东西", "99"),
    ],
)
def test_signs_units_and_numerals(text: str, yuan: str) -> None:
    assert amount_yuan(text) == Decimal(yuan)
    assert amount_yuan(f"星云手表坏了，{text}，退款！") == Decimal(yuan)


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1000-2000元", 2000),
        ("1000~2000块", 2000),
        ("1000到2000元", 2000),
        ("¥1000-¥2000", 2000),
        ("1-2万元", 20000),
        ("三五百块", 500),
        ("七八千块钱", 8000),
        ("二三十块", 30),
        ("先付500元，又付1500元", 1500),
        ("分别是100，200元", 200),
        ("几千块", 2000),
        ("好几万块", 20000),
        ("数千元", 2000),
        ("十几万元", 120000),
        ("两千多块", 2000),
        ("一百多万元", 1_000_000),
        ("上千元", 1000),
        ("上万块", 10000),
    ],
)
def test_of_several_the_largest_and_of_vague_ones_the_least(text: str, yuan: int) -> None:
    assert amount_yuan(text) == yuan


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("花了3000买的", 3000),
        ("退我1999", 1999),
        ("价格是2,999", 2999),
        ("赔偿1.2万", 12000),
        ("花了一千二", 1200),
        ("花了两万五", 25000),
        ("花了1万2", 12000),
        ("亏了3k", 3000),
        ("花了1k", 1000),
        ("花三w", 30000),
        ("充值648", 648),
        ("总共花了大约2000多", 2000),
    ],
)
def test_a_word_of_paying_makes_a_figure_money(text: str, yuan: int) -> None:
    assert amount_yuan(text) == yuan


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有数字",
        "订单号20241122334455",
        "订单 88886666 退款",
        "退款20241111",
        "退款订单123456",
        "付款13812345678",
        "电话13812345678",
        "400-820-8820",
        "2024年11月22日",
        "2025元旦",
        "iPhone15 Pro Max 256G",
        "NebulaWatch 3000",
        "5G手机",
        "4k屏",
        "买了两块手表",
        "一块去",
        "千元机",
        "百元以下",
        "万元户",
        "扣了12分",
        "赔偿3000积分",
        "补偿2000京豆",
        "退3000个",
        "扣了3000米",
        "1.2万人围观",
        "转发2万",
        "1万2",
        "1k",
        "退一赔三",
        "假一赔十",
        "0元购",
        "$200",
        "5000日元",
        "99999999999元",
        "一" * 40 + "元",
        "九点九点九元",
        "3000metre",
    ],
)
def test_other_figures_are_no_money(text: str) -> None:
    assert amount_yuan(text) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("$200", 1400),
        ("US$1,299.50", Decimal("9096.5")),
        ("200 dollars", 1400),
        ("100美金", 700),
        ("100刀", 700),
        ("1000港币", 900),
        ("HK$1000", 900),
        ("$200，也就是1500元", 1500),
        ("€200", None),
        ("5000日元", None),
    ],
)
def test_foreign_money_counts_where_its_rate_is_known(text: str, yuan: Decimal | None) -> None:
    assert amount_yuan(text, RATES) == yuan


TABLE = [
    ("¥1,000.5", "1000.5"),
    ("￥１，０００．５", "1000.5"),
    ("RMB¥1,200", "1200"),
    ("CNY 1200", "1200"),
    ("1200¥", "1200"),
    ("1000.00元", "1000.00"),
    ("1000.01元", "1000.01"),
    ("0.01元", "0.01"),
    ("-500元", "500"),
    ("余额-1500.5元", "1500.5"),
    ("0元", None),
    ("¥0.00", None),
    ("被骗一千二", "1200"),
    ("一千二", "1200"),
    ("两万三", "23000"),
    ("两萬三千元", "23000"),
    ("參仟伍佰元", "3500"),
    ("伍拾萬圓", "500000"),
    ("一千零五十元", "1050"),
    ("一万零五块", "10005"),
    ("花了1千5百", "1500"),
    ("花了1万2千3", "12300"),
    ("花了1w5", "15000"),
    ("亏了3k8", "3800"),
    ("退我1.5k", "1500"),
    ("充了2w多", "20000"),
    ("赔1.2 万", "12000"),
    ("三千多块", "3000"),
    ("上千块", "1000"),
    ("十来万块", "100000"),
    ("1000-2000元", "2000"),
    ("¥800～1,500", "1500"),
    ("三四千块", "4000"),
    ("一两万元", "20000"),
    ("1.5k到2k块", "2000"),
    ("先扣300元，后来又扣了1,300元", "1300"),
    ("要求一千二的赔偿", "1200"),
    ("星云手表1499买的", "1499"),
    ("3000块钱打了水漂", "3000"),
    ("8999的货款", "8999"),
    ("学费12800", "12800"),
    ("押金2000", "2000"),
    ("金额：3680", "3680"),
    ("I paid 1500 for this watch", "1500"),
    ("spent 1.5k on it", "1500"),
    ("they owe me 2000", "2000"),
    ("scammed me out of 3k", "3000"),
    ("cost me about 1,200.", "1200"),
    ("refund of 1999 please", "1999"),
    ("200 RMB", "200"),
    ("paid 1200 rupees", None),
    ("花了3000泰铢", None),
    ("$1,299.99", None),
    ("1500 bucks", None),
    ("100€", None),
    ("5折", None),
    ("打八五折", None),
    ("3天", None),
    ("iPhone 15", None),
    ("iPhone15 Pro Max 256G", None),
    ("2023年", None),
    ("2023款", None),
    ("2021买的", None),
    ("12315", None),
    ("打12315投诉退款", None),
    ("400-800-1234", None),
    ("退款电话 400-800-1234", None),
    ("尾号1234", None),
    ("扣款尾号1234的卡", None),
    ("order 20231105123", None),
    ("refund order 20231105123 now", None),
    ("订单号：20231105123，退款", None),
    ("退款单 A1234567", None),
    ("13812345678", None),
    ("退款138-1234-5678", None),
    ("付款 138 1234 5678", None),
    ("赔我，电话：+86 138 1234 5678", None),
    ("退款021-62345678", None),
    ("身份证110101199003071234", None),
    ("退款 11010119900307123X", None),
    ("运费SF1234567890123", None),
    ("付费 v1.5.3", None),
    ("充值2.0.1版本", None),
    ("退款2023.11.05", None),
    ("退款2023-11-05", None),
    ("扣款2024/11/05 11:30", None),
    ("收费11:30", None),
    ("涨价30%", None),
    ("退80％", None),
    ("百分之三十", None),
    ("39.9042,116.4074", None),
    ("花了3小时", None),
    ("退了三次", None),
    ("赔了一百个不是", None),
    ("1000元优惠券没到账", None),
    ("满1000元减200券", None),
    ("充1000送200", "1000"),
    ("月薪8000元的我", None),
    ("年营收3000万元", None),
    ("转发2万", None),
    ("粉丝两万三", None),
    ("跑了两万三公里", None),
    ("你个二百五", None),
    ("第1000个", None),
    ("假一赔十", None),
    ("一毛不拔", None),
]
"""What is claimed in a text, in yuan; None where its figures are no money or nobody's claim."""


@pytest.mark.parametrize(("text", "yuan"), TABLE)
def test_the_table(text: str, yuan: str | None) -> None:
    expected = Decimal(yuan) if yuan else None
    assert amount_yuan(text) == expected
    assert amount_yuan(f"NebulaWatch 坏了。{text}。退货") == expected


@pytest.mark.parametrize(
    ("text", "limit", "above"),
    [
        ("999.99元", 1000, False),
        ("1000元", 1000, False),
        ("1000.00元", 1000, False),
        ("1000.01元", 1000, True),
        ("一千块", 1000, False),
        ("一千多块", 1000, True),
        ("1000余元", 1000, True),
        ("花了1000多", 1000, True),
        ("1000元出头", 1000, True),
        ("超过1000元", 1000, True),
        ("不超过1000元", 1000, False),
        ("没超过一千块", 1000, False),
        ("过千元", 1000, True),
        ("上千元", 1000, False),
        ("一百多万元", 1_000_000, True),
        ("over 1000 yuan", 1000, True),
        ("no more than 1000 yuan", 1000, False),
        ("900多元", 1000, False),
        ("先付1000元，再付1000多元", 1000, True),
    ],
)
def test_what_lies_above_a_limit(text: str, limit: int, above: bool) -> None:
    amount = largest_amount(text)
    assert amount is not None
    assert amount.exceeds(limit) is above


@pytest.mark.parametrize(
    ("text", "rates", "yuan"),
    [
        ("1.5k USD", {"USD": Decimal("7.1")}, "10650"),
        ("1500 bucks", {"USD": Decimal("7.1")}, "10650"),
        ("A$200", {"AUD": Decimal("4.7")}, "940"),
        ("US$200", {"AUD": Decimal("4.7")}, None),
        ("3000円", {"JPY": Decimal("0.05")}, "150"),
        ("3000泰铢", {"THB": Decimal("0.2")}, "600"),
        ("$100 and 800 yuan", {"USD": Decimal(7)}, "800"),
    ],
)
def test_each_currency_has_its_rate(text: str, rates: dict[str, Decimal], yuan: str | None) -> None:
    assert amount_yuan(text, rates) == (Decimal(yuan) if yuan else None)


def chinese(number: int, *, colloquial: bool = False) -> str:
    """Write a number as people say it: 12005 is 一万二千零五, and 1200 colloquially 一千二."""
    for size, unit in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        if number < size:
            continue
        head, rest = divmod(number, size)
        if rest and colloquial and size >= 100 and head < 10 and not rest % (size // 10):
            return chinese(head) + unit + chinese(rest // (size // 10))
        gap = "零" if rest and rest < size // 10 else ""
        return chinese(head) + unit + gap + (chinese(rest) if rest else "")
    return "零一二三四五六七八九"[number]


@given(st.integers(1, int(MAX_AMOUNT) - 1))
@example(10)
@example(100_010)
@example(110_000_001)
def test_numerals_are_read_as_they_are_written(number: int) -> None:
    assert amount_yuan(chinese(number) + "元") == number


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([100, 1000, 10_000]))
def test_the_last_unit_may_go_unsaid(head: int, tail: int, size: int) -> None:
    number = head * size + tail * size // 10
    written = chinese(number, colloquial=True)
    assert len(written) == 3
    assert amount_yuan(f"{written}块钱") == number
    assert amount_yuan(f"花了{written}。") == number


@given(st.decimals(min_value="0.01", max_value=MAX_AMOUNT - 1, places=2))
def test_figures_with_and_without_commas(number: Decimal) -> None:
    assert amount_yuan(f"¥{number:,}") == number
    assert amount_yuan(f"付{number}元") == number


@given(st.text(alphabet="一两三十百千万亿点零几多1239.,-~元块¥$kw花了 退款个", max_size=60))
def test_every_text_is_taken(text: str) -> None:
    amount = amount_yuan(text, RATES)
    assert amount is None or 0 < amount < MAX_AMOUNT
