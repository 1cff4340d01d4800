"""When a receiver is told of a case: by table, and over long random lives of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.case import CaseState, CaseView
from alerts.flow import (
    Because,
    Held,
    Notice,
    Reason,
    Timers,
    Told,
    decide,
    is_acked,
    is_urgent,
    told_after,
)
from tests.alerts.views import IMPORTANT, NORMAL, T0, URGENT, after, told, view

TIMERS = Timers()


def answer(case: CaseView, known: Told | None, seconds: float) -> Notice | Held:
    return decide(case, known, TIMERS, after(seconds))


def acked(**changes: Any) -> CaseView:
    values = {"state": CaseState.ACKED, "acked_by": "lin", "ack_expires_at": after(3600)}
    return view(**{**values, **changes})


# The first message


def test_posts_are_gathered_for_a_moment_before_the_first_message() -> None:
    assert answer(view(), None, 0) == Held(Because.GROUP_WAIT, after(10))
    assert answer(view(), None, 9.999) == Held(Because.GROUP_WAIT, after(10))
    assert answer(view(), None, 10) == Notice(Reason.FIRST)


@pytest.mark.parametrize("case", [view(severity=URGENT), view(risk="safety"), view(risk="health")])
def test_an_urgent_case_waits_for_nothing(case: CaseView) -> None:
    assert is_urgent(case)
    assert answer(case, None, 0) == Notice(Reason.FIRST)


def test_an_old_post_waits_for_nothing() -> None:
    assert answer(view(published_at=after(-480)), None, 0) == Notice(Reason.FIRST)


def test_a_post_that_becomes_old_meanwhile_ends_the_wait() -> None:
    assert answer(view(published_at=after(-477)), None, 0) == Held(Because.GROUP_WAIT, after(3))


def test_a_case_of_the_past_is_told_as_soon_as_somebody_listens() -> None:
    assert answer(view(), None, 9 * 3600) == Notice(Reason.FIRST)


def test_that_somebody_has_a_case_keeps_nobody_from_hearing_of_it() -> None:
    assert answer(acked(), None, 60) == Notice(Reason.FIRST)


def test_what_was_answered_before_it_was_told_needs_no_message() -> None:
    assert answer(view(answered_at=after(5)), None, 60) == Held(Because.ANSWERED)
    urgent = view(answered_at=after(5), severity=URGENT)
    assert answer(urgent, None, 60) == Notice(Reason.FIRST)


# A graver severity


@pytest.mark.parametrize(
    "case",
    [
        view(severity=IMPORTANT),
        acked(severity=IMPORTANT),
        view(severity=URGENT, answered_at=T0, spread=500, posts=50),
    ],
)
def test_a_graver_severity_is_told_at_once_whatever_else_is(case: CaseView) -> None:
    assert answer(case, told(), 0.001) == Notice(Reason.SEVERITY_UP)


def test_a_lower_severity_is_no_news_until_it_rises_again() -> None:
    known = told(severity=URGENT)
    assert answer(view(severity=NORMAL), known, 60) == Held(Because.NO_NEWS, after(14_400))
    assert answer(view(severity=URGENT), known, 60) == Held(Because.NO_NEWS, after(14_400))


# A wider spread


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        (1, 10, Reason.SPREAD_10),
        (9, 99, Reason.SPREAD_10),
        (1, 100, Reason.SPREAD_100),
        (10, 999, Reason.SPREAD_100),
        (1, 1000, Reason.SPREAD_1000),
        (999, 123_456, Reason.SPREAD_1000),
    ],
)
def test_the_highest_step_of_spread_is_told_after_the_interval(
    was: int, now: int, reason: Reason
) -> None:
    case, known = view(spread=now), told(spread=was)
    assert answer(case, known, 299) == Held(Because.GROUP_INTERVAL, after(300))
    assert answer(case, known, 300) == Notice(reason)


@pytest.mark.parametrize(("was", "now"), [(1, 9), (10, 99), (1000, 5000), (500, 20)])
def test_other_spreads_are_no_news(was: int, now: int) -> None:
    assert answer(view(spread=now), told(spread=was), 300) == Held(Because.NO_NEWS, after(14_400))


def test_who_has_the_case_hears_of_a_wider_spread_too() -> None:
    assert answer(acked(spread=100), told(spread=50), 300) == Notice(Reason.SPREAD_100)
    answered = view(spread=100, answered_at=after(1))
    assert answer(answered, told(spread=50), 300) == Notice(Reason.SPREAD_100)


@pytest.mark.parametrize(
    ("times", "wait_s"), [(1, 300), (2, 600), (3, 1200), (4, 1200), (90, 1200)]
)
def test_the_wait_for_a_wider_spread_doubles_twice_at_most(times: int, wait_s: float) -> None:
    case, known = acked(spread=10, ack_expires_at=after(9999)), told(times=times)
    assert answer(case, known, wait_s - 1) == Held(Because.GROUP_INTERVAL, after(wait_s))
    assert answer(case, known, wait_s) == Notice(Reason.SPREAD_10)


# New posts


@pytest.mark.parametrize(
    ("times", "wait_s"), [(1, 300), (2, 600), (3, 1200), (6, 9600), (7, 14_400), (10**6, 14_400)]
)
def test_the_wait_for_new_posts_doubles_with_each_message(times: int, wait_s: float) -> None:
    case, known = view(posts=2), told(times=times)
    assert answer(case, known, wait_s - 1) == Held(Because.GROUP_INTERVAL, after(wait_s))
    assert answer(case, known, wait_s) == Notice(Reason.NEW_POSTS)


def test_new_posts_do_not_disturb_who_has_taken_the_case_on() -> None:
    held = answer(acked(posts=9), told(), 900)
    assert held == Held(Because.ACKED, after(3600), "lin")


def test_new_posts_of_a_case_that_was_answered_are_no_news() -> None:
    assert answer(view(posts=9, answered_at=after(60)), told(), 900) == Held(Because.ANSWERED)


def test_an_acknowledgement_that_has_run_out_protects_no_more() -> None:
    case = acked(posts=9, ack_expires_at=after(900))
    assert is_acked(case, after(899))
    assert not is_acked(case, after(900))
    assert answer(case, told(), 900) == Notice(Reason.NEW_POSTS)


def test_an_acknowledgement_without_an_end_holds() -> None:
    assert answer(acked(posts=9, ack_expires_at=None), told(), 10**6) == Held(
        Because.ACKED, None, "lin"
    )


def test_a_wider_spread_comes_before_new_posts() -> None:
    assert answer(view(posts=10, spread=10), told(), 300) == Notice(Reason.SPREAD_10)


# Repeating


def test_a_case_that_nobody_heeds_is_repeated() -> None:
    assert answer(view(), told(), 14_399) == Held(Because.NO_NEWS, after(14_400))
    assert answer(view(), told(), 14_400) == Notice(Reason.REPEAT)


@pytest.mark.parametrize("case", [acked(ack_expires_at=after(99_999)), view(answered_at=T0)])
def test_a_case_that_somebody_heeds_is_not(case: CaseView) -> None:
    held = answer(case, told(), 50_000)
    assert isinstance(held, Held)
    assert held.because is Because.NO_NEWS


def test_an_interval_above_the_repeat_holds_for_new_posts() -> None:
    timers = Timers(group_interval_s=900, repeat_s=600)
    assert decide(view(posts=2), told(), timers, after(899)) == Notice(Reason.REPEAT)


# The end


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (CaseState.RESOLVED, Reason.RESOLVED),
        (CaseState.FALSE_ALARM, Reason.RESOLVED),
        (CaseState.WITHDRAWN, Reason.WITHDRAWN),
    ],
)
def test_an_end_is_told_at_once_and_once_to_those_who_knew(
    state: CaseState, reason: Reason
) -> None:
    case = view(state=state, severity=URGENT, spread=5000, posts=99)
    notice = answer(case, told(), 0)
    assert notice == Notice(reason)
    assert answer(case, told_after(case, notice, told(), T0), 50_000) == Held(Because.OVER)
    assert answer(case, None, 0) == Held(Because.NEVER_TOLD)


@pytest.mark.parametrize("state", [CaseState.MERGED, CaseState.CLOSED])
def test_some_cases_end_without_a_word(state: CaseState) -> None:
    assert answer(view(state=state, severity=URGENT), told(), 50_000) == Held(Because.OVER)


def test_a_case_that_is_open_again_is_told_like_a_new_one() -> None:
    known = told(ended=True, times=3, reason=Reason.RESOLVED)
    assert answer(view(), known, 60) == Notice(Reason.FIRST)
    assert told_after(view(), Notice(Reason.FIRST), known, after(60)).times == 1


def test_what_was_rolled_up_was_told() -> None:
    known = told(reason=Reason.ROLLED_UP)
    assert answer(view(severity=IMPORTANT), known, 1) == Notice(Reason.SEVERITY_UP)
    assert answer(view(), known, 60) == Held(Because.NO_NEWS, after(14_400))


def test_what_a_receiver_knows_is_what_the_case_was_when_they_were_told() -> None:
    case = view(severity=IMPORTANT, spread=12, posts=5)
    known = told_after(case, Notice(Reason.SEVERITY_UP), told(times=2), after(9))
    assert known == Told(Reason.SEVERITY_UP, IMPORTANT, 12, 5, False, after(9), 3)


# A thousand copies, a trickle, a random life


@dataclass
class Life:
    """A case and one receiver, told whatever the flow says, looked at when it asks to."""

    case: CaseView = field(default_factory=view)
    now: datetime = T0
    told: Told | None = None
    sent: list[tuple[Reason, CaseView]] = field(default_factory=list)
    held: Held | None = None

    def change(self, **changes: Any) -> None:
        self.case = replace(self.case, **changes)
        self.look()

    def look(self) -> None:
        risen = self.case.is_open and self.told is not None and not self.told.ended
        risen = risen and self.told is not None and self.case.severity > self.told.severity
        said = decide(self.case, self.told, TIMERS, self.now)
        assert not risen or said == Notice(Reason.SEVERITY_UP)
        if isinstance(said, Notice):
            self._tell(said)
            said = decide(self.case, self.told, TIMERS, self.now)
        assert isinstance(said, Held), "told twice at the same moment"
        assert said.until is None or said.until > self.now
        self.held = said

    def _tell(self, notice: Notice) -> None:
        assert self.told is None or not self.told.ended, "told after the end"
        known = self.told
        if known is not None and notice.reason is not Reason.REPEAT:
            before = (known.severity, known.spread, known.posts, known.ended)
            now = (self.case.severity, self.case.spread, self.case.posts, not self.case.is_open)
            assert before != now, "told the same twice"
        self.told = told_after(self.case, notice, known, self.now)
        self.sent.append((notice.reason, self.case))

    def pass_by(self, seconds: float) -> None:
        """Let time go on, looking whenever the flow wanted to be asked again."""
        end = self.now + timedelta(seconds=seconds)
        while self.held and self.held.until and self.held.until <= end:
            before, sent = self.held, len(self.sent)
            self.now = self.held.until
            self.look()
            assert len(self.sent) > sent or self.held != before, "asked again for nothing"
        self.now = end

    @property
    def reasons(self) -> list[Reason]:
        return [reason for reason, _ in self.sent]


def spread_severity(spread: int) -> dict[str, Any]:
    severity = URGENT if spread >= 100 else IMPORTANT if spread >= 10 else NORMAL
    return {"spread": spread, "posts": spread, "severity": severity}


def test_a_thousand_copies_in_a_minute_make_few_messages() -> None:
    life = Life()
    life.look()
    for spread in range(2, 1001):
        life.change(**spread_severity(spread))
        life.pass_by(0.06)
    life.pass_by(3600)

    assert life.reasons == [Reason.FIRST, Reason.SPREAD_1000]
    assert life.sent[-1][1].spread == 1000


def test_a_story_that_was_told_before_it_exploded_makes_three_within_the_quarter_of_an_hour() -> (
    None
):
    life = Life()
    life.look()
    life.pass_by(60)
    for spread in range(2, 1001):
        life.change(**spread_severity(spread))
        life.pass_by(0.06)
    life.pass_by(900)
    assert life.reasons == [Reason.FIRST, Reason.SEVERITY_UP, Reason.SEVERITY_UP]
    life.pass_by(3600)
    assert life.reasons[3:] == [Reason.SPREAD_1000]


def test_a_trickle_of_copies_does_not_nag() -> None:
    life = Life()
    life.look()
    for minute in range(8 * 60):
        life.change(spread=1 + minute // 60, posts=2 + minute)
        life.pass_by(60)
    # 300 s, 600 s, … 9600 s after the first, then at most every repeat_s.
    assert life.reasons == [Reason.FIRST, *[Reason.NEW_POSTS] * 6]


_SECONDS = st.one_of(st.floats(0, 20), st.floats(0, 4000), st.floats(0, 100_000))
_EVENTS = st.one_of(
    st.tuples(st.just("posts"), st.integers(1, 300)),
    st.tuples(st.just("rise"), st.sampled_from([IMPORTANT, URGENT])),
    st.tuples(st.just("ack"), st.one_of(st.none(), st.integers(1, 7200))),
    st.tuples(st.just("answer"), st.none()),
    st.tuples(st.just("pass"), _SECONDS),
)
_ENDS = st.sampled_from([state for state in CaseState if not state.is_open])


def happen(life: Life, kind: str, what: Any) -> None:
    case = life.case
    deeds: dict[str, Callable[[], None]] = {
        "posts": lambda: life.change(spread=case.spread + what, posts=case.posts + what),
        "rise": lambda: life.change(severity=max(case.severity, what)),
        "ack": lambda: life.change(
            state=CaseState.ACKED,
            acked_by="lin",
            ack_expires_at=None if what is None else life.now + timedelta(seconds=what),
        ),
        "answer": lambda: life.change(answered_at=life.now),
        "pass": lambda: life.pass_by(what),
    }
    deeds[kind]()


@given(
    st.integers(0, 900),
    st.sampled_from([NORMAL, IMPORTANT, URGENT]),
    st.lists(_EVENTS, max_size=25),
    st.one_of(st.none(), _ENDS),
)
def test_any_life_of_a_case(
    age_s: int, severity: Any, events: list[tuple[str, Any]], end: CaseState | None
) -> None:
    life = Life(view(severity=severity, published_at=after(-age_s)))
    life.look()
    for kind, what in events:
        happen(life, kind, what)
    if end is None:
        life.pass_by(TIMERS.group_wait_s)
        assert life.sent or life.case.answered_at is not None, "an open case is told to nobody"
        return
    sent = len(life.sent)
    life.change(state=end)
    life.pass_by(10**6)
    silent = sent == 0 or end in (CaseState.MERGED, CaseState.CLOSED)
    assert len(life.sent) == sent + (0 if silent else 1)
    life.change(severity=URGENT, spread=10**6, posts=10**6)
    assert len(life.sent) == sent + (0 if silent else 1)


@given(st.lists(_EVENTS, max_size=25))
def test_a_case_that_nobody_heeds_is_never_forgotten(events: list[tuple[str, Any]]) -> None:
    life = Life()
    life.look()
    for kind, what in events:
        if kind in ("posts", "rise", "pass"):
            happen(life, kind, what)
    sent = len(life.sent)
    life.pass_by(TIMERS.repeat_s)
    assert len(life.sent) > sent
