"""Says why the post of a case is judged otherwise than before, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alerts.decide import Reason
from sentiment.verdict import Verdict


class Outcome(StrEnum):
    """What becomes of a case whose post is judged otherwise."""

    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    LEFT_TO_PERSON = "left_to_person"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Change:
    """What a post was taken for and what it is taken for now.

    `reason` is that of the new decision. `who` said so, empty where a better model did.
    """

    was: Verdict | None
    now: Verdict
    reason: Reason
    who: str = ""


@dataclass(frozen=True, slots=True)
class _Phrases:
    anew: str
    anew_from: str
    said: str
    what: Mapping[Reason, str]
    then: Mapping[Outcome, str]


_PHRASES: Final[Mapping[str, _Phrases]] = {
    "zh-CN": _Phrases(
        anew="重新研判：投诉的可能为 {now}，{what}",
        anew_from="重新研判：投诉的可能由 {was} 变为 {now}，{what}",
        said="{who} 更正：{what}",
        what={
            Reason.FIRST: "算投诉",
            Reason.UNSURE: "可能是投诉",
            Reason.PRAISE: "是称赞",
            Reason.QUESTION: "是提问",
            Reason.NEWS: "是新闻报道",
            Reason.ADVERT: "是广告",
            Reason.LOTTERY: "是抽奖",
            Reason.NOT_A_COMPLAINT: "不算投诉",
        },
        then={
            Outcome.LEFT_TO_PERSON: "；已有人经手，由人决定",
            Outcome.UNCERTAIN: "；事关人身安全，不会自动撤回，请人再看",
        },
    ),
    "en": _Phrases(
        anew="Judged anew: a complaint with {now}; {what}",
        anew_from="Judged anew: a complaint with {now}, {was} before; {what}",
        said="{who} corrected it: {what}",
        what={
            Reason.FIRST: "it is a complaint",
            Reason.UNSURE: "it may be a complaint",
            Reason.PRAISE: "it is praise",
            Reason.QUESTION: "it is a question",
            Reason.NEWS: "it is a news report",
            Reason.ADVERT: "it is an advert",
            Reason.LOTTERY: "it is a lottery",
            Reason.NOT_A_COMPLAINT: "it is no complaint",
        },
        then={
            Outcome.LEFT_TO_PERSON: "; somebody is at work on it, so a person decides",
            Outcome.UNCERTAIN: "; somebody may come to harm, so it stays: please look again",
        },
    ),
}


def words(change: Change, outcome: Outcome, locale: str) -> str:
    """Say what changed and what becomes of the case, in `zh-CN` or `en`.

    Raises:
        KeyError: the locale is another one.

    """
    phrases = _PHRASES[locale]
    phrase = phrases.anew_from if change.was else phrases.anew
    if change.who:
        phrase = phrases.said
    said = phrase.format(
        was=f"{change.was.complaint:.0%}" if change.was else "",
        now=f"{change.now.complaint:.0%}",
        what=phrases.what.get(change.reason, phrases.what[Reason.NOT_A_COMPLAINT]),
        who=change.who,
    )
    return said + phrases.then.get(outcome, "")
