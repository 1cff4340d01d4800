"""What is told of a case, and why something is not, as sentences in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from alerts.case import CaseState, CaseView
from alerts.flow import SPREAD_STEPS, Because, Held, Notice, Reason, Told
from alerts.storm import Pending, Rollup
from alerts.wording import Wording, severity_name, wording

_FALSE_ALARM: Final = "false_alarm"
_LISTED: Final = 10
"""So many brands or topics of a roll-up are counted by name."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of one language; `posts` and `cases` name one and several."""

    names: Mapping[str, str]
    news: Mapping[str, str]
    spread: str
    held: Mapping[Because, str]
    until: str
    crisis: str
    posts: tuple[str, str]
    cases: tuple[str, str]
    nobody: str
    rollup: str
    severities: str
    brands: str
    topics: str
    others: str
    ended: str
    gravest: str
    rest: str


_CHINESE: Final = _Phrases(
    names={
        Reason.FIRST: "新事件",
        Reason.NEW_POSTS: "新帖",
        Reason.SEVERITY_UP: "级别上升",
        Reason.SPREAD_10: "传播过 10",
        Reason.SPREAD_100: "传播过 100",
        Reason.SPREAD_1000: "传播过 1000",
        Reason.REPEAT: "再次提醒",
        Reason.ACK_EXPIRED: "接手超时",
        Reason.ESCALATED: "升级",
        Reason.MISSED: "逾期",
        Reason.RESOLVED: "已解决",
        Reason.WITHDRAWN: "已撤回",
        Reason.ROLLED_UP: "合并提醒",
        Because.GROUP_WAIT: "归并中",
        Because.GROUP_INTERVAL: "间隔中",
        Because.NO_NEWS: "没有新情况",
        Because.ACKED: "已接手",
        Because.ANSWERED: "已回复",
        Because.NEVER_TOLD: "无需提醒",
        Because.OVER: "已结束",
        Because.SUPPRESSED_BY_SILENCE: "静默",
        Because.SUPPRESSED_BY_QUIET_HOURS: "安静时段",
        Because.SUPPRESSED_BY_INHIBITION: "并入危机事件",
        Because.SUPPRESSED_BY_STORM: "等待合并",
    },
    news={
        Reason.FIRST: "新事件",
        Reason.NEW_POSTS: "又有 {more}，共 {total} 条",
        Reason.SEVERITY_UP: "级别由“{was}”升为“{now}”",
        Reason.SPREAD_10: "传播达到 10 条，现在 {spread}",
        Reason.SPREAD_100: "传播达到 100 条，现在 {spread}",
        Reason.SPREAD_1000: "传播达到 1,000 条，现在 {spread}",
        Reason.REPEAT: "仍未解决，也没有人接手，再次提醒",
        Reason.ACK_EXPIRED: "{who} 接手后到时仍未答复",
        Reason.ESCALATED: "按升级规则转到您这里",
        Reason.MISSED: "处理期限已过，还没有人处理",
        Reason.RESOLVED: "已解决，无需再处理",
        Reason.WITHDRAWN: "已撤回：重新研判，不再算投诉",
        Reason.ROLLED_UP: "同时发生的事件太多，合并成一条提醒",
        _FALSE_ALARM: "误报，无需再处理",
    },
    spread="传播由 {was} 增至 {now}",
    held={
        Because.GROUP_WAIT: "先归并片刻，再一起提醒",
        Because.GROUP_INTERVAL: "有新情况，等两条提醒的间隔过后再说",
        Because.NO_NEWS: "没有新情况",
        Because.ACKED: "已由 {by} 接手",
        Because.ANSWERED: "已经回复过",
        Because.NEVER_TOLD: "提醒之前就已结束",
        Because.OVER: "事件已结束",
        Because.SUPPRESSED_BY_SILENCE: "被静默 #{by} 拦下",
        Because.SUPPRESSED_BY_QUIET_HOURS: "不在“{by}”的时段内",
        Because.SUPPRESSED_BY_INHIBITION: "并入危机事件 #{by}，只计数",
        Because.SUPPRESSED_BY_STORM: "提醒太多，等下一条合并提醒",
    },
    until="{said}；{time} 再看",
    crisis="同一时期另有 {count}没有单独提醒，已计入本事件的影响",
    posts=("{} 条帖子", "{} 条帖子"),
    cases=("{} 个事件", "{} 个事件"),
    nobody="同事",
    rollup="{count}合并提醒",
    severities="级别",
    brands="品牌",
    topics="主题",
    others="其他",
    ended="其中 {count}已经结束",
    gravest="最严重、传播最广的：",
    rest="还有 {count}，见控制台",
)

