"""Takes Slack away for an hour while complaints go on, and watches how it comes back.

python -m benchmarks.outage [--alerts 400]

The clock is turned by hand; everything else is the real service in front of stand-ins. Slack
takes one message a second, as the real one does, and answers 429 to more.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from monitor.demo.exchange import Fault
from monitor.demo.slack import SlackMessage, StandSlack
from monitor.demo.world import Published
from monitor.logs import configure
from monitor.secrets import Secrets
from monitor.storage import tables as t
from scrapers.post import Platform, Standing
from tests.conftest import Clock
from tests.e2e.stage import BRAND, Stage, dedupe_key, links
from tests.e2e.turned import Turned, turned

OUTAGE_S = 3600.0
STEP_S = 20.0
URGENT, IMPORTANT, NORMAL = "urgent", "important", "normal"


class StrictStage(Stage):
    """A stage whose room takes one message a second."""

    def _room(self) -> StandSlack:
        return StandSlack(self.now, rate_limited=True, slow_s=self.slow_s)


@dataclass
class Course:
    """How an outage went."""

    published: int = 0
    tries_while_down: int = 0
    waiting_when_back: int = 0
    seconds_to_drain: float = 0.0
    messages: int = 0
    notices: int = 0
    doubles: int = 0
    untold: int = 0
    too_fast: int = 0
    refused_as_too_fast: int = 0
    severities: list[int] = field(default_factory=list)
    unfinished: int = 0

    @property
    def in_order(self) -> bool:
        """Whether graver ones never waited for lighter ones."""
        return self.severities == sorted(self.severities, reverse=True)

    def table(self) -> str:
        """Return the figures, one a line."""
        shown = {**vars(self), "severities": dict(Counter(self.severities))}
        return "\n".join(f"{k:<22} {v}" for k, v in {**shown, "in_order": self.in_order}.items())


def publish(stage: Stage, number: int) -> Published:
    """Publish one of a mixture: one in ten urgent, two in ten important."""
    if number % 10 == 0:
        return stage.publish(followers=3_000_000, standing=Standing.PERSONAL)
    if number % 10 in (3, 7):
        return stage.publish(f"订单{number:06}，{BRAND}坏了，客服不理，要求退款5000元！")
    return stage.publish(platform=Platform.TWITTER if number % 2 else Platform.WEIBO)


def endure(folder: Path, alerts: int) -> Course:
    """Let Slack be down for an hour while `alerts` complaints are found."""
    clock = Clock(datetime(2026, 11, 22, 4, 0, tzinfo=UTC))
    course = Course()
    with StrictStage(folder, now=clock) as stage:
        for source in stage.settings["sources"].values():
            source |= {"poll_interval_s": 60}
        stage.settings["channels"] = [stage.slack_channel(min_interval_s=1.0)]
        with turned(stage, clock) as shifen:
            shifen.step()
            shifen.run(60)
            posts = _outage(stage, shifen, course, alerts)
            _recovery(stage, shifen, course)
            _count(stage, shifen, course, posts)
    return course


def _outage(stage: Stage, shifen: Turned, course: Course, alerts: int) -> list[Published]:
    posts: list[Published] = []
    stage.slack.fault = Fault.SERVER_ERROR
    steps = int(OUTAGE_S / STEP_S)
    for step in range(steps):
        while len(posts) < alerts * (step + 1) / steps:
            posts.append(publish(stage, len(posts)))
        shifen.run(STEP_S)
    course.published = len(posts)
    course.tries_while_down = len(stage.slack.requests)
    course.waiting_when_back = shifen.unfinished()
    return posts


def _recovery(stage: Stage, shifen: Turned, course: Course) -> None:
    stage.slack.fault = None
    stage.slack.requests.clear()
    back_at = shifen.clock()
    shifen.run(3600, lambda: not shifen.unfinished())
    course.seconds_to_drain = (shifen.clock() - back_at).total_seconds()
    course.refused_as_too_fast = len(stage.slack.requests) - len(stage.messages)


def _count(stage: Stage, shifen: Turned, course: Course, posts: list[Published]) -> None:
    messages = stage.messages
    course.messages, course.unfinished = len(messages), shifen.unfinished()
    course.notices = len(stage.notices())
    keys = Counter(map(dedupe_key, messages))
    course.doubles = sum(times - 1 for times in keys.values())
    shown = {url for message in messages for url in links(message)}
    course.untold = sum(post.url not in shown for post in posts)
    gaps = [b.received_at - a.received_at for a, b in pairwise(messages)]
    course.too_fast = sum(gap < timedelta(seconds=1) for gap in gaps)
    graded = {
        row.dedupe_key: row.severity
        for row in shifen.rows(t.delivery.c.dedupe_key, t.delivery.c.severity)
    }
    course.severities = [graded[dedupe_key(m)] for m in messages if _of_a_post(m)]


def _of_a_post(message: SlackMessage) -> bool:
    return bool(links(message))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--alerts", type=int, default=400)
    chosen = words.parse_args()
    configure(Secrets(), level="error")
    with tempfile.TemporaryDirectory(prefix="shifen-outage-") as folder:
        print(endure(Path(folder), chosen.alerts).table())


if __name__ == "__main__":
    main()
