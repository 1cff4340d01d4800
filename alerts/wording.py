"""Labels and sentences of alert texts, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.message import Message, PostView, ReplyView, age_s, terms, time_left_s
from alerts.severity import Severity

MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 86_400
OPERATIONAL: Final = "operational"
"""The kind of messages about the service itself."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language; phrases with braces are filled by the functions below."""

    severities: tuple[str, str, str]
    uncertain: str
    platforms: tuple[tuple[str, str], ...]
    operational: str
    published: str
    raised: str
    left: str
    late: str
    followers: str
    quoted: str
    no_text: str
    terms: str
    verdict: str
    reasons: str
    reply: str
    length: str
    post_by_api: str
    post_by_intent: str
    post_by_hand: str
    open_post: str
    open_composer: str
    open_to_comment: str
    open_console: str
    reply_in_console: str
    cut: str
    case: str
    telling: tuple[tuple[str, str], ...]
    """Why a case is told of again, by `Message.reason`; the first time needs no words."""
    ended: str
    news: str
    spread: str
    reach: str
    act_within: str
    act_overdue: str
    act_until: str
    """What must be done, and the moment in local time."""
    reply_follows: str
    withheld: str
    digest: str
    more: str
    colon: str
    between: str
    listed: str
    units: tuple[str, str, str, str]
    magnitudes: tuple[tuple[int, int, str], ...]
    """From which figure on it is shortened, by what, and what is written behind."""


CHINESE: Final = Wording(
    severities=("一般", "重要", "紧急"),
    uncertain="拿不准，请人看",
    platforms=(("weibo", "微博"), ("twitter", "X")),
    operational="服务告警",
    published="发布于 {}前",
    raised="发生于 {}前",
    left="剩余 {}",
    late="已超时 {}",
    followers="粉丝 {}",
    quoted="转发自",
    no_text="（没有文字）",
    terms="命中词",
    verdict="判断",
    reasons="为什么提醒",
    reply="建议公开回复",
    length="{} / {} 字",
    post_by_api="在控制台点一下即可用品牌账号发出。",
    post_by_intent="打开 X 回复框，文字已填好，确认后发出。",
    post_by_hand="复制上面的文字，打开原帖，在评论里粘贴发出。",
    open_post="查看原帖",
    open_composer="打开 X 回复框",
    open_to_comment="打开原帖去评论",
    open_console="在控制台查看",
    reply_in_console="在控制台回复",
    cut="文字过长，此处只显示开头；全文在控制台。",
    case="事件 #{}",
    telling=(
        ("new_posts", "新帖"),
        ("severity_up", "级别上升"),
        ("spread_10", "传播过 10"),
        ("spread_100", "传播过 100"),
        ("spread_1000", "传播过 1000"),
        ("repeat", "再次提醒"),
        ("ack_expired", "接手超时"),
        ("escalated", "升级"),
        ("missed", "逾期"),
        ("resolved", "已解决"),
        ("withdrawn", "已撤回"),
        ("false_alarm", "误报"),
        ("rolled_up", "合并提醒"),
    ),
    ended="已结束，无需处理",
    news="新情况",
    spread="传播 {}条",
    reach="触达 {}人",
    act_within="请在 {}内处理",
    act_overdue="处理时限已过 {}",
    act_until="{}（{} 前）",
    reply_follows="建议公开回复太长，在下一条消息里。",
    withheld="平台不收这条提醒里的文字，原文和回复在控制台。",
    digest="{} 条提醒",
    more="另有 {} 条，见控制台",
    colon="：",
    between="，",
    listed="、",
    units=("秒", "分钟", "小时", "天"),
    magnitudes=((100_000_000, 100_000_000, " 亿"), (10_000, 10_000, " 万")),
)

ENGLISH: Final = Wording(
    severities=("Normal", "Important", "Urgent"),
    uncertain="Not sure, please look",
    platforms=(("weibo", "Weibo"), ("twitter", "X")),
    operational="Service alert",
    published="Published {} ago",
    raised="Raised {} ago",
    left="{} left",
    late="late by {}",
    followers="{} followers",
    quoted="Reposted from",
    no_text="(no text)",
    terms="Matched",
    verdict="Verdict",
    reasons="Why this alert",
    reply="Suggested public reply",
    length="{} / {} characters",
    post_by_api="One click in the console posts it from the brand's account.",
    post_by_intent="Open the reply box on X: the text is filled in, confirm to post.",
    post_by_hand="Copy the text above, open the post, and paste it as a comment.",
    open_post="View the post",
    open_composer="Open the reply box on X",
    open_to_comment="Open the post to comment",
    open_console="View in the console",
    reply_in_console="Reply in the console",
    cut="Shortened here; the full text is in the console.",
    case="Case #{}",
    telling=(
        ("new_posts", "New posts"),
        ("severity_up", "Severity up"),
        ("spread_10", "Spread over 10"),
        ("spread_100", "Spread over 100"),
        ("spread_1000", "Spread over 1000"),
        ("repeat", "Reminder"),
        ("ack_expired", "Time ran out"),
        ("escalated", "Escalated"),
        ("missed", "Deadline missed"),
        ("resolved", "Resolved"),
        ("withdrawn", "Withdrawn"),
        ("false_alarm", "False alarm"),
        ("rolled_up", "Rolled up"),
    ),
    ended="Over, nothing left to do",
    news="What is new",
    spread="told by {} posts",
    reach="reached {} followers",
    act_within="act within {}",
    act_overdue="should have acted {} ago",
    act_until="{} (by {})",
    reply_follows="The suggested public reply is long: it follows in the next message.",
    withheld="This platform refuses the words of this alert: post and reply are in the console.",
    digest="{} alerts",
    more="{} more in the console",
    colon=": ",
    between=", ",
    listed=", ",
    units=("s", "min", "h", "d"),
    magnitudes=((1_000_000, 1_000_000, "M"), (10_000, 1_000, "k")),
)


