"""Quality over the API and on its page: figures, what they count, and rules that are tried."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from alerts.rules import Mode
from monitor.auth import Role
from monitor.dry_run import DryRuns
from monitor.storage import rules as rules_store
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.rules import UnderRule
from monitor.web.parts import WebParts
from monitor.web.trials import LONGEST_S, Trials
from sentiment.loading import load_scorer
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows
from tests.monitor.web.conftest import Service, log_in
from tests.monitor.web.test_case_page import page_of, plain, press
from tests.monitor.web.test_silences import do

DRAFT: dict[str, Any] = {"rule": {"name": "划", "words": ["划痕"]}, "days": 1}


@pytest.fixture
def analyst(stranger: TestClient, token_of: Callable[[Role], dict[str, str]]) -> TestClient:
    stranger.headers.update(token_of(Role.ANALYST))
    return stranger


@pytest.fixture
def page(stranger: TestClient) -> TestClient:
    """The console of a signed-in analyst."""
    log_in(stranger, "analyst")
    return stranger


class World:
    """Cases with one post each, and what people say of them."""

    def __init__(self, database: Database, rows: Rows, clock: Clock) -> None:
        self._database = database
        self._rows = rows
        self._store = CorrectionStore(database, clock)

    def case(self, complaint: bool | None = None, *under: str, **changes: Any) -> int:
        case = self._rows.case(**changes)
        hit = self.hit(complaint, *under, case_id=case)
        with self._database.write() as connection:
            connection.execute(
                t.alert_case.update().where(t.alert_case.c.id == case).values(hit_id=hit)
            )
        return case

    def hit(self, complaint: bool | None = None, *under: str, **changes: Any) -> int:
        values = {"judged_at": T0, "reason": "first", **changes}
        post = self._rows.post(text=values.pop("text", "星云手表掉漆了，要退款"))
        hit = self._rows.hit(post, **values)
        self._rows.verdict(hit)
        modes = {"试": Mode.SHADOW}
        with self._database.write() as connection:
            found = [UnderRule(hit, name, modes.get(name, Mode.LIVE), T0) for name in under]
            rules_store.add(connection, found)
        if complaint is not None:
            self._store.add("林", Role.ANALYST, Right(complaint=complaint), hit_id=hit)
        return hit


@pytest.fixture
def world(database: Database, rows: Rows, clock: Clock) -> World:
    made = World(database, rows, clock)
    made.case(True, "漆")
    made.case(True, severity=3)
    made.case(False)
    made.case()
    made.hit(True, "漆", reason="not_a_complaint")
    made.hit(True, "试", reason="shadow", text="星云手表褪色")
    made.hit(None, "漆", reason="too_few")
    return made


def test_figures_are_told_per_severity_and_per_rule(analyst: TestClient, world: World) -> None:
    found = do(analyst, "GET", "quality", 200)

    overall = found["overall"]
    assert (overall["cases"], overall["precision"]["part"], overall["precision"]["n"]) == (4, 2, 3)
    assert overall["precision"]["value"] == pytest.approx(2 / 3)
    assert 0.2 < overall["precision"]["low"] < 2 / 3 < overall["precision"]["high"] < 0.95
    assert (overall["recall"]["part"], overall["recall"]["n"]) == (2, 4)
    by_severity = {each["severity"]: each["figures"] for each in found["by_severity"]}
    assert by_severity["urgent"]["precision"]["value"] == 1
    assert by_severity["normal"]["cases"] == 0
    by_rule = {each["name"]: each for each in found["by_rule"]}
    assert (by_rule["漆"]["state"], by_rule["漆"]["hits"], by_rule["漆"]["waiting"]) == (
        "live",
        3,
        1,
    )
    assert (by_rule["试"]["state"], by_rule["试"]["on_trial"]) == ("shadow", 1)
    assert by_rule[f"brand:{BRAND}"]["state"] == "common"


def test_figures_are_of_the_time_and_table_asked_for(analyst: TestClient, world: World) -> None:
    assert do(analyst, "GET", "quality?by=rule", 200)["by_severity"] is None
    assert do(analyst, "GET", "quality?by=severity", 200)["by_rule"] is None
    later = "quality?since=2026-11-22T03:55:00Z"
    empty = do(analyst, "GET", later, 200)["overall"]
    assert (empty["cases"], empty["precision"]["value"], empty["precision"]["low"]) == (
        0,
        None,
        None,
    )
    other = do(analyst, "GET", "quality?brand=流光耳机", 200)
    assert other["overall"]["cases"] == 0
    do(analyst, "GET", "quality?since=2026-11-23T00:00:00Z&until=2026-11-22T00:00:00Z", 422)
    do(analyst, "GET", "quality?by=topic", 422)


def test_rules_are_listed_with_what_they_did(analyst: TestClient, world: World) -> None:
    rules = {each["name"]: each for each in do(analyst, "GET", "rules", 200)["items"]}
    assert rules["漆"]["words"] == ["掉漆"]
    assert (rules["漆"]["hits"], rules["漆"]["cases"], rules["试"]["state"]) == (3, 1, "shadow")
    assert (rules[f"brand:{BRAND}"]["words"], rules[f"brand:{BRAND}"]["min_hits"]) == ([], 1)


def test_a_rule_is_tried_without_a_trace(analyst: TestClient, rows: Rows) -> None:
    rows.post(text="星云手表屏幕有划痕，客服不理，投诉！电话 13812345678")
    rows.post(text="星云手表不错")

    tried = do(analyst, "POST", "rules/dry-run", 200, **DRAFT)

    assert (tried["name"], tried["posts"], tried["hits"]) == ("划", 2, 1)
    assert sum(tried["cases"].values()) == 1
    [sample] = tried["samples"]
    assert "13812345678" not in sample["text"]
    assert sample["words"][0] == "划痕"
    assert do(analyst, "GET", "cases", 200)["items"] == []
    known = do(analyst, "POST", "rules/dry-run", 200, name="漆", days=0.5)
    assert (known["name"], known["hits"]) == ("漆", 0)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"name": "无"}, "there is no rule"),
        ({"rule": {"name": "x", "words": ["好"], "brands": ["远山"]}}, "there is no brand"),
        ({"name": "漆", "days": 31}, "parameters do not fit"),
        ({"name": "漆", "days": 0}, "parameters do not fit"),
        ({"name": "漆", "rule": {"name": "x"}}, "parameters do not fit"),
        ({}, "parameters do not fit"),
        ({"rule": {"name": "x", "colour": "red"}}, "parameters do not fit"),
    ],
)
def test_what_cannot_be_tried_is_refused(
    analyst: TestClient, body: dict[str, Any], word: str
) -> None:
    assert word in analyst.post("/api/v1/rules/dry-run", json=body).json()["detail"]


class Gate:
    """Holds trials until a test lets them go on."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.open = threading.Event()

    def __call__(self) -> float:
        self.entered.set()
        assert self.open.wait(10)
        return 0.0


