"""Kills the running service again and again under load, and counts what that cost.

python -m benchmarks.crash [--kills 50] [--rate 20] [--url postgresql://…] [--seed 1]

Posts are published all the time on stand-ins that live in this process. `shifen run` is a process
of its own; it dies by kill -9 at random moments, also while it starts, and is started again. Then
what is left drains. Every complaint must have one hit and one message in the stand-in for Slack;
two messages for one alert are excused only where a kill caught that very message in flight.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from sqlalchemy import func, select

from monitor.demo.exchange import Answer, Request
from monitor.demo.slack import StandSlack
from monitor.demo.world import Published
from monitor.storage import tables as t
from monitor.storage.database import Database
from scrapers.post import Platform
from tests.e2e.stage import Stage, dedupe_key, links, process, wait_for

SLACK_S = 0.02
"""How long the room thinks before and after it takes a message: kills shall find some in flight."""
DRAIN_S = 240.0
QUERIES = 4
"""Two names on Weibo; on X the words fill two queries."""


class SlowRoom(StandSlack):
    """A room that takes its time, as the real one does."""

    def respond(self, request: Request) -> Answer:
        time.sleep(SLACK_S)
        answer = super().respond(request)
        time.sleep(SLACK_S)
        return answer


class LoadedStage(Stage):
    """A stage with a room that takes its time, and Weibo's search under contract.

    The mobile search pages from the newest post only: at this load a service that is down for
    half of the time falls further behind than a poll may page, and must give up the stretch
    (recorded, and told). What is measured here is the service, so it gets a search with an end.
    """

    def _room(self) -> StandSlack:
        return SlowRoom(self.now)


@dataclass
class Toll:
    """What the kills cost."""

    kills: int = 0
    kills_while_starting: int = 0
    published: int = 0
    complaints: int = 0
    hits: int = 0
    alerts: int = 0
    messages: int = 0
    in_flight: int = 0
    in_flight_taken: int = 0
    doubles_in_flight: int = 0
    doubles: list[str] = field(default_factory=list)
    posts_without_hit: list[str] = field(default_factory=list)
    hits_twice: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    unfinished: int = 0
    broken_jobs: int = 0
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and nothing said twice without excuse."""
        lost = [*self.posts_without_hit, *self.hits_twice, *self.untold, *self.doubles]
        return not lost and not self.unfinished and self.complaints == self.hits == self.alerts

    def table(self) -> str:
        """Return the figures, one a line."""
        return "\n".join(
            f"{name:<22} {len(value) if isinstance(value, list) else value}"
            for name, value in {**vars(self), "clean": self.clean}.items()
        )


class Crowd:
    """Publishes `rate` posts a second, one in five on Weibo, one in four a complaint.

    What it takes to read and send them is less than what a service can do that is down for
    half of the time; the load is not what is measured here.
    """

    def __init__(self, stage: Stage, rate: float) -> None:
        self.complaints: list[Published] = []
        self.published = 0
        self._stage = stage
        self._rate = rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="crowd")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(max(0.0, began + self.published / self._rate - time.monotonic())):
            platform = Platform.TWITTER if self.published % 5 else Platform.WEIBO
            if self.published % 4:
                self._stage.publish(f"今天也戴着星云手表去跑步 {self.published}", platform)
            else:
                self.complaints.append(self._stage.publish(platform=platform))
            self.published += 1


def set_up(stage: Stage, url: str) -> None:
    """Prepare the stage for many posts and several pages a poll."""
    stage.settings["database_url"] = url or stage.settings["database_url"]
    stage.settings["delivery"] = {"lease_s": 10}
    stage.settings["channels"] = [stage.slack_channel(timeout_s=3)]
    weibo, twitter = (stage.settings["sources"][name] for name in ("weibo", "twitter"))
    weibo |= {"overlap_s": 3, "max_pages": 50, "quiet_posts_per_hour": 1e9}
    twitter |= {"overlap_s": 3, "max_pages": 50}
    stage.write_config()


def endure(folder: Path, *, kills: int, rate: float, url: str = "", seed: int = 1) -> Toll:
    """Kill the service `kills` times, let it drain, and count."""
    dice, toll, began = random.Random(seed), Toll(), time.monotonic()
    in_flight: dict[str, int] = Counter()
    with LoadedStage(folder, transport="official") as stage:
        set_up(stage, url)
        _start_watching(stage)
        with _opened(stage) as database, Crowd(stage, rate) as crowd:
            for _ in range(kills):
                _live_and_die(stage, dice, toll)
                for key in _sending(database):
                    in_flight[key] += 1
                    toll.in_flight += 1
                    toll.in_flight_taken += key in _keys(stage)
        toll.published, toll.complaints = crowd.published, len(crowd.complaints)
        with process(stage) as last, _opened(stage) as database:
            last.wait_started()
            deadline = time.monotonic() + DRAIN_S
            while not _drained(database, toll.complaints) and time.monotonic() < deadline:
                time.sleep(0.5)
            assert last.terminate() == 0, last.said
        with _opened(stage) as database:
            _count(toll, stage, crowd.complaints, database, in_flight)
    toll.broken_jobs = sum(
        path.read_text("utf-8").count("job_broke") for path in folder.glob("run-*.log")
    )
    toll.seconds = round(time.monotonic() - began, 1)
    return toll


