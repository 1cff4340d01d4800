"""A robot's platform that answers as a test says, without a network."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import httpx

from alerts.channels.build import DIALECTS
from alerts.channels.robots import RobotChannel, RobotSettings
from alerts.channels.secrets import ChannelSecrets
from tests.alerts.messages import NOW

KEY = "0f1e2d3c-robot-key-of-tests"
SECRET = "SEC-robot-secret-of-tests"
SHANGHAI = timezone(timedelta(hours=8))
YES = {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}


@dataclass
class Platform:
    """Gives the answers in turn, the last one again and again; keeps what it was asked."""

    answers: list[Any] = field(default_factory=lambda: [YES])
    requests: list[httpx.Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    now: datetime = NOW

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests]

    def channel(
        self, settings: Callable[..., RobotSettings], secrets: ChannelSecrets | None = None
    ) -> RobotChannel:
        made = settings(name="room", secret="PR_ROOM")
        return RobotChannel(
            made,
            DIALECTS[type(made)](),
            secrets=ChannelSecrets(key=KEY, secret=SECRET) if secrets is None else secrets,
            zone=SHANGHAI,
            now=lambda: self.now,
            sleep=self.sleep,
            transport=httpx.MockTransport(self),
        )
