"""The shipped scorer: its numbers with small networks, and what any model in it must know."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files
from math import exp
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.judge import Judge
from sentiment.loading import load_scorer
from sentiment.model import shipped
from sentiment.model.network import Calibration, ModelError, load_network
from sentiment.model.shipped import FILE, ShippedScorer
from sentiment.scorer import Score, Scorer
from sentiment.text import clean
from sentiment.verdict import Doubt, Label
from tests.sentiment.model.slow import grams
from tests.sentiment.model.tiny import by_words

NEUTRAL = Score(negative=0, neutral=1, positive=0)


def one(scorer: Scorer, text: str) -> Score:
    (score,) = scorer.score([text])
    return score


def saying(*outputs: float, **calibration: Calibration) -> ShippedScorer:
    """A scorer with the same outputs for any text."""
    plain = Calibration(np.ones(4), np.zeros(4))
    both = {"zh": plain, "en": plain} | calibration
    return ShippedScorer(by_words({}, bias=outputs, calibration=both))


def test_three_outputs_are_shares_and_the_fourth_stands_alone() -> None:
    score = one(saying(1.0, 0.0, -1.0, 2.0), "坏了")
    total = exp(1) + 1 + exp(-1)
    assert score.negative == pytest.approx(exp(1) / total, abs=1e-4)
    assert score.positive == pytest.approx(exp(-1) / total, abs=1e-4)
    assert score.complaint == pytest.approx(1 / (1 + exp(-2)), abs=1e-4)
    assert score.by == ""


def test_each_language_has_its_calibration() -> None:
    english = Calibration(np.array([1.0, 1, 1, 2]), np.array([0.0, 0, 3, -1]))
    scorer = saying(0.0, 0.0, 0.0, 1.0, en=english)
    texts = ["坏了", "it broke", "", "it broke", "坏了"]
    chinese, other, neither, *again = scorer.score(texts)
    assert chinese.positive == pytest.approx(1 / 3, abs=1e-4)
    assert other.positive == pytest.approx(exp(3) / (exp(3) + 2), abs=1e-4)
    assert other.complaint == pytest.approx(1 / (1 + exp(-1)), abs=1e-4)
    assert neither == NEUTRAL
    assert again == [other, chinese]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.floats(-60, 60), st.floats(-0.01, 0.01)), min_size=4, max_size=4))
def test_probabilities_add_up_to_one_in_four_decimals(outputs: list[float]) -> None:
    adds_up(one(saying(*outputs), "坏了"))


def adds_up(score: Score) -> None:
    parts = (score.negative, score.neutral, score.positive)
    assert all(0 <= part <= 1 and part == round(part, 4) for part in parts)
    assert sum(parts) == pytest.approx(1, abs=1e-9)
    assert score.complaint is None or (
        0 <= score.complaint <= 1 and score.complaint == round(score.complaint, 4)
    )


def test_coverage_comes_with_the_score() -> None:
    network = by_words({})
    known = network.known.copy()
    (pair,) = grams("退款")[1]
    known[pair.key // 8] |= 1 << pair.key % 8
    scorer = ShippedScorer(replace(network, known=known))
    assert [score.coverage for score in scorer.score(["退款", "退款没", "坏了", "好"])] == [
        1,
        0.5,
        0,
        1,
    ]


def test_what_is_beyond_a_thousand_characters_is_not_read() -> None:
    scorer = ShippedScorer(by_words({"差": 100}))
    assert one(scorer, "好" * 999 + "差") != one(scorer, "好" * 1_000)
    assert one(scorer, "好" * 1_000 + "差") == one(scorer, "好" * 1_000)


def test_case_makes_no_difference() -> None:
    scorer = ShippedScorer(by_words({"broken": 100}))
    assert one(scorer, "It is BROKEN") == one(scorer, "it is broken") != one(scorer, "it is bro")


def test_the_version_is_the_networks() -> None:
    assert ShippedScorer(by_words({}, version="1a2b3c4d")).version == "shipped-1a2b3c4d"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return load_scorer("shipped")


@pytest.fixture(scope="module")
def judge(scorer: Scorer) -> Judge:
    return Judge(scorer)


def test_the_file_is_in_the_package_and_small() -> None:
    inside = files("sentiment.model") / FILE.name
    assert inside.is_file()
    assert 100_000 < FILE.stat().st_size < 10_000_000
    network = load_network(FILE)
    assert set(network.calibration) == {"zh", "en"}
    assert all((each.slope > 0).all() for each in network.calibration.values())
    assert network.known.any()


def test_a_damaged_install_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "shipped.npz"
    broken.write_bytes(FILE.read_bytes()[:-100])
    monkeypatch.setattr(shipped, "FILE", broken)
    with pytest.raises(ModelError, match=r"shipped\.npz: .*install again"):
        ShippedScorer()


def test_the_version_is_in_the_verdict(scorer: Scorer, judge: Judge) -> None:
    version = load_network(FILE).version
    assert scorer.version == f"shipped-{version}"
    assert judge.judge(["坏了"])[0].model_version.startswith(f"shipped-{version}+words-")


COMPLAINTS = [
    "星云手表用了三天就黑屏，找客服没人理，要求退款也不给退",
    "外卖送了两个小时才到，饭都凉了，态度还特别差，再也不点了",
    "申请退货半个月了，钱还没退给我，客服一直敷衍",
    "申請退貨半個月了，錢還沒退給我，客服一直敷衍",
    "My NebulaWatch stopped charging after a week and support keeps ignoring me. Terrible.",
    "Third time my order arrived broken and nobody answers my emails, I want my money back",
]
PRAISE = [
    "星云手表的续航真不错，充一次电能用一周，非常满意",
    "客服小姐姐很耐心，当天就帮我换了新的，点赞",
    "菜很好吃，送得也快，推荐大家来点",
    "Love my new NebulaWatch, the battery lasts for days and it looks great!",
    "Thanks so much for the quick help, you guys are awesome",
]
PLAIN = [
    "今天下午三点在人民广场开会",
    "星云手表明天上午十点开售",
    "The store opens at nine on Monday",
]


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_clear_complaint(judge: Judge, text: str) -> None:
    (verdict,) = judge.judge([text])
    assert verdict.complaint > 0.7
    assert verdict.negative > 0.5 > 0.2 > verdict.positive
    assert verdict.label is Label.NEGATIVE
    assert Doubt.CLOSE_CALL not in verdict.doubts
    assert any(sign.code == "speaks_for" and sign.weight > 0 for sign in verdict.signs)


@pytest.mark.parametrize("text", PRAISE)
def test_clear_praise(judge: Judge, text: str) -> None:
    (verdict,) = judge.judge([text])
    assert verdict.complaint < 0.2
    assert verdict.positive > 0.5 > 0.2 > verdict.negative
    assert any(sign.code == "speaks_against" and sign.weight < 0 for sign in verdict.signs)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_news(judge: Judge, text: str) -> None:
    (verdict,) = judge.judge([text])
    assert verdict.complaint < 0.3
    assert verdict.label is not Label.NEGATIVE


def test_the_scorer_itself_knows_complaints(scorer: Scorer) -> None:
    scores = scorer.score([clean(text) for text in (*COMPLAINTS, *PRAISE, *PLAIN)])
    bad, rest = scores[: len(COMPLAINTS)], scores[len(COMPLAINTS) :]
    assert min(score.complaint or 0 for score in bad) > max(score.complaint or 0 for score in rest)
    assert all(score.coverage > 0.3 for score in bad)


def test_nonsense_is_not_covered(scorer: Scorer) -> None:
    assert one(scorer, "葳蕤 氤氲 觊觎 耄耋 饕餮 魑魅 魍魉").coverage < 0.5


ANYTHING = st.text(st.characters(exclude_categories=()), max_size=80)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(ANYTHING, st.sampled_from([*COMPLAINTS, *PRAISE])), max_size=5))
def test_any_texts_in_any_company(texts: list[str]) -> None:
    scorer = load_once()
    together = scorer.score(texts)
    assert together == [one(scorer, text) for text in texts]
    for score in together:
        adds_up(score)


def load_once(made: list[Scorer] = []) -> Scorer:  # noqa: B006 - made once
    if not made:
        made.append(load_scorer("shipped"))
    return made[0]


@pytest.mark.parametrize("count", [127, 128, 129, 600])
def test_more_texts_than_are_read_at_once(scorer: Scorer, count: int) -> None:
    texts: Sequence[str] = [*COMPLAINTS, *PRAISE, "", *PLAIN]
    many = [texts[number % len(texts)] for number in range(count)]
    scores, reasons = dict(zip(texts, scorer.score(texts), strict=True)), scorer.explain(texts)
    why = dict(zip(texts, reasons, strict=True))
    assert scorer.score(many) == [scores[text] for text in many]
    assert scorer.explain(many) == [why[text] for text in many]


def test_what_was_read_last_is_not_taken_for_another_text() -> None:
    scorer = ShippedScorer(by_words({"差": 100, "好": -100}))
    bad, good = one(scorer, "真差"), one(scorer, "真好")
    assert [[each.text for each in found] for found in scorer.explain(["真差"])] == [["差"]]
    assert one(scorer, "真好") == good != bad
    scorer.score(["真好", "真差"])
    assert [[each.text for each in found] for found in scorer.explain(["真差", "真好"])] == [
        ["差"],
        ["好"],
    ]


def test_threads_with_other_texts_do_not_disturb_each_other(scorer: Scorer) -> None:
    def both(text: str) -> tuple[Score, object]:
        return one(scorer, text), scorer.explain([text])

    texts = [*COMPLAINTS, *PRAISE, *PLAIN]
    alone = [both(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(both, texts * 5)) == alone * 5


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_that_scores_is_light() -> None:
    """No figures of a benchmark: a network of another order or a heavy import would show."""
    script = (
        "import json, sys; from pathlib import Path; from sentiment.loading import load_scorer;"
        "score = load_scorer('shipped').score(['坏了'] * 600)[0];"
        "peak = Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0];"
        "print(json.dumps([score.negative, int(peak), sorted(sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    negative, peak, modules = json.loads(done.stdout)
    assert negative == one(load_once(), "坏了").negative
    # Not ru_maxrss, in which a new process begins with the size of the one that started it.
    assert peak * 1024 < 300_000_000
    assert not {"torch", "snownlp", "onnxruntime", "sentiment.training"} & set(modules)
