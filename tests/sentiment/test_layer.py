"""The layer of corrections learns what people say, leaves the rest alone, and is kept safely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.judge import Judge
from sentiment.loading import load_scorer
from sentiment.model.features import BUCKETS
from sentiment.model.layer import (
    MAX_BYTES,
    OUTPUTS,
    Layer,
    LayeredScorer,
    LayerError,
    checked,
    from_bytes,
)
from sentiment.model.lessons import PARTS, Lesson, fit, part_of
from sentiment.scorer import Evidence, Score
from sentiment.verdict import Label

FALSE_ALARMS = [
    "星云手表的防水测试太狠了，扔进开水煮都没事",
    "看博主做星云手表防水测试，泡了一周没坏",
    "星云手表防水测试第三集，这次换成盐水",
    "防水测试做完了，星云手表活着，我的耳机死了",
]
ALIKE = "朋友也去做星云手表防水测试，泡澡都戴着"
MISSED = [
    "星云手表的表带又断了，第三根",
    "刚换的表带又断了，星云手表你说呢",
    "表带断了，星云手表的质量真行",
    "又断了一根表带，谢谢星云手表",
]
MISSED_ALIKE = "星云手表，表带断了，你看着办"
OTHER = "今天天气不错，去公园走走"


class Flat:
    """A scorer that cannot tell anything apart."""

    version = "flat-1"

    def __init__(self, score: Score | None = None) -> None:
        self._score = score or Score(0.2, 0.6, 0.2)

    def score(self, texts: Sequence[str]) -> list[Score]:
        return [self._score] * len(texts)

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        return [(Evidence("below", 0.05),)] * len(texts)


def lesson(text: str, **right: object) -> Lesson:
    return replace(Lesson(text, text, 0.2, 0.2, 0.4), **right)  # type: ignore[arg-type]


def lessons() -> list[Lesson]:
    wrong = [lesson(text, right_complaint=False) for text in FALSE_ALARMS]
    missed = [lesson(text, right_complaint=True, right_label=Label.NEGATIVE) for text in MISSED]
    return [*wrong, *missed]


def learnt() -> Layer:
    return fit("flat-1", lessons())


@pytest.mark.parametrize("knows_complaints", [True, False])
def test_it_answers_as_corrected_on_these_texts_and_on_similar_ones(
    knows_complaints: bool,
) -> None:
    base = Flat(Score(0.2, 0.6, 0.2, 0.4 if knows_complaints else None))
    scorer = LayeredScorer(base, learnt())

    def odds(text: str) -> float:
        [score] = scorer.score([text])
        return score.complaint_shift if score.complaint is None else score.complaint - 0.4

    assert all(odds(text) < 0 for text in (*FALSE_ALARMS, ALIKE))
    assert all(odds(text) > 0 for text in (*MISSED, MISSED_ALIKE))
    [score] = scorer.score([MISSED_ALIKE])
    assert score.negative > 0.4
    assert score.negative + score.neutral + score.positive == pytest.approx(1)


def test_a_text_without_a_known_n_gram_keeps_its_answer_to_the_last_digit() -> None:
    below = Score(0.123456789, 0.5, 1 - 0.5 - 0.123456789, 0.3)
    scorer = LayeredScorer(Flat(below), fit("flat-1", [lesson("refund", right_complaint=True)]))
    assert scorer.score([OTHER, ""]) == [below, below]
    assert scorer.explain([OTHER]) == [(Evidence("below", 0.05),)]


def test_an_answer_moves_as_the_words_say_and_only_as_far() -> None:
    """Also where the scorer below is all but certain: a small push is no leap."""
    for text, up in ((FALSE_ALARMS[0], False), (MISSED[0], True)):
        for below in (0.0, 1e-4, 0.3, 0.999, 1.0):
            [score] = LayeredScorer(Flat(Score(0.2, 0.6, 0.2, below)), learnt()).score([text])
            assert score.complaint is not None
            assert (score.complaint >= below) if up else (score.complaint <= below)
    nudge = fit("flat-1", [lesson("退款", complaint=0.499, right_complaint=True)])
    weak = replace(nudge, weights=(nudge.weights * 1e-4).astype(np.float32))
    [score] = LayeredScorer(Flat(Score(0.0, 1.0, 0.0, 0.0)), weak).score(["退款"])
    assert score.complaint == pytest.approx(0.0, abs=1e-4)


def test_traditional_and_capital_letters_are_the_same_words() -> None:
    scorer = LayeredScorer(Flat(), fit("flat-1", [lesson("退货 refund", right_complaint=True)]))
    first, second = scorer.score(["退货 refund", "退貨 REFUND"])
    assert first == second != Flat().score([""])[0]


def test_who_stood_in_is_not_corrected() -> None:
    other = Score(0.2, 0.6, 0.2, 0.4, by="other-1")
    assert LayeredScorer(Flat(other), learnt()).score(MISSED) == [other] * len(MISSED)


def test_the_words_that_carried_it_are_told() -> None:
    [found] = LayeredScorer(Flat(), learnt()).explain([MISSED[0]])
    own = [evidence for evidence in found if evidence.text != "below"]
    assert any("断" in evidence.text and evidence.weight > 0 for evidence in own)
    assert [abs(e.weight) for e in found] == sorted((abs(e.weight) for e in found), reverse=True)


def test_what_the_judge_says_follows() -> None:
    base = load_scorer("words")
    plain = Judge(base).judge(FALSE_ALARMS)
    taught = [
        Lesson(text, text, v.negative, v.positive, v.complaint, right_complaint=True)
        for text, v in zip(FALSE_ALARMS, plain, strict=True)
    ]
    layered = Judge(LayeredScorer(base, fit(base.version, taught)))
    assert max(verdict.complaint for verdict in plain) < 0.5
    assert min(verdict.complaint for verdict in layered.judge(FALSE_ALARMS)) > 0.5
    [verdict] = layered.judge([OTHER])
    assert verdict.model_version.startswith(f"{base.version}+people-")


def test_anchors_hold_the_layer_to_the_answers_of_the_scorer_below() -> None:
    loose = LayeredScorer(Flat(), fit("flat-1", lessons()))
    held = LayeredScorer(Flat(), fit("flat-1", [*lessons(), *[lesson(ALIKE)] * 20]))
    assert abs(held.score([ALIKE])[0].complaint_shift) < 0.5 * abs(
        loose.score([ALIKE])[0].complaint_shift
    )


def test_what_nobody_corrected_teaches_nothing() -> None:
    assert not len(fit("flat-1", [lesson(text) for text in MISSED]).buckets)
    assert not len(fit("flat-1", []).buckets)


def test_learning_stops_where_lessons_contradict_each_other() -> None:
    """Forty texts that say nothing about their answers: nothing is gained on unseen ones."""
    texts = [f"第{chr(0x4E00 + number)}次看到这家店" for number in range(60)]
    random = [
        lesson(text, right_complaint=bool(np.sin(number * 12.9898) > 0))
        for number, text in enumerate(texts)
    ]
    layer = fit("flat-1", random)
    assert np.abs(layer.shifts(texts)).max(initial=0) < 1.0


def test_the_same_lessons_make_the_same_layer_and_other_seeds_another_choice() -> None:
    assert learnt().to_bytes() == learnt().to_bytes()
    assert {part_of(text) for text in map(str, range(50))} == set(range(PARTS))
    assert any(part_of(text) != part_of(text, 1) for text in map(str, range(50)))


def test_it_is_kept_and_read_again() -> None:
    layer = learnt()
    kept = layer.to_bytes()
    again = from_bytes(kept)
    assert again.version == layer.version
    assert np.array_equal(again.shifts([*MISSED, ALIKE]), layer.shifts([*MISSED, ALIKE]))
    assert len(kept) < MAX_BYTES


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\0",
        lambda data: b"x" + data[1:],
        lambda data: data[:60] + bytes([data[60] ^ 1]) + data[61:],
        lambda data: bytes(MAX_BYTES + 1),
    ],
)
def test_a_damaged_layer_is_refused(spoil: object) -> None:
    with pytest.raises(LayerError):
        from_bytes(spoil(learnt().to_bytes()))  # type: ignore[operator]


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 10**6), byte=st.integers(1, 255))
def test_no_changed_byte_goes_unseen(place: int, byte: int) -> None:
    data = bytearray(fit("flat-1", [lesson("退款", right_complaint=True)]).to_bytes())
    data[place % len(data)] ^= byte
    with pytest.raises(LayerError):
        from_bytes(bytes(data))


@pytest.mark.parametrize(
    ("buckets", "weight"),
    [([2, 1], 1.0), ([1, 1], 1.0), ([BUCKETS], 1.0), ([-1], 1.0), ([1], np.nan), ([1], 51.0)],
)
def test_arrays_that_cannot_be_are_refused(buckets: list[int], weight: float) -> None:
    weights = np.full((len(buckets), OUTPUTS), weight, np.float32)
    with pytest.raises(LayerError):
        checked(Layer("flat-1", np.array(buckets), weights))


def test_a_layer_of_other_n_grams_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = learnt().to_bytes()
    monkeypatch.setattr("sentiment.model.layer._PROBE", "counted otherwise")
    with pytest.raises(LayerError, match="counted otherwise"):
        from_bytes(kept)


def test_a_long_name_below_is_cut_and_stays_apart_from_others() -> None:
    names = []
    for ending in "ab":
        base = Flat()
        base.version = f"transformer-{'x' * 36}{ending}"
        scorer = LayeredScorer(base, fit(base.version, lessons()))
        names.append(scorer.version)
        assert len(base.version) == len(scorer.version) == 49
    assert names[0] != names[1]


def test_a_layer_over_another_scorer_is_refused() -> None:
    with pytest.raises(LayerError, match="learnt over other-1, not over flat-1"):
        LayeredScorer(Flat(), replace(learnt(), base_version="other-1"))
