"""`shifen demo`: the real service against stand-ins, from the first post to the summary."""

from __future__ import annotations

import secrets
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from monitor.auth import Passwords, Role
from monitor.bootstrap import Setting, build_service, build_web, utc_now
from monitor.config import Config
from monitor.demo.scenario import (
    BRANDS,
    Expect,
    load_background,
    load_posts,
    timeline,
)
from monitor.demo.slack import StandSlack
from monitor.demo.story import Ending, Narrator, latencies, show_ending, show_opening
from monitor.demo.twitter import StandTwitter
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import Published, World
from monitor.secrets import Secrets
from monitor.service import Service
from monitor.storage import cases, outbox, polling, posts
from monitor.storage.database import Database
from monitor.storage.people import UserStore
from monitor.storage.told import posts_told
from monitor.web.server import WebServer, WebServerError

WHOLE_STORY_S: Final = 600.0
TAIL_S: Final = 12.0
"""At the end of a limited run nothing is published any more, so that all of it can arrive."""
PATIENCE_S: Final = 30.0
INDEX_LAG_S: Final = 1.0
USER: Final = "demo"


class DemoError(Exception):
    """The demonstration cannot run here; the text says what to do."""


def run_demo(console: Console, *, seconds: float | None, port: int) -> int:
    """Run the demonstration, for `seconds` or until Ctrl-C; return the exit status."""
    stop = threading.Event()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shifen-demo-")))
        stack.enter_context(_until_told(stop))
        world = World(utc_now)
        weibo = stack.enter_context(StandWeibo(world, index_lag_s=INDEX_LAG_S))
        twitter = stack.enter_context(StandTwitter(world, index_lag_s=INDEX_LAG_S, rate_limit=9000))
        slack = stack.enter_context(StandSlack(utc_now))
        database = Database(f"sqlite:///{folder / 'demo.db'}")
        stack.callback(database.close)
        database.upgrade()
        password = secrets.token_urlsafe(9)
        people = UserStore(database, Passwords.recommended(), utc_now)
        people.add(USER, password, Role.LEAD, by=USER)
        setting = _setting(weibo, twitter, slack, port)
        with console.status("加载判断模型 loading the judge …"):
            service = build_service(setting, database)
        web = _serve(setting, service, port)
        stack.callback(web.stop)
        show_opening(
            console,
            web=web.url,
            password=password,
            stands=[("微博 Weibo", weibo.url), ("X", twitter.url), ("Slack", slack.url)],
            seconds=seconds or WHOLE_STORY_S,
        )
        narrator = Narrator(console, database, utc_now)
        published = _play(world, service, narrator, stop, seconds=seconds)
        ending = _ending(database, published, len(slack.messages))
        show_ending(console, ending)
    return 0 if ending.undelivered == 0 else 1


def _play(
    world: World,
    service: Service,
    narrator: Narrator,
    stop: threading.Event,
    *,
    seconds: float | None,
) -> list[Published]:
    """Publish the story on its time line while the service runs; return what was published."""
    duration_s = max(3.0, seconds - TAIL_S) if seconds else WHOLE_STORY_S
    for sample in load_background():
        world.publish(sample)
    service.start()
    narrator.start()
    began = time.monotonic()
    published: list[Published] = []
    for sample in timeline(load_posts(), duration_s):
        if stop.wait(max(0.0, began + sample.offset_s - time.monotonic())):
            break
        published.append(world.publish(sample))
    _let_arrive(service, stop, began + seconds if seconds else None)
    service.stop()
    narrator.stop()
    return published


def _let_arrive(service: Service, stop: threading.Event, ends_at: float | None) -> None:
    """Wait for the end, on a slow machine somewhat longer: all that was found shall arrive."""
    if ends_at is None:
        stop.wait()
        return
    stop.wait(max(0.0, ends_at - time.monotonic()))
    while not stop.is_set() and time.monotonic() < ends_at + PATIENCE_S:
        with service.parts.database.read() as connection:
            waiting = outbox.unfinished(connection) or polling.unjudged_since(connection)
        if not waiting:
            return
        stop.wait(0.5)


