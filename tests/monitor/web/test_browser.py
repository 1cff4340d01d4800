"""The console in a real browser. Set SHIFEN_SCREENSHOTS to a folder to keep the pictures."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import update

from alerts.matching import Traits
from alerts.message import Message
from alerts.rota import Override
from alerts.severity import Severity
from alerts.silence import Draft
from alerts.substitution import Draft as Substitute
from monitor import silencing, turns
from monitor.auth import Role
from monitor.desk import Person
from monitor.storage import tables as t
from monitor.storage.case_tables import case_author
from monitor.storage.customer_store import CustomerStore
from monitor.storage.database import Database
from monitor.web.parts import WebParts
from monitor.web.server import WebServer
from tests.factories import REPLY, T0, Rows, message
from tests.monitor.web.conftest import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
SIZES = {"wide": (1280, 900), "phone": (375, 740)}
LANGUAGES = ("zh-CN", "en")
PAGES = {
    "alerts": "/",
    "case": "/cases/4",
    "silences": "/silences",
    "duty": "/duty",
    "customers": "/customers",
    "customer": "/customers/1",
    "quality": "/quality",
    "behind": "/quality/posts",
}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not installed"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def server(app: FastAPI) -> Iterator[WebServer]:
    server = WebServer(app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


class Window:
    """A browser window that notes what a good page never does."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(10_000)
        self.home = home
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self._note(m.type in ("error", "warning"), m.text))
        self.page.on("pageerror", lambda error: self._note(True, str(error)))
        self.page.on("request", lambda r: self._note(not r.url.startswith(home), r.url))

    def sign_in(self, name: str = "pr") -> None:
        self.page.goto(self.home)
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(f"{self.home}/")
        self.wait_until_live()

    def wait_until_live(self) -> None:
        expect(self.page.locator("#live-text")).to_have_text(re.compile("^(实时连接|Live)$"))

    def _note(self, bad: bool, what: str) -> None:
        if bad:
            self.complaints.append(what)


@pytest.fixture
def window(browser: Browser, server: WebServer) -> Iterator[Window]:
    context = browser.new_context(
        locale="zh-CN",
        viewport={"width": 1280, "height": 900},
        permissions=["clipboard-read", "clipboard-write"],
    )
    window = Window(context, server.url)
    yield window
    context.close()
    assert window.complaints == []


def ago(minutes: float) -> dict[str, object]:
    """The publication time of a post so many minutes before the test's now (04:00 UTC)."""
    return {"published_at": T0 + timedelta(minutes=10 - minutes)}


def busy_day(rows: Rows) -> None:
    """What a console shows on a bad morning; all of it invented."""
    english = message(
        platform="twitter",
        author="Mika Tern",
        followers=48_200,
        text="My NebulaWatch died on day three. Support hung up twice, I want a refund. "
        "Has anyone got their money back? https://t.co/abc",
        reply_text="Hi Mika, we have seen your post and are sorry about your watch. Please send us "
        "your order number by DM; our team will take care of it first.",
        title="NebulaWatch：要求退款",
        verdict="负面 91 % · 投诉 95 % · 退款",
        reasons=("品牌与投诉词：NebulaWatch、refund", "作者粉丝 4.8 万"),
        **ago(31),
    )
    burning = message(
        author="数码小周",
        followers=682_000,
        severity=Severity.URGENT,
        title="星云手表：充电时冒烟，涉及人身安全",
        text="星云手表充电时突然冒烟，差点烧到孩子的手！联系客服 138****5678 两天没人理，"
        "现在只想退款。已经拍了视频，大家千万别放在床头充电。\n\n"
        "@星云手表官方 你们的质检呢？",
        verdict="负面 98 % · 投诉 99 % · 安全",
        reasons=("安全风险词：冒烟、烧", "作者粉丝 68.2 万，已认证", "12 分钟内 27 条转发"),
        **ago(3),
    )
    rows.complaint(told=message(title="星云手表：要求退款", **ago(190)))
    rows.complaint(
        told=message(
            severity=Severity.NORMAL,
            author="晚风",
            followers=86,
            text="星云手表的快递怎么还没到，问了客服也没有回复，再不发货我就退款了。",
            title="星云手表：物流迟缓",
            reasons=("品牌与投诉词：星云手表、退款",),
            verdict="负面 71 % · 投诉 83 % · 物流",
            **ago(75),
        )
    )
    rows.complaint(told=english, case={"topic": "refund"})
    failed = rows.alert(_operational(**ago(22)), platform=None, published_at=None)
    rows.delivery(failed, state="failed", attempts=5, error="room not found")
    rows.complaint(
        told=burning,
        case={"topic": "safety", "risk": "safety", "spread_count": 27},
        delivered_at=T0 + timedelta(minutes=8.2),
    )
    rows.complaint(told=message(title="星云手表：客服无人应答", **ago(1)), delivered_at=None)
    rows.query(cursor_at=T0 + timedelta(minutes=9.5))
    rows.query(source="twitter", cursor_at=T0 + timedelta(minutes=4))
    outage = {"subject": "twitter", "cause": "throttled", "detail": "", "started_at": T0}
    rows.insert(t.outage, **outage)


