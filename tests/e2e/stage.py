"""The stage for the whole service: stand-in platforms on loopback, a configuration file, and
the service in front of them, in this process or in one of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final, Self

import httpx
import yaml

from alerts.channels.slack import EVENT_TYPE
from monitor.auth import Role
from monitor.bootstrap import Setting, build_service, build_web
from monitor.config import load
from monitor.demo.scenario import Expect, Kind, SampleOriginal, SamplePost
from monitor.demo.slack import SlackMessage, StandSlack
from monitor.demo.twitter import StandTwitter
from monitor.demo.webhook import StandWebhook
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import Published, World
from monitor.secrets import Secrets
from monitor.service import Service
from monitor.storage.database import Database
from monitor.storage.people import TokenStore
from monitor.web.server import WebServer
from scrapers.post import Author, Platform, Standing

ROOT: Final = Path(__file__).parents[2]
BRAND: Final = "星云手表"
START_S: Final = 90.0
"""A busy machine takes its time to import everything."""
_URL: Final = re.compile(r"https://(?:weibo\.com|x\.com)/[\w/.]+")


def utc_now() -> datetime:
    return datetime.now(UTC)


def complaint(number: int, platform: Platform) -> str:
    """A complaint like no other: its number keeps it from being folded into another's story."""
    if platform is Platform.WEIBO:
        return f"订单{number:06}的{BRAND}坏了，客服一直不理，我要退款！"
    return f"Order {number:06}: my NebulaWatch stopped working, nobody answers, I want a refund"


@dataclass
class Stage:
    """Two platforms, a Slack room and a webhook; `settings` become config.yaml.

    `publish` puts a post on a platform; `told` says which posts' links Slack has shown.
    """

    folder: Path
    now: Callable[[], datetime] = utc_now
    slow_s: float = 15.0
    transport: str = "mobile"
    slack: StandSlack = field(init=False)
    settings: dict[str, Any] = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        enter = self._stack.enter_context
        self.world = World(self.now)
        self.weibo = enter(StandWeibo(self.world, slow_s=self.slow_s))
        self.twitter = enter(StandTwitter(self.world, rate_limit=90_000, slow_s=self.slow_s))
        self.slack = enter(self._room())
        self.webhook = enter(StandWebhook(self.now, slow_s=self.slow_s))
        self.settings = self._settings()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        defects = [d for s in (self.weibo, self.twitter, self.slack) for d in s.defects]
        assert defects == []

    def _room(self) -> StandSlack:
        return StandSlack(self.now, slow_s=self.slow_s)

    def _settings(self) -> dict[str, Any]:
        often = {"poll_interval_s": 1, "overlap_s": 30, "look_back_s": 5, "index_lag_s": 0}
        return {
            "database_url": f"sqlite:///{self.folder / 'shifen.db'}",
            "brands": [
                {
                    "name": BRAND,
                    "aliases": ["NebulaWatch"],
                    "exclude": ["星云手表厂"],
                    "accounts": {"weibo": "6004281123", "twitter": "900100"},
                }
            ],
            "sources": {
                "weibo": {
                    **often,
                    "transport": self.transport,
                    "base_url": self.weibo.url,
                    "visitor_base_url": self.weibo.url,
                    "requests_per_minute": 600,
                },
                "twitter": {
                    **often,
                    "base_url": self.twitter.url,
                    "requests_per_15_minutes": 90_000,
                },
            },
            "channels": [self.slack_channel()],
            "sentiment": {"scorer": "words"},
            # Each post's own way is followed here: nothing waits for copies, is rolled up, told
            # again, or escalated because nobody acts.
            "flow": {"group_wait_s": 0, "repeat_s": 604_800},
            "storm": {"single": 10_000, "urgent_single": 10_000},
            "escalation": {
                "levels": [{"name": "team", "zh": "组", "en": "team", "act_within_s": 2_592_000}],
                **{name: {"level": "team"} for name in ("normal", "important", "urgent")},
            },
            "console": {"port": 0},
        }

    def slack_channel(self, **changes: Any) -> dict[str, Any]:
        """One entry of `channels` for the Slack room."""
        entry = {
            "kind": "slack",
            "name": "pr-room",
            "base_url": self.slack.api_url,
            "channel": "#pr",
            "min_interval_s": 0,
        }
        return {**entry, **changes}

    def webhook_channel(self, **changes: Any) -> dict[str, Any]:
        """One entry of `channels` for the webhook."""
        return {"kind": "webhook", "name": "spare", "url": f"{self.webhook.url}/in", **changes}

    @property
    def config_path(self) -> Path:
        return self.folder / "config.yaml"

    def write_config(self) -> Path:
        """Write the settings; a running service reads brands and words from it again."""
        text = yaml.safe_dump(self.settings, allow_unicode=True, sort_keys=False)
        fresh = self.folder / "config.new"
        fresh.write_text(text, encoding="utf-8")
        return fresh.replace(self.config_path)

    @property
    def environment(self) -> dict[str, str]:
        """The secrets that open the stand-ins."""
        return {
            "SHIFEN_WEIBO_COOKIE": StandWeibo.login_cookie,
            "SHIFEN_WEIBO_ACCESS_TOKEN": StandWeibo.access_token,
            "SHIFEN_TWITTER_BEARER_TOKEN": StandTwitter.bearer_token,
            "SHIFEN_SLACK_BOT_TOKEN": StandSlack.bot_token,
            "SHIFEN_SLACK_SIGNING_SECRET": StandSlack.signing_secret,
            "SHIFEN_WEBHOOK_SECRET": "a-shared-secret",
            "SHIFEN_SECRET_KEY": "signs-cookies-of-tests",
        }

    def setting(self, **changes: Any) -> Setting:
        """What the service is built from, read from the file that `write_config` wrote."""
        path = self.write_config()
        secrets = Secrets.from_environment(self.environment)
        return Setting(load(path, {}), secrets, path, now=self.now, **changes)

    def publish(
        self,
        text: str = "",
        platform: Platform = Platform.WEIBO,
        *,
        at: datetime | None = None,
        author_id: str = "",
        standing: Standing = Standing.ORDINARY,
        followers: int = 12,
        original: str = "",
    ) -> Published:
        """Publish a post, by default a complaint; `original` is the key of a post to pass on."""
        number = next(self._numbers)
        who = author_id or str(7_000_000_000 + number)
        sample = SamplePost(
            key=f"p{number}",
            offset_s=0.0,
            platform=platform,
            author=Author(who, f"用户{number}", followers, standing, f"user{number}"),
            text=text or complaint(number, platform),
            brand=BRAND,
            kind=Kind.COMPLAINT,
            expect=Expect.ALERT,
            why="on stage",
            original=SampleOriginal(key=original) if original else None,
        )
        return self.world.publish(sample, at)

    @property
    def messages(self) -> list[SlackMessage]:
        """What Slack took, alerts and notices about the service alike."""
        return list(self.slack.messages)

    def told(self, post: Published) -> list[SlackMessage]:
        """The messages that show the link of a post."""
        return [m for m in self.messages if post.url in links(m)]

    def notices(self) -> list[SlackMessage]:
        """The messages that are about no post: the service speaks of itself."""
        return [m for m in self.messages if not links(m)]


