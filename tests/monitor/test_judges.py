"""Judging beside reading: everything is judged once, and a process that dies loses nothing."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from monitor.bootstrap import Setting, build_judges
from monitor.config import Config
from monitor.judges import InProcess, JudgesError, OwnProcess, can_fork
from monitor.live_config import LiveConfig
from monitor.pipeline.collect import find
from monitor.secrets import Secrets
from monitor.storage import posts
from monitor.storage import tables as t
from monitor.storage.database import Database
from sentiment.scorer import Score
from tests.monitor.pipeline.rig import post

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
needs_fork = pytest.mark.skipif(not can_fork(), reason="needs Linux and two processors")


class ConstantScorer:
    version = "constant-1"

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [Score(0.7, 0.2, 0.1)] * len(texts)


class DyingScorer(ConstantScorer):
    """Ends its process the hard way."""

    def score(self, texts: Sequence[str]) -> list[Score]:
        os._exit(9)


def setting(database: Database, scorer: ConstantScorer) -> Setting:
    url = database.engine.url.render_as_string(hide_password=False)
    config = Config.model_validate(
        {
            "database_url": url,
            "brands": [{"name": "星云手表"}],
            "channels": [{"kind": "console", "name": "first"}],
        }
    )
    return Setting(config, Secrets(), scorer=scorer)


def store(database: Database, live: LiveConfig, count: int) -> None:
    found = find(live.current(), [post(n, NOW - timedelta(seconds=n)) for n in range(count)])
    with database.write() as connection:
        posts.add(connection, found, source="test", query_key="", seen_at=NOW)


def counted(database: Database) -> tuple[int, int]:
    with database.read() as connection:
        verdicts = connection.execute(select(func.count()).select_from(t.verdict)).scalar_one()
        alerts = connection.execute(select(func.count()).select_from(t.alert)).scalar_one()
    return verdicts, alerts


@pytest.mark.parametrize("own_process", [False, pytest.param(True, marks=needs_fork)])
def test_everything_stored_before_and_meanwhile_is_judged_once(
    database: Database, own_process: bool
) -> None:
    made = setting(database, ConstantScorer())
    live = LiveConfig(None, {}, made.config)
    judges = build_judges(made, database, live, own_process=own_process)
    assert isinstance(judges, OwnProcess if own_process else InProcess)
    store(database, live, 200)
    judges.wake()
    store(database, live, 300)
    told: list[int] = []
    judges.finish(told.append)
    assert counted(database) == (300, 300)
    assert told[-1] == 0


@needs_fork
def test_a_judging_process_that_dies_is_an_error_and_its_hits_still_wait(
    database: Database,
) -> None:
    made = setting(database, DyingScorer())
    live = LiveConfig(None, {}, made.config)
    store(database, live, 10)
    with pytest.raises(JudgesError, match="10 hits wait"):
        build_judges(made, database, live, own_process=True).finish(lambda _: None)
    again = setting(database, ConstantScorer())
    build_judges(again, database, live).finish(lambda _: None)
    assert counted(database) == (10, 10)
