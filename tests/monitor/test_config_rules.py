"""Section `rules`: what each key becomes, and the sentence for each thing that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.rules import Mode, Rule
from monitor.config import Config, ConfigError, parse
from monitor.config_rules import rule_remarks
from monitor.live_config import LiveConfig, rules_of
from monitor.planning import watched_brands
from monitor.scoring import judge_of
from sentiment.loading import load_scorer
from tests.alerts.posts import post

BRANDS = "brands: [{name: 星云手表}, {name: 月光耳机}]\ncomplaint_words: [退款]\n"


def config(rules: str) -> Config:
    return parse(f"{BRANDS}rules:\n{rules}", "config.yaml", {})


def test_every_key_of_a_rule_is_taken() -> None:
    (settings,) = config(
        """
        - name: 掉漆
          brands: [星云手表]
          words: [掉漆, 褪色]
          platforms: [weibo]
          languages: [zh, other]
          topics: [quality]
          risks: [none, legal]
          followers_at_least: 100
          mode: shadow
          min_hits: 3
          window_s: 1800
        """
    ).rules
    assert settings.rule() == Rule(
        name="掉漆",
        brands=frozenset({"星云手表"}),
        words=("掉漆", "褪色"),
        platforms=frozenset({"weibo"}),
        languages=frozenset({"zh", "other"}),
        topics=frozenset({"quality"}),
        risks=frozenset({"none", "legal"}),
        followers_at_least=100,
        mode=Mode.SHADOW,
        min_hits=3,
        window_s=1800,
    )


def test_a_rule_needs_no_more_than_a_name() -> None:
    (settings,) = config("- {name: alles}").rules
    assert settings.rule() == Rule("alles")


@pytest.mark.parametrize(
    ("rules", "place", "says"),
    [
        ("- {name: a}\n- {name: a}", "config.yaml:5: rules[1].name", "names two rules"),
        ("- {name: a, brands: [月亮]}", "config.yaml:4: rules[0].brands[0]", "no brand '月亮'"),
        ("- {name: a, brands: [月亮]}", "rules[0]", "write one of 星云手表, 月光耳机"),
        ("- {name: a, words: [退, '！']}", "rules[0].words[1]", "no letter or digit"),
        ("- {name: a, words: ['不退，不换']}", "rules[0].words[0]", "sentence end"),
        ("- {name: 'brand:x'}", "rules[0].name", "begin with brand:"),
        ("- {name: ' a'}", "rules[0].name", "without spaces around it"),
        ("- {name: ''}", "rules[0].name", "at least 1"),
        (f"- {{name: {'长' * 65}}}", "rules[0].name", "at most 64"),
        ("- {name: a, mode: dark}", "rules[0].mode", "'live' or 'shadow'"),
        ("- {name: a, min_hits: 0}", "rules[0].min_hits", "greater than or equal to 1"),
        ("- {name: a, window_s: 5}", "rules[0].window_s", "greater than or equal to 60"),
        ("- {name: a, topics: [money]}", "rules[0].topics[0]", "money"),
        ("- {name: a, wrds: [x]}", "rules[0].wrds", "did you mean words?"),
        ("- {words: [x]}", "rules[0].name", "is missing"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(rules: str, place: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        config(rules)
    (problem,) = refused.value.problems
    assert place in problem
    assert says in problem


def test_words_that_are_looked_for_anyway_are_remarked() -> None:
    """On trial or waiting for more, such a word would do nothing."""
    made = config("- {name: a}\n- {name: b, words: [掉漆, 退-款, 掉 漆], mode: shadow}")
    assert list(rule_remarks(made.rules, made.complaint_words)) == [
        "rules[1].words[1]: “退-款” is the same as complaint_words[0].",
        "rules[1].words[2]: “掉 漆” is the same as rules[1].words[0].",
    ]


def test_words_on_trial_are_searched_for_but_do_not_teach_the_judge() -> None:
    made = config("- {name: a, words: [掉漆], brands: [星云手表], mode: shadow}")
    watch, moon = watched_brands(made, {})
    assert (watch.words, moon.words) == (("退款", "掉漆"), ("退款",))
    scorer = load_scorer("words")
    judge = judge_of(scorer, made.brands, rules_of(made).book.rules)
    assert judge.version == judge_of(scorer, made.brands).version
    live = config("- {name: a, words: [掉漆], brands: [星云手表]}")
    in_force = judge_of(scorer, live.brands, rules_of(live).book.rules)
    assert in_force.version != judge.version


def test_a_rule_takes_effect_while_the_service_runs(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(BRANDS, encoding="utf-8")
    live = LiveConfig(path, {}, parse(BRANDS, "config.yaml", {}))
    it = post("星云手表才一周就掉漆")
    before = live.current()
    assert before.book.read(it).hits == ()
    path.write_text(f"{BRANDS}rules: [{{name: 漆, words: [掉漆], mode: shadow}}]\n", "utf-8")
    on_trial = live.current()
    assert (len(on_trial.book.read(it).hits), on_trial.watch.match(it)) == (1, ())
    assert on_trial.version == before.version
    path.write_text(f"{BRANDS}rules: [{{name: 漆, words: [掉漆]}}]\n", "utf-8")
    in_force = live.current()
    assert len(in_force.watch.match(it)) == 1
    assert in_force.version != before.version


def test_without_rules_nothing_is_kept_apart() -> None:
    rules = rules_of(parse(BRANDS, "config.yaml", {}))
    assert rules.book.rules == ()
    assert not rules.book.has_shadow_words
