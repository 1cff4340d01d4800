"""The main job on recorded pages: stand-ins serve ../shared/samples, the real service reads them.

python -m benchmarks.recorded [--show]

For each recording the service's clock is set to when it was recorded. Prints what was read,
matched, alerted and how long that took; --show prints the first alert as a terminal shows it
(real people's words: keep it to yourself).
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import func, select

from monitor.bootstrap import Setting, build_service
from monitor.config import Config
from monitor.demo.twitter import StandTwitter
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import World
from monitor.secrets import Secrets
from monitor.storage import cases, outbox, posts
from monitor.storage import tables as t
from monitor.storage.database import Database
from monitor.storage.sight import Sight

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
RUN_S = 12


@dataclass(frozen=True)
class Recording:
    file: str
    at: datetime
    transport: str
    brands: tuple[dict[str, Any], ...]
    words: tuple[str, ...]


RECORDINGS = (
    Recording(
        "weibo/mweibo_timeline_1644027280_page_1.json",
        datetime(2026, 6, 25, 6, 0, tzinfo=UTC),
        "mobile",
        ({"name": "蔚来"}, {"name": "小米"}, {"name": "特斯拉"}, {"name": "理想"}),
        ("问题", "投诉", "退款", "事故", "召回", "降价", "感谢"),
    ),
    Recording(
        "weibo/s_weibo_com_search_2018-10-26.html",
        datetime(2018, 10, 26, 8, 24, 10, tzinfo=UTC),
        "web",
        ({"name": "转发"},),
        ("抽奖", "问题", "客服", "退款", "差评", "请客", "奖品"),
    ),
    Recording(
        "weibo/derived/s_weibo_com_skeleton_2026_SYNTHETIC.html",
        datetime(2026, 6, 25, 12, 0, tzinfo=UTC),
        "web",
        ({"name": "某某手机"},),
        ("死机", "退款", "发烫", "投诉"),
    ),
    Recording(
        "x/twarc-csv/brexit.jsonl",
        datetime(2020, 12, 20, tzinfo=UTC),
        "twitter",
        ({"name": "Brexit"}, {"name": "Tory", "aliases": ["Tories"]}),
        ("problem", "disaster", "fail", "worst", "lie", "lies", "broken", "shame"),
    ),
)


def offset_clock(start: datetime) -> Callable[[], datetime]:
    shift = start - datetime.now(UTC)
    return lambda: datetime.now(UTC) + shift


def newest(file: Path, fallback: datetime) -> datetime:
    """When an X recording was made: a little after its newest post."""
    text = file.read_text(encoding="utf-8")
    ids = [int(part.split('"')[0]) for part in text.split('"newest_id": "')[1:]]
    ids += [int(part.split('"')[0]) for part in text.split('"newest_id":"')[1:]]
    if not ids:
        return fallback
    ms = (max(ids) >> 22) + 1_288_834_974_657
    return datetime.fromtimestamp(ms / 1000, UTC) + timedelta(seconds=40)


def play(recording: Recording, *, show: bool) -> None:
    file = SAMPLES / recording.file
    on_x = recording.transport == "twitter"
    now = offset_clock(newest(file, recording.at) if on_x else recording.at)
    screen = Console(file=io.StringIO(), width=100)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        world = World(now)
        weibo = stack.enter_context(StandWeibo(world))
        twitter = stack.enter_context(StandTwitter(world, rate_limit=9000))
        (twitter if on_x else weibo).serve_recorded(file)
        database = Database(f"sqlite:///{folder}/recorded.db")
        database.upgrade()
        config = Config.model_validate(
            {
                "brands": recording.brands,
                "complaint_words": recording.words,
                "sources": {
                    "weibo": {
                        "enabled": not on_x,
                        "transport": "mobile" if on_x else recording.transport,
                        "base_url": weibo.url,
                        "visitor_base_url": weibo.url,
                        "requests_per_minute": 300,
                        "poll_interval_s": 5,
                        "look_back_s": 604_800,
                    },
                    "twitter": {
                        "enabled": on_x,
                        "base_url": twitter.url,
                        "requests_per_15_minutes": 9000,
                        "poll_interval_s": 5,
                        "look_back_s": 561_600,
                    },
                },
                "channels": [{"kind": "console", "name": "terminal"}],
            }
        )
        secrets = Secrets(
            weibo_cookie=StandWeibo.login_cookie,
            twitter_bearer_token=StandTwitter.bearer_token,
        )
        service = build_service(Setting(config, secrets, now=now, console=screen), database)
        service.start()
        time.sleep(RUN_S)
        service.stop()
        report(recording, database)
        database.close()
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    if show and text:
        print(text.split("╰")[0])


def report(recording: Recording, database: Database) -> None:
    with database.read() as connection:
        bad = connection.execute(select(func.count()).select_from(t.bad_item)).scalar_one()
        line = (
            f"posts {posts.count(connection)}, unreadable items {bad}, "
            f"hits {posts.count_hits(connection)}, cases {cases.count(connection)}, "
            f"alerts {outbox.count(connection)}, undelivered {outbox.unfinished(connection)}"
        )
    print(f"{recording.file} ({recording.transport}): {line}")
    for row in Sight(database).latencies(datetime(2000, 1, 1, tzinfo=UTC), timedelta(minutes=10)):
        seen = row.seen_p95_s or 0.0
        print(f"    seen → delivered p95 {seen:.2f} s over {row.count} alerts")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--show", action="store_true")
    chosen = words.parse_args()
    for recording in RECORDINGS:
        play(recording, show=chosen.show)


if __name__ == "__main__":
    main()
