"""Checks the wording of outgoing texts: polite, honest, private."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from responses import privacy


@dataclass(frozen=True, slots=True)
class Remark:
    """One objection to `start`..`end` of a text; `better` is a phrase to use instead, or empty.

    Codes: `negative`, `rude`, `arguing`, `promise`, `personal_data`, `asks_in_public`,
    `unfilled`, `link`, `jargon`, `familiar`, `not_polite`. A text with a blocking remark
    must not go out.
    """

    code: str
    start: int
    end: int
    better: str = ""
    blocking: bool = True


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    pattern: re.Pattern[str]
    better: str = ""
    blocking: bool = True


def _rules(code: str, *entries: tuple[str, str], blocking: bool = True) -> tuple[_Rule, ...]:
    return tuple(
        _Rule(code, re.compile(pattern, re.IGNORECASE), better, blocking)
        for pattern, better in entries
    )


_CHINESE = (
    *_rules(
        "negative",
        ("不知道", "我马上为您核实"),
        ("不(?:太)?清楚", "我向相关同事确认后回复您"),
        ("不归(?:我|我们)管", "我帮您转给负责的同事，并跟进结果"),
        ("(?:不是|不关)(?:我|我们)的?(?:事|责任|问题)", "我们先帮您弄清情况"),
        ("(?:没|没有)办法|无能为力|做不到", "我们可以为您这样处理"),
        ("(?:公司|系统)(?:规定|就是这样)", "我为您说明可行的方案"),
        ("不可能", "我们再为您核实一次"),
        ("(?:您|你)(?:自己)?去?找(?:别人|其他部门|厂家|快递)", "我帮您联系相关同事"),
        ("等着吧|慢慢等|再等等吧", "预计的处理时间是…"),
        ("随便(?:您|你)", "您看哪种方案更方便"),
    ),
    *_rules("rude", ("闭嘴|滚(?!动|轮|筒)|烦不烦|有病|神经病|傻|蠢|无理取闹", "")),
    *_rules(
        "arguing",
        (
            "(?:您|你)(?:搞|弄|理解|说)错了|(?:是|明明)(?:您|你)(?:自己)?的?(?:错|问题|责任)",
            "感谢您的说明，我们再核实",
        ),
        ("别的(?:客户|用户|人)都没(?:有)?", "我们先看您这边的情况"),
    ),
    *_rules(
        "promise",
        ("保证(?!金)", "会尽快"),
        (
            "(?:一定|肯定|绝对|必定)(?:会|能|给您|为您)*(?:赔|退|补偿|解决|修好|到账)",
            "我们按政策为您核实",
        ),
        ("百分之?百|100%|绝不会|永远不会", "我们会尽力"),
        ("(?:全额|双倍|三倍|十倍)(?:赔|退)|包(?:赔|退|换)(?!装)|无条件", "我们按政策为您核实"),
    ),
    *_rules("familiar", ("你", "您"), blocking=False),
)
_ENGLISH = (
    *_rules(
        "negative",
        (r"\b(?:i|we) (?:do not|don't) know\b", "let me find out for you"),
        (
            r"\bnot (?:my|our) (?:problem|job|fault|department|responsibility)\b",
            "let me bring in the right colleague",
        ),
        (r"\bno idea\b", "let me check"),
        (r"\b(?:nothing|not much) (?:i|we) can do\b", "here is what we can do"),
        (r"\b(?:i|we) (?:can't|cannot|can not|won't) help\b", "here is how we can help"),
        (
            r"\b(?:it's|that is|that's|it is) (?:just )?(?:our|company|the) policy\b",
            "let me explain the options",
        ),
        (r"\bcalm down\b", "I understand this is upsetting"),
        (r"\byou(?:'ll| will) (?:just )?have to wait\b", "we expect an answer by …"),
        (r"\bimpossible\b", "let us check once more"),
    ),
    *_rules("rude", (r"\b(?:shut up|stupid|idiot\w*|whatever|get lost|nonsense)\b", "")),
    *_rules(
        "arguing",
        (
            r"\b(?:you are|you're|you were) (?:wrong|mistaken|lying)\b",
            "thank you for explaining; we will check",
        ),
        (r"\byour (?:own )?(?:fault|mistake)\b", "let us look at what happened"),
        (r"\b(?:nobody|no one) else (?:has )?complain\w*", "let us look at your case"),
    ),
    *_rules(
        "promise",
        (r"\bguarantee\w*\b", "we will do our best"),
        (r"\b(?:we|i) promise\b", "we will do our best"),
        (
            (
                r"\b(?:will|shall|we'll) (?:definitely|certainly|surely|always) ?(?:be )?"
                r"(?:refund|compensat|replac|fix|solv|resolv)\w*"
            ),
            "we will check under our policy",
        ),
        (r"\bfull refund\b|\b100 ?%|\bunconditional\w*", "we will check under our policy"),
        (r"\bnever happen again\b", "we will learn from this"),
    ),
)
_ANY = (
    *_rules(
        "jargon",
        (r"(?<![A-Za-z])(?:SLA|SOP|CRM|SKU|RMA|FRT|CSAT)(?![A-Za-z])", "日常说法 / plain words"),
        blocking=False,
    ),
    *_rules("unfilled", (r"\{[^{}]{0,40}\}|\$\{|%\(\w+\)s|【(?:姓名|品牌|订单号|XX+)】", "")),
    *_rules("link", (r"https?://\S+|\bwww\.\S+", ""), blocking=False),
)
# Every English rule begins at the edge of a word: one look tells most texts free of them all.
_ENGLISH_AT_ALL = re.compile(
    rf"\b(?:{'|'.join(rule.pattern.pattern for rule in _ENGLISH)})", re.IGNORECASE
)

_SENTENCE = re.compile(r"[^。！？!?.\n]+")
_ASKS = re.compile(
    r"(?:请|麻烦|烦请|劳烦|\bplease\b|\bcould you\b|\bcan you\b).{0,24}?"
    r"(?:手机号|电话号?码?|联系方式|身份证|地址|银行卡|订单号|账号|"
    r"密码|验证码|phone|mobile number|address|order number|account (?:number|name)|"
    r"card number|password)",
    re.IGNORECASE,
)
_PRIVATELY = re.compile(
    r"私信|私聊|(?<![a-z])dms?(?![a-z])|direct message|in private|不要公开", re.IGNORECASE
)
_POLITE = {
    "zh": re.compile("您|请|谢|歉|对不起"),
    "en": re.compile(r"\b(?:please|thank\w*|sorry|apolog\w+|appreciate)\b", re.IGNORECASE),
}


def lint(text: str, locale: str) -> tuple[Remark, ...]:
    """Return what speaks against sending `text` in public, in order of place.

    `locale` begins with `zh` or `en`; phrases of both languages are looked for in any case,
    politeness in that language.
    """
    remarks = [
        Remark(rule.code, *match.span(), rule.better, rule.blocking)
        for rule in _rules_for(text)
        for match in rule.pattern.finditer(text)
    ]
    remarks += [Remark("personal_data", found.start, found.end) for found in privacy.find(text)]
    remarks += _public_questions(text)
    language = "zh" if locale.lower().startswith("zh") else "en"
    if not _POLITE[language].search(text):
        remarks.append(Remark("not_polite", 0, len(text), blocking=False))
    return tuple(sorted(remarks, key=lambda remark: (remark.start, remark.end, remark.code)))


def blocked(text: str) -> bool:
    """Whether `text` must not go out as it is: `lint` has a blocking remark, whatever the locale.

    It asks no more than that, so it takes half the time.
    """
    return bool(
        any(rule.pattern.search(text) for rule in _rules_for(text) if rule.blocking)
        or privacy.find(text)
        or _public_questions(text)
    )


def _rules_for(text: str) -> Iterator[_Rule]:
    yield from _CHINESE
    if _ENGLISH_AT_ALL.search(text):
        yield from _ENGLISH
    yield from _ANY


def _public_questions(text: str) -> list[Remark]:
    remarks = []
    for sentence in _SENTENCE.finditer(text):
        asked = _ASKS.search(sentence.group())
        if asked and not _PRIVATELY.search(sentence.group()):
            start = sentence.start() + asked.start()
            end = sentence.start() + asked.end()
            remarks.append(Remark("asks_in_public", start, end, "请通过私信告诉我们 / by DM"))
    return remarks
