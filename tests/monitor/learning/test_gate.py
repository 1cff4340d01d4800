"""Who may judge: the rules of promotion, and the figures that they go by."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.learning.exams import (
    Exam,
    Figures,
    Question,
    exam_of,
    macro_f1,
    measure,
    merged,
    our_exam,
    right_answers,
)
from monitor.learning.gate import FEWEST, GAIN, MARGIN, objections, odds_of_chance
from monitor.learning.wording import OBJECTIONS, WORDS, sentence
from sentiment.judge import Judge
from sentiment.labelled import read_labelled
from sentiment.loading import load_scorer
from sentiment.verdict import Label, Verdict


def figures(label: float | None, complaint: float | None) -> dict[str, float | None]:
    return {"label_f1": label, "complaint_f1": complaint}


def metrics(**changes: Any) -> dict[str, Any]:
    """A model that is better on what was corrected and as good elsewhere."""
    corrections = {
        "n": 40,
        "base": figures(0.5, 0.4),
        "candidate": figures(0.6, 0.7),
        "gained": 20,
        "lost": 4,
    }
    one = {
        "name": "ours",
        "base": figures(0.7, 0.7),
        "active": None,
        "candidate": figures(0.7, 0.7),
    }
    return {
        "corrections": corrections | changes.pop("corrections", {}),
        "sets": [one | changes.pop("set", {})],
    }


def codes(**changes: Any) -> list[str]:
    return [objection.code for objection in objections(metrics(**changes))]


def test_better_on_corrections_and_no_worse_elsewhere_may_judge() -> None:
    assert codes() == []
    assert codes(set={"candidate": figures(0.7 - MARGIN + 0.001, 0.9)}) == []
    only_complaints = {"base": figures(None, 0.4), "candidate": figures(None, 0.7)}
    assert codes(corrections=only_complaints) == []


@pytest.mark.parametrize(
    ("corrections", "code"),
    [
        ({"n": FEWEST - 1}, "too_few"),
        ({"candidate": figures(0.5, 0.4)}, "no_gain"),
        ({"candidate": figures(0.5, 0.4 + 2 * GAIN - 0.001)}, "no_gain"),
        ({"candidate": figures(0.4, 0.9)}, "one_worse"),
        ({"gained": 5, "lost": 4}, "by_chance"),
        ({"gained": 0, "lost": 0}, "by_chance"),
        ({"base": figures(None, None), "candidate": figures(None, None)}, "no_gain"),
    ],
)
def test_no_real_gain_on_corrections_is_an_objection(
    corrections: dict[str, Any], code: str
) -> None:
    assert codes(corrections=corrections) == [code]


@pytest.mark.parametrize("rival", ["base", "active"])
@pytest.mark.parametrize("worse", [figures(0.67, 0.9), figures(0.9, 0.67)])
def test_worse_than_the_scorer_or_than_the_model_in_force_is_an_objection(
    rival: str, worse: dict[str, float | None]
) -> None:
    rivals = {"base": figures(0.5, 0.5), "active": figures(0.5, 0.5), rival: figures(0.7, 0.7)}
    assert codes(set={**rivals, "candidate": worse}) == ["worse_on"]


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_odds_of_chance_are_odds(gained: int, lost: int) -> None:
    odds = odds_of_chance(gained, lost)
    assert 0 <= odds <= 1
    assert odds >= odds_of_chance(gained + 1, lost)
    assert odds <= odds_of_chance(gained, lost + 1)
    if gained > lost:
        assert odds <= 0.5


def test_the_odds_of_chance_are_those_of_a_coin() -> None:
    assert odds_of_chance(5, 0) == 1 / 32
    assert odds_of_chance(0, 0) == 1
    assert odds_of_chance(2, 1) == 0.5
    assert odds_of_chance(525, 475) == pytest.approx(odds_of_chance(526, 475), rel=0.1)
    assert odds_of_chance(30_000, 10_000) == pytest.approx(0)


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_every_objection_can_be_said(locale: str) -> None:
    bad = [
        metrics(corrections={"n": 1}),
        metrics(corrections={"candidate": figures(0.1, 0.1)}),
        metrics(corrections={"candidate": figures(0.4, 0.9)}),
        metrics(corrections={"gained": 5, "lost": 4}),
        metrics(set={"candidate": figures(0.1, 0.1)}),
    ]
    said = {found.code: sentence(found, locale) for each in bad for found in objections(each)}
    assert set(said) == set(OBJECTIONS["en"]) == set(OBJECTIONS["zh"])
    assert all(len(text) > 8 and "{" not in text for text in said.values())


def test_both_languages_have_the_same_words() -> None:
    assert set(WORDS["zh"]) == set(WORDS["en"])


# Figures


@pytest.mark.parametrize(
    ("pairs", "f1"),
    [
        ([], None),
        ([(1, 1), (0, 0)], 1.0),
        ([(1, 0), (0, 1)], 0.0),
        ([(1, 1), (1, 0), (0, 0), (0, 0)], 0.7333),
        ([(True, True), (True, False)], 0.6667),
    ],
)
def test_macro_f1_is_the_mean_over_the_classes_asked_for(
    pairs: list[tuple[Any, Any]], f1: float | None
) -> None:
    assert macro_f1(pairs) == f1


def verdict(label: Label, complaint: float) -> Verdict:
    [found] = Judge(load_scorer("words")).judge(["星云手表坏了"])
    return replace(found, label=label, complaint=complaint)


def test_only_what_is_known_is_asked() -> None:
    questions = [Question("a", label=Label.NEGATIVE), Question("b", complaint=False), Question("c")]
    said = [verdict(Label.NEGATIVE, 0.1), verdict(Label.NEGATIVE, 0.5), verdict(Label.NEUTRAL, 0.9)]
    assert measure(questions, said) == Figures(1.0, 0.0)
    pairs = zip(questions, said, strict=True)
    assert [right_answers(*pair) for pair in pairs] == [[True], [False], []]


def test_our_own_set_asks_both_things_in_both_languages() -> None:
    exam = our_exam()
    assert len(exam.questions) > 150
    assert {q.complaint for q in exam.questions} == {True, False}
    assert {q.label for q in exam.questions} == {*Label, None}
    assert any(q.text.isascii() for q in exam.questions)
    assert any(not q.text.isascii() for q in exam.questions)


def test_labelled_sets_are_asked_what_they_know(tmp_path: Path) -> None:
    lines = ['{"text": "x", "label": -1}', '{"text": "y", "label": 1}']
    (tmp_path / "mood.jsonl").write_text("\n".join(lines))
    lines = [f'{{"text": "x{n}", "label": {n}, "task": "complaint"}}' for n in (0, 1)]
    (tmp_path / "angry.jsonl").write_text("\n".join(lines))
    mood, angry = (exam_of(read_labelled(tmp_path / f"{name}.jsonl")) for name in ("mood", "angry"))
    assert [(q.label, q.complaint) for q in mood.questions] == [
        *((Label.NEGATIVE, None), (Label.POSITIVE, None)),
    ]
    assert [(q.label, q.complaint) for q in angry.questions] == [(None, False), (None, True)]
    names = [exam.name for exam in merged([mood, mood, angry, mood])]
    assert names == ["mood", "mood-2", "angry", "mood-3"]
    assert merged([Exam("a", ())])[0].questions == ()
