"""Reads amounts of money from what people write, in figures or in Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from alerts.currency import CODES, SIGN, UNIT, YUAN

MAX_AMOUNT = Decimal(1_000_000_000)
"""Longer figures are numbers of orders and telephones."""

MAX_BARE_DIGITS = 5
"""So long may a figure without a unit be ("花了3000") to be money and not a number of something."""

_DIGITS = {numeral: str(value) for value, numeral in enumerate("零一二三四五六七八九")} | {
    "两": "2",
    "几": "2",  # 几千, 数万: at least two of them
    "数": "2",
    "点": ".",
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "k": 1000, "w": 10_000}
_VARIANTS = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億兩俩幾數點〇圆圓塊幣，",
    "一二二三三四五六六七八九十百千万亿两两几数点零元元块币、",
)

_DIGIT = "零一二三四五六七八九两几数"
_NUMERAL = f"{_DIGIT}十百千万亿"
# No possessive quantifiers: Python before 3.11.5 loses what such groups matched.
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?!,\d{3}|\d)|\d+)(?:\.\d+)?"
_PART = re.compile(rf"{_FIGURE}|[{_NUMERAL}点kw]")
_NUMBER = (
    rf"(?=[\d{_NUMERAL}])(?:(?<![{_DIGIT}]){_FIGURE}|(?<!\d)[{_DIGIT}]|[十百千万亿]"  # ¥400一晚
    rf"|(?<=[{_NUMERAL}])点(?=[零一二三四五六七八九])"
    r"|[多来 ](?=[千万亿])|[kw](?!\d?[a-z]|\d[\d.,]))+"  # 1w5 is 15000, 4k60 a picture
)
_MONEY = re.compile(
    rf"(?<![a-z0-9_$])(?<!\d[.,/])(?P<sign>{SIGN})?\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?:[-~—–]+|至|到)\s?(?:{SIGN})?(?P<upper>{_NUMBER}))?"
    rf"(?:\s?(?P<odd>[多余来]?)\s?(?P<unit>{UNIT})(?:(?P<tenths>[\d一二三四五六七八九])[角毛])?)?"
)
_PAID = re.compile(  # what stands before a figure that is money though no unit says so
    r"(?:花|付|赔|赔偿|补偿|退|退款|退还|扣|扣款|收|充|充值|损失|转账|转给|骗|坑|亏|欠|卖|罚"
    r"|价格|售价|标价|原价|定价|总价|报价|价值|(?<!免)费|费用|押金|定金|订金|金额|还款"
    r"|(?<!提)交了|借了|盗刷|总共|一共|共计|合计|总计)"
    r"[了掉走去给我你他她们到约近大概差不多超过将整至少才要是为的:：\s]{0,6}$"
)
_SPENT = re.compile(
    r"(?<![a-z])(?:paid|spent|spending|costs?|lost|losing|charged?|overcharged|owes?|owed|stole"
    r"|refund(?:ed)?|scammed|billed|worth|price[ds]?)"
    r"(?: (?:me|us|you|him|her|my|the|a|an|of|out|for|at|is|was|about|around|over|almost|nearly"
    r"|roughly|up|to|extra|another|whole|more|than))* ?:? ?$"
)
_COUNTED = re.compile(
    r"\s?[多余来]?(?:[年月日天号点时分秒次人个件台部条张份名位步米里公字粉元%℃克斤吨升度倍层楼期版话集"
    r"杯瓶盒箱包袋辆只支套双颗粒岁折赞股票]|款(?!项)|小时|积分|[京金]?豆|[a-z])"
)
_GOES_ON = re.compile(r"[-./:]\d| \d{3}")
"""A date, a time, a version or a telephone number, of which the match is but a part."""
_BOUGHT = re.compile(
    r"\s?[多余]?(?:左右|上下)?的?(?:买|购入|购买|入手|到手|拿下|赔偿|赔款|补偿|退款|货款|定金|订金"
    r"|押金|损失|没了|打了?水漂)"
)
_SAID_OF = re.compile(
    r"\s?(?:$|[^\sa-z0-9%]|(?:for|on|to|and|but|in|at|by|already|back|from|because|so|just|when|please|pls|total|extra)\b)"
)
_YEAR = re.compile(r"19[89]\d|20(?:0[1-9]|[1-3]\d)")
_HOTLINES = frozenset({"10010", "10086", "12305", "12306", "12315", "12318", "12333", "12345"}) | {
    "12378",
    "12381",
}
_UNSAID = re.compile(rf"[{_NUMERAL}]*[{_DIGIT}][千万][一二三四五六七八九]")
"""一千二, 两万三: so people speak of prices rather than of anything else."""
_TALLY = re.compile(
    r"(?:跑|开|走|排|第|粉丝?|转发|转|赞|播放|阅读|浏览|点击|销量|里程|公里|步|人数|票|评论|热度|评)"
    r"[了过到约近大概差不多有是数量:：\s]{0,4}$"
)
_NOT_CLAIMED_BEFORE = re.compile(
    r"(?:月薪|年薪|底薪|工资|月入|年入|收入|营收|利润|市值|估值|融资|销售额|票房|注册资本|(?<![未不])满)"
    r"[了约近大概差不多超过到达才只为是有:：\s]{0,4}$"
)
_NOT_CLAIMED_AFTER = re.compile(
    r"\s?的?(?:无门槛|通用|新人)?(?:优惠|代金|抵用|抵扣|消费|折扣|购物|礼|满减)?券|\s?(?:coupon|voucher)"
)
_MORE_BEFORE = re.compile(r"(?<!不)(?<!没)(?:超过?|不止)$|(?<!no )(?<!not )(?:over|more than)$")
_MORE_AFTER = re.compile(r"\s?(?:[多余+]|出头|开外)")
_AT_LEAST_ONE = frozenset("上成近过超")  # 上千, 成万; but 千元机 is a class of phones
_SMALL = 100
_LONGEST_NUMBER = 30
_WIDE_COMMA = re.compile("(?<=[０-９])，(?=[０-９]{3})")
"""Within full-width figures it parts thousands; elsewhere it parts one figure from the next."""
_LOOKED_BACK = 48
_POINT = re.compile("[.点]")
_AFTER_PRICE = frozenset("的了吧呢啊就都还而我")


@dataclass(frozen=True, slots=True, order=True)
class Amount:
    """An amount in yuan; `more` where the words say that it was more (一千多, over 1000)."""

    yuan: Decimal
    more: bool = False

    def exceeds(self, limit_yuan: int) -> bool:
        """Whether it lies above the limit; 1000.00 is not above 1000, 1000.01 and 一千多 are."""
        return self.yuan > limit_yuan or (self.more and self.yuan == limit_yuan)


def amount_yuan(text: str, rates: Mapping[str, Decimal] | None = None) -> Decimal | None:
    """Return the largest amount of money that `text` claims, in yuan; see `largest_amount`."""
    largest = largest_amount(text, rates)
    return largest.yuan if largest else None


def largest_amount(text: str, rates: Mapping[str, Decimal] | None = None) -> Amount | None:
    """Return the largest amount of money that `text` claims; None without one.

    Understood: signs and units (¥1,299.50, 1299元, 2千块, 3k块, 200 RMB), Chinese numerals with
    or without the last unit (一千二百块, 一千二, 两万五), ranges, of which the upper end counts
    (1000-2000元, 三五百块), at-least words as that least (几千块 is 2000, 上万元 10000), and
    figures without a unit next to a word of paying (花了3000, 1.2万的赔偿, paid 1500).

    Not claimed, and so left out: coupons and what one must spend for them (1000元优惠券,
    满1000元减200), wages and the figures of companies. The price in an advert is an amount like
    any other; that an advert makes no case is the judge's affair.

    `rates` gives yuan per unit of a foreign currency by ISO code (`{"USD": Decimal("7.1")}`);
    amounts in a currency without a rate are ignored.
    """
    text = _WIDE_COMMA.sub(",", text).translate(_VARIANTS)
    plain = unicodedata.normalize("NFKC", text).lower()
    return max(_amounts(plain, {YUAN: Decimal(1), **(rates or {})}), default=None)


def _amounts(plain: str, rates: Mapping[str, Decimal]) -> Iterator[Amount]:
    for match in _MONEY.finditer(plain):
        before = plain[max(0, match.start() - _LOOKED_BACK) : match.start()]
        after = plain[match.end() : match.end() + _LOOKED_BACK]
        if _NOT_CLAIMED_BEFORE.search(before) or _NOT_CLAIMED_AFTER.match(after):
            continue
        yuan = _yuan(match, before, after, rates)
        if yuan and yuan < MAX_AMOUNT:
            yield Amount(yuan, more=_is_more(match, before, after))


def _yuan(
    match: re.Match[str], before: str, after: str, rates: Mapping[str, Decimal]
) -> Decimal | None:
    number = match["upper"] or match["number"]
    unit = match["unit"] or match["sign"]
    code = CODES[unit.replace(" ", "")] if unit else YUAN
    if len(number) > _LONGEST_NUMBER or len(_POINT.findall(number)) > 1:
        return None
    if number[0] in "百千万亿" and before[-1:] not in _AT_LEAST_ONE:
        return None
    if code not in rates or not (unit or _is_price(before, number, after)):
        return None
    value = _value(number)
    if unit == "块" and value < _SMALL and after[:1].isalnum() and after[0] not in _AFTER_PRICE:
        return None  # two pieces (两块手表), or together (一块去)
    return (value + Decimal(_digit(match["tenths"] or "0")) / 10) * rates[code]


def _is_more(match: re.Match[str], before: str, after: str) -> bool:
    number = match["upper"] or match["number"]
    said = match["odd"] in ("多", "余") or "多" in number
    vague = number[0] in "百千万亿" and before[-1:] in ("过", "超")
    told = _MORE_BEFORE.search(before.rstrip()) or _MORE_AFTER.match(after)
    return said or vague or bool(told)


def _is_price(before: str, number: str, after: str) -> bool:
    """Whether a figure without sign and unit is money, by the words around it."""
    if number.isdigit() and not 3 <= len(number) <= MAX_BARE_DIGITS:
        return False
    if number in _HOTLINES or re.match(r"0\d", number) or _GOES_ON.match(after):
        return False
    if not (number.isdigit() or "." in number or "," in number or set(number) & set("百千万亿kw")):
        return False
    if _SPENT.search(before):
        return bool(_SAID_OF.match(after))
    if _COUNTED.match(after):
        return False
    bought = _BOUGHT.match(after) and not _YEAR.fullmatch(number)
    unsaid = _UNSAID.fullmatch(number) and not _TALLY.search(before)
    return bool(bought or unsaid or _PAID.search(before))


def _value(number: str) -> Decimal:
    total = section = Decimal(0)
    figure, unit = "", 1
    for part in _PART.findall(number):
        if part not in _UNITS:
            figure += _digit(part)
            continue
        unit = _UNITS[part]
        count = _count(figure, number)
        if unit >= _UNITS["亿"]:
            total = (total + section + count or Decimal(1)) * unit
        elif part in "万w":
            total += (section + count or Decimal(1)) * unit
        else:
            section += (count or Decimal(1)) * unit
            figure = ""
            continue
        section, figure = Decimal(0), ""
    if len(figure) == 1 and unit >= _UNITS["百"]:  # 一千二, 两万五: the last unit goes unsaid
        return total + section + Decimal(figure) * unit / 10
    return total + section + Decimal(figure or 0)


def _count(figure: str, number: str) -> Decimal:
    if len(figure) == 2 and figure.isdigit() and figure[0] != "0" and figure not in number:
        return Decimal(figure[1])  # 三五百, 七八千: the upper of two neighbours
    return Decimal(figure or 0)


def _digit(part: str) -> str:
    return _DIGITS.get(part, part.replace(",", ""))
