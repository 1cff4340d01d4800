"""What a stand-in receives and answers, and the faults that it can be told to have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum, auto
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Fault(StrEnum):
    """One way in which a platform lets its readers down."""

    EXPIRED_AUTH = "expired_auth"
    """Cookies and tokens that were good are refused."""
    THROTTLED = "throttled"
    """429 that says when to come back."""
    THROTTLED_SILENT = "throttled_silent"
    """Too many requests, without a word about when to come back."""
    USAGE_CAP = "usage_cap"
    """The month's quota is used up."""
    NO_CREDITS = "no_credits"
    """402: the money is used up."""
    BLOCKED = "blocked"
    """This client or address is refused."""
    CAPTCHA = "captcha"
    """A person must prove to be one."""
    VISITOR_GATE = "visitor_gate"
    """The visitor cookie is not believed."""
    SERVER_ERROR = "server_error"
    """5xx."""
    CUT_JSON = "cut_json"
    """The answer ends in its middle."""
    HTML = "html"
    """A web page where something else is due."""
    DRIFT = "drift"
    """A valid answer of a shape that nobody has seen."""
    SILENT_EMPTY = "silent_empty"
    """An empty result although there are posts."""
    SLOW = "slow"
    """The right answer, too late."""
    RESET = "reset"
    """The connection is reset before an answer."""
    LOST_ANSWER = "lost_answer"
    """The message is taken, and the connection is reset before an answer."""


class Ending(Enum):
    """How the connection ends after an answer."""

    WHOLE = auto()
    CUT = auto()
    """Half of the announced bytes come."""
    RESET = auto()
    """No byte comes, the connection is reset."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; of a repeated one the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a form or a flat JSON body."""
        if "json" in self.headers.get("content-type", ""):
            parsed = self.json()
            return parsed if isinstance(parsed, dict) else {}
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> Any:
        """Read the body as JSON; None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name; none when the header cannot be read."""
        try:
            jar: SimpleCookie = SimpleCookie(self.headers.get("cookie", ""))
        except CookieError:
            return {}
        return {name: morsel.value for name, morsel in jar.items()}

    @property
    def bearer(self) -> str:
        """The token of an `Authorization: Bearer` header, or an empty string."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    ending: Ending = Ending.WHOLE

    @property
    def is_json(self) -> bool:
        """Whether the body is meant to be JSON."""
        return "json" in self.content_type

    def cut(self) -> Answer:
        """Return the answer as it looks after half of it went missing.

        JSON comes with an honest length, so that only its reader can notice; anything else
        breaks off on the wire.
        """
        if self.is_json:
            return replace(self, body=self.body[: len(self.body) // 2])
        return replace(self, ending=Ending.CUT)

    def lost(self) -> Answer:
        """Return the answer that never arrives."""
        return replace(self, ending=Ending.RESET)


def json_answer(
    value: object, status: int = 200, headers: tuple[tuple[str, str], ...] = ()
) -> Answer:
    """Answer with JSON."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Answer(status, body, "application/json; charset=utf-8", headers)


def html_answer(page: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with a web page."""
    return Answer(status, page.encode(), "text/html; charset=utf-8", headers)


def text_answer(text: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with plain text."""
    return Answer(status, text.encode(), headers=headers)
