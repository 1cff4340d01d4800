"""The plan in force follows the rules and what was measured."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config import load
from monitor.live_config import LiveConfig, rules_of
from monitor.planning import Planner, make_plans, plan_rows, watched_brands
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.plan.model import PlanError
from scrapers.post import Platform
from tests.conftest import ROOT, Clock
from tests.factories import Rows

BRANDS = "brands: [{name: 星云手表, aliases: [NebulaWatch], complaint_words: [黑屏]}]\n"
WORDS = "complaint_words: [退款, refund]\n"


class Site:
    """A configuration file and the planner that follows it."""

    def __init__(self, path: Path, database: Database, clock: Clock) -> None:
        self.path = path
        self.database = database
        self.clock = clock
        self.write(BRANDS + WORDS)
        self.live = LiveConfig(path, {}, load(path, {}))
        self.planner = Planner(database, self.live, now=clock)

    def write(self, text: str) -> None:
        fresh = self.path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.path)

    def texts(self, source: str) -> list[str]:
        (plan,) = [plan for plan in self.planner.plans() if plan.source == source]
        return [planned.query.text for planned in plan.queries]


@pytest.fixture
def site(tmp_path: Path, database: Database, clock: Clock) -> Site:
    return Site(tmp_path / "config.yaml", database, clock)


def test_every_enabled_source_has_a_plan(site: Site) -> None:
    assert [plan.source for plan in site.planner.plans()] == ["weibo", "twitter"]
    site.write(BRANDS + WORDS + "sources: {weibo: {enabled: false}}\n")
    again = Planner(site.database, LiveConfig(None, {}, load(site.path, {})), now=site.clock)
    assert [plan.source for plan in again.plans()] == ["twitter"]


def test_the_shipped_configuration_holds_its_promise(clock: Clock) -> None:
    rules = rules_of(load(ROOT / "config.yaml", {}))
    plans = make_plans(rules, {}, clock())
    assert [plan.holds for plan in plans] == [True, True]
    assert all(plan.worst_delay_s < 600 for plan in plans)


def test_an_edit_is_planned_at_the_next_call(site: Site) -> None:
    assert not any("月光耳机" in text for text in site.texts("twitter"))
    site.write("brands: [{name: 星云手表}, {name: 月光耳机}]\n" + WORDS)
    assert any("月光耳机" in text for text in site.texts("twitter"))
    assert any("月光耳机" in text for text in site.texts("weibo"))


def test_the_same_rules_make_the_same_queries(site: Site) -> None:
    first = [planned.query for plan in site.planner.plans() for planned in plan.queries]
    site.clock.advance(5)
    assert [p.query for plan in site.planner.plans() for p in plan.queries] == first


def test_a_busy_brand_is_searched_with_its_words_a_quiet_one_by_name(site: Site) -> None:
    assert site.texts("weibo") == ["NebulaWatch", "星云手表"]
    rows = Rows(site.database)
    for hours in range(1, 6):
        hour = site.clock().replace(minute=0) - timedelta(hours=hours)
        rows.insert(t.volume, platform="weibo", brand="星云手表", hour_at=hour, posts=900)
    busy = site.texts("weibo")
    assert "星云手表 黑屏" in busy
    assert "星云手表" not in busy
    site.clock.advance(2 * 86_400)
    assert site.texts("weibo") == ["NebulaWatch", "星云手表"]


def test_brands_reach_the_planner_with_names_words_and_volumes(site: Site) -> None:
    volumes = {Platform.WEIBO: {"星云手表": 7.5}, Platform.TWITTER: {}}
    (brand,) = watched_brands(site.live.current().config, volumes)
    assert brand.names == ("星云手表", "NebulaWatch")
    assert brand.words == ("退款", "refund", "黑屏")
    assert brand.posts_per_hour == {Platform.WEIBO: 7.5, Platform.TWITTER: None}


def test_a_term_too_long_for_any_query_is_named(site: Site) -> None:
    site.write(f"brands: [{{name: 星云手表, aliases: [{'很' * 600}]}}]\n")
    with pytest.raises(PlanError, match="很很很"):
        site.planner.plans()


def test_no_brands_make_no_queries(site: Site) -> None:
    site.write("brands: []\n")
    assert [plan.queries for plan in site.planner.plans()] == [(), ()]


def test_a_plan_is_plain_json(site: Site) -> None:
    rows = json.loads(json.dumps(plan_rows(site.planner.plans()), allow_nan=False))
    assert [row["source"] for row in rows] == ["weibo", "twitter"]
    for row in rows:
        assert set(row) == {
            *("source", "holds", "promise_s", "worst_delay_s", "with_one_failure_s", "queries"),
            *("requests_per_minute", "budget_per_minute", "cost_usd_per_day", "advice"),
        }
        assert row["holds"] is True
        assert row["worst_delay_s"] <= row["promise_s"] == 600
        for query in row["queries"]:
            assert query["brands"] == ["星云手表"]
            assert query["interval_s"] > 0
            assert set(query["why"]) == {"zh", "en"}


def test_a_plan_that_cannot_hold_gives_advice_in_both_languages(site: Site) -> None:
    site.write(BRANDS + WORDS + "promise: {alert_within_s: 90, warn_at_s: 60}\n")
    live = LiveConfig(None, {}, load(site.path, {}))
    rows = plan_rows(Planner(site.database, live, now=site.clock).plans())
    weibo = rows[0]
    assert not weibo["holds"]
    assert weibo["advice"]
    assert all({"zh", "en"} <= set(remark) for remark in weibo["advice"])


def test_a_model_elsewhere_adds_its_wait_to_the_worst_delay(site: Site) -> None:
    usual = [plan.worst_delay_s for plan in site.planner.plans()]
    asked = "sentiment: {scorer: http, http: {base_url: 'http://127.0.0.1:9', model: m}}\n"
    site.write(BRANDS + WORDS + asked.replace("model: m", "model: m, wait_s_per_minute: 15"))
    slower = Planner(site.database, LiveConfig(None, {}, load(site.path, {})), now=site.clock)
    assert [plan.worst_delay_s for plan in slower.plans()] == [one + 15 for one in usual]
