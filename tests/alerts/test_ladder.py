"""The ladder: by the table of domain.md, and over long random lives of a case."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.case import CaseState
from alerts.ladder import Deed, Why, owner, pending
from alerts.rungs import Policy, Rung, RungState, Staff, Trigger
from alerts.severity import Severity
from tests.alerts.ladders import (
    DIRECTOR,
    DOMAIN,
    EVERYBODY,
    LEAD,
    MANAGER,
    STAFFED,
    Life,
    ladder,
)
from tests.alerts.views import IMPORTANT, NORMAL, T0, URGENT, after

ACTED, ARMED, FIRED = RungState.ACTED, RungState.ARMED, RungState.FIRED
CANCELLED, MISSED, SUPERSEDED = RungState.CANCELLED, RungState.MISSED, RungState.SUPERSEDED
LONG = 100_000


def only(life: Life) -> Rung:
    (rung,) = life.rungs.values()
    return rung


# The table


def test_a_normal_case_calls_the_lead_when_nobody_has_answered_for_half_an_hour() -> None:
    life = Life(NORMAL, STAFFED, EVERYBODY).until(1799.999)
    assert life.pages == []
    life.until(1800)
    assert life.calls() == [(1800, "lead", "周宁", Why.UNANSWERED)]
    assert only(life).deadline_at == after(1800 + 900)
    assert life.deeds() == [Deed.ESCALATED]


@pytest.mark.parametrize(
    ("severity", "rule", "level", "act_within_s"),
    [(IMPORTANT, "R2", "manager", 1800), (URGENT, "R3", "director", 600)],
)
def test_a_graver_case_calls_its_level_at_once(
    severity: Severity, rule: str, level: str, act_within_s: float
) -> None:
    life = Life(severity)
    assert life.states() == [(rule, level, FIRED)]
    assert only(life).deadline_at == only(life).due_at == after(act_within_s)
    assert life.pages == []  # The first message about the case names the level and the deadline.


def test_a_level_with_a_receiver_of_its_own_is_paged_at_once() -> None:
    levels = (LEAD, MANAGER, replace(DIRECTOR, receiver="directors", rota="top"))
    life = Life(URGENT, ladder(*levels), EVERYBODY)
    assert life.calls() == [(0, "director", "陈总", Why.TRIGGERED)]
    assert life.pages[0][1].act_by == after(600)


def test_a_miss_calls_the_next_level_once_and_the_last_calls_everybody() -> None:
    life = Life(NORMAL, STAFFED, EVERYBODY).until(LONG)
    assert life.calls() == [
        (1800, "lead", "周宁", Why.UNANSWERED),
        (2700, "manager", "林夏", Why.MISSED),
        (4500, "director", "陈总", Why.MISSED),
        (5100, "director", "陈总、王总", Why.ALL_MISSED),
    ]
    assert life.states() == [
        ("R1", "lead", MISSED),
        ("R1", "manager", MISSED),
        ("R1", "director", MISSED),
    ]
    assert [(at, alarm.why) for at, alarm in life.alarms] == [(after(5100), Why.ALL_MISSED)]
    former = [page.former.level if page.former else None for _, page in life.pages]
    assert former == [None, "lead", "manager", "director"]


def test_a_service_that_was_down_gives_people_their_whole_time() -> None:
    life = Life(URGENT)
    life.now = after(5000)
    life.look()
    assert life.deeds()[-1] is Deed.MISSED
    late = Life(NORMAL)
    late.now = after(9000)
    late.look()
    assert late.paged() == [(9000, "lead")]
    assert only(late).deadline_at == after(9900)


# What stops it


def test_only_a_person_s_answer_stops_the_clock() -> None:
    life = Life(IMPORTANT).until(1000).answer("he").until(LONG)
    rung = only(life)
    assert (rung.state, rung.acted_by, rung.acted_at) == (ACTED, "he", after(1000))
    assert rung.outcome == "answered"
    assert life.pages == []
    assert [(r.deed, r.who) for _, r in life.records][1:] == [(Deed.ACTED, "he")]


def test_an_answer_before_the_call_cancels_it() -> None:
    life = Life(NORMAL).until(1000).answer().until(LONG)
    assert life.states() == [("R1", "lead", CANCELLED)]
    assert life.deeds() == [Deed.CANCELLED]


def test_an_answer_that_came_late_while_nobody_looked_is_on_record_as_late() -> None:
    life = Life(URGENT)
    life.now = after(700)
    life.answer()
    assert (only(life).state, only(life).outcome) == (ACTED, "answered_late")
    assert life.until(LONG).pages == []


def test_after_an_answer_nothing_is_called_any_more_however_grave_it_becomes() -> None:
    life = Life(NORMAL).until(60).answer().until(120).rise(URGENT).until(LONG)
    assert life.states() == [("R1", "lead", CANCELLED), ("R3", "director", CANCELLED)]
    assert life.pages == []


@pytest.mark.parametrize(
    ("state", "who", "left"),
    [
        (CaseState.RESOLVED, "lin", ACTED),
        (CaseState.FALSE_ALARM, "lin", ACTED),
        (CaseState.WITHDRAWN, "", CANCELLED),
        (CaseState.MERGED, "lin", CANCELLED),
        (CaseState.CLOSED, "", CANCELLED),
    ],
)
def test_a_case_that_is_over_never_pages_again(state: CaseState, who: str, left: RungState) -> None:
    life = Life(URGENT).until(300).end(state, who).until(LONG)
    assert (only(life).state, only(life).outcome, only(life).due_at) == (left, state.value, None)
    assert life.pages == []
    acked = Life(URGENT).until(300).ack().until(600).end(state, who).until(LONG)
    assert acked.pages == []


# Acknowledging


def test_an_acknowledgement_counts_as_the_act_and_stops_the_clock() -> None:
    life = Life(IMPORTANT).until(1000).ack("he").until(1000 + 3599)
    rung = only(life)
    assert (rung.state, rung.acted_by, rung.acted_at) == (ACTED, "he", after(1000))
    assert life.pages == []


def test_an_acknowledgement_that_nobody_looked_at_in_time_counts_all_the_same() -> None:
    life = Life(URGENT)
    life.case = replace(
        life.case,
        state=CaseState.ACKED,
        acked_by="he",
        acked_at=after(599),
        ack_expires_at=after(599 + 900),
    )
    life.until(601)
    assert (only(life).state, only(life).outcome) == (ACTED, "acked")


def test_an_expired_acknowledgement_calls_the_same_level_once_more_then_the_next() -> None:
    life = Life(IMPORTANT, STAFFED, EVERYBODY).until(1000).ack().until(LONG)
    assert life.calls() == [
        (4600, "manager", "林夏", Why.ACK_EXPIRED),
        (6400, "director", "陈总", Why.MISSED),
        (7000, "director", "陈总、王总", Why.ALL_MISSED),
    ]
    assert life.case.state is CaseState.FIRING
    assert life.case.ack_expires_at is None
    assert life.deeds()[1:4] == [Deed.ACTED, Deed.ACK_EXPIRED, Deed.ESCALATED]
    assert life.pages[0][1].act_by == after(4600 + 1800)


def test_the_second_acknowledgement_of_a_level_that_runs_out_calls_the_next() -> None:
    life = Life(IMPORTANT, STAFFED, EVERYBODY).until(1000).ack().until(4700).ack().until(8300)
    assert life.calls() == [
        (4600, "manager", "林夏", Why.ACK_EXPIRED),
        (8300, "director", "陈总", Why.ACK_EXPIRED),
    ]
    life.until(8400).ack()
    assert life.until(8400 + 3600).calls()[2:] == [(12000, "director", "陈总", Why.ACK_EXPIRED)]
    life.until(12100).ack().until(12100 + 3600)
    assert life.calls()[3:] == [(15700, "director", "陈总、王总", Why.ALL_MISSED)]


def test_prolonging_an_acknowledgement_keeps_everybody_else_in_peace() -> None:
    life = Life(URGENT).until(10)
    for minute in range(0, 600, 10):
        life.until(10 + minute * 60).ack()
    assert life.pages == []


def test_before_any_level_was_called_the_case_s_own_receivers_are_told_again() -> None:
    life = Life(NORMAL).until(100).ack().until(LONG)
    assert life.calls()[:2] == [
        (3700, "", "", Why.ACK_EXPIRED),
        (3700 + 1800, "lead", "", Why.UNANSWERED),
    ]
    assert life.pages[0][1].act_by == after(3700 + 1800)


def test_an_acknowledgement_given_before_the_ladder_started_counts() -> None:
    life = Life(URGENT)
    life.rungs, life.records = {}, []
    life.case = replace(
        life.case,
        state=CaseState.ACKED,
        acked_by="lin",
        acked_at=after(2),
        ack_expires_at=after(902),
    )
    life.now = after(5)
    life.arm()
    assert life.states() == [("R3", "director", ARMED)]
    life.until(902)
    assert life.calls() == [(902, "director", "", Why.ACK_EXPIRED)]


def test_a_case_without_a_ladder_is_told_again_when_its_acknowledgement_runs_out() -> None:
    life = Life(NORMAL)
    life.rungs = {}
    life.until(10).ack().until(LONG)
    assert life.calls() == [(3610, "", "", Why.ACK_EXPIRED)]
    assert life.pages[0][1].rung is None


def test_the_end_of_a_case_that_was_answered_forgets_the_acknowledgement_silently() -> None:
    life = Life(IMPORTANT).until(10).ack().until(20).answer().until(LONG)
    assert life.case.state is CaseState.ACKED
    assert life.case.ack_expires_at is None
    assert life.pages == []


# More severe


def test_a_graver_severity_calls_its_level_and_ends_the_lower_ones() -> None:
    life = Life(NORMAL).until(1900).rise(IMPORTANT)
    assert life.states() == [("R1", "lead", SUPERSEDED), ("R2", "manager", FIRED)]
    life.until(2000).rise(URGENT)
    assert life.states()[1:] == [("R2", "manager", SUPERSEDED), ("R3", "director", FIRED)]
    assert [rung.deadline_at for rung in life.fired()] == [after(2600)]


def test_an_acknowledgement_does_not_cover_what_was_not_known_then() -> None:
    life = Life(NORMAL, STAFFED, EVERYBODY).until(100).ack().until(200).rise(URGENT).until(LONG)
    assert life.calls()[0] == (800, "director", "陈总、王总", Why.ALL_MISSED)
    known = Life(NORMAL).until(100).ack().until(200).rise(URGENT).until(300).ack()
    assert known.until(300 + 899).pages == []


def test_an_old_acknowledgement_that_runs_out_leaves_a_newer_call_alone() -> None:
    life = Life(NORMAL).until(100).ack().until(3600).rise(URGENT).until(3700)
    assert life.case.state is CaseState.FIRING
    assert life.pages == []
    assert [rung.level for rung in life.fired()] == ["director"]


def test_a_graver_severity_never_gives_the_owner_more_time() -> None:
    slow = replace(DIRECTOR, act_within_s=86_400)
    policy = ladder(LEAD, MANAGER, slow)
    life = Life(NORMAL, policy).until(4500)
    assert [rung.deadline_at for rung in life.fired()] == [after(4500 + 86_400)]
    life.ladder = DOMAIN  # The configuration was edited meanwhile.
    life.until(5000).rise(URGENT)
    assert [(r.rule, r.deadline_at) for r in life.fired()] == [("R1", after(5600))]
    assert life.states()[-1] == ("R3", "director", SUPERSEDED)


def test_a_missed_top_level_is_called_anew_by_a_graver_severity() -> None:
    life = Life(NORMAL).until(6000).rise(URGENT)
    assert [(r.rule, r.level, r.deadline_at) for r in life.fired()] == [
        ("R3", "director", after(6600))
    ]


# Nobody there


def test_a_level_with_nobody_on_call_passes_the_call_on_and_raises_an_alarm() -> None:
    staff = Staff({"top": "陈总"}, EVERYBODY.crews)
    life = Life(IMPORTANT, STAFFED, staff)
    assert life.calls() == [(0, "director", "陈总", Why.NOBODY_ON_CALL)]
    assert life.states() == [("R2", "manager", MISSED), ("R2", "director", FIRED)]
    assert [(alarm.why, alarm.level.name) for _, alarm in life.alarms] == [
        (Why.NOBODY_ON_CALL, "manager")
    ]
    assert next(iter(life.rungs.values())).outcome == "nobody_on_call"


def test_with_nobody_on_call_at_all_the_whole_top_level_is_called() -> None:
    life = Life(NORMAL, STAFFED, Staff({}, EVERYBODY.crews)).until(1800)
    assert life.calls() == [(1800, "director", "陈总、王总", Why.NOBODY_ON_CALL)]
    assert [alarm.level.name for _, alarm in life.alarms] == ["lead", "manager", "director"]
    assert [rung.level for rung in life.fired()] == ["director"]


def test_with_nobody_at_the_top_it_is_paged_though_the_call_was_the_trigger_s() -> None:
    life = Life(URGENT, STAFFED, Staff({}, EVERYBODY.crews))
    assert life.calls() == [(0, "director", "陈总、王总", Why.TRIGGERED)]


# Cases that nobody was told of


@pytest.mark.parametrize("severity", [NORMAL, IMPORTANT])
def test_nobody_is_late_with_a_case_that_was_kept_from_them(severity: Severity) -> None:
    life = Life(severity)
    life.case = replace(life.case, untold=True)
    life.until(20_000)
    assert life.pages == []
    life.case = replace(life.case, untold=False)
    life.until(20_000 + 1700)
    assert life.pages == []
    assert life.until(20_000 + 1800 + 60).paged()[0][0] > 20_000 + 1700


def test_an_urgent_case_waits_for_nobody() -> None:
    life = Life(URGENT)
    life.case = replace(life.case, untold=True)
    assert life.until(600).paged() == [(600, "director")]


# Clocks


@dataclass(frozen=True)
class EvenHours:
    """Open in the first half of each hour."""

    def add_open_s(self, at: datetime, seconds: float, /) -> datetime:
        left = seconds
        while True:
            hour = at.replace(minute=0, second=0, microsecond=0)
            closes = hour + timedelta(minutes=30)
            if at < closes:
                room = (closes - at).total_seconds()
                if left <= room:
                    return at + timedelta(seconds=left)
                left -= room
            at = hour + timedelta(hours=1)


def test_the_clocks_of_a_calendar_run_while_it_is_open() -> None:
    policy = ladder(normal=Trigger("lead", 1800, "half"), important=Trigger("manager", 0, "half"))
    staff = Staff(calendars={"half": EvenHours()})
    life = Life(NORMAL, policy, staff).until(LONG)
    # 04:00 + 30 min; 04:30 + 15 min of the next hour; + 30 min; + 10 min.
    assert [at for at, _ in life.paged()] == [1800, 4500, 8100, 8700]
    important = Life(IMPORTANT, policy, staff).until(1000)
    assert [rung.deadline_at for rung in important.fired()] == [after(1800)]


def test_a_calendar_that_is_gone_leaves_a_clock_running_day_and_night() -> None:
    policy = ladder(normal=Trigger("lead", 1800, "gone"))
    assert Life(NORMAL, policy).until(1800).paged() == [(1800, "lead")]


# What is kept


def test_later_edits_of_the_policy_do_not_touch_a_ladder_that_began() -> None:
    life = Life(IMPORTANT).until(100)
    life.ladder = ladder(replace(LEAD, act_within_s=60), MANAGER)
    life.until(LONG)
    assert life.paged() == [(1800, "director"), (2400, "director")]


@pytest.mark.parametrize("severity", list(Severity))
def test_a_policy_survives_the_database(severity: Severity) -> None:
    policy = STAFFED.policy(severity)
    assert Policy.from_json(json.loads(json.dumps(policy.to_json()))) == policy


def test_an_unknown_level_is_an_error() -> None:
    with pytest.raises(KeyError):
        DOMAIN.policy(NORMAL).level("boss")


def test_the_highest_level_that_was_called_owns_the_case() -> None:
    life = Life(NORMAL)
    assert owner(life.rungs.values()) is None
    life.until(1800)
    assert (own := owner(life.rungs.values())) is not None
    assert own.level == "lead"
    life.until(5000).ack()
    assert (own := owner(life.rungs.values())) is not None
    assert (own.level, own.state) == ("director", ACTED)


def test_what_is_pending_is_who_must_act_or_else_what_comes_next() -> None:
    def waiting(life: Life) -> tuple[str, RungState, datetime | None] | None:
        rung = pending(life.case, life.rungs.values(), life.now)
        return (rung.level, rung.state, rung.deadline_at) if rung else None

    life = Life(NORMAL)
    assert waiting(life) == ("lead", ARMED, after(1800))
    assert waiting(life.until(2700)) == ("manager", FIRED, after(4500))
    assert waiting(life.ack()) is None
    assert waiting(life.until(2700 + 3600)) == ("manager", FIRED, after(2700 + 3600 + 1800))
    assert waiting(life.answer()) is None
    assert waiting(Life(URGENT).end()) is None


# Random lives

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["ack", "rise", "hold", "tell", "empty", "staff", "answer", "end"]),
        st.integers(1, 4000),
    ),
    max_size=12,
)


def live(severity: Severity, deeds: list[tuple[str, int]], also_every_s: float = 0) -> Life:
    """Do one thing after the other, so many seconds apart, and let hours pass."""
    life, at = Life(severity, STAFFED, EVERYBODY), 0
    for deed, wait_s in deeds:
        at += wait_s
        life.until(at, also_every_s)
        if deed == "ack" and life.case.state.is_open:
            life.ack()
        elif deed == "rise" and life.case.state.is_open and life.case.severity < URGENT:
            life.rise(Severity(life.case.severity + 1))
        elif deed in ("hold", "tell"):
            life.case = replace(life.case, untold=deed == "hold")
        elif deed in ("empty", "staff"):
            life.staff = EVERYBODY if deed == "staff" else Staff({}, EVERYBODY.crews)
        elif deed == "answer" and life.case.answered_at is None:
            life.answer()
        elif deed == "end" and life.case.state.is_open:
            life.end()
    return life.until(at + 20_000, also_every_s)


@given(st.sampled_from(Severity), DEEDS)
def test_in_any_life_each_page_is_one_of_its_kind(
    severity: Severity, deeds: list[tuple[str, int]]
) -> None:
    life = live(severity, deeds)
    names = [(page.rung, page.number) for _, page in life.pages]
    assert len(set(names)) == len(names)
    counted = {rung.key: 0 for rung in life.rungs.values()}
    for _, page in life.pages:
        assert page.rung is not None
        counted[page.rung] += 1
    assert counted == {rung.key: rung.paged for rung in life.rungs.values()}


@given(st.sampled_from(Severity), DEEDS)
def test_in_any_life_nobody_is_paged_after_the_answer_or_the_end(
    severity: Severity, deeds: list[tuple[str, int]]
) -> None:
    life = live(severity, deeds)
    stops = [at for at in (life.case.answered_at, life.case.closed_at) if at]
    if stops:
        assert all(at <= min(stops) for at, _ in life.pages)
        assert not any(rung.state.is_open for rung in life.rungs.values())


@given(st.sampled_from(Severity), DEEDS)
def test_in_any_life_a_case_that_nobody_answers_reaches_everybody_at_the_top(
    severity: Severity, deeds: list[tuple[str, int]]
) -> None:
    calm = [deed for deed in deeds if deed[0] not in ("answer", "end", "hold")]
    life = live(severity, calm)
    assert life.case.state is CaseState.FIRING
    assert Why.ALL_MISSED in [alarm.why for _, alarm in life.alarms]


@given(st.sampled_from(Severity), DEEDS)
def test_in_any_life_a_level_is_called_once_for_each_time_it_is_needed(
    severity: Severity, deeds: list[tuple[str, int]]
) -> None:
    life = live(severity, deeds)
    assert len(life.fired()) <= 1
    assert all((rung.due_at is None) == (not rung.state.is_open) for rung in life.rungs.values())
    missed = [rung for rung in life.rungs.values() if rung.state is MISSED]
    for rung in missed:
        above = rung.policy.above(rung.level)
        root = rung.trigger_key.split("/")[0]
        if above:
            assert (rung.rule, f"{root}/{above.name}") in life.rungs


@settings(deadline=None)
@given(st.sampled_from(Severity), DEEDS, st.integers(61, 900))
def test_looking_more_often_changes_nothing(
    severity: Severity, deeds: list[tuple[str, int]], every_s: int
) -> None:
    # While a case is kept back its clock begins anew at each look; that depends on looks.
    told = [deed for deed in deeds if deed[0] != "hold"]
    seldom, often = live(severity, told), live(severity, told, also_every_s=every_s)
    assert seldom.calls() == often.calls()
    assert seldom.records == often.records
    assert seldom.rungs == often.rungs
    assert T0 <= seldom.now == often.now
