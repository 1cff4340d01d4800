"""The judge: from a text and the brand that it was found for to a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sentiment import complaint, genre
from sentiment.chain import split
from sentiment.complaint import Observed, Weights, observe
from sentiment.doubt import Measured, doubts
from sentiment.focus import Focus, Target, focus
from sentiment.genre import GenreReading
from sentiment.lexicon import Lexicon
from sentiment.patterns import Findings, Span, finder
from sentiment.risk import RiskReader
from sentiment.scorer import Evidence, Score, Scorer
from sentiment.text import clean, fold, language
from sentiment.topic import kind_of, topic_of
from sentiment.verdict import Genre, Label, Risk, Sign, Topic, Verdict

_TOPIC_OF_RISK: Final = {
    Risk.SAFETY: Topic.SAFETY,
    Risk.HEALTH: Topic.SAFETY,
    Risk.DATA_LEAK: Topic.PRIVACY,
}
_READ_CHARACTERS: Final = 5_000
"""The longest post that Weibo takes; the rest of a longer text is not read."""
_AT_ONCE: Final = 128
_OWN_WORDS: Final = 4
"""From so many characters on, what reposters say themselves is judged rather than the chain."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """A text on its way to a verdict.

    `found` are the words of the whole text, `found_about` those of its part about the brand.
    `asked` is what the scorer is asked, `more` the parts whose tones are compared with each
    other, the last of them being what the author passes on, if there is such a thing.
    """

    text: str
    folded: str
    found: Findings
    found_about: Findings
    focus: Focus
    asked: str
    more: tuple[str, ...]
    passed_on: bool
    found_for: bool


class Judge:
    """Turns texts into verdicts; safe to call from several threads."""

    def __init__(
        self,
        scorer: Scorer,
        *,
        targets: Sequence[Target] = (),
        complaint_words: Sequence[str] = (),
        lexicon: Lexicon | None = None,
        weights: Weights | None = None,
    ) -> None:
        """Take the scorer, the watched brands, and words of complaint besides the lexicon's.

        A brand goes by the first of its target's names. `weights` stand in for those that fit
        the scorer (`sentiment.complaint`).
        """
        self._scorer = scorer
        self._lexicon = (lexicon or Lexicon()).with_complaints(complaint_words)
        self._weights = weights
        self._targets = {target.names[0]: target for target in targets}
        self._finder = finder(tuple(self._lexicon.lists()))
        self._risks = RiskReader(self._lexicon.risks, self._lexicon.contexts)
        self._words_version = self._lexicon.version

    @property
    def version(self) -> str:
        """What `Verdict.model_version` says: the scorer's version and that of the word lists."""
        return self._version_with(self._scorer.version)

    def judge(self, texts: Sequence[str], brands: Sequence[str] | None = None) -> list[Verdict]:
        """Return one verdict per text, in order.

        `brands`, where given, has for each text the brand that it was found for, or an empty
        name: "X broke, should have bought BRAND" is no complaint about BRAND. Raises
        ValueError when the lengths differ.
        """
        brands = brands if brands is not None else [""] * len(texts)
        if len(brands) != len(texts):
            raise ValueError(f"{len(brands)} brands for {len(texts)} texts")
        pairs = list(zip(texts, brands, strict=True))
        return [
            verdict
            for first in range(0, len(pairs), _AT_ONCE)
            for verdict in self._judge(pairs[first : first + _AT_ONCE])
        ]

    def _judge(self, pairs: Sequence[tuple[str, str]]) -> list[Verdict]:
        drafts = [self._draft(*pair) for pair in pairs]
        asked = [draft.asked for draft in drafts]
        scores = self._scorer.score(asked)
        # A scorer that has just read these texts need not read them again.
        evidence = self._scorer.explain(asked)
        more = self._scorer.score([part for draft in drafts for part in draft.more])
        verdicts, first = [], 0
        for draft, score, why in zip(drafts, scores, evidence, strict=True):
            tones = [each.positive - each.negative for each in more[first:][: len(draft.more)]]
            verdicts.append(self._verdict(draft, score, tones, why))
            first += len(draft.more)
        return verdicts

    def observe(
        self, texts: Sequence[str], brands: Sequence[str]
    ) -> list[tuple[Observed, Score, Risk]]:
        """Return what bears on a complaint in each text, for those who fit `Weights`."""
        drafts = [self._draft(*pair) for pair in zip(texts, brands, strict=True)]
        scores = self._scorer.score([draft.asked for draft in drafts])
        found = []
        for draft, score in zip(drafts, scores, strict=True):
            risk = self._risks.read(draft.folded, draft.found, negative=score.negative)
            found.append((self._seen(draft, self._genre(draft).genre), score, risk.risk))
        return found

    def _version_with(self, scorer: str) -> str:
        return f"{scorer}+words-{self._words_version}"

    def _draft(self, text: str, brand: str) -> _Draft:
        text = text[:_READ_CHARACTERS]
        chain = split(text)
        folded = fold(text)
        found = self._finder.find(folded)
        about = focus(folded, self._target(brand)) if brand.strip() else Focus(folded, ())
        own = chain.own if len(chain.own) >= _OWN_WORDS else text
        asked = clean(about.text if about.narrowed else own)
        about_brand = about.text if about.narrowed else folded
        found_about = self._finder.find(about_brand) if about.narrowed else found
        # What others said may turn as it likes.
        turn = 0 if chain.quoted else _turn(found_about, about_brand)
        parts = (clean(about_brand[:turn]), clean(about_brand[turn:])) if turn else ()
        passed_on = (clean(chain.quoted[0]),) if chain.quoted and own is chain.own else ()
        more, found_for = (*parts, *passed_on), bool(brand.strip())
        return _Draft(
            text, folded, found, found_about, about, asked, more, bool(passed_on), found_for
        )

    def _target(self, brand: str) -> Target:
        return self._targets.get(brand) or Target((brand,))

    def _verdict(
        self, draft: _Draft, score: Score, tones: Sequence[float], evidence: tuple[Evidence, ...]
    ) -> Verdict:
        risk = self._risks.read(draft.folded, draft.found, negative=score.negative)
        sort = self._genre(draft)
        seen = observe(draft.found_about, sort.genre, draft.focus.lean, found_for=draft.found_for)
        likely = complaint.probability(seen, score, risk.risk, self._weights)
        spoken = language(draft.asked)
        doubted = doubts(
            draft.folded,
            Measured(
                score=score,
                complaint=likely,
                language=spoken,
                complaint_words=seen.cues,
                coverage=score.coverage,
                risk_word=risk.doubtful is not Risk.NONE and risk.risk is Risk.NONE,
                parts=tuple(tones[:-1] if draft.passed_on else tones),
                passed_on=tones[-1] if draft.passed_on else None,
            ),
        )
        topic = _TOPIC_OF_RISK.get(risk.risk) or topic_of(draft.found_about, seen.denied)
        label, confidence = _label(score)
        return Verdict(
            label=label,
            confidence=confidence,
            negative=score.negative,
            positive=score.positive,
            complaint=round(likely, 4),
            kind=kind_of(draft.found_about, topic),
            topic=topic,
            risk=risk.risk,
            genre=seen.genre,
            language=spoken,
            doubts=doubted.doubts,
            signs=(
                *complaint.signs(seen),
                *sort.signs,
                *draft.focus.signs,
                *risk.signs,
                *doubted.signs,
                *_carried(evidence, label),
            ),
            model_version=self._version_with(score.by or self._scorer.version),
        )

    def _seen(self, draft: _Draft, genre: Genre) -> Observed:
        return observe(draft.found_about, genre, draft.focus.lean, found_for=draft.found_for)

    def _genre(self, draft: _Draft) -> GenreReading:
        complaints = _different(draft.found.get("complaint", ()), ())
        return genre.read(draft.text, draft.found, self._lexicon.genres, complaints=complaints)


def _different(spans: tuple[Span, ...], denied: tuple[Span, ...]) -> int:
    return len({span.text for span in spans if not span.within(denied)})


def _turn(found: Findings, folded: str) -> int:
    """Return where a text turns (but, 但是), 0 where it does not."""
    room = range(_OWN_WORDS, len(folded) - _OWN_WORDS)
    return next((turn.start for turn in found.get("adversative", ()) if turn.start in room), 0)


def _label(score: Score) -> tuple[Label, float]:
    """Return the most probable class; a tie is neutral."""
    return max(
        (Label.NEUTRAL, score.neutral),
        (Label.NEGATIVE, score.negative),
        (Label.POSITIVE, score.positive),
        key=lambda pair: pair[1],
    )


def _carried(evidence: tuple[Evidence, ...], label: Label) -> tuple[Sign, ...]:
    """Return the words that carried the score, the bare tone where the scorer names none."""
    if not evidence:
        return (Sign("negative_tone"),) if label is Label.NEGATIVE else ()
    return tuple(
        Sign("speaks_for" if each.weight > 0 else "speaks_against", each.text, each.weight)
        for each in evidence
    )
