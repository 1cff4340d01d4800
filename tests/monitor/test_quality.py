"""Precision and recall by people's word: who counts, for which rule, and what nobody knows."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.rules import Mode
from alerts.severity import Severity
from monitor.auth import Role
from monitor.config import Config
from monitor.desk import FalseAlarm, Person
from monitor.live_config import rules_of
from monitor.quality import Figures, Quality, RuleFigures, Share, quality
from monitor.storage import rules as rules_store
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.rules import UnderRule
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows
from tests.monitor.pipeline.rig import Rig, post

NORMAL, IMPORTANT, URGENT = Severity
RULES: list[dict[str, Any]] = [
    {"name": "漆", "words": ["掉漆"]},
    {"name": "试", "words": ["褪色"], "mode": "shadow"},
]


class World:
    """Cases and hits written straight into the tables, and what people say of them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.rows = Rows(database)
        self.store = CorrectionStore(database, clock)
        names = [{"name": BRAND}, {"name": "月光耳机"}]
        self.rules = rules_of(Config.model_validate({"brands": names, "rules": RULES}))

    def hit(self, *under: str, **changes: Any) -> int:
        hit = self.rows.hit(self.rows.post(), **{"judged_at": T0, "reason": "first", **changes})
        self.rows.verdict(hit)
        modes = {"试": Mode.SHADOW}
        with self.database.write() as connection:
            rules_store.add(
                connection,
                [UnderRule(hit, name, modes.get(name, Mode.LIVE), T0) for name in under],
            )
        return hit

    def case(self, *under: str, alerts: int = 1, **changes: Any) -> tuple[int, int]:
        """A case with its one post: (case, hit)."""
        case = self.rows.case(**changes)
        brand = changes.get("brand", BRAND)
        hit = self.hit(*under, case_id=case, brand=brand)
        with self.database.write() as connection:
            connection.execute(
                t.alert_case.update().where(t.alert_case.c.id == case).values(hit_id=hit)
            )
        for _ in range(alerts):
            self.rows.alert(case_id=case, hit_id=hit)
        return case, hit

    def say(self, hit_id: int, complaint: bool | None, who: str = "林", **right: Any) -> None:
        said = Right(complaint=complaint, **right)
        assert self.store.add(who, Role.ANALYST, said, hit_id=hit_id)

    def measure(self, **given: Any) -> Quality:
        window = {"since": T0 - timedelta(days=1), "until": T0 + timedelta(days=1), **given}
        return quality(self.database, self.rules, **window)

    def rule(self, name: str, **given: Any) -> RuleFigures:
        return next(each for each in self.measure(**given).by_rule if each.name == name)

    def precision(self) -> tuple[int, int]:
        found = self.measure().overall.precision
        return found.part, found.n


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    return World(database, clock)


CLOSED = {"closed_at": T0}


@pytest.mark.parametrize(
    ("case", "said", "precision"),
    [
        ({}, [], (0, 0)),
        ({"state": "acked"}, [], (0, 0)),
        ({"state": "closed", **CLOSED}, [], (0, 0)),
        ({"state": "withdrawn", **CLOSED}, [], (0, 0)),
        ({"state": "resolved", **CLOSED}, [], (1, 1)),
        ({"answered_at": T0}, [], (1, 1)),
        ({"state": "false_alarm", "close_reason": "joke", **CLOSED}, [], (0, 1)),
        ({"state": "false_alarm", "close_reason": "not_about_us", **CLOSED}, [], (0, 1)),
        ({"state": "false_alarm", "close_reason": "duplicate", **CLOSED}, [], (0, 0)),
        ({"state": "false_alarm", "close_reason": "other", **CLOSED}, [], (0, 0)),
        ({}, [True], (1, 1)),
        ({}, [False], (0, 1)),
        ({"state": "resolved", **CLOSED}, [False], (0, 1)),
        ({"state": "false_alarm", "close_reason": "joke", **CLOSED}, [True], (1, 1)),
        ({"state": "withdrawn", **CLOSED}, [False], (0, 1)),
        ({}, [False, True], (1, 1)),
        ({}, [True, False], (0, 1)),
        ({}, [None], (0, 0)),
    ],
)
def test_what_makes_an_alert_right_or_wrong(
    world: World, case: dict[str, Any], said: list[bool | None], precision: tuple[int, int]
) -> None:
    _, hit = world.case(**case)
    for complaint in said:
        world.say(hit, complaint, topic="price")
    assert world.precision() == precision


