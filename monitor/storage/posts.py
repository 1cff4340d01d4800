"""Posts as read and the hits among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from alerts.watch import Hit, Part, Term, TermKind
from monitor.storage import tables as t
from scrapers.post import Author, Original, Platform, Post, Standing
from scrapers.source import BadItem

HOUR = timedelta(hours=1)
LARGEST_COUNT = 2**62
"""A platform's count beyond this is nonsense and would not fit a column."""
ID_LIMIT = 64
HINT_LIMIT = 16
_Key: TypeAlias = tuple[str, str]  # platform and native id
RAW_LIMIT = 20_000
"""Characters kept of an item that could not be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A post together with what the rules found in it."""

    post: Post
    hits: tuple[Hit, ...]
    named: tuple[str, ...]
    """Brands that the post names, with or without a complaint word."""


@dataclass(frozen=True, slots=True)
class Added:
    """What one call stored."""

    new: int
    duplicates: int
    hits_by_brand: Mapping[str, int]

    @property
    def hits(self) -> int:
        """How many hits were new."""
        return sum(self.hits_by_brand.values())


@dataclass(frozen=True, slots=True)
class StoredHit:
    """A hit with its post, as the judge needs them."""

    id: int
    post_id: int
    post: Post
    hit: Hit
    first_seen_at: datetime
    source: str


def upsert(connection: Connection, table: Any) -> Any:
    """Return the dialect's INSERT, which can say ON CONFLICT."""
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    return kind.insert(table)


def add(
    connection: Connection,
    found: Sequence[Found],
    *,
    source: str,
    query_key: str,
    seen_at: datetime,
) -> Added:
    """Store what is new among `found`, in order of publication: a story's root before its reposts.

    Known posts and hits stay as they are.
    """
    # Everyone inserts in the same order, so that two who found the same posts never deadlock.
    ordered = sorted(found, key=lambda f: (f.post.published_at, f.post.platform, f.post.id))
    unique = {(f.post.platform.value, f.post.id): f for f in ordered}
    known = _known(connection, unique)
    fresh = _insert_posts(
        connection,
        [
            _post_row(f.post, source, query_key, seen_at)
            for key, f in unique.items()
            if key not in known
        ],
    )
    _count_volume(connection, [f for key, f in unique.items() if key in fresh])
    hits = _add_hits(connection, [f for f in unique.values() if f.hits], seen_at)
    return Added(len(fresh), len(found) - len(fresh), hits)


def _insert_posts(connection: Connection, rows: Sequence[dict[str, Any]]) -> set[_Key]:
    """Insert posts and return which were new: another process may have come first."""
    if not rows:
        return set()
    statement = upsert(connection, t.post).on_conflict_do_nothing()
    inserted = connection.execute(statement.returning(t.post.c.platform, t.post.c.native_id), rows)
    return {(row.platform, row.native_id) for row in inserted}


def _known(connection: Connection, keys: Iterable[_Key]) -> dict[_Key, int]:
    by_platform: dict[str, list[str]] = {}
    for platform, native_id in keys:
        by_platform.setdefault(platform, []).append(native_id)
    return {
        (platform, row.native_id): row.id
        for platform, ids in by_platform.items()
        for row in connection.execute(
            select(t.post.c.id, t.post.c.native_id).where(
                t.post.c.platform == platform, t.post.c.native_id.in_(ids)
            )
        )
    }


def _add_hits(
    connection: Connection, found: Sequence[Found], matched_at: datetime
) -> Mapping[str, int]:
    if not found:
        return {}
    ids = _known(connection, [(f.post.platform.value, f.post.id) for f in found])
    rows = [
        {
            "post_id": ids[f.post.platform.value, f.post.id],
            "brand": hit.brand,
            "terms": [_term_row(term) for term in hit.terms],
            "addressed": hit.addressed,
            "rules_version": hit.rules_version,
            "matched_at": matched_at,
        }
        for f in found
        for hit in f.hits
    ]
    statement = upsert(connection, t.hit).on_conflict_do_nothing()
    return Counter(connection.execute(statement.returning(t.hit.c.brand), rows).scalars())


