"""Cases on a database that posts join and open as they do in the service, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from alerts.decide import Decision, OpenCase, decide
from alerts.fold import fold_key, story_letters
from alerts.severity import Severity, Thresholds
from alerts.similar import Recent, bands, nearest
from benchmarks.stories import BRAND, HIT, START
from monitor.storage import cases, sketches
from monitor.storage.cases import NewCase
from monitor.storage.database import Connection, Database
from monitor.storage.sketches import Sketch
from scrapers.post import Post
from sentiment.verdict import Genre, Kind, Label, Risk, Topic, Verdict

THRESHOLDS = Thresholds()
VERDICT = Verdict(
    label=Label.NEGATIVE,
    confidence=0.9,
    negative=0.9,
    positive=0.02,
    complaint=0.9,
    kind=Kind.COMPLAINT,
    topic=Topic.OTHER,
    risk=Risk.NONE,
    genre=Genre.PERSONAL,
    language="zh",
    doubts=(),
    signs=(),
    model_version="benchmark",
)
WINDOW = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was found out about a post: its key, what is compared, its case, what to do."""

    post: Post
    key: str
    text: str
    bands: tuple[int, ...]
    case_id: int | None
    decision: Decision


def decided(connection: Connection, posts: Sequence[Post]) -> list[Decided]:
    """Decide about a batch of posts by the cases that are open; write nothing."""
    keys = [fold_key(post, HIT) for post in posts]
    open_ = cases.open_stories(connection, [(BRAND, key) for key in keys])
    ids = {key: story.id for (_, key), story in open_.items()}
    texts = {k: story_letters(p, HIT) for p, k in zip(posts, keys, strict=True) if k not in ids}
    looks = {key: bands(text) for key, text in texts.items()}
    lists = sketches.candidates(connection, [(BRAND, looks[key]) for key in texts], START - WINDOW)
    for (key, text), candidates in zip(texts.items(), lists, strict=True):
        if (case_id := nearest(text, candidates)) is not None:
            ids[key] = case_id
    return [
        Decided(
            post,
            key,
            texts.get(key, ""),
            looks.get(key, ()),
            ids.get(key),
            _decide(post, ids.get(key)),
        )
        for post, key in zip(posts, keys, strict=True)
    ]


def _decide(post: Post, case_id: int | None) -> Decision:
    known = OpenCase(case_id, Severity.NORMAL, 1) if case_id else None
    return decide(post, HIT, VERDICT, open_case=known, thresholds=THRESHOLDS, now=START)


def fold(database: Database, posts: Sequence[Post]) -> list[int]:
    """Let a batch of posts join cases and open new ones; return the case of each."""
    joined: list[int | str] = []
    new: dict[str, Decided] = {}
    recent: Recent[str] = Recent()
    with database.write() as connection:
        for one in decided(connection, posts):
            twin = one.key if one.key in new else None
            if one.case_id is None and twin is None:
                twin = recent.find(BRAND, one.text, one.bands)
            if one.case_id is None and twin is None:
                twin = one.key
                new[one.key] = one
                recent.add(BRAND, one.key, one.text, one.bands)
            joined.append(one.case_id or twin or "")
        ids = open_cases(connection, list(new.values()))
    by_key = dict(zip(new, ids, strict=True))
    return [by_key[case] if isinstance(case, str) else case for case in joined]


def open_cases(connection: Connection, new: Sequence[Decided]) -> list[int]:
    """Open a case for each."""
    ids = cases.open_cases(connection, [_case(one) for one in new])
    sketches.add(
        connection,
        [Sketch(case, BRAND, START, one.bands) for case, one in zip(ids, new, strict=True)],
    )
    return ids


def _case(one: Decided) -> NewCase:
    return NewCase(
        brand=BRAND,
        fold_key=one.key,
        severity=Severity.NORMAL,
        topic="other",
        risk="none",
        author_key=f"weibo:{one.post.author.id}",
        spread_count=1,
        published_at=one.post.published_at,
        opened_at=START,
        due_at=START,
        text=one.text,
    )
