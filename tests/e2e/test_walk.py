"""The whole service in front of the stand-ins: from a post to a message with a reply."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.storage.sight import Sight
from scrapers.post import Platform
from tests.e2e.stage import BRAND, Stage, complaint, dedupe_key, running, utc_now, wait_for

HOMONYM = "星云手表厂的旧厂房漏水，业主投诉没人管，要求退款"
ADVERT = f"【限时优惠】{BRAND}下单立减，假一赔十，关注转发抽奖送表，不满意退款"
OWN = {Platform.WEIBO: "6004281123", Platform.TWITTER: "900100"}


@pytest.mark.parametrize("transport", ["mobile", "web", "official"])
def test_complaints_arrive_once_with_reply_and_link(tmp_path: Path, transport: str) -> None:
    with Stage(tmp_path, transport=transport) as stage, running(stage) as shifen:
        loud = [stage.publish(platform=platform) for platform in Platform]
        calm = [
            stage.publish(text, platform, author_id=author)
            for platform in Platform
            for text, author in (
                (HOMONYM, ""),
                (ADVERT, ""),
                (complaint(900, platform), OWN[platform]),
            )
        ]
        wait_for(lambda: all(map(stage.told, loud)))
        polls = len(stage.twitter.requests)
        wait_for(lambda: len(stage.twitter.requests) >= polls + 3)
        assert [len(stage.told(post)) for post in loud] == [1, 1]
        assert len(stage.messages) == 2
        read = {row["url"] for row in shifen.http.get("/api/v1/posts").json()["items"]}
        # Posts of the brand itself are not even asked for on X.
        asked = [p for p in calm if p.sample.author.id != OWN[Platform.TWITTER]]
        assert read == {post.url for post in (*loud, *asked)}
        for post in loud:
            (message,) = stage.told(post)
            assert "私信" in message.said or "DM" in message.said
        alerts = shifen.http.get("/api/v1/alerts").json()["items"]
        assert {alert["post"]["url"] for alert in alerts} == {post.url for post in loud}
        assert all(alert["reply"]["text"] and alert["reply"]["link"] for alert in alerts)
        assert {alert["deliveries"][0]["state"] for alert in alerts} == {"sent"}


def test_latencies_are_kept_measured_and_shown(stage: Stage) -> None:
    with running(stage) as shifen:
        posts = [stage.publish(platform=platform) for platform in Platform]
        wait_for(lambda: all(map(stage.told, posts)))
        metric = "shifen_published_to_delivered_seconds_count"
        for platform in Platform:
            line = f'{metric}{{platform="{platform.value}"}}'
            wait_for(lambda line=line: shifen.metric(line) == 1)
        began = utc_now().replace(year=2000)
        promise = shifen.service.parts.live.current().config.promise
        rows = Sight(shifen.database).latencies(began, timedelta(seconds=promise.alert_within_s))
        assert {row.platform for row in rows} == {"weibo", "twitter"}
        assert all(0 <= row.seen_p99_s <= row.published_p99_s < 30 for row in rows)
        assert all(row.within_promise == row.count == 1 for row in rows)
        shown = shifen.http.get("/api/v1/status").json()
        assert shown["undelivered_cases"] == 0
        assert {row["platform"] for row in shown["latencies"]} == {"weibo", "twitter"}


def test_console_and_api_show_the_alert(stage: Stage) -> None:
    with running(stage) as shifen:
        post = stage.publish()
        wait_for(lambda: stage.told(post))
        assert shifen.http.get("/healthz").status_code == 200
        wait_for(lambda: shifen.http.get("/readyz").status_code == 200)
        (case,) = shifen.http.get("/api/v1/cases").json()["items"]
        detail = shifen.http.get(f"/api/v1/cases/{case['id']}").json()
        assert [shown["url"] for shown in detail["posts"]] == [post.url]
        assert f"/cases/{case['id']}" in stage.told(post)[0].said
        sources = {row["name"]: row for row in shifen.http.get("/api/v1/sources").json()["items"]}
        assert all(query["runs"] for row in sources.values() for query in row["queries"])
        plan = shifen.http.get("/api/v1/plan").json()["items"]
        assert {row["source"] for row in plan} == {"weibo", "twitter"}
        assert all(row["holds"] for row in plan)


def test_reposts_fold_into_the_story_that_they_spread(stage: Stage) -> None:
    with running(stage) as shifen:
        root = stage.publish()
        wait_for(lambda: stage.told(root))
        for _ in range(4):
            stage.publish("转发微博", original=root.sample.key)
        wait_for(lambda: _spread(shifen.http.get("/api/v1/cases").json()["items"]) == [5])
        assert len(stage.messages) == 1


def test_what_was_there_before_the_first_start_floods_nobody(stage: Stage) -> None:
    old = [stage.publish(at=utc_now() - timedelta(seconds=age_s)) for age_s in (60, 600, 86_400)]
    with running(stage):
        fresh = stage.publish()
        wait_for(lambda: stage.told(fresh))
        time.sleep(1.5)
        assert [stage.told(post) for post in old] == [[], [], []]


def test_every_message_has_a_key_of_its_own(stage: Stage) -> None:
    with running(stage):
        posts = [stage.publish(platform=platform) for platform in Platform for _ in range(15)]
        wait_for(lambda: all(map(stage.told, posts)), 60)
    assert len({dedupe_key(m) for m in stage.messages}) == len(stage.messages) == len(posts)


def _spread(cases: list[dict[str, object]]) -> list[object]:
    return [case["spread_count"] for case in cases]
