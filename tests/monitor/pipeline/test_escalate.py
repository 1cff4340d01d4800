"""The ladder on both databases: who is called, what they read, and that it is written once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from alerts.routing import Receiver
from monitor.desk import FalseAlarm
from monitor.pipeline.duties import LadderDuties
from monitor.pipeline.tell import Duty
from monitor.storage import tables as t
from monitor.storage import timeline
from monitor.storage.case_tables import case_event, notice, rolled_up, rota_override
from monitor.storage.database import Database
from monitor.storage.tables import delivery
from tests.conftest import Clock
from tests.factories import T0
from tests.monitor.pipeline.ladders import LIN, STAFFED, Stand, levels


@pytest.fixture
def stand(database: Database, clock: Clock) -> Stand:
    return Stand(database, clock)


def table(stand: Stand, which: Any) -> list[Any]:
    with stand.database.read() as connection:
        return list(connection.execute(which.select()))


# Who is called, and when


def test_an_important_case_calls_the_manager_with_its_first_message(stand: Stand) -> None:
    case = stand.case(2)
    stand.run()
    (rung,) = stand.rungs(case)
    assert (rung.rule.value, rung.level, rung.state.value) == ("R2", "manager", "fired")
    assert rung.deadline_at == stand.clock.now + timedelta(minutes=30)
    assert rung.person == "林夏"
    assert stand.row(case).armed_severity == 2
    assert stand.events(case) == [("escalated", "manager")]
    assert stand.alerts() == []


def test_the_lead_is_paged_when_a_normal_case_stays_without_an_answer(stand: Stand) -> None:
    case = stand.case(1)
    stand.run(1790)
    assert stand.alerts() == []
    stand.run(20)
    (rung,) = stand.rungs(case)
    (alert,) = stand.alerts()
    assert alert.key == f"ladder:{rung.id}:1:zh-CN"
    assert (alert.reason, alert.case_id, alert.kind) == ("escalated", case, "case")
    assert stand.channels(alert.id) == {"first"}
    (message,) = stand.messages()
    assert message.news == ("一直没有人工答复，请组长（周宁）介入",)
    assert message.act_by == rung.deadline_at
    assert [(m.name, m.handles) for m in message.mentions] == [("周宁", {"slack": "U02DEF"})]
    assert alert.wordings["en"]["news"] == [
        "No person has answered yet: over to the team lead (周宁)"
    ]


def test_each_miss_calls_the_next_level_once_and_the_last_everybody(stand: Stand) -> None:
    case = stand.case(1)
    stand.run(10_000)
    assert stand.states(case) == [
        ("R1", "lead", "missed"),
        ("R1", "manager", "missed"),
        ("R1", "director", "missed"),
    ]
    told = [(m.kind, m.reason, [p.name for p in m.mentions]) for m in stand.messages()]
    assert told == [
        ("case", "escalated", ["周宁"]),
        ("case", "missed", ["林夏"]),
        ("case", "missed", ["陈总"]),
        ("case", "missed", ["陈总", "王总"]),
        ("operational", "first", []),
    ]
    assert stand.messages()[1].news == ("组长（周宁）没有在时限内处理，请经理（林夏）接手",)
    assert stand.messages()[3].news == ("总监（陈总）没有在时限内处理，现在通知这一级的所有人",)
    alarm = stand.alerts()[4]
    assert alarm.title == "总监逾期未处理"
    assert f"#{case}" in stand.messages()[4].reasons[0]
    assert stand.channels(alarm.id) == {"first", "second"}
    kinds = Counter(kind for kind, _ in stand.events(case))
    assert kinds == {"escalated": 3, "missed": 3}
    calls = {row.data["call"] for row in table(stand, case_event)}
    assert calls == {rung.id for rung in stand.rungs(case)}


def test_a_level_with_its_own_receiver_is_told_there_in_its_language(
    database: Database, clock: Clock
) -> None:
    receivers = [
        {"name": "default", "channels": ["first"]},
        {"name": "bosses", "channels": ["second"], "locale": "en"},
    ]
    stand = Stand(
        database,
        clock,
        receivers=receivers,
        escalation=levels(director={"receiver": "bosses"}),
    )
    stand.case(3)
    stand.run()
    (alert,) = stand.alerts()
    assert stand.channels(alert.id) == {"second"}
    assert stand.messages()[0].locale == "en"
    assert stand.messages()[0].news == ("This is for the director (陈总)",)


def test_receivers_of_two_languages_are_told_each_in_their_own(
    database: Database, clock: Clock
) -> None:
    receivers = [
        {"name": "default", "channels": ["first"]},
        {"name": "abroad", "channels": ["second"], "locale": "en"},
    ]
    routes = [{"receivers": ["default", "abroad"]}]
    stand = Stand(database, clock, receivers=receivers, routes=routes)
    stand.case(1)
    stand.run(1800)
    told = {row.key.rpartition(":")[2]: stand.channels(row.id) for row in stand.alerts()}
    assert told == {"zh-CN": {"first"}, "en": {"second"}}


def test_a_level_without_names_calls_whoever_its_receiver_has_on_call(
    database: Database, clock: Clock
) -> None:
    receivers = [{"name": "default", "channels": ["first"], "rota": "leads"}]
    stand = Stand(database, clock, receivers=receivers, escalation={})
    stand.case(1)
    stand.run(1800)
    assert [m.name for m in stand.messages()[0].mentions] == ["周宁"]


def test_who_stands_in_is_called(stand: Stand) -> None:
    stand.rows.insert(
        rota_override,
        rota="leads",
        person="周宁",
        substitute="王总",
        starts_at=T0,
        ends_at=T0 + timedelta(days=1),
        who="林夏",
        reason="",
        created_at=T0,
    )
    stand.case(1)
    stand.run(1800)
    assert [m.name for m in stand.messages()[0].mentions] == ["王总"]


def test_a_level_with_nobody_on_call_is_passed_over_and_told_once_an_hour(stand: Stand) -> None:
    away = {
        "substitute": "",
        "starts_at": T0,
        "ends_at": T0 + timedelta(days=1),
        "who": "陈总",
        "reason": "",
        "created_at": T0,
    }
    stand.rows.insert(rota_override, rota="managers", person="林夏", **away)
    first = stand.case(2)
    stand.run()
    assert stand.states(first) == [("R2", "manager", "missed"), ("R2", "director", "fired")]
    page, alarm = stand.messages()
    assert page.news == ("经理无人值班，请总监（陈总）接手",)
    assert "值班表 managers 此刻没有人" in alarm.reasons[0]
    stand.case(2)
    stand.run()
    assert [m.kind for m in stand.messages()].count("operational") == 1
    with stand.database.write() as connection:
        connection.execute(delivery.update().values(finished_at=stand.clock.now, state="sent"))
    stand.clock.advance(3601)
    stand.case(2)
    stand.run()
    alarms = [row.reason for row in stand.alerts() if row.kind == "operational"]
    assert alarms.count("nobody:manager") == 2


# What stops it


def test_an_answer_stops_it(stand: Stand) -> None:
    case = stand.case(2)
    stand.run(600)
    stand.desk.answer(case, LIN)
    stand.run(10_000)
    assert stand.states(case) == [("R2", "manager", "acted")]
    (rung,) = stand.rungs(case)
    assert (rung.acted_by, rung.outcome) == ("林夏", "answered")
    assert stand.alerts() == []


@pytest.mark.parametrize("end", ["resolve", "false_alarm"])
def test_the_end_of_a_case_stops_it_also_while_it_is_acknowledged(stand: Stand, end: str) -> None:
    case = stand.case(3)
    stand.run(60)
    stand.desk.ack(case, LIN)
    stand.run(60)
    if end == "resolve":
        stand.desk.resolve(case, LIN)
    else:
        stand.desk.false_alarm(case, LIN, FalseAlarm.JOKE)
    stand.run(100_000, every_s=600)
    assert stand.states(case) == [("R3", "director", "acted")]
    assert stand.alerts() == []


def test_an_acknowledgement_that_runs_out_pages_the_same_level_once_more(stand: Stand) -> None:
    case = stand.case(3)
    stand.run(60)
    stand.desk.ack(case, LIN)
    stand.run(890)
    assert stand.alerts() == []
    assert stand.row(case).state == "acked"
    stand.run(20)
    assert stand.row(case).state == "firing"
    assert stand.row(case).ack_expires_at is None
    assert stand.row(case).acked_by == "林夏"
    assert stand.states(case) == [("R3", "director", "acted"), ("R3", "director", "fired")]
    (message,) = stand.messages()
    assert (message.reason, message.news) == (
        "ack_expired",
        ("接手已到时，仍没有人工答复，请总监（陈总）处理",),
    )
    assert ("ack_expired", "") in stand.events(case)
    stand.run(10_000)
    assert [m.reason for m in stand.messages() if m.kind == "case"] == ["ack_expired", "missed"]


def test_before_any_level_was_called_the_case_s_receivers_are_told_again(stand: Stand) -> None:
    case = stand.case(1)
    stand.run(60)
    stand.desk.ack(case, LIN)
    stand.run(3610)
    (message,) = stand.messages()
    assert message.news == ("接手已到时，仍没有人工答复，请处理",)
    assert message.act_by is not None
    stand.run(1800)
    assert [m.reason for m in stand.messages()] == ["ack_expired", "escalated"]


def test_a_case_from_before_the_ladder_is_told_again_too(stand: Stand) -> None:
    at = stand.clock.now
    case = stand.case(
        1,
        armed_severity=1,
        state="acked",
        acked_by="林夏",
        acked_at=at,
        ack_expires_at=at + timedelta(hours=1),
    )
    stand.run(4000)
    (alert,) = stand.alerts()
    assert alert.key == f"ladder:ack:{case}:{int(at.timestamp())}:zh-CN"
    assert stand.row(case).state == "firing"


# What changes meanwhile


def test_a_rise_calls_the_graver_level_and_ends_the_lower_call(stand: Stand) -> None:
    case = stand.case(1)
    stand.run(1900)
    stand.set(case, severity=3)
    stand.run()
    assert stand.states(case) == [("R1", "lead", "superseded"), ("R3", "director", "fired")]
    assert stand.row(case).armed_severity == 3
    assert [kind for kind, _ in stand.events(case)] == ["escalated", "escalated", "superseded"]


def test_later_edits_of_the_policy_do_not_touch_a_ladder_that_began(stand: Stand) -> None:
    case = stand.case(2)
    stand.run(60)
    short = {"name": "boss", "zh": "老板", "en": "boss", "act_within_s": 60}
    triggers = {key: {"level": "boss"} for key in ("normal", "important", "urgent")}
    stand.configure(**{**STAFFED, "escalation": {**triggers, "levels": [short]}})
    stand.run(1800)
    assert stand.states(case) == [("R2", "manager", "missed"), ("R2", "director", "fired")]
    other = stand.case(2)
    stand.run()
    assert stand.states(other) == [("R2", "boss", "fired")]


def test_a_receiver_that_is_gone_leaves_the_case_s_own(database: Database, clock: Clock) -> None:
    receivers = [{"name": "default", "channels": ["first"]}]
    both = [*receivers, {"name": "bosses", "channels": ["second"]}]
    stand = Stand(
        database, clock, receivers=both, escalation=levels(director={"receiver": "bosses"})
    )
    stand.case(2)
    stand.run(60)
    stand.configure(**{**STAFFED, "receivers": receivers})
    stand.run(1800)
    assert stand.channels(stand.alerts()[0].id) == {"first"}


@pytest.mark.parametrize("held", ["suppressed_by_silence", "suppressed_by_inhibition"])
def test_a_case_that_is_kept_from_everybody_makes_nobody_late(stand: Stand, held: str) -> None:
    cases = [stand.case(1), stand.case(2), stand.case(3)]
    for case in cases:
        stand.rows.insert(
            notice,
            case_id=case,
            receiver="default",
            reason="first",
            severity=1,
            spread=1,
            posts=1,
            times=0,
            told_at=T0,
            held=held,
        )
    stand.run(4000)
    paged = {row.case_id for row in stand.alerts() if row.case_id}
    assert paged == {cases[2]}
    with stand.database.write() as connection:
        connection.execute(notice.update().values(times=1))
        connection.execute(t.alert_case.update().values(first_delivered_at=T0))
    stand.run(2000)
    assert {row.case_id for row in stand.alerts() if row.case_id} == set(cases)


# Many at once


def test_many_calls_of_one_level_go_out_as_one_message_that_lists_them(stand: Stand) -> None:
    cases = [*stand.cases(12, severity=1)]
    stand.clock.advance(1800)
    stand.run()
    (alert,) = stand.alerts()
    (message,) = stand.messages()
    assert (alert.kind, alert.case_id, message.title) == ("rollup", None, "12 个事件请组长处理")
    assert len(message.news) == 11
    assert message.news[0].startswith(f"#{cases[0]} 星云手表 · 退款 · 一般")
    assert message.news[-1] == "另有 2 个事件，见控制台"
    assert [m.name for m in message.mentions] == ["周宁"]
    assert {row.case_id for row in table(stand, rolled_up)} == set(cases)
    assert all(stand.states(case) == [("R1", "lead", "fired")] for case in cases)
    assert all(rung.paged == 1 for case in cases for rung in stand.rungs(case))


def test_ten_calls_are_still_told_one_by_one(stand: Stand) -> None:
    stand.cases(10, severity=1)
    stand.clock.advance(1800)
    stand.run()
    assert len(stand.alerts()) == 10


def test_more_than_one_batch_is_worked_off(stand: Stand) -> None:
    cases = stand.cases(45, severity=1)
    stand.clock.advance(1800)
    stand.escalator = stand.build(batch=20)
    assert stand.escalator.step() == 20
    stand.settle()
    assert all(stand.states(case) == [("R1", "lead", "fired")] for case in cases)
    assert stand.escalator.step() == 0


# Written once


def test_what_breaks_before_the_commit_leaves_nothing_behind(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = stand.case(1)
    stand.run()
    stand.clock.advance(1800)

    def broken(*_: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(timeline, "add", broken)
        with pytest.raises(RuntimeError):
            stand.escalator.step()
    assert stand.alerts() == []
    assert stand.states(case) == [("R1", "lead", "armed")]
    stand.run()
    stand.run()
    assert len(stand.alerts()) == 1


def test_two_workers_never_make_one_call_twice(stand: Stand) -> None:
    cases = stand.cases(120, severity=1)
    stand.run()
    stand.clock.advance(1800)
    workers = [stand.build(batch=7) for _ in range(2)]

    def work(n: int) -> None:
        while workers[n].step():
            pass

    threads = [threading.Thread(target=work, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A row that one worker held was left out by the other; the next step has it.
    stand.settle()
    counted = Counter(row.data["call"] for row in table(stand, case_event))
    assert counted == {stand.rungs(case)[0].id: 1 for case in cases}
    assert len(stand.alerts()) == 120


# What the first message says


def duty(stand: Stand, case_id: int) -> Duty | None:
    with stand.database.write() as connection:
        return stand.duties.of(connection, [case_id], stand.clock.now).get(case_id)


def test_the_first_message_names_the_level_and_the_deadline(stand: Stand) -> None:
    case = stand.case(3)
    said = duty(stand, case)
    assert said is not None
    assert [m.name for m in said.mentions] == ["陈总"]
    assert said.act_by == stand.clock.now + timedelta(minutes=10)
    assert said.sentence == ("由总监（陈总）负责", "In the hands of the director (陈总)")
    assert stand.states(case) == [("R3", "director", "fired")]


def test_every_case_that_is_told_of_has_its_duty_however_many(stand: Stand) -> None:
    cases = stand.cases(5)
    stand.duties = LadderDuties(stand.database, stand.live, stand.build(batch=2))
    with stand.database.write() as connection:
        assert set(stand.duties.of(connection, set(cases), stand.clock.now)) == set(cases)


def test_a_normal_case_says_who_is_called_without_an_answer(stand: Stand) -> None:
    said = duty(stand, stand.case(1))
    assert said is not None
    assert said.mentions == ()
    assert said.act_by == stand.clock.now + timedelta(minutes=30)
    assert said.sentence == (
        "到时没有人工答复，将升级到组长",
        "Without an answer by then it goes to the team lead",
    )


def test_a_case_in_good_hands_has_no_duty(stand: Stand) -> None:
    acked, answered, over = stand.cases(3)
    stand.run()
    stand.desk.ack(acked, LIN)
    stand.desk.answer(answered, LIN)
    stand.desk.resolve(over, LIN)
    assert [duty(stand, case) for case in (acked, answered, over)] == [None, None, None]


def test_a_receiver_s_rota_says_who_is_on_call(stand: Stand) -> None:
    now = stand.clock.now
    assert [m.name for m in stand.duties.on_call(Receiver("a", (), rota="top"), now)] == ["陈总"]
    assert stand.duties.on_call(Receiver("a", ()), now) == ()
    assert stand.duties.on_call(Receiver("a", (), rota="gone"), now) == ()


def test_what_the_ladder_does_is_counted(stand: Stand) -> None:
    stand.case(1)
    stand.run(2800)
    said = stand.metrics.render()
    assert b'shifen_ladder_total{deed="escalated"} 2.0' in said
    assert b'shifen_ladder_total{deed="missed"} 1.0' in said
    assert b'reason="missed",severity="normal"} 1.0' in said
