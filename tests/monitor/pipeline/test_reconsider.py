"""Open cases follow the newest word on their posts: taken back, raised, or left with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from alerts.rejudged import Outcome
from alerts.severity import Severity
from monitor.auth import Role
from monitor.desk import Person
from monitor.learning.rescoring import Rescoring
from monitor.pipeline.reconsider import MOST_POSTS, Reconsidering, as_people_say
from monitor.storage import rescoring, timeline, verdicts
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.rescoring import RescoreState
from monitor.storage.verdicts import verdict_of
from scrapers.post import Author, Original
from sentiment.loading import load_scorer
from sentiment.verdict import Doubt, Genre, Label, Risk, Topic, Verdict
from tests.alerts.posts import verdict as plain
from tests.conftest import Clock
from tests.monitor.pipeline.rig import Rig, post

LIN = Person("林", Role.PR)
HARM = "星云手表充电时起火，孩子的手被烧伤了，客服不理，投诉！"
CALM: dict[str, Any] = {
    "label": Label.POSITIVE,
    "confidence": 0.9,
    "complaint": 0.12,
    "risk": Risk.NONE,
    "genre": Genre.PERSONAL,
    "doubts": (),
}
GRAVE: dict[str, Any] = {"complaint": 0.95, "risk": Risk.SAFETY}


@pytest.fixture
def rig(database: Database, clock: Clock) -> Rig:
    return Rig(database, clock)


def opened(rig: Rig, text: str = "", copies: int = 0) -> int:
    """Open a case that so many others repeat, and tell of it."""
    rig.clock.advance(30)
    root = post(len(rig.source.world) + 1, rig.clock.now, text)
    rig.publish(root)
    original = Original(root.id, root.text, root.author)
    rig.publish(
        *(
            replace(post(100 + n, rig.clock.now, "转"), text="", original=original)
            for n in range(copies)
        )
    )
    rig.walk()
    return int(rig.rows(t.alert_case)[-1].id)


def case(rig: Rig, case_id: int) -> Any:
    return next(row for row in rig.rows(t.alert_case) if row.id == case_id)


def newest(rig: Rig, hit_id: int) -> Verdict:
    with rig.database.read() as connection:
        query = select(t.verdict).where(t.verdict.c.hit_id == hit_id)
        return verdict_of(connection.execute(query.order_by(t.verdict.c.id.desc())).first())


def rejudge(rig: Rig, hit_ids: list[int], **changes: Any) -> Mapping[int, Outcome]:
    """Judge hits otherwise, as a better model does."""
    fresh = [
        (hit_id, replace(newest(rig, hit_id), model_version="better", **changes))
        for hit_id in hit_ids
    ]
    with rig.database.write() as connection:
        verdicts.add_verdicts(connection, fresh, rig.clock.now)
    return look(rig, hit_ids)


def look(rig: Rig, hit_ids: list[int]) -> Mapping[int, Outcome]:
    with rig.database.write() as connection:
        follow = Reconsidering(rig.live.current, now=rig.clock)
        return follow(connection, hit_ids).outcomes


def hits(rig: Rig, case_id: int) -> list[int]:
    return [row.id for row in rig.rows(t.hit) if row.case_id == case_id]


def events(rig: Rig, case_id: int, kind: str) -> list[Any]:
    with rig.database.read() as connection:
        return [e.data for e in timeline.of_case(connection, case_id) if e.kind == kind]


def say(rig: Rig, hit_id: int, right: Right, who: str = "王") -> None:
    store = CorrectionStore(rig.database, rig.clock, Reconsidering(rig.live.current, now=rig.clock))
    assert store.add(who, Role.ANALYST, right, hit_id=hit_id)


def test_a_case_whose_post_is_no_complaint_after_all_is_withdrawn_and_its_receivers_hear_why(
    rig: Rig,
) -> None:
    case_id = opened(rig)
    was = newest(rig, hits(rig, case_id)[0]).complaint
    assert rejudge(rig, hits(rig, case_id), **CALM) == {case_id: Outcome.WITHDRAWN}
    row = case(rig, case_id)
    assert (row.state, row.close_reason, row.closed_by) == ("withdrawn", "praise", None)
    assert row.closed_at == rig.clock.now
    (event,) = events(rig, case_id, "withdrawn")
    assert (event["was"]["complaint"], event["now"]["complaint"]) == (was, 0.12)
    assert (event["why"], event["model_version"], event["by"]) == ("praise", "better", "")
    assert event["words"]["zh-CN"] == f"重新研判：投诉的可能由 {was:.0%} 变为 12%，是称赞"
    assert event["words"]["en"].endswith("it is praise")

    rig.tell()
    rig.notify()
    first, last = rig.first.messages
    assert (last.reason, last.ended, last.thread) == ("withdrawn", True, "id-1")
    assert last.news == ("已撤回：重新研判，不再算投诉", event["words"]["zh-CN"])
    assert first.case_id == last.case_id
    rig.walk()
    assert len(rig.first.messages) == 2


def test_to_look_again_changes_nothing(rig: Rig) -> None:
    gone, kept, grave = opened(rig), opened(rig, "星云手表表带断了，退款"), opened(rig, HARM)
    rig.desk.ack(kept, LIN)
    rejudge(rig, [*hits(rig, gone), *hits(rig, kept), *hits(rig, grave)], **CALM)
    before = [rig.rows(table) for table in (t.alert_case, t.metadata.tables["case_event"])]
    assert look(rig, [row.id for row in rig.rows(t.hit)]) == {}
    assert before == [rig.rows(table) for table in (t.alert_case, t.metadata.tables["case_event"])]


def test_a_case_is_raised_when_its_post_is_judged_graver_and_never_lowered(rig: Rig) -> None:
    case_id = opened(rig)
    assert rejudge(rig, hits(rig, case_id), **GRAVE) == {case_id: Outcome.RAISED}
    row = case(rig, case_id)
    assert row.severity == Severity.URGENT
    assert {"risk", "words"} <= {cause["code"] for cause in row.causes}
    (event,) = events(rig, case_id, "severity")
    assert (event["before"], event["after"]) == ("normal", "urgent")
    assert event["model_version"] == "better"
    rig.tell()
    rig.notify()
    assert [m.reason for m in rig.first.messages] == ["first", "severity_up"]

    assert rejudge(rig, hits(rig, case_id), complaint=0.9, risk=Risk.NONE) == {}
    assert case(rig, case_id).severity == Severity.URGENT
    assert len(events(rig, case_id, "severity")) == 1


def test_nobody_withdraws_a_case_in_which_somebody_may_come_to_harm(rig: Rig) -> None:
    case_id = opened(rig, HARM)
    assert not case(rig, case_id).uncertain
    assert rejudge(rig, hits(rig, case_id), **CALM) == {case_id: Outcome.UNCERTAIN}
    row = case(rig, case_id)
    assert (row.state, row.uncertain, row.severity) == ("firing", True, Severity.URGENT)
    (event,) = events(rig, case_id, "rescored")
    assert event["outcome"] == "uncertain"
    assert "请人再看" in event["words"]["zh-CN"]
    say(rig, hits(rig, case_id)[0], Right(complaint=False, risk="none"))
    assert case(rig, case_id).state == "firing"


def test_a_case_that_was_raised_for_harm_stays_when_the_model_goes_back(rig: Rig) -> None:
    case_id = opened(rig)
    rejudge(rig, hits(rig, case_id), **GRAVE)
    assert rejudge(rig, hits(rig, case_id), **CALM) == {case_id: Outcome.UNCERTAIN}


DEEDS: dict[str, Any] = {
    "acked": lambda rig, case_id: rig.desk.ack(case_id, LIN),
    "assigned": lambda rig, case_id: rig.desk.assign(case_id, LIN, "王"),
    "answered": lambda rig, case_id: rig.desk.answer(case_id, LIN),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_person_works_on_is_left_to_the_person(rig: Rig, deed: str) -> None:
    case_id = opened(rig)
    DEEDS[deed](rig, case_id)
    before = case(rig, case_id)
    assert rejudge(rig, hits(rig, case_id), **CALM) == {case_id: Outcome.LEFT_TO_PERSON}
    assert case(rig, case_id) == before
    (event,) = events(rig, case_id, "rescored")
    assert event["words"]["en"].endswith("so a person decides")


def test_another_post_that_is_worth_a_case_holds_it(rig: Rig) -> None:
    case_id = opened(rig, copies=3)
    root, *copies = hits(rig, case_id)
    assert rejudge(rig, [root, *copies[:2]], **CALM) == {}
    assert case(rig, case_id).state == "firing"
    assert rejudge(rig, copies[2:], **CALM) == {case_id: Outcome.WITHDRAWN}


def test_of_a_great_story_the_newest_posts_are_looked_at(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_POSTS == 500
    monkeypatch.setattr("monitor.pipeline.reconsider.MOST_POSTS", 2)
    case_id = opened(rig, copies=3)
    root, _, *newer = hits(rig, case_id)
    assert rejudge(rig, [root, *newer], **CALM) == {case_id: Outcome.WITHDRAWN}


def test_what_is_over_or_never_was_a_case_is_left_alone(rig: Rig) -> None:
    case_id = opened(rig)
    rig.desk.resolve(case_id, LIN)
    before = case(rig, case_id)
    assert rejudge(rig, hits(rig, case_id), **CALM) == {}
    assert case(rig, case_id) == before
    assert look(rig, [4711]) == {}
    assert look(rig, []) == {}


def test_a_case_whose_post_was_deleted_is_left_alone(rig: Rig) -> None:
    case_id = opened(rig, copies=1)
    root, copy = hits(rig, case_id)
    with rig.database.write() as connection:
        connection.execute(t.hit.delete().where(t.hit.c.id == root))
    assert rejudge(rig, [copy], **CALM) == {}
    assert case(rig, case_id).state == "firing"


def test_a_person_s_word_that_it_is_no_complaint_withdraws_the_case(rig: Rig) -> None:
    case_id = opened(rig)
    (hit_id,) = hits(rig, case_id)
    say(rig, hit_id, Right(complaint=False))
    row = case(rig, case_id)
    assert (row.state, row.close_reason) == ("withdrawn", "not_a_complaint")
    (event,) = events(rig, case_id, "withdrawn")
    assert (event["by"], event["words"]["zh-CN"]) == ("王", "王 更正：不算投诉")
    assert event["words"]["en"] == "王 corrected it: it is no complaint"


def test_a_person_s_word_outweighs_a_better_model(rig: Rig) -> None:
    case_id = opened(rig)
    (hit_id,) = hits(rig, case_id)
    say(rig, hit_id, Right(complaint=True))
    assert rejudge(rig, [hit_id], **CALM) == {}
    assert case(rig, case_id).state == "firing"


def test_a_person_s_word_on_another_post_may_be_what_still_held_the_case(rig: Rig) -> None:
    case_id = opened(rig, copies=1)
    root, copy = hits(rig, case_id)
    rejudge(rig, [root], **CALM)
    say(rig, copy, Right(topic="price"))
    assert case(rig, case_id).state == "firing"
    say(rig, copy, Right(complaint=False))
    assert case(rig, case_id).state == "withdrawn"


def test_a_risk_that_a_person_sees_raises_the_case(rig: Rig) -> None:
    case_id = opened(rig)
    say(rig, hits(rig, case_id)[0], Right(risk="health"))
    assert case(rig, case_id).severity == Severity.URGENT
    assert events(rig, case_id, "severity")[0]["causes"][0]["params"] == {"risk": "health"}


def test_a_word_that_changes_nothing_of_weight_changes_nothing(rig: Rig) -> None:
    case_id = opened(rig)
    before = case(rig, case_id)
    say(rig, hits(rig, case_id)[0], Right(topic="price"))
    assert case(rig, case_id) == before


def test_a_failed_correction_leaves_case_and_correction_as_they_were(rig: Rig) -> None:
    case_id = opened(rig)

    def breaks(*_: object) -> None:
        raise RuntimeError("stop")

    store = CorrectionStore(rig.database, rig.clock, breaks)
    with pytest.raises(RuntimeError, match="stop"):
        store.add("王", Role.PR, Right(complaint=False), hit_id=hits(rig, case_id)[0])
    assert rig.rows(t.correction) == []
    assert case(rig, case_id).state == "firing"


def test_history_judged_anew_takes_cases_back_within_each_batch(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of a promotion: what people taught ends open cases, batch by batch."""
    monkeypatch.setattr("monitor.learning.rescoring.BATCH", 2)
    ours = opened(rig, "星云手表表带断了，退款", copies=3)
    other = opened(rig, "星云手表一直闪退，太失望了")
    job = Rescoring(rig.database, rig.live, Sunny(), now=rig.clock)
    job.begin(None, "lin")
    states = []
    while job.step():
        states.append(case(rig, ours).state)
    assert states == ["firing", "withdrawn", "withdrawn"]
    assert case(rig, other).state == "withdrawn"
    rig.tell()
    assert [row.reason for row in rig.rows(t.alert)].count("withdrawn") == 2
    with rig.database.read() as connection:
        run = rescoring.newest(connection)
    assert run is not None
    assert (run.state, run.changed) == (RescoreState.DONE, 5)


