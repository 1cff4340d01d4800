"""What a batch of hits does to the stories that cases tell: open them, join them, raise them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from alerts import causes
from alerts.decide import Background, Decision, FormerCase, OpenCase, decide
from alerts.fold import fold_key, story_letters
from alerts.severity import CauseCode, Pace, Rating, Severity
from alerts.similar import Recent, bands, nearest
from monitor.live_config import Rules
from monitor.pipeline.sieve import Sieved
from monitor.storage import cases, customers, sketches, timeline
from monitor.storage import rules as rules_store
from monitor.storage.cases import NewCase, OpenStory, StoryChange, Teller
from monitor.storage.customers import Known as Customer
from monitor.storage.database import Connection
from monitor.storage.posts import StoredHit
from monitor.storage.sketches import Sketch
from monitor.storage.timeline import CaseEvent, EventKind
from scrapers.post import Post
from sentiment.verdict import Verdict

SIMILAR_WITHIN: Final = timedelta(days=7)
"""Copies are looked for among the cases opened in this time."""

USUAL_OVER: Final = timedelta(days=7)
USUAL_KEPT: Final = timedelta(minutes=5)

OF_THE_STORY: Final = frozenset({CauseCode.SPREAD, CauseCode.REACH, CauseCode.SPEED})
"""Causes that lie in the story as a whole and not in the post that came last."""

Key: TypeAlias = tuple[str, str]  # brand and fold key


@dataclass(slots=True)
class Story:
    """A story while a batch is decided: its case may not have an id yet."""

    severity: Severity
    spread: int
    reach: int
    rating: Rating | None
    recent: int
    authors: set[str] = field(default_factory=set)
    case_id: int | None = None
    opens: NewCase | None = None
    more_posts: int = 0
    last_post_at: datetime | None = None
    shown: int | None = None
    tellers: list[Post] = field(default_factory=list)
    risen: list[tuple[Severity, Rating]] = field(default_factory=list)

    def as_open_case(self) -> OpenCase:
        """Return what deciding needs to know of it."""
        return OpenCase(self.case_id or 0, self.severity, self.spread)


@dataclass(frozen=True, slots=True)
class Decided:
    """A hit with its verdict, what was decided, and the story that it belongs to now."""

    waiting: StoredHit
    verdict: Verdict
    decision: Decision
    story: Story | None


class Baselines:
    """How many complaints each brand usually gets; counted anew every few minutes.

    What only words on trial found is no complaint that the brand usually gets.
    """

    def __init__(self) -> None:
        self._counted: dict[str, tuple[datetime, int]] = {}

    def usual(
        self, connection: Connection, brand: str, window_s: float, now: datetime, *, trials: bool
    ) -> float:
        """Return the usual number of hits of a brand in so many seconds.

        `trials` says that there are words on trial.
        """
        known = self._counted.get(brand)
        if known is None or now - known[0] > USUAL_KEPT:
            hits = cases.hits_of_brand(connection, brand, now - USUAL_OVER)
            if trials:
                hits -= rules_store.only_on_trial(connection, brand, now - USUAL_OVER)
            known = now, hits
            self._counted[brand] = known
        return known[1] * window_s / USUAL_OVER.total_seconds()


class Batch:
    """Decides hits one after the other; what they change is written at the end, together."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        baselines: Baselines,
        sieved: Sieved,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._rules = rules
        self._baselines = baselines
        self._sieved = sieved
        self._now = now
        self._stories: dict[Key, Story] = {}
        self._by_id: dict[int, Story] = {}
        self._near: dict[Key, Story] = {}
        self._former: Mapping[Key, FormerCase] = {}
        self._complaints: dict[tuple[str, str], int] = {}
        self._customers: Mapping[str, Customer] = {}
        self._texts: dict[Key, tuple[str, tuple[int, ...]]] = {}
        self._recent: Recent[Key] = Recent()
        self.decided: list[Decided] = []

    def look_up(self, waiting: Sequence[StoredHit]) -> None:
        """Read what the database knows that bears on these hits."""
        connection, now = self._connection, self._now
        by_key = {key_of(hit): hit for hit in reversed(waiting)}
        cases.lock_brands(connection, {brand for brand, _ in by_key})
        found = cases.open_stories(connection, by_key)
        strange = {key: hit for key, hit in by_key.items() if key not in found}
        self._former = cases.former_cases(connection, strange)
        near = self._look_for_copies(strange)
        known = {story.id: story for story in (*found.values(), *near.values())}
        authors = [author_key(hit.post) for hit in waiting]
        self._take(known, authors)
        self._stories = {key: self._by_id[story.id] for key, story in found.items()}
        self._near = {key: self._by_id[story.id] for key, story in near.items()}
        window = timedelta(seconds=self._rules.thresholds.repeat_window_s)
        self._complaints = dict(customers.complaints_by(connection, authors, now - window))
        self._customers = customers.behind(connection, authors)

    def _look_for_copies(self, strange: Mapping[Key, StoredHit]) -> dict[Key, OpenStory]:
        """Return the open cases whose representative these posts nearly repeat."""
        for key, hit in strange.items():
            text = story_letters(hit.post, hit.hit)
            self._texts[key] = text, bands(text)
        keys = list(strange)
        since = self._now - SIMILAR_WITHIN
        lists = sketches.candidates(
            self._connection, [(key[0], self._texts[key][1]) for key in keys], since
        )
        matches = {
            key: case_id
            for key, candidates in zip(keys, lists, strict=True)
            if (case_id := nearest(self._texts[key][0], candidates))
        }
        found = cases.stories(self._connection, set(matches.values()))
        return {key: found[case_id] for key, case_id in matches.items() if case_id in found}

    def _take(self, known: Mapping[int, OpenStory], authors: Sequence[str]) -> None:
        tell = cases.known_authors(self._connection, known.keys(), set(authors))
        window = timedelta(seconds=self._rules.thresholds.speed_window_s)
        recent = cases.posts_since(self._connection, known.keys(), self._now - window)
        for story in known.values():
            rating = Rating(story.severity, causes.from_json(story.causes))
            self._by_id[story.id] = Story(
                severity=story.severity,
                spread=story.spread_count,
                reach=story.reach,
                rating=rating,
                recent=recent.get(story.id, 0),
                authors={author for case_id, author in tell if case_id == story.id},
                case_id=story.id,
            )

    def decide(self, waiting: StoredHit, verdict: Verdict) -> None:
        """Decide about one hit."""
        key = key_of(waiting)
        story = self._story_of(key)
        author = author_key(waiting.post)
        decision = decide(
            waiting.post,
            waiting.hit,
            verdict,
            open_case=story.as_open_case() if story else None,
            thresholds=self._rules.thresholds,
            now=self._now,
            background=self._background(key, waiting, verdict, story),
        )
        if decision.opens_case:
            story = self._open(key, waiting, verdict, decision)
            self._count_complaint(author, waiting.hit.brand)
        elif decision.joins_case and story:
            self._join(story, waiting, decision)
        joined = decision.opens_case or decision.joins_case
        self.decided.append(Decided(waiting, verdict, decision, story if joined else None))

    def _count_complaint(self, author: str, brand: str) -> None:
        """Count it for every account of the person, so far as they are known to be one."""
        customer = self._customers.get(author)
        for account in {author, *(customer.author_keys if customer else ())}:
            self._complaints[account, brand] = self._complaints.get((account, brand), 0) + 1

    def _story_of(self, key: Key) -> Story | None:
        story = self._stories.get(key) or self._near.get(key)
        if story is None and key in self._texts:
            text, sketch = self._texts[key]
            twin = self._recent.find(key[0], text, sketch)
            story = self._stories[twin] if twin else None
        return story

    def _background(
        self, key: Key, waiting: StoredHit, verdict: Verdict, story: Story | None
    ) -> Background:
        author = author_key(waiting.post)
        customer = self._customers.get(author)
        window_s = self._rules.thresholds.speed_window_s
        usual = self._baselines.usual(
            self._connection,
            key[0],
            window_s,
            self._now,
            trials=self._rules.book.has_shadow_words,
        )
        return Background(
            earlier_complaints=self._complaints.get((author, key[0]), 0),
            reach=(story.reach if story else 0) + _new_reach(story, waiting.post),
            pace=Pace(1 + (story.recent if story else 0), window_s, usual),
            key_customer=customer.name if customer and customer.key_customer else "",
            former=self._former.get(key),
            withheld=self._sieved.withheld.get(waiting.id),
        )

    def _open(self, key: Key, waiting: StoredHit, verdict: Verdict, decision: Decision) -> Story:
        post, rating = waiting.post, decision.rating
        text, sketch = self._texts.get(key, ("", ()))
        former = self._former.get(key)
        story = Story(rating.severity, decision.spread, _new_reach(None, post), rating, 1)
        story.authors.add(author_key(post))
        story.tellers.append(post)
        promise = timedelta(seconds=self._rules.config.promise.alert_within_s)
        # Whoever asks to be told only of several has no claim before the last of them came.
        begins_at = self._now if self._sieved.waited(waiting.id) else post.published_at
        story.opens = NewCase(
            brand=key[0],
            fold_key=key[1],
            severity=rating.severity,
            topic=verdict.topic.value,
            risk=verdict.risk.value,
            author_key=author_key(post),
            spread_count=decision.spread,
            published_at=post.published_at,
            opened_at=self._now,
            due_at=begins_at + promise,
            platform=post.platform.value,
            language=verdict.language,
            hit_id=waiting.id,
            text=text,
            uncertain=decision.uncertain,
            first_seen_at=waiting.first_seen_at,
            last_post_at=post.published_at,
            previous_case_id=former.id if former else None,
            tell_at=self._now,
        )
        self._stories[key] = story
        if sketch:
            self._recent.add(key[0], key, text, sketch)
        return story

    def _join(self, story: Story, waiting: StoredHit, decision: Decision) -> None:
        post, rating = waiting.post, decision.rating
        story.reach += _new_reach(story, post)
        story.authors.add(author_key(post))
        story.tellers.append(post)
        story.spread = decision.spread
        story.recent += 1
        story.more_posts += 1
        story.last_post_at = max(filter(None, (story.last_post_at, post.published_at)))
        before = story.severity
        story.rating = causes.merged(story.rating.reasons if story.rating else (), rating)
        story.severity = max(before, rating.severity)
        if story.severity > before:
            story.risen.append((before, rating))
            if rating.reasons[0].code not in OF_THE_STORY:
                story.shown = waiting.id

    def write(self) -> None:
        """Write what the hits changed: cases, their authors, sketches and events."""
        connection = self._connection
        touched = {id(d.story): d.story for d in self.decided if d.story}
        stories = list(touched.values())
        fresh = [story for story in stories if story.opens]
        ids = cases.open_cases(
            connection, [_as_opened(story, story.opens) for story in fresh if story.opens]
        )
        for story, case_id in zip(fresh, ids, strict=True):
            story.case_id = case_id
        old = [story for story in stories if not story.opens]
        cases.update_stories(connection, [self._change(story) for story in old])
        cases.add_authors(connection, [t for story in stories for t in _tellers(story)])
        self._write_sketches(fresh)
        timeline.add(connection, [e for story in stories for e in self._events(story)])

    def _write_sketches(self, fresh: Sequence[Story]) -> None:
        rows = [
            Sketch(story.case_id, new.brand, self._now, self._texts[new.brand, new.fold_key][1])
            for story in fresh
            if (new := story.opens) and (new.brand, new.fold_key) in self._texts and story.case_id
        ]
        sketches.add(self._connection, rows)

    def _change(self, story: Story) -> StoryChange:
        return StoryChange(
            id=story.case_id or 0,
            severity=story.severity,
            spread_count=story.spread,
            reach=story.reach,
            causes=_written(story),
            more_posts=story.more_posts,
            last_post_at=story.last_post_at or self._now,
            tell_at=self._now,
            hit_id=story.shown,
        )

    def _events(self, story: Story) -> list[CaseEvent]:
        case_id, events = story.case_id or 0, []
        if story.opens:
            first = story.risen[0][0] if story.risen else story.severity
            data: dict[str, Any] = {"severity": first.name.lower(), "causes": list(_written(story))}
            if story.opens.previous_case_id:
                data["previous"] = story.opens.previous_case_id
            events.append(CaseEvent(case_id, self._now, EventKind.OPENED, data=data))
        for before, rating in story.risen:
            data = {
                "before": before.name.lower(),
                "after": rating.severity.name.lower(),
                "causes": causes.to_json(rating.reasons),
            }
            events.append(CaseEvent(case_id, self._now, EventKind.SEVERITY, data=data))
        return events


