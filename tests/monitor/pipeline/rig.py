"""The pipeline on a clock turned by hand, with a scripted source and a scripted channel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from alerts.channels.channel import ChannelError, Receipt, Refused
from alerts.delivery import RetryPolicy
from alerts.message import Mention, Message
from alerts.routing import Receiver
from alerts.severity import Severity
from monitor.config import Config
from monitor.desk import Desk
from monitor.live_config import LiveConfig
from monitor.metrics import Metrics
from monitor.pipeline.collect import Collector, Reach
from monitor.pipeline.judge import Judging
from monitor.pipeline.notify import Notifier, Routes
from monitor.pipeline.tell import Duty, Teller
from monitor.pipeline.watch_over import Overseer
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.post import Author, Platform, Post
from scrapers.source import Outcome, Page, Query
from sentiment.loading import load_scorer
from tests.conftest import Clock

QUERY = Query("q1", Platform.WEIBO, "星云手表", ("星云手表",))
COMPLAINT = "星云手表买了三天就坏了，客服一直不理人，我要投诉，要求退款！"


def config(**changes: Any) -> Config:
    data: dict[str, Any] = {
        "brands": [
            {
                "name": "星云手表",
                "aliases": ["NebulaWatch"],
                "accounts": {"weibo": "6004281123", "twitter": "900100"},
            }
        ],
        "channels": [
            {"kind": "console", "name": "first"},
            {"kind": "console", "name": "second", "standby": True},
        ],
        "sentiment": {"scorer": "words"},
        "flow": {"group_wait_s": 0},
        "storm": {"single": 10_000, "urgent_single": 10_000},
    }
    return Config.model_validate({**data, **changes})


def post(number: int, at: datetime, text: str = "", **changes: Any) -> Post:
    made = Post(
        platform=Platform.WEIBO,
        id=str(5_300_000_000_000_000 + number),
        author=Author(id=f"a{number}", name=f"用户{number}", followers=100),
        text=text or f"{COMPLAINT}订单{number}",
        published_at=at,
        url=f"https://weibo.com/1/{number}",
    )
    return replace(made, **changes)


@dataclass
class ScriptedSource:
    """Answers with the posts of a world that a test fills, or with scripted pages."""

    clock: Clock
    name: str = "weibo"
    platform: Platform = Platform.WEIBO
    world: list[Post] = field(default_factory=list)
    scripted: list[Page] = field(default_factory=list)
    asked: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    page_limit: int = 1000

    def fetch(self, query: Query, since: datetime, until: datetime | None = None) -> Page:
        self.asked.append((since, until))
        if self.scripted:
            return self.scripted.pop(0)
        fitting = sorted(
            (
                p
                for p in self.world
                if since <= p.published_at <= min(until or self.clock.now, self.clock.now)
            ),
            key=lambda p: p.published_at,
            reverse=True,
        )
        shown = fitting[: self.page_limit]
        cut = len(fitting) > len(shown)
        return Page(
            Outcome.OK if shown else Outcome.OK_EMPTY,
            tuple(shown),
            drained_to=shown[-1].published_at if cut else since,
        )

    def close(self) -> None:
        return


@dataclass
class ScriptedChannel:
    """Takes every message, or fails as told; `lost` takes it and then loses the answer."""

    name: str
    clock: Clock
    min_interval_s: float = 0.0
    most_at_once: int = 1
    threads: bool = True
    failures: list[ChannelError] = field(default_factory=list)
    always: ChannelError | None = None
    lost: ChannelError | None = None
    refuses: Callable[[Message], bool] = field(default=lambda _: False)
    can_find: bool = True
    looked_in: list[str] = field(default_factory=list)
    got: list[tuple[datetime, Message]] = field(default_factory=list)
    tries: int = 0

    def send(self, message: Message) -> Receipt:
        self.tries += 1
        if self.always:
            raise self.always
        if self.failures:
            raise self.failures.pop(0)
        if self.refuses(message):
            raise Refused("not this one")
        self.got.append((self.clock.now, message))
        if self.lost:
            error, self.lost = self.lost, None
            raise error
        return Receipt(f"id-{len(self.got)}")

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        self.looked_in.append(thread)
        known = {part.dedupe_key for m in self.messages for part in (m, *m.parts)}
        return Receipt("found") if dedupe_key in known and self.can_find else None

    def check(self) -> str:
        return "fine"

    def close(self) -> None:
        return

    @property
    def messages(self) -> list[Message]:
        return [message for _, message in self.got]


class NoDuties:
    """Nobody is on call and no ladder runs."""

    def of(self, connection: Any, case_ids: Any, now: datetime) -> Mapping[int, Duty]:
        return {}

    def on_call(self, receiver: Receiver, now: datetime) -> tuple[Mention, ...]:
        return ()


def ack_life(severity: Severity) -> timedelta:
    return timedelta(minutes=15 if severity is Severity.URGENT else 60)


class Rig:
    """Everything between a source and a channel."""

    def __init__(self, database: Database, clock: Clock, **changes: Any) -> None:
        self.database = database
        self.clock = clock
        self.config = config(**changes)
        self.live = LiveConfig(None, {}, self.config)
        self.metrics = Metrics()
        self.source = ScriptedSource(clock)
        self.first = ScriptedChannel("first", clock)
        self.second = ScriptedChannel("second", clock)
        self.routes = Routes(("first",), ("second",))
        self.policy = RetryPolicy()
        self.started_at = clock.now
        self.collector = Collector(
            database,
            self.source,
            Reach(overlap_s=300, look_back_s=0, lease_s=60, gap_reads=3),
            self.live,
            self.metrics,
            now=clock,
            jitter=lambda: 0.5,
        )
        self.judging = Judging(
            database,
            self.live,
            load_scorer("words"),
            self.metrics,
            now=clock,
        )
        self.teller = Teller(database, self.live, NoDuties(), self.metrics, now=clock)
        self.desk = Desk(database, self.live, ack_life, now=clock)
        self.overseer = Overseer(
            database,
            self.live,
            self.routes,
            {"weibo": Platform.WEIBO},
            self.metrics,
            now=clock,
        )
        self.notifiers = [self.notifier(channel) for channel in (self.first, self.second)]
        self.collector.start()
        self.collector.adopt([QUERY])

    def notifier(self, channel: ScriptedChannel, owner: str = "me") -> Notifier:
        return Notifier(
            self.database,
            channel,
            self.routes,
            self.policy,
            self.metrics,
            owner=owner,
            console_url="http://console",
            now=self.clock,
            jitter=lambda: 0.5,
        )

    def poll(self) -> Any:
        return self.collector.poll(QUERY, 60)

    def judge(self) -> int:
        """Judge what waits, and tell of what came of it."""
        total = 0
        while judged := self.judging.step():
            total += judged
        self.tell()
        return total

    def tell(self) -> None:
        while self.teller.step():
            pass

    def notify(self) -> None:
        for notifier in self.notifiers:
            while notifier.step():
                pass

    def walk(self) -> None:
        """One round of every step."""
        self.poll()
        self.judge()
        self.notify()

    def publish(self, *posts: Post) -> None:
        self.source.world.extend(posts)

    def run(self, seconds: float, every_s: float = 20.0) -> None:
        """Let the service live for some time."""
        for _ in range(int(seconds / every_s)):
            self.clock.advance(every_s)
            self.walk()
            self.overseer.look()
            self.overseer.warn()
            self.notify()

    def rows(self, table: Any, *columns: Any) -> Sequence[Any]:
        with self.database.read() as connection:
            wanted = select(*(columns or (table,)))
            ordered = wanted if columns else wanted.order_by(*table.primary_key)
            return connection.execute(ordered).all()

    def reasons(self) -> list[str]:
        hit = t.hit.c
        with self.database.read() as connection:
            return list(connection.execute(select(hit.reason).order_by(hit.id)).scalars())


def ago(clock: Clock, seconds: float) -> datetime:
    return clock.now - timedelta(seconds=seconds)


def operational(messages: Iterable[Message]) -> list[Message]:
    return [message for message in messages if message.kind == "operational"]
