"""What runs at every poll and step finds its rows by an index, however much has piled up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from alerts.delivery import DeliveryState
from alerts.severity import Severity
from alerts.watch import Hit
from monitor.storage import (
    cases,
    casework,
    channel_health,
    claims,
    corrections,
    models,
    outbox,
    polling,
    posts,
    reconsidering,
    rescoring,
    retention,
    rules,
    tellings,
)
from monitor.storage import tables as t
from monitor.storage.claims import Due
from monitor.storage.database import Database
from monitor.storage.outbox import NewAlert
from monitor.storage.rescoring import RescoreState
from monitor.storage.rules import Stretch
from monitor.storage.timeline import EventKind
from scrapers.cursor import Gap
from scrapers.post import Author, Platform, Post
from tests.factories import BRAND, T0, Rows

MANY = 10_000
OTHERS = ("hit_rule", "alert", "delivery", "gap", "bad_item")
SMALL = {"channel_health", "query_state", "source_health", "outage", "volume", "model", "rescore"}
"""Tables that stay small: one row per channel, query, source, hour, training, run."""
WAITING = {"ix_hit_unjudged", "ix_case_undelivered", "ix_delivery_due", "uq_outage_open"}
"""Indexes that hold only what waits to be done: reading one whole is reading little."""
DUE = Due(
    5,
    5,
    "k5",
    5,
    "pr-room",
    "d5",
    Severity.NORMAL,
    1,
    False,
    T0,
    {},
    None,
    None,
    None,
)
ALERT = NewAlert("case", "new", "new_case", Severity.NORMAL, BRAND, "t", {}, {}, T0, case_id=7)
FOUND = posts.Found(
    Post(Platform.WEIBO, "123", Author("7", "a"), "x", T0, ""), hits=(), named=(BRAND,)
)

RUN = rescoring.Progress(
    *(1, "m", None, RescoreState.RUNNING, 5000, MANY, MANY, 5000, 0, "lin", T0, T0, None)
)
STORED = posts.StoredHit(7, 7, FOUND.post, Hit(BRAND, (), "r"), T0, "s")


def _rows(table: str, n: int) -> dict[str, Any]:
    at = T0 + timedelta(seconds=n)
    every: dict[str, dict[str, Any]] = {
        "post": {
            "id": n,
            "platform": "weibo",
            "native_id": str(n),
            "author_id": "7",
            "text": "x",
            "author_name": "a",
            "author_standing": "ordinary",
            "mentions": [],
            "url": "",
            "source": "weibo",
            "published_at": at,
            "first_seen_at": at,
        },
        "hit": {
            "id": n,
            "post_id": n,
            "brand": BRAND,
            "terms": [],
            "rules_version": "r",
            "matched_at": at,
            "judged_at": at if n % 1000 else None,
            "case_id": n,
        },
        "hit_rule": {"hit_id": n, "rule": "r", "mode": "live", "at": at},
        "alert_case": {
            "id": n,
            "brand": BRAND,
            "fold_key": f"f{n}",
            "severity": 1,
            "state": "firing",
            "topic": "other",
            "risk": "none",
            "author_key": f"weibo:{n}",
            "spread_count": 1,
            "published_at": at,
            "opened_at": at,
            "due_at": at,
            "first_delivered_at": at if n % 1000 else None,
            "closed_at": at if n % 10 else None,
        },
        "alert": {
            "id": n,
            "kind": "case",
            "key": f"k{n}",
            "case_id": n,
            "reason": "new_case",
            "severity": 1,
            "brand": BRAND,
            "title": "t",
            "message": {},
            "created_at": at,
            "first_delivered_at": at if n % 1000 else None,
        },
        "delivery": {
            "id": n,
            "alert_id": n,
            "channel": "pr-room",
            "dedupe_key": f"d{n}",
            "state": "sent" if n % 1000 else "pending",
            "severity": 1,
            "created_at": at,
            "next_try_at": at,
            "finished_at": at if n % 1000 else None,
        },
        "gap": {
            "id": n,
            "source": "weibo",
            "query_key": f"q{n % 50}",
            "since_at": at,
            "until_at": at,
            "created_at": at,
            "closed_at": at if n % 1000 else None,
        },
        "bad_item": {
            "id": n,
            "source": "weibo",
            "reason": "r",
            "raw": "x",
            "digest": f"b{n}",
            "seen_at": at,
        },
    }
    return every[table]


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database in which months have piled up."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('full') / 'full.db'}")
    t.metadata.create_all(database.engine)
    with database.write() as connection:
        for name in ("post", "alert_case", "hit", *OTHERS):
            table = t.metadata.tables[name]
            connection.execute(insert(table), [_rows(name, n) for n in range(1, MANY + 1)])
    Rows(database).query()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    yield database
    database.close()


CHANGE = cases.StoryChange(3, Severity.NORMAL, 2, 0, (), 1, T0, T0)


STRETCH = Stretch("r", "another", T0, T0 + timedelta(hours=1))


def unsent(connection: Connection) -> None:
    state, at = DeliveryState.PENDING, T0
    outbox.mark_unsent(
        connection, DUE, state=state, next_try_at=at, doubtful=False, error="x", now=at
    )


STEPS: dict[str, Callable[[Connection], object]] = {
    "posts.add": lambda c: posts.add(c, [FOUND] * 3, source="s", query_key="", seen_at=T0),
    "posts.unjudged": lambda c: posts.unjudged(c, 500),
    "posts.lock_unjudged": lambda c: posts.lock_unjudged(c, [1, 2, 1000]),
    "posts.mark_judged": lambda c: posts.mark_judged(
        c, [{"hit": 1, "why": "x", "case": None, "at": T0}]
    ),
    "posts.posts_per_hour": lambda c: posts.posts_per_hour(
        c, Platform.WEIBO, T0, timedelta(hours=6)
    ),
    "posts.same_hour_counts": lambda c: posts.same_hour_counts(c, Platform.WEIBO, T0),
    "cases.open_stories": lambda c: cases.open_stories(c, [(BRAND, f"f{n}") for n in range(50)]),
    "cases.former_cases": lambda c: cases.former_cases(c, [(BRAND, f"f{n}") for n in range(50)]),
    "cases.stories": lambda c: cases.stories(c, [1, 2, 3]),
    "cases.known_authors": lambda c: cases.known_authors(c, [1, 2], ["weibo:7", "weibo:8"]),
    "cases.posts_since": lambda c: cases.posts_since(c, [1, 2], T0),
    "cases.hits_of_brand": lambda c: cases.hits_of_brand(c, BRAND, T0),
    "cases.update_stories": lambda c: cases.update_stories(c, [CHANGE]),
    "casework.close_quiet": lambda c: casework.close_quiet(c, T0, T0),
    "tellings.due": lambda c: tellings.due(c, T0, 200),
    "tellings.any_due": lambda c: tellings.any_due(c, T0),
    "tellings.crises": lambda c: tellings.crises(c, [BRAND], 100),
    "tellings.open_of_brand": lambda c: tellings.open_of_brand(c, BRAND, T0),
    "tellings.known": lambda c: tellings.known(c, [1, 2, 3]),
    "tellings.lately": lambda c: tellings.lately(c, T0, T0),
    "tellings.shown": lambda c: tellings.shown(c, [1, 2, 3]),
    "cases.undelivered": lambda c: cases.undelivered(c, T0 + timedelta(seconds=2000)),
    "cases.count_undelivered": cases.count_undelivered,
    "cases.mark_warned": lambda c: cases.mark_warned(c, [1, 2], T0),
    "cases.mark_delivered": lambda c: cases.mark_delivered(c, 5, T0),
    "outbox.add_alerts": lambda c: outbox.add_alerts(c, [ALERT], ["pr-room"]),
    "outbox.add_case_deliveries": lambda c: outbox.add_case_deliveries(c, 5, ["b"], T0),
    "claims.claim": lambda c: claims.claim(
        c, "pr-room", "me", T0 + timedelta(days=1), T0, most=20, threads=True
    ),
    "outbox.next_due_at": lambda c: outbox.next_due_at(c, "pr-room"),
    "channel_health.find": lambda c: channel_health.find(c, "pr-room"),
    "outbox.lock_cases": lambda c: outbox.lock_cases(c, [DUE]),
    "outbox.mark_sent": lambda c: outbox.mark_sent(c, DUE, "1", T0),
    "outbox.mark_unsent": unsent,
    "outbox.channels_tried": lambda c: outbox.channels_tried(c, 5),
    "outbox.unfinished": outbox.unfinished,
    "outbox.release_abandoned": lambda c: outbox.release_abandoned(c, T0),
    "outbox.stuck_since": lambda c: outbox.stuck_since(c, T0),
    "outbox.alerts_without_delivery": lambda c: outbox.alerts_without_delivery(c, T0),
    "rules.seen": lambda c: rules.seen(c, [Stretch("r", BRAND, T0, T0), STRETCH]),
    "rules.waiting": lambda c: rules.waiting(c, [1, 2, 3]),
    "rules.only_on_trial": lambda c: rules.only_on_trial(c, BRAND, T0),
    "reconsidering.open_cases_of": lambda c: reconsidering.open_cases_of(c, [1, 2, 3]),
    "reconsidering.verdicts_before": lambda c: reconsidering.verdicts_before(c, [1, 2, 3]),
    "reconsidering.verdicts_in": lambda c: reconsidering.verdicts_in(c, 3, 500),
    "reconsidering.last_event": lambda c: reconsidering.last_event(c, 3, EventKind.RESCORED),
    "corrections.heard_of": lambda c: corrections.heard_of(c, [1, 2, 3]),
    "models.in_force": models.in_force,
    "rescoring.running": rescoring.running,
    "rescoring.waiting": lambda c: rescoring.waiting(c, RUN, 200),
    "rescoring.versions": lambda c: rescoring.versions(c, [1, 2, 1000]),
    "rescoring.advance": lambda c: rescoring.advance(c, RUN, [STORED], 1, T0),
    "polling.position": lambda c: polling.position(c, "weibo", "q1"),
    "polling.positions": lambda c: polling.positions(c, "weibo"),
    "polling.replace_positions": lambda c: polling.replace_positions(c, "weibo", [], T0),
    "polling.save_gaps": lambda c: polling.save_gaps(c, "weibo", "q1", [Gap(T0, T0)], T0),
    "polling.unjudged_since": polling.unjudged_since,
    "polling.outages": polling.outages,
    "polling.count_misfire": lambda c: polling.count_misfire(c, "weibo", "q1"),
}


def scans(database: Database, run: Callable[[Database], object]) -> list[str]:
    """Run something and return the plan lines that read a whole big table."""
    asked: dict[str, Any] = {}

    def note(_c: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if re.match(r"SELECT|UPDATE|DELETE|WITH", statement):
            asked[statement] = parameters[0] if isinstance(parameters, list) else parameters

    event.listen(database.engine, "before_cursor_execute", note)
    run(database)
    event.remove(database.engine, "before_cursor_execute", note)
    assert asked
    with database.read() as connection:
        plans = [
            row[3]
            for statement, parameters in asked.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    return [line for line in plans if _reads_all_of_much(line)]


def _reads_all_of_much(line: str) -> bool:
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
    big = t.metadata.tables.keys() - SMALL
    return scan is not None and scan[1] in big and scan[2] not in WAITING


@pytest.mark.parametrize("step", STEPS)
def test_a_step_finds_its_rows_by_an_index(full: Database, step: str) -> None:
    def run(database: Database) -> None:
        with database.engine.connect() as connection:
            STEPS[step](connection)
            connection.rollback()

    assert scans(full, run) == []


def test_retention_finds_what_is_old_by_an_index(full: Database) -> None:
    keep = retention.Retention(*[timedelta(days=3650)] * 4)
    assert scans(full, lambda database: retention.purge(database, keep, T0)) == []


def test_the_detector_of_scans_sees_one(full: Database) -> None:
    def run(database: Database) -> None:
        with database.read() as connection:
            connection.exec_driver_sql("SELECT id FROM post WHERE text = 'y'").all()

    assert scans(full, run) == ["SCAN post"]