def key_of(waiting: StoredHit) -> Key:
    """Return brand and fold key of a hit."""
    return waiting.hit.brand, fold_key(waiting.post, waiting.hit)


def author_key(post: Post) -> str:
    """Name an author across posts: `platform:id`."""
    return cases.author_key(post.platform.value, post.author.id, post.id)


def _new_reach(story: Story | None, post: Post) -> int:
    """Return the followers that this author adds to those whom a story reaches."""
    if story and author_key(post) in story.authors:
        return 0
    return post.author.followers or 0


def _written(story: Story) -> tuple[Any, ...]:
    return tuple(causes.to_json(story.rating.reasons)) if story.rating else ()


def _as_opened(story: Story, opens: NewCase) -> NewCase:
    """Return the new case as the whole batch left it."""
    return replace(
        opens,
        severity=story.severity,
        spread_count=story.spread,
        reach=story.reach,
        causes=_written(story),
        posts=1 + story.more_posts,
        last_post_at=story.last_post_at or opens.last_post_at,
        hit_id=story.shown or opens.hit_id,
    )


def _tellers(story: Story) -> list[Teller]:
    return [
        Teller(
            story.case_id or 0,
            author_key(post),
            post.author.name,
            post.author.followers,
            post.published_at,
        )
        for post in story.tellers
    ]
