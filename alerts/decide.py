"""Whether a hit makes a case, joins one, or neither, and the reason for the answer.

Who is told of a case, and when, is decided later and for each receiver: `alerts.flow`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.case import CaseState
from alerts.fold import passes_on
from alerts.severity import URGENT_RISKS, Pace, Rating, Severity, Thresholds, rate
from alerts.watch import Hit
from scrapers.post import Post
from sentiment.verdict import Doubt, Genre, Label, Risk, Verdict

MIN_COMPLAINT = 0.5
MIN_LABEL_CONFIDENCE = 0.6
MIN_DOUBTED_COMPLAINT = 0.35
"""From here on a verdict that the judge itself doubts goes to a person."""


FALSE_ALARM_LASTS = timedelta(hours=24)
"""So long a story that people called a false alarm opens no other case, unless it is urgent."""


class Reason(StrEnum):
    """Why a decision was taken. The first two open a case, the third joins one, the rest drop."""

    FIRST = "first"
    UNSURE = "unsure"
    SAME_STORY = "same_story"
    KNOWN_FALSE_ALARM = "known_false_alarm"
    SHADOW = "shadow"
    NO_RULE = "no_rule"
    TOO_FEW = "too_few"
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
class FormerCase:
    """The last case of the same story that is over."""

    id: int
    state: CaseState
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Background:
    """What else is known when a post is decided on.

    `reach` adds up the followers of those who tell the story, this author included; `pace` says
    how fast it grows; `customer` is whom our people know behind the account. `withheld` is a
    rule's reason for keeping the hit back (it is tried in the shadow, is about other posts, or
    has seen too few).
    """

    earlier_complaints: int = 0
    reach: int = 0
    pace: Pace | None = None
    key_customer: str = ""
    former: FormerCase | None = None
    withheld: Reason | None = None


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
    spread: int
    opens_case: bool
    joins_case: bool
    uncertain: bool = False


ALONE = Background()


def decide(
    post: Post,
    hit: Hit,
    verdict: Verdict,
    *,
    open_case: OpenCase | None,
    thresholds: Thresholds,
    now: datetime,
    background: Background = ALONE,
) -> Decision:
    """Decide about a hit.

    `open_case` is the open case of the same story and brand, `verdict` that of
    `story_text(post, hit)`. Earlier complaints of the author count for the post that opens a
    case only: saying the same again is no second complaint.

    A repost joins the open case of its story whatever its own words are: it spreads it. Every
    other hit must be worth a case (see `_objection`), or may be one in the judge's own doubt
    (see `_may_be_one`), which opens a case as `Reason.UNSURE`. What a rule withholds, and what
    people called a false alarm a short while ago, opens none unless it is urgent.
    """
    spread = 1 + max(open_case.spread_count if open_case else 0, post.reposts or 0)
    rating = rate(
        post,
        hit,
        verdict,
        earlier_complaints=0 if open_case else background.earlier_complaints,
        spread=spread,
        thresholds=thresholds,
        reach=background.reach,
        pace=background.pace,
        key_customer=background.key_customer,
    )
    spreads = open_case is not None and passes_on(post, hit)
    objection = None if spreads else _objection(verdict)
    unsure = objection is not None and _may_be_one(verdict)
    if unsure:
        objection = None
    if objection is None and open_case is None:
        objection = _withheld(rating, background, now)
    first = Reason.UNSURE if unsure else Reason.FIRST
    return Decision(
        reason=objection or (Reason.SAME_STORY if open_case else first),
        rating=rating,
        spread=spread,
        opens_case=objection is None and open_case is None,
        joins_case=objection is None and open_case is not None,
        uncertain=objection is None and not spreads and _doubted(verdict),
    )


def worth_a_case(verdict: Verdict) -> bool:
    """Whether a hit with this verdict makes a case where nothing withholds it."""
    return _objection(verdict) is None or _may_be_one(verdict)


def _withheld(rating: Rating, background: Background, now: datetime) -> Reason | None:
    """Return why what would open a case opens none: never where it is urgent."""
    if rating.severity is Severity.URGENT:
        return None
    former = background.former
    alarmed_falsely = former is not None and former.state is CaseState.FALSE_ALARM
    if former and alarmed_falsely and now - former.closed_at < FALSE_ALARM_LASTS:
        return Reason.KNOWN_FALSE_ALARM
    return background.withheld


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
