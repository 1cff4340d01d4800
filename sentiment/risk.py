"""Which harm a text tells of: terms, what stands around them, and the tone of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from sentiment.harmless import Context
from sentiment.patterns import Findings, Span, finder
from sentiment.verdict import Risk, Sign
from sentiment.wordlist import Words

WEAK_FROM = 0.6
"""A weak term or a mere prospect counts from this probability of a negative tone."""
_SHOWN = 5
_LOOKED_AT = 10
"""So many terms of one list say it; a long article may hold hundreds."""
_SHORTLY = 10
"""So many words, or Chinese characters, lie between a harm and what shortly follows it."""
_THREATS = frozenset({Risk.LEGAL, Risk.MEDIA, Risk.SELF_HARM})
"""Announcing one of these is the risk itself: "if you do not refund I will sue"."""
_CLAUSE_END = re.compile(r"[,.!?;。~\n]|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
_SENTENCE_END = re.compile(r"[.!?;。\n]")
_WORD = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")
_SAME_BREATH = re.compile(r"(?:、|/|\s|和|或者?|及|以及|与|者|等|,? ?(?:no|or|and|nor) ?)+")
"""Between two terms: what denies the first denies the second."""


class _Sway(Enum):
    """What is left of a term after a look at its context."""

    NO_HARM = 0
    PASSED_OVER = 1
    DOUBTFUL = 2
    COUNTS = 3


@dataclass(frozen=True, slots=True)
class RiskReading:
    """`risk` is the gravest that counts; its `signs` are its terms, or what was passed over.

    `doubtful` is the gravest one that was passed over for a reason that may be wrong: a mere
    prospect, or a denial by somebody else. It is no risk, yet worth a look by a person.
    """

    risk: Risk = Risk.NONE
    signs: tuple[Sign, ...] = ()
    doubtful: Risk = Risk.NONE


@dataclass(frozen=True, slots=True)
class _Term:
    risk: Risk
    span: Span
    weak: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    term: _Term
    sway: _Sway
    because: str = ""


class RiskReader:
    """Reads risks off what the word lists found; safe to call from several threads."""

    def __init__(
        self,
        risks: Iterable[Risk],
        contexts: Mapping[Context, Words],
        *,
        weak_from: float = WEAK_FROM,
    ) -> None:
        """Take the risks in order of gravity; their lists are `risks.…` and `weak_risks.…`."""
        self._lists = [
            (risk, weak, f"{'weak_' * weak}risks.{risk}")
            for risk in risks
            for weak in (False, True)
        ]
        self._contexts = finder(tuple((str(name), words) for name, words in contexts.items()))
        self._weak_from = weak_from

    def read(self, text: str, found: Findings, *, negative: float) -> RiskReading:
        """Return the risk of a folded text.

        `found` is what the lists found in it, `negative` (0..1) the probability that its tone
        is negative: a term of a weak meaning counts only in a bad mood, a strong one always.
        """
        terms = [
            _Term(risk, span, weak)
            for risk, weak, name in self._lists
            if name in found
            for span in found[name][:_LOOKED_AT]
            if not (weak and span.within(found.get(f"risks.{risk}", ())))
        ]
        if not terms:
            return RiskReading()
        surroundings = _Surroundings(text, self._contexts.find(text), negative >= self._weak_from)
        first_person = found.get("first_person", ())
        terms.sort(key=lambda term: term.span)
        judged: list[_Judged] = []
        for term in terms:
            before = judged[-1] if judged else None
            judged.append(surroundings.judge(term, first_person, before))
        return self._sum_up(judged)

    def _sum_up(self, judged: list[_Judged]) -> RiskReading:
        for risk, _, _ in self._lists:
            of_risk = [one for one in judged if one.term.risk is risk]
            counting = [one for one in of_risk if one.sway is _Sway.COUNTS]
            if not counting and any(one.sway is _Sway.DOUBTFUL for one in of_risk):
                # "They say it cannot explode. Mine blew up.": the weak word confirms it.
                counting = [one for one in of_risk if one.term.weak and not one.because]
            if counting:
                texts = dict.fromkeys(one.term.span.text for one in counting)
                return RiskReading(risk, tuple(Sign("risk_term", t) for t in texts)[:_SHOWN])
        doubtful = [one.term.risk for one in judged if one.sway is _Sway.DOUBTFUL]
        passed = (f"{one.because} {one.term.span.text}" for one in judged if one.because)
        return RiskReading(
            signs=tuple(Sign("non_event", each) for each in dict.fromkeys(passed))[:_SHOWN],
            doubtful=next((risk for risk, _, _ in self._lists if risk in doubtful), Risk.NONE),
        )


class _Surroundings:
    """The context words of one text, asked about one term after the other."""

    def __init__(self, text: str, found: Findings, bad_mood: bool) -> None:
        self._text = text
        self._found = found
        self._bad_mood = bad_mood
        turns = [span.start for span in self._all(Context.TURN)]
        self._clause_ends = sorted([m.start() for m in _CLAUSE_END.finditer(text)] + turns)
        self._sentence_ends = [m.start() for m in _SENTENCE_END.finditer(text)]

    def judge(self, term: _Term, first_person: Iterable[Span], before: _Judged | None) -> _Judged:
        """Say whether `term` counts; `before` is the judgement on the term before it."""
        if term.span.within(self._all(Context.FIGURATIVE)):
            return _Judged(term, _Sway.NO_HARM)
        if denial := self._denial(term.span, before):
            return _Judged(term, self._denied(term, denial), denial.text)
        clause = self._around(term.span, self._clause_ends)
        in_food, room = self._dirt(term, clause)
        if room:
            return _Judged(term, _Sway.PASSED_OVER, room.text)
        if because := self._no_event(term.span, clause, first_person):
            return _Judged(term, _Sway.PASSED_OVER, because.text)
        thought = self._thought(term, clause)
        if thought and (term.weak or not self._bad_mood):
            sway = _Sway.PASSED_OVER if term.weak else _Sway.DOUBTFUL
            return _Judged(term, sway, thought.text)
        counts = self._bad_mood or in_food or not term.weak
        return _Judged(term, _Sway.COUNTS if counts else _Sway.NO_HARM)

    def _dirt(self, term: _Term, clause: Span) -> tuple[bool, Span | None]:
        """Say whether vermin, mould or stench is in food, else in which room, if it tells."""
        if term.risk is not Risk.HEALTH or not term.span.within(self._all(Context.DIRT)):
            return False, None
        if any(food.within((clause,)) for food in self._all(Context.FOOD)):
            return True, None
        return False, next(iter(self._all(Context.PREMISES)), None)

    def _denial(self, span: Span, before: _Judged | None) -> Span | None:
        if denial := self._right_before(Context.DENIED, span):
            return denial
        if before and before.because:
            # "no fire, no explosion", "没有起火、爆炸"
            earlier = self._denial(before.term.span, None)
            between = self._text[before.term.span.end : span.start]
            if earlier and _SAME_BREATH.fullmatch(between):
                return earlier
        return None

    def _denied(self, term: _Term, denial: Span) -> _Sway:
        """Somebody else's denial counts for less, and for nothing where the author turns on it."""
        sentence = self._around(term.span, self._sentence_ends)
        reported = any(
            sentence.start <= span.start and span.end <= denial.start
            for span in self._all(Context.REPORTED)
        )
        if reported and any(span.start >= term.span.end for span in self._all(Context.TURN)):
            return _Sway.COUNTS
        grave = reported or term.risk is Risk.SELF_HARM
        return _Sway.DOUBTFUL if grave and not term.weak else _Sway.PASSED_OVER

    def _no_event(self, span: Span, clause: Span, first_person: Iterable[Span]) -> Span | None:
        if receding := self._shortly_after(Context.RECEDING, span, clause):
            return receding
        if self._right_before(Context.CONFIRMED, span):
            return None
        if not clause.within(first_person):
            sentence = self._framed(span)
            for frame in self._all(Context.FRAME):
                if frame.within((sentence,)):
                    return frame
        return next((s for s in self._all(Context.NON_EVENT) if s.within((clause,))), None)

    def _thought(self, term: _Term, clause: Span) -> Span | None:
        """Return what says that it is not so now: long ago, mended since, or only thought of."""
        if past := next((s for s in self._all(Context.PAST) if s.within((clause,))), None):
            return past
        if ended := self._shortly_after(Context.ENDED, term.span, clause):
            return ended
        if term.risk in _THREATS:
            return None
        if prospect := self._right_before(Context.PROSPECT, term.span):
            confirmed = self._right_before(Context.CONFIRMED, term.span)
            # "没想到会起火" tells of a fire, "会不会真的起火" of none.
            return None if confirmed and confirmed.start < prospect.start else prospect
        return next((s for s in self._all(Context.HYPOTHESIS) if s.within((clause,))), None)

    def _shortly_after(self, context: Context, span: Span, clause: Span) -> Span | None:
        for each in self._all(context):
            if each.start >= span.end and each.within((clause,)):
                between = self._text[span.end : each.start]
                if len(_WORD.findall(between)) <= _SHORTLY:
                    return each
        return None

    def _framed(self, span: Span) -> Span:
        """Return the sentence around `span`, with the next one where it asks ("爆炸？官方辟谣")."""
        sentence = self._around(span, self._sentence_ends)
        if self._text[sentence.end : sentence.end + 1] != "?":
            return sentence
        end = min((e for e in self._sentence_ends if e > sentence.end), default=len(self._text))
        return Span(sentence.start, end, "")

    def _right_before(self, context: Context, span: Span) -> Span | None:
        for each in self._all(context):
            # "没有人" may reach into "人受伤".
            before = each.start < span.start and each.end < span.end
            if before and not self._text[each.end : span.start].strip(" -“\"'《"):
                return each
        return None

    def _around(self, span: Span, ends: list[int]) -> Span:
        start = max((end for end in ends if end <= span.start), default=0)
        end = min((end for end in ends if end >= span.end), default=len(self._text))
        return Span(start, end, "")

    def _all(self, context: Context) -> tuple[Span, ...]:
        return self._found.get(context, ())