def links(message: SlackMessage) -> set[str]:
    """The addresses of posts that a message shows."""
    return set(_URL.findall(message.said))


def dedupe_key(message: SlackMessage) -> str:
    """The key by which our messages are known again."""
    assert message.metadata["event_type"] == EVENT_TYPE
    return str(message.metadata["event_payload"]["dedupe_key"])


@dataclass
class Running:
    """A service that runs in this process."""

    service: Service
    database: Database
    http: httpx.Client

    def metric(self, line: str) -> float:
        """Return the value of one line of /metrics, e.g. `shifen_source_blind{source="x"}`."""
        for row in self.http.get("/metrics").text.splitlines():
            if row.startswith(f"{line} "):
                return float(row.rpartition(" ")[2])
        raise AssertionError(f"/metrics has no {line}")


@contextmanager
def served(stage: Stage, database: Database, service: Service, setting: Setting) -> Iterator[Any]:
    """Serve the console of a service, and give a client that may read all of it."""
    web = WebServer(build_web(setting, service), "127.0.0.1", 0)
    web.start()
    _, token = TokenStore(database, stage.now).create("stage", Role.ADMIN, by="stage")
    headers = {"Authorization": f"Bearer {token}"}
    try:
        # Loopback speaks plain HTTP; loading certificates for it would take most of the time.
        with httpx.Client(
            base_url=web.url, headers=headers, verify=False, trust_env=False, timeout=20
        ) as client:
            yield client
    finally:
        web.stop()


@contextmanager
def running(stage: Stage, **changes: Any) -> Iterator[Running]:
    """Run the service in this process, all of its threads included, with its console."""
    setting = stage.setting(**changes)
    database = Database(setting.config.database_url)
    try:
        database.upgrade()
        service = build_service(setting, database)
        with served(stage, database, service, setting) as client:
            service.start()
            try:
                yield Running(service, database, client)
            finally:
                service.stop()
    finally:
        database.close()


class Process:
    """`shifen run` in a process of its own."""

    def __init__(self, stage: Stage, log: Path) -> None:
        self.log = log
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("SHIFEN")}
        paths = [str(ROOT), inherited.get("PYTHONPATH", "")]
        environment: Mapping[str, str] = {
            **inherited,
            **stage.environment,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "PYTHONUTF8": "1",
        }
        with log.open("wb") as out:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "monitor", "run", "--config", str(stage.config_path)],
                cwd=stage.folder,
                env=environment,
                stdout=out,
                stderr=out,
            )

    @property
    def said(self) -> str:
        """What this process has written so far."""
        return self.log.read_text("utf-8", "replace")

    @property
    def console_url(self) -> str:
        found = re.search(r"console: (http://\S+)", self.said)
        return found[1] if found else ""

    def wait_started(self, timeout_s: float = START_S) -> None:
        """Return when the console listens; the polls follow within milliseconds."""
        wait_for(lambda: self.console_url or self._child.poll() is not None, timeout_s)
        assert self._child.poll() is None, self.said

    def alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """Kill -9."""
        self._child.kill()
        self._child.wait()

    def wait(self, timeout_s: float = START_S) -> int:
        """Return the exit status."""
        return self._child.wait(timeout_s)

    def terminate(self, timeout_s: float = 60) -> int:
        """Send SIGTERM and return the exit status."""
        self._child.terminate()
        return self._child.wait(timeout_s)


@contextmanager
def process(stage: Stage) -> Iterator[Process]:
    """Run `shifen run` until the end of the block, at the latest."""
    stage.write_config()
    child = Process(stage, stage.folder / f"run-{time.monotonic_ns()}.log")
    try:
        yield child
    finally:
        if child.alive():
            child.kill()


def wait_for(holds: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Return as soon as `holds` is true; fail after `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"did not come true within {timeout_s:g} s"
        time.sleep(0.05)
