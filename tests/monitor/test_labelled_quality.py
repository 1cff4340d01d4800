"""Rules on labelled posts: words, judge and decision, with nobody having told anything before."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.severity import Severity
from monitor.config import Config
from monitor.labelled_quality import LabelledQuality, labelled_quality
from monitor.live_config import rules_of
from monitor.quality import Share
from monitor.scoring import judge_of
from sentiment.labelled import Example, LabelledSet, Task
from sentiment.loading import load_scorer

COMPLAINTS = [
    "星云手表坏了，客服不理，我要投诉，要求退款",
    "刚买就坏了，客服不理人，退款退款！",
    "月光耳机坏了，投诉，垃圾客服",
    "表壳三天就掉漆，做工太差了，气死我了",
    "充电的时候起火烧伤了手，投诉",
]
HARMLESS = [
    "星云手表客服态度特别好，问题当场解决，点赞！强烈推荐",
    "转发抽奖，关注并转发，抽三位送退款红包",
    "今天天气真好，出门走走",
]
OTHERS = "丢了工作，气死我了，要投诉房东，什么垃圾地方，差劲"


def measured(
    *rules: dict[str, Any],
    complaints: list[str] = COMPLAINTS,
    harmless: list[str] = HARMLESS,
    **changes: Any,
) -> LabelledQuality:
    config = Config.model_validate(
        {
            "brands": [
                {"name": "星云手表", "accounts": {"twitter": "900100"}},
                {"name": "月光耳机"},
            ],
            "rules": rules,
            **changes,
        }
    )
    ours = rules_of(config)
    judge = judge_of(load_scorer("words"), config.brands, ours.book.rules)
    texts = [*((text, 1) for text in complaints), *((text, 0) for text in harmless)]
    examples = tuple(Example(str(n), text, label) for n, (text, label) in enumerate(texts))
    return labelled_quality(judge, ours, LabelledSet("ours", "zh", Task.COMPLAINT, examples))


def test_precision_and_recall_of_words_judge_and_decision_together() -> None:
    found = measured()
    assert (found.posts, found.complaints, found.with_words) == (8, 5, 4)
    assert found.overall.precision == Share(4, 4)
    assert found.overall.recall == Share(4, 5)
    assert (found.overall.cases, found.overall.alerts) == (4, 4)
    by = {each.severity: each.figures for each in found.by_severity}
    assert (by[Severity.URGENT].precision, by[Severity.URGENT].recall) == (Share(1, 1),) * 2
    assert by[Severity.NORMAL].cases == 3
    assert by[Severity.IMPORTANT].precision == Share(0, 0)


def test_a_false_alarm_lowers_the_precision() -> None:
    found = measured(harmless=[*HARMLESS, OTHERS])
    assert found.overall.precision == Share(4, 5)
    assert found.by_severity[0].figures.precision == Share(3, 4)


def test_each_rule_is_measured_on_the_posts_under_it() -> None:
    paint = {"name": "漆", "words": ["掉漆"], "platforms": ["weibo"], "min_hits": 5}
    found = measured(paint, {**paint, "name": "试", "mode": "shadow"})
    first, second, live, trial = found.by_rule
    assert (found.overall.recall, found.with_words) == (Share(5, 5), 5)
    assert (first.name, first.common, first.figures.precision) == (
        *("brand:星云手表", True, Share(3, 3)),
    )
    assert second.figures.precision == Share(1, 1)
    assert (live.name, live.hits, live.figures.precision) == ("漆", 1, Share(1, 1))
    assert (trial.hits, trial.on_trial, trial.figures.recall) == (1, 0, Share(1, 1))


def test_what_is_on_trial_alerts_nobody_and_is_measured_all_the_same() -> None:
    found = measured({"name": "试", "words": ["掉漆"], "mode": "shadow"})
    assert found.overall.recall == Share(4, 5)
    trial = found.by_rule[-1]
    assert (trial.on_trial, trial.figures.cases, trial.figures.precision) == (1, 0, Share(1, 1))


def test_a_brand_that_is_named_is_the_one_that_the_post_is_about() -> None:
    found = measured(complaints=["月光耳机坏了，投诉，垃圾客服"], harmless=["星云手表真好"])
    assert [each.hits for each in found.by_rule] == [0, 1]


def test_a_post_about_two_brands_counts_once_for_a_rule() -> None:
    both = "星云手表和月光耳机都坏了，客服不理，我要投诉，要求退款"
    found = measured({"name": "all"}, complaints=[both], harmless=["好"])
    assert found.by_rule[-1].hits == 1
    assert found.overall.precision == Share(1, 1)


def test_negative_posts_stand_for_complaints_where_polarity_is_labelled() -> None:
    config = Config.model_validate({"brands": [{"name": "星云手表"}]})
    ours = rules_of(config)
    examples = (Example("1", COMPLAINTS[1], -1), Example("2", "退款很快，满意，谢谢", 1))
    about = LabelledSet("tone", "zh", Task.SENTIMENT, examples)
    steps: list[int] = []
    judge = judge_of(load_scorer("words"), config.brands)
    found = labelled_quality(judge, ours, about, steps.append)
    assert (found.complaints, found.overall.recall, steps) == (1, Share(1, 1), [2])


def test_without_a_brand_there_is_nothing_to_look_for() -> None:
    with pytest.raises(ValueError, match="no brand is watched"):
        measured(brands=[])
