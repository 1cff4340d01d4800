"""Finds personal data in any text, and masks it without moving anything else.

Meant for lists, logs, notifications and exports, and to keep it out of public replies.
It errs on the side of masking where a number looks personal, but leaves prices, dates
and model numbers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import phonenumbers
from stdnum import luhn


class Kind(StrEnum):
    """What a finding is."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    ORDER = "order"
    EMAIL = "email"
    ACCOUNT = "account"
    ADDRESS = "address"
    PASSPORT = "passport"
    PLATE = "plate"


@dataclass(frozen=True, slots=True)
class Finding:
    """Personal data at `start`..`end` (code points)."""

    kind: Kind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    """`pattern` finds candidates (its group `it`, or the whole), `holds` decides on one.

    Whatever it finds has `digits` digits or more and a match of `near` in it: a text without
    them is not worth the search.
    """

    kind: Kind
    pattern: re.Pattern[str]
    digits: int
    near: re.Pattern[str] | None
    holds: Callable[[str], object]

    def may_match(self, text: str) -> bool:
        """Whether a text with enough digits may hold a candidate."""
        return self.near is None or self.near.search(text) is not None

    def findings(self, text: str) -> Iterator[Finding]:
        """Search the text."""
        group = "it" if "it" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(text):
            if self.holds(match.group(group)):
                yield Finding(self.kind, *match.span(group))


_QUICK = re.compile(r"[\d@]|微信|wechat|weixin|vx|wx|v信|薇信", re.IGNORECASE)
# Full-width forms lie 0xFEE0 above ASCII; the wide space elsewhere.
_FULL_WIDTH = {0xFEE0 + code: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}
_DIGITS = "0123456789"

_HAN = r"[\u4e00-\u9fff]"
# A star is a digit masked before.
_LEFT = r"(?<![0-9A-Za-z*])"
_RIGHT = r"(?![0-9A-Za-z*])"
_NO_AMOUNT = r"(?!\s*(?:元|块|万|亿|人|次|%|rmb|cny|usd))"
_PROVINCES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_STREET = r"(?:路|街|大道|巷|胡同|弄|村|小区|花园|公寓|大厦|苑|镇|区)"
_HOUSE = (
    r"\d{1,5}(?:-\d{1,4})?(?:号楼?(?!线)|弄|栋|幢|座|单元|室)"
    r"(?:\s?[A-Za-z\d]{1,5}(?:-\d{1,4})?(?:号楼?|弄|栋|幢|座|单元|层|楼|室|户)|\s?\d{3,4}(?!\d))*"
)
_PLATE_BEFORE = "|".join(
    rf"(?<={cue})" for cue in ("车牌", "牌号", "牌照", "号码", "是", "为", "的", "辆", "台", "开")
)


def _rule(
    kind: Kind,
    pattern: str,
    *,
    digits: int = 0,
    near: str = "",
    holds: Callable[[str], object] = bool,
) -> _Rule:
    flags = re.IGNORECASE | re.ASCII
    needed = re.compile(near, flags) if near else None
    return _Rule(kind, re.compile(pattern, flags), digits, needed, holds)


