"""What the judge says about a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Label(IntEnum):
    """Polarity of the author's words."""

    NEGATIVE = -1
    NEUTRAL = 0
    POSITIVE = 1


class Topic(StrEnum):
    """What a complaint is about."""

    REFUND = "refund"
    DELIVERY = "delivery"
    QUALITY = "quality"
    SERVICE = "service"
    PRICE = "price"
    ADVERTISING = "advertising"
    ACCOUNT = "account"
    OUTAGE = "outage"
    SAFETY = "safety"
    PRIVACY = "privacy"
    OTHER = "other"


class Risk(StrEnum):
    """A harm that goes beyond an unhappy customer."""

    NONE = "none"
    SAFETY = "safety"
    HEALTH = "health"
    LEGAL = "legal"
    DATA_LEAK = "data_leak"
    DISCRIMINATION = "discrimination"
    FRAUD = "fraud"
    MEDIA = "media"
    SELF_HARM = "self_harm"


class Kind(StrEnum):
    """The desk that a complaint belongs to (docs/complaint-guidelines.md)."""

    PRESALE = "presale"
    AFTERSALE = "aftersale"
    TECHNICAL = "technical"
    COMPLAINT = "complaint"


class Genre(StrEnum):
    """What kind of post it is, as far as its words show."""

    PERSONAL = "personal"
    ADVERT = "advert"
    LOTTERY = "lottery"
    NEWS = "news"
    QUESTION = "question"
    BOT = "bot"


class Doubt(StrEnum):
    """Why a person should look rather than trust the verdict."""

    IRONY = "irony"
    CONTRADICTION = "contradiction"
    UNKNOWN_DOMAIN = "unknown_domain"
    CLOSE_CALL = "close_call"
    RISK_WORD = "risk_word"
    NOT_JUDGED = "not_judged"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that carried the verdict: a code for translation and the words in the text.

    Codes are lower-case words such as `complaint_word`, `risk_term`, `negation`,
    `negative_tone`, `advert`; `text` is the span itself, empty where the sign is not a span.
    `weight` is the log-odds that it added to a complaint or a negative polarity, 0 where the
    sign is a plain rule.
    """

    code: str
    text: str = ""
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's answer; all probabilities in 0..1.

    `negative` and `positive` are the probabilities of these polarities, `confidence` that of
    `label`, `complaint` that the author complains about the brand. `kind` and `topic` say what
    it would be about. A verdict with `doubts` goes to a person rather than being trusted.
    `model_version` names scorer and word lists.
    """

    label: Label
    confidence: float
    negative: float
    positive: float
    complaint: float
    kind: Kind
    topic: Topic
    risk: Risk
    genre: Genre
    language: str
    doubts: tuple[Doubt, ...]
    signs: tuple[Sign, ...]
    model_version: str
