"""Rules at work while judging: what waits, what follows, what only counts, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from alerts.severity import Severity
from monitor.desk import FalseAlarm, Person, Role
from monitor.pipeline.collect import find
from monitor.pipeline.judge import Judging
from monitor.storage import posts, verdicts
from monitor.storage import tables as t
from monitor.storage.case_tables import hit_rule
from monitor.storage.database import Database
from scrapers.post import Author, Original, Platform, Post
from sentiment.loading import load_scorer
from tests.conftest import Clock
from tests.monitor.pipeline.rig import Rig, post

PAINT = ("掉漆", "褪色")
THREE: dict[str, Any] = {"name": "漆", "words": PAINT, "min_hits": 3, "window_s": 3600}
TRIAL: dict[str, Any] = {"name": "试", "words": PAINT, "mode": "shadow"}
STORIES = (
    "星云手表才戴三天表壳就掉漆，做工太差了，气死我了",
    "刚买的星云手表洗一次手就褪色，垃圾一样的东西",
    "提醒大家别买星云手表，表圈掉漆露出铁皮，太坑人",
    "星云手表表带褪色染到衬衫袖口上，恶心坏了",
    "同事那块星云手表也掉漆，丑得没法看，真差劲",
)

MakeRig = Callable[..., Rig]


@pytest.fixture
def make(database: Database, clock: Clock) -> MakeRig:
    def made(*rules: dict[str, Any], **changes: Any) -> Rig:
        return Rig(database, clock, complaint_words=["退款", "投诉"], rules=rules, **changes)

    return made


def come(rig: Rig, *texts: str, after_s: float = 30, **changes: Any) -> list[Post]:
    """Let a post of each text be published now, found, judged and told of."""
    rig.clock.advance(after_s)
    first = len(rig.source.world) + 1
    made = [
        replace(post(first + n, rig.clock.now, text), **changes) for n, text in enumerate(texts)
    ]
    rig.publish(*made)
    rig.walk()
    return made


def under(rig: Rig) -> list[tuple[int, str, str]]:
    """Every hit, counted from 1, with its rules."""
    number = {row.id: n for n, row in enumerate(rig.rows(t.hit), 1)}
    rows = rig.rows(hit_rule)
    return sorted((number[row.hit_id], row.rule, row.mode) for row in rows)


def opened(rig: Rig) -> int:
    return len(rig.rows(t.alert_case))


# On trial


def test_what_only_words_on_trial_found_is_judged_and_counted_and_opens_no_case(
    make: MakeRig,
) -> None:
    rig = make(TRIAL)
    come(rig, STORIES[0], "星云手表质量不行，退款！掉漆了", "星云手表我要投诉")
    assert rig.reasons() == ["shadow", "first", "first"]
    assert len(rig.rows(t.verdict)) == 3
    assert under(rig) == [
        (1, "试", "shadow"),
        (2, "brand:星云手表", "live"),
        (2, "试", "shadow"),
        (3, "brand:星云手表", "live"),
    ]
    assert len(rig.first.messages) == 2


def test_without_rules_nothing_is_asked_and_nothing_written(make: MakeRig) -> None:
    rig = make()
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(rig.database.engine, "before_cursor_execute", note)
    come(rig, "星云手表坏了，退款")
    event.remove(rig.database.engine, "before_cursor_execute", note)
    assert opened(rig) == 1
    assert [statement for statement in asked if "hit_rule" in statement] == []


def test_a_batch_is_counted_with_one_question_and_one_answer(make: MakeRig) -> None:
    rig = make(THREE, {**THREE, "name": "又"}, TRIAL)
    come(rig, *STORIES[:1])
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    event.listen(rig.database.engine, "before_cursor_execute", note)
    rig.clock.advance(30)
    rig.publish(*(post(50 + n, rig.clock.now, f"{STORIES[n % 5]}{n}") for n in range(40)))
    rig.poll()
    rig.judging.step()
    event.remove(rig.database.engine, "before_cursor_execute", note)
    ours = [statement.split()[0] for statement in asked if "hit_rule" in statement]
    assert ours == ["SELECT", "INSERT"]
    assert len(rig.reasons()) == 41


def test_a_copy_of_an_open_story_joins_it_whatever_found_it(make: MakeRig) -> None:
    rig = make(TRIAL)
    (root,) = come(rig, "星云手表退款不给退，还掉漆，我要去门店讨说法")
    original = Original(root.id, root.text, root.author)
    come(rig, "我的星云手表也掉漆", original=original)
    assert rig.reasons() == ["first", "same_story"]
    assert rig.rows(t.alert_case)[0].spread_count == 2


def test_an_urgent_post_is_kept_back_by_no_rule(make: MakeRig) -> None:
    rig = make(TRIAL, {**THREE, "words": ["冒烟"]}, {"name": "all", "min_hits": 9})
    come(rig, "星云手表掉漆，充电时起火，孩子的手被烧伤了")
    come(rig, STORIES[1], author=Author("kol", "大号", 5_000_000))
    assert [row.severity for row in rig.rows(t.alert_case)] == [Severity.URGENT] * 2


def test_words_on_trial_do_not_count_as_what_a_brand_usually_gets(make: MakeRig) -> None:
    """Else a common word on trial would hide a storm."""
    rig = make(TRIAL, severity={"speed_important": 2, "speed_urgent": 3, "speed_factor": 100})
    for _ in range(3):
        come(rig, *(f"{text}，第{rig.clock.now:%H%M%S}次" for text in STORIES), after_s=60)
    rig.clock.advance(600)
    (root,) = come(rig, "星云手表退款退不了，客服装死，我要投诉到底，谁来管管")
    come(rig, root.text, root.text)
    assert "speed" in {cause["code"] for cause in rig.rows(t.alert_case)[-1].causes}


# Waiting for more


def test_what_waits_for_more_follows_when_the_number_is_complete(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, STORIES[0])
    come(rig, STORIES[1])
    assert (rig.reasons(), opened(rig)) == (["too_few", "too_few"], 0)
    come(rig, STORIES[2])
    assert rig.reasons() == ["first"] * 3
    assert opened(rig) == 3
    assert {row.case_id for row in rig.rows(t.hit)} == {row.id for row in rig.rows(t.alert_case)}
    assert [m.post.text for m in rig.first.messages if m.post] == list(STORIES[:3])
    assert [row.hit_id for row in rig.rows(t.verdict)] == [row.id for row in rig.rows(t.hit)]
    come(rig, STORIES[3])
    assert (rig.reasons()[-1], opened(rig)) == ("first", 4)


def test_what_had_to_wait_is_not_late(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, STORIES[0])
    rig.clock.advance(1800)
    come(rig, STORIES[1], STORIES[2])
    assert [message.late for message in rig.first.messages] == [False] * 3
    waited, *_ = rig.rows(t.alert_case)
    assert waited.due_at == rig.clock.now + timedelta(seconds=600)
    assert waited.published_at == rig.clock.now - timedelta(seconds=1830)


def test_a_batch_that_completes_the_number_by_itself_waits_for_nothing(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, *STORIES[:4])
    assert (rig.reasons(), opened(rig)) == (["first"] * 4, 4)


def test_copies_of_one_story_count_and_then_share_one_case(make: MakeRig) -> None:
    rig = make(THREE)
    for _ in range(3):
        come(rig, STORIES[0])
    (case,) = rig.rows(t.alert_case)
    assert (case.posts, case.spread_count) == (3, 3)
    assert rig.reasons() == ["first", "same_story", "same_story"]
    assert len(rig.first.messages) == 1


def test_posts_that_lie_too_far_apart_go_on_waiting(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, STORIES[0])
    come(rig, STORIES[1], after_s=3601)
    come(rig, STORIES[2])
    assert (rig.reasons(), opened(rig)) == (["too_few"] * 3, 0)
    come(rig, STORIES[3])
    assert rig.reasons() == ["too_few", "first", "first", "first"]


def test_the_time_of_publication_counts_not_that_of_finding(make: MakeRig) -> None:
    rig = make(THREE)
    rig.clock.advance(30)
    now = rig.clock.now
    old = [post(n, now - timedelta(hours=2 * n), STORIES[n]) for n in (1, 2, 3)]
    found = find(rig.live.current(), old)
    with rig.database.write() as connection:
        posts.add(connection, found, source="weibo", query_key="q1", seen_at=now)
    rig.judge()
    assert rig.reasons() == ["too_few"] * 3
    late = [post(n, now - timedelta(hours=4, minutes=m), STORIES[n]) for n, m in ((4, 10), (0, 20))]
    with rig.database.write() as connection:
        posts.add(
            connection,
            find(rig.live.current(), late),
            source="weibo",
            query_key="q1",
            seen_at=now,
        )
    rig.judge()
    assert sorted(rig.reasons()) == ["first"] * 3 + ["too_few"] * 2


def test_what_is_no_complaint_is_not_counted(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, STORIES[0], STORIES[1])
    come(rig, "星云手表转发抽奖，关注并转发，抽三位送掉漆修补红包")
    assert rig.reasons() == ["too_few", "too_few", "lottery"]


def test_each_brand_is_counted_for_itself(make: MakeRig) -> None:
    rig = make(THREE, brands=[{"name": "星云手表"}, {"name": "月光耳机"}])
    other = STORIES[2].replace("星云手表", "月光耳机")
    come(rig, STORIES[0], STORIES[1], other)
    assert rig.reasons() == ["too_few"] * 3
    come(rig, STORIES[3])
    assert rig.reasons() == ["first", "first", "too_few", "first"]


def test_common_words_are_not_kept_back_by_a_rule_with_words_but_count_for_it(
    make: MakeRig,
) -> None:
    rig = make(THREE)
    come(rig, STORIES[0], STORIES[1])
    come(rig, f"{STORIES[2]}，退款！")
    assert (rig.reasons(), opened(rig)) == (["first"] * 3, 3)


def test_a_rule_without_words_takes_over_what_it_is_about(make: MakeRig) -> None:
    rig = make(
        {"name": "x", "platforms": ["twitter"], "min_hits": 2},
        {"name": "loud", "platforms": ["twitter"], "followers_at_least": 10_000},
    )
    come(rig, "星云手表坏了，我要投诉")
    come(rig, "星云手表屏幕裂了，退款", platform=Platform.TWITTER)
    loud = Author("9", "大号", followers=20_000)
    come(rig, "星云手表的按键没反应，退款退款", platform=Platform.TWITTER, author=loud)
    assert rig.reasons() == ["first", "first", "first"]
    rig.clock.advance(7200)
    come(rig, "星云手表充电口松了，要求退款", platform=Platform.TWITTER)
    assert rig.reasons()[-1] == "too_few"


def test_what_people_called_a_false_alarm_does_not_follow(make: MakeRig) -> None:
    rig = make(THREE)
    come(rig, f"{STORIES[0]}，退款")
    (case,) = rig.rows(t.alert_case)
    rig.desk.false_alarm(case.id, Person("林", Role.PR), FalseAlarm.JOKE)
    come(rig, f"{STORIES[0]}，退款")
    come(rig, STORIES[1], STORIES[2])
    assert rig.reasons() == ["first", "known_false_alarm", "first", "first"]


def test_a_storm_of_one_rule_is_never_too_few(
    make: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too much to be counted whole is let through."""
    for module in ("monitor.storage.rules", "monitor.pipeline.sieve"):
        monkeypatch.setattr(f"{module}.MOST_SEEN", 4)
    rig = make({**THREE, "min_hits": 9, "window_s": 60})
    come(rig, *STORIES[:2])
    come(rig, *STORIES[2:4], after_s=40)
    assert rig.reasons() == ["too_few"] * 4
    come(rig, STORIES[4], after_s=1)
    assert rig.reasons() == ["too_few"] * 4 + ["first"]