def _team() -> dict[str, Any]:
    """Return the sections of a small team: who is on call at each level of the ladder."""
    levels = (
        ("lead", "组长", "team lead", 900, "林夏"),
        ("manager", "经理", "manager", 1800, "周宁"),
        ("director", "总监", "director", 600, "陈立"),
    )
    return {
        "people": [
            {"name": person, "role": zh, "handles": {"slack": f"U0{number}DEMO"}}
            for number, (_, zh, _, _, person) in enumerate(levels)
        ],
        "rotas": [
            {"name": name, "people": [person], "start": "2026-01-05 09:00"}
            for name, _, _, _, person in levels
        ],
        "escalation": {
            "levels": [
                {"name": name, "zh": zh, "en": en, "act_within_s": act_s, "rota": name}
                for name, zh, en, act_s, _ in levels
            ]
        },
    }


def _setting(weibo: StandWeibo, twitter: StandTwitter, slack: StandSlack, port: int) -> Setting:
    brands: list[dict[str, Any]] = [
        {
            "name": brand.name,
            "aliases": brand.aliases,
            "exclude": brand.exclude,
            "accounts": dict(brand.accounts),
        }
        for brand in BRANDS
    ]
    config = Config.model_validate(
        {
            "brands": brands,
            "sources": {
                "weibo": {
                    "base_url": weibo.url,
                    "visitor_base_url": weibo.url,
                    "poll_interval_s": 2,
                    "requests_per_minute": 300,
                    "overlap_s": 30,
                    "look_back_s": 2,
                    "index_lag_s": INDEX_LAG_S,
                },
                "twitter": {
                    "base_url": twitter.url,
                    "poll_interval_s": 2,
                    "requests_per_15_minutes": 9000,
                    "overlap_s": 30,
                    "look_back_s": 2,
                    "index_lag_s": INDEX_LAG_S,
                },
            },
            "channels": [
                {
                    "kind": "slack",
                    "name": "pr-room",
                    "base_url": slack.api_url,
                    "channel": "#pr",
                    "min_interval_s": 0.2,
                }
            ],
            # Days of complaints in minutes: they would be rolled up as a storm, and the small
            # ones held back by the crises among them.
            "flow": {"group_wait_s": 2},
            "inhibition": {"enabled": False},
            "storm": {"single": 500, "urgent_single": 500},
            **_team(),
            "console": {"port": port},
        }
    )
    return Setting(
        config,
        Secrets(
            weibo_cookie=StandWeibo.login_cookie,
            twitter_bearer_token=StandTwitter.bearer_token,
            slack_bot_token=StandSlack.bot_token,
            slack_signing_secret=StandSlack.signing_secret,
        ),
    )


def _serve(setting: Setting, service: Service, port: int) -> WebServer:
    """Serve the console on `port`, or on a free one where that is taken."""
    app = build_web(setting, service)
    for choice in (port, 0):
        web = WebServer(app, "127.0.0.1", choice)
        try:
            web.start()
        except WebServerError:
            continue
        return web
    raise DemoError("no port of 127.0.0.1 is free for the console; pass --port N")


def _ending(database: Database, published: list[Published], slack_messages: int) -> Ending:
    with database.read() as connection:
        reached = posts_told(connection)
        told = {p.sample.key for p in published if (p.sample.platform.value, p.id) in reached}
        samples = [p.sample for p in published]
        return Ending(
            published=len(published),
            posts=posts.count(connection),
            hits=posts.count_hits(connection),
            cases=cases.count(connection),
            alerts=outbox.count(connection),
            undelivered=outbox.unfinished(connection),
            latencies=latencies(database, utc_now().replace(year=2000)),
            expected=sum(sample.expect is Expect.ALERT for sample in samples),
            found=sum(sample.expect is Expect.ALERT and sample.key in told for sample in samples),
            missed=[
                f"{sample.key} {'(hard) ' * sample.hard}{sample.text[:50]!r}"
                for sample in samples
                if sample.expect is Expect.ALERT and sample.key not in told
            ],
            false_alarms=[
                f"{sample.key} {sample.text[:50]!r}"
                for sample in samples
                if sample.expect is Expect.NO_ALERT and sample.key in told
            ],
            slack_messages=slack_messages,
        )


@contextmanager
def _until_told(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the story gently."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {n: signal.signal(n, lambda *_: stop.set()) for n in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