@pytest.fixture
def gate(app: FastAPI, parts: WebParts, service: Service) -> Iterator[Gate]:
    """The next trials stand still until the gate is opened."""
    gate = Gate()
    runs = DryRuns(parts.database, service.rules, load_scorer("words"), now=parts.now, clock=gate)
    app.state.trials = Trials(runs, parts.database, now=parts.now)
    yield gate
    gate.open.set()


def test_one_rule_is_tried_at_a_time_and_the_page_waits(
    page: TestClient, rows: Rows, gate: Gate
) -> None:
    rows.post(text="星云手表屏幕有划痕，客服不理，投诉！")
    started = press(page, "/quality/trials", words="划痕", days="1")
    assert gate.entered.wait(10)
    assert 'hx-get="/quality/trials/1"' in started.text
    assert "正在看第 0 / 1 条帖子" in plain(started.text)

    busy = press(page, "/quality/trials", words="掉漆")
    assert (busy.status_code, busy.json()["detail"]) == (409, "正在试另一条规则，请等它结束。")
    gate.open.set()
    _wait_for("dry-run")

    shown = page.get("/quality/trials/1").text
    words = plain(shown)
    assert "“草稿”：1 条帖子，命中 1 条，其中" in words
    assert "hx-get" not in shown
    assert press(page, "/quality/trials", name="漆").status_code == 200


