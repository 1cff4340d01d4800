"""Trying a rule: the same as the rule does once it is live, and not a row is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select

from alerts.decide import Reason
from alerts.rules import Mode, Rule
from alerts.severity import Severity
from monitor.config_rules import RuleSettings
from monitor.dry_run import MOST_SAMPLES, DryRun, DryRuns, RuleError
from monitor.pipeline.collect import find
from monitor.storage import posts
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.post import Author, Original, Platform, Post
from sentiment.loading import load_scorer
from tests.conftest import Clock
from tests.monitor.pipeline.rig import Rig, ago, post
from tests.monitor.pipeline.test_sieve import STORIES

PAINT = Rule("漆", words=("掉漆", "褪色"))
NORMAL, IMPORTANT, URGENT = Severity

MakeRig = Callable[..., Rig]


@pytest.fixture
def make(database: Database, clock: Clock) -> MakeRig:
    def made(*rules: dict[str, Any], **changes: Any) -> Rig:
        rig = Rig(database, clock, complaint_words=["退款", "投诉"], rules=rules, **changes)
        clock.advance(3600)
        return rig

    return made


def come(rig: Rig, *made: Post) -> None:
    """Let posts be found, those too that nobody looked for, and judge the hits."""
    rig.publish(*made)
    found = find(rig.live.current(), made)
    with rig.database.write() as connection:
        posts.add(connection, found, source="weibo", query_key="q1", seen_at=rig.clock.now)
    rig.judge()


def told(rig: Rig, *texts: str, every_s: float = 60, **changes: Any) -> list[Post]:
    """Posts of these texts, one after the other, the last of them a minute ago."""
    first = len(rig.source.world) + 1
    return [
        replace(post(first + n, ago(rig.clock, every_s * (len(texts) - n)), text), **changes)
        for n, text in enumerate(texts)
    ]


def tried(rig: Rig, rule: Rule, days: float = 7, **given: Any) -> DryRun:
    scorer = load_scorer("words")
    return DryRuns(rig.database, rig.live.current, scorer, now=rig.clock, **given).run(rule, days)


def rows(rig: Rig) -> list[int]:
    with rig.database.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in t.metadata.sorted_tables
        ]


def test_a_rule_is_tried_on_what_is_stored_and_nothing_is_written(make: MakeRig) -> None:
    rig = make()
    come(rig, *told(rig, *STORIES, "星云手表挺好看的", "星云手表退款，掉漆了", "随便说说"))
    before = rows(rig)
    found = tried(rig, PAINT)
    assert rows(rig) == before
    assert (found.posts, found.hits, found.new_hits) == (8, 6, 5)
    assert found.cases == {NORMAL: 6, IMPORTANT: 0, URGENT: 0}
    assert found.new_cases == {NORMAL: 5, IMPORTANT: 0, URGENT: 0}
    assert (found.alerts, found.waiting, found.reasons) == (6, 0, {Reason.FIRST: 6})
    assert [sample.new for sample in found.samples] == [True] * 5 + [False]
    assert (found.samples[0].text, found.samples[0].words) == (STORIES[4], ("掉漆",))


@pytest.mark.parametrize("every_s", [100, 250, 400])
def test_what_was_foretold_is_what_the_rule_then_does(
    make: MakeRig, database: Database, clock: Clock, every_s: float
) -> None:
    """Whatever is promised for the past holds once the rule is live."""
    rule = {"name": "漆", "words": list(PAINT.words), "min_hits": 3, "window_s": 600}
    rig = make()
    world = told(rig, *STORIES, STORIES[0], STORIES[0], every_s=every_s)
    loud = Author("k", "大号", 500_000)
    world.append(replace(told(rig, "星云手表表盘掉漆，糊弄人")[0], author=loud, id="77"))
    come(rig, *world)
    settings = RuleSettings.model_validate(rule)
    foretold = tried(rig, settings.rule())

    with database.write() as connection:
        for table in reversed(t.metadata.sorted_tables):
            connection.execute(table.delete())
    live = Rig(database, clock, complaint_words=["退款", "投诉"], rules=[rule])
    come(live, *world)
    severities = [Severity(row.severity) for row in live.rows(t.alert_case)]
    assert foretold.cases == {each: severities.count(each) for each in Severity}
    reasons = live.reasons()
    assert foretold.reasons == {Reason(each): reasons.count(each) for each in set(reasons)}
    assert foretold.waiting == reasons.count("too_few") == (7 if every_s > 300 else 0)


class Asked:
    """Remembers what it was asked."""

    version = "asked-1"

    def __init__(self) -> None:
        self.texts: list[str] = []

    def score(self, texts: Any) -> Any:
        self.texts += texts
        return load_scorer("words").score(texts)

    def explain(self, texts: Any) -> Any:
        return [()] * len(texts)


def test_the_judge_is_asked_only_about_what_it_did_not_judge(make: MakeRig) -> None:
    rig = make()
    come(rig, *told(rig, STORIES[0], "星云手表掉漆，我要投诉"))

    scorer = Asked()
    DryRuns(rig.database, rig.live.current, scorer, now=rig.clock).run(PAINT, 7)
    (text,) = scorer.texts
    assert text.startswith("星云手表才戴三天")


def test_copies_and_reposts_fold_and_lift_their_story(make: MakeRig) -> None:
    rig = make(severity={"spread_important": 3, "spread_urgent": 5})
    (root,) = told(rig, STORIES[0], every_s=600)
    original = Original(root.id, root.text, root.author)
    reposts = [replace(made, text="", original=original) for made in told(rig, *"abcd", every_s=30)]
    come(rig, root, *(replace(made, id=f"9{n}") for n, made in enumerate(reposts)))
    found = tried(rig, PAINT)
    assert found.cases == {NORMAL: 0, IMPORTANT: 0, URGENT: 1}
    assert (found.hits, found.alerts) == (5, 3)
    assert found.reasons == {Reason.FIRST: 1, Reason.SAME_STORY: 4}


def test_a_story_that_today_s_rules_find_by_another_post_is_not_new(make: MakeRig) -> None:
    rig = make()
    (root,) = told(rig, STORIES[0], every_s=600)
    original = Original(root.id, root.text, root.author)
    (repost,) = told(rig, "我也要投诉", original=original)
    come(rig, root, replace(repost, id="91"))
    found = tried(rig, PAINT)
    assert (found.hits, found.new_hits) == (2, 1)
    assert (sum(found.cases.values()), sum(found.new_cases.values())) == (1, 0)


def test_a_configured_rule_on_trial_is_tried_as_if_it_were_live(make: MakeRig) -> None:
    rig = make({"name": "漆", "words": list(PAINT.words), "mode": "shadow"})
    come(rig, *told(rig, *STORIES))
    assert rig.reasons() == ["shadow"] * 5
    trial = DryRuns(rig.database, rig.live.current, load_scorer("words"), now=rig.clock)
    rule = trial.configured("漆")
    assert rule.mode is Mode.SHADOW
    found = trial.run(rule, 7)
    assert (found.new_hits, sum(found.new_cases.values())) == (5, 5)


def test_a_live_rule_finds_nothing_that_is_new_but_itself(make: MakeRig) -> None:
    """New is what would be missed without the rule."""
    rig = make({"name": "漆", "words": list(PAINT.words)}, {"name": "色", "words": ["褪色"]})
    come(rig, *told(rig, *STORIES))
    found = tried(rig, PAINT)
    assert (found.hits, found.new_hits) == (5, 3)


def test_a_rule_without_words_is_tried_on_what_today_s_words_find(make: MakeRig) -> None:
    rig = make()
    come(rig, *told(rig, "星云手表坏了，退款", "星云手表按键没反应，我要投诉", *STORIES))
    come(rig, *told(rig, "星云手表屏幕裂了，退款退款", platform=Platform.TWITTER))
    rule = Rule("x", platforms=frozenset({"weibo"}), min_hits=3)
    found = tried(rig, rule)
    assert (found.hits, found.new_hits, found.waiting) == (2, 0, 2)
    assert sum(found.cases.values()) == 0
    assert tried(rig, replace(rule, min_hits=2)).waiting == 0


@pytest.mark.parametrize(
    ("asks", "hits"),
    [
        ({"brands": frozenset({"月光耳机"})}, 1),
        ({"languages": frozenset({"en"})}, 0),
        ({"followers_at_least": 100}, 6),
        ({"followers_at_least": 101}, 0),
        ({"topics": frozenset({"safety"})}, 0),
    ],
)
def test_a_rule_asks_for_the_same_traits_as_when_it_is_live(
    make: MakeRig, asks: dict[str, Any], hits: int
) -> None:
    rig = make(brands=[{"name": "星云手表"}, {"name": "月光耳机"}])
    come(rig, *told(rig, *STORIES, STORIES[0].replace("星云手表", "月光耳机")))
    assert tried(rig, replace(PAINT, **asks)).hits == hits


def test_only_the_last_days_are_looked_at_and_what_is_gone_is_said(make: MakeRig) -> None:
    rig = make()
    assert tried(rig, PAINT).stored_since is None
    come(rig, *told(rig, *STORIES[:2], every_s=86_400))
    now = rig.clock.now
    assert tried(rig, PAINT, days=1.5).hits == 1
    found = tried(rig, PAINT, days=30)
    assert (found.hits, found.since, found.until) == (2, now - timedelta(days=30), now)
    assert found.stored_since == found.whole_since == now - timedelta(days=2)
    rig.clock.advance(20 * 86_400)
    assert tried(rig, PAINT, days=30).whole_since == rig.clock.now - timedelta(days=7)


def test_samples_are_masked_cut_and_few(make: MakeRig) -> None:
    rig = make()
    long = f"星云手表掉漆，电话13812345678，{'太差了' * 200}"
    come(rig, *told(rig, *(f"{STORIES[n % 5]}，编号{n}" for n in range(30)), long))
    found = tried(rig, PAINT)
    assert len(found.samples) == MOST_SAMPLES
    first = found.samples[0]
    assert "13812345678" not in first.text
    assert (len(first.text), first.text[-1]) == (280, "…")
    assert first.published_at == max(sample.published_at for sample in found.samples)


def test_progress_and_time_are_told(make: MakeRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.storage.history.batches.__defaults__", (2,))
    rig = make()
    come(rig, *told(rig, *STORIES))
    ticks = count(10.0, 1.5)
    steps: list[int] = []
    trial = DryRuns(
        rig.database,
        rig.live.current,
        load_scorer("words"),
        now=rig.clock,
        clock=lambda: next(ticks),
    )
    found = trial.run(PAINT, 7, steps.append)
    assert (steps, found.took_s, found.hits) == ([2, 2, 1], 1.5, 5)


def test_posts_of_one_moment_are_all_looked_at(
    make: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.storage.history.batches.__defaults__", (2,))
    rig = make()
    at = ago(rig.clock, 60)
    come(rig, *(replace(made, published_at=at) for made in told(rig, *STORIES)))
    assert tried(rig, PAINT).hits == 5


def test_what_cannot_be_tried_is_said(make: MakeRig) -> None:
    rig = make({"name": "漆", "words": ["掉漆"]})
    trial = DryRuns(rig.database, rig.live.current, load_scorer("words"), now=rig.clock)
    with pytest.raises(RuleError, match="no rule '退'; known: 漆"):
        trial.configured("退")
    wrong = RuleSettings(name="x", brands=("月亮",), words=("好", "！"))
    with pytest.raises(RuleError) as refused:
        trial.draft(wrong)
    assert refused.value.problems == (
        "brands[0]: there is no brand '月亮'; write one of 星云手表",
        "words[1]: “！” has no letter or digit to look for.",
    )
    assert trial.draft(RuleSettings(name="x", words=("好",))) == Rule("x", words=("好",))