def wording(locale: str) -> Wording:
    """Return the words for a locale: Chinese for `zh…`, English for any other."""
    return CHINESE if locale.lower().startswith("zh") else ENGLISH


def severity_name(words: Wording, severity: Severity) -> str:
    """Name an urgency: 一般, 重要, 紧急."""
    return words.severities[severity - 1]


def platform_name(words: Wording, platform: str) -> str:
    """Name a platform as people call it; an unknown one keeps its own name."""
    return dict(words.platforms).get(platform, platform)


def headline(words: Wording, message: Message) -> str:
    """Return the first line of an alert: 紧急 · 星云手表 · 微博 (· 级别上升) (· 拿不准，请人看)."""
    parts = [
        words.operational if message.kind == OPERATIONAL else "",
        severity_name(words, message.severity),
        message.brand,
        platform_name(words, message.post.platform) if message.post else "",
        telling(words, message),
        words.uncertain if message.uncertain and not message.ended else "",
    ]
    return " · ".join(part for part in parts if part)


def telling(words: Wording, message: Message) -> str:
    """Say in a word or two why a case is told of again; empty for the first time."""
    return dict(words.telling).get(message.reason, words.ended if message.ended else "")


def measure(words: Wording, message: Message) -> str:
    """Say how far a story got: 传播 128 条，触达 34 万人; empty for one post without followers."""
    parts = [
        _counted(words, words.spread, message.spread) if message.spread > 1 else "",
        _counted(words, words.reach, message.reach) if message.reach > 0 else "",
    ]
    return words.between.join(part for part in parts if part)


def duty(words: Wording, message: Message, now: datetime) -> str:
    """Say until when somebody must act: 请在 12 分钟内处理; empty where nothing is due."""
    if message.act_by is None or message.ended:
        return ""
    left_s = (message.act_by - now).total_seconds()
    phrase = words.act_within if left_s >= 0 else words.act_overdue
    return phrase.format(duration(words, abs(left_s)))


def called(words: Wording, message: Message) -> str:
    """List who must act: @张三、@李四."""
    return words.listed.join(f"@{person.name}" for person in message.mentions)


def digest_title(locale: str, count: int) -> str:
    """Say how many alerts one message carries: 5 条提醒."""
    return wording(locale).digest.format(count)


def timing(words: Wording, message: Message, now: datetime) -> str:
    """Say how old a message is and how much time is left: 发布于 3 分钟前，剩余 7 分钟."""
    phrase = words.raised if message.post is None else words.published
    parts = [phrase.format(duration(words, age_s(message, now)))]
    left_s = time_left_s(message, now)
    if left_s is not None:
        phrase = words.left if left_s >= 0 else words.late
        parts.append(phrase.format(duration(words, abs(left_s))))
    return words.between.join(parts)


def duration(words: Wording, seconds: float) -> str:
    """Write a length of time, rounded down, in its largest units: 7 分钟, 2 小时 5 分钟."""
    second, minute, hour, day = words.units
    whole = int(seconds)
    if whole < MINUTE_S:
        return f"{whole} {second}"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} {minute}"
    if whole < DAY_S:
        large, rest = f"{whole // HOUR_S} {hour}", whole % HOUR_S // MINUTE_S
        return f"{large} {rest} {minute}" if rest else large
    large, rest = f"{whole // DAY_S} {day}", whole % DAY_S // HOUR_S
    return f"{large} {rest} {hour}" if rest else large


def followers(words: Wording, count: int | None) -> str:
    """Write how many follow an author, shortened as the language does; empty if unknown."""
    return "" if count is None else words.followers.format(_short(words, count))


def _short(words: Wording, count: int) -> str:
    for least, scale, name in words.magnitudes:
        if count >= least:
            return f"{count * 10 // scale / 10:g}{name}"
    return f"{count:,}"


def _counted(words: Wording, phrase: str, count: int) -> str:
    """Write 128 条, but 2 万条: a space only between a digit and a character."""
    text = _short(words, count)
    apart = text[-1].isdigit() and "{} " not in phrase
    return phrase.format(f"{text} " if apart else text)


def matched(words: Wording, post: PostView) -> str:
    """List the matched words: 命中词：星云手表、退款; empty if none is marked."""
    found = words.listed.join(terms(post))
    return f"{words.terms}{words.colon}{found}" if found else ""


def how_to_post(words: Wording, reply: ReplyView) -> str:
    """Say in one sentence how the drafted reply gets out."""
    sentences = {"api": words.post_by_api, "intent": words.post_by_intent}
    return sentences.get(reply.how, words.post_by_hand)


def post_button(words: Wording, reply: ReplyView) -> str:
    """Label the button that leads to where the reply is posted."""
    labels = {"api": words.reply_in_console, "intent": words.open_composer}
    return labels.get(reply.how, words.open_to_comment)
