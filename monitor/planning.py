"""The plan in force: made from the rules and the measured volume, renewed as both change."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, Final

from alerts.rules import words_for
from monitor.config import Config
from monitor.live_config import LiveConfig, Rules
from monitor.storage import posts
from monitor.storage.database import Database
from scrapers.plan.model import Allowance, Habit, Plan, PlanError, WatchedBrand
from scrapers.plan.twitter import plan_twitter
from scrapers.plan.weibo import plan_weibo
from scrapers.post import Platform

VOLUME_WINDOW: Final = timedelta(hours=6)


class Planner:
    """Plans every enabled source; remembers how each brand has been searched."""

    def __init__(
        self, database: Database, live: LiveConfig, *, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._live = live
        self._now = now
        self._lock = threading.Lock()
        self._habits: Mapping[str, Habit] = {}

    def plans(self, *, with_advice: bool = True) -> list[Plan]:
        """Return one plan per enabled source; raises PlanError naming the term at fault.

        Advice tries many other plans; who plans every few seconds does without.
        """
        rules = self._live.current()
        with self._lock:
            made = make_plans(
                rules, self._volumes(), self._now(), self._habits, with_advice=with_advice
            )
            self._habits = {brand: habit for plan in made for brand, habit in plan.habits.items()}
        return made

    def _volumes(self) -> Mapping[Platform, Mapping[str, float]]:
        now = self._now()
        with self._database.read() as connection:
            return {
                platform: posts.posts_per_hour(connection, platform, now, VOLUME_WINDOW)
                for platform in Platform
            }


def make_plans(
    rules: Rules,
    volumes: Mapping[Platform, Mapping[str, float]],
    now: datetime,
    habits: Mapping[str, Habit] | None = None,
    *,
    with_advice: bool = True,
) -> list[Plan]:
    """Plan every enabled source."""
    config = rules.config
    watched = watched_brands(config, volumes)
    promise_s = config.promise.alert_within_s
    allowance = _allowance(config)
    made = []
    if config.sources.weibo.enabled:
        weibo = config.sources.weibo
        made.append(
            plan_weibo(
                watched,
                weibo,
                promise_s=promise_s,
                now=now,
                habits=habits,
                allowance=allowance,
                with_advice=with_advice,
            )
        )
    if config.sources.twitter.enabled:
        twitter = config.sources.twitter
        made.append(
            plan_twitter(
                watched,
                twitter,
                promise_s=promise_s,
                allowance=allowance,
                with_advice=with_advice,
            )
        )
    return made


def _allowance(config: Config) -> Allowance:
    """Return the time of our own steps; a scorer elsewhere may keep the judge waiting."""
    usual = Allowance()
    if config.sentiment.scorer != "http":
        return usual
    return replace(usual, judge_s=usual.judge_s + config.sentiment.http.wait_s_per_minute)


def watched_brands(
    config: Config, volumes: Mapping[Platform, Mapping[str, float]]
) -> list[WatchedBrand]:
    """Return the brands as the planner takes them; words on trial are searched for, too."""
    rules = [settings.rule() for settings in config.rules]
    return [
        WatchedBrand(
            name=brand.name,
            names=(brand.name, *brand.aliases),
            words=(
                *config.complaint_words,
                *brand.complaint_words,
                *words_for(brand.name, rules),
            ),
            posts_per_hour={
                platform: volume.get(brand.name) for platform, volume in volumes.items()
            },
            accounts=brand.accounts,
        )
        for brand in config.brands
    ]


def plan_rows(plans: list[Plan]) -> list[dict[str, Any]]:
    """Return plans as plain JSON: what `shifen plan --json` and `/api/v1/plan` show."""
    return [
        {
            "source": plan.source,
            "holds": plan.holds,
            "promise_s": plan.promise_s,
            "worst_delay_s": round(plan.worst_delay_s, 1),
            "with_one_failure_s": round(plan.with_one_failure_s, 1),
            "requests_per_minute": round(plan.requests_per_minute, 2),
            "budget_per_minute": round(plan.budget_per_minute, 2),
            "cost_usd_per_day": plan.cost_usd_per_day,
            "queries": [
                {
                    "key": planned.query.key,
                    "text": planned.query.text,
                    "brands": list(planned.query.brands),
                    "interval_s": round(planned.interval_s, 1),
                    "pages": planned.pages,
                    "worst_delay_s": round(planned.worst_delay_s, 1),
                    "drains": planned.drains,
                    "canary": planned.canary,
                    "why": {"zh": planned.why.zh, "en": planned.why.en},
                }
                for planned in plan.queries
            ],
            "advice": [asdict(remark) for remark in plan.advice],
        }
        for plan in plans
    ]


__all__ = ["PlanError", "Planner", "make_plans", "plan_rows", "watched_brands"]
