"""Whether two texts tell one story though somebody edited, cut or dressed up one of them.

Texts are compared as their letters (see `letters`). What the thresholds are worth is measured by
`python -m benchmarks.folding`, on edited copies of real posts and on posts of other people.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel, Postfix, Prefix

from alerts.spelling import SENTENCE_END, is_ideographic, squeeze

_K = TypeVar("_K", bound=Hashable)

MIN_STORY_WEIGHT: Final = 24
"""Lighter texts ("星云手表垃圾") are written by strangers in the same words by chance.

An ideograph weighs 2, any other letter 1: so much they say.
"""
MAX_LETTERS: Final = 1000
"""Further letters are not compared: the beginning tells a long post from others."""
BANDS: Final = 16
MIN_SHARED: Final = 2
"""Texts with fewer bands in common are not compared; copies have more."""
MOST_CANDIDATES: Final = 12
CROWD: Final = 20
"""A band of so many stories (a brand's name, a form letter) tells nothing: no more get it."""

_NOT_WORDS: Final = re.compile(
    r"https?://\S+"  # links are shortened anew for each post
    r"|[@＠][\w\-·]{1,30}"  # whom a copier tells
    r"|\[[^\[\]\s]{1,8}\]"  # Weibo's codes of faces, [怒]
)
_IDEOGRAPHIC_GRAM: Final = 4
_GRAM: Final = 8
_FIGURE_BANDS: Final = 6
"""So many bands stand for pieces with figures: all else in a form letter is the same."""
_HEAD: Final = 160
"""The beginning that is left when a platform cuts; most bands stand for it."""
_TAIL_BANDS: Final = 4
_SPREAD: Final = 0x9E3779B1  # odd: mixes a checksum's bits, so that the smallest are any

_MIN_RATIO: Final = 85
_MIN_CONTAINED: Final = 0.78
_PIECE_IDEOGRAPHS: Final = 3
_PIECE_LETTERS: Final = 6
_SHORT_WEIGHT: Final = 60
"""In lighter texts one ideograph makes another complaint (手机, 耳机)."""
_COMMENT_WEIGHT: Final = 40
"""So much people add to a short text that they pass on."""
_CUT_LETTERS: Final = 80
"""So many are left at least where a platform cuts, at 140 characters."""
_MIN_SWAP: Final = 2
_MIN_SWAPS: Final = 5
"""What makes another word, by the weight of one side and of both; less is a typing error."""
_TIMES: Final = 4
_END_TIMES: Final = 2
"""What is so many times as heavy was put in or left out, at an end also cut, not exchanged."""
_MOVED_WEIGHT: Final = 8

_NUMBER: Final = re.compile(r"\d+")
_NUMERALS: Final = frozenset("零一二两三四五六七八九十百千万亿半0123456789")
_PARTICLES: Final = frozenset("的地得了着过是吗呢啊吧呀嘛哦哈哇诶就也都在不很太我你他她它们")
"""Ideographs that are lost and added in passing."""


def letters(text: str) -> str:
    """Return what is compared of a text: simplified, lower-case letters and digits alone.

    Links, mentions, emoji, codes of faces, punctuation and blanks are no part of a story.
    """
    return squeeze(_NOT_WORDS.sub(" ", text)).replace(SENTENCE_END, "")


def is_distinctive(text: str) -> bool:
    """Whether letters say enough for equal ones to be one story and no coincidence."""
    return _weighs(text, MIN_STORY_WEIGHT)


def bands(text: str) -> tuple[int, ...]:
    """Return up to `BANDS` checksums of pieces of letters; copies have many of them in common.

    They are the smallest mixed checksums (bottom-k MinHash) of the pieces with figures, of the
    beginning, and of all: 32 bits each, sorted, the same on every machine and version. Texts
    that are not distinctive have none.
    """
    if not is_distinctive(text):
        return ()
    text = text[:MAX_LETTERS]
    checksums = _checksums(text)
    figures = {checksums[at] for at in _beside_figures(text) if at < len(checksums)}
    chosen = sorted(figures)[:_FIGURE_BANDS]
    for some, most in ((checksums[:_HEAD], BANDS - _TAIL_BANDS), (checksums, BANDS)):
        chosen += sorted(set(some).difference(chosen))[: most - len(chosen)]
    return tuple(sorted(chosen))


def same_story(one: str, other: str) -> bool:
    """Whether letters are those of one story, one text being an edited copy of the other.

    Copies have nearly the same letters, or one holds most of what the other says (a prefix, a
    comment, a cut, sentences left out or in another order), and they keep the figures and the
    words for things: where those differ, two people have two complaints.
    """
    if not (is_distinctive(one) and is_distinctive(other)):
        return False
    if one == other:
        return True
    less, more = sorted((one[:MAX_LETTERS], other[:MAX_LETTERS]), key=lambda t: (len(t), t))
    short = not _weighs(less, _SHORT_WEIGHT)
    return _is_alike(less, more, short=short) and not _is_told_apart(less, more, short=short)


def nearest(text: str, candidates: Iterable[tuple[_K, str]]) -> _K | None:
    """Return the key of the first candidate, best first, that tells the story of `text`."""
    return next((key for key, known in candidates if same_story(text, known)), None)


def ranked(holders: Iterable[Sequence[_K]]) -> list[_K]:
    """Return the stories worth a comparison, given for each band of a text who else holds it.

    Those that share the rarest band come first: a form letter's other words are everybody's.
    At least `MIN_SHARED` bands are shared, and there are at most `MOST_CANDIDATES`.
    """
    by_rarity = sorted(holders, key=len)
    shared = Counter(chain.from_iterable(by_rarity))
    best: dict[_K, None] = {}
    for key in chain.from_iterable(by_rarity):
        if shared[key] >= MIN_SHARED:
            best[key] = None
            if len(best) == MOST_CANDIDATES:
                break
    return list(best)


class Recent(Generic[_K]):
    """Stories of a batch that no database knows yet, each by its representative."""

    def __init__(self) -> None:
        self._holders: dict[tuple[str, int], list[_K]] = {}
        self._texts: dict[_K, str] = {}

    def add(self, brand: str, key: _K, text: str, bands: Sequence[int]) -> None:
        """Remember a story's representative."""
        self._texts[key] = text
        for band in bands:
            holders = self._holders.setdefault((brand, band), [])
            if len(holders) < CROWD:
                holders.append(key)

    def find(self, brand: str, text: str, bands: Sequence[int]) -> _K | None:
        """Return the key of the story that `text` is a copy of, None without one."""
        best = ranked(self._holders.get((brand, band), ()) for band in bands)
        return nearest(text, ((key, self._texts[key]) for key in best))


def _weighs(text: str, least: int) -> bool:
    if len(text) >= least or 2 * len(text) < least:
        return len(text) >= least
    return _weight(text) >= least


def _weight(text: str) -> int:
    return len(text) + sum(map(is_ideographic, text))


def _checksums(text: str) -> list[int]:
    """Return the mixed checksum of the piece that starts at each letter, up to the last whole."""
    raw = memoryview(text.encode("utf-32-le", "surrogatepass"))
    ends = (
        at + (_IDEOGRAPHIC_GRAM if is_ideographic(letter) else _GRAM)
        for at, letter in enumerate(text)
    )
    return [
        zlib.crc32(raw[4 * at : 4 * end]) * _SPREAD & 0xFFFFFFFF
        for at, end in enumerate(ends)
        if end <= len(text)
    ]


def _beside_figures(text: str) -> Iterator[int]:
    """Give the starts of the pieces that hold a part of a number."""
    for number in _NUMBER.finditer(text):
        before = _IDEOGRAPHIC_GRAM if is_ideographic(text[number.start() - 1]) else _GRAM
        yield from range(max(0, number.start() - before + 1), number.end())


def _is_alike(less: str, more: str, *, short: bool) -> bool:
    if fuzz.ratio(less, more, score_cutoff=_MIN_RATIO):
        return True
    if short and _weight(more) > _weight(less) + max(_weight(less), _COMMENT_WEIGHT):
        return False  # a phrase that many use, in a text that says more
    mine, yours = _pieces(less), _pieces(more)
    return len(mine & yours) >= _MIN_CONTAINED * min(len(mine), len(yours))


def _pieces(text: str) -> set[str]:
    return {
        text[at : at + (_PIECE_IDEOGRAPHS if is_ideographic(text[at]) else _PIECE_LETTERS)]
        for at in range(len(text) - _PIECE_IDEOGRAPHS + 1)
    }


def _is_told_apart(less: str, more: str, *, short: bool) -> bool:
    if _has_other_figures(less, more):
        return True
    swaps = _swaps(less, more, short=short)
    return any(_is_another(swap, less, more, short=short) for swap in swaps)


def _has_other_figures(less: str, more: str) -> bool:
    """Whether each text has a number that the other has not; a cut may go through the last."""
    in_less, in_more = Counter(_NUMBER.findall(less)), Counter(_NUMBER.findall(more))
    mine, yours = list(in_less - in_more), list(in_more - in_less)
    if not mine or not yours:
        return False
    was_cut = len(mine) == 1 and len(less) >= _CUT_LETTERS and less.endswith(mine[0])
    return not (was_cut and any(number.startswith(mine[0]) for number in yours))


class _Swap(NamedTuple):
    """What stands in one text in the place of something else in the other."""

    mine: str
    yours: str
    at_end: bool
    """Whether one of the texts begins or ends with it."""


def _swaps(less: str, more: str, *, short: bool) -> Iterator[_Swap]:
    """Give what was exchanged; a letter that two words happen to share does not part them.

    The tails of longer texts are left out: there people cut and comment.
    """
    at, with_ = 0, 0
    for block in Indel.editops(less, more).as_matching_blocks():
        is_last = block.size == 0
        if block.size == 1 and (short or not is_ideographic(less[block.a])):
            continue
        mine, yours = _differing(less[at : block.a], more[with_ : block.b])
        if mine and yours and (short or not is_last):
            yield _Swap(mine, yours, at_end=is_last or 0 in (at, with_))
        at, with_ = block.a + block.size, block.b + block.size


def _differing(mine: str, yours: str) -> tuple[str, str]:
    """Return both without the letters with which both begin or end."""
    start = Prefix.similarity(mine, yours)
    mine, yours = mine[start:], yours[start:]
    end = Postfix.similarity(mine, yours)
    return mine[: len(mine) - end], yours[: len(yours) - end]


def _is_another(swap: _Swap, less: str, more: str, *, short: bool) -> bool:
    """Whether a swap makes another complaint: another number, or another word of like size."""
    mine, yours = swap.mine, swap.yours
    if _is_in(mine, more) or _is_in(yours, less):
        return False  # moved
    if _numerals(mine) and _numerals(yours) and _numerals(mine) != _numerals(yours):
        return True
    light, heavy = sorted((_weight(mine), _weight(yours)))
    if light < _MIN_SWAP or heavy > light * (_END_TIMES if swap.at_end else _TIMES):
        return False
    return light + heavy >= _MIN_SWAPS or (short and _PARTICLES.isdisjoint(mine + yours))


def _is_in(piece: str, text: str) -> bool:
    return _weight(piece) >= _MOVED_WEIGHT and piece in text


def _numerals(text: str) -> list[str]:
    return [letter for letter in text if letter in _NUMERALS]
