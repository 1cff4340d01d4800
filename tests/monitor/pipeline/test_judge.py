"""Judging writes verdict, case, alert and deliveries at once, each once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import SQLAlchemyError

from alerts.message import from_json
from alerts.severity import Severity
from monitor.pipeline.stories import Batch
from monitor.storage import tables as t
from monitor.storage import verdicts
from monitor.storage.case_tables import case_event
from scrapers.post import Author, Original, Platform, Standing
from tests.monitor.pipeline.rig import COMPLAINT, Rig, post


def test_a_complaint_becomes_a_case_an_alert_and_a_delivery(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    assert rig.judge() == 1
    (case,) = rig.rows(t.alert_case)
    (alert,) = rig.rows(t.alert)
    (delivery,) = rig.rows(t.delivery)
    assert case.due_at == case.published_at + timedelta(seconds=600)
    assert (alert.case_id, alert.reason) == (case.id, "first")
    assert (delivery.channel, delivery.state) == ("first", "pending")
    assert len(rig.rows(t.verdict)) == 1


def test_the_message_holds_what_a_person_needs(rig: Rig) -> None:
    rig.clock.advance(30)
    text = f"{COMPLAINT}我的电话13812345678，订单号 202611220001"
    rig.publish(post(1, rig.clock.now, text))
    rig.walk()
    (message,) = rig.first.messages
    assert message.post is not None
    assert message.reply is not None
    assert "13812345678" not in message.post.text
    assert "202611220001" not in message.post.text
    marked = [message.post.text[mark.start : mark.end] for mark in message.post.marks]
    assert {"星云手表", "坏了", "退款", "客服"} <= set(marked)
    assert "私信" in message.reply.text
    assert message.reply.length <= message.reply.limit
    assert message.reply.link == message.post.url
    assert message.console_url == f"http://console/cases/{message.case_id}"
    assert message.due_at == message.post.published_at + timedelta(seconds=600)
    assert message.verdict
    assert message.reasons


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("星云手表转发抽奖，关注并转发，抽三位送退款红包", "lottery"),
        ("星云手表客服态度特别好，问题当场解决，点赞！强烈推荐", None),
        ("请问星云手表的客服电话是多少？", "question"),
    ],
)
def test_what_is_no_complaint_raises_no_alert_and_says_why(
    rig: Rig, text: str, reason: str | None
) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now, text), post(2, rig.clock.now))
    rig.walk()
    quiet, loud = rig.reasons()
    assert loud == "first"
    assert quiet not in ("first", "severity_up", "spread")
    if reason:
        assert quiet == reason
    assert len(rig.first.got) == 1


def test_reposts_fold_into_one_case_and_are_told_at_ten(rig: Rig) -> None:
    rig.clock.advance(30)
    root = post(1, rig.clock.now)
    original = Original(root.id, root.text, root.author)
    rig.publish(root)
    rig.walk()
    for n in range(2, 30):
        rig.publish(replace(post(n, rig.clock.now, "转"), text="", original=original))
    rig.clock.advance(10)
    rig.walk()
    (case,) = rig.rows(t.alert_case)
    assert case.spread_count == 29
    assert [m.reason for m in rig.first.messages] == ["first", "severity_up"]
    assert case.severity == Severity.IMPORTANT


def test_a_graver_post_of_the_same_story_is_told_at_once(rig: Rig) -> None:
    rig.clock.advance(30)
    root = post(1, rig.clock.now)
    rig.publish(root)
    rig.walk()
    loud = Author("kol", "大V", 5_000_000, Standing.PERSONAL)
    rig.publish(replace(post(2, rig.clock.now, root.text), author=loud))
    rig.clock.advance(10)
    rig.walk()
    assert [m.severity for m in rig.first.messages] == [Severity.NORMAL, Severity.URGENT]
    assert len(rig.rows(t.alert_case)) == 1


def test_a_second_complaint_of_one_person_is_important(rig: Rig) -> None:
    rig.clock.advance(30)
    author = Author("same", "老顾客", 10)
    rig.publish(replace(post(1, rig.clock.now), author=author))
    rig.walk()
    rig.clock.advance(3600)
    rig.publish(
        replace(post(2, rig.clock.now, "星云手表又坏了，第二次了，垃圾客服不理人"), author=author)
    )
    rig.walk()
    assert [m.severity for m in rig.first.messages] == [Severity.NORMAL, Severity.IMPORTANT]


def test_a_root_and_its_repost_in_one_batch_open_one_case(rig: Rig) -> None:
    rig.clock.advance(30)
    root = post(1, rig.clock.now)
    original = Original(root.id, root.text, root.author)
    repost = replace(
        post(2, rig.clock.now + timedelta(seconds=1), "转"), text="", original=original
    )
    rig.publish(repost, root)
    rig.clock.advance(5)
    rig.walk()
    (case,) = rig.rows(t.alert_case)
    assert case.spread_count == 2
    (message,) = rig.first.messages
    assert message.post is not None
    assert message.post.url == root.url


def test_judging_again_writes_nothing_again(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()
    assert (rig.judge(), rig.judge()) == (1, 0)
    assert len(rig.rows(t.alert)) == 1


def test_a_step_that_fails_leaves_nothing_half_done(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.poll()

    def fail(*_: object) -> None:
        raise SQLAlchemyError

    with monkeypatch.context() as broken:
        broken.setattr(verdicts, "add_verdicts", fail)
        with pytest.raises(SQLAlchemyError):
            rig.judge()
    assert rig.rows(t.alert_case) == rig.rows(t.verdict) == rig.rows(case_event) == []
    rig.judge()
    rig.notify()
    assert len(rig.first.got) == 1


def test_x_replies_go_by_the_composer_link(rig: Rig) -> None:
    rig.clock.advance(30)
    text = "My NebulaWatch stopped working after two days and customer service ignores me. Refund!"
    tweet = replace(
        post(1, rig.clock.now, text),
        platform=Platform.TWITTER,
        author=Author("77", "Jo", 5, handle="jo"),
        url="https://x.com/jo/status/1",
    )
    rig.publish(tweet)
    rig.walk()
    (message,) = rig.first.messages
    assert message.reply is not None
    assert message.reply.how == "intent"
    assert message.reply.link.startswith("https://x.com/intent/tweet?in_reply_to=")
    assert "NebulaWatch" in message.reply.text


def test_a_closed_story_that_returns_is_a_new_case(rig: Rig) -> None:
    rig.clock.advance(30)
    rig.publish(post(1, rig.clock.now))
    rig.walk()
    with rig.database.write() as connection:
        connection.execute(t.alert_case.update().values(closed_at=rig.clock.now))
    rig.clock.advance(60)
    rig.publish(replace(post(2, rig.clock.now, f"{COMPLAINT}订单1")))
    rig.walk()
    assert len(rig.rows(t.alert_case)) == 2
    assert from_json(rig.rows(t.alert)[1].message).severity == Severity.NORMAL


def test_a_hit_that_breaks_the_judge_is_set_aside_and_told_and_the_others_go_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.clock.advance(60)
    rig.publish(*(post(n, rig.clock.now - timedelta(seconds=n)) for n in range(1, 40)))
    rig.poll()
    poison = post(17, rig.clock.now).id
    real = Batch.decide

    def decide(self: Batch, waiting: Any, verdict: Any) -> None:
        if waiting.post.id == poison:
            raise ZeroDivisionError
        real(self, waiting, verdict)

    monkeypatch.setattr(Batch, "decide", decide)
    for _ in range(60):
        with suppress(ZeroDivisionError):
            rig.judging.step()
    assert rig.reasons().count("first") == 38
    assert rig.reasons().count("set_aside") == 1
    (found,) = rig.overseer.audit()
    assert "could not be judged" in found