def _count_volume(connection: Connection, fresh: Sequence[Found]) -> None:
    counts = Counter(
        (f.post.platform.value, brand, _hour(f.post.published_at))
        for f in fresh
        for brand in f.named
    )
    if not counts:
        return
    rows = [
        {"platform": platform, "brand": brand, "hour_at": hour, "posts": posts}
        for (platform, brand, hour), posts in sorted(counts.items())
    ]
    statement = upsert(connection, t.volume)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["platform", "brand", "hour_at"],
            set_={"posts": t.volume.c.posts + statement.excluded.posts},
        ),
        rows,
    )


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _post_row(post: Post, source: str, query_key: str, seen_at: datetime) -> dict[str, Any]:
    return {
        "platform": post.platform.value,
        "native_id": post.id,
        "author_id": storable(post.author.id)[:ID_LIMIT],
        "author_name": storable(post.author.name),
        "author_handle": storable(post.author.handle),
        "author_followers": _countable(post.author.followers),
        "author_standing": post.author.standing.value,
        "text": storable(post.text),
        "quoted": storable(post.quoted),
        "original": _original_row(post.original) if post.original else None,
        "mentions": [storable(name) for name in post.mentions],
        "url": storable(post.url),
        "region": storable(post.region),
        "client": storable(post.client),
        "language_hint": storable(post.language_hint)[:HINT_LIMIT],
        "truncated": post.truncated,
        "reposts": _countable(post.reposts),
        "comments": _countable(post.comments),
        "likes": _countable(post.likes),
        "source": source,
        "query_key": query_key,
        "published_at": post.published_at,
        "first_seen_at": seen_at,
    }


def _countable(number: int | None) -> int | None:
    return number if number is None or abs(number) < LARGEST_COUNT else None


def _original_row(original: Original) -> dict[str, Any]:
    author = asdict(original.author) if original.author else None
    if author:
        author |= {key: storable(author[key]) for key in ("id", "name", "handle")}
        author["followers"] = _countable(author["followers"])
    return {"id": storable(original.id), "text": storable(original.text), "author": author}


def storable(text: str) -> str:
    """Replace what PostgreSQL cannot hold in text, NUL and lone surrogates, each by one character.

    So positions in the text (those of terms) keep their meaning.
    """
    if text.isascii() and "\0" not in text:
        return text
    text = text.replace("\0", "\ufffd")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def _term_row(term: Term) -> list[Any]:
    return [term.text, term.kind.value, term.part.value, term.start, term.end]


def hit_of(row: Row[Any]) -> Hit:
    """Build a hit from a row that holds the columns of table hit."""
    return Hit(
        brand=row.brand,
        terms=tuple(
            Term(text, TermKind(kind), Part(part), start, end)
            for text, kind, part, start, end in row.terms
        ),
        rules_version=row.rules_version,
        addressed=row.addressed,
    )


def post_of(row: Row[Any]) -> Post:
    """Build a post from a row of table post."""
    original = row.original
    return Post(
        platform=Platform(row.platform),
        id=row.native_id,
        author=Author(
            row.author_id,
            row.author_name,
            row.author_followers,
            Standing(row.author_standing),
            row.author_handle,
        ),
        text=row.text,
        published_at=row.published_at,
        url=row.url,
        quoted=row.quoted,
        original=_original_of(original) if original else None,
        mentions=tuple(row.mentions),
        reposts=row.reposts,
        comments=row.comments,
        likes=row.likes,
        region=row.region,
        client=row.client,
        language_hint=row.language_hint,
        truncated=row.truncated,
    )


def _original_of(stored: dict[str, Any]) -> Original:
    author = stored["author"]
    return Original(
        stored["id"],
        stored["text"],
        Author(**{**author, "standing": Standing(author["standing"])}) if author else None,
    )


def unjudged(connection: Connection, limit: int) -> list[StoredHit]:
    """Return up to `limit` hits without a verdict, oldest first."""
    waiting = STORED_HITS.where(t.hit.c.judged_at.is_(None)).order_by(t.hit.c.id).limit(limit)
    return [stored_hit(row) for row in connection.execute(waiting)]


