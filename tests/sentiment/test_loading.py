from __future__ import annotations

import subprocess
import sys

import pytest

from sentiment.loading import SCORERS, UnknownScorer, load_scorer
from tests.conftest import ROOT

LEAN = """
import sys
import sentiment, sentiment.judge, sentiment.loading, sentiment.verdict
import alerts, responses.draft
for name in {names!r}:
    sentiment.loading.load_scorer(name).score(["坏了", "broken"])
print([name for name in ("snownlp", "vaderSentiment") if name in sys.modules])
"""


@pytest.mark.parametrize(
    ("names", "loaded"), [((), "[]"), (("words",), "[]"), (("vader",), "['vaderSentiment']")]
)
def test_a_library_is_loaded_only_by_whoever_asks_for_it(
    names: tuple[str, ...], loaded: str
) -> None:
    # A process of its own, for this one may have scored already; warnings are errors.
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LEAN.format(names=names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == (loaded, "")


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(UnknownScorer, match=r"'bert'.*snownlp, vader, words"):
        load_scorer("bert")


def test_the_table_holds_the_names_of_the_settings() -> None:
    assert set(SCORERS) == {"shipped", "snownlp", "vader", "words"}
