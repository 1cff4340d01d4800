"""`shifen run` as operators run it: a process of its own, stopped by SIGTERM."""

from __future__ import annotations

from sqlalchemy import func, select

from monitor.demo.exchange import Fault
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.post import Platform
from tests.e2e.stage import Stage, dedupe_key, process, wait_for


def states(stage: Stage) -> dict[str, int]:
    """How many deliveries stand where."""
    database = Database(stage.settings["database_url"])
    try:
        with database.read() as connection:
            d = t.delivery.c
            rows = connection.execute(select(d.state, func.count().label("n")).group_by(d.state))
            return {row.state: row.n for row in rows}
    finally:
        database.close()


def test_sigterm_drains_and_the_next_start_has_nothing_to_send_again(stage: Stage) -> None:
    with process(stage) as first:
        first.wait_started()
        posts = [stage.publish(platform=platform) for platform in Platform for _ in range(20)]
        wait_for(lambda: stage.messages, 30)
        assert first.terminate() == 0, first.said
        assert "draining" in first.said
    assert set(states(stage)) <= {"sent", "pending"}
    said = len(stage.messages)
    assert states(stage)["sent"] == said
    with process(stage) as second:
        second.wait_started()
        wait_for(lambda: all(map(stage.told, posts)), 60)
        polls = len(stage.weibo.requests)
        wait_for(lambda: len(stage.weibo.requests) >= polls + 3)
        assert second.terminate() == 0, second.said
    keys = [dedupe_key(message) for message in stage.messages]
    assert len(keys) == len(set(keys)) == len(posts)
    assert "conversations.history" not in {r.path.split("/")[-1] for r in stage.slack.requests}
    assert "job_broke" not in second.said


def test_sigterm_while_platforms_and_slack_hang_ends_soon_and_loses_nothing(stage: Stage) -> None:
    for source in stage.settings["sources"].values():
        source["timeout_s"] = 3
    stage.settings["channels"] = [stage.slack_channel(timeout_s=3)]
    with process(stage) as first:
        first.wait_started()
        for _ in range(5):
            stage.publish()
        stage.slack.fault = Fault.SLOW
        wait_for(lambda: stage.slack.requests, 30)
        stage.weibo.fault = stage.twitter.fault = Fault.SLOW
        assert first.terminate(30) == 0, first.said
        assert not [name for name, secret in stage.environment.items() if secret in first.said]
    stage.slack.fault = stage.weibo.fault = stage.twitter.fault = None
    with process(stage) as second:
        second.wait_started()
        wait_for(lambda: states(stage) == {"sent": 5}, 60)
        assert second.terminate() == 0
    keys = [dedupe_key(message) for message in stage.messages]
    assert len(set(keys)) == 5


def test_one_database_has_one_service(stage: Stage) -> None:
    database = Database(stage.settings["database_url"])
    with database.alone(), process(stage) as second:
        assert second.wait() == 2
        assert "another service runs on this database" in second.said
    database.close()