def _start_watching(stage: Stage) -> None:
    """Let every query have its first poll: what is older than that is nobody's loss."""
    with _opened(stage) as database:
        database.upgrade()
        with process(stage) as first:
            first.wait_started()
            wait_for(lambda: len(_rows(database, select(t.query_state.c.source))) >= QUERIES)
            assert first.terminate() == 0, first.said


def _live_and_die(stage: Stage, dice: random.Random, toll: Toll) -> None:
    with process(stage) as child:
        if dice.random() < 0.15:
            time.sleep(dice.uniform(0.2, 3))
        else:
            child.wait_started()
            time.sleep(dice.uniform(0, 6))
        toll.kills += 1
        toll.kills_while_starting += not child.console_url
        assert child.alive(), child.said
        child.kill()


@contextmanager
def _opened(stage: Stage) -> Iterator[Database]:
    database = Database(stage.settings["database_url"])
    try:
        yield database
    finally:
        database.close()


def _rows(database: Database, statement: Any) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(statement))


def _sending(database: Database) -> list[str]:
    d = t.delivery.c
    return [
        row.dedupe_key for row in _rows(database, select(d.dedupe_key).where(d.state == "sending"))
    ]


def _keys(stage: Stage) -> Counter[str]:
    return Counter(dedupe_key(message) for message in stage.messages)


def _drained(database: Database, complaints: int) -> bool:
    ((hits, judged),) = _rows(database, select(func.count(), func.count(t.hit.c.judged_at)))
    # Between a verdict and a delivery lies the case that wants to be told of.
    ((untold,),) = _rows(
        database, select(func.count()).where(t.alert_case.c.first_delivered_at.is_(None))
    )
    ((left,),) = _rows(database, select(func.count()).where(t.delivery.c.finished_at.is_(None)))
    return bool(hits == judged >= complaints and not left and not untold)


def _count(
    toll: Toll,
    stage: Stage,
    complaints: list[Published],
    database: Database,
    in_flight: dict[str, int],
) -> None:
    post, hit = t.post.c, t.hit.c
    hits = Counter(
        row.native_id for row in _rows(database, select(post.native_id).join_from(t.hit, t.post))
    )
    keys = _keys(stage)
    told = Counter(url for message in stage.messages for url in links(message))
    alerts = {
        row.dedupe_key: row.url
        for row in _rows(
            database,
            select(t.delivery.c.dedupe_key, post.url)
            .join_from(t.delivery, t.alert)
            .join(t.hit, t.alert.c.hit_id == hit.id)
            .join(t.post, hit.post_id == post.id),
        )
    }
    toll.hits, toll.alerts, toll.messages = sum(hits.values()), len(alerts), len(stage.messages)
    toll.posts_without_hit = [p.url for p in complaints if hits[p.id] == 0]
    toll.hits_twice = [p.url for p in complaints if hits[p.id] > 1]
    toll.untold = [p.url for p in complaints if told[p.url] == 0]
    toll.untold += [key for key in alerts if keys[key] == 0]
    twice = [key for key, times in keys.items() if times > 1]
    toll.doubles_in_flight = sum(key in in_flight for key in twice)
    toll.doubles = [key for key in twice if keys[key] - 1 > in_flight.get(key, 0)]
    excused = sum(keys[key] - 1 for key in twice) - len(toll.doubles)
    told_twice = [p.url for p in complaints if told[p.url] > 1]
    toll.doubles += told_twice if len(told_twice) > excused else []
    ((toll.unfinished,),) = _rows(
        database, select(func.count()).where(t.delivery.c.finished_at.is_(None))
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=50)
    words.add_argument("--rate", type=float, default=20.0)
    words.add_argument("--url", default="")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--folder", type=Path, help="where database and logs stay for a look")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="shifen-crash-") as scratch:
        folder = chosen.folder or Path(scratch)
        toll = endure(
            folder, kills=chosen.kills, rate=chosen.rate, url=chosen.url, seed=chosen.seed
        )
    print(toll.table())
    raise SystemExit(0 if toll.clean else 1)


if __name__ == "__main__":
    main()
