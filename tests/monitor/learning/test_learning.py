"""From a person's correction to a better verdict, and back: the whole way on a rig."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select, update

from monitor.auth import Role
from monitor.learning import register
from monitor.learning.register import NotBetterError, RegisterError
from monitor.learning.rescoring import Rescoring
from monitor.learning.shadow import MOST_AT_ONCE
from monitor.learning.training import NothingToLearnError, Trained, train
from monitor.pipeline.collect import find
from monitor.pipeline.judge import Judging
from monitor.storage import models, posts, rescoring, verdicts
from monitor.storage import tables as t
from monitor.storage.corrections import CorrectionStore, Right
from monitor.storage.database import Database
from monitor.storage.people import AuditLog
from monitor.storage.rescoring import RescoreState
from sentiment.loading import load_scorer
from sentiment.scorer import Score
from tests.conftest import Clock
from tests.monitor.learning.posts import FALSE_ALARMS, HARMLESS_LATER, MISSED, MISSED_LATER
from tests.monitor.pipeline.rig import Rig, ago, post

SCORER = "words"


@pytest.fixture
def rig(database: Database, clock: Clock) -> Rig:
    return Rig(database, clock)


@pytest.fixture
def sqlite_rig(sqlite_database: Database, clock: Clock) -> Rig:
    """For what does not depend on the database."""
    return Rig(sqlite_database, clock)


def publish(rig: Rig, texts: Sequence[str], first: int = 1) -> None:
    """Store posts as a poll does, and judge them."""
    made = [post(first + n, ago(rig.clock, 1), text) for n, text in enumerate(texts)]
    found = find(rig.live.current(), made)
    with rig.database.write() as connection:
        posts.add(connection, found, source="weibo", query_key="q1", seen_at=rig.clock.now)
    rig.judge()


def hits(rig: Rig) -> dict[str, int]:
    with rig.database.read() as connection:
        rows = connection.execute(
            select(t.post.c.text, t.hit.c.id).join_from(t.hit, t.post).order_by(t.hit.c.id)
        )
        return {row.text: row.id for row in rows}


def newest(rig: Rig, columns: Sequence[str] = ("complaint",)) -> dict[str, tuple[Any, ...]]:
    """The newest verdict on each text."""
    wanted = [t.verdict.c[name] for name in columns]
    with rig.database.read() as connection:
        rows = connection.execute(
            select(t.post.c.text, *wanted)
            .select_from(t.verdict.join(t.hit).join(t.post, t.hit.c.post_id == t.post.c.id))
            .order_by(t.verdict.c.id)
        )
        return {row[0]: tuple(row[1:]) for row in rows}


def say(rig: Rig, rights: dict[str, Right]) -> None:
    store = CorrectionStore(rig.database, rig.clock)
    known = hits(rig)
    for text, right in rights.items():
        assert store.add("lin", Role.ANALYST, right, hit_id=known[text])


def learn(rig: Rig) -> Trained:
    scorer = load_scorer(SCORER)
    rules = rig.live.current()
    return train(rig.database, scorer, rules, by="lin", now=rig.clock)


def promote(rig: Rig, force: str | None = None) -> register.Change:
    base = load_scorer(SCORER).version
    change = register.promote(rig.database, base, force=force, by="lin", now=rig.clock)
    rig.clock.advance(6)
    return change


def roll_back(rig: Rig) -> register.Change:
    change = register.roll_back(rig.database, by="lin", now=rig.clock)
    rig.clock.advance(6)
    return change


def taught(rig: Rig) -> Trained:
    """A rig whose judge was told of two kinds of mistakes."""
    publish(rig, [*FALSE_ALARMS, *MISSED])
    say(rig, dict.fromkeys(FALSE_ALARMS, Right(complaint=False)))
    say(rig, dict.fromkeys(MISSED, Right(complaint=True)))
    return learn(rig)


def again(text: str) -> str:
    """The same words once more, told apart from the first post."""
    return f"{text}。"


def right_among(rig: Rig, texts: Sequence[str], complaint: bool) -> int:
    found = newest(rig)
    return sum((found[text][0] >= 0.5) is complaint for text in texts)


def test_what_people_correct_is_judged_right_from_then_on_and_so_is_what_is_like_it(
    rig: Rig,
) -> None:
    model = taught(rig)
    before = right_among(rig, FALSE_ALARMS, False) + right_among(rig, MISSED, True)
    assert before <= 15, "the scorer alone must err, else there is nothing to learn"
    assert model.objections == ()

    assert promote(rig) == register.Change(model.version, None)
    publish(rig, [*HARMLESS_LATER, *MISSED_LATER], first=500)
    publish(rig, [again(text) for text in (*FALSE_ALARMS, *MISSED)], first=600)

    assert right_among(rig, [again(text) for text in FALSE_ALARMS], False) == len(FALSE_ALARMS)
    assert right_among(rig, [again(text) for text in MISSED], True) == len(MISSED)
    assert right_among(rig, HARMLESS_LATER, False) >= len(HARMLESS_LATER) - 1
    assert right_among(rig, MISSED_LATER, True) >= len(MISSED_LATER) - 1
    [version] = newest(rig, ["model_version"])[HARMLESS_LATER[0]]
    assert f"+{model.version}+words-" in version


def test_answers_by_the_toss_of_a_coin_are_refused(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    publish(rig, [*FALSE_ALARMS, *MISSED])
    tossed = [bool(int(bit)) for bit in "0110100110010110100101100110100110010110"]
    texts = [*FALSE_ALARMS, *MISSED]
    say(rig, {x: Right(complaint=bit) for x, bit in zip(texts, tossed, strict=False)})
    model = learn(rig)
    with pytest.raises(NotBetterError) as caught:
        promote(rig)
    assert caught.value.objections
    assert caught.value.version == model.version
    with rig.database.read() as connection:
        assert models.active(connection) is None


def test_corrections_that_would_silence_everything_are_refused(sqlite_rig: Rig) -> None:
    """Fifty times "no complaint": perfect on what was said, ruinous on all else."""
    rig = sqlite_rig
    texts = [f"星云手表第{n}次坏了，客服不理人，我要投诉，要求退款，垃圾" for n in range(50)]
    publish(rig, texts)
    say(rig, dict.fromkeys(hits(rig), Right(complaint=False)))
    model = learn(rig)
    assert {objection.code for objection in model.objections} == {"worse_on"}
    with pytest.raises(NotBetterError):
        promote(rig)


def test_a_handful_is_too_few_unless_somebody_says_why(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    publish(rig, FALSE_ALARMS[:3])
    say(rig, dict.fromkeys(FALSE_ALARMS[:3], Right(complaint=False)))
    model = learn(rig)
    assert [objection.code for objection in model.objections] == ["too_few"]
    for reason in (None, "", "  "):
        with pytest.raises(NotBetterError):
            promote(rig, reason)
    promote(rig, "the campaign starts tonight")
    event = AuditLog(rig.database, rig.clock).page(1).items[0]
    assert (event.who, event.action) == ("lin", "model_promoted")
    assert event.subject.endswith("forced: the campaign starts tonight")


def test_without_corrections_there_is_nothing_to_learn(sqlite_rig: Rig) -> None:
    publish(sqlite_rig, MISSED[:1])
    say(sqlite_rig, {MISSED[0]: Right(topic="quality")})
    with pytest.raises(NothingToLearnError, match="corrections"):
        learn(sqlite_rig)


def test_going_back_restores_the_old_verdicts_exactly(rig: Rig) -> None:
    everything = [column.name for column in t.verdict.c if column.name not in ("id", "hit_id")]
    everything.remove("scored_at")
    taught(rig)
    publish(rig, HARMLESS_LATER, first=500)
    before = newest(rig, everything)
    promote(rig)
    rescore(rig)
    changed = newest(rig, everything)
    assert changed != before
    assert roll_back(rig).now is None
    rescore(rig)
    assert newest(rig, everything) == before
    with pytest.raises(RegisterError, match="judges alone already"):
        roll_back(rig)


def test_going_back_once_more_reaches_the_model_before_the_last(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    first = taught(rig)
    promote(rig)
    publish(rig, MISSED_LATER, first=700)
    say(rig, dict.fromkeys(MISSED_LATER, Right(complaint=True)))
    second = learn(rig)
    assert promote(rig, "a try") == register.Change(second.version, first.version)
    assert roll_back(rig) == register.Change(first.version, second.version)
    assert roll_back(rig) == register.Change(None, first.version)


def test_what_cannot_be_promoted_is_told(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    with pytest.raises(RegisterError, match="no model is in the shadow"):
        promote(rig)
    model = taught(rig)

    def promote_over(base: str, version: str | None = None) -> None:
        register.promote(rig.database, base, version, force="x", by="lin", now=rig.clock)

    with pytest.raises(RegisterError, match="there is no model people-x"):
        promote_over("any", "people-x")
    with pytest.raises(RegisterError, match="the scorer is other-2"):
        promote_over("other-2")
    promote(rig)
    with pytest.raises(RegisterError, match="in force already"):
        promote_over(load_scorer(SCORER).version, model.version)
    with rig.database.write() as connection:
        connection.execute(update(t.model).values(body=b"rust", state="candidate"))
    with pytest.raises(RegisterError, match="no layer"):
        promote_over(load_scorer(SCORER).version, model.version)


def test_a_model_gone_bad_leaves_the_scorer_alone_at_work(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    taught(rig)
    promote(rig)
    with rig.database.write() as connection:
        connection.execute(update(t.model).values(body=b"rust"))
    publish(rig, MISSED_LATER, first=500)
    [version] = newest(rig, ["model_version"])[MISSED_LATER[0]]
    assert "people-" not in version


# The shadow


def shadow_rows(rig: Rig) -> Sequence[Any]:
    return rig.rows(t.shadow_score, t.shadow_score.c.hit_id, t.shadow_score.c.agrees)


def test_the_shadow_judges_too_and_decides_nothing(rig: Rig) -> None:
    taught(rig)
    assert shadow_rows(rig) == []
    rig.clock.advance(6)
    before = len(rig.rows(t.alert))
    publish(rig, MISSED_LATER, first=500)
    rows = shadow_rows(rig)
    assert len(rows) == len(MISSED_LATER)
    assert not all(row.agrees for row in rows)
    assert len(rig.rows(t.alert)) == before
    with rig.database.read() as connection:
        [row] = models.listing(connection)
    assert (row.shadowed, row.agreed) == (len(rows), sum(row.agrees for row in rows))


def test_a_storm_is_not_judged_twice(sqlite_rig: Rig) -> None:
    taught(sqlite_rig)
    sqlite_rig.clock.advance(6)
    publish(sqlite_rig, [f"星云手表坏了，退款，第{n}台" for n in range(MOST_AT_ONCE + 20)], 900)
    assert len(shadow_rows(sqlite_rig)) == MOST_AT_ONCE


def test_a_shadow_that_breaks_disturbs_nobody(
    sqlite_rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = sqlite_rig
    taught(rig)
    rig.clock.advance(6)

    def break_down(*_: Any) -> None:
        raise RuntimeError("no room")

    with monkeypatch.context() as broken:
        broken.setattr(models, "add_shadow_scores", break_down)
        publish(rig, MISSED_LATER[:1], first=500)
        publish(rig, MISSED_LATER[1:2], first=501)
    assert MISSED_LATER[1] in newest(rig)
    assert rig.metrics.job_errors.labels("shadow")._value.get() == 1
    publish(rig, MISSED_LATER[2:3], first=502)
    assert shadow_rows(rig) == []
    rig.clock.advance(61)
    publish(rig, MISSED_LATER[3:4], first=503)
    assert len(shadow_rows(rig)) == 1


# Judging anew


def rescore(rig: Rig, since: Any = None) -> Rescoring:
    job = Rescoring(rig.database, rig.live, load_scorer(SCORER), now=rig.clock)
    job.begin(since, "lin")
    while job.step():
        pass
    return job


def last_run(rig: Rig) -> rescoring.Progress:
    with rig.database.read() as connection:
        run = rescoring.newest(connection)
    assert run is not None
    return run


def test_history_is_judged_anew_and_nobody_is_told(rig: Rig) -> None:
    taught(rig)
    promote(rig)
    before = [len(rig.rows(table)) for table in (t.alert, t.alert_case, t.delivery)]
    reasons = rig.reasons()
    rescore(rig)
    assert right_among(rig, MISSED, True) == len(MISSED)
    assert [len(rig.rows(table)) for table in (t.alert, t.alert_case, t.delivery)] == before
    assert rig.reasons() == reasons
    run = last_run(rig)
    total = len(FALSE_ALARMS) + len(MISSED)
    assert (run.state, run.total, run.done, run.changed) == (
        *(RescoreState.DONE, total, total, total),
    )
    rescore(rig)
    assert (last_run(rig).changed, len(rig.rows(t.verdict))) == (0, 2 * total)


def test_an_interrupted_run_goes_on_where_it_was(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.learning.rescoring.BATCH", 7)
    taught(rig)
    promote(rig)
    job = Rescoring(rig.database, rig.live, load_scorer(SCORER), now=rig.clock)
    first = job.begin(None, "lin")
    assert job.step()
    with monkeypatch.context() as killed:
        killed.setattr(verdicts, "add_verdicts", end_of_the_world)
        with pytest.raises(KeyboardInterrupt):
            job.step()
    assert last_run(rig).done == 7

    again = rescore(rig)
    run = last_run(rig)
    assert (run.id, run.state, run.done) == (first.id, RescoreState.DONE, run.total)
    assert len(rig.rows(t.verdict)) == 2 * run.total
    assert again.step() is None


def end_of_the_world(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_run_whose_model_no_longer_judges_ends(sqlite_rig: Rig) -> None:
    rig = sqlite_rig
    taught(rig)
    promote(rig)
    job = Rescoring(rig.database, rig.live, load_scorer(SCORER), now=rig.clock)
    job.begin(None, "lin")
    roll_back(rig)
    assert job.step() is None
    assert last_run(rig).state is RescoreState.SUPERSEDED


def test_who_comes_second_writes_nothing(sqlite_rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = sqlite_rig
    taught(rig)
    promote(rig)
    one, two = (
        Rescoring(rig.database, rig.live, load_scorer(SCORER), now=rig.clock) for _ in range(2)
    )
    one.begin(None, "lin")
    waiting = rescoring.waiting

    def meanwhile(*given: Any) -> Any:
        found = waiting(*given)
        monkeypatch.setattr(rescoring, "waiting", waiting)
        two.step()
        return found

    monkeypatch.setattr(rescoring, "waiting", meanwhile)
    one.step()
    total = len(FALSE_ALARMS) + len(MISSED)
    assert len(rig.rows(t.verdict)) == 2 * total


# A scorer that costs money


class Counting:
    """Says the same of every text and counts what it is asked."""

    version = "counting-1"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.explained: list[str] = []

    def score(self, texts: Sequence[str]) -> list[Score]:
        self.asked += texts
        return [Score(0.2, 0.6, 0.2)] * len(texts)

    def explain(self, texts: Sequence[str]) -> list[tuple[Any, ...]]:
        self.explained += texts
        return [()] * len(texts)


def test_no_text_is_read_twice_or_explained_while_learning(sqlite_rig: Rig) -> None:
    rig, scorer = sqlite_rig, Counting()
    publish(rig, [*FALSE_ALARMS, *MISSED])
    say(rig, dict.fromkeys(MISSED, Right(complaint=True)))
    train(rig.database, scorer, rig.live.current(), by="lin", now=rig.clock)
    assert len(scorer.asked) == len(set(scorer.asked)) > len(MISSED)
    assert scorer.explained == []


def test_a_shadow_asks_the_scorer_below_nothing_more(sqlite_rig: Rig) -> None:
    rig, scorer = sqlite_rig, Counting()
    publish(rig, [*FALSE_ALARMS, *MISSED])
    say(rig, dict.fromkeys(MISSED, Right(complaint=True)))
    train(rig.database, scorer, rig.live.current(), by="lin", now=rig.clock)
    scorer.asked.clear()
    rig.judging = Judging(rig.database, rig.live, scorer, rig.metrics, now=rig.clock)
    publish(rig, MISSED_LATER, first=500)
    assert len(shadow_rows(rig)) == len(scorer.asked) == len(MISSED_LATER)