def _has_four_digits(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= 4


def _is_international(text: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


_TRACKING = r"(?:(?:sf|yt|zto|sto|yd|ems|jt)\d{12,15}|jd[vxk]?[a-z]?\d{11,16}|[a-z]{2}\d{9}cn)"
_ORDER_CUE = (
    r"(?:订单(?:编?号码?|id)|(?:运|快递|物流|退货|工|流水|取件|凭证|受理)(?:单|码)?(?:编?号码?|号)"
    r"|单号|取件码|(?:order|tracking|booking|reference|ref|case|ticket|parcel|shipment)"
    r" ?(?:no\b\.?|number|num\b\.?|id\b|#|code|ref\b))"
)
_NOT_A_DATE = r"(?!\d{4}-\d{1,2}-\d{1,2}(?!\d))"
_PLATE_PROVINCE = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"

_RULES = (
    _rule(
        Kind.IDENTITY,
        rf"{_LEFT}[1-9]\d{{5}}[ -]?(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
        rf"[ -]?\d{{3}}[\dx]{_RIGHT}",
        digits=17,
    ),
    _rule(
        Kind.MOBILE,
        r"(?<![\d*])(?:(?:\+|00)?86[ -]?)?"
        r"1[3-9]\d(?:[ -.]?\d{4}[ -.]?\d{4}|\d[ -]\d{3}[ -]\d{4})(?![\d*])" + _NO_AMOUNT,
        digits=11,
    ),
    _rule(
        Kind.MOBILE,
        r"(?<![\w*])\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?![\d*])",
        digits=3,
        near=r"\+\d",
        holds=_is_international,
    ),
    _rule(
        Kind.MOBILE,
        r"(?<![\w*./-])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?![\w*-])",
        digits=10,
    ),
    _rule(
        Kind.LANDLINE,
        r"(?<![\w*./+-])(?:\(0[1-9]\d{1,2}\)|0[1-9]\d{1,2}[- ]?)\d{7,8}(?:-\d{1,6})?(?![\d*])"
        + _NO_AMOUNT,
        digits=10,
    ),
    _rule(
        Kind.BANK_CARD,
        r"(?<![\w*/.=-])[3-6]\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![\w*-])",
        digits=16,
        holds=lambda text: luhn.is_valid(re.sub(r"\D", "", text)),
    ),
    _rule(
        Kind.ORDER,
        rf"{_ORDER_CUE}(?:\s|[:：#()（是为]|is\b)*{_NOT_A_DATE}(?P<it>[a-z0-9][a-z0-9-]{{4,39}})",
        holds=_has_four_digits,
        digits=4,
    ),
    _rule(
        Kind.ORDER,
        r"(?:订单|\border\b)[\s:：#]{0,3}(?P<it>[a-z]{0,3}\d{8,32})(?![\w*])",
        digits=8,
    ),
    _rule(Kind.ORDER, rf"{_LEFT}{_TRACKING}{_RIGHT}", digits=9),
    _rule(Kind.ORDER, rf"{_LEFT}1z[0-9a-z]{{16}}{_RIGHT}", near="1z"),
    _rule(
        Kind.EMAIL,
        r"(?<![a-z0-9._%+*-])[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,5}",
        near="@",
    ),
    _rule(
        Kind.ACCOUNT,
        r"(?:微信|v信|薇信|威信|wechat|weixin|(?<![a-z])[vw]x)\s?(?:号|id\b|账号|[:：]|号?是|is\b)"
        r"(?:\s|[:：]|是|is\b)*(?P<it>[a-z][a-z0-9_-]{5,19})",
        near="信|wechat|weixin|[vw]x",
    ),
    _rule(
        Kind.ACCOUNT,
        r"(?:(?<![a-z])qq|扣扣)\s?(?:号码?|群号?)?(?:\s|[:：]|是)*(?P<it>[1-9]\d{4,10})(?![\w*.])"
        + _NO_AMOUNT,
        digits=5,
        near="qq|扣扣",
    ),
    _rule(
        Kind.ADDRESS,
        rf"(?:(?:{_PROVINCES}){_HAN}{{0,24}}?|{_HAN}{{2,3}}市{_HAN}{{0,12}}?|{_HAN}{{1,4}})"
        rf"{_STREET}{_HOUSE}",
        near=r"\d[号弄栋幢座单室]",
    ),
    _rule(
        Kind.ADDRESS,
        r"(?<![\w*])\d{1,5} (?:(?!(?:at|the|in|on|of|to|for|and|by|was|is)\b)[a-z]{2,20} ){1,3}"
        r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr)\b"
        r"(?:,? (?:apt|unit|#) ?\w{1,5})?",
        near=r"\d [a-z]",
    ),
    _rule(
        Kind.PASSPORT,
        r"(?:护照|passport)\D{0,12}?(?P<it>[a-z]{1,2}\d{7,8})(?![\w*])",
        digits=7,
    ),
    _rule(Kind.PASSPORT, rf"{_LEFT}[egdps]\d{{8}}{_RIGHT}", digits=8),
    _rule(
        Kind.PLATE,
        rf"(?:(?<!{_HAN})|{_PLATE_BEFORE}){_PLATE_PROVINCE}[a-z][·• -]?"
        r"(?=[a-z]{0,5}\d)[a-hj-np-z0-9]{5,6}(?![0-9a-z*])",
        digits=1,
        near=f"{_PLATE_PROVINCE}[a-z]",
    ),
)

_KEPT = {
    Kind.MOBILE: (3, 4),
    Kind.LANDLINE: (3, 2),
    Kind.BANK_CARD: (0, 4),
    Kind.ADDRESS: (2, 0),
}
"""Characters left to see at the start and the end, so that people can tell two apart."""
_KEPT_ELSE = (1, 2)


def find(text: str) -> tuple[Finding, ...]:
    """Return the personal data in `text`, in order, none overlapping another."""
    if not _QUICK.search(text):
        return ()
    merged: list[Finding] = []
    narrow = text if text.isascii() else text.translate(_FULL_WIDTH)
    candidates = sorted(_candidates(narrow), key=lambda it: (it.start, -it.end))
    for finding in candidates:
        if merged and finding.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = replace(last, end=max(last.end, finding.end))
        else:
            merged.append(finding)
    return tuple(merged)


def mask(text: str) -> str:
    """Return `text` with the inside of all personal data replaced by `*`.

    The length in code points stays, so positions in the text stay right. Masking a masked
    text changes nothing.
    """
    while _QUICK.search(text) and (masked := _masked_once(text)) != text:
        text = masked
    return text


def _candidates(text: str) -> Iterator[Finding]:
    digits = sum(map(text.count, _DIGITS))
    for rule in _RULES:
        if digits >= rule.digits and rule.may_match(text):
            yield from rule.findings(text)


def _masked_once(text: str) -> str:
    findings = find(text)
    if not findings:
        return text
    characters = list(text)
    for finding in findings:
        head, tail = _kept(finding, text[finding.start : finding.end])
        inside = slice(finding.start + head, finding.end - tail)
        characters[inside] = "*" * (finding.end - finding.start - head - tail)
    return "".join(characters)


def _kept(finding: Finding, data: str) -> tuple[int, int]:
    """Return how many characters stay at the start and the end."""
    if finding.kind is Kind.EMAIL and (at := data.translate(_FULL_WIDTH).rfind("@")) > 0:
        return min(1, at - 1), len(data) - at
    head, tail = _KEPT.get(finding.kind, _KEPT_ELSE)
    return (head, tail) if len(data) >= head + tail + 3 else (1, 0)
