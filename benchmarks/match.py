"""Prints the processor time of `Watch.match`: 50 brands, 500 words, posts of some 60 characters.

Run it as `python -m benchmarks.match`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime

from alerts.watch import Brand, Watch
from scrapers.post import Author, Platform, Post

BRANDS = 50
WORDS = 500
POSTS = 4000
REPEATS = 5
IDEOGRAPHS = [chr(code) for code in range(0x4E00, 0x5C00)]
FILLER = (
    "今天天气不错和朋友出门散步买了一杯咖啡聊了很久，路上人很多但是心情很好，晚上回家看书听音乐"
)


def main() -> None:
    draw = random.Random(7)
    brands = [_brand(draw, number) for number in range(BRANDS)]
    words = [_word(draw, 2 + number % 3) for number in range(WORDS - 3)]
    words += ["refund", "not working", "broken"]
    started = time.process_time()
    watch = Watch(brands, words)
    print(f"build, first    {1000 * (time.process_time() - started):8.1f} ms")
    started = time.process_time()
    Watch(brands, words)
    print(f"build, again    {1000 * (time.process_time() - started):8.1f} ms")
    plain = [_text(draw) for _ in range(POSTS)]
    named = [_with(draw, text, draw.choice(brands).name) for text in plain]
    hits = [_with(draw, text, draw.choice(words)) for text in named]
    _measure("no brand", watch, plain)
    _measure("brand only", watch, named)
    _measure("hit", watch, hits)


def _measure(name: str, watch: Watch, texts: list[str]) -> None:
    posts = [_post(number, text) for number, text in enumerate(texts)]
    found = sum(bool(watch.match(post)) for post in posts)
    best_s = min(_timed(lambda: [watch.match(post) for post in posts]) for _ in range(REPEATS))
    per_post_us = 1e6 * best_s / len(posts)
    print(
        f"{name:<12} {per_post_us:8.1f} µs/post {len(posts) / best_s:10,.0f} posts/s"
        f" {found:6,} hits"
    )


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _brand(draw: random.Random, number: int) -> Brand:
    name = _word(draw, 4)
    return Brand(
        name=name,
        aliases=(f"Brand{number}Watch", _word(draw, 5)),
        exclude=(f"{name}大师",),
        accounts={Platform.WEIBO: str(10_000 + number)},
        complaint_words=(_word(draw, 4),),
    )


def _word(draw: random.Random, letters: int) -> str:
    return "".join(draw.choices(IDEOGRAPHS, k=letters))


def _text(draw: random.Random) -> str:
    start = draw.randrange(len(FILLER))
    return ((FILLER + " 😀 ") * 3)[start : start + 60]


def _with(draw: random.Random, text: str, word: str) -> str:
    position = draw.randrange(len(text))
    return text[:position] + word + text[position:]


def _post(number: int, text: str) -> Post:
    return Post(
        platform=Platform.WEIBO,
        id=str(number),
        author=Author("1", "somebody"),
        text=text,
        published_at=datetime(2026, 11, 22, tzinfo=UTC),
        url="",
    )


if __name__ == "__main__":
    main()
