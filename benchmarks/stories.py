"""A stream of posts that tell stories: roots, copies of them, and other people's lookalikes."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.similar import is_distinctive, letters
from alerts.watch import Hit, Part, Term, TermKind
from benchmarks.copies import copied
from benchmarks.lookalikes import FORMS, PHRASES, form_letters, other_figures, other_good
from scrapers.post import Author, Platform, Post
from scrapers.weibo.markup import part as parted

BRAND = "星云手表"
START = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = 15
"""So many people fill in each form letter."""
LOOKALIKES = 0.25
"""So often somebody else's post differs from a story in its figures or in what it is about."""
COPIES = (0, 1, 1, 2, 2, 3, 5)
STORM = 40
"""Copies of every hundredth story."""
HIT = Hit(BRAND, (Term("x", TermKind.COMPLAINT, Part.TEXT, 0, 1),), "benchmark")


@dataclass(frozen=True, slots=True)
class Told:
    """A post of the stream: whose story it tells, and how it came about.

    `kind` is that of the story: post, figures, good, form or phrase; `edits` are those that
    made a copy, none for the story's first post.
    """

    story: int
    kind: str
    text: str
    edits: tuple[str, ...] = ()


def read_texts(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Give name and texts of each set in a folder; own words alone, and no two alike."""
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            own = [parted(json.loads(line)["text"]).own for line in lines]
        by_letters = {letters(text): text for text in own}
        yield path.name.split(".")[0], [t for told, t in by_letters.items() if is_distinctive(told)]


def sampled(draw: random.Random, folder: Path, count: int) -> list[str]:
    """Return so many texts, as many of each set as it has or as its share is."""
    sets = [texts for _, texts in read_texts(folder)]
    chosen: list[str] = []
    for left, texts in zip(range(len(sets), 0, -1), sorted(sets, key=len), strict=True):
        share = min(len(texts), (count - len(chosen)) // left)
        chosen += draw.sample(texts, k=share)
    draw.shuffle(chosen)
    return chosen


def made_up(draw: random.Random, count: int) -> list[str]:
    """Return so many form letters; for a machine without data."""
    each = -(-count // len(FORMS))
    texts = [text for form in FORMS for text in form_letters(draw, form, each)]
    draw.shuffle(texts)
    return texts[:count]


def stream(draw: random.Random, texts: Sequence[str]) -> list[Told]:
    """Return the posts of many stories in the order of their publication."""
    firsts = [("post", text) for text in texts]
    firsts += [("figures", other) for t in texts if (other := _other(draw, t, "figures"))]
    firsts += [("good", other) for t in texts if (other := _other(draw, t, "good"))]
    firsts += [("form", text) for form in FORMS for text in form_letters(draw, form, PEOPLE)]
    firsts += [("phrase", text) for text in PHRASES]
    timed: list[tuple[float, Told]] = []
    for story, (kind, text) in enumerate(firsts):
        at = draw.random()
        timed.append((at, Told(story, kind, text)))
        for _ in range(STORM if story % 100 == 0 else draw.choice(COPIES)):
            copy, edits = copied(draw, text)
            timed.append((at + draw.expovariate(20), Told(story, kind, copy, edits)))
    return [told for _, told in sorted(timed, key=lambda pair: pair[0])]


def _other(draw: random.Random, text: str, kind: str) -> str | None:
    if draw.random() > LOOKALIKES:
        return None
    return (other_figures if kind == "figures" else other_good)(draw, text)


def post_of(number: int, text: str) -> Post:
    """Return the post of somebody who complains in these words."""
    return Post(
        platform=Platform.WEIBO,
        id=str(5_300_000_000_000_000 + number),
        author=Author(str(number), "somebody", followers=number % 999),
        text=text,
        published_at=START + timedelta(milliseconds=number),
        url="",
    )
