"""Slack is away for an hour while complaints go on."""

from __future__ import annotations

from pathlib import Path

from benchmarks.outage import endure


def test_after_an_hour_everything_arrives_in_order_and_without_a_storm(tmp_path: Path) -> None:
    course = endure(tmp_path, alerts=120)
    assert course.published == 120
    assert course.tries_while_down <= 40
    assert (course.untold, course.doubles, course.unfinished) == (0, 0, 0), course.table()
    assert course.in_order, course.table()
    assert {1, 2, 3} == set(course.severities)
    assert (course.too_fast, course.refused_as_too_fast) == (0, 0), course.table()
    assert course.notices <= 3, course.table()
    assert course.seconds_to_drain <= 200, course.table()
