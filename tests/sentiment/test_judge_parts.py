"""What the judge asks about which part of a text, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.focus import Target
from sentiment.judge import Judge
from sentiment.scorer import Evidence, Score
from sentiment.verdict import Doubt, Label, Risk, Sign, Verdict

BRAND, RIVAL = "星云手表", "远光手机"
OURS, THEIRS = (BRAND, "NebulaWatch"), (RIVAL, "Farlight")
TARGETS = [Target(OURS, THEIRS), Target(THEIRS, OURS)]

BAD = Score(0.9, 0.08, 0.02, complaint=0.9)
GOOD = Score(0.02, 0.08, 0.9, complaint=0.02)
PLAIN = Score(0.1, 0.85, 0.05, complaint=0.1)


class ByWords:
    """Knows two moods by one word each; remembers what it was asked."""

    version = "by-words-1"

    def __init__(self, why: Sequence[Evidence] = (), coverage: float = 1.0) -> None:
        self.asked: list[str] = []
        self.explained: list[str] = []
        self._why = tuple(why)
        self._coverage = coverage

    def score(self, texts: Sequence[str]) -> list[Score]:
        self.asked.extend(texts)
        return [self._score(text) for text in texts]

    def _score(self, text: str) -> Score:
        mood = BAD if "糟" in text else GOOD if "妙" in text else PLAIN
        return Score(
            mood.negative, mood.neutral, mood.positive, mood.complaint, coverage=self._coverage
        )

    def explain(self, texts: Sequence[str]) -> list[tuple[Evidence, ...]]:
        self.explained.extend(texts)
        return [self._why] * len(texts)


@pytest.fixture
def scorer() -> ByWords:
    return ByWords()


@pytest.fixture
def judge(scorer: ByWords) -> Judge:
    return Judge(scorer, targets=TARGETS)


def one(judge: Judge, text: str, brand: str = "") -> Verdict:
    (verdict,) = judge.judge([text], [brand])
    return verdict


def test_reposters_are_judged_by_their_own_words(judge: Judge, scorer: ByWords) -> None:
    own, passed_on = "我这块糟透了", "新表真妙"
    verdict = one(judge, f"{own}//@小李:{passed_on}")
    assert scorer.asked == [own, passed_on]
    assert scorer.explained == [own]
    assert verdict.label is Label.NEGATIVE
    other = one(judge, f"{passed_on}啊//@小李:{own}")
    assert other.label is Label.POSITIVE
    assert other.complaint < verdict.complaint


@pytest.mark.parametrize("head", ["", "转发微博", "哈哈", "Repost"])
def test_who_adds_nothing_passes_on_the_whole(judge: Judge, scorer: ByWords, head: str) -> None:
    verdict = one(judge, f"{head}//@小李:糟透了，没人管")
    assert verdict.label is Label.NEGATIVE
    assert len(scorer.asked) == 1
    assert "糟透了" in scorer.asked[0]


def test_of_a_chain_the_nearest_is_what_was_passed_on(judge: Judge, scorer: ByWords) -> None:
    one(judge, "大家快来看看//@小李:第一层话//@小王:第二层话")
    assert scorer.asked == ["大家快来看看", "第一层话"]


def test_who_cheers_at_bad_luck_is_doubted(judge: Judge) -> None:
    cheers = one(judge, "真妙真妙真妙//@小李:我的糟透了")
    assert Doubt.CONTRADICTION in cheers.doubts
    assert Sign("contradiction") in cheers.signs
    for text in ("我的也糟透了//@小李:我的糟透了", "真妙真妙真妙//@小李:新表真妙"):
        assert Doubt.CONTRADICTION not in one(judge, text).doubts


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (f"{RIVAL}糟透了，还是{BRAND}妙", "还是星云手表妙"),
        (f"{BRAND}糟透了，{RIVAL}就很妙", "星云手表糟透了,"),
    ],
)
def test_a_text_is_asked_about_by_the_brands_clauses(
    judge: Judge, scorer: ByWords, text: str, asked: str
) -> None:
    verdict = one(judge, text, BRAND)
    assert scorer.asked[0] == scorer.explained[0] == asked
    assert verdict.label is (Label.NEGATIVE if "糟" in asked else Label.POSITIVE)
    theirs = one(judge, text, RIVAL)
    assert theirs.label is not verdict.label


def test_without_a_brand_the_whole_is_asked_about(judge: Judge, scorer: ByWords) -> None:
    text = f"{RIVAL}糟透了,还是{BRAND}妙"
    one(judge, text)
    one(judge, text, "  ")
    assert scorer.asked == [text, text]


def test_words_of_complaint_about_another_brand_do_not_count(judge: Judge) -> None:
    text = f"{RIVAL}死机，退款没人理，{BRAND}一切照常"
    ours, theirs = one(judge, text, BRAND), one(judge, text, RIVAL)
    assert "complaint_word" not in {sign.code for sign in ours.signs}
    assert "complaint_word" in {sign.code for sign in theirs.signs}
    assert ours.complaint < 0.5 < theirs.complaint


def test_a_known_alias_is_the_brand(judge: Judge) -> None:
    verdict = one(judge, "Farlight 糟透了，NebulaWatch 妙", BRAND)
    assert verdict.label is Label.POSITIVE


def test_a_text_that_turns_is_asked_about_in_two_parts(judge: Judge, scorer: ByWords) -> None:
    verdict = one(judge, "外观真妙真妙，但是做工糟透了")
    assert scorer.asked == ["外观真妙真妙,但是做工糟透了", "外观真妙真妙,", "但是做工糟透了"]
    assert scorer.explained == scorer.asked[:1]
    assert Doubt.CONTRADICTION in verdict.doubts


@pytest.mark.parametrize(
    "text",
    ["但是做工糟透了", "外观真妙真妙但是", "外观真妙，做工真妙", "外观真妙，但是做工也平常"],
)
def test_a_text_of_one_mind_is_no_contradiction(judge: Judge, text: str) -> None:
    assert Doubt.CONTRADICTION not in one(judge, text).doubts


def test_what_others_said_does_not_turn_the_authors_text(judge: Judge, scorer: ByWords) -> None:
    one(judge, "转给大家看看//@小李:外观真妙真妙，但是做工平常")
    assert scorer.asked == ["转给大家看看", "外观真妙真妙,但是做工平常"]


def test_a_contrast_of_two_brands_is_no_contradiction(judge: Judge) -> None:
    text = f"{RIVAL}糟透了天天出错，但是{BRAND}真妙真妙"
    assert Doubt.CONTRADICTION not in one(judge, text, BRAND).doubts


def test_evidence_becomes_signs_with_weights() -> None:
    why = (Evidence("没人理", 1.5), Evidence("点赞", -0.75))
    scorer = ByWords(why)
    signs = one(Judge(scorer), "没人理，点赞").signs
    assert signs[-2:] == (Sign("speaks_for", "没人理", 1.5), Sign("speaks_against", "点赞", -0.75))
    assert "negative_tone" not in {sign.code for sign in signs}


@pytest.mark.parametrize(("text", "there"), [("糟透了呀", True), ("真妙真妙", False)])
def test_a_scorer_without_evidence_has_its_tone_named(
    judge: Judge, text: str, *, there: bool
) -> None:
    assert (Sign("negative_tone") in one(judge, text).signs) == there


def test_what_the_scorer_never_saw_is_doubted() -> None:
    text = "今天路过门口看了看"
    assert Doubt.UNKNOWN_DOMAIN in one(Judge(ByWords(coverage=0.1)), text).doubts
    assert Doubt.UNKNOWN_DOMAIN not in one(Judge(ByWords(coverage=0.9)), text).doubts
    assert Doubt.UNKNOWN_DOMAIN in one(Judge(ByWords()), "これは壊れています").doubts


def test_no_words_are_not_judged(judge: Judge) -> None:
    for text in ("", "!!!", "👍"):
        assert one(judge, text).doubts == (Doubt.NOT_JUDGED,)


RISKY = [
    ("{}充电时起火了", Risk.SAFETY),
    ("用了{}皮肤过敏，进医院了", Risk.HEALTH),
    ("我要起诉{}", Risk.LEGAL),
    ("{}泄露了我的手机号", Risk.DATA_LEAK),
]


@pytest.mark.parametrize(("said", "risk"), RISKY)
def test_a_harm_counts_wherever_it_is_told(judge: Judge, said: str, risk: Risk) -> None:
    """Who told it, about which brand, in what mood: none of it lowers a risk."""
    ours, theirs = said.format(BRAND), said.format(RIVAL)
    for text in (
        ours,
        f"大家转起来//@小李:{ours}",
        f"真妙真妙真妙//@小李:{ours}",
        f"{theirs}，还是{BRAND}妙",
        f"{ours}，{RIVAL}就很妙",
        f"外观真妙真妙，但是{ours}",
    ):
        assert one(judge, text, BRAND).risk is risk, text
        assert one(judge, text).risk is risk, text


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(RISKY),
    st.lists(
        st.sampled_from(
            ["真妙", "糟透了", f"还是{BRAND}妙", f"{RIVAL}糟", "哈哈", "但是", "//@小李:", "👍"]
        ),
        max_size=5,
    ),
)
def test_no_words_around_and_no_doubt_lower_a_harm(
    risky: tuple[str, Risk], around: list[str]
) -> None:
    said, risk = risky
    text = "，".join([*around, said.format(BRAND)])
    scorer = ByWords()
    for brand in (BRAND, RIVAL, ""):
        assert one(Judge(scorer, targets=TARGETS), text, brand).risk is risk


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(st.sampled_from(f"{BRAND}{RIVAL}糟妙但是//@小李:，。还 转发微博")), max_size=4)
)
def test_each_verdict_is_its_own_whatever_the_company(texts: list[str]) -> None:
    judge = Judge(ByWords(), targets=TARGETS)
    brands = [(BRAND, RIVAL, "")[number % 3] for number in range(len(texts))]
    together = judge.judge(texts, brands)
    assert together == [one(judge, *pair) for pair in zip(texts, brands, strict=True)]


def test_more_texts_than_are_read_at_once(judge: Judge) -> None:
    texts = ["我这块糟透了//@小李:新表真妙", "真妙真妙", "外观真妙真妙，但是做工糟透了", ""] * 90
    alone = [one(judge, text) for text in texts[:4]]
    assert judge.judge(texts) == alone * 90


def test_what_weights_are_fitted_on_is_what_verdicts_rest_on(judge: Judge) -> None:
    texts = [f"{RIVAL}死机，{BRAND}真妙真妙", f"{BRAND}充电时起火了，糟透了"]
    (praised, own, none), (_, bad, fire) = judge.observe(texts, [BRAND, BRAND])
    assert (praised.cues, praised.found_for) == (0, True)
    assert own.positive > 0.5 > own.negative
    assert bad.negative > 0.5
    assert (none, fire) == (Risk.NONE, Risk.SAFETY)
    ((seen, _, _),) = judge.observe(texts[:1], [""])
    assert not seen.found_for
    assert seen.cues == 1
