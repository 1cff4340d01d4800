"""Slack lets us down: nothing is lost, nothing is said twice, and the other channel takes over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo.exchange import Fault
from monitor.storage import tables as t
from scrapers.post import Platform
from tests.conftest import Clock
from tests.e2e.stage import Stage, dedupe_key, running, wait_for
from tests.e2e.turned import Turned, turned

TRANSIENT = [Fault.SERVER_ERROR, Fault.THROTTLED, Fault.RESET, Fault.CUT_JSON, Fault.HTML]
REFUSALS = [Fault.EXPIRED_AUTH, Fault.BLOCKED]


@pytest.fixture
def turned_stage(tmp_path: Path, clock: Clock) -> Iterator[Stage]:
    with Stage(tmp_path, now=clock, slow_s=0.6) as stage:
        for source in stage.settings["sources"].values():
            source |= {"poll_interval_s": 30, "timeout_s": 2}
        stage.settings["channels"] = [
            stage.slack_channel(timeout_s=0.3),
            stage.webhook_channel(standby=True),
        ]
        yield stage


def keys(stage: Stage) -> list[str]:
    return [dedupe_key(message) for message in stage.messages]


def start(shifen: Turned) -> None:
    shifen.step()
    shifen.run(40)


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.SLOW])
def test_a_short_trouble_of_slack_is_waited_out(
    fault: Fault, turned_stage: Stage, clock: Clock
) -> None:
    stage = turned_stage
    with turned(stage, clock) as shifen:
        start(shifen)
        with stage.slack.faulty(fault):
            posts = [stage.publish() for _ in range(5)]
            shifen.run(60)
        shifen.run(300, lambda: not shifen.unfinished())
        assert [len(stage.told(post)) for post in posts] == [1] * 5
        assert len(set(keys(stage))) == len(stage.messages) == 5
        assert stage.webhook.messages == ()


@pytest.mark.parametrize("platform", Platform)
def test_a_message_taken_without_an_answer_is_not_sent_again(
    platform: Platform, turned_stage: Stage, clock: Clock
) -> None:
    stage = turned_stage
    with turned(stage, clock) as shifen:
        start(shifen)
        stage.slack.fault = Fault.LOST_ANSWER
        posts = [stage.publish(platform=platform) for _ in range(4)]
        shifen.run(100, lambda: stage.messages)
        stage.slack.fault = None
        shifen.run(300, lambda: not shifen.unfinished())
        assert [len(stage.told(post)) for post in posts] == [1] * 4
        assert len(set(keys(stage))) == len(stage.messages) == 4
        doubtful = [row for row in shifen.rows(t.delivery.c.doubtful) if row.doubtful]
        assert len(doubtful) >= 1


def test_the_standby_takes_over_what_slack_cannot_take_in_time(
    turned_stage: Stage, clock: Clock
) -> None:
    stage = turned_stage

    def shown() -> set[str]:
        payloads = [message.payload for message in stage.webhook.messages]
        return {payload["post"]["url"] for payload in payloads if payload["post"]}

    with turned(stage, clock) as shifen:
        start(shifen)
        stage.slack.fault = Fault.SERVER_ERROR
        for _ in range(2):
            posts = [stage.publish() for _ in range(3)]
            urls = {post.url for post in posts}
            assert shifen.run(460, lambda urls=urls: urls <= shown()), "not before minute 8"
        alerts = shifen.rows(t.alert.c.first_delivered_at)
        assert all(alert.first_delivered_at for alert in alerts)
        assert stage.messages == []


@pytest.mark.parametrize("fault", REFUSALS)
def test_the_standby_takes_over_at_once_what_slack_refuses(
    fault: Fault, turned_stage: Stage, clock: Clock
) -> None:
    stage = turned_stage
    with turned(stage, clock) as shifen:
        start(shifen)
        stage.slack.fault = fault
        posts = [stage.publish() for _ in range(3)]
        shifen.run(60, lambda: len(stage.webhook.messages) == 3)
        shown = {m.payload["post"]["url"] for m in stage.webhook.messages}
        assert shown == {post.url for post in posts}
        states = sorted(row.state for row in shifen.rows(t.delivery.c.state))
        assert states == ["failed"] * 3 + ["sent"] * 3


def test_lost_answers_in_real_time(stage: Stage) -> None:
    with running(stage):
        first = stage.publish()
        wait_for(lambda: stage.told(first))
        stage.slack.fault = Fault.LOST_ANSWER
        second = stage.publish()
        wait_for(lambda: stage.told(second))
        stage.slack.fault = None
        third = stage.publish()
        wait_for(lambda: stage.told(third), 60)
        polls = len(stage.weibo.requests)
        wait_for(lambda: len(stage.weibo.requests) >= polls + 8)
    assert len(set(keys(stage))) == len(stage.messages) == 3
