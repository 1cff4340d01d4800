"""The storm guard: budgets kept, urgent cases first, nothing lost."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerts.case import CaseState
from alerts.flow import Because, Notice, Reason, is_urgent
from alerts.severity import Severity
from alerts.storm import NAMED, Budget, Pending, Plan, Rollup, Spent, plan
from tests.alerts.views import IMPORTANT, NORMAL, T0, URGENT, after, view

BUDGET = Budget()
SMALL = Budget(single=3, urgent_single=2, window_s=600, rollup_every_s=120)


def pending(case_id: int, reason: Reason = Reason.FIRST, **changes: Any) -> Pending:
    receiver = changes.pop("receiver", "pr")
    return Pending(view(id=case_id, **changes), receiver, Notice(reason))


def ids(rollup_or_singles: tuple[Pending, ...]) -> list[int]:
    return [each.case.id for each in rollup_or_singles]


def test_few_notices_all_go_on_their_own() -> None:
    notices = [pending(n) for n in range(20)]
    assert plan(notices, {}, {}, BUDGET, T0) == Plan(tuple(notices), (), ())


def test_urgent_cases_go_first_then_those_whose_time_runs_out_first() -> None:
    notices = [
        pending(1, published_at=after(-10)),
        pending(2, published_at=after(-500)),
        pending(3, severity=URGENT, published_at=after(-5)),
        pending(4, severity=IMPORTANT, published_at=after(-100)),
        pending(5, risk="safety", published_at=after(-90)),
    ]
    assert ids(plan(notices, {}, {}, BUDGET, T0).single) == [5, 3, 2, 4, 1]


def test_what_exceeds_the_budget_is_rolled_up_into_one() -> None:
    made = plan([pending(n) for n in range(9)], {}, {}, SMALL, T0)
    assert ids(made.single) == [0, 1, 2]
    (rollup,) = made.rollups
    assert (rollup.receiver, ids(rollup.pending)) == ("pr", [3, 4, 5, 6, 7, 8])
    assert made.held == ()


def test_what_was_sent_lately_counts() -> None:
    notices = [pending(n, severity=URGENT if n < 3 else NORMAL) for n in range(6)]
    spent = {"pr": Spent(normal=2, urgent=1), "night": Spent(9, 9)}
    made = plan(notices, spent, {}, SMALL, T0)
    assert ids(made.single) == [0, 3]
    assert ids(made.rollups[0].pending) == [1, 2, 4, 5]
    assert plan(notices, {"pr": Spent(99, 99)}, {}, SMALL, T0).single == ()


def test_each_receiver_has_a_budget_of_its_own() -> None:
    notices = [pending(n, receiver=("pr", "night")[n % 2]) for n in range(10)]
    made = plan(notices, {}, {}, SMALL, T0)
    assert Counter(each.receiver for each in made.single) == {"pr": 3, "night": 3}
    assert [(each.receiver, len(each.pending)) for each in made.rollups] == [
        ("pr", 2),
        ("night", 2),
    ]


def test_a_second_rollup_waits_for_its_turn() -> None:
    notices = [pending(n) for n in range(5)]
    made = plan(notices, {}, {"pr": after(-119)}, SMALL, T0)
    assert [(each.case.id, held.because, held.until) for each, held in made.held] == [
        (3, Because.SUPPRESSED_BY_STORM, after(1)),
        (4, Because.SUPPRESSED_BY_STORM, after(1)),
    ]
    assert plan(notices, {}, {"pr": after(-120)}, SMALL, T0).held == ()


def test_a_clock_that_was_set_back_holds_nothing_for_longer_than_a_pause() -> None:
    made = plan([pending(n) for n in range(4)], {}, {"pr": after(7200)}, SMALL, T0)
    assert [held.until for _, held in made.held] == [after(120)]


def test_that_urgent_cases_are_over_spends_nothing_of_the_urgent() -> None:
    over = [
        pending(n, Reason.RESOLVED, severity=URGENT, state=CaseState.RESOLVED) for n in range(9)
    ]
    made = plan(
        [*over, pending(90, severity=URGENT), pending(91, severity=URGENT)], {}, {}, SMALL, T0
    )
    assert ids(made.single) == [90, 91, 0, 1, 2]
    assert made.rollups[0].ended == 6


def test_a_rollup_counts_what_it_holds_and_names_the_gravest_and_widest() -> None:
    pendings = [
        pending(1, spread=5),
        pending(2, severity=URGENT, brand="远山", topic="safety"),
        pending(3, severity=IMPORTANT, spread=3, reach=10),
        pending(4, severity=IMPORTANT, spread=3, reach=99),
        pending(5, Reason.RESOLVED, severity=URGENT, state=CaseState.RESOLVED, spread=900),
        *(pending(n, topic="price") for n in range(10, 30)),
    ]
    made = plan(pendings, {"pr": Spent(99, 99)}, {}, SMALL, T0)
    (rollup,) = made.rollups
    assert len(rollup.pending) == 25
    assert ids(rollup.named) == [2, 4, 3, 1, 10, 11, 12, 13, 14, 15]
    assert len(rollup.named) == NAMED
    assert rollup.severity is URGENT
    assert rollup.by_severity() == ((URGENT, 2), (IMPORTANT, 2), (NORMAL, 21))
    assert rollup.by_brand() == (("星云手表", 24), ("远山", 1))
    assert rollup.by_topic() == (("price", 20), ("refund", 4), ("safety", 1))
    assert rollup.ended == 1


def storm_of(pendings: list[Pending], a_second: int) -> list[tuple[datetime, Pending | Rollup]]:
    """Let so many arrive each second; return every message to the one receiver with its time."""
    now, waiting = T0, list[tuple[datetime, Pending]]()
    told: list[tuple[datetime, Pending | Rollup]] = []
    rest, last = list(pendings), dict[str, datetime]()
    while rest or waiting:
        waiting += [(now, each) for each in rest[:a_second]]
        rest = rest[a_second:]
        due = [each for until, each in waiting if until <= now]
        lately = [what for at, what in told if now - at < timedelta(seconds=BUDGET.window_s)]
        urgent = [what.is_urgent for what in lately if isinstance(what, Pending)]
        spent = {"pr": Spent(normal=urgent.count(False), urgent=urgent.count(True))}
        made = plan(due, spent, last, BUDGET, now)
        told += [(now, each) for each in (*made.single, *made.rollups)]
        last = {"pr": now} if made.rollups else last
        waiting = [pair for pair in waiting if pair[0] > now]
        waiting += [(held.until or now, each) for each, held in made.held]
        now += timedelta(seconds=1)
    return told


def test_ten_thousand_cases_in_a_minute_make_few_messages_and_none_is_lost() -> None:
    pendings = [
        pending(n, severity=URGENT if n % 100 == 0 else NORMAL, published_at=after(n / 170))
        for n in range(10_000)
    ]
    told = storm_of(pendings, 170)

    seen = Counter[int]()
    for _, what in told:
        seen.update(ids(what.pending) if isinstance(what, Rollup) else [what.case.id])
    assert seen == Counter(range(10_000))
    rollups = [at for at, what in told if isinstance(what, Rollup)]
    assert len(told) - len(rollups) == BUDGET.single + BUDGET.urgent_single
    assert len(rollups) == 2
    assert told[-1][0] <= after(60 + BUDGET.rollup_every_s)


_PENDINGS = st.lists(
    st.builds(
        Pending,
        case=st.builds(
            lambda n, severity, risk, age, spread: view(
                id=n, severity=severity, risk=risk, published_at=after(-age), spread=spread
            ),
            n=st.integers(1, 10**6),
            severity=st.sampled_from(Severity),
            risk=st.sampled_from(["none", "safety", "legal"]),
            age=st.integers(0, 900),
            spread=st.integers(1, 2000),
        ),
        receiver=st.sampled_from(["pr", "night", "legal"]),
        notice=st.sampled_from([Notice(Reason.FIRST), Notice(Reason.SEVERITY_UP)]),
    ),
    max_size=60,
)
_BUDGETS = st.builds(
    Budget,
    single=st.integers(1, 12),
    urgent_single=st.integers(1, 8),
    rollup_every_s=st.integers(10, 600),
)
_SPENT = st.dictionaries(
    st.sampled_from(["pr", "night"]), st.builds(Spent, st.integers(0, 15), st.integers(0, 15))
)
_LAST = st.dictionaries(
    st.sampled_from(["pr", "legal"]), st.integers(-2000, 2000).map(after), max_size=2
)


@given(_PENDINGS, _BUDGETS, _SPENT, _LAST)
def test_any_storm(
    notices: list[Pending],
    budget: Budget,
    spent: dict[str, Spent],
    last: dict[str, datetime],
) -> None:
    made = plan(notices, spent, last, budget, T0)

    # Nothing lost, nothing doubled.
    rolled = [each for rollup in made.rollups for each in rollup.pending]
    waiting = [each for each, _ in made.held]
    assert Counter([*made.single, *rolled, *waiting]) == Counter(notices)
    # What waits, waits for a moment to come, and not for long.
    for _, held in made.held:
        assert held.until is not None
        assert T0 < held.until <= T0 + timedelta(seconds=budget.rollup_every_s)
    # One roll-up for each receiver, of what is its own.
    assert len({rollup.receiver for rollup in made.rollups}) == len(made.rollups)
    assert all(each.receiver == r.receiver for r in made.rollups for each in r.pending)
    # Urgent cases first, and within each kind the oldest posts.
    order = [(not is_urgent(each.case), each.case.published_at) for each in made.single]
    assert order == sorted(order)
    for receiver in ("pr", "night", "legal"):
        gone = spent.get(receiver, Spent())
        for urgent, limit, before in (
            (False, budget.single, gone.normal),
            (True, budget.urgent_single, gone.urgent),
        ):
            singles = [e for e in made.single if (e.receiver, e.is_urgent) == (receiver, urgent)]
            others = [
                e for e in (*rolled, *waiting) if (e.receiver, e.is_urgent) == (receiver, urgent)
            ]
            # The budget is kept, and spent before anything is rolled up.
            assert len(singles) <= max(0, limit - before)
            assert not others or len(singles) == max(0, limit - before)
            latest = max((e.case.published_at for e in singles), default=None)
            assert latest is None or all(latest <= e.case.published_at for e in others)


def test_a_plan_does_not_depend_on_the_order_of_the_notices() -> None:
    notices = [pending(n, severity=URGENT if n % 3 else NORMAL) for n in range(12)]
    shuffled = sorted(notices, key=lambda each: each.case.id * 7 % 12)
    assert plan(notices, {}, {}, SMALL, T0) == plan(shuffled, {}, {}, SMALL, T0)
