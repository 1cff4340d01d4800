"""The rows behind the figures are as many as the figures say, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from alerts.rules import Mode, common_rule
from alerts.severity import Severity
from monitor.auth import Role
from monitor.desk import TEACHES
from monitor.storage import quality as counts
from monitor.storage import quality_rows
from monitor.storage import rules as rules_store
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.quality import Window
from monitor.storage.quality_rows import Part, Truth
from monitor.storage.rules import UnderRule
from tests.conftest import Clock
from tests.factories import BRAND, T0, Rows

WINDOW = Window(T0 - timedelta(days=1), T0 + timedelta(days=1), (BRAND,))
COMMON = common_rule(BRAND)


class World:
    """Hits and cases, each under some rules, and people's word on them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self._rows = Rows(database)
        self._store = CorrectionStore(database, clock)

    def hit(self, complaint: bool | None, *under: str, **changes: Any) -> int:
        values = {"reason": "first", "judged_at": T0, **changes}
        hit = self._rows.hit(self._rows.post(), **values)
        self._rows.verdict(hit)
        with self.database.write() as connection:
            rules_store.add(connection, [UnderRule(hit, name, Mode.LIVE, T0) for name in under])
        if complaint is not None:
            self._store.add("林", Role.ANALYST, Right(complaint=complaint), hit_id=hit)
        return hit

    def case(self, complaint: bool | None, *under: str, **changes: Any) -> int:
        case = self._rows.case(**changes)
        hit = self.hit(complaint, *under, case_id=case)
        with self.database.write() as connection:
            connection.execute(
                t.alert_case.update().where(t.alert_case.c.id == case).values(hit_id=hit)
            )
        return case


@pytest.fixture
def world(database: Database, clock: Clock) -> World:
    made = World(database, clock)
    made.case(True, "漆")
    made.case(False, "漆", severity=3)
    made.case(None)
    made.case(None, answered_at=T0)
    made.case(None, state="false_alarm", closed_at=T0, close_reason="joke")
    made.case(True, state="merged", closed_at=T0)
    made.hit(True, "漆", reason="shadow")
    made.hit(False, "漆", reason="shadow")
    made.hit(True, reason="not_a_complaint")
    made.hit(None, "漆", reason="too_few")
    made.hit(True, matched_at=T0 + timedelta(days=2))
    return made


@pytest.mark.parametrize("severity", [None, *Severity])
@pytest.mark.parametrize("rule", [None, "漆", COMMON])
def test_as_many_cases_as_were_counted(
    world: World, severity: Severity | None, rule: str | None
) -> None:
    with world.database.read() as connection:
        counted = counts.cases_by_rule if rule else counts.cases_by_severity
        rows = [
            each
            for each in counted(connection, WINDOW, TEACHES)
            if severity in (None, each.severity) and rule in (None, each.rule)
        ]
        found = {
            truth: quality_rows.cases_behind(
                connection, WINDOW, TEACHES, severity=severity, rule=rule, truth=truth
            )
            for truth in (None, *Truth)
        }

    assert len(found[None]) == sum(each.cases for each in rows)
    assert len(found[Truth.RIGHT]) == sum(each.right for each in rows)
    assert len(found[Truth.WRONG]) == sum(each.wrong for each in rows)
    assert {each.truth for each in found[Truth.UNKNOWN]} <= {Truth.UNKNOWN}
    known = sorted(each.case.id for truth in Truth for each in found[truth])
    assert known == sorted(each.case.id for each in found[None])


@pytest.mark.parametrize("rule", [None, "漆", COMMON])
def test_as_many_hits_as_were_counted(world: World, rule: str | None) -> None:
    with world.database.read() as connection:
        rows = [
            each for each in counts.hits_by_rule(connection, WINDOW) if rule in (None, each.rule)
        ]
        found = {part: quality_rows.hits_behind(connection, WINDOW, part, rule) for part in Part}

    for part in set(Part) - {Part.MISSED}:
        assert len(found[part]) == sum(getattr(each, part.value) for each in rows), part
    assert sorted(found[Part.FOUND] + found[Part.MISSED]) == sorted(found[Part.COMPLAINTS])
    assert found[Part.HITS] == sorted(found[Part.HITS], reverse=True)


def test_posts_come_with_their_hit_and_verdict(world: World) -> None:
    with world.database.read() as connection:
        hits = quality_rows.hits_behind(connection, WINDOW, Part.ON_TRIAL)
        posts = quality_rows.posts_behind(connection, hits)

    assert [post.hits[0].id for post in posts] == hits
    assert all(post.hits[0].verdict for post in posts)
