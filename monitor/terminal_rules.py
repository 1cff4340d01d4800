"""What the commands of rules show on a terminal, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.decide import Reason
from alerts.rules import Mode, Rule
from alerts.severity import Severity
from alerts.wording import severity_name, wording
from monitor.dry_run import DryRun, Sample
from monitor.labelled_quality import LabelledQuality
from monitor.quality import Figures, Quality, RuleFigures, SeverityFigures, Share

_CHINESE: Final[Mapping[str, str]] = {
    "name": "规则",
    "mode": "状态",
    "about": "管什么",
    "limit": "满几条",
    "hits": "命中",
    "on_trial": "试运行拦下",
    "waiting": "等待",
    "cases": "事件",
    "alerts": "提醒",
    "precision": "准确率（95% 区间，n）",
    "recall": "召回率（95% 区间，n）",
    "severity": "级别",
    "all": "全部",
    "common": "品牌自己的词和通用词",
    "gone": "已不在配置里",
    "live": "生效",
    "shadow": "试运行",
    "everything": "所有帖子",
    "words": "词：{}",
    "followers": "粉丝 ≥ {:,}",
    "within": "{n} 条 / {window}",
    "unknown": "未知",
    "none": "没有配置规则（config.yaml 的 rules 一节）。",
    "window": "{since} 至 {until}",
    "tried": "“{name}”：{since} 至 {until} 的 {posts:,} 条帖子，用时 {took:.1f} 秒",
    "kept": "没有命中的帖子只从 {since} 起完整保存，更早的已经删除",
    "begun": "最早的帖子发布于 {since}，更早的没有存过",
    "empty": "还没有存下任何帖子",
    "found": "会命中 {hits:,} 条，其中 {new:,} 条现在的规则找不到",
    "opened": "会开 {cases}；其中新的 {new}；每个接收方至少 {alerts:,} 条提醒",
    "still": "有 {waiting:,} 条因为没攒够而一直等着",
    "decided": "判断：{}",
    "sample": "样帖",
    "new": "新",
    "set": "{name}：{posts:,} 条，其中投诉 {complaints:,} 条，含有所找词语的 {words:,} 条",
    "judged": "“对错”以人的更正、误报、回复和解决为准",
}
_ENGLISH: Final[Mapping[str, str]] = {
    "name": "rule",
    "mode": "state",
    "about": "about",
    "limit": "from",
    "hits": "hits",
    "on_trial": "on trial",
    "waiting": "waiting",
    "cases": "cases",
    "alerts": "alerts",
    "precision": "precision (95 %, n)",
    "recall": "recall (95 %, n)",
    "severity": "severity",
    "all": "all",
    "common": "the brand's own words and common ones",
    "gone": "no longer configured",
    "live": "live",
    "shadow": "shadow",
    "everything": "every post",
    "words": "words: {}",
    "followers": "followers ≥ {:,}",
    "within": "{n} within {window}",
    "unknown": "unknown",
    "none": "No rule is configured (section rules of config.yaml).",
    "window": "{since} to {until}",
    "tried": "“{name}”: {posts:,} posts from {since} to {until}, in {took:.1f} s",
    "kept": "posts without a hit are there from {since} on; earlier ones have been deleted",
    "begun": "nothing older than {since} is stored",
    "empty": "no posts are stored yet",
    "found": "it would have hit {hits:,}, of which today's rules do not find {new:,}",
    "opened": "cases: {cases}; new ones: {new}; at least {alerts:,} messages to each receiver",
    "still": "{waiting:,} would still wait for others",
    "decided": "decisions: {}",
    "sample": "sample",
    "new": "new",
    "set": "{name}: {posts:,} posts, {complaints:,} complaints, {words:,} of them with our words",
    "judged": "right and wrong by people's corrections, false alarms, answers and solutions",
}
_REASONS: Final[Mapping[Reason, str]] = {
    Reason.FIRST: "开事件",
    Reason.UNSURE: "拿不准，开事件",
    Reason.SAME_STORY: "并入事件",
    Reason.KNOWN_FALSE_ALARM: "刚被判为误报",
    Reason.SHADOW: "规则试运行",
    Reason.NO_RULE: "没有规则要它",
    Reason.TOO_FEW: "未达规则条数",
    Reason.ADVERT: "广告",
    Reason.LOTTERY: "抽奖",
    Reason.NEWS: "新闻报道",
    Reason.PRAISE: "称赞",
    Reason.QUESTION: "提问",
    Reason.NOT_A_COMPLAINT: "不是投诉",
}


def show_rules(console: Console, figures: Sequence[RuleFigures], locale: str) -> None:
    """Print every rule with what it is about, and what it did lately."""
    words = _words(locale)
    table = Table()
    for head in ("name", "mode", "about", "limit"):
        table.add_column(words[head], overflow="fold")
    for head in ("hits", "on_trial", "waiting", "cases"):
        table.add_column(words[head], justify="right")
    for each in figures:
        counts = (each.hits, each.on_trial, each.waiting, each.figures.cases)
        table.add_row(*_described(each, words), *(f"{count:,}" for count in counts))
    console.print(table)
    if all(each.rule is None for each in figures):
        console.print(words["none"], soft_wrap=True)


def show_quality(console: Console, found: Quality, locale: str, zone: tzinfo) -> None:
    """Print how often alerts were right, by severity and by rule."""
    words = _words(locale)
    times = {"since": _time(found.since, zone), "until": _time(found.until, zone)}
    console.print(words["window"].format(**times), soft_wrap=True)
    console.print(words["judged"], style="dim", soft_wrap=True)
    console.print(_severities(found.overall, found.by_severity, locale))
    console.print(_rules(found.by_rule, words))


def show_labelled(console: Console, found: LabelledQuality, locale: str) -> None:
    """Print how the rules did on a labelled set."""
    words = _words(locale)
    said = words["set"].format(
        name=found.name,
        posts=found.posts,
        complaints=found.complaints,
        words=found.with_words,
    )
    console.print(said, soft_wrap=True)
    console.print(_severities(found.overall, found.by_severity, locale))
    console.print(_rules(found.by_rule, words))


def show_dry_run(console: Console, tried: DryRun, locale: str, zone: tzinfo) -> None:
    """Print what a rule would have done, with samples."""
    words = _words(locale)
    said = words["tried"].format(
        name=tried.rule.name,
        since=_time(tried.since, zone),
        until=_time(tried.until, zone),
        posts=tried.posts,
        took=tried.took_s,
    )
    console.print(said, soft_wrap=True)
    if tried.stored_since is None:
        console.print(words["empty"], style="yellow", soft_wrap=True)
        return
    if tried.whole_since > tried.since:
        from_the_start = tried.whole_since == tried.stored_since
        phrase = words["begun" if from_the_start else "kept"]
        kept = phrase.format(since=_time(tried.whole_since, zone))
        console.print(kept, style="yellow", soft_wrap=True)
    lines = [
        words["found"].format(hits=tried.hits, new=tried.new_hits),
        words["opened"].format(
            cases=_by_severity(tried.cases, locale),
            new=_by_severity(tried.new_cases, locale),
            alerts=tried.alerts,
        ),
    ]
    if tried.waiting:
        lines.append(words["still"].format(waiting=tried.waiting))
    if tried.reasons:
        counts = (f"{_reason(reason, locale)} {n:,}" for reason, n in tried.reasons.items())
        lines.append(words["decided"].format(" · ".join(counts)))
    for line in lines:
        console.print(line, soft_wrap=True)
    for sample in tried.samples:
        console.print(_sample(sample, words, locale, zone), soft_wrap=True)


def _sample(sample: Sample, words: Mapping[str, str], locale: str, zone: tzinfo) -> Text:
    about = (
        _time(sample.published_at, zone),
        sample.platform,
        sample.brand,
        severity_name(wording(locale), sample.severity),
        _reason(sample.reason, locale),
        " / ".join(sample.words),
    )
    mark = (f"[{words['new']}] ", "bold green") if sample.new else ("    ", "")
    text = " ".join(sample.text.split())
    return Text.assemble(mark, (" · ".join(about), "cyan"), f"\n      {text}")


def _described(each: RuleFigures, words: Mapping[str, str]) -> tuple[str, str, str, str]:
    rule = each.rule
    if rule is None:
        state = words["live"] if each.common else "–"
        return each.name, state, words["common" if each.common else "gone"], "–"
    limit = "–"
    if rule.min_hits > 1:
        limit = words["within"].format(n=rule.min_hits, window=_span(rule.window_s))
    state = words["live" if rule.mode is Mode.LIVE else "shadow"]
    return rule.name, state, _about(rule, words), limit


def _about(rule: Rule, words: Mapping[str, str]) -> str:
    traits = (rule.brands, rule.platforms, rule.languages, rule.topics, rule.risks)
    parts = [" / ".join(sorted(values)) for values in traits if values]
    if rule.words:
        parts.insert(0, words["words"].format(" / ".join(rule.words)))
    if rule.followers_at_least:
        parts.append(words["followers"].format(rule.followers_at_least))
    return " · ".join(parts) or words["everything"]


def _severities(overall: Figures, by_severity: Sequence[SeverityFigures], locale: str) -> Table:
    words = _words(locale)
    table = _table(words, "severity", ("cases", "alerts"))
    for each in reversed(by_severity):
        table.add_row(severity_name(wording(locale), each.severity), *_counted(each.figures, words))
    table.add_section()
    table.add_row(words["all"], *_counted(overall, words))
    return table


def _rules(by_rule: Sequence[RuleFigures], words: Mapping[str, str]) -> Table:
    table = _table(words, "name", ("hits", "on_trial", "waiting", "cases", "alerts"))
    for each in by_rule:
        counts = (f"{count:,}" for count in (each.hits, each.on_trial, each.waiting))
        table.add_row(each.name, *counts, *_counted(each.figures, words))
    return table


def _table(words: Mapping[str, str], first: str, counts: Sequence[str]) -> Table:
    table = Table()
    table.add_column(words[first], overflow="fold")
    for head in (*counts, "precision", "recall"):
        table.add_column(words[head], justify="right")
    return table


def _counted(figures: Figures, words: Mapping[str, str]) -> tuple[str, str, str, str]:
    return (
        f"{figures.cases:,}",
        f"{figures.alerts:,}",
        _share(figures.precision, words),
        _share(figures.recall, words),
    )


def _share(share: Share, words: Mapping[str, str]) -> str:
    if share.value is None or share.interval is None:
        return words["unknown"]
    low, high = share.interval
    return f"{share.value:.0%} ({low:.0%}–{high:.0%}, {share.n:,})"


def _by_severity(counts: Mapping[Severity, int], locale: str) -> str:
    names = wording(locale)
    every = (f"{severity_name(names, each)} {counts[each]:,}" for each in reversed(Severity))
    return " · ".join(every)


def _reason(reason: Reason, locale: str) -> str:
    return _REASONS[reason] if locale.startswith("zh") else reason.value.replace("_", " ")


def _span(seconds: float) -> str:
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= unit_s and seconds % unit_s == 0:
            return f"{seconds / unit_s:g} {unit}"
    return f"{seconds:g} s"


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _words(locale: str) -> Mapping[str, str]:
    return _CHINESE if locale.startswith("zh") else _ENGLISH