def test_of_two_people_the_newer_counts_and_silence_is_no_word(world: World) -> None:
    _, hit = world.case()
    world.say(hit, True, "林")
    world.say(hit, False, "王")
    world.say(hit, None, "赵", topic="price")
    assert world.precision() == (0, 1)
    world.say(hit, None, "王", topic="price")
    assert world.precision() == (1, 1)


def test_another_post_that_people_call_a_complaint_makes_the_case_right(world: World) -> None:
    case, shown = world.case()
    other = world.hit(case_id=case)
    world.say(other, False)
    assert world.precision() == (0, 0)
    world.say(other, True)
    assert world.precision() == (1, 1)
    world.say(shown, False)
    assert world.precision() == (0, 1)


def test_cases_and_alerts_are_counted_by_severity(world: World) -> None:
    world.case(severity=1, state="resolved", alerts=2, **CLOSED)
    world.case(severity=1, alerts=0)
    world.case(severity=3, state="false_alarm", close_reason="advert", alerts=3, **CLOSED)
    world.case(severity=3, state="merged", alerts=9, **CLOSED)
    found = world.measure()
    shown = {
        each.severity: (each.figures.cases, each.figures.alerts, each.figures.precision)
        for each in found.by_severity
    }
    assert shown == {
        NORMAL: (2, 2, Share(1, 1)),
        IMPORTANT: (0, 0, Share(0, 0)),
        URGENT: (1, 3, Share(0, 1)),
    }
    assert (found.overall.cases, found.overall.alerts) == (3, 5)
    assert found.overall.precision == Share(1, 2)


def test_of_what_people_call_complaints_so_many_had_a_case(world: World) -> None:
    for severity in (1, 1, 3):
        world.say(world.case(severity=severity)[1], True)
    world.say(world.case()[1], False)
    world.say(world.hit(reason="praise"), True)
    world.say(world.hit(reason="praise"), False)
    found = world.measure()
    assert found.overall.recall == Share(3, 4)
    assert {each.severity: each.figures.recall for each in found.by_severity} == {
        NORMAL: Share(2, 3),
        IMPORTANT: Share(0, 0),
        URGENT: Share(1, 1),
    }


def test_a_missed_complaint_counts_for_the_severity_that_it_would_have_had(world: World) -> None:
    post_id = world.rows.post(author_followers=500_000)
    hit = world.rows.hit(post_id, judged_at=T0, reason="praise")
    world.rows.verdict(hit)
    world.say(hit, True)
    found = {each.severity: each.figures.recall for each in world.measure().by_severity}
    assert found[URGENT] == Share(0, 1)


def test_each_rule_has_the_figures_of_the_posts_under_it(world: World) -> None:
    common = f"brand:{BRAND}"
    world.case("漆", state="resolved", **CLOSED)
    world.case("漆", common, state="false_alarm", close_reason="joke", **CLOSED)
    world.case(common, answered_at=T0)
    world.case(answered_at=T0)
    world.hit("漆", reason="too_few")
    assert [each.name for each in world.measure().by_rule] == [
        *(common, "brand:月光耳机", "漆", "试")
    ]
    paint, ours = world.rule("漆"), world.rule(common)
    assert (paint.hits, paint.waiting, paint.figures.cases) == (3, 1, 2)
    assert paint.figures.precision == Share(1, 2)
    assert (ours.hits, ours.figures.cases, ours.figures.precision) == (3, 3, Share(2, 3))
    assert (paint.rule, ours.rule) == (world.rules.book.rules[0], None)
    assert (paint.common, ours.common) == (False, True)


