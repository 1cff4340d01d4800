"""Whether a hit becomes an alert, and the reason for either answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.fold import fold_key, passes_on
from alerts.severity import URGENT_RISKS, Rating, Severity, Thresholds, rate
from alerts.watch import Hit
from scrapers.post import Post
from sentiment.verdict import Doubt, Genre, Label, Risk, Verdict

SPREAD_STEPS = (10, 100, 1000)
"""Numbers of posts telling one story, reposts and copies included, that are told of anew."""

MIN_COMPLAINT = 0.5
MIN_LABEL_CONFIDENCE = 0.6
MIN_DOUBTED_COMPLAINT = 0.35
"""From here on a verdict that the judge itself doubts goes to a person."""


class Reason(StrEnum):
    """Why a decision was taken. The first four tell people, the next only counts, the rest drop."""

    FIRST = "first"
    SEVERITY_UP = "severity_up"
    SPREAD = "spread"
    UNSURE = "unsure"
    SAME_STORY = "same_story"
    ADVERT = "advert"
    LOTTERY = "lottery"
    NEWS = "news"
    PRAISE = "praise"
    QUESTION = "question"
    NOT_A_COMPLAINT = "not_a_complaint"


_PROMOTIONS = {Genre.ADVERT: Reason.ADVERT, Genre.LOTTERY: Reason.LOTTERY}
_HARMLESS = {Genre.NEWS: Reason.NEWS, Genre.QUESTION: Reason.QUESTION}


@dataclass(frozen=True, slots=True)
class OpenCase:
    """What is known of the open case with the hit's brand and fold key.

    `spread_count` is the number of posts that tell the story, the first included: the
    `Decision.spread` of the post that joined last.
    """

    id: int
    severity: Severity
    spread_count: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a hit.

    `rating` is that of this post; the case keeps the gravest. `spread` is the number of posts
    that tell the story, this one included, and belongs into the case's `spread_count`.
    `uncertain` says that the judge doubts its verdict: whoever is told shall look for
    themselves. It changes neither the rating nor who is told.
    """

    reason: Reason
    rating: Rating
    fold_key: str
    spread: int
    opens_case: bool
    joins_case: bool
    notifies: bool
    uncertain: bool = False


def decide(
    post: Post,
    hit: Hit,
    verdict: Verdict,
    *,
    open_case: OpenCase | None,
    earlier_complaints: int,
    thresholds: Thresholds,
) -> Decision:
    """Decide about a hit.

    `open_case` is the open case of the same brand and `fold_key(post, hit)`, `verdict` that of
    `story_text(post, hit)`, `earlier_complaints` the number of cases that the author's posts
    opened within `thresholds.repeat_window_s`. They count for the post that opens a case only:
    saying the same again is no second complaint.

    A repost joins the open case of its story whatever its own words are: it spreads it. Every
    other hit must be worth a case (see `_objection`), or may be one in the judge's own doubt
    (see `_may_be_one`), which opens a case as `Reason.UNSURE`. Somebody is told of the first
    post of a story, of a graver one, and when the spread reaches one of `SPREAD_STEPS`.
    """
    spread = 1 + max(open_case.spread_count if open_case else 0, post.reposts or 0)
    rating = rate(
        post,
        hit,
        verdict,
        earlier_complaints=0 if open_case else earlier_complaints,
        spread=spread,
        thresholds=thresholds,
    )
    spreads = open_case is not None and passes_on(post, hit)
    objection = None if spreads else _objection(verdict)
    unsure = objection is not None and _may_be_one(verdict)
    if unsure:
        objection = None
    first = Reason.UNSURE if unsure else Reason.FIRST
    reason = objection or _reason(open_case, rating, spread, first)
    return Decision(
        reason=reason,
        rating=rating,
        fold_key=fold_key(post, hit),
        spread=spread,
        opens_case=objection is None and open_case is None,
        joins_case=objection is None and open_case is not None,
        notifies=objection is None and reason is not Reason.SAME_STORY,
        uncertain=objection is None and not spreads and _doubted(verdict),
    )


def _reason(open_case: OpenCase | None, rating: Rating, spread: int, first: Reason) -> Reason:
    if open_case is None:
        return first
    if rating.severity > open_case.severity:
        return Reason.SEVERITY_UP
    if any(open_case.spread_count < step <= spread for step in SPREAD_STEPS):
        return Reason.SPREAD
    return Reason.SAME_STORY


def _objection(verdict: Verdict) -> Reason | None:
    """Return why the verdict makes no case, None if it makes one.

    Where somebody may come to harm nothing objects. Adverts and lotteries are full of
    complaint words and other risks ("假一赔十"), so those do not save them. Any risk, a likely
    complaint, or clearly negative words make a case; so a newspaper's complaint is one (its
    author makes it urgent, `alerts.severity`), its report of record sales is not.
    """
    if verdict.risk in URGENT_RISKS:
        return None
    if verdict.genre in _PROMOTIONS:
        return _PROMOTIONS[verdict.genre]
    sure = verdict.confidence >= MIN_LABEL_CONFIDENCE
    negative = sure and verdict.label is Label.NEGATIVE
    if verdict.risk is not Risk.NONE or verdict.complaint >= MIN_COMPLAINT or negative:
        return None
    if sure and verdict.label is Label.POSITIVE:
        return Reason.PRAISE
    return _HARMLESS.get(verdict.genre, Reason.NOT_A_COMPLAINT)


def _doubted(verdict: Verdict) -> bool:
    """Whether people are told that the judge is not sure; never of what may do harm."""
    return bool(verdict.doubts) and verdict.risk not in URGENT_RISKS


def _may_be_one(verdict: Verdict) -> bool:
    """Whether a doubted verdict that makes no case may be a complaint all the same.

    So it is with praise in mockery, with words that could not be judged at all, and wherever
    the probability comes near. Adverts and machines are full of such words and stay out.
    """
    if not verdict.doubts or verdict.genre in _PROMOTIONS or verdict.genre is Genre.BOT:
        return False
    mocks = Doubt.IRONY in verdict.doubts and verdict.label is Label.POSITIVE
    unread = Doubt.NOT_JUDGED in verdict.doubts
    return mocks or unread or verdict.complaint >= MIN_DOUBTED_COMPLAINT
