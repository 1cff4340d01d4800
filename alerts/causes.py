"""Why a case has its urgency: causes, each with a severity, figures and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any

from scrapers.post import Standing
from sentiment.verdict import Risk


class Severity(IntEnum):
    """Urgency of a case (domain.md: 一般, 重要, 紧急); a larger number is graver."""

    NORMAL = 1
    IMPORTANT = 2
    URGENT = 3


class CauseCode(StrEnum):
    """Why a complaint got its severity, in the order in which equally grave ones are told."""

    RISK = "risk"
    PUBLIC_VOICE = "public_voice"
    KOL = "kol"
    SPREAD = "spread"
    REACH = "reach"
    SPEED = "speed"
    VIP = "vip"
    REPEAT = "repeat"
    AMOUNT = "amount"
    WORDS = "words"


Params = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason and the severity that it alone would give; `params` fill in its sentence."""

    code: CauseCode
    params: Params = field(default_factory=dict)
    severity: Severity = Severity.NORMAL


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity and every cause that speaks for it, the gravest first; never without one."""

    severity: Severity
    reasons: tuple[Cause, ...]


_ORDER = {code: place for place, code in enumerate(CauseCode)}
_MEASURES = {CauseCode.KOL: "followers", CauseCode.REPEAT: "count", CauseCode.AMOUNT: "fen"}
"""Where several posts of a case give the same cause, the greatest of these figures stays."""


def rating_of(causes: Iterable[Cause]) -> Rating:
    """Put causes in order, the gravest first; the severity is that of the first.

    Without any the severity is normal and the reasons are empty.
    """
    ordered = sorted(causes, key=lambda cause: (-cause.severity, _ORDER[cause.code]))
    return Rating(ordered[0].severity if ordered else Severity.NORMAL, tuple(ordered))


def strongest(causes: Iterable[Cause]) -> Cause | None:
    """Return the gravest cause, that which is told first; None of none."""
    return next(iter(rating_of(causes).reasons), None)


def merged(old: Iterable[Cause], new: Rating) -> Rating:
    """Return what a case is rated after one more of its posts was rated `new`.

    It keeps every cause that it ever had, each risk for itself, and so never becomes less
    grave. Of one cause the newest figures stay, but never a milder severity, a smaller amount
    or a smaller voice than before. Codes that need no figure twice (the words of the first
    post) stay as they were.
    """
    kept: dict[tuple[CauseCode, str | int], Cause] = {}
    for cause in (*old, *new.reasons):
        known = kept.get(_key(cause))
        if known is None or _replaces(cause, known):
            kept[_key(cause)] = cause
    return rating_of(kept.values())


def _key(cause: Cause) -> tuple[CauseCode, str | int]:
    return cause.code, cause.params.get("risk", "")


def _replaces(cause: Cause, known: Cause) -> bool:
    if cause.code is CauseCode.WORDS or cause.severity != known.severity:
        return cause.severity > known.severity
    measure = _MEASURES.get(cause.code)
    return measure is None or _figure(cause, measure) >= _figure(known, measure)


def _figure(cause: Cause, measure: str) -> int:
    figure = cause.params.get(measure, 0)
    return figure if isinstance(figure, int) else 0


def to_json(causes: Iterable[Cause]) -> list[dict[str, Any]]:
    """Return causes as JSON takes them; `from_json` reads them back."""
    return [
        {"code": each.code.value, "severity": int(each.severity), "params": dict(each.params)}
        for each in causes
    ]


def from_json(data: Iterable[Mapping[str, Any]]) -> tuple[Cause, ...]:
    """Read what `to_json` wrote; codes that another version of this program knew are left out."""
    known = set(CauseCode)
    return tuple(
        Cause(CauseCode(each["code"]), dict(each["params"]), Severity(each["severity"]))
        for each in data
        if each["code"] in known
    )


_SENTENCES: Mapping[str, Mapping[CauseCode, str]] = {
    "zh-CN": {
        CauseCode.RISK: "涉及{risk}风险",
        CauseCode.PUBLIC_VOICE: "{standing}账号“{name}”发声",
        CauseCode.KOL: "大 V“{name}”发声，粉丝 {followers:,}",
        CauseCode.SPREAD: "已有 {count:,} 条帖子在说（含转发和照抄）",
        CauseCode.REACH: "发帖者的粉丝合计 {followers:,}",
        CauseCode.SPEED: "{minutes} 分钟内新增 {posts:,} 条，平时约 {usual} 条",
        CauseCode.VIP: "大客户“{name}”在说",
        CauseCode.REPEAT: "同一个人近期第 {count} 次投诉",
        CauseCode.AMOUNT: "涉及金额 {yuan} 元，超过 {limit:,} 元",
        CauseCode.WORDS: "提到“{brand}”，并出现：{words}",
    },
    "en": {
        CauseCode.RISK: "Risk: {risk}",
        CauseCode.PUBLIC_VOICE: "“{name}” speaks, a {standing} account",
        CauseCode.KOL: "“{name}” speaks, with {followers:,} followers",
        CauseCode.SPREAD: "Told by {count:,} posts, reposts and copies included",
        CauseCode.REACH: "Those who tell it have {followers:,} followers together",
        CauseCode.SPEED: "{posts:,} posts within {minutes} minutes, usually about {usual}",
        CauseCode.VIP: "Key customer “{name}” speaks",
        CauseCode.REPEAT: "Complaint no. {count} of the same person in a short time",
        CauseCode.AMOUNT: "About {yuan} yuan, more than {limit:,}",
        CauseCode.WORDS: "Names “{brand}” together with: {words}",
    },
}

_CHINESE: Mapping[str, str] = {
    Risk.SAFETY: "人身安全",
    Risk.HEALTH: "健康",
    Risk.LEGAL: "法律",
    Risk.DATA_LEAK: "信息泄露",
    Risk.DISCRIMINATION: "歧视",
    Risk.FRAUD: "欺诈",
    Risk.MEDIA: "媒体曝光",
    Risk.SELF_HARM: "轻生",
    Standing.MEDIA: "媒体",
    Standing.GOVERNMENT: "政府",
}


def sentence(cause: Cause, locale: str) -> str:
    """Say a cause in `zh-CN` or `en`.

    Raises:
        KeyError: the locale is another one.

    """
    params = dict(cause.params)
    for name in ("risk", "standing"):
        if name in params:
            value = str(params[name])
            params[name] = _CHINESE[value] if locale == "zh-CN" else value.replace("_", " ")
    return _SENTENCES[locale][cause.code].format(**params)
