"""Corrections, models and runs of judging anew, as rows: on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from monitor.auth import Role
from monitor.storage import corrections, models, rescoring
from monitor.storage import tables as t
from monitor.storage.corrections import NOTE_LIMIT, CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.models import KEPT, ModelState, NewModel
from monitor.storage.paging import decode_cursor
from monitor.storage.rescoring import RescoreState
from monitor.storage.retention import Retention, purge
from sentiment.judge import Judge
from sentiment.loading import load_scorer
from tests.conftest import Clock
from tests.factories import T0, Rows

FALSE_ALARM = Right(complaint=False)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


@pytest.fixture
def store(database: Database, clock: Clock) -> CorrectionStore:
    return CorrectionStore(database, clock)


def judged(rows: Rows, **changes: Any) -> tuple[int, int]:
    """A post that was judged: (hit, verdict)."""
    hit = rows.hit(rows.post(), judged_at=T0, **changes)
    return hit, rows.verdict(hit)


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        found: int = connection.execute(select(func.count()).select_from(table)).scalar_one()
    return found


# Corrections


def test_a_correction_points_at_the_verdict_and_is_on_record(
    database: Database, rows: Rows, store: CorrectionStore
) -> None:
    hit, verdict = judged(rows)
    right = Right(label=0, complaint=False, topic="other", risk="none", genre="news")
    said = store.add("lin", Role.ANALYST, right, "a \0 note", verdict_id=verdict)
    assert said is not None
    assert (said.hit_id, said.verdict_id, said.right) == (hit, verdict, right)
    assert (said.who, said.role, said.note) == ("lin", "analyst", "a \ufffd note")
    with database.read() as connection:
        event = connection.execute(select(t.audit)).one()
    assert (event.who, event.action) == ("lin", "verdict_corrected")
    assert event.subject == f"verdict {verdict}"


def test_a_hit_stands_for_its_newest_verdict(rows: Rows, store: CorrectionStore) -> None:
    hit, _ = judged(rows)
    newest = rows.verdict(hit)
    said = store.add("lin", Role.PR, FALSE_ALARM, "n" * 999, hit_id=hit)
    assert said is not None
    assert (said.verdict_id, len(said.note)) == (newest, NOTE_LIMIT)


def test_what_is_not_there_is_not_corrected(
    database: Database, rows: Rows, store: CorrectionStore
) -> None:
    unjudged = rows.hit(rows.post())
    assert store.add("lin", Role.PR, FALSE_ALARM, hit_id=unjudged) is None
    assert store.add("lin", Role.PR, FALSE_ALARM, verdict_id=99) is None
    assert (count(database, t.correction), count(database, t.audit)) == (0, 0)


def test_the_last_word_of_each_person_counts_and_the_newer_of_two_people(
    database: Database, rows: Rows, store: CorrectionStore
) -> None:
    hit, verdict = judged(rows)
    other, _ = judged(rows)
    store.add("lin", Role.PR, Right(complaint=True, topic="refund"), verdict_id=verdict)
    store.add("wang", Role.LEAD, Right(label=-1, risk="fraud"), verdict_id=verdict)
    store.add("lin", Role.PR, Right(complaint=False, risk="none"), verdict_id=verdict)
    with database.read() as connection:
        [found] = corrections.corrected(connection)
        [silent] = corrections.uncorrected(connection, 10)
    assert found.stored.id == hit
    assert found.right == Right(label=-1, complaint=False, risk="none")
    assert found.stored.post.text
    assert silent.id == other


def test_corrections_are_listed_newest_first_and_filtered(
    rows: Rows, store: CorrectionStore, clock: Clock
) -> None:
    hits = [judged(rows)[0] for _ in range(3)]
    for hit in hits:
        store.add("lin" if hit == hits[0] else "wang", Role.PR, FALSE_ALARM, hit_id=hit)
        clock.advance(60)
    first = store.page(2)
    assert [said.hit_id for said in first.items] == hits[:0:-1]
    assert first.next_cursor
    assert [said.hit_id for said in store.page(2, decode_cursor(first.next_cursor)).items] == [
        hits[0]
    ]
    assert len(store.page(9, who="wang").items) == 2
    assert len(store.page(9, hit_id=hits[1]).items) == 1
    assert len(store.page(9, since=clock.now - timedelta(seconds=60)).items) == 1


def test_what_was_said_of_a_post_goes_with_it(
    database: Database, rows: Rows, store: CorrectionStore, clock: Clock
) -> None:
    hit, verdict = judged(rows)
    store.add("lin", Role.PR, FALSE_ALARM, verdict_id=verdict)
    with database.write() as connection:
        models.put_in_shadow(connection, new("people-1"), clock.now)
        [entry] = models.in_force(connection)
        models.add_shadow_scores(connection, entry.id, [(hit, verdict_of(), True)], clock.now)
        connection.execute(t.post.delete())
    assert [count(database, table) for table in (t.correction, t.shadow_score)] == [0, 0]
    assert count(database, t.model) == 1


def test_what_the_shadow_said_is_kept_for_a_month(
    database: Database, rows: Rows, clock: Clock
) -> None:
    hit, _ = judged(rows)
    shadow(database, "people-a", clock)
    with database.write() as connection:
        [entry] = models.in_force(connection)
        for days in (29, 31):
            at = clock.now - timedelta(days=days)
            models.add_shadow_scores(connection, entry.id, [(hit, verdict_of(), True)], at)
    keep = Retention(*[timedelta(days=3650)] * 4)
    assert purge(database, keep, clock.now)["shadow_score"] == 1
    assert count(database, t.shadow_score) == 1


# Models


def new(version: str, **changes: Any) -> NewModel:
    values: dict[str, Any] = {
        "version": version,
        "base_version": "flat-1",
        "body": version.encode(),
        "metrics": {"n": 1},
        "corrections": 30,
        "trained_by": "lin",
    }
    return NewModel(**(values | changes))


def verdict_of() -> Any:
    return Judge(load_scorer("words")).judge(["星云手表坏了，要求退款"])[0]


def shadow(database: Database, version: str, clock: Clock) -> None:
    with database.write() as connection:
        models.put_in_shadow(connection, new(version), clock.advance(1))


def promote(database: Database, version: str, clock: Clock) -> str | None:
    with database.write() as connection:
        return models.promote(connection, version, clock.advance(1))


def roll_back(database: Database, clock: Clock) -> str | None:
    with database.write() as connection:
        return models.roll_back(connection, clock.advance(1))


def states(database: Database) -> dict[str, str]:
    with database.read() as connection:
        return {row.version: row.state.value for row in models.listing(connection)}


def test_a_new_model_goes_into_the_shadow_in_place_of_the_one_before(
    database: Database, clock: Clock
) -> None:
    shadow(database, "people-a", clock)
    shadow(database, "people-b", clock)
    assert states(database) == {"people-b": "shadow", "people-a": "candidate"}
    shadow(database, "people-a", clock)
    assert states(database) == {"people-b": "candidate", "people-a": "shadow"}
    with database.read() as connection:
        [entry] = models.in_force(connection)
        assert models.body(connection, entry.id) == b"people-a"
        assert models.active(connection) is None


def test_one_is_in_force_and_the_way_back_is_known(database: Database, clock: Clock) -> None:
    shadow(database, "people-a", clock)
    assert promote(database, "people-a", clock) is None
    shadow(database, "people-b", clock)
    assert promote(database, "people-b", clock) == "people-a"
    assert states(database) == {"people-b": "active", "people-a": "retired"}
    assert roll_back(database, clock) == "people-a"
    assert states(database) == {"people-b": "retired", "people-a": "active"}
    assert roll_back(database, clock) is None
    assert roll_back(database, clock) is None
    assert states(database) == {"people-b": "retired", "people-a": "retired"}


def test_what_is_in_force_already_stays_there(database: Database, clock: Clock) -> None:
    shadow(database, "people-a", clock)
    promote(database, "people-a", clock)
    assert promote(database, "people-a", clock) == "people-a"
    shadow(database, "people-a", clock)
    assert states(database) == {"people-a": "active"}
    assert roll_back(database, clock) is None


def test_the_database_holds_to_one_in_force(database: Database, clock: Clock) -> None:
    shadow(database, "people-a", clock)
    promote(database, "people-a", clock)
    shadow(database, "people-b", clock)
    with pytest.raises(IntegrityError), database.write() as connection:
        connection.execute(t.model.update().values(state="active"))


def test_old_models_are_forgotten_but_not_the_way_back(database: Database, clock: Clock) -> None:
    for version in ("people-a", "people-b"):
        shadow(database, version, clock)
        promote(database, version, clock)
    for number in range(KEPT + 5):
        shadow(database, f"people-{number}", clock)
    found = states(database)
    assert found["people-b"] == "active"
    assert found["people-a"] == "retired"
    assert list(found.values()).count("candidate") <= KEPT
    assert roll_back(database, clock) == "people-a"


def test_the_shadow_is_counted(database: Database, rows: Rows, clock: Clock) -> None:
    hits = [judged(rows)[0] for _ in range(3)]
    shadow(database, "people-a", clock)
    with database.write() as connection:
        scores = [(hit, verdict_of(), hit != hits[0]) for hit in hits]
        [entry] = models.in_force(connection)
        models.add_shadow_scores(connection, entry.id, scores, clock.now)
        models.add_shadow_scores(connection, entry.id, [], clock.now)
    with database.read() as connection:
        [row] = models.listing(connection)
    assert (row.state, row.shadowed, row.agreed) == (ModelState.SHADOW, 3, 2)


# Judging anew


def test_a_run_covers_what_was_judged_when_it_began(
    database: Database, rows: Rows, clock: Clock
) -> None:
    old, _ = judged(rows, matched_at=T0 - timedelta(days=9))
    hits = [judged(rows)[0] for _ in range(3)]
    judged(rows, reason="set_aside")
    rows.hit(rows.post())
    with database.write() as connection:
        run = rescoring.start(connection, "m2", T0 - timedelta(days=1), "lin", clock.now)
    judged(rows)
    seen = []
    with database.write() as connection:
        while batch := rescoring.waiting(connection, run, 2):
            seen += [hit.id for hit in batch]
            assert rescoring.advance(connection, run, batch, 1, clock.now)
            found = rescoring.running(connection)
            assert found is not None
            run = found
        rescoring.finish(connection, RescoreState.DONE, clock.now)
        assert rescoring.running(connection) is None
        last = rescoring.newest(connection)
    assert old not in seen
    assert seen == hits
    assert last is not None
    assert (last.state, last.total, last.done, last.changed) == (RescoreState.DONE, 3, 3, 2)


def test_of_two_who_move_a_run_one_wins(database: Database, rows: Rows, clock: Clock) -> None:
    judged(rows)
    with database.write() as connection:
        run = rescoring.start(connection, "m2", None, "lin", clock.now)
        batch = rescoring.waiting(connection, run, 5)
        assert rescoring.advance(connection, run, batch, 1, clock.now)
        assert not rescoring.advance(connection, run, batch, 1, clock.now)


def test_a_new_run_takes_the_place_of_one_that_is_not_finished(
    database: Database, clock: Clock
) -> None:
    with database.write() as connection:
        first = rescoring.start(connection, "m2", None, "lin", clock.now)
        second = rescoring.start(connection, "m3", None, "lin", clock.now)
        states = connection.execute(select(t.rescore.c.state).order_by(t.rescore.c.id)).scalars()
        assert list(states) == ["superseded", "running"]
    assert (second.model_version, second.id > first.id) == ("m3", True)


def test_the_newest_verdict_of_each_hit_says_by_which_model(database: Database, rows: Rows) -> None:
    hit, _ = judged(rows)
    rows.verdict(hit, model_version="m2")
    with database.read() as connection:
        assert rescoring.versions(connection, [hit, 99]) == {hit: "m2"}
