"""What opens a case, what joins one, what is withheld, and what is dropped."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.case import CaseState
from alerts.decide import Background, Decision, FormerCase, OpenCase, Reason, decide
from alerts.severity import CauseCode, Pace, Severity, Thresholds
from scrapers.post import Author, Post, Standing
from sentiment.verdict import Doubt, Genre, Label, Risk, Verdict
from tests.alerts.posts import OTHER, hit_of, post, repost, verdict

NORMAL, IMPORTANT, URGENT = Severity
NEUTRAL = {"label": Label.NEUTRAL, "confidence": 0.7, "complaint": 0.1}
PRAISE = {"label": Label.POSITIVE, "confidence": 0.9, "complaint": 0.1}
KEPT = {Reason.FIRST, Reason.UNSURE, Reason.SAME_STORY}
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


def decided(it: Post, judged: Verdict, case: OpenCase | None = None, **background: Any) -> Decision:
    return decide(
        it,
        hit_of(it),
        judged,
        open_case=case,
        thresholds=Thresholds(),
        now=NOW,
        background=Background(**background),
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, Reason.FIRST),
        ({**NEUTRAL, "complaint": 0.5}, Reason.FIRST),
        ({**NEUTRAL, "complaint": 0.49}, Reason.NOT_A_COMPLAINT),
        ({"complaint": 0.1, "confidence": 0.6}, Reason.FIRST),
        ({"complaint": 0.1, "confidence": 0.59}, Reason.NOT_A_COMPLAINT),
        ({**NEUTRAL, "risk": Risk.LEGAL}, Reason.FIRST),
        ({**PRAISE, "risk": Risk.SAFETY}, Reason.FIRST),
        (PRAISE, Reason.PRAISE),
        ({**PRAISE, "confidence": 0.5}, Reason.NOT_A_COMPLAINT),
        ({**PRAISE, "complaint": 0.6}, Reason.FIRST),
        ({**NEUTRAL, "genre": Genre.QUESTION}, Reason.QUESTION),
        ({**NEUTRAL, "genre": Genre.QUESTION, "risk": Risk.HEALTH}, Reason.FIRST),
        ({"genre": Genre.QUESTION}, Reason.FIRST),
        ({**NEUTRAL, "genre": Genre.NEWS}, Reason.NEWS),
        ({"genre": Genre.NEWS}, Reason.FIRST),
        ({"genre": Genre.ADVERT}, Reason.ADVERT),
        ({"genre": Genre.ADVERT, "risk": Risk.FRAUD}, Reason.ADVERT),
        ({"genre": Genre.ADVERT, "risk": Risk.SAFETY}, Reason.FIRST),
        ({"genre": Genre.LOTTERY}, Reason.LOTTERY),
        ({"genre": Genre.LOTTERY, "risk": Risk.DATA_LEAK}, Reason.FIRST),
    ],
)
def test_which_hits_make_a_case(changes: dict[str, Any], reason: Reason) -> None:
    decision = decided(post(), verdict(**changes))
    assert decision.reason is reason
    assert decision.opens_case is (reason is Reason.FIRST)
    assert not decision.joins_case


def test_a_newspaper_s_complaint_is_public_opinion_and_its_business_page_is_not() -> None:
    paper = Author("5", "晨报", followers=5, standing=Standing.MEDIA)
    grave = decided(post(author=paper), verdict(genre=Genre.NEWS))
    assert (grave.reason, grave.rating.severity) == (Reason.FIRST, URGENT)
    assert grave.rating.reasons[0].code is CauseCode.PUBLIC_VOICE
    calm = decided(post(author=paper), verdict(**NEUTRAL, genre=Genre.NEWS))
    assert (calm.reason, calm.opens_case) == (Reason.NEWS, False)


def test_what_is_graver_than_the_case_joins_it_with_its_own_rating() -> None:
    case = OpenCase(7, NORMAL, 2)
    copy = post(id="9", author=OTHER)
    decision = decided(copy, verdict(risk=Risk.SAFETY), case)
    assert (decision.reason, decision.rating.severity) == (Reason.SAME_STORY, URGENT)
    calmer = decided(copy, verdict(), replace(case, severity=URGENT))
    assert calmer.rating.severity is NORMAL


def test_what_is_known_of_the_story_and_its_author_bears_on_the_rating() -> None:
    loud = decided(post(), verdict(), reach=5_000_000)
    assert (loud.rating.severity, loud.rating.reasons[0].code) == (URGENT, CauseCode.REACH)
    fast = decided(post(), verdict(), pace=Pace(posts=500, window_s=600, usual=1.0))
    assert fast.rating.reasons[0].code is CauseCode.SPEED
    dear = decided(post(), verdict(), key_customer="林女士")
    assert (dear.rating.severity, dear.rating.reasons[0].code) == (IMPORTANT, CauseCode.VIP)


def false_alarm(hours_ago: float) -> FormerCase:
    return FormerCase(6, CaseState.FALSE_ALARM, NOW - timedelta(hours=hours_ago))


def test_a_story_that_was_a_false_alarm_opens_no_case_for_a_day() -> None:
    held = decided(post(), verdict(), former=false_alarm(23.9))
    assert (held.reason, held.opens_case) == (Reason.KNOWN_FALSE_ALARM, False)
    assert decided(post(), verdict(), former=false_alarm(24)).opens_case
    resolved = replace(false_alarm(1), state=CaseState.RESOLVED)
    assert decided(post(), verdict(), former=resolved).opens_case


@pytest.mark.parametrize("withheld", [Reason.SHADOW, Reason.TOO_FEW])
def test_a_rule_withholds_a_case_but_never_an_urgent_one_nor_a_copy(withheld: Reason) -> None:
    held = decided(post(), verdict(), withheld=withheld)
    assert (held.reason, held.opens_case) == (withheld, False)
    assert decided(post(), verdict(risk=Risk.SAFETY), withheld=withheld).opens_case
    assert decided(post(), verdict(), OpenCase(7, NORMAL, 1), withheld=withheld).joins_case
    nothing = decided(post(), verdict(**PRAISE), withheld=withheld)
    assert nothing.reason is Reason.PRAISE


def test_an_urgent_post_opens_a_case_whatever_the_story_was() -> None:
    decision = decided(post(), verdict(risk=Risk.SAFETY), former=false_alarm(1))
    assert decision.reason is Reason.FIRST


@pytest.mark.parametrize("changes", [NEUTRAL, PRAISE, {"genre": Genre.ADVERT}])
def test_a_repost_spreads_an_open_story_whatever_it_says(changes: dict[str, Any]) -> None:
    case = OpenCase(7, NORMAL, 1)
    joins = decided(repost("转发微博", post()), verdict(**changes), case)
    assert (joins.reason, joins.joins_case, joins.spread) == (Reason.SAME_STORY, True, 2)
    alone = decided(repost("转发微博", post()), verdict(**changes))
    assert not alone.opens_case


def test_a_copy_that_is_no_complaint_does_not_join() -> None:
    decision = decided(post(id="9"), verdict(**PRAISE), OpenCase(7, NORMAL, 1))
    assert (decision.reason, decision.joins_case) == (Reason.PRAISE, False)


def test_a_repost_may_come_before_its_root() -> None:
    early = decided(repost("转发微博", post()), verdict())
    assert early.opens_case
    root = decided(post(), verdict(), OpenCase(7, early.rating.severity, early.spread))
    assert root.reason is Reason.SAME_STORY


def test_the_platform_s_own_count_of_reposts_is_spread_too() -> None:
    decision = decided(post(reposts=350), verdict())
    assert (decision.spread, decision.rating.severity) == (351, URGENT)
    later = decided(post(id="9"), verdict(), OpenCase(7, URGENT, 351))
    assert later.spread == 352


def test_a_second_complaint_counts_and_saying_the_same_again_does_not() -> None:
    assert decided(post(), verdict(), earlier_complaints=1).rating.severity is IMPORTANT
    again = decided(post(id="9"), verdict(), OpenCase(7, NORMAL, 1), earlier_complaints=1)
    assert (again.reason, again.rating.severity) == (Reason.SAME_STORY, NORMAL)


def test_a_thousand_reposts_are_one_story_that_becomes_urgent() -> None:
    case: OpenCase | None = None
    grades: list[Severity] = []
    for it in (post(), *(repost("转发微博", post(), id=str(n)) for n in range(1000))):
        decision = decided(it, verdict(), case)
        severity = max(case.severity if case else NORMAL, decision.rating.severity)
        case = OpenCase(7, severity, decision.spread)
        grades.append(severity)
    assert case == OpenCase(7, URGENT, 1001)
    assert (grades.index(IMPORTANT), grades.index(URGENT)) == (9, 99)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({**NEUTRAL, "complaint": 0.35, "doubts": (Doubt.CLOSE_CALL,)}, Reason.UNSURE),
        ({**NEUTRAL, "complaint": 0.34, "doubts": (Doubt.CLOSE_CALL,)}, Reason.NOT_A_COMPLAINT),
        ({**NEUTRAL, "complaint": 0.4}, Reason.NOT_A_COMPLAINT),
        ({**NEUTRAL, "complaint": 0.4, "doubts": (Doubt.UNKNOWN_DOMAIN,)}, Reason.UNSURE),
        ({**NEUTRAL, "doubts": (Doubt.NOT_JUDGED,)}, Reason.UNSURE),
        ({**PRAISE, "doubts": (Doubt.IRONY,)}, Reason.UNSURE),
        ({**PRAISE, "doubts": (Doubt.CONTRADICTION,)}, Reason.PRAISE),
        ({**NEUTRAL, "doubts": (Doubt.IRONY,)}, Reason.NOT_A_COMPLAINT),
        ({**NEUTRAL, "complaint": 0.4, "doubts": (Doubt.IRONY,)}, Reason.UNSURE),
        ({**NEUTRAL, "genre": Genre.QUESTION, "doubts": (Doubt.CLOSE_CALL,)}, Reason.QUESTION),
        ({**PRAISE, "genre": Genre.ADVERT, "doubts": (Doubt.IRONY,)}, Reason.ADVERT),
        ({**PRAISE, "genre": Genre.LOTTERY, "doubts": tuple(Doubt)}, Reason.LOTTERY),
        ({**PRAISE, "genre": Genre.BOT, "doubts": tuple(Doubt)}, Reason.PRAISE),
        ({"complaint": 0.5, "doubts": (Doubt.CLOSE_CALL,)}, Reason.FIRST),
        ({**PRAISE, "risk": Risk.LEGAL, "doubts": (Doubt.IRONY,)}, Reason.FIRST),
    ],
)
def test_what_may_be_a_complaint_goes_to_a_person_as_uncertain(
    changes: dict[str, Any], reason: Reason
) -> None:
    decision = decided(post(), verdict(**changes))
    opens = reason in KEPT
    assert decision.reason is reason
    assert decision.opens_case is opens
    assert decision.uncertain is (opens and bool(changes.get("doubts")))


@pytest.mark.parametrize("risk", [Risk.SAFETY, Risk.HEALTH, Risk.DATA_LEAK, Risk.SELF_HARM])
def test_no_doubt_is_told_where_somebody_may_come_to_harm(risk: Risk) -> None:
    decision = decided(post(), verdict(**PRAISE, risk=risk, doubts=tuple(Doubt)))
    assert (decision.reason, decision.rating.severity) == (Reason.FIRST, URGENT)
    assert not decision.uncertain


def test_an_uncertain_post_joins_the_open_case_of_its_story() -> None:
    unsure = verdict(**PRAISE, doubts=(Doubt.IRONY,))
    copy = decided(post(id="9"), unsure, OpenCase(7, NORMAL, 1))
    assert (copy.reason, copy.joins_case) == (Reason.SAME_STORY, True)
    # A repost spreads the story whatever is thought of its words.
    passed_on = decided(repost("转发微博", post()), unsure, OpenCase(7, NORMAL, 9))
    assert (passed_on.joins_case, passed_on.uncertain) == (True, False)


@given(
    label=st.sampled_from(Label),
    confidence=st.floats(0, 1),
    complaint=st.floats(0, 1),
    genre=st.sampled_from(Genre),
    risk=st.sampled_from(Risk),
    doubts=st.sets(st.sampled_from(Doubt), min_size=1).map(tuple),
    case=st.none() | st.builds(OpenCase, st.just(7), st.sampled_from(Severity), st.integers(1, 99)),
)
def test_a_doubt_never_lowers(
    label: Label,
    confidence: float,
    complaint: float,
    genre: Genre,
    risk: Risk,
    doubts: tuple[Doubt, ...],
    case: OpenCase | None,
) -> None:
    calm = verdict(label=label, confidence=confidence, complaint=complaint, genre=genre, risk=risk)
    sure, unsure = decided(post(), calm, case), decided(post(), replace(calm, doubts=doubts), case)
    assert unsure.rating == sure.rating
    assert unsure.spread == sure.spread
    assert unsure.opens_case >= sure.opens_case
    assert unsure.joins_case >= sure.joins_case
    if sure.opens_case or sure.joins_case:
        assert unsure.reason is sure.reason
    assert not sure.uncertain


@given(
    label=st.sampled_from(Label),
    confidence=st.floats(0, 1),
    complaint=st.floats(0, 1),
    genre=st.sampled_from(Genre),
    risk=st.sampled_from(Risk),
    reposted=st.booleans(),
    case=st.none()
    | st.builds(
        OpenCase, id=st.just(7), severity=st.sampled_from(Severity), spread_count=st.integers(1)
    ),
)
def test_every_decision_is_of_one_piece(
    label: Label,
    confidence: float,
    complaint: float,
    genre: Genre,
    risk: Risk,
    reposted: bool,
    case: OpenCase | None,
) -> None:
    it = repost("转发微博", post()) if reposted else post()
    calm = verdict(label=label, confidence=confidence, complaint=complaint, genre=genre)
    decision = decided(it, replace(calm, risk=risk), case)
    assert not (decision.opens_case and case)
    assert not (decision.joins_case and not case)
    kept = decision.opens_case or decision.joins_case
    assert kept is (decision.reason in KEPT)
    assert decision.joins_case is (decision.reason is Reason.SAME_STORY)
    without = decided(it, calm, case)
    assert decision.rating.severity >= without.rating.severity
    assert kept >= (without.opens_case or without.joins_case)
