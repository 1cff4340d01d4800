"""A stand-in for whoever receives our webhook."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from monitor.demo.exchange import Answer, Fault, Request, html_answer, json_answer, text_answer
from monitor.demo.stand import Stand

RETRY_AFTER_S: Final = 2


@dataclass(frozen=True, slots=True)
class WebhookMessage:
    """A message that the stand-in took; header names in lower case."""

    id: str
    key: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    payload: Any
    received_at: datetime


class StandWebhook(Stand):
    """A receiver on loopback that takes any POST once.

    Requests with an `Idempotency-Key` that it has seen get the first answer again and are
    not kept twice; `deliveries` counts them all.
    """

    faults: ClassVar = frozenset(
        {
            Fault.EXPIRED_AUTH,
            Fault.BLOCKED,
            Fault.THROTTLED,
            Fault.THROTTLED_SILENT,
            Fault.SERVER_ERROR,
            Fault.HTML,
            Fault.SLOW,
            Fault.RESET,
            Fault.LOST_ANSWER,
        }
    )

    def __init__(self, now: Callable[[], datetime], *, slow_s: float = 15.0) -> None:
        super().__init__(now, slow_s=slow_s)
        self.deliveries = 0
        self._lock = threading.Lock()
        self._messages: list[WebhookMessage] = []

    @property
    def messages(self) -> tuple[WebhookMessage, ...]:
        """All messages taken so far, oldest first, each key once."""
        with self._lock:
            return tuple(self._messages)

    def respond(self, request: Request) -> Answer:
        """Take the message, unless it was taken before."""
        if request.method != "POST":
            return json_answer({"error": "POST only"}, 405, (("Allow", "POST"),))
        key = request.headers.get("idempotency-key", "")
        with self._lock:
            self.deliveries += 1
            known = next((m for m in self._messages if key and m.key == key), None)
            if known is None:
                known = WebhookMessage(
                    id=f"wh-{len(self._messages) + 1}",
                    key=key,
                    path=request.path,
                    headers=request.headers,
                    body=request.body,
                    payload=request.json(),
                    received_at=self.now(),
                )
                self._messages.append(known)
        return json_answer({"id": known.id})

    def misbehave(self, request: Request, fault: Fault) -> Answer:
        """Refuse."""
        return _FAULTS[fault]


_FAULTS: Final = {
    Fault.EXPIRED_AUTH: json_answer({"error": "unauthorized"}, 401),
    Fault.BLOCKED: json_answer({"error": "forbidden"}, 403),
    Fault.THROTTLED: text_answer("", 429, (("Retry-After", str(RETRY_AFTER_S)),)),
    Fault.THROTTLED_SILENT: text_answer("", 429),
    Fault.SERVER_ERROR: text_answer("", 500),
    Fault.HTML: html_answer("<html><body>hello</body></html>"),
}