def test_a_step_that_breaks_leaves_those_that_wait_as_they_were(
    make: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make(THREE)
    come(rig, *STORIES[:2])
    rig.clock.advance(30)
    rig.publish(post(77, rig.clock.now, STORIES[2]))
    rig.poll()
    with monkeypatch.context() as broken:
        broken.setattr(verdicts, "add_verdicts", _breaks)
        with pytest.raises(RuntimeError, match="stop"):
            rig.judging.step()
    assert (rig.reasons(), opened(rig)) == (["too_few", "too_few", None], 0)
    rig.judge()
    assert (rig.reasons(), opened(rig)) == (["first"] * 3, 3)


def _breaks(*_: object) -> None:
    raise RuntimeError("stop")


def test_rules_that_change_meanwhile_leave_what_waits(make: MakeRig, clock: Clock) -> None:
    rig = make(THREE)
    come(rig, *STORIES[:2])
    bare = Rig(rig.database, clock, complaint_words=["退款"], rules=[{**THREE, "name": "neu"}])
    bare.source.world = rig.source.world
    come(bare, STORIES[2])
    assert bare.reasons() == ["too_few"] * 3


@pytest.mark.postgres
def test_two_who_judge_at_once_do_not_each_see_too_few(
    postgres_database: Database, clock: Clock
) -> None:
    with postgres_database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    rig = Rig(postgres_database, clock, complaint_words=["退款"], rules=[{**THREE, "min_hits": 8}])
    rig.clock.advance(30)
    rig.publish(*(post(n, rig.clock.now, f"{STORIES[n % 5]}{n}") for n in range(8)))
    rig.poll()
    workers = [
        Judging(postgres_database, rig.live, load_scorer("words"), rig.metrics, now=clock)
        for _ in range(4)
    ]
    for worker in workers:
        worker._limit = 2
    gate = threading.Barrier(len(workers))

    def work(judging: Judging) -> None:
        gate.wait()
        while judging.step():
            judging._limit = 2

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while rig.judging.step():
        pass
    assert "too_few" not in rig.reasons()
    assert len(rig.rows(t.verdict)) == 8
