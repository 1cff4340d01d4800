"""How long a post takes from our first sight of it to the message in Slack, under steady load.

python -m benchmarks.latency [--rate 20] [--share 1.0] [--seconds 60] [--slack-limit]

The real service as a process of its own, in front of stand-ins that live in this one. `--share`
is the share of the posts that are complaints. `--slack-limit` gives the room Slack's own pace,
one message a second: more complaints than that queue up, whatever the service does.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from monitor.demo.slack import StandSlack
from monitor.demo.world import Published
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.sight import Sight
from scrapers.post import Platform
from tests.e2e.stage import Stage, process, wait_for

LIMITED_INTERVAL_S = 1.0
PROMISE = timedelta(seconds=600)
DRAIN_S = 120.0


class LimitedStage(Stage):
    """A stage whose room takes one message a second."""

    def _room(self) -> StandSlack:
        return StandSlack(self.now, rate_limited=True)


@dataclass(frozen=True)
class Load:
    """What is published: posts a second, the share of complaints, for how long."""

    rate: float
    share: float
    seconds: float


def publish(stage: Stage, load: Load) -> list[Published]:
    """Publish evenly on both platforms in turn; return the complaints."""
    complaints: list[Published] = []
    began = time.monotonic()
    for number in range(int(load.rate * load.seconds)):
        time.sleep(max(0.0, began + number / load.rate - time.monotonic()))
        if int((number + 1) * load.share) > int(number * load.share):
            complaints.append(stage.publish(platform=list(Platform)[len(complaints) % 2]))
        else:
            stage.publish(f"今天也戴着星云手表去跑步 {number}", list(Platform)[number % 2])
    return complaints


def measure(folder: Path, load: Load, *, limited: bool, url: str = "") -> str:
    """Run the service under load and return what it measured of itself."""
    with (LimitedStage if limited else Stage)(folder) as stage:
        stage.settings["channels"] = [
            stage.slack_channel(min_interval_s=LIMITED_INTERVAL_S if limited else 0)
        ]
        if url:
            stage.settings["database_url"] = url
        stage.settings["sources"]["weibo"] |= {
            "overlap_s": 3,
            "max_pages": 50,
            "quiet_posts_per_hour": 1e9,
        }
        stage.settings["sources"]["twitter"] |= {"overlap_s": 3}
        with process(stage) as shifen:
            shifen.wait_started()
            database = Database(stage.settings["database_url"])
            query = select(func.count()).select_from(t.query_state)
            wait_for(lambda: _number(database, query.where(t.query_state.c.runs > 0)) >= 4)
            complaints = publish(stage, load)
            deadline = time.monotonic() + DRAIN_S
            while len(stage.messages) < len(complaints) and time.monotonic() < deadline:
                time.sleep(0.2)
            status = shifen.terminate()
        lines = [f"complaints {len(complaints)}, messages {len(stage.messages)}, exit {status}"]
        lines += _latencies(database)
        database.close()
    return "\n".join(lines)


def _number(database: Database, query: object) -> int:
    with database.read() as connection:
        number: int = connection.execute(query).scalar_one()  # type: ignore[call-overload]
        return number


def _latencies(database: Database) -> list[str]:
    rows = Sight(database).latencies(datetime(2000, 1, 1, tzinfo=UTC), PROMISE)
    return [
        f"{row.platform:<8} n={row.count:<5} "
        f"fetched→delivered p50 {row.seen_p50_s:.2f} p95 {row.seen_p95_s:.2f} "
        f"p99 {row.seen_p99_s:.2f} s   published→delivered p50 {row.published_p50_s:.2f} "
        f"p95 {row.published_p95_s:.2f} p99 {row.published_p99_s:.2f} s"
        for row in rows
        if row.seen_p50_s is not None
    ]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rate", type=float, default=20.0)
    words.add_argument("--share", type=float, default=1.0)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--slack-limit", action="store_true")
    words.add_argument("--url", default="")
    chosen = words.parse_args()
    load = Load(chosen.rate, chosen.share, chosen.seconds)
    with tempfile.TemporaryDirectory(prefix="shifen-latency-") as folder:
        print(load, "Slack's own limit" if chosen.slack_limit else "Slack unlimited")
        print(measure(Path(folder), load, limited=chosen.slack_limit, url=chosen.url))


if __name__ == "__main__":
    main()