_ENGLISH: Final = _Phrases(
    names={
        Reason.FIRST: "New case",
        Reason.NEW_POSTS: "New posts",
        Reason.SEVERITY_UP: "Severity up",
        Reason.SPREAD_10: "Spread over 10",
        Reason.SPREAD_100: "Spread over 100",
        Reason.SPREAD_1000: "Spread over 1000",
        Reason.REPEAT: "Reminder",
        Reason.ACK_EXPIRED: "Time ran out",
        Reason.ESCALATED: "Escalated",
        Reason.MISSED: "Deadline missed",
        Reason.RESOLVED: "Resolved",
        Reason.WITHDRAWN: "Withdrawn",
        Reason.ROLLED_UP: "Rolled up",
        Because.GROUP_WAIT: "Gathering",
        Because.GROUP_INTERVAL: "Between messages",
        Because.NO_NEWS: "No news",
        Because.ACKED: "Taken on",
        Because.ANSWERED: "Answered",
        Because.NEVER_TOLD: "Nothing to tell",
        Because.OVER: "Over",
        Because.SUPPRESSED_BY_SILENCE: "Silenced",
        Because.SUPPRESSED_BY_QUIET_HOURS: "Quiet hours",
        Because.SUPPRESSED_BY_INHIBITION: "Part of a crisis",
        Because.SUPPRESSED_BY_STORM: "Waits for a roll-up",
    },
    news={
        Reason.FIRST: "A new case",
        Reason.NEW_POSTS: "New since then: {more}, {total} in all",
        Reason.SEVERITY_UP: "Severity raised from {was} to {now}",
        Reason.SPREAD_10: "Spread has reached 10: {spread} by now",
        Reason.SPREAD_100: "Spread has reached 100: {spread} by now",
        Reason.SPREAD_1000: "Spread has reached 1,000: {spread} by now",
        Reason.REPEAT: "A reminder: still open, and nobody has taken it on",
        Reason.ACK_EXPIRED: "{who} took it on, but the time ran out without an answer",
        Reason.ESCALATED: "Passed on to you by the rules of escalation",
        Reason.MISSED: "The deadline has passed and nobody has acted",
        Reason.RESOLVED: "Resolved; nothing is left to do",
        Reason.WITHDRAWN: "Withdrawn: judged anew, it is no complaint",
        Reason.ROLLED_UP: "Too much at once: many cases in one message",
        _FALSE_ALARM: "A false alarm; nothing is left to do",
    },
    spread="Spread grew from {was} to {now}",
    held={
        Because.GROUP_WAIT: "Gathering posts for a moment before the first message",
        Because.GROUP_INTERVAL: "There is news, but the last message was not long ago",
        Because.NO_NEWS: "There is nothing new",
        Because.ACKED: "{by} has taken it on",
        Because.ANSWERED: "It was answered already",
        Because.NEVER_TOLD: "It was over before it was told",
        Because.OVER: "The case is over",
        Because.SUPPRESSED_BY_SILENCE: "Held back by silence #{by}",
        Because.SUPPRESSED_BY_QUIET_HOURS: "Outside of the hours of “{by}”",
        Because.SUPPRESSED_BY_INHIBITION: "Part of the crisis in case #{by}, counted only",
        Because.SUPPRESSED_BY_STORM: "Too many messages; waits for the next roll-up",
    },
    until="{said}; looked at again at {time}",
    crisis="{count} held back meanwhile and counted here",
    posts=("{} post", "{} posts"),
    cases=("{} case", "{} cases"),
    nobody="Somebody",
    rollup="{count} in one message",
    severities="Severity",
    brands="Brand",
    topics="Topic",
    others="others",
    ended="{count} of these over already",
    gravest="The gravest and widest:",
    rest="{count} more in the console",
)


def short_name(reason: Reason | Because, locale: str) -> str:
    """Name a reason in a word or two, for lists."""
    return _phrases(locale).names[reason]


