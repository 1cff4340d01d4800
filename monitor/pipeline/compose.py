"""Puts the message of an alert together: the post, the verdict with its why, the reply."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from alerts.message import Mark, Message, PostView, ReplyView
from alerts.severity import Rating, Severity, sentence
from alerts.watch import Hit, Part, TermKind
from monitor.storage.outbox import CASE
from responses.draft import draft
from responses.privacy import mask
from scrapers.post import Post, reply_eligible
from sentiment.verdict import Genre, Label, Risk, Verdict

LOCALES: Final = ("zh-CN", "en")
CHINESE_NAMES: Final = {
    Label.NEGATIVE: "负面",
    Label.NEUTRAL: "中性",
    Label.POSITIVE: "正面",
}
ENGLISH_NAMES: Final = {
    Label.NEGATIVE: "negative",
    Label.NEUTRAL: "neutral",
    Label.POSITIVE: "positive",
}
CHINESE_WORDS: Final = {
    "refund": "退款",
    "delivery": "物流",
    "quality": "质量",
    "service": "服务态度",
    "price": "价格",
    "advertising": "虚假宣传",
    "account": "账号",
    "outage": "服务中断",
    "safety": "安全",
    "privacy": "隐私",
    "other": "其他",
    "health": "健康",
    "legal": "法律",
    "data_leak": "数据泄露",
    "discrimination": "歧视",
    "fraud": "欺诈",
    "media": "媒体曝光",
    "self_harm": "自伤",
    "advert": "广告",
    "lottery": "抽奖",
    "news": "新闻",
    "question": "提问",
    "bot": "机器发布",
    "personal": "个人",
    "complaint_word": "投诉词",
    "risk_term": "风险词",
    "negation": "否定",
    "resolved": "已解决",
    "praise": "称赞",
    "other_brand": "说的是别家",
    "non_event": "并未发生",
    "negative_tone": "语气负面",
    "better_than_other": "胜过别家",
    "worse_than_other": "不如别家",
    "irony": "疑似反讽",
    "contradiction": "前后矛盾",
    "unknown_domain": "说法陌生",
    "close_call": "难分彼此",
    "risk_word": "提到风险但像是没有发生",
    "speaks_for": "偏负面",
    "speaks_against": "偏正面",
    "not_judged": "无法判断",
}
ENGLISH_WORDS: Final = {
    "advertising": "false advertising",
    "data_leak": "data leak",
    "self_harm": "self-harm",
    "complaint_word": "complaint",
    "risk_term": "risk",
    "other_brand": "about another brand",
    "non_event": "did not happen",
    "negative_tone": "negative tone",
    "better_than_other": "better than another",
    "worse_than_other": "worse than another",
    "unknown_domain": "unfamiliar words",
    "risk_word": "names a harm that seems not to have happened",
    "speaks_for": "weighs towards negative",
    "speaks_against": "weighs towards positive",
}


@dataclass(frozen=True, slots=True)
class Occasion:
    """All that an alert tells of: the post, why it counts, and when it was due."""

    post: Post
    hit: Hit
    verdict: Verdict
    rating: Rating
    uncertain: bool
    brand_account: str
    brand_handle: str
    created_at: datetime
    due_at: datetime
    locale: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What an alert says in one language, beside the post and the reply."""

    title: str
    reasons: tuple[str, ...]
    verdict: str
    news: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON types."""
        return {
            "title": self.title,
            "reasons": list(self.reasons),
            "verdict": self.verdict,
            "news": list(self.news),
        }


def say(occasion: Occasion, locale: str) -> Wording:
    """Put an occasion into words."""
    reasons = tuple(mask(sentence(cause, locale)) for cause in occasion.rating.reasons)
    topic = word(occasion.verdict.topic.value, chinese=locale.startswith("zh"))
    return Wording(
        title=" · ".join([topic, *reasons[:1]]),
        reasons=(*_doubt(occasion, locale), *reasons),
        verdict=verdict_line(occasion.verdict, locale),
    )


def _doubt(occasion: Occasion, locale: str) -> tuple[str, ...]:
    """Say first that the judge is not sure, and why, where it is not."""
    if not occasion.uncertain:
        return ()
    chinese = locale.startswith("zh")
    names = [word(doubt.value, chinese=chinese) for doubt in occasion.verdict.doubts]
    if chinese:
        return (f"拿不准，请人看：{'、'.join(names)}",)
    return (f"Not sure, please look: {', '.join(names)}",)


def compose(occasion: Occasion, said: Wording) -> Message:
    """Build the message of an alert about a post; personal data is masked throughout.

    `said` is the occasion in the words of its locale. The dedupe key, the case and the console
    link are filled in by the notifier.
    """
    return Message(
        dedupe_key="",
        kind=CASE,
        severity=occasion.rating.severity,
        title=said.title,
        brand=occasion.hit.brand,
        reasons=said.reasons,
        verdict=said.verdict,
        created_at=occasion.created_at,
        due_at=occasion.due_at,
        late=occasion.created_at > occasion.due_at,
        post=view(occasion.post, occasion.hit),
        reply=reply(occasion),
        console_url="",
        locale=occasion.locale,
        uncertain=occasion.uncertain,
    )


def view(post: Post, hit: Hit) -> PostView:
    """Show the author's words, or the original's where they added none, marked and masked."""
    part, text, quoted = Part.TEXT, post.text, post.quoted
    if post.original and not post.text.strip():
        part, text = Part.ORIGINAL, post.original.text
    elif post.original:
        quoted = "\n".join(filter(None, [post.quoted, post.original.text]))
    return PostView(
        platform=post.platform.value,
        author=mask(post.author.name),
        followers=post.author.followers,
        text=mask(text),
        marks=tuple(Mark(term.start, term.end) for term in hit.terms if term.part is part),
        quoted=mask(quoted),
        url=post.url,
        published_at=post.published_at,
    )


def reply(occasion: Occasion) -> ReplyView:
    """Draft the public reply; accounts that may answer over the API still confirm by hand."""
    post = occasion.post
    drafted = draft(
        post.platform,
        language=occasion.verdict.language,
        topic=occasion.verdict.topic.value,
        urgent=occasion.rating.severity is Severity.URGENT,
        brand=_spoken_name(occasion.hit, occasion.verdict.language),
        author_name=post.author.handle or post.author.name,
        post_id=post.id,
        author_id=post.author.id,
        post_url=post.url,
        eligible=reply_eligible(post, occasion.brand_account, occasion.brand_handle),
        api_ready=False,
        seed=post.id,
    )
    return ReplyView(
        text=drafted.text,
        how=drafted.how,
        link=drafted.link,
        template=drafted.template,
        length=drafted.length,
        limit=drafted.limit,
    )


def _spoken_name(hit: Hit, language: str) -> str:
    """Call the brand as the author did, where that fits the language of the reply."""
    said = [term.text for term in hit.terms if term.kind is TermKind.BRAND]
    fitting = [name for name in said if name.isascii() == (language != "zh")]
    return fitting[0] if fitting else hit.brand


def verdict_line(verdict: Verdict, locale: str) -> str:
    """Say the verdict and what carried it in one line, in the receiver's language."""
    chinese = locale.startswith("zh")
    label = (CHINESE_NAMES if chinese else ENGLISH_NAMES)[verdict.label]
    topic = word(verdict.topic.value, chinese=chinese)
    parts = [f"{label} {verdict.confidence:.0%}"]
    complaint = f"{verdict.complaint:.0%}"
    parts += (
        [f"投诉 {complaint}", f"话题 {topic}"] if chinese else [f"complaint {complaint}", topic]
    )
    if verdict.risk is not Risk.NONE:
        risk = word(verdict.risk.value, chinese=chinese)
        parts.append(f"风险 {risk}" if chinese else f"risk: {risk}")
    if verdict.genre is not Genre.PERSONAL:
        parts.append(word(verdict.genre.value, chinese=chinese))
    signs = sign_words(verdict, locale)
    separator = "、" if chinese else ", "
    return " · ".join(parts) + (f" ← {separator.join(signs)}" if signs else "")


def sign_words(verdict: Verdict, locale: str) -> list[str]:
    """Say what carried the verdict, one phrase a sign; personal data masked."""
    chinese = locale.startswith("zh")
    return [
        f"{word(sign.code, chinese=chinese)} “{mask(sign.text)}”"
        if sign.text
        else word(sign.code, chinese=chinese)
        for sign in verdict.signs
    ]


def word(code: str, *, chinese: bool) -> str:
    """Name a topic, risk, genre or sign for people."""
    return (CHINESE_WORDS if chinese else ENGLISH_WORDS).get(code, code.replace("_", " "))
