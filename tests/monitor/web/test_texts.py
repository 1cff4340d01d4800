from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

from monitor.storage.rows import AlertState
from monitor.web import texts
from monitor.web.formats import Formats, web_link
from monitor.web.pages import TEMPLATES
from monitor.web.texts import CATALOGUES, CHINESE, ENGLISH, choose_language, word
from monitor.web.views import SEVERITIES, tone_of
from scrapers.post import Platform, Standing
from sentiment.verdict import Doubt, Genre, Label, Risk, Topic


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert CHINESE.keys() == ENGLISH.keys()
    for key in CHINESE:
        assert holes(CHINESE[key]) == holes(ENGLISH[key]), key
        assert CHINESE[key].strip()
        assert ENGLISH[key].strip()


def test_no_key_stands_twice() -> None:
    assert len(texts.PAIRS) == sum(len(pairs) for pairs in texts.PARTS)


def test_chinese_is_chinese_and_english_is_english() -> None:
    same_in_both = {"product", "platform.twitter", "status.percentiles"}
    marks = {"history.because", "history.between", "history.noted", "history.whom"}
    for key in CHINESE.keys() - same_in_both - marks:
        assert re.search("[一-鿿]", CHINESE[key]), key
        assert not re.search("[一-鿿]", ENGLISH[key]), key


def test_every_text_that_a_template_asks_for_exists_and_none_is_left_over() -> None:
    sources = [*TEMPLATES.glob("*.html"), *Path(texts.__file__).parent.glob("*.py")]
    asked = {
        key
        for source in sources
        for key in re.findall(r'(?:\bt|\b_say)\(\s*"([^"]+)"', source.read_text("utf-8"))
    }
    groups = {
        group
        for source in sources
        for group in re.findall(r'\bword\("([^"]+)"', source.read_text("utf-8"))
    }
    assert asked <= CHINESE.keys()
    left_over = {key for key in CHINESE.keys() - asked if key.rpartition(".")[0] not in groups}
    assert left_over == set()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("severity", SEVERITIES),
        ("platform", list(Platform)),
        ("topic", list(Topic)),
        ("risk", list(Risk)),
        ("state", list(AlertState)),
        ("verdict.label", [label.value for label in Label]),
        ("sign", [*Genre, "complaint_word", "risk_term", "non_event", "negation", "resolved"]),
        ("sign", ["praise", "other_brand", "negative_tone", "irony", "contradiction"]),
        ("sign", ["better_than_other", "worse_than_other"]),
        ("doubt", list(Doubt)),
        ("standing", [standing for standing in Standing if standing is not Standing.ORDINARY]),
    ],
)
def test_every_code_has_its_word(group: str, codes: list[str]) -> None:
    for code in codes:
        assert f"{group}.{code}" in CHINESE


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert word("en", "sign", "brand_new_sign") == "brand new sign"


def test_a_default_that_we_do_not_speak_is_english() -> None:
    assert choose_language(None, "", "fr") == "en"
    assert choose_language(None, "", "zh-CN") == "zh-CN"


@pytest.mark.parametrize(
    ("seconds", "chinese", "english"),
    [
        (0, "0 秒", "0 s"),
        (-3, "0 秒", "0 s"),
        (59.4, "59 秒", "59 s"),
        (95, "1 分 35 秒", "1 min 35 s"),
        (3600, "1 小时 0 分", "1 h 0 min"),
        (90_000, "1 天 1 小时", "1 d 1 h"),
    ],
)
def test_durations_read_by_their_two_largest_units(
    seconds: float, chinese: str, english: str
) -> None:
    assert Formats("zh-CN", "Asia/Shanghai").duration(seconds) == chinese
    assert Formats("en", "Asia/Shanghai").duration(seconds) == english


@pytest.mark.parametrize(
    ("seconds", "face"), [(0, "0:00"), (95, "1:35"), (599.6, "10:00"), (3723, "1:02:03")]
)
def test_stop_watches_read_alike_in_both_languages(seconds: float, face: str) -> None:
    assert Formats("en", "Asia/Shanghai").clock(seconds) == face


def test_numbers_are_short_in_each_language() -> None:
    chinese, english = (Formats(language, "Asia/Shanghai") for language in CATALOGUES)

    assert (chinese.count(128_000), english.count(128_000)) == ("12.8万", "128K")
    assert chinese.count(None) == "–"
    assert (chinese.share(1), chinese.share(0.9345)) == ("100%", "93.4%")


@pytest.mark.parametrize(
    ("seconds", "tone"), [(0, "good"), (480, "good"), (481, "near"), (600, "near"), (601, "bad")]
)
def test_a_latency_warns_before_it_breaks_the_promise(seconds: int, tone: str) -> None:
    assert tone_of(seconds, timedelta(seconds=600)) == tone


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.com/a/status/1", True),
        ("http://127.0.0.1:8800/p/1", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("", False),
        ("//evil.example", False),
    ],
)
def test_only_web_addresses_become_links(url: str, safe: bool) -> None:
    assert bool(web_link(url)) is safe