def news(case: CaseView, notice: Notice, told: Told | None, locale: str) -> tuple[str, ...]:
    """Say what is new for a receiver who was `told` that much: one sentence, at times two."""
    phrases, words = _phrases(locale), wording(locale)
    before = told.posts if told else 0
    was = told.severity if told else case.severity
    phrase: str = notice.reason
    if notice.reason is Reason.RESOLVED and case.state is CaseState.FALSE_ALARM:
        phrase = _FALSE_ALARM
    said = phrases.news[phrase].format(
        more=_count(phrases.posts, max(0, case.posts - before)),
        spread=_count(phrases.posts, case.spread),
        total=f"{case.spread:,}",
        was=severity_name(words, was),
        now=severity_name(words, case.severity),
        who=case.acked_by or phrases.nobody,
    )
    counted = notice.reason is Reason.NEW_POSTS or _step(notice.reason) is not None
    if told is None or counted or case.spread <= told.spread or not case.is_open:
        return (said,)
    return said, phrases.spread.format(
        was=f"{told.spread:,}", now=_count(phrases.posts, case.spread)
    )


def why_held(held: Held, locale: str, zone: tzinfo) -> str:
    """Say why a receiver is not told, and when that is looked at again, if known."""
    phrases = _phrases(locale)
    said = phrases.held[held.because].format(by=held.by or phrases.nobody)
    if held.until is None:
        return said
    return phrases.until.format(said=said, time=f"{held.until.astimezone(zone):%m-%d %H:%M:%S}")


def crisis_holds(count: int, locale: str) -> str:
    """Say how many cases a crisis holds back (`inhibition.held_by`); empty for none."""
    phrases = _phrases(locale)
    return phrases.crisis.format(count=_count(phrases.cases, count)) if count else ""


def rollup_title(rollup: Rollup, locale: str) -> str:
    """Head a roll-up: its gravest severity and how many cases it holds."""
    phrases, words = _phrases(locale), wording(locale)
    said = phrases.rollup.format(count=_count(phrases.cases, len(rollup.pending)))
    return f"{severity_name(words, rollup.severity)} · {said}"


def rollup_lines(rollup: Rollup, locale: str, topic_name: Callable[[str], str]) -> tuple[str, ...]:
    """Say what a roll-up holds: the counts, then the cases that it names, a line each.

    `topic_name` gives the word of that language for a topic.
    """
    phrases, words = _phrases(locale), wording(locale)
    by_severity = ((severity_name(words, each), n) for each, n in rollup.by_severity())
    topics = ((topic_name(topic), n) for topic, n in rollup.by_topic())
    lines = [
        _counts(phrases, words, phrases.severities, by_severity),
        _counts(phrases, words, phrases.brands, rollup.by_brand()),
        _counts(phrases, words, phrases.topics, topics),
    ]
    if rollup.ended:
        lines.append(phrases.ended.format(count=_count(phrases.cases, rollup.ended)))
    lines.append(phrases.gravest)
    lines += [_named(phrases, words, each, topic_name) for each in rollup.named]
    rest = len(rollup.pending) - len(rollup.named)
    return (
        (*lines, phrases.rest.format(count=_count(phrases.cases, rest))) if rest else tuple(lines)
    )


def _phrases(locale: str) -> _Phrases:
    return _CHINESE if locale.lower().startswith("zh") else _ENGLISH


def _count(names: tuple[str, str], number: int) -> str:
    return names[number != 1].format(f"{number:,}")


def _step(reason: Reason) -> int | None:
    return next((step for step, each in SPREAD_STEPS if each is reason), None)


def _counts(phrases: _Phrases, words: Wording, name: str, counts: Iterable[tuple[str, int]]) -> str:
    every = [*counts]
    shown, rest = every[:_LISTED], sum(number for _, number in every[_LISTED:])
    if rest:
        shown.append((phrases.others, rest))
    return f"{name}{words.colon}{words.listed.join(f'{what} {n:,}' for what, n in shown)}"


def _named(
    phrases: _Phrases, words: Wording, each: Pending, topic_name: Callable[[str], str]
) -> str:
    case = each.case
    parts = (
        f"#{case.id} {severity_name(words, case.severity)}",
        case.brand,
        topic_name(case.topic),
        _count(phrases.posts, case.spread),
        phrases.names[each.notice.reason],
    )
    return " · ".join(part for part in parts if part)
