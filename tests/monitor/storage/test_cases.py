"""Cases: one open per story, counted per author, warned about once."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from alerts.case import CaseState
from alerts.flow import Reason, Told
from alerts.severity import Severity
from monitor.storage import cases, casework, tellings, verdicts
from monitor.storage import tables as t
from monitor.storage.cases import NewCase, OpenStory, StoryChange, Undelivered
from monitor.storage.database import Database
from sentiment.verdict import Doubt, Genre, Kind, Label, Risk, Sign, Topic, Verdict
from tests.factories import BRAND, T0, Rows

MINUTE = timedelta(minutes=1)
NEW = NewCase(
    brand=BRAND,
    fold_key="story",
    severity=Severity.NORMAL,
    topic="refund",
    risk="none",
    author_key="weibo:7001",
    spread_count=1,
    published_at=T0,
    opened_at=T0 + MINUTE,
    due_at=T0 + 10 * MINUTE,
)


def open_cases(database: Database, *new: NewCase) -> list[int]:
    with database.write() as connection:
        return cases.open_cases(connection, new)


CHANGE = StoryChange(
    id=0,
    severity=Severity.URGENT,
    spread_count=120,
    reach=5000,
    causes=({"code": "spread"},),
    more_posts=3,
    last_post_at=T0,
    tell_at=T0 + MINUTE,
)


def open_stories(database: Database, *keys: tuple[str, str]) -> dict[tuple[str, str], OpenStory]:
    with database.read() as connection:
        return cases.open_stories(connection, keys)


def row(database: Database, case_id: int) -> Any:
    with database.read() as connection:
        return connection.execute(select(t.alert_case).where(t.alert_case.c.id == case_id)).one()


def test_ids_come_back_in_the_order_of_the_cases(database: Database) -> None:
    new = [replace(NEW, fold_key=f"s{n}", author_key=f"weibo:{n}") for n in range(50)]
    ids = open_cases(database, *new)
    assert [row(database, case_id).fold_key for case_id in ids] == [one.fold_key for one in new]
    assert open_cases(database) == []


def test_a_case_is_stored_whole(database: Database) -> None:
    (case_id,) = open_cases(
        database, replace(NEW, severity=Severity.URGENT, spread_count=2**31 - 1)
    )
    kept = row(database, case_id)
    assert (kept.state, kept.severity, kept.spread_count) == (CaseState.FIRING, 3, 2**31 - 1)
    assert (kept.published_at, kept.opened_at, kept.due_at) == (
        NEW.published_at,
        NEW.opened_at,
        NEW.due_at,
    )
    assert (kept.first_delivered_at, kept.warned_at, kept.closed_at) == (None, None, None)


def test_a_story_has_one_open_case_per_brand(database: Database) -> None:
    first, other = open_cases(database, NEW, replace(NEW, brand="月亮"))
    with pytest.raises(IntegrityError):
        open_cases(database, NEW)
    assert open_stories(database, (BRAND, "story"), ("月亮", "story"), (BRAND, "none")) == {
        (BRAND, "story"): OpenStory(first, Severity.NORMAL, 1),
        ("月亮", "story"): OpenStory(other, Severity.NORMAL, 1),
    }
    assert open_stories(database) == {}


def test_brand_and_story_are_looked_up_as_a_pair(database: Database) -> None:
    open_cases(database, replace(NEW, fold_key="a"), replace(NEW, brand="月亮", fold_key="b"))
    assert open_stories(database, (BRAND, "b"), ("月亮", "a")) == {}


def test_many_stories_are_looked_up_at_once(database: Database) -> None:
    open_cases(database, *(replace(NEW, fold_key=f"s{n}") for n in range(600)))
    keys = [(BRAND, f"s{n}") for n in range(1000)]
    assert len(open_stories(database, *keys, *keys)) == 600


def test_a_story_that_returns_after_its_close_is_a_new_case(database: Database) -> None:
    (first,) = open_cases(database, NEW)
    with database.write() as connection:
        assert casework.close_quiet(connection, NEW.opened_at + MINUTE, NEW.opened_at + MINUTE) == 1
        assert casework.close_quiet(connection, NEW.opened_at + MINUTE, NEW.opened_at + MINUTE) == 0
    assert open_stories(database, (BRAND, "story")) == {}
    (second,) = open_cases(database, NEW)
    assert open_stories(database, (BRAND, "story"))[BRAND, "story"].id == second != first


def test_only_old_cases_are_closed(database: Database) -> None:
    at = NEW.opened_at
    old, edge, fresh = open_cases(
        database,
        replace(NEW, fold_key="old", opened_at=at - MINUTE),
        replace(NEW, fold_key="edge"),
        replace(NEW, fold_key="fresh", opened_at=at + MINUTE),
    )
    with database.write() as connection:
        casework.close_quiet(connection, at, at)
    assert [row(database, i).state for i in (old, edge, fresh)] == ["closed", "firing", "firing"]
    assert row(database, edge).closed_at is None


@pytest.mark.postgres
def test_nothing_is_called_quiet_while_its_brand_is_judged(
    postgres_database: Database, postgres_url: str
) -> None:
    (case_id,) = open_cases(postgres_database, replace(NEW, fold_key=uuid.uuid4().hex))
    at = NEW.opened_at + MINUTE
    impatient = Database(f"{postgres_url}?options=-c%20lock_timeout%3D20")
    with postgres_database.write() as connection:
        cases.lock_brands(connection, [BRAND])
        with pytest.raises(OperationalError, match="lock timeout"), impatient.write() as other:
            casework.close_quiet(other, at, at)
    impatient.close()
    assert row(postgres_database, case_id).closed_at is None


def test_severity_and_spread_of_a_story_are_updated(database: Database) -> None:
    one, other = open_cases(database, NEW, replace(NEW, fold_key="other"))
    with database.write() as connection:
        cases.update_stories(connection, [replace(CHANGE, id=one)])
        cases.update_stories(connection, [])
    assert open_stories(database, (BRAND, "story"), (BRAND, "other")) == {
        (BRAND, "story"): OpenStory(one, Severity.URGENT, 120, 5000, ({"code": "spread"},)),
        (BRAND, "other"): OpenStory(other, Severity.NORMAL, 1),
    }
    changed = row(database, one)
    assert (changed.posts, changed.last_post_at, changed.tell_at) == (4, T0, T0 + MINUTE)
    assert changed.hit_id is None


def test_an_old_post_that_joins_makes_a_case_no_older(database: Database) -> None:
    (one,) = open_cases(database, NEW)
    with database.write() as connection:
        cases.update_stories(connection, [replace(CHANGE, id=one)])
        cases.update_stories(connection, [replace(CHANGE, id=one, last_post_at=T0 - MINUTE)])
    assert row(database, one).last_post_at == T0


def test_a_graver_post_takes_the_place_of_the_one_that_is_shown(database: Database) -> None:
    (one,) = open_cases(database, NEW)
    with database.write() as connection:
        cases.update_stories(connection, [replace(CHANGE, id=one, hit_id=7)])
        cases.update_stories(connection, [replace(CHANGE, id=one)])
    assert row(database, one).hit_id == 7


def tell(database: Database, *case_ids: int) -> None:
    first = Told(Reason.FIRST, Severity.NORMAL, 1, 1, ended=False, told_at=T0)
    with database.write() as connection:
        tellings.save_told(connection, [(case_id, "pr", first) for case_id in case_ids])


def undelivered(database: Database, before: Any) -> list[Undelivered]:
    with database.read() as connection:
        return cases.undelivered(connection, before)


def test_cases_that_nobody_was_told_of_come_most_urgent_and_oldest_first(
    database: Database,
) -> None:
    at = T0
    late, urgent, older, told, young = open_cases(
        database,
        replace(NEW, fold_key="a"),
        replace(NEW, fold_key="b", severity=Severity.URGENT),
        replace(NEW, fold_key="c", published_at=at - MINUTE),
        replace(NEW, fold_key="d"),
        replace(NEW, fold_key="e", published_at=at + MINUTE),
    )
    # The sixth is held back by a silence, say: nobody is to be told of it.
    open_cases(database, replace(NEW, fold_key="f", severity=Severity.URGENT))
    tell(database, late, urgent, older, told, young)
    with database.write() as connection:
        cases.mark_delivered(connection, told, at)
        assert cases.count_undelivered(connection) == 4
        assert cases.count(connection) == 6
    assert [case.id for case in undelivered(database, at)] == [urgent, older, late]
    with database.write() as connection:
        cases.mark_warned(connection, [urgent, late], at)
        cases.mark_warned(connection, [], at)
        assert [case.id for case in cases.undelivered(connection, at, limit=5)] == [older]
        assert cases.undelivered(connection, at, limit=0) == []
    assert [case.id for case in undelivered(database, at + MINUTE)] == [older, young]


def test_only_the_first_delivery_is_stamped(database: Database) -> None:
    (case_id,) = open_cases(database, NEW)
    with database.write() as connection:
        cases.mark_delivered(connection, case_id, T0 + MINUTE)
        cases.mark_delivered(connection, case_id, T0 + 2 * MINUTE)
    assert row(database, case_id).first_delivered_at == T0 + MINUTE


def test_verdicts_are_appended(database: Database) -> None:
    rows = Rows(database)
    hit = rows.hit(rows.post())
    verdict = Verdict(
        label=Label.NEGATIVE,
        confidence=0.9,
        negative=0.9,
        positive=0.02,
        complaint=0.8,
        kind=Kind.AFTERSALE,
        topic=Topic.REFUND,
        risk=Risk.NONE,
        genre=Genre.PERSONAL,
        doubts=(Doubt.IRONY,),
        signs=(Sign("complaint_word", "退款😡", 1.5),),
        language="zh",
        model_version="m",
    )
    with database.write() as connection:
        verdicts.add_verdicts(connection, [(hit, verdict)], T0)
        verdicts.add_verdicts(connection, [(hit, verdict)], T0 + MINUTE)
        verdicts.add_verdicts(connection, [], T0)
    with database.read() as connection:
        kept = connection.execute(select(t.verdict).order_by(t.verdict.c.scored_at)).all()
    assert [one.scored_at for one in kept] == [T0, T0 + MINUTE]
    assert kept[0].signs == [["complaint_word", "退款😡", 1.5]]
    assert (kept[0].kind, kept[0].doubts) == ("aftersale", ["irony"])
    assert (kept[0].label, kept[0].topic, kept[0].hit_id) == (-1, "refund", hit)
