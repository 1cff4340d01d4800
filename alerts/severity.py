"""How grave a complaint is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from alerts.amount import amount_yuan
from alerts.fold import passes_on, story_text
from alerts.watch import Hit, Part, TermKind
from scrapers.post import Author, Post, Standing
from sentiment.verdict import Risk, Verdict

URGENT_RISKS = frozenset({Risk.SAFETY, Risk.HEALTH, Risk.DATA_LEAK, Risk.SELF_HARM})
"""Somebody may come to harm while we wait; the other risks make a complaint important."""

_PUBLIC_VOICES = frozenset({Standing.MEDIA, Standing.GOVERNMENT})


class Severity(IntEnum):
    """Urgency of a case (domain.md: 一般, 重要, 紧急); a larger number is graver."""

    NORMAL = 1
    IMPORTANT = 2
    URGENT = 3


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Figures that make a complaint important or urgent (defaults of domain.md).

    The amount must be exceeded, the others reached. `spread_*` count the posts that tell one
    story, reposts and copies included. `repeat_window_s` is how far back the caller counts
    earlier complaints.
    """

    kol_followers: int = 100_000
    important_amount_yuan: int = 1000
    repeat_window_s: int = 30 * 24 * 3600
    spread_important: int = 10
    spread_urgent: int = 100


class CauseCode(StrEnum):
    """Why a complaint got its severity."""

    RISK = "risk"
    PUBLIC_VOICE = "public_voice"
    KOL = "kol"
    SPREAD = "spread"
    REPEAT = "repeat"
    AMOUNT = "amount"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason; `params` fill in its sentence."""

    code: CauseCode
    params: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity and every cause that speaks for it, the gravest first; never without one."""

    severity: Severity
    reasons: tuple[Cause, ...]


def rate(
    post: Post,
    hit: Hit,
    verdict: Verdict,
    *,
    earlier_complaints: int,
    spread: int,
    thresholds: Thresholds,
) -> Rating:
    """Rate a complaint by the table of domain.md.

    Urgent: a risk of `URGENT_RISKS`; public opinion (舆情), that is a medium, an authority or a
    KOL speaking, or a spread of `spread_urgent`. Important: any other risk, the second
    complaint of one person, an amount above the limit, a spread of `spread_important`.
    `earlier_complaints` of the author count only where the author tells their own story.
    """
    causes = [
        *_risk(verdict.risk),
        *_voice(post, hit, thresholds),
        *_spread(spread, thresholds),
        *_repeat(post, hit, earlier_complaints),
        *_amount(story_text(post, hit), thresholds),
    ]
    causes.sort(key=lambda each: -each[0])
    severity = causes[0][0] if causes else Severity.NORMAL
    return Rating(severity, (*(cause for _, cause in causes), _words(hit)))


def _risk(risk: Risk) -> list[tuple[Severity, Cause]]:
    if risk is Risk.NONE:
        return []
    severity = Severity.URGENT if risk in URGENT_RISKS else Severity.IMPORTANT
    return [(severity, Cause(CauseCode.RISK, {"risk": risk.value}))]


def _voice(post: Post, hit: Hit, thresholds: Thresholds) -> list[tuple[Severity, Cause]]:
    for author in _speakers(post, hit):
        if author.standing in _PUBLIC_VOICES:
            cause = Cause(
                CauseCode.PUBLIC_VOICE, {"name": author.name, "standing": author.standing.value}
            )
            return [(Severity.URGENT, cause)]
        if author.followers is not None and author.followers >= thresholds.kol_followers:
            cause = Cause(CauseCode.KOL, {"name": author.name, "followers": author.followers})
            return [(Severity.URGENT, cause)]
    return []


def _speakers(post: Post, hit: Hit) -> list[Author]:
    # The watch counts no complaint in what the brand itself wrote, so it is never a speaker.
    complains = any(
        term.kind is TermKind.COMPLAINT and term.part is Part.ORIGINAL for term in hit.terms
    )
    author = post.original.author if post.original else None
    return [post.author, author] if author and complains else [post.author]


def _spread(spread: int, thresholds: Thresholds) -> list[tuple[Severity, Cause]]:
    cause = Cause(CauseCode.SPREAD, {"count": spread})
    if spread >= thresholds.spread_urgent:
        return [(Severity.URGENT, cause)]
    if spread >= thresholds.spread_important:
        return [(Severity.IMPORTANT, cause)]
    return []


def _repeat(post: Post, hit: Hit, earlier_complaints: int) -> list[tuple[Severity, Cause]]:
    if earlier_complaints < 1 or passes_on(post, hit):
        return []
    return [(Severity.IMPORTANT, Cause(CauseCode.REPEAT, {"count": earlier_complaints + 1}))]


def _amount(text: str, thresholds: Thresholds) -> list[tuple[Severity, Cause]]:
    amount = amount_yuan(text)
    if amount is None or amount <= thresholds.important_amount_yuan:
        return []
    params: dict[str, str | int] = {
        "yuan": f"{amount:,.2f}".removesuffix(".00"),
        "limit": thresholds.important_amount_yuan,
    }
    return [(Severity.IMPORTANT, Cause(CauseCode.AMOUNT, params))]


def _words(hit: Hit) -> Cause:
    words = dict.fromkeys(term.text for term in hit.terms if term.kind is TermKind.COMPLAINT)
    return Cause(CauseCode.WORDS, {"brand": hit.brand, "words": " / ".join(words)})


_SENTENCES: Mapping[str, Mapping[CauseCode, str]] = {
    "zh-CN": {
        CauseCode.RISK: "涉及{risk}风险",
        CauseCode.PUBLIC_VOICE: "{standing}账号“{name}”发声",
        CauseCode.KOL: "大 V“{name}”发声，粉丝 {followers:,}",
        CauseCode.SPREAD: "已有 {count:,} 条帖子在说（含转发和照抄）",
        CauseCode.REPEAT: "同一个人近期第 {count} 次投诉",
        CauseCode.AMOUNT: "涉及金额 {yuan} 元，超过 {limit:,} 元",
        CauseCode.WORDS: "提到“{brand}”，并出现：{words}",
    },
    "en": {
        CauseCode.RISK: "Risk: {risk}",
        CauseCode.PUBLIC_VOICE: "“{name}” speaks, a {standing} account",
        CauseCode.KOL: "“{name}” speaks, with {followers:,} followers",
        CauseCode.SPREAD: "Told by {count:,} posts, reposts and copies included",
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
