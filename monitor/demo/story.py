"""What one sees of the demonstration: alerts as they arrive, and why other posts raised none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.channels.console import panel
from alerts.flow import Reason
from alerts.flow_wording import short_name
from alerts.message import Message, from_json
from alerts.severity import Severity
from alerts.wording import platform_name, severity_name, wording
from monitor.storage.database import Database
from monitor.storage.rows import LatencyRow
from monitor.storage.sight import Sight
from monitor.storage.told import Quiet, Told, quiet_after, told_after

STYLES: Final = {
    Severity.URGENT: "bold white on red",
    Severity.IMPORTANT: "bold black on yellow",
    Severity.NORMAL: "bold black on cyan",
}
QUIET_REASONS: Final = {
    "advert": "广告",
    "lottery": "抽奖",
    "news": "新闻报道",
    "praise": "称赞",
    "question": "提问",
    "not_a_complaint": "不是投诉",
    "known_false_alarm": "刚被判为误报",
    "shadow": "规则试运行",
    "no_rule": "没有规则要它",
    "too_few": "未达规则条数",
}
SHOWN_WHOLE: Final = 4
"""Alerts of each severity that are shown as a whole panel; later ones take two lines."""
LOOK_EVERY_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class Ending:
    """The figures that the summary shows."""

    published: int
    posts: int
    hits: int
    cases: int
    alerts: int
    undelivered: int
    latencies: Sequence[LatencyRow]
    expected: int
    found: int
    missed: Sequence[str]
    false_alarms: Sequence[str]
    slack_messages: int


class Narrator:
    """Follows the database from a thread of its own and tells what happens."""

    def __init__(self, console: Console, database: Database, now: Callable[[], datetime]) -> None:
        self._console = console
        self._database = database
        self._now = now
        self._shown: dict[Severity, int] = dict.fromkeys(Severity, 0)
        self._told: set[int] = set()
        self._quiet_after = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="narrator", daemon=True)

    def start(self) -> None:
        """Begin to tell."""
        self._thread.start()

    def stop(self) -> None:
        """Tell what is left, then end."""
        self._stop.set()
        self._thread.join()
        self._look()

    def _follow(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        with self._database.read() as connection:
            told = [t for t in told_after(connection, self._told) if t.id not in self._told]
            quiet = quiet_after(connection, self._quiet_after)
        for hit in quiet:
            self._quiet_after = max(self._quiet_after, hit.id)
            self._whisper(hit)
        for alert in told:
            self._told.add(alert.id)
            self._tell(alert)

    def _whisper(self, hit: Quiet) -> None:
        reason = QUIET_REASONS.get(hit.reason, hit.reason)
        name = platform_name(wording("zh-CN"), hit.platform)
        text = " ".join(hit.text.split())[:40]
        line = Text(f"   ○ {name} {hit.brand} 未提醒（{reason}）：{text}", style="dim")
        self._console.print(line, no_wrap=True, overflow="ellipsis")

    def _tell(self, alert: Told) -> None:
        message = from_json(alert.message)
        self._shown[message.severity] += 1
        if message.post is None:
            self._console.print(panel(message, self._now()))
            return
        self._console.print(_headline(message, alert), no_wrap=True, overflow="ellipsis")
        if self._shown[message.severity] <= SHOWN_WHOLE:
            self._console.print(panel(message, alert.delivered_at))
        elif message.post:
            text = " ".join(message.post.text.split())
            self._console.print(Text(f"     “{text}”"), no_wrap=True, overflow="ellipsis")
            reply = message.reply.text if message.reply else ""
            self._console.print(
                Text(f"     ↳ {reply}", style="green"), no_wrap=True, overflow="ellipsis"
            )


def _headline(message: Message, alert: Told) -> Text:
    words = wording("zh-CN")
    post = message.post
    published = post.published_at if post else alert.created_at
    seconds = (alert.delivered_at - published).total_seconds()
    name = platform_name(words, post.platform) if post else ""
    return Text.assemble(
        (f" {severity_name(words, message.severity)} ", STYLES[message.severity]),
        f" {name} {message.brand} @{post.author if post else ''}  ",
        (f"发布后 {seconds:.1f} 秒送达", "bold green" if seconds <= 600 else "bold red"),
        (f"  {words.uncertain}" if message.uncertain else "", "bold yellow"),
        (f"（{_reason(alert.reason)}）", "dim"),
    )


def _reason(code: str) -> str:
    return short_name(Reason(code), "zh-CN") if code in set(Reason) else code


def show_opening(
    console: Console, *, web: str, password: str, stands: Sequence[tuple[str, str]], seconds: float
) -> None:
    """Say what is about to be seen and where."""
    console.rule("[bold]十分 Shifen[/bold]  demo")
    console.print(
        "本机上的替身微博、X 和 Slack，真实的服务读取它们；帖子现场发布，提醒现场送达。\n"
        "Stand-in Weibo, X and Slack on this machine, the real service against them."
    )
    table = Table.grid(padding=(0, 2))
    table.add_row("控制台 console", f"[link={web}]{web}[/link]   demo / {password}")
    for name, url in stands:
        table.add_row(name, f"curl -X POST {url}/__fault/captcha   (… /__fault/none)")
    table.add_row("时长 length", f"{seconds:.0f} s   (Ctrl-C 结束)")
    console.print(table)
    console.rule()


def show_ending(console: Console, ending: Ending) -> None:
    """Sum up: counts, percentiles, and how the judge did against what was meant."""
    console.rule("[bold]小结 summary[/bold]")
    console.print(
        f"published {ending.published} · posts {ending.posts} · hits {ending.hits} · "
        f"cases {ending.cases} · alerts {ending.alerts} · "
        f"Slack messages {ending.slack_messages} · undelivered {ending.undelivered}"
    )
    table = Table(title="published → delivered (s)", title_justify="left")
    for head in ("platform", "alerts", "p50", "p95", "p99", "≤ 10 min"):
        table.add_column(head, justify="left" if head == "platform" else "right")
    for row in ending.latencies:
        table.add_row(
            row.platform,
            str(row.count),
            f"{row.published_p50_s:.1f}",
            f"{row.published_p95_s:.1f}",
            f"{row.published_p99_s:.1f}",
            f"{row.within_promise}/{row.count}",
        )
    console.print(table)
    console.print(
        f"alerts meant {ending.expected}, found {ending.found}; missed {len(ending.missed)}, "
        f"false alarms {len(ending.false_alarms)}"
    )
    for title, items in (("missed", ending.missed), ("false alarm", ending.false_alarms)):
        for item in items:
            console.print(
                Text(f"  {title}: {item}", style="dim"), no_wrap=True, overflow="ellipsis"
            )


def latencies(database: Database, since: datetime) -> Sequence[LatencyRow]:
    """Return the percentiles of everything delivered since `since`."""
    return Sight(database).latencies(since, timedelta(minutes=10))
