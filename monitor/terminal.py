"""What the commands show on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import (
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from monitor.checks import Finding


def show_findings(console: Console, findings: Iterable[Finding]) -> bool:
    """Print each finding as it comes; return whether nothing grave is wrong."""
    fine = True
    for finding in findings:
        sign, style = ("✓", "green") if finding.well else ("✗", "bold red")
        if not finding.well and not finding.grave:
            sign, style = "!", "yellow"
        line = Text.assemble((f"{sign} ", style), (f"{finding.subject:<18} ", "bold"), finding.text)
        if not finding.well and finding.mend:
            line.append(f"  → {finding.mend}", style="cyan")
        console.print(line, soft_wrap=True)
        fine = fine and (finding.well or not finding.grave)
    return fine


def show_plans(console: Console, rows: list[dict[str, Any]], *, chinese: bool) -> None:
    """Print the plan of every source: its queries, the worst delay, and what to change."""
    if not rows:
        console.print("没有启用任何来源。" if chinese else "No source is enabled.")
    for plan in rows:
        console.print(_plan_table(plan, chinese=chinese))
        console.print(_plan_verdict(plan, chinese=chinese), soft_wrap=True)
        for remark in plan["advice"]:
            sentence = remark["zh" if chinese else "en"]
            console.print(Text(f"  → {sentence}", style="cyan"), soft_wrap=True)
        console.print()


def _plan_table(plan: dict[str, Any], *, chinese: bool) -> Table:
    table = Table(title=plan["source"], title_justify="left", title_style="bold", expand=False)
    heads = (
        ("查询", "间隔", "页", "最坏延迟", "为什么")
        if chinese
        else ("query", "interval", "pages", "worst delay", "why")
    )
    table.add_column(heads[0], overflow="fold", max_width=60)
    for head in heads[1:4]:
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(heads[4], overflow="fold", max_width=40)
    for query in plan["queries"]:
        table.add_row(
            query["text"],
            f"{query['interval_s']:.0f} s",
            str(query["pages"]),
            f"{query['worst_delay_s']:.0f} s",
            query["why"]["zh" if chinese else "en"],
        )
    return table


def _plan_verdict(plan: dict[str, Any], *, chinese: bool) -> Text:
    holds = plan["holds"]
    worst, promise = plan["worst_delay_s"], plan["promise_s"]
    used, budget = plan["requests_per_minute"], plan["budget_per_minute"]
    if chinese:
        words = f"最坏发现延迟 {worst:.0f} 秒，承诺 {promise:.0f} 秒；"
        words += f"每分钟请求 {used:.1f} / {budget:.1f}"
    else:
        words = f"worst-case detection delay {worst:.0f} s of {promise:.0f} s; "
        words += f"requests a minute {used:.1f} of {budget:.1f}"
    if plan["cost_usd_per_day"] is not None:
        cost = plan["cost_usd_per_day"]
        words += f"；每天约 {cost:.2f} 美元" if chinese else f"; about ${cost:.2f} a day"
    return Text.assemble(("✓ " if holds else "✗ ", "green" if holds else "bold red"), words)


def progress_bar(console: Console) -> Progress:
    """Return a bar for long work; it shows nothing where output is not a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
