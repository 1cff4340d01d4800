from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from alerts.channels.channel import Busy
from alerts.channels.console import ConsoleChannel, ConsoleSettings
from alerts.digest import digest
from alerts.message import Mention, Message
from alerts.severity import Severity
from tests.alerts.messages import NOW, english, message, operational, post, reply


def printed(alert: Message, width: int = 80, *, terminal: bool = False) -> str:
    screen = io.StringIO()
    console = Console(
        file=screen,
        width=width,
        force_terminal=terminal,
        color_system="standard" if terminal else None,
    )
    channel(console).send(alert)
    return screen.getvalue()


def channel(console: Console) -> ConsoleChannel:
    return ConsoleChannel(ConsoleSettings(), now=lambda: NOW, console=console)


def test_shows_everything_at_a_glance() -> None:
    shown = printed(message())

    for part in (
        "紧急 · 星云手表 · 微博",
        "发布于 3 分钟前，剩余 7 分钟",
        "@青柠气泡水 · 粉丝 12.3 万",
        "命中词：星云手表、冒烟、退款",
        "判断：负面投诉，可信度 94 %",
        "• 安全风险：冒烟",
        "建议公开回复 · 39 / 140 字 · first_public",
        "打开原帖去评论：https://weibo.com/6004281123/QabcdEfgh",
        "在控制台查看：http://127.0.0.1:8000/cases/12",
    ):
        assert part in shown


@pytest.mark.parametrize("width", [30, 60, 80, 200])
@pytest.mark.parametrize("alert", [message(), english(), operational()])
def test_the_frame_is_straight_at_every_width(alert: Message, width: int) -> None:
    framed = [line for line in printed(alert, width).splitlines() if line[0] in "│╭╰"]

    assert len(framed) > 4
    assert {cell_len(line) for line in framed} == {width}


@pytest.mark.parametrize(
    ("severity", "colour"),
    [(Severity.NORMAL, "36"), (Severity.IMPORTANT, "33"), (Severity.URGENT, "31")],
)
def test_colour_tells_the_urgency(severity: Severity, colour: str) -> None:
    shown = printed(message(severity=severity), terminal=True)

    assert f"\x1b[{colour}m╭" in shown
    assert f"\x1b[1;7;{colour}m冒烟\x1b[0m" in shown


def test_what_is_late_is_red() -> None:
    late = message(severity=Severity.NORMAL, due_at=message().post.published_at)

    assert "\x1b[1;31m 发布于 3 分钟前，已超时 3 分钟 " in printed(late, terminal=True)


def test_markup_in_a_post_is_shown_not_obeyed() -> None:
    text = "[bold red]boo[/] [link=https://evil.example]x[/link] :fire: \x1b[31m"

    shown = printed(message(post=post(text=text, marks=())), width=120, terminal=True)

    assert text.replace("\x1b", "\u241b") in Text.from_ansi(shown).plain


def test_links_of_other_kinds_cannot_be_followed() -> None:
    alert = message(reply=reply(link="javascript:alert(1)"), console_url="file:///etc/passwd")

    shown = printed(alert, terminal=True)

    assert "\x1b]8;;javascript" not in shown
    assert shown.count("\x1b]8;id=") == 1


def test_a_long_link_is_one_line_on_a_terminal_and_whole_in_a_file() -> None:
    link = "https://x.com/intent/tweet?in_reply_to=1991&text=" + "We%20are%20sorry%20" * 9
    alert = english(reply=reply(how="intent", link=link))

    assert link in printed(alert).splitlines()
    on_terminal = Text.from_ansi(printed(alert, terminal=True)).plain
    assert link not in on_terminal
    assert "https://x.com/intent/tweet?in_reply_to" in on_terminal


def test_a_terminal_without_unicode_still_gets_the_alert() -> None:
    raw = io.BytesIO()
    screen = io.TextIOWrapper(raw, "ascii")

    channel(Console(file=screen, width=100)).send(message())

    shown = raw.getvalue().decode("ascii")
    assert "https://weibo.com/6004281123/QabcdEfgh" in shown
    assert "冒烟".encode("ascii", "backslashreplace").decode() in shown


def test_a_reader_that_has_gone_is_told_not_fatal() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    screen = os.fdopen(theirs, "w", encoding="utf-8")

    with pytest.raises(Busy, match="BrokenPipeError"):
        channel(Console(file=screen, width=80)).send(message())

    with pytest.raises(BrokenPipeError):
        screen.close()


def test_a_closed_file_is_told_too() -> None:
    screen = io.StringIO()
    way = channel(Console(file=screen, width=80))
    screen.close()

    with pytest.raises(Busy):
        way.send(message())


def test_each_alert_is_printed_once() -> None:
    screen = io.StringIO()
    way = channel(Console(file=screen, width=80))

    way.send(message())
    way.send(operational())

    assert screen.getvalue().count("紧急") == 1
    assert screen.getvalue().count("服务告警") == 1


def test_what_is_new_and_who_must_act_stand_on_top() -> None:
    alert = message(
        reason="severity_up",
        news=("又有 3 条帖子，共 12 条",),
        spread=12,
        reach=340_000,
        mentions=(Mention("林夏"),),
        act_by=NOW + timedelta(minutes=15),
    )
    shown = printed(alert)

    order = ["@林夏 请在 15 分钟内处理", "传播 12 条，触达 34 万人", "• 又有 3 条帖子，共 12 条"]
    places = [shown.index(part) for part in (*order, "@青柠气泡水")]
    assert places == sorted(places)


def test_what_is_over_is_grey_and_asks_for_nothing() -> None:
    over = message(
        reason="resolved",
        ended=True,
        mentions=(Mention("林夏"),),
        act_by=NOW,
        due_at=NOW - timedelta(minutes=1),
    )
    shown = printed(over, terminal=True)

    assert "已解决" in shown
    for part in ("林夏", "建议公开回复", "\x1b[31m", "\x1b[1;31m"):
        assert part not in shown


def test_several_alerts_stand_in_one_frame() -> None:
    shown = printed(digest([message(), english()], "http://console"), width=100)

    for part in ("2 条提醒", "星云手表：充电冒烟，用户要求退款", "strap broke", "http://console"):
        assert part in shown
    assert {cell_len(line) for line in shown.splitlines() if line[0] in "│╭╰"} == {100}
