"""Which rules a hit is under, and those that were seen, as rows: on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from alerts.rules import Mode
from monitor.storage import posts, reconsidering, rules
from monitor.storage import tables as t
from monitor.storage.case_tables import hit_rule
from monitor.storage.database import Database
from monitor.storage.history import batches, count, first_published_at, verdicts_on
from monitor.storage.rules import Seen, Stretch, UnderRule
from monitor.storage.timeline import CaseEvent, EventKind, add
from tests.factories import BRAND, T0, Rows

HOUR = timedelta(hours=1)
WHOLE = Stretch("r", BRAND, T0 - HOUR, T0 + HOUR)

MakeHit = Callable[..., int]


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


@pytest.fixture
def hit(database: Database, rows: Rows) -> MakeHit:
    """A hit under rules, published so many minutes after T0."""

    def made(*under: str, minutes: float = 0, mode: Mode = Mode.LIVE, **changes: object) -> int:
        at = T0 + timedelta(minutes=minutes)
        made_hit = rows.hit(rows.post(published_at=at), **{"reason": "first", **changes})
        with database.write() as connection:
            rules.add(connection, [UnderRule(made_hit, name, mode, at) for name in under])
        return made_hit

    return made


def seen(database: Database, *stretches: Stretch) -> list[Seen]:
    with database.read() as connection:
        return sorted(rules.seen(connection, stretches), key=lambda each: each.hit_id)


def test_the_rules_of_a_hit_are_remembered_once_and_go_with_it(
    database: Database, hit: MakeHit
) -> None:
    one = hit("a", "b")
    with database.write() as connection:
        rules.add(connection, [UnderRule(one, "a", Mode.SHADOW, T0 + HOUR)])
        rules.add(connection, [])
    with database.read() as connection:
        kept = connection.execute(select(hit_rule).order_by(hit_rule.c.rule)).all()
    assert [(row.rule, row.mode, row.at) for row in kept] == [("a", "live", T0), ("b", "live", T0)]
    with database.write() as connection:
        connection.execute(t.post.delete())
        assert connection.execute(select(hit_rule)).all() == []


def test_what_counts_is_worth_a_case_under_the_rule_of_the_brand_and_in_time(
    database: Database, hit: MakeHit
) -> None:
    counted = [hit("r", minutes=m) for m in (-60, 0, 60)]
    waits = hit("r", reason="too_few")
    joined = hit("r", "other", reason="same_story")
    hit("r", minutes=61)
    hit("r", minutes=-61)
    hit("other")
    hit("r", brand="月光耳机")
    for reason in ("praise", "shadow", "known_false_alarm", None):
        hit("r", reason=reason)
    found = seen(database, WHOLE)
    assert [each.hit_id for each in found] == [*counted, waits, joined]
    assert [each.waits for each in found] == [False, False, False, True, False]
    assert found[0] == Seen("r", BRAND, counted[0], T0 - HOUR, waits=False)


def test_several_stretches_are_asked_for_at_once(
    database: Database, hit: MakeHit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.storage.rules._CHUNK", 2)
    hits = [hit(f"r{n}") for n in range(5)]
    stretches = [Stretch(f"r{n}", BRAND, T0, T0) for n in range(5)]
    assert [each.hit_id for each in seen(database, *stretches)] == hits
    assert seen(database) == []


def test_of_very_many_the_newest_are_seen(
    database: Database, hit: MakeHit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.storage.rules.MOST_SEEN", 2)
    hits = [hit("r", minutes=minutes) for minutes in (3, 1, 2)]
    assert [each.hit_id for each in seen(database, WHOLE)] == [hits[0], hits[2]]


def test_those_that_wait_are_given_with_their_newest_verdict(
    database: Database, rows: Rows, hit: MakeHit
) -> None:
    waits, told, unjudged = (hit("r", reason=r) for r in ("too_few", "first", "too_few"))
    rows.verdict(waits, complaint=0.1)
    rows.verdict(waits, complaint=0.8)
    rows.verdict(told)
    with database.read() as connection:
        [(stored, verdict)] = rules.waiting(connection, [waits, told, unjudged])
    assert (stored.id, verdict.complaint) == (waits, 0.8)


def test_what_only_words_on_trial_found_is_counted_apart(database: Database, hit: MakeHit) -> None:
    hit("s", mode=Mode.SHADOW)
    both = hit("s", mode=Mode.SHADOW)
    with database.write() as connection:
        rules.add(connection, [UnderRule(both, "common", Mode.LIVE, T0)])
    hit("common")
    hit()
    hit("s", mode=Mode.SHADOW, brand="月光耳机")
    hit("s", mode=Mode.SHADOW, matched_at=T0 - HOUR)
    with database.read() as connection:
        assert rules.only_on_trial(connection, BRAND, T0) == 1


# Posts in order of publication


def test_stored_posts_come_in_order_batch_by_batch(database: Database, rows: Rows) -> None:
    with database.read() as connection:
        assert first_published_at(connection) is None
    ids = [rows.post(published_at=T0 + timedelta(minutes=m)) for m in (3, 1, 1, 1, 2, 9)]
    found = list(batches(database, T0, T0 + timedelta(minutes=3), 2))
    order = [ids[1], ids[2], ids[3], ids[4], ids[0]]
    assert [[each.id for each in batch] for batch in found] == [order[:2], order[2:4], order[4:]]
    with database.read() as connection:
        assert first_published_at(connection) == T0 + timedelta(minutes=1)
        assert count(connection, T0 + timedelta(minutes=2)) == 3
        assert posts.count(connection) == 6


def test_each_post_and_brand_has_its_newest_verdict(database: Database, rows: Rows) -> None:
    post = rows.post()
    ours, theirs = rows.hit(post), rows.hit(post, brand="月光耳机")
    for hit_id, complaint in ((ours, 0.2), (theirs, 0.3), (ours, 0.9)):
        rows.verdict(hit_id, complaint=complaint)
    with database.read() as connection:
        found = verdicts_on(connection, [post, 4711])
    assert {key: verdict.complaint for key, verdict in found.items()} == {
        (post, BRAND): 0.9,
        (post, "月光耳机"): 0.3,
    }


# Second thoughts


def test_the_verdicts_of_a_case_are_those_of_its_newest_posts(
    database: Database, rows: Rows
) -> None:
    case, over = rows.case(), rows.case(closed_at=T0, state="resolved")
    hits = [rows.hit(rows.post(), case_id=case) for _ in range(3)]
    ended = rows.hit(rows.post(), case_id=over)
    for hit_id in (*hits, ended):
        rows.verdict(hit_id, complaint=0.5)
    rows.verdict(hits[1], complaint=0.6)
    with database.read() as connection:
        newest = reconsidering.verdicts_in(connection, case, 2)
        before = reconsidering.verdicts_before(connection, [*hits, ended])
        found = reconsidering.open_cases_of(connection, [*hits, ended, rows.hit(rows.post())])
    assert {each: verdict.complaint for each, verdict in newest.items()} == {
        hits[1]: 0.6,
        hits[2]: 0.5,
    }
    assert {each: verdict.complaint for each, verdict in before.items()} == {hits[1]: 0.5}
    assert found == {case: BRAND}


def test_the_last_event_of_a_kind_says_why(database: Database, rows: Rows) -> None:
    case = rows.case()
    said = {"words": {"zh-CN": "不算投诉", "en": "no complaint"}}
    with database.read() as connection:
        assert reconsidering.why_withdrawn(connection, case) == []
    with database.write() as connection:
        for data in ({"words": {}}, said):
            add(connection, [CaseEvent(case, T0, EventKind.WITHDRAWN, data=data)])
        add(connection, [CaseEvent(case, T0, EventKind.RESCORED, data={"x": 1})])
        reconsidering.mark_uncertain(connection, case)
    with database.read() as connection:
        assert reconsidering.last_event(connection, case, EventKind.RESCORED) == {"x": 1}
        assert reconsidering.last_event(connection, case, EventKind.ACKED) is None
        assert reconsidering.why_withdrawn(connection, case) == [("不算投诉", "no complaint")]
        row = connection.execute(select(t.alert_case.c.uncertain)).scalar_one()
    assert row is True
