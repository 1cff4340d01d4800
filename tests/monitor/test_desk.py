"""What people do about cases: done once, on the record, and refused with a clear word."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from alerts.case import CaseState
from alerts.severity import Severity
from monitor.auth import Role
from monitor.desk import Desk, DeskError, FalseAlarm, Person
from monitor.storage import cases, casework, timeline
from monitor.storage import tables as t
from monitor.storage.case_tables import case_author, case_link
from monitor.storage.database import Database
from scrapers.post import Author, Original
from tests.conftest import Clock
from tests.monitor.pipeline.rig import Rig, ack_life, post

LIN = Person("林", Role.PR)
WANG = Person("王", Role.LEAD)
OTHER = "星云手表的表带用了一周就断成两截，退货也不给退，太失望了"


@pytest.fixture
def rig(database: Database, clock: Clock) -> Rig:
    return Rig(database, clock)


def opened(rig: Rig, *texts: str) -> list[int]:
    """Open one case for each text, in order, and tell of them."""
    rig.clock.advance(30)
    known = len(rig.source.world)
    rig.publish(*(post(known + n, rig.clock.now, text) for n, text in enumerate(texts, 1)))
    rig.walk()
    return [row.id for row in rig.rows(t.alert_case)][-len(texts) :]


def case(rig: Rig, case_id: int) -> Any:
    return next(row for row in rig.rows(t.alert_case) if row.id == case_id)


def kinds(rig: Rig, case_id: int) -> list[str]:
    with rig.database.read() as connection:
        return [event.kind.value for event in timeline.of_case(connection, case_id)]


def data(rig: Rig, case_id: int, kind: str) -> Any:
    with rig.database.read() as connection:
        return next(
            event.data for event in timeline.of_case(connection, case_id) if event.kind == kind
        )


def test_a_case_is_taken_on_for_a_while(rig: Rig) -> None:
    (case_id,) = opened(rig, "")
    view = rig.desk.ack(case_id, LIN)
    row = case(rig, case_id)
    assert (row.state, row.acked_by) == ("acked", "林")
    assert row.ack_expires_at == rig.clock.now + timedelta(minutes=60) == view.ack_expires_at
    assert kinds(rig, case_id) == ["opened", "told", "acked"]
    assert ("林", "case_acked", f"case {case_id}") in [
        (row.who, row.action, row.subject) for row in rig.rows(t.audit)
    ]


def test_an_urgent_case_is_taken_on_for_a_shorter_while(rig: Rig) -> None:
    (case_id,) = opened(rig, "星云手表充电时起火，孩子的手被烧伤了，客服不理，投诉！")
    rig.desk.ack(case_id, LIN)
    row = case(rig, case_id)
    assert row.severity == Severity.URGENT
    assert row.ack_expires_at == rig.clock.now + timedelta(minutes=15)


def test_taking_it_on_again_prolongs_it_and_another_may_take_it_over(rig: Rig) -> None:
    (case_id,) = opened(rig, "")
    rig.desk.ack(case_id, LIN)
    rig.clock.advance(600)
    rig.desk.ack(case_id, WANG)
    row = case(rig, case_id)
    assert (row.acked_by, row.acked_at) == ("王", rig.clock.now)
    assert kinds(rig, case_id).count("acked") == 2


def test_a_case_is_given_to_somebody_and_taken_back(rig: Rig) -> None:
    (case_id,) = opened(rig, "")
    rig.desk.assign(case_id, WANG, "  林 ")
    assert case(rig, case_id).assigned_to == "林"
    assert data(rig, case_id, "assigned") == {"before": "", "after": "林"}
    rig.desk.assign(case_id, WANG, "")
    assert case(rig, case_id).assigned_to is None


def test_the_first_answer_is_the_one_that_counts(rig: Rig) -> None:
    (case_id,) = opened(rig, "")
    rig.desk.answer(case_id, LIN, "https://weibo.com/1/answer")
    first = rig.clock.now
    rig.clock.advance(60)
    rig.desk.answer(case_id, WANG)
    row = case(rig, case_id)
    assert (row.answered_at, row.answered_by) == (first, "林")
    assert row.answer_url == "https://weibo.com/1/answer"


def test_who_solves_a_case_ends_it_and_its_receivers_hear_of_it(rig: Rig) -> None:
    (case_id,) = opened(rig, "")
    rig.desk.resolve(case_id, LIN, "已退款")
    rig.walk()
    row = case(rig, case_id)
    assert (row.state, row.closed_by, row.close_reason) == ("resolved", "林", "已退款")
    first, last = rig.first.messages
    assert (last.reason, last.ended, last.reply) == ("resolved", True, None)
    assert last.thread == "id-1"
    assert first.case_id == last.case_id


def test_a_false_alarm_teaches_the_judge_and_keeps_the_story_quiet_for_a_day(rig: Rig) -> None:
    (case_id,) = opened(rig, OTHER)
    rig.desk.false_alarm(case_id, LIN, FalseAlarm.JOKE, "玩梗")
    (said,) = rig.rows(t.correction)
    assert (said.complaint, said.who, said.role, said.note) == (False, "林", "pr", "joke")
    rig.clock.advance(3600)
    rig.publish(post(50, rig.clock.now, OTHER))
    rig.walk()
    assert rig.reasons()[-1] == "known_false_alarm"
    rig.clock.advance(24 * 3600)
    rig.publish(post(51, rig.clock.now, OTHER))
    rig.walk()
    again = rig.rows(t.alert_case)[-1]
    assert (again.state, again.previous_case_id) == ("firing", case_id)


def test_an_urgent_post_opens_a_case_though_the_story_was_a_false_alarm(rig: Rig) -> None:
    (case_id,) = opened(rig, OTHER)
    rig.desk.false_alarm(case_id, LIN, FalseAlarm.NOT_A_COMPLAINT)
    rig.clock.advance(60)
    loud = Author("kol", "大V", 5_000_000)
    rig.publish(replace(post(50, rig.clock.now, OTHER), author=loud))
    rig.walk()
    assert len(rig.rows(t.alert_case)) == 2


@pytest.mark.parametrize("reason", [FalseAlarm.DUPLICATE, FalseAlarm.RESOLVED, FalseAlarm.OTHER])
def test_what_was_a_complaint_all_the_same_corrects_nothing(rig: Rig, reason: FalseAlarm) -> None:
    (case_id,) = opened(rig, "")
    rig.desk.false_alarm(case_id, LIN, reason)
    assert rig.rows(t.correction) == []
    assert case(rig, case_id).close_reason == reason.value


def test_two_cases_become_one_and_later_copies_find_it(rig: Rig) -> None:
    one, other = opened(rig, "", OTHER)
    rig.desk.merge(one, LIN, other)
    merged, kept = case(rig, one), case(rig, other)
    assert (merged.state, merged.merged_into) == ("merged", other)
    assert (kept.spread_count, kept.posts, kept.reach) == (2, 2, 200)
    assert {row.case_id for row in rig.rows(t.hit)} == {other}
    assert {row.case_id for row in rig.rows(case_author)} == {other}
    original = rig.source.world[0]
    rig.clock.advance(30)
    repost = replace(
        post(60, rig.clock.now, "转"),
        text="",
        original=Original(original.id, original.text, original.author),
    )
    rig.publish(repost)
    rig.walk()
    assert case(rig, other).spread_count == 3
    assert len(rig.rows(t.alert_case)) == 2


def test_what_was_merged_before_is_led_on(rig: Rig) -> None:
    one, two, three = opened(rig, "", OTHER, "星云手表屏幕自己碎了，客服说要自费修，我要投诉")
    rig.desk.merge(one, LIN, two)
    rig.desk.merge(two, LIN, three)
    assert [case(rig, each).merged_into for each in (one, two)] == [three, three]
    assert case(rig, three).posts == 3


def test_what_was_merged_into_a_false_alarm_is_one_as_well(rig: Rig) -> None:
    one, other = opened(rig, "", OTHER)
    rig.desk.merge(other, LIN, one)
    rig.desk.false_alarm(one, LIN, FalseAlarm.JOKE)
    rig.clock.advance(60)
    rig.publish(post(60, rig.clock.now, OTHER))
    rig.walk()
    assert len(rig.rows(t.alert_case)) == 2
    assert rig.reasons()[-1] == "known_false_alarm"


def test_a_merged_case_lends_its_severity_and_causes(rig: Rig) -> None:
    one, other = opened(rig, "星云手表充电时起火烧伤了人，投诉", OTHER)
    rig.desk.merge(one, LIN, other)
    row = case(rig, other)
    assert row.severity == Severity.URGENT
    assert {cause["code"] for cause in row.causes} >= {"risk", "words"}
    assert data(rig, other, "severity")["after"] == "urgent"


def test_posts_are_split_off_into_a_case_of_their_own(rig: Rig) -> None:
    one, other = opened(rig, "", OTHER)
    rig.desk.merge(other, LIN, one)
    hit = rig.rows(t.hit)[1]
    new = rig.desk.split(one, LIN, [hit.id])
    rig.walk()
    old, fresh = case(rig, one), case(rig, new)
    assert (old.posts, old.spread_count, old.reach) == (1, 1, 100)
    assert (fresh.posts, fresh.spread_count, fresh.reach) == (1, 1, 100)
    assert (fresh.hit_id, fresh.previous_case_id) == (hit.id, one)
    assert data(rig, one, "split") == {"into": new}
    assert rig.first.messages[-1].case_id == new


def test_posts_that_read_alike_are_split_off_one_after_the_other(rig: Rig) -> None:
    alike = f"转发：{OTHER}"
    (one,) = opened(rig, OTHER)
    rig.clock.advance(30)
    rig.publish(post(60, rig.clock.now, alike), post(61, rig.clock.now, alike))
    rig.walk()
    _, second, third = rig.rows(t.hit)
    new = [rig.desk.split(one, LIN, [hit.id]) for hit in (second, third)]
    assert [case(rig, each).posts for each in (one, *new)] == [1, 1, 1]
    rig.clock.advance(30)
    rig.publish(post(62, rig.clock.now, alike))
    rig.walk()
    assert case(rig, new[0]).posts == 2


def test_a_merged_case_is_as_young_as_its_last_post(rig: Rig) -> None:
    (one,) = opened(rig, "")
    rig.clock.advance(3600)
    (other,) = opened(rig, OTHER)
    at = case(rig, other).last_post_at
    rig.desk.merge(other, LIN, one)
    assert case(rig, one).last_post_at == at


def test_a_case_keeps_a_post_and_gives_away_only_its_own(rig: Rig) -> None:
    one, _ = opened(rig, "", OTHER)
    hits = [row.id for row in rig.rows(t.hit)]
    for wanted, word in (([], "hit_ids"), (hits, "hit_ids"), (hits[:1], "at least one")):
        with pytest.raises(DeskError, match=word) as refused:
            rig.desk.split(one, LIN, wanted)
        assert refused.value.status == 422


def test_cases_are_linked_and_unlinked(rig: Rig) -> None:
    one, other = opened(rig, "", OTHER)
    rig.desk.link(other, LIN, one)
    rig.desk.link(one, LIN, other)
    with rig.database.read() as connection:
        assert casework.linked(connection, one) == [other]
        assert casework.linked(connection, other) == [one]
    assert kinds(rig, one).count("linked") == 1
    rig.desk.unlink(one, WANG, other)
    assert rig.rows(case_link) == []
    assert kinds(rig, other)[-1] == "unlinked"


DEEDS: dict[str, Any] = {
    "ack": lambda desk, case_id: desk.ack(case_id, LIN),
    "assign": lambda desk, case_id: desk.assign(case_id, LIN, "王"),
    "answer": lambda desk, case_id: desk.answer(case_id, LIN),
    "resolve": lambda desk, case_id: desk.resolve(case_id, LIN),
    "false_alarm": lambda desk, case_id: desk.false_alarm(case_id, LIN, FalseAlarm.OTHER),
    "merge": lambda desk, case_id: desk.merge(case_id, LIN, case_id + 1),
    "split": lambda desk, case_id: desk.split(case_id, LIN, [1]),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_over_is_not_done_again_and_nothing_changes(rig: Rig, deed: str) -> None:
    one, _ = opened(rig, "", OTHER)
    rig.desk.resolve(one, LIN)
    before = case(rig, one)
    with pytest.raises(DeskError, match="is over") as refused:
        DEEDS[deed](rig.desk, one)
    assert refused.value.status == 409
    assert case(rig, one) == before


@pytest.mark.postgres
@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_done_to_a_case_while_its_brand_is_judged(
    postgres_database: Database, postgres_url: str, clock: Clock, deed: str
) -> None:
    with postgres_database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    rig = Rig(postgres_database, clock)
    one, other = opened(rig, "", OTHER)
    rig.desk.merge(other, LIN, one)
    impatient = Database(f"{postgres_url}?options=-c%20lock_timeout%3D20")
    desk = Desk(impatient, rig.live, ack_life, now=clock)
    with postgres_database.write() as connection:
        cases.lock_brands(connection, ["星云手表"])
        with pytest.raises(OperationalError, match="lock timeout"):
            DEEDS[deed](desk, one)
    impatient.close()


@pytest.mark.parametrize("deed", DEEDS)
def test_a_case_that_is_not_there_is_named(rig: Rig, deed: str) -> None:
    with pytest.raises(DeskError, match="no case") as refused:
        DEEDS[deed](rig.desk, 4711)
    assert refused.value.status == 404


def test_nonsense_is_refused_with_a_word_on_what_to_write(rig: Rig) -> None:
    one, _ = opened(rig, "", OTHER)
    nonsense: dict[str, Any] = {
        "itself": lambda: rig.desk.merge(one, LIN, one),
        "to itself": lambda: rig.desk.link(one, LIN, one),
        "http": lambda: rig.desk.answer(one, LIN, "javascript:alert(1)"),
        "80 characters": lambda: rig.desk.assign(one, LIN, "长" * 81),
        "2000 characters": lambda: rig.desk.resolve(one, LIN, "长" * 2001),
    }
    for word, deed in nonsense.items():
        with pytest.raises(DeskError, match=word) as refused:
            deed()
        assert refused.value.status == 422
    assert case(rig, one).state == CaseState.FIRING.value
