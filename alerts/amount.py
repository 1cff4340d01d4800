"""Reads amounts of money from what people write, in figures or in Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal

MAX_AMOUNT = Decimal(1_000_000_000)
"""Longer figures are numbers of orders and telephones."""

MAX_BARE_DIGITS = 5
"""So long may a figure without a unit be ("花了3000") to be money and not a number of something."""

_YUAN = "CNY"
_DIGITS = {numeral: str(value) for value, numeral in enumerate("零一二三四五六七八九")} | {
    "两": "2",
    "几": "2",  # 几千, 数万: at least two of them
    "数": "2",
    "点": ".",
}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000, "k": 1000, "w": 10_000}
_VARIANTS = str.maketrans(
    "壹贰貳叁參肆伍陆陸柒捌玖拾佰仟萬億兩俩幾數點〇圆圓塊幣美金，",
    "一二二三三四五六六七八九十百千万亿两两几数点零元元块币美元、",
)
_CURRENCIES = {
    _YUAN: ("¥", "rmb", "cny", "yuan", "人民币", "元", "块", "块钱"),
    "USD": ("$", "us$", "usd", "dollar", "dollars", "美元", "刀"),
    "EUR": ("€", "eur", "euro", "euros", "欧元"),
    "GBP": ("£", "gbp", "pound", "pounds", "英镑"),
    "HKD": ("hk$", "hkd", "港元", "港币"),
    "TWD": ("nt$", "twd", "台币", "新台币"),
    "JPY": ("jpy", "yen", "日元"),
    "KRW": ("krw", "won", "韩元"),
}
_CODES = {name: code for code, names in _CURRENCIES.items() for name in names}

_DIGIT = "零一二三四五六七八九两几数"
_NUMERAL = f"{_DIGIT}十百千万亿"
# No possessive quantifiers: Python before 3.11.5 loses what such groups matched.
_FIGURE = r"(?:\d{1,3}(?:,\d{3})+(?!,\d{3}|\d)|\d+)(?:\.\d+)?"
_PART = re.compile(rf"{_FIGURE}|[{_NUMERAL}点kw]")
_NUMBER = (
    rf"(?=[\d{_NUMERAL}])(?:(?<![{_DIGIT}]){_FIGURE}|(?<!\d)[{_DIGIT}]|[十百千万亿]"  # ¥400一晚
    rf"|(?<=[{_NUMERAL}])点(?=[零一二三四五六七八九])"
    r"|[多 ](?=[千万亿])|[kw](?![a-z0-9]))+"
)
_SIGN = r"¥|rmb|cny|人民币|us\$|usd|hk\$|hkd|nt\$|twd|jpy|[$€£]|eur|gbp"
_UNIT = (
    r"元(?![旦宵宝素件老首气])|块钱?|(?:rmb|cny|yuan|usd|hkd|twd|jpy|krw|eur|gbp|dollars?|euros?"
    r"|pounds?|yen|won)(?![a-z])|人民币|[美欧港日韩]元|英镑|港币|新?台币|刀"
)
_MONEY = re.compile(
    rf"(?<![a-z0-9_$])(?<!\d[.,/])(?P<sign>{_SIGN})?\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?:[-~—–]+|至|到)\s?(?:{_SIGN})?(?P<upper>{_NUMBER}))?"
    rf"(?:\s?[多余来]?\s?(?P<unit>{_UNIT})(?:(?P<tenths>[\d一二三四五六七八九])[角毛])?)?"
)
_PAID = re.compile(  # what stands before a figure that is money though no unit says so
    r"(?:花|付|赔|赔偿|补偿|退|退款|退还|扣|扣款|收|收费|充|充值|损失|转账|骗|坑|亏|欠|价格|售价"
    r"|标价|原价|定价|价值|房费|运费|费用|押金|定金|总共|一共)"
    r"[了掉走去给我你他她们到约近大概差不多将整至少才要是为的:：\s]{0,6}$"
)
_COUNTED = re.compile(
    r"\s?[多余来]?(?:[年月日天号点时分秒次人个件台部条张份名位步米里公字粉元%℃克斤升度倍层楼期版话集杯瓶]"
    r"|小时|积分|[京金]?豆|[a-z])"
)
_AT_LEAST_ONE = frozenset("上成近过超")  # 上千, 成万; but 千元机 is a class of phones
_SMALL = 100
_LONGEST_NUMBER = 30
_POINT = re.compile("[.点]")
_AFTER_PRICE = frozenset("的了吧呢啊就都还而我")


def amount_yuan(text: str, rates: Mapping[str, Decimal] | None = None) -> Decimal | None:
    """Return the largest amount of money that `text` speaks of, in yuan; None without one.

    Understood: signs and units (¥1,299.50, 1299元, 2千块, 3k块, 200 RMB), Chinese numerals with
    or without the last unit (一千二百块, 一千二, 两万五), ranges, of which the upper end counts
    (1000-2000元, 三五百块), at-least words as that least (几千块 is 2000, 上万元 10000), and
    figures without a unit right after a word of paying (花了3000, 赔偿1.2万).

    `rates` gives yuan per unit of a foreign currency by ISO code (`{"USD": Decimal("7.1")}`);
    amounts in a currency without a rate are ignored.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_VARIANTS)).lower()
    exchange = {_YUAN: Decimal(1), **(rates or {})}
    amounts = [_yuan(match, exchange) for match in _MONEY.finditer(plain)]
    return max((each for each in amounts if each and each < MAX_AMOUNT), default=None)


def _yuan(match: re.Match[str], rates: Mapping[str, Decimal]) -> Decimal | None:
    number = match["upper"] or match["number"]
    unit = match["unit"] or match["sign"]
    code = _CODES[unit] if unit else _YUAN
    before, after = match.string[: match.start()], match.string[match.end() :]
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


def _is_price(before: str, number: str, after: str) -> bool:
    if number.isdigit() and not 3 <= len(number) <= MAX_BARE_DIGITS:
        return False
    large = number.isdigit() or "." in number or "," in number or set(number) & set("百千万亿kw")
    return bool(large and _PAID.search(before[-12:]) and not _COUNTED.match(after))


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
