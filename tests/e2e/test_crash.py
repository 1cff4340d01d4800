"""Killed again and again under load, the service loses nothing and says nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.crash import endure

KILLS = 5


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_kill_9_costs_no_hit_and_no_message(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_empty_url") if kind == "postgres" else ""
    toll = endure(tmp_path, kills=KILLS, rate=25.0, url=url)
    assert toll.clean, toll.table()
    assert toll.doubles_in_flight == 0, toll.table()
    assert toll.complaints > KILLS * 20
    assert toll.broken_jobs == 0
