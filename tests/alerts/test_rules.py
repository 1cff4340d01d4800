"""Rules add words, set posts apart, count, and never keep back what common words find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.decide import Background, Reason, decide, worth_a_case
from alerts.rules import (
    NAME_LIMIT,
    Fit,
    Mode,
    Rule,
    RuleBook,
    common_rule,
    complete,
    is_common,
    widened,
    words_for,
)
from alerts.severity import Thresholds
from alerts.watch import Brand, Watch
from scrapers.post import Author, Platform, Post
from sentiment.verdict import Doubt, Genre, Label, Risk, Topic, Verdict
from tests.alerts.posts import NEBULA, WORDS, post, repost, verdict

MOON = Brand("月光耳机", complaint_words=("漏音",))
SHADOW, LIVE = Mode.SHADOW, Mode.LIVE
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def rule(name: str = "r", *words: str, **changes: Any) -> Rule:
    sets = {key: frozenset(value) for key, value in changes.items() if isinstance(value, list)}
    return Rule(name, words=words, **{**changes, **sets})


def book(*rules: Rule) -> RuleBook:
    return RuleBook([NEBULA, MOON], WORDS, rules)


def fit(it: Post, *rules: Rule, **judged: Any) -> Fit:
    """How the one hit of a post fits."""
    ours = book(*rules)
    (hit,) = ours.read(it).hits
    return ours.fit(it, hit, verdict(**judged))


def names(found: Fit) -> list[str]:
    return [each.name for each in found.rules]


# What is looked for


def test_a_rule_s_words_are_looked_for_and_say_which_rule_found_the_post() -> None:
    it = post("星云手表才戴一周就掉漆了")
    assert book().read(it).hits == ()
    for mode in Mode:
        found = fit(it, rule("漆", "掉漆", mode=mode))
        assert (found.common, names(found)) == (False, ["漆"])


def test_a_rule_s_words_are_those_of_its_brands_only() -> None:
    ours = rule("漆", "掉漆", brands=["星云手表"])
    for mode in Mode:
        found = book(replace(ours, mode=mode))
        assert found.read(post("星云手表掉漆了")).hits
        assert not found.read(post("月光耳机掉漆了")).hits
    assert words_for("月光耳机", [ours]) == ()
    assert words_for("星云手表", [ours, rule("又", "掉漆", "褪色")]) == ("掉漆", "褪色")
    assert [brand.complaint_words for brand in widened([NEBULA, MOON], [ours])] == [
        ("掉漆",),
        ("漏音",),
    ]


SHADOWS = (
    rule("长词", "退款失败", "客服一直不理", mode=SHADOW),
    rule("短词", "退", "一直", "手表", mode=SHADOW),
    rule("常词", "退款", "refund", "了", mode=SHADOW),
)
PIECES = st.sampled_from(
    ["星云手表", "NebulaWatch", "退款", "失败", "一直", "不理", "了", " ", "，", "refund", "太贵"]
)


@given(st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=4).map("".join))
def test_words_on_trial_change_nothing_about_what_is_found_without_them(
    text: str, passed_on: str
) -> None:
    for it in (post(text), repost(text, post(passed_on))):
        before = book().read(it)
        tried = book(*SHADOWS).read(it)
        assert tried.hits[: len(before.hits)] == before.hits
        assert tried.named == before.named
        ours = book(*SHADOWS)
        for hit in before.hits:
            assert ours.fit(it, hit, verdict()).withheld(()) is None
        for hit in tried.hits[len(before.hits) :]:
            assert ours.fit(it, hit, verdict()).withheld(()) is Reason.SHADOW


def test_rules_on_trial_leave_the_version_that_hits_carry() -> None:
    assert book(*SHADOWS).watch.version == book().watch.version
    assert book().watch.version == Watch([NEBULA, MOON], WORDS).version
    assert book(rule("漆", "掉漆")).watch.version != book().watch.version


def test_a_word_inside_a_longer_one_still_counts_for_its_rule() -> None:
    found = fit(post("星云手表退款失败"), rule("长", "退款失败", min_hits=3))
    assert (found.common, names(found)) == (True, ["长"])
    assert found.withheld(()) is None
    inside = fit(post("星云手表退款失败"), rule("短", "失败"), rule("长", "退款失败"))
    assert names(inside) == ["短", "长"]


def test_what_no_word_of_today_finds_stays_under_the_common_rule() -> None:
    """Rules may change between finding and judging."""
    it = post("星云手表掉漆了")
    (hit,) = book(rule("漆", "掉漆")).read(it).hits
    found = book(rule("色", "褪色", mode=SHADOW)).fit(it, hit, verdict())
    assert (found.common, names(found), found.withheld(())) == (True, [], None)


def test_a_rule_put_on_trial_meanwhile_holds_back_what_it_found_before() -> None:
    it = post("星云手表掉漆了")
    (hit,) = book(rule("漆", "掉漆")).read(it).hits
    found = book(rule("漆", "掉漆", mode=SHADOW)).fit(it, hit, verdict())
    assert found.withheld(()) is Reason.SHADOW


# What a rule is about

LOUD = Author("9", "大号", followers=5000)


@pytest.mark.parametrize(
    ("asks", "fits"),
    [
        ({}, True),
        ({"brands": ["星云手表"]}, True),
        ({"brands": ["月光耳机"]}, False),
        ({"platforms": ["weibo"]}, True),
        ({"platforms": ["twitter"]}, False),
        ({"languages": ["zh", "en"]}, True),
        ({"languages": ["en"]}, False),
        ({"topics": ["price"]}, True),
        ({"topics": ["refund"]}, False),
        ({"risks": ["legal"]}, True),
        ({"risks": ["none"]}, False),
        ({"followers_at_least": 5000}, True),
        ({"followers_at_least": 5001}, False),
        ({"topics": ["price"], "platforms": ["twitter"]}, False),
    ],
)
def test_a_rule_is_about_posts_with_every_trait_that_it_asks_for(
    asks: dict[str, Any], fits: bool
) -> None:
    it = post("星云手表太贵，退款", author=LOUD)
    found = fit(it, rule(**asks), topic=Topic.PRICE, risk=Risk.LEGAL)
    assert (found.common, bool(found.rules)) == (True, fits)


def test_an_author_of_unknown_following_has_none() -> None:
    it = post("星云手表退款", author=Author("9", "谁"))
    assert fit(it, rule(followers_at_least=1)).rules == ()
    assert fit(it, rule()).rules


def test_a_rule_of_another_platform_finds_nothing_to_tell_here() -> None:
    found = fit(post("星云手表掉漆了"), rule("漆", "掉漆", platforms=[Platform.TWITTER.value]))
    assert (found, found.withheld(())) == (Fit(False, ()), Reason.NO_RULE)


# What is kept back

WORDED = rule("w", "掉漆")
SORTING = rule("s", topics=["price"])


@pytest.mark.parametrize(
    ("common", "rules", "enough", "reason"),
    [
        (True, [], (), None),
        (True, [replace(WORDED, mode=SHADOW)], (), None),
        (True, [replace(SORTING, mode=SHADOW)], (), None),
        (True, [replace(SORTING, mode=SHADOW, min_hits=9)], (), None),
        (True, [replace(WORDED, min_hits=9)], (), None),
        (True, [SORTING], (), None),
        (True, [replace(SORTING, min_hits=3)], (), Reason.TOO_FEW),
        (True, [replace(SORTING, min_hits=3)], ("s",), None),
        (True, [replace(SORTING, min_hits=3), replace(SORTING, name="o")], (), None),
        (True, [replace(SORTING, min_hits=3), WORDED], (), None),
        (True, [replace(SORTING, min_hits=3), replace(WORDED, min_hits=2)], ("w",), None),
        (False, [WORDED], (), None),
        (False, [replace(WORDED, mode=SHADOW)], (), Reason.SHADOW),
        (False, [replace(WORDED, mode=SHADOW)], ("w",), Reason.SHADOW),
        (False, [replace(WORDED, mode=SHADOW), SORTING], (), Reason.SHADOW),
        (False, [replace(WORDED, mode=SHADOW), replace(WORDED, name="o")], (), None),
        (False, [replace(WORDED, min_hits=2)], (), Reason.TOO_FEW),
        (False, [replace(WORDED, min_hits=2)], ("w",), None),
        (False, [replace(WORDED, min_hits=2), SORTING], (), None),
        (False, [], (), Reason.NO_RULE),
        (False, [SORTING], (), Reason.NO_RULE),
    ],
)
def test_what_the_rules_keep_back(
    common: bool, rules: list[Rule], enough: Sequence[str], reason: Reason | None
) -> None:
    assert Fit(common, tuple(rules)).withheld(enough) is reason


@given(
    st.booleans(),
    st.lists(st.builds(Rule, st.sampled_from("ab"), mode=st.just(SHADOW)), max_size=3),
    st.lists(st.builds(Rule, st.sampled_from("cd"), min_hits=st.sampled_from([1, 3])), max_size=3),
)
def test_a_rule_on_trial_takes_nothing_from_anybody(
    common: bool, shadows: list[Rule], live: list[Rule]
) -> None:
    before = Fit(common, tuple(live)).withheld(())
    after = Fit(common, (*shadows, *live)).withheld(())
    assert (before is None) is (after is None)


VERDICTS = st.builds(
    verdict,
    label=st.sampled_from(Label),
    confidence=st.sampled_from([0.5, 0.6, 0.9]),
    complaint=st.sampled_from([0.1, 0.34, 0.35, 0.49, 0.5, 0.9]),
    risk=st.sampled_from([Risk.NONE, Risk.LEGAL, Risk.SAFETY]),
    genre=st.sampled_from(Genre),
    doubts=st.sampled_from([(), (Doubt.IRONY,), (Doubt.NOT_JUDGED,), (Doubt.CLOSE_CALL,)]),
)


@given(VERDICTS, st.sampled_from([None, Reason.SHADOW, Reason.TOO_FEW, Reason.NO_RULE]))
def test_what_is_worth_a_case_opens_one_unless_a_rule_keeps_it_back(
    judged: Verdict, withheld: Reason | None
) -> None:
    it = post()
    (hit,) = book().read(it).hits
    decision = decide(
        it,
        hit,
        judged,
        open_case=None,
        thresholds=Thresholds(),
        now=NOON,
        background=Background(withheld=withheld),
    )
    urgent = judged.risk is Risk.SAFETY
    assert decision.opens_case is (worth_a_case(judged) and (withheld is None or urgent))
    if worth_a_case(judged) and not decision.opens_case:
        assert decision.reason is withheld


# Counting


@given(
    st.lists(st.integers(0, 40), max_size=9).map(sorted),
    st.integers(1, 5),
    st.integers(0, 15),
)
def test_a_time_is_complete_when_so_many_lie_close_together(
    minutes: list[int], min_hits: int, window: int
) -> None:
    times = [NOON + timedelta(minutes=each) for each in minutes]
    groups = [
        group
        for group in combinations(range(len(minutes)), min_hits)
        if minutes[group[-1]] - minutes[group[0]] <= window
    ]
    expected = [any(place in group for group in groups) for place in range(len(minutes))]
    assert complete(times, min_hits, timedelta(minutes=window)) == expected


def test_exactly_the_window_apart_is_within_it() -> None:
    times = [NOON, NOON + timedelta(hours=1)]
    assert complete(times, 2, timedelta(hours=1)) == [True, True]
    assert complete(times, 2, timedelta(hours=1) - timedelta.resolution) == [False, False]


def test_the_name_of_a_common_rule_fits_its_column_and_is_known_as_one() -> None:
    assert common_rule("星云手表") == "brand:星云手表"
    assert len(common_rule("长" * 60)) == NAME_LIMIT
    assert is_common(common_rule("星云手表"))
    assert not is_common("掉漆")