def _wait_for(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(10)


def test_a_trial_that_takes_too_long_is_given_up(
    parts: WebParts, rows: Rows, page: TestClient, app: FastAPI
) -> None:
    rows.post(text="星云手表屏幕有划痕，投诉")
    ticks = iter([0.0, LONGEST_S + 1, 0.0, LONGEST_S + 1, 0.0, 0.0])
    assert parts.dry_runs
    app.state.trials = Trials(
        parts.dry_runs, parts.database, now=parts.now, monotonic=lambda: next(ticks)
    )
    press(page, "/quality/trials", words="划痕")
    _wait_for("dry-run")
    assert "没有完成：帖子太多，请少看几天。" in page.get("/quality/trials/1").text

    token = {"X-CSRF-Token": _token(page)}
    given_up = page.post("/api/v1/rules/dry-run", json=DRAFT, headers=token)
    assert (given_up.status_code, given_up.json()["status"]) == (422, 422)
    again = page.post("/api/v1/rules/dry-run", json=DRAFT, headers=token)
    assert again.status_code == 200


def _token(client: TestClient) -> str:
    found = re.search(r'"X-CSRF-Token": "([^"]+)"', client.get("/").text)
    assert found
    return found[1]


def test_only_the_last_trials_are_remembered(page: TestClient) -> None:
    for _ in range(11):
        press(page, "/quality/trials", name="漆", days="1")
        _wait_for("dry-run")
    assert page.get("/quality/trials/1").status_code == 404
    assert page.get("/quality/trials/11").status_code == 200


def test_a_process_without_a_judge_tries_nothing(
    app: FastAPI, analyst: TestClient, parts: WebParts
) -> None:
    app.state.trials = None
    app.state.parts = replace(parts, dry_runs=None)
    assert do(analyst, "POST", "rules/dry-run", 503, **DRAFT)
    assert "试一条规则" not in page_of(analyst, "/quality")


def links(html: str) -> set[str]:
    return {unescape(address) for address in re.findall(r'<a [^>]*href="([^"]+)"', html)}


def test_every_number_leads_to_what_it_counts(page: TestClient, world: World) -> None:
    html = page_of(page, "/quality")
    words = plain(html)
    for expected in ("准确率 66.7%", "召回率 50%", "事件 4", "95% 在", "漆 生效 3 0 1 1"):
        assert expected in words
    rows_of = {
        "cases?days=30": 4,
        "cases?days=30&truth=right": 2,
        "cases?days=30&truth=wrong": 1,
        "cases?days=30&severity=urgent": 1,
        "cases?days=30&rule=漆": 1,
        "cases?days=30&truth=unknown": 1,
        "posts?days=30&part=found": 2,
        "posts?days=30&part=missed": 2,
        "posts?days=30&part=missed&severity=normal": 2,
        "posts?days=30&part=missed&severity=urgent": 0,
        "posts?days=30&part=found&severity=urgent": 1,
        "posts?days=30&part=complaints&severity=important": 1,
        "posts?days=30&rule=漆": 3,
        "posts?days=30&rule=漆&part=waiting": 1,
        "posts?days=30&rule=试&part=on_trial": 1,
        "posts?days=30&rule=试&part=right": 1,
        "posts?days=30&rule=试&part=wrong": 0,
    }
    for path, count in rows_of.items():
        shown = page_of(page, f"/quality/{path}")
        what = r'<a href="/cases/\d+">#' if path.startswith("cases") else r'<article class="card'
        assert len(re.findall(what, shown)) == count, path
    addresses = links(html)
    assert "/quality/posts?days=30&rule=%E6%BC%86&part=waiting" in addresses
    for address in addresses:
        if address.startswith("/quality/"):
            assert page.get(address).status_code == 200, address


def test_the_posts_behind_a_figure_are_masked(page: TestClient, world: World) -> None:
    world.hit(True, text="星云手表，电话 13812345678")
    shown = page_of(page, "/quality/posts?part=complaints")
    assert "138****5678" in shown
    assert "13812345678" not in shown
    assert "这里什么也没有。" in page_of(page, "/quality/cases?rule=none")


@pytest.mark.parametrize("path", ["quality?days=0", "quality/cases?truth=maybe"])
def test_a_filter_that_does_not_exist_is_refused(page: TestClient, path: str) -> None:
    assert page.get(f"/{path}").status_code == 422


@pytest.mark.parametrize("form", [{}, {"name": "无"}, {"words": "x", "brand": "远山"}])
def test_a_trial_that_cannot_be_says_why(page: TestClient, form: dict[str, str]) -> None:
    refused = press(page, "/quality/trials", **form)
    assert (refused.status_code, "没有开始" in refused.json()["detail"]) == (422, True)


def test_quality_is_for_those_who_answer_for_it(stranger: TestClient) -> None:
    for name, may in (("agent", False), ("pr", False), ("lead", True), ("admin", True)):
        log_in(stranger, name)
        assert ('href="/quality"' in page_of(stranger, "/")) is may
        assert stranger.get("/quality").status_code == (200 if may else 403)
        stranger.cookies.clear()
