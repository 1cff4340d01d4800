"""What the robots of group chats agree on: WeCom, DingTalk, Feishu.

A robot has an address that holds its key, takes JSON, and answers 200 with a code in the
body, which alone says whether the message was taken. It can neither be asked what it has
posted nor answer an earlier message: `find` returns None, so a message whose answer was lost
arrives twice at worst (DingTalk knows a repeated one by its `msgUuid`); the number of the case
in each message tells people that both are the same.

Robots take few messages a minute, so several alerts go out in one (`most_at_once`); what does
not fit into one body goes into several, one after another at the robot's pace. When one of
them fails, the next try goes on with it, unless the process has ended meanwhile.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Annotated, Any, Final, Protocol
from urllib.parse import urlencode

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from alerts.channels.channel import Busy, ChannelError, Receipt, Refused, Unanswered
from alerts.channels.http import (
    host,
    http_address,
    loopback,
    transient,
    trouble,
    wait_hint_s,
)
from alerts.channels.secrets import ChannelSecrets, SecretName, channel_variable
from alerts.channels.sheet import Page, Paper
from alerts.channels.words import pages
from alerts.message import Message, sanitized

MOST_AT_ONCE: Final = 10
PATIENCE: Final = timedelta(seconds=25)
"""How long one `send` goes on beginning bodies; a delivery's lease is 60 s."""
MAX_ANSWER_BYTES: Final = 64 * 1024
HEADERS: Final = {
    "Content-Type": "application/json; charset=utf-8",
    "User-Agent": "shifen",
}
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,200}")


def _keyless(value: str) -> str:
    if "?" in value or "#" in value:
        raise ValueError("leave out what follows the question mark: the key is a secret")
    return value.rstrip("/")


RobotAddress = Annotated[str, AfterValidator(http_address), AfterValidator(_keyless)]
"""An address without the key."""


class RobotSettings(BaseModel):
    """What the entries of `channels` for robots have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""
    secret: SecretName
    """Names the key (SHIFEN_CHANNEL_<secret>_KEY) and what signs (…_SECRET)."""
    base_url: RobotAddress
    timeout_s: float = Field(10, gt=0, le=50)
    min_interval_s: float = Field(3.3, ge=0, le=60)


class Fate(StrEnum):
    """What a code of a robot means for the message."""

    WAIT = "wait"
    """Too many messages: the same one may go out later."""
    AGAIN = "again"
    """Trouble of the platform's own."""
    WORDS = "words"
    """The platform does not like these words; it may take a message without them."""
    NEVER = "never"
    """The message is not as it must be."""
    ROBOT = "robot"
    """The robot takes nothing from us: its key, its signature, our address."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a robot: what becomes of the message, and a hint for whoever runs us.

    `{key}` and `{secret}` in `told` stand for the variables that hold them; `wait_s` is how
    long a limit lasts.
    """

    fate: Fate
    told: str
    wait_s: float | None = None


@dataclass(frozen=True, slots=True)
class Credentials:
    """Key and signing secret of one robot, and the moment of a request."""

    key: str
    secret: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """How a request shows who asks: behind the address, in its query, in the body."""

    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    proof: Mapping[str, str] = field(default_factory=dict)


