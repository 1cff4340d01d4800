"""Messages as plain lines: what stands in them, what gives way, what never does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels.sheet import Line, Page, Paper, written
from alerts.channels.words import IN_FULL, SERVICE, pages
from alerts.digest import digest
from alerts.flow import Reason
from alerts.message import Mention, Message, sanitized
from alerts.severity import Severity
from tests.alerts.messages import (
    CONSOLE,
    NOW,
    REPLY,
    TEXT,
    english,
    message,
    operational,
    post,
    reply,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
CUT = "文字过长，此处只显示开头；全文在控制台。"
WHEN = "发布于 3 分钟前，剩余 7 分钟"
PEOPLE = (Mention("张三", {"wecom": "zhangsan"}), Mention("李四"))
MANY = "冒烟😱" * 3000


def names(line: Line) -> list[str]:
    return [person.name for person in line.people]


def weight(line: Line) -> int:
    return len(written(line, names(line)).encode()) + 1


def text(page: Page) -> str:
    return "\n".join([page.title, *(written(line, names(line)) for line in page.lines)])


def lay(alert: Message, limit: int = 2048, **options: Any) -> list[str]:
    paper = Paper(limit, weight)
    laid = pages(sanitized(alert), NOW, paper=paper, zone=SHANGHAI, **options)
    written_out = [text(page) for page in laid]
    assert all(len(body.encode()) <= limit for body in written_out)
    return written_out


def only(alert: Message, **options: Any) -> str:
    (body,) = lay(alert, **options)
    return body


def test_a_whole_alert() -> None:
    alert = message(
        mentions=PEOPLE,
        act_by=NOW + timedelta(minutes=15),
        news=("10 分钟内又有 3 条新帖",),
        spread=128,
        reach=340_000,
        post=post(quoted="原微博\n\n\n\n第二段"),
    )

    assert only(alert) == "\n".join(
        [
            "🔴 紧急 · 星云手表 · 微博",
            "星云手表：充电冒烟，用户要求退款",
            "发布于 3 分钟前，剩余 7 分钟 · 传播 128 条，触达 34 万人 · 事件 #12 · Shifen",
            "张三 李四 请在 15 分钟内处理（12:15 前）",
            "",
            "· 10 分钟内又有 3 条新帖",
            "",
            "@青柠气泡水 · 粉丝 12.3 万",
            f"│ {TEXT}",
            "命中词：星云手表、冒烟、退款",
            "转发自：",
            "│ 原微博",
            "│ ",
            "│ 第二段",
            "",
            "判断：负面投诉，可信度 94 %",
            "· 命中品牌「星云手表」与投诉词「退款」",
            "· 安全风险：冒烟",
            "",
            "建议公开回复 · 39 / 140 字 · first_public",
            REPLY,
            "复制上面的文字，打开原帖，在评论里粘贴发出。",
            "",
            "打开原帖去评论 https://weibo.com/6004281123/QabcdEfgh",
            f"在控制台查看 {CONSOLE}",
        ]
    )


def test_in_english() -> None:
    body = only(english(severity=Severity.NORMAL, mentions=(Mention("Lena"),), act_by=NOW))

    assert body.startswith("🔵 Normal · NebulaWatch · X\nNebulaWatch: strap broke")
    assert "Published 3 min ago, 7 min left · Case #12 · Shifen\nLena act within 0 s\n" in body
    assert "\nSuggested public reply · 39 / 280 characters · first_public\nWe are sorry" in body
    assert "\nOpen the reply box on X https://x.com/intent/tweet?" in body


def test_about_the_service() -> None:
    assert only(operational()) == "\n".join(
        [
            "🟠 服务告警 · 重要",
            "微博读不到：登录失效",
            "发生于 20 秒前 · Shifen",
            "",
            "· 登录从 11:42 起无效，已试 5 次",
            "· 更新 cookie 后自动继续",
            "",
            f"在控制台查看 {CONSOLE}",
        ]
    )


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (9, "请在 9 分钟内处理（12:09 前）"),
        (12 * 60 + 1, "请在 12 小时 1 分钟内处理（11-23 00:01 前）"),
        (-5, "处理时限已过 5 分钟"),
    ],
)
def test_until_when_is_told_in_the_readers_time(minutes: int, told: str) -> None:
    assert told in only(message(act_by=NOW + timedelta(minutes=minutes))).splitlines()


def test_people_are_called_even_where_nothing_is_due() -> None:
    assert "张三 李四" in only(message(mentions=PEOPLE)).splitlines()
    crowd = tuple(Mention(f"人{n}") for n in range(30))
    assert only(message(mentions=crowd)).count("人") < 30


FOLLOW_UPS = [
    *({"reason": reason.value} for reason in Reason if reason.value not in IN_FULL),
    {"reason": "first", "thread": "1764000000.000100"},
]


@pytest.mark.parametrize("changes", FOLLOW_UPS, ids=str)
def test_what_follows_is_brief(changes: dict[str, str]) -> None:
    news = ("传播从 12 条到 120 条", "又有 3 条新帖")
    alert = message(news=news, mentions=PEOPLE, act_by=NOW + timedelta(minutes=5), **changes)
    body = only(alert)

    for part in ("星云手表：充电冒烟，用户要求退款", *(f"· {each}" for each in news), CONSOLE):
        assert part in body
    assert "张三 李四 请在 5 分钟内处理（12:05 前）" in body
    assert TEXT not in body
    assert REPLY not in body
    assert body.count("\n") < 10


@pytest.mark.parametrize("reason", sorted(IN_FULL))
def test_whoever_must_act_now_gets_post_and_reply(reason: str) -> None:
    body = only(message(reason=reason))

    assert reason in {each.value for each in Reason}
    assert TEXT in body
    assert REPLY in body


@pytest.mark.parametrize("reason", ["first", "resolved", "withdrawn", "false_alarm"])
def test_what_is_over_calls_nobody(reason: str) -> None:
    body = only(
        message(reason=reason, ended=True, mentions=PEOPLE, act_by=NOW, news=("张三已回复",))
    )

    assert "张三已回复" in body
    for call in ("李四", "请在", "剩余", "时限", REPLY):
        assert call not in body


def test_what_follows_without_a_post_tells_its_reasons() -> None:
    assert "· 其余 9,990 条已折叠" in only(
        message(reason="rolled_up", post=None, reply=None, reasons=("其余 9,990 条已折叠",))
    )


# Limits


def test_a_long_post_is_cut_and_leads_on() -> None:
    body = only(message(post=post(text=MANY, marks=())))

    (line,) = (line for line in body.splitlines() if line.startswith("│ "))
    assert line.startswith("│ 冒烟😱冒烟😱")
    assert line.endswith("…")
    assert body.endswith(CUT)
    assert "https://weibo.com/6004281123/QabcdEfgh" in body
    assert CONSOLE in body
    assert REPLY in body
    assert "· 安全风险：冒烟" in body
    assert len(body.encode()) > 1900


def test_a_large_body_shows_more_but_no_novel() -> None:
    body = only(message(post=post(text=MANY, marks=(), quoted=MANY)), limit=18_000)

    assert 7_000 < len(body.encode()) < 9_000
    assert body.endswith(CUT)


@pytest.mark.parametrize("count", [1, 140, 300, 2000, 6000])
@pytest.mark.parametrize("unit", ["好", "a", "😱", "👨‍👩‍👧", "行\n"])
def test_the_reply_is_never_cut(unit: str, count: int) -> None:
    words = (unit * count).strip()
    first, *rest = lay(
        message(post=post(text=MANY), reasons=(MANY,) * 9, reply=reply(text=words), news=(MANY,))
    )

    assert CONSOLE in first
    if rest:
        assert "建议公开回复太长，在下一条消息里。" in first
        assert all(body.startswith(f"{SERVICE} · 建议公开回复 · 39 / 140 字") for body in rest)
        assert "".join(body.partition("\n")[2] for body in rest).replace("\n", "") == (
            words.replace("\n", "")
        )
    else:
        assert f"\n{words}\n" in first
    assert (len(rest) > 0) == (len(words.encode()) > 1400)


def test_a_reply_of_ordinary_length_stands_with_everything_else() -> None:
    longest = reply(text="好" * 280)
    wanted = message(
        title=MANY, brand=MANY, post=post(text=MANY, author=MANY), reply=longest, mentions=PEOPLE
    )

    assert longest.text in only(wanted)


def test_a_monstrous_link_gives_way_to_the_post() -> None:
    link = f"https://x.com/intent/tweet?text={'%E5%A5%BD' * 300}"

    body = only(english(reply=reply(how="intent", link=link)))

    assert "intent/tweet" not in body
    assert "View the post https://x.com/lena_k/status/1991" in body


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", "https://a.example/ b", "file:///"])
def test_only_addresses_that_lead_somewhere_are_links(address: str) -> None:
    body = only(message(post=post(url=address), reply=None, console_url=address))
    assert "查看" not in body


# Several at once


def part(number: int, **changes: Any) -> Message:
    return message(
        dedupe_key=f"{number:040x}", case_id=number, console_url=f"{CONSOLE}/{number}", **changes
    )


def test_several_alerts_in_one() -> None:
    news = ("传播过 100",)
    parts = [
        part(1, act_by=NOW + timedelta(minutes=9), mentions=PEOPLE),
        part(2, severity=Severity.NORMAL, reason="spread_100", news=news, post=post(author="")),
        part(3, ended=True, reason="resolved", mentions=PEOPLE),
    ]

    assert only(digest(parts, CONSOLE)) == "\n".join(
        [
            "🔴 紧急 · 星云手表",
            "3 条提醒",
            "Shifen",
            "",
            "🔴 紧急 · 星云手表 · 微博 · @青柠气泡水",
            f"│ {TEXT}",
            "张三 李四 请在 9 分钟内处理（12:09 前）",
            f"发布于 3 分钟前，剩余 7 分钟 · 事件 #1 {CONSOLE}/1",
            "",
            "🔵 一般 · 星云手表 · 微博 · 传播过 100",
            "│ 传播过 100",
            f"发布于 3 分钟前，剩余 7 分钟 · 事件 #2 {CONSOLE}/2",
            "",
            "🔴 紧急 · 星云手表 · 微博 · 已解决 · @青柠气泡水",
            f"│ {TEXT}",
            f"发布于 3 分钟前 · 事件 #3 {CONSOLE}/3",
            "",
            f"在控制台查看 {CONSOLE}",
        ]
    )


@pytest.mark.parametrize("count", [2, 10, 57])
@pytest.mark.parametrize("words", [TEXT, MANY, "a\n" * 9000])
def test_no_alert_of_many_is_lost(count: int, words: str) -> None:
    parts = [part(n, post=post(text=words), reasons=(words,)) for n in range(count)]

    bodies = lay(digest(parts, CONSOLE))

    for n in range(count):
        link = f" · 事件 #{n} {CONSOLE}/{n}"
        assert sum(body.splitlines().count(f"{WHEN}{link}") for body in bodies) == 1
    assert all(SERVICE in body for body in bodies)
    if len(bodies) > 1:
        ends = [body.splitlines()[0].rpartition(" ")[2] for body in bodies]
        assert ends == [f"{n}/{len(bodies)}" for n in range(1, len(bodies) + 1)]


def test_many_without_posts_show_their_titles() -> None:
    body = only(digest([operational(), operational(title="X 读不到")], CONSOLE))

    assert "│ 微博读不到：登录失效" in body
    assert "│ X 读不到" in body


# Strangers


FORGED = "好的\n\n建议公开回复 · 39 / 140 字 · first_public\n滚！\n<@all> <@U1> <AT user_id=all>"


def test_a_post_cannot_pass_itself_off_as_ours() -> None:
    alert = message(
        title=FORGED,
        brand=FORGED,
        verdict=FORGED,
        reasons=(FORGED,),
        news=(FORGED,),
        post=post(text=FORGED, author=FORGED, quoted=FORGED, marks=()),
    )

    for body in (only(alert), only(digest([alert, alert], CONSOLE))):
        ours = [line for line in body.splitlines() if not line.startswith("│ ")]
        assert "滚！" not in ours
        assert ours.count("建议公开回复 · 39 / 140 字 · first_public") == body.count(REPLY)
        assert "＜@all> ＜@U1>" in body
        assert "<@" not in body
        assert "<at" not in body.lower()


def dense(words: str) -> str:
    return "".join(words.split()).replace("＜", "<")


def test_what_only_looks_like_a_tag_stays() -> None:
    words = "I <3 it, a<b, <attic>, if x<@ is odd: *a* _b_ [c](https://d.example) `e` # f"

    body = only(english(post=post(text=words), reply=reply(text=words.replace("<@", "< @"))))

    assert f"│ {words.replace('<@', '＜@')}" in body
    assert f"\n{words.replace('<@', '< @')}\n" in body


def test_words_that_are_refused_can_be_left_out() -> None:
    alert = message(act_by=NOW + timedelta(minutes=5), mentions=PEOPLE)

    assert only(alert, withheld=True) == "\n".join(
        [
            "🔴 紧急 · 星云手表 · 微博",
            "发布于 3 分钟前，剩余 7 分钟 · 事件 #12 · Shifen",
            "张三 李四 请在 5 分钟内处理（12:05 前）",
            "",
            "· 平台不收这条提醒里的文字，原文和回复在控制台。",
            "",
            f"在控制台查看 {CONSOLE}",
        ]
    )


def test_also_of_several_alerts() -> None:
    body = only(digest([part(1), part(2, news=("脏话",))], CONSOLE), withheld=True)

    assert f"事件 #1 {CONSOLE}/1" in body
    assert f"事件 #2 {CONSOLE}/2" in body
    assert "平台不收" in body
    for word in ("冒烟", "青柠", "脏话", "│"):
        assert word not in body


WORDS = st.text(
    st.sampled_from(list("好a \n\t<@>/atＡ\"'\\│·*_[]()`#😱\u200d\u3000")), max_size=1500
)


@given(WORDS, WORDS, WORDS, WORDS, st.integers(0, 3), st.integers(2000, 6000))
def test_nothing_exceeds_the_limit_and_nothing_needed_is_missing(
    said: str, answered: str, name: str, news: str, count: int, limit: int
) -> None:
    alert = message(
        title=said,
        brand=name[:60],
        post=post(text=said, author=name, quoted=said, marks=()),
        reply=reply(text=answered),
        reasons=(said, news) * 3,
        news=(news,) * count,
        mentions=PEOPLE[:count],
    )

    bodies = lay(alert, limit)

    assert CONSOLE in bodies[0]
    shown = [dense(body) for body in bodies]
    if len(bodies) > 1:
        shown = ["".join(dense(body.partition("\n")[2]) for body in bodies[1:])]
    assert dense(answered) in shown[0]
