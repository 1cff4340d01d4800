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


class Genre(StrEnum):
    """What kind of post it is, as far as its words show."""

    PERSONAL = "personal"
    ADVERT = "advert"
    LOTTERY = "lottery"
    NEWS = "news"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that carried the verdict: a code for translation and the words in the text.

    Codes are lower-case words such as `complaint_word`, `risk_term`, `negation`,
    `negative_tone`, `advert`; `text` is the span itself, empty where the sign is not a span.
    """

    code: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's answer; all probabilities in 0..1.

    `negative` is the probability of negative polarity, `confidence` that of `label`,
    `complaint` that the author complains. `model_version` names scorer and word lists.
    """

    label: Label
    confidence: float
    negative: float
    complaint: float
    topic: Topic
    risk: Risk
    genre: Genre
    language: str
    signs: tuple[Sign, ...]
    model_version: str