class Dialect(Protocol):
    """How one platform's robots are spoken to."""

    @property
    def service(self) -> str:
        """The platform's name in sentences for operators."""

    @property
    def signs(self) -> bool:
        """Whether its robots can check a signature."""

    @property
    def paper(self) -> Paper:
        """How much a body takes."""

    def call(self, credentials: Credentials) -> Call:
        """Say how a request shows its key and signature."""

    def body(self, page: Page, locale: str, mark: str) -> dict[str, Any]:
        """Write one body; `mark` is the same for every try of it."""

    def code(self, answer: Mapping[str, Any]) -> tuple[object, object]:
        """Return code and text of an answer; 0 means taken, None that there is no code."""

    def meaning(self, code: int, said: str) -> Code | None:
        """Say what a code other than 0 means, None if unknown; `said` is the answer's own text."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    hint_s: float | None
    code: int | None
    said: str


class _Disliked(Refused):
    """The platform refused the words."""


class _Malformed(Refused):
    """The platform refused the form."""


class _Unknown(Busy):
    """The platform refused for a reason that is not known here.

    Tried again: a limit that is new must not lose an alert, and other channels take over.
    """


class RobotChannel:
    """Writes each alert into the group chat of one robot."""

    def __init__(
        self,
        settings: RobotSettings,
        dialect: Dialect,
        *,
        secrets: ChannelSecrets,
        zone: tzinfo,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._dialect = dialect
        self._secrets = secrets
        self._zone = zone
        self._now = now
        self._sleep = sleep
        self._unfinished: tuple[Message, list[tuple[str, Page]]] | None = None
        # A kept connection that the receiver drops meanwhile would look like a lost answer.
        self._client = httpx.Client(
            timeout=settings.timeout_s,
            follow_redirects=False,
            limits=httpx.Limits(max_keepalive_connections=0),
            transport=transport,
            trust_env=not loopback(settings.base_url),
        )

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""
        return self._settings.name

    @property
    def min_interval_s(self) -> float:
        """The least time between two bodies, which keeps below the platform's limit."""
        return self._settings.min_interval_s

    @property
    def most_at_once(self) -> int:
        """How many alerts one message may carry, for a robot takes few messages a minute."""
        return MOST_AT_ONCE

    @property
    def threads(self) -> bool:
        """A robot cannot answer an earlier message; the number of the case joins them."""
        return False

    def send(self, message: Message) -> Receipt:
        """Write the message into the chat; raise a ChannelError if that fails.

        Words that the platform refuses are left out at a second try: an alert without them
        still says that there is one, how urgent it is, and where it can be read.
        """
        self._need_key()
        try:
            self._bring(message, withheld=False)
        except _Disliked:
            self._sleep(self.min_interval_s)
            self._bring(message, withheld=True)
        return Receipt(message.dedupe_key)

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: robots do not tell what they have written."""
        return None

    def check(self) -> str:
        """Show the key with a request that holds no message; nothing is written.

        The robot then complains about the missing message, or about the key, the signature,
        or the address that we come from.
        """
        self._need_key()
        error = self._error(self._ask({}))
        if error is not None and not isinstance(error, _Disliked | _Malformed | _Unknown):
            raise error
        unsigned = channel_variable(self._settings.secret, "secret")
        signed = "signed" if self._secrets.secret else f"NOT signed (set {unsigned})"
        shown = f"; messages are {signed}" if self._dialect.signs else ""
        return f"{self._dialect.service} answers at {host(self._settings.base_url)}{shown}"

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def _need_key(self) -> None:
        if _KEY.fullmatch(self._secrets.key):
            return
        variable = channel_variable(self._settings.secret, "key")
        service = self._dialect.service
        if not self._secrets.key:
            raise Refused(f"the key of the {service} robot is missing: set {variable}")
        if "/" in self._secrets.key:
            raise Refused(f"{variable} holds a whole address: keep only the key at its end")
        raise Refused(f"{variable} does not look like a key of {service}: copy it again")

    def _bring(self, message: Message, *, withheld: bool) -> None:
        bodies = self._bodies(message, withheld=withheld)
        began, count = self._now(), len(bodies)
        while bodies:
            if len(bodies) < count:
                self._pause(began, count - len(bodies), count)
            mark, page = bodies[0]
            error = self._error(self._ask(self._dialect.body(page, message.locale, mark)))
            if error is not None:
                raise error
            del bodies[0]
            self._unfinished = (message, bodies)

    def _bodies(self, message: Message, *, withheld: bool) -> list[tuple[str, Page]]:
        """Return what is still to be sent, each body with the mark that it has at every try."""
        if self._unfinished is not None and not withheld:
            begun, bodies = self._unfinished
            if bodies and begun == message:
                return bodies
        laid = pages(
            sanitized(message),
            self._now(),
            paper=self._dialect.paper,
            zone=self._zone,
            withheld=withheld,
        )
        kind = "withheld" if withheld else "whole"
        return [(f"{message.dedupe_key}-{kind}-{n}", page) for n, page in enumerate(laid, 1)]

    def _pause(self, began: datetime, sent: int, count: int) -> None:
        if self._now() - began > PATIENCE:
            told = f"{sent} of {count} bodies went out, the rest follows"
            raise Busy(told, retry_after_s=self.min_interval_s)
        self._sleep(self.min_interval_s)

    def _ask(self, body: Mapping[str, Any]) -> _Answer:
        secrets, now = self._secrets, self._now()
        call = self._dialect.call(Credentials(secrets.key, secrets.secret, now))
        content = json.dumps({**call.proof, **body}, ensure_ascii=False, separators=(",", ":"))
        url = f"{self._settings.base_url}{call.path}"
        try:
            with self._client.stream(
                "POST",
                f"{url}?{urlencode(call.query)}" if call.query else url,
                content=content.encode(),
                headers=HEADERS,
            ) as response:
                return self._read(response, now)
        except httpx.TransportError as error:
            lost = trouble(host(url), error)
        # Raised out here because httpx's error carries the request, key included.
        raise lost

    def _read(self, response: httpx.Response, now: datetime) -> _Answer:
        raw = b""
        with suppress(httpx.DecodingError):
            for piece in response.iter_bytes():
                raw += piece
                if len(raw) > MAX_ANSWER_BYTES:
                    break
        hint_s = wait_hint_s(response.headers, now)
        code, said = self._dialect.code(_object(raw))
        return _Answer(response.status_code, hint_s, _number(code), str(said or "").lower())

    def _error(self, answer: _Answer) -> ChannelError | None:
        """Return what is wrong by the answer; None if the message was taken."""
        fine = httpx.codes.is_success(answer.status)
        if fine and answer.code == 0:
            return None
        told = f"{self._dialect.service} answered {answer.status}"
        if answer.code is not None and answer.code != 0:
            code = self._dialect.meaning(answer.code, answer.said)
            told = f"{told} with code {answer.code}"
            if code is not None:
                return self._of_code(code, told, answer.hint_s)
            if fine:
                return _Unknown(f"{told}, which is not known here")
        if fine:
            return Unanswered(f"{told} with something unreadable")
        if transient(answer.status):
            return Busy(told, retry_after_s=answer.hint_s)
        return Refused(told)

    def _of_code(self, code: Code, told: str, hint_s: float | None) -> ChannelError:
        name = self._settings.secret
        names = {part: channel_variable(name, part) for part in ("key", "secret")}
        detail = f"{told}: {code.told.format(**names)}"
        if code.fate in {Fate.WAIT, Fate.AGAIN}:
            return Busy(detail, retry_after_s=code.wait_s if hint_s is None else hint_s)
        kinds = {Fate.WORDS: _Disliked, Fate.NEVER: _Malformed, Fate.ROBOT: Refused}
        return kinds[code.fate](detail)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) else {}


def _number(code: object) -> int | None:
    """Read a code: a whole number, or one in quotes."""
    if isinstance(code, str) and re.fullmatch(r"-?[0-9]{1,12}", code):
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None