def busy_people(parts: WebParts) -> None:
    """What people did about it."""
    lin, now = Person("林", Role.PR), parts.now()
    parts.desk.ack(2, lin)
    parts.desk.assign(3, lin, "王")
    parts.desk.answer(1, lin, "https://weibo.com/1/answer")
    parts.desk.link(4, lin, 3)
    traits = Traits(topics=frozenset({"delivery"}))
    until = now + timedelta(hours=4)
    silencing.make(parts.database, Draft(traits, now, until, "物流高峰"), "lin", now)
    override = Override("林", "王", now, until)
    turns.substitute(
        parts.database, parts.rules().roster, Substitute("leads", override, "请假"), "lin", now
    )
    customers = CustomerStore(parts.database, parts.now)
    customers.add("周晓航", by="lin", key_customer=True, note="老客户", author_keys=["weibo:7001"])


def _operational(**changes: object) -> Message:
    told = message(kind="operational", brand="", title="X 数据源被限流，可能漏读", **changes)
    return replace(
        told, post=None, reply=None, verdict="", reasons=("连续 3 次请求被限流，将在 04:05 恢复",)
    )


def test_a_new_alert_appears_on_top_without_reload(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()
    page = window.page
    expect(page.locator("article")).to_have_count(1)

    newest = rows.alert(message(title="<b>第二条</b> 投诉", platform="twitter"))

    first = page.locator("article").first
    expect(first).to_have_attribute("id", f"alert-{newest}")
    expect(page.locator("#announcer")).to_have_text("新预警：<b>第二条</b> 投诉")
    expect(page.locator("article")).to_have_count(2)


def test_the_first_alert_ever_takes_the_place_of_the_hint(window: Window, rows: Rows) -> None:
    window.sign_in()
    expect(window.page.locator("#empty")).to_be_visible()

    rows.complaint()

    expect(window.page.locator("article")).to_have_count(1)
    expect(window.page.locator("#empty")).to_be_hidden()


def test_a_delivery_changes_its_alert_in_place_and_keeps_the_focus(
    window: Window, rows: Rows, database: Database
) -> None:
    _, _, alert = rows.complaint(delivered_at=None)
    window.sign_in()
    article = window.page.locator(f"#alert-{alert}")
    expect(article.locator(".countdown")).to_contain_text("告警时限剩余")
    article.locator("[data-copy]").focus()

    with database.write() as connection:
        at = T0 + timedelta(seconds=61)
        connection.execute(update(t.alert).values(first_delivered_at=at))

    expect(article).to_contain_text("发布后 1 分 1 秒 送达")
    expect(article.locator("[data-copy]")).to_be_focused()
    expect(window.page.locator("article")).to_have_count(1)


def test_the_reply_is_copied_by_keyboard(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()
    button = window.page.locator("[data-copy]")
    button.focus()

    window.page.keyboard.press("Enter")

    expect(button).to_have_text("已复制")
    assert window.page.evaluate("navigator.clipboard.readText()") == REPLY
    expect(button).to_have_text("复制回复")


def test_times_run_by_the_servers_clock(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()

    expect(window.page.locator(".alert-age")).to_have_text("10分钟前")
    expect(window.page.locator(".countdown b")).to_have_text("49:58", timeout=4000)


def test_the_language_is_switched_and_kept(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()

    window.page.get_by_role("link", name="English").click()

    expect(window.page.locator("h1")).to_have_text("Live alerts")
    expect(window.page.locator("article .latency")).to_have_text(
        "Delivered 1 min 35 s after publication"
    )
    rows.alert()
    expect(window.page.locator("article").first).to_contain_text("Copy reply")
    window.page.reload()
    expect(window.page.locator("h1")).to_have_text("Live alerts")


def test_the_case_is_shown_in_clear_on_demand(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()
    window.page.get_by_role("link", name="事件 #1").click()
    posts = window.page.locator("#posts")
    expect(posts).to_contain_text("138****5678")

    window.page.get_by_role("button", name="查看明文").click()

    expect(posts).to_contain_text("13812345678")
    expect(posts).to_contain_text("本次查看已记录")


def test_a_case_is_taken_on_and_called_a_false_alarm_by_keyboard(
    window: Window, rows: Rows
) -> None:
    rows.complaint()
    window.sign_in()
    page = window.page
    page.goto(f"{window.home}/cases/1")
    page.get_by_role("button", name="接手").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toast")).to_contain_text("已接手，11-22 13:00:00 前有效")
    expect(page.locator("#case-state")).to_contain_text("pr 已接手")
    expect(page.locator("#deed-ack")).to_be_focused()

    page.locator("#deed-false").focus()
    page.keyboard.press("Enter")
    joke = page.get_by_role("button", name="玩笑")
    expect(joke).to_be_visible()
    page.keyboard.press("Escape")
    expect(joke).to_be_hidden()
    expect(page.locator("#deed-false")).to_be_focused()
    page.keyboard.press("Enter")
    joke.click()

    expect(page.locator("#case-state .pill-state")).to_have_text("误报")
    expect(page.locator("#case-side")).to_contain_text("pr 标为误报：玩笑")
    expect(page.locator("#deed-ack")).to_have_count(0)
    expect(page.locator("#case-state")).to_be_focused()


def test_what_others_do_appears_without_reload_and_costs_no_words(
    window: Window, rows: Rows, parts: WebParts
) -> None:
    rows.complaint()
    window.sign_in()
    page = window.page
    page.clock.install()
    page.goto(f"{window.home}/cases/1")
    page.locator("#deed-resolve").click()
    page.get_by_label("怎样解决的").fill("正在退款")

    parts.desk.assign(1, Person("王", Role.LEAD), "林")
    page.clock.run_for(10_500)

    expect(page.locator("#case-state")).to_contain_text("由 林 负责")
    expect(page.get_by_label("怎样解决的")).to_have_value("正在退款")


def test_a_refusal_is_said_on_the_page(window: Window, rows: Rows, parts: WebParts) -> None:
    rows.complaint()
    window.sign_in()
    page = window.page
    page.goto(f"{window.home}/cases/1")
    parts.desk.resolve(1, Person("王", Role.LEAD))

    page.locator("#deed-ack").click()

    expect(page.locator("#toast")).to_have_text("没有做成：这个事件已经结束，请刷新页面。")
    window.complaints.clear()  # The browser itself notes the answer 409.


def test_an_account_is_linked_to_a_customer_while_one_types(window: Window, rows: Rows) -> None:
    _, case_id, _ = rows.complaint()
    author = {"author_key": "weibo:7001", "name": "小周", "followers": 5, "posts": 1}
    rows.insert(case_author, case_id=case_id, first_at=T0, **author)
    window.sign_in()
    page = window.page
    page.goto(f"{window.home}/cases/1")

    page.locator("#pick-q").press_sequentially("周晓航")
    page.get_by_role("button", name="新建客户“周晓航”并关联").click()

    expect(page.locator("#authors a.pill")).to_have_text("周晓航")
    expect(page.locator("#toast")).to_have_text("已关联到客户 周晓航")
    page.locator("#authors a.pill").click()
    expect(page.locator("h1")).to_have_text("周晓航")


def test_a_silence_is_previewed_made_changed_and_ended(window: Window, rows: Rows) -> None:
    rows.complaint()
    window.sign_in()
    page = window.page
    page.get_by_role("link", name="静默").click()
    page.get_by_role("checkbox", name="退款").check()
    page.get_by_role("button", name="预览").click()
    expect(page.locator("#preview")).to_contain_text("现在会拦下 1 个未结事件： #1")
    page.get_by_label("原因").fill("换货公告已发")
    page.get_by_role("button", name="开始静默").click()
    expect(page.locator("#toast")).to_contain_text("已静默，到 11-22 16:00:00")
    expect(page.locator("article")).to_contain_text("换货公告已发")

    page.get_by_role("button", name="修改").click()
    expect(page.locator("#form-title")).to_have_text("修改静默 #1")
    page.get_by_role("radio", name="12 小时").check()
    page.locator("#until").fill("")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#toast")).to_contain_text("已修改，到 11-23 00:00:00")
    page.get_by_role("button", name="立即结束").click()
    expect(page.locator("#silences")).to_contain_text("现在没有静默，所有事件都会提醒。")


def test_a_rule_is_tried_while_one_waits(window: Window, rows: Rows) -> None:
    rows.post(text="星云手表屏幕有划痕，客服不理，投诉！")
    window.sign_in("lead")
    page = window.page
    page.get_by_role("link", name="质量").click()
    page.get_by_label("词（用空格或换行分开）").fill("划痕")

    page.get_by_role("button", name="开始").click()

    expect(page.locator("#trial")).to_contain_text("“草稿”：1 条帖子，命中 1 条")
    expect(page.locator("#trial .samples li")).to_have_count(1)


def test_signing_out_leads_to_the_form(window: Window) -> None:
    window.sign_in()

    window.page.get_by_role("button", name="退出登录").click()

    expect(window.page.locator("#password")).to_be_visible()
    window.page.goto(window.home)
    assert urlsplit(window.page.url).path == "/login"


def test_older_alerts_are_added_below(window: Window, rows: Rows) -> None:
    for number in range(55):
        rows.alert(message(**ago(number)))
    window.sign_in()
    expect(window.page.locator("article")).to_have_count(50)

    window.page.get_by_role("link", name="更早的预警").click()

    expect(window.page.locator("article")).to_have_count(55)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", list(SIZES))
def test_pages_are_accessible_and_fit(
    window: Window, rows: Rows, parts: WebParts, language: str, size: str
) -> None:
    busy_day(rows)
    busy_people(parts)
    page = window.page
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    scheme: Literal["light", "dark"] = "light" if language == "zh-CN" else "dark"
    page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
    page.goto(f"{window.home}/language/{language}")
    picture(page, f"login-{language}-{size}")
    window.sign_in("lead")
    for name, path in PAGES.items():
        page.goto(window.home + path)
        if path == "/":
            window.wait_until_live()
        picture(page, f"{name}-{language}-{size}")
        too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert too_wide <= 0, name
        found = Axe().run(page).response["violations"]
        assert {v["id"]: [n["html"] for n in v["nodes"]] for v in found} == {}


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("SHIFEN_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