class Sunny:
    """Finds everything wonderful."""

    version = "sunny-1"

    def __init__(self) -> None:
        self._words = load_scorer("words")

    def score(self, texts: Any) -> Any:
        return [
            replace(score, negative=0.01, neutral=0.04, positive=0.95, complaint=0.01)
            for score in self._words.score(texts)
        ]

    def explain(self, texts: Any) -> Any:
        return [()] * len(texts)


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        (Right(), {}),
        (Right(topic="price", genre="news"), {"topic": Topic.PRICE, "genre": Genre.NEWS}),
        (Right(label=1), {"label": Label.POSITIVE, "confidence": 1.0}),
        (
            Right(complaint=False),
            {"complaint": 0.0, "label": Label.NEUTRAL, "risk": Risk.NONE, "doubts": ()},
        ),
        (Right(complaint=False, risk="safety"), {"risk": Risk.SAFETY, "complaint": 0.0}),
        (Right(complaint=True), {"complaint": 1.0, "doubts": (), "risk": Risk.LEGAL}),
        (Right(complaint=True, genre="advert"), {"genre": Genre.ADVERT}),
    ],
)
def test_what_people_say_overrides_what_they_speak_of(
    right: Right, expected: dict[str, Any]
) -> None:
    judged = plain(risk=Risk.LEGAL, doubts=(Doubt.CLOSE_CALL,), complaint=0.6)
    said = as_people_say(judged, right)
    assert {name: getattr(said, name) for name in expected} == expected
    untouched = {"kind", "language", "signs", "model_version", "negative", "positive"}
    assert all(getattr(said, name) == getattr(judged, name) for name in untouched)


def test_who_calls_an_advert_a_complaint_means_a_person_s_post() -> None:
    judged = plain(genre=Genre.ADVERT)
    assert as_people_say(judged, Right(complaint=True)).genre is Genre.PERSONAL


def test_the_reach_on_record_counts_when_a_case_is_decided_anew(rig: Rig) -> None:
    """A rise that the story itself brings is not lost, nor is it made twice."""
    rig.clock.advance(30)
    loud = Author("a1", "大号", 90_000)
    rig.publish(replace(post(1, rig.clock.now), author=loud))
    rig.walk()
    (case_id,) = [row.id for row in rig.rows(t.alert_case)]
    with rig.database.write() as connection:
        connection.execute(t.alert_case.update().values(reach=150_000))
    assert rejudge(rig, hits(rig, case_id), complaint=0.8) == {case_id: Outcome.RAISED}
    assert case(rig, case_id).severity == Severity.IMPORTANT