STORED_HITS = select(
    t.post,
    t.hit.c.id.label("hit_id"),
    t.hit.c.brand,
    t.hit.c.terms,
    t.hit.c.addressed,
    t.hit.c.rules_version,
).join_from(t.hit, t.post)


def stored_hit(row: Row[Any]) -> StoredHit:
    """Build a hit with its post from a row of STORED_HITS."""
    return StoredHit(
        id=row.hit_id,
        post_id=row.id,
        post=post_of(row),
        hit=hit_of(row),
        first_seen_at=row.first_seen_at,
        source=row.source,
    )


def lock_unjudged(connection: Connection, hit_ids: Sequence[int]) -> set[int]:
    """Return those of the hits that still wait, locked against other judges until the commit."""
    return set(
        connection.execute(
            select(t.hit.c.id)
            .where(t.hit.c.id.in_(hit_ids), t.hit.c.judged_at.is_(None))
            .with_for_update(skip_locked=True)
        ).scalars()
    )


def mark_judged(connection: Connection, judged: Sequence[dict[str, Any]]) -> None:
    """Close hits: each with keys hit (its id), why (the reason), case (id or None), at."""
    if judged:
        connection.execute(
            update(t.hit)
            .where(t.hit.c.id == bindparam("hit"))
            .values(judged_at=bindparam("at"), reason=bindparam("why"), case_id=bindparam("case")),
            judged,
        )


def add_bad_items(
    connection: Connection, source: str, items: Sequence[tuple[str, BadItem]], seen_at: datetime
) -> None:
    """Keep unreadable items as they came; `items` pairs each with a digest of its raw form."""
    if not items:
        return
    rows = {
        digest: {
            "source": source,
            "reason": storable(item.reason)[:500],
            "raw": storable(item.raw)[:RAW_LIMIT],
            "digest": digest,
            "times": 1,
            "seen_at": seen_at,
        }
        for digest, item in items
    }
    statement = upsert(connection, t.bad_item)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["digest"],
            set_={"times": t.bad_item.c.times + 1, "seen_at": statement.excluded.seen_at},
        ),
        list(rows.values()),
    )


def posts_per_hour(
    connection: Connection, platform: Platform, now: datetime, window: timedelta
) -> dict[str, float]:
    """Return each brand's measured volume over `window`, the running hour included.

    A brand of which nothing was ever counted is not in the result: its volume is unknown, not 0.
    """
    volume = t.volume.c
    recent = case((volume.hour_at >= now - window, volume.posts), else_=0)
    rows = connection.execute(
        select(volume.brand, func.sum(recent).label("posts"))
        .where(volume.platform == platform.value)
        .group_by(volume.brand)
    )
    hours = window / HOUR
    return {row.brand: float(row.posts) / hours for row in rows}


def judged_as(connection: Connection, reason: str, since: datetime) -> list[int]:
    """Return the ids of hits closed for `reason` since then, the first twenty."""
    h = t.hit.c
    return list(
        connection.execute(
            select(h.id).where(h.reason == reason, h.judged_at >= since).order_by(h.id).limit(20)
        ).scalars()
    )


def same_hour_counts(connection: Connection, platform: Platform, now: datetime) -> list[int]:
    """Return how many posts named any brand in this hour of the day, on each day so far.

    Up to two weeks back; a day of which nothing is known does not count as a quiet one.
    """
    volume = t.volume.c
    first = connection.execute(
        select(func.min(volume.hour_at)).where(volume.platform == platform.value)
    ).scalar_one()
    hours = [_hour(now) - timedelta(days=days) for days in range(1, 15)]
    known = [hour for hour in hours if first is not None and hour >= first]
    counts = {
        row.hour_at: int(row.posts)
        for row in connection.execute(
            select(volume.hour_at, func.sum(volume.posts).label("posts"))
            .where(volume.platform == platform.value, volume.hour_at.in_(known))
            .group_by(volume.hour_at)
        )
    }
    return [counts.get(hour, 0) for hour in known]


def count(connection: Connection) -> int:
    """Return how many posts are stored."""
    return connection.execute(select(func.count()).select_from(t.post)).scalar_one()


def count_hits(connection: Connection) -> int:
    """Return how many hits are stored."""
    return connection.execute(select(func.count()).select_from(t.hit)).scalar_one()
