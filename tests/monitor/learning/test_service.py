"""A running service takes a promotion and a run over old posts, without a restart."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from monitor.auth import Role
from monitor.bootstrap import Setting, build_service, utc_now
from monitor.learning import register
from monitor.learning.rescoring import Rescoring
from monitor.learning.training import train
from monitor.live_config import LiveConfig
from monitor.pipeline.collect import find
from monitor.secrets import Secrets
from monitor.service import Service
from monitor.storage import posts, rescoring
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.rescoring import RescoreState
from sentiment.loading import load_scorer
from tests.monitor.learning.posts import FALSE_ALARMS, MISSED, MISSED_LATER
from tests.monitor.pipeline.rig import config, post

SCORER = load_scorer("words")
OFF = {"weibo": {"enabled": False}, "twitter": {"enabled": False}}
PATIENCE_S = 30.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/shifen.db")
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def live() -> LiveConfig:
    return LiveConfig(None, {}, config(channels=[], sources=OFF))


@pytest.fixture
def service(database: Database, live: LiveConfig) -> Iterator[Service]:
    setting = Setting(live.current().config, Secrets(), scorer=SCORER)
    made = build_service(setting, database)
    made.start()
    yield made
    made.stop()


def store(database: Database, live: LiveConfig, texts: list[str], first: int) -> None:
    made = [post(first + n, utc_now() - timedelta(seconds=5), x) for n, x in enumerate(texts)]
    with database.write() as connection:
        found = find(live.current(), made)
        posts.add(connection, found, source="test", query_key="", seen_at=utc_now())


def verdicts(database: Database) -> list[str]:
    with database.read() as connection:
        versions = select(t.verdict.c.model_version).order_by(t.verdict.c.id)
        return list(connection.execute(versions).scalars())


def wait_for(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.05)


def run_of(database: Database) -> rescoring.Progress:
    with database.read() as connection:
        run = rescoring.newest(connection)
    assert run is not None
    return run


def taught(database: Database, live: LiveConfig) -> str:
    people = CorrectionStore(database, utc_now)
    with database.read() as connection:
        rows = connection.execute(select(t.hit.c.id, t.post.c.text).join_from(t.hit, t.post)).all()
    for row in rows:
        right = Right(complaint=row.text in MISSED)
        assert people.add("lin", Role.ANALYST, right, hit_id=row.id)
    return train(database, SCORER, live.current(), by="lin", now=utc_now).version


def test_a_promotion_and_a_run_over_old_posts_reach_a_running_service(
    service: Service, database: Database, live: LiveConfig
) -> None:
    texts = [*FALSE_ALARMS, *MISSED]
    store(database, live, texts, 1)
    service.wake()
    wait_for(lambda: len(verdicts(database)) == len(texts))
    model = taught(database, live)
    register.promote(database, SCORER.version, by="lin", now=utc_now)

    numbers = count(1_000)

    def judged_by_the_model() -> bool:
        number = next(numbers)
        store(database, live, [f"{MISSED_LATER[0]}，第{number}次"], number)
        service.wake()
        time.sleep(0.3)
        return f"+{model}+" in verdicts(database)[-1]

    wait_for(judged_by_the_model)
    Rescoring(database, live, SCORER, now=utc_now).begin(None, "lin")
    wait_for(lambda: run_of(database).state is RescoreState.DONE)
    assert run_of(database).changed >= len(texts)


KILLED = """
import os, signal, sys
from monitor.bootstrap import utc_now
from monitor.learning import rescoring
from monitor.live_config import LiveConfig
from monitor.storage import verdicts
from monitor.storage.database import Database
from sentiment.loading import load_scorer
from tests.monitor.pipeline.rig import config

rescoring.BATCH = 4
database = Database(sys.argv[1])
live = LiveConfig(None, {}, config())
job = rescoring.Rescoring(database, live, load_scorer("words"), now=utc_now)
job.begin(None, "lin")
job.step()
add = verdicts.add_verdicts


def die(*given):
    add(*given)
    os.kill(os.getpid(), signal.SIGKILL)


verdicts.add_verdicts = die
job.step()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_a_run_that_was_killed_between_two_writes_goes_on_without_a_gap_or_a_double(
    database: Database, live: LiveConfig
) -> None:
    texts = [*FALSE_ALARMS, *MISSED]
    store(database, live, texts, 1)
    service = build_service(Setting(live.current().config, Secrets(), scorer=SCORER), database)
    while service.parts.judging.step():
        pass
    taught(database, live)
    register.promote(database, SCORER.version, by="lin", now=utc_now)
    url = database.engine.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, url], cwd=root, env=os.environ, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert (run_of(database).done, len(verdicts(database))) == (4, len(texts) + 4)

    job = Rescoring(database, live, SCORER, now=utc_now)
    first = run_of(database).id
    assert job.begin(None, "wang").id == first
    while job.step():
        pass
    run = run_of(database)
    assert (run.state, run.done, run.changed) == (RescoreState.DONE, len(texts), len(texts))
    with database.read() as connection:
        counts = connection.execute(
            select(func.count()).select_from(t.verdict).group_by(t.verdict.c.hit_id)
        )
        assert set(counts.scalars()) == {2}
