"""What every scorer promises; runs on each that the settings can name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer

from monitor.metrics import Metrics
from monitor.scoring import build_remote
from sentiment.loading import load_scorer, load_transformer
from sentiment.model.layer import LayeredScorer
from sentiment.model.lessons import Lesson, fit
from sentiment.scorer import Score, Scorer
from sentiment.settings import HttpSettings, OnnxSettings
from sentiment.text import clean
from sentiment.verdict import Label
from tests.sentiment.desk import Desk

GOOD = ["非常满意，质量很好，推荐大家购买", "I love it, excellent and wonderful"]
BAD = ["太差了，垃圾产品，很失望，退货", "This is terrible, awful and broken, I hate it"]
ODD = [
    "",
    " ",
    "\n\t",
    "\x00",
    "退\x00款",
    "😀😡👨‍👩‍👧‍👦",
    "[怒][怒]",
    "。。。！！！",
    "123",
    "これは壊れています",
    "but but but",
    "\ud83d 坏了",
    "差" * 7_000,
    "broken, " * 2_500,
    "不但" * 3_500,
    "😡" * 5_000,
]


@pytest.fixture(scope="session")
def snownlp() -> Scorer:
    """Loading takes seconds: once per test process."""
    return load_scorer("snownlp")


@pytest.fixture(scope="session")
def onnx(tmp_path_factory: pytest.TempPathFactory) -> Scorer:
    pytest.importorskip("onnxruntime", exc_type=ImportError)
    tiny = pytest.importorskip("tests.sentiment.tiny", exc_type=ImportError)
    directory = tiny.write_model(tmp_path_factory.mktemp("onnx"))
    return load_transformer(OnnxSettings(directory=str(directory)))


@pytest.fixture
def http(httpserver: HTTPServer) -> Iterator[Scorer]:
    """A stand-in answers; at the end nothing may have gone to the fall-back."""
    metrics = Metrics()
    settings = HttpSettings(
        base_url=Desk(httpserver).url, model="m", requests_per_minute=6000, wait_s_per_minute=45
    )
    yield build_remote(settings, load_scorer("words"), api_key="", metrics=metrics)
    assert set(re.findall(r'shifen_scorer_texts_total{outcome="(\w+)"', str(metrics.render()))) <= {
        *("answered", "remembered"),
    }


@pytest.fixture(params=["shipped", "words", "vader", "snownlp", "corrected", "onnx", "http"])
def scorer(request: pytest.FixtureRequest) -> Iterator[Scorer]:
    if request.param in {"snownlp", "onnx", "http"}:
        yield request.getfixturevalue(request.param)
    elif request.param == "corrected":
        yield corrected(load_scorer("vader"))
    else:
        yield load_scorer(request.param)


def corrected(base: Scorer) -> Scorer:
    """A scorer with a layer of what people said on top."""
    said = [("客服三天没有回复", Label.NEGATIVE), ("where is my refund", Label.NEGATIVE)]
    lessons = [
        Lesson(text, text, 0.3, 0.3, 0.3, label, right_complaint=True) for text, label in said
    ]
    return LayeredScorer(base, fit(base.version, lessons))


def is_distribution(polarity: Score) -> bool:
    parts = (polarity.negative, polarity.neutral, polarity.positive)
    return all(0 <= part <= 1 for part in parts) and sum(parts) == pytest.approx(1)


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:8]))
def test_takes_any_string_raw_or_cleaned(scorer: Scorer, text: str) -> None:
    assert all(is_distribution(polarity) for polarity in scorer.score([text, clean(text)]))


# The scorers keep nothing between calls, so one instance may serve all examples.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.text(max_size=60), max_size=4))
def test_one_distribution_per_text_in_order(scorer: Scorer, texts: list[str]) -> None:
    together = scorer.score(texts)
    assert all(is_distribution(polarity) for polarity in together)
    assert together == [scorer.score([text])[0] for text in texts]


def test_no_texts_no_answers(scorer: Scorer) -> None:
    assert scorer.score([]) == []


def test_equal_texts_get_equal_answers(scorer: Scorer) -> None:
    first, _, again = scorer.score([BAD[0], GOOD[1], BAD[0]])
    assert first == again


@pytest.mark.parametrize("language", [0, 1], ids=["zh", "en"])
def test_tells_good_from_bad(scorer: Scorer, language: int) -> None:
    good, bad = scorer.score([GOOD[language], BAD[language]])
    assert good.positive > max(good.negative, good.neutral)
    assert bad.negative > max(bad.positive, bad.neutral)


@pytest.mark.parametrize("text", ["", "😀", "これは壊れています", "환불해 주세요"])
def test_what_is_neither_chinese_nor_english_is_neutral(scorer: Scorer, text: str) -> None:
    assert scorer.score([text]) == [Score(negative=0, neutral=1, positive=0)]


def test_the_version_names_the_scorer_and_fits_its_column(scorer: Scorer) -> None:
    assert scorer.version == scorer.version
    assert "-" in scorer.version
    # monitor.storage.tables gives 64, the judge adds "+words-" and eight digits.
    assert len(scorer.version) <= 64 - 15


def test_several_threads_get_what_one_gets(scorer: Scorer) -> None:
    texts = [*GOOD, *BAD, "客服三天没有回复", "where is my refund"]
    alone = scorer.score(texts)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: scorer.score(texts), range(8)))
    assert answers == [alone] * 8
