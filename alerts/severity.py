"""How grave a complaint is, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from alerts.amount import largest_amount
from alerts.causes import Cause, CauseCode, Params, Rating, Severity, rating_of, sentence
from alerts.fold import passes_on, story_text
from alerts.watch import Hit, Part, TermKind
from scrapers.post import Author, Post, Standing
from sentiment.verdict import Risk, Verdict

__all__ = [
    "URGENT_RISKS",
    "Cause",
    "CauseCode",
    "Pace",
    "Rating",
    "Severity",
    "Thresholds",
    "rate",
    "sentence",
]

URGENT_RISKS = frozenset({Risk.SAFETY, Risk.HEALTH, Risk.DATA_LEAK, Risk.SELF_HARM})
"""Somebody may come to harm while we wait; the other risks make a complaint important."""

_PUBLIC_VOICES = frozenset({Standing.MEDIA, Standing.GOVERNMENT})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Figures that make a complaint important or urgent (defaults of domain.md).

    The amount must be exceeded, the others reached. `spread_*` count the posts that tell one
    story, reposts and copies included; `reach_*` add up the followers of their authors;
    `speed_*` count the posts that a story gained within `speed_window_s`, and matter only from
    `speed_factor` times what the brand usually gets in such a time. `repeat_window_s` is how
    far back the caller counts earlier complaints. `exchange_rates` gives yuan per unit of a
    foreign currency by ISO code; amounts in others do not count.
    """

    kol_followers: int = 100_000
    important_amount_yuan: int = 1000
    repeat_window_s: int = 30 * 24 * 3600
    spread_important: int = 10
    spread_urgent: int = 100
    reach_important: int = 100_000
    reach_urgent: int = 1_000_000
    speed_window_s: int = 600
    speed_factor: float = 5
    speed_important: int = 20
    speed_urgent: int = 100
    exchange_rates: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a story grows: `posts` of it were published within the last `window_s` seconds.

    `usual` is how many posts about the brand such a time usually sees: its own baseline.
    """

    posts: int
    window_s: float
    usual: float


def rate(
    post: Post,
    hit: Hit,
    verdict: Verdict,
    *,
    earlier_complaints: int,
    spread: int,
    thresholds: Thresholds,
    reach: int = 0,
    pace: Pace | None = None,
    key_customer: str = "",
) -> Rating:
    """Rate a complaint by the table of domain.md.

    Urgent: a risk of `URGENT_RISKS`; public opinion (舆情), that is a medium, an authority or a
    KOL speaking, or a spread, reach or pace of the `…_urgent` thresholds. Important: any other
    risk, the second complaint of one person, an amount above the limit, a key customer (大客户),
    a spread, reach or pace of the `…_important` thresholds. What the story is about bears on
    none of them but the risk, and nothing makes it less grave.

    `earlier_complaints` of the author count only where the author tells their own story.
    `reach` adds up the followers of those who tell it, `pace` is None where nothing is known,
    `key_customer` the name of the key customer behind the author, empty for everybody else.
    """
    causes = [
        *_risk(verdict.risk),
        *_voice(post, hit, thresholds),
        *_spread(spread, thresholds),
        *_reach(reach, thresholds),
        *_speed(pace, thresholds),
        *_key_customer(key_customer),
        *_repeat(post, hit, earlier_complaints),
        *_amount(story_text(post, hit), thresholds),
        _words(hit),
    ]
    return rating_of(causes)


def _risk(risk: Risk) -> Iterator[Cause]:
    if risk is not Risk.NONE:
        severity = Severity.URGENT if risk in URGENT_RISKS else Severity.IMPORTANT
        yield Cause(CauseCode.RISK, {"risk": risk.value}, severity)


def _voice(post: Post, hit: Hit, thresholds: Thresholds) -> Iterator[Cause]:
    for author in _speakers(post, hit):
        if author.standing in _PUBLIC_VOICES:
            said = {"name": author.name, "standing": author.standing.value}
            yield Cause(CauseCode.PUBLIC_VOICE, said, Severity.URGENT)
            return
        if author.followers is not None and author.followers >= thresholds.kol_followers:
            heard: Params = {"name": author.name, "followers": author.followers}
            yield Cause(CauseCode.KOL, heard, Severity.URGENT)
            return


def _speakers(post: Post, hit: Hit) -> list[Author]:
    # The watch counts no complaint in what the brand itself wrote, so it is never a speaker.
    complains = any(
        term.kind is TermKind.COMPLAINT and term.part is Part.ORIGINAL for term in hit.terms
    )
    author = post.original.author if post.original else None
    return [post.author, author] if author and complains else [post.author]


def _spread(spread: int, thresholds: Thresholds) -> Iterator[Cause]:
    if severity := _grade(spread, thresholds.spread_important, thresholds.spread_urgent):
        yield Cause(CauseCode.SPREAD, {"count": spread}, severity)


def _reach(reach: int, thresholds: Thresholds) -> Iterator[Cause]:
    if severity := _grade(reach, thresholds.reach_important, thresholds.reach_urgent):
        yield Cause(CauseCode.REACH, {"followers": reach}, severity)


def _speed(pace: Pace | None, thresholds: Thresholds) -> Iterator[Cause]:
    if pace is None or pace.posts < thresholds.speed_factor * pace.usual:
        return
    if severity := _grade(pace.posts, thresholds.speed_important, thresholds.speed_urgent):
        params: Params = {
            "posts": pace.posts,
            "minutes": max(1, round(pace.window_s / 60)),
            "usual": f"{pace.usual:.1f}".removesuffix(".0"),
        }
        yield Cause(CauseCode.SPEED, params, severity)


def _grade(figure: int, important: int, urgent: int) -> Severity | None:
    if figure >= urgent:
        return Severity.URGENT
    return Severity.IMPORTANT if figure >= important else None


def _key_customer(name: str) -> Iterator[Cause]:
    if name:
        yield Cause(CauseCode.VIP, {"name": name}, Severity.IMPORTANT)


def _repeat(post: Post, hit: Hit, earlier_complaints: int) -> Iterator[Cause]:
    if earlier_complaints >= 1 and not passes_on(post, hit):
        yield Cause(CauseCode.REPEAT, {"count": earlier_complaints + 1}, Severity.IMPORTANT)


def _amount(text: str, thresholds: Thresholds) -> Iterator[Cause]:
    amount = largest_amount(text, thresholds.exchange_rates)
    if amount and amount.exceeds(thresholds.important_amount_yuan):
        params: Params = {
            "yuan": f"{amount.yuan:,.2f}".removesuffix(".00") + "+" * amount.more,
            "fen": round(amount.yuan * 100),
            "limit": thresholds.important_amount_yuan,
        }
        yield Cause(CauseCode.AMOUNT, params, Severity.IMPORTANT)


def _words(hit: Hit) -> Cause:
    words = dict.fromkeys(term.text for term in hit.terms if term.kind is TermKind.COMPLAINT)
    return Cause(CauseCode.WORDS, {"brand": hit.brand, "words": " / ".join(words)})