def test_what_is_on_trial_is_measured_by_what_people_say_of_its_posts(world: World) -> None:
    hits = [world.hit("试", reason="shadow") for _ in range(4)]
    for hit, complaint in zip(hits, (True, True, False), strict=False):
        world.say(hit, complaint)
    trial = world.rule("试")
    assert (trial.hits, trial.on_trial, trial.figures.cases) == (4, 4, 0)
    assert trial.figures.precision == Share(2, 3)
    assert trial.figures.recall == Share(0, 2)
    assert world.measure().overall.precision == Share(0, 0)


def test_a_rule_that_is_no_longer_configured_is_told_last(world: World) -> None:
    world.case("früher", state="resolved", **CLOSED)
    last = world.measure().by_rule[-1]
    assert (last.name, last.rule, last.common, last.figures.precision) == (
        *("früher", None, False, Share(1, 1)),
    )


def test_the_window_and_the_brand_are_kept_to(world: World) -> None:
    late = {"opened_at": T0 + timedelta(days=1), "state": "resolved", **CLOSED}
    world.case(**late)
    world.case(brand="月光耳机", state="resolved", **CLOSED)
    world.case(brand="erased", state="resolved", **CLOSED)
    assert world.measure().overall.cases == 1
    assert world.measure(brand=BRAND).overall.cases == 0
    assert world.measure(until=T0 + timedelta(days=1, seconds=1)).overall.cases == 2
    assert world.measure(brand="月光耳机").by_rule[0].figures.precision == Share(1, 1)
    empty = world.measure(since=T0 + timedelta(days=5), until=T0 + timedelta(days=6))
    assert empty.overall == Figures(0, 0, Share(0, 0), Share(0, 0))


def test_a_brand_of_a_long_name_has_one_common_rule(database: Database, clock: Clock) -> None:
    """Its rule's name is cut to the column, whoever writes it."""
    name = "长" * 60
    world = World(database, clock)
    world.rules = rules_of(Config.model_validate({"brands": [{"name": name}]}))
    world.case(brand=name)
    world.case(f"brand:{name}"[:64], brand=name)
    (rule,) = world.measure().by_rule
    assert (rule.common, rule.figures.cases, rule.hits) == (True, 2, 2)


def test_what_people_do_at_the_desk_is_what_is_measured(database: Database, clock: Clock) -> None:
    rig = Rig(database, clock, rules=[{"name": "表带", "words": ["表带"], "mode": "shadow"}])
    lin = Person("林", Role.PR)
    texts = (
        "星云手表坏了，客服不理，退款",
        "星云手表的表带断了，还不给退货，投诉",
        "星云手表闪退，气死我了，垃圾",
    )
    start = clock.now
    clock.advance(30)
    rig.publish(*(post(n, clock.now, text) for n, text in enumerate(texts)))
    rig.walk()
    one, two, three = [row.id for row in rig.rows(t.alert_case)]
    rig.desk.resolve(one, lin)
    rig.desk.false_alarm(two, lin, FalseAlarm.JOKE)
    rig.desk.answer(three, lin)
    clock.advance(1)
    found = quality(database, rig.live.current(), start, clock.now)
    assert (found.overall.precision, found.overall.alerts) == (Share(2, 3), 3)
    common, trial = found.by_rule
    assert (common.hits, common.figures.precision) == (3, Share(2, 3))
    assert (trial.hits, trial.on_trial, trial.figures.precision) == (1, 0, Share(0, 1))


@given(st.integers(0, 400), st.integers(1, 400))
def test_the_interval_holds_the_share_and_narrows_with_more(part: int, n: int) -> None:
    part = min(part, n)
    share = Share(part, n)
    assert share.value is not None
    assert share.interval is not None
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12
    assert share.value - 1e-12 <= high <= 1
    # Wilson: both ends solve (share - p)² = z² · p · (1 - p) / n.
    for end in (low, high):
        square = 1.959964**2 * end * (1 - end) / n
        assert math.isclose((share.value - end) ** 2, square, abs_tol=1e-12)
    wider = Share(part * 4, n * 4).interval
    assert wider is not None
    assert wider[1] - wider[0] < high - low


def test_of_nothing_the_share_is_unknown() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
