"""Alerts as letters, handed to a mail server (SMTP)."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from alerts.channels.channel import Busy, ChannelError, Receipt, Refused, Unanswered
from alerts.channels.http import loopback
from alerts.channels.letter import letter, subject
from alerts.channels.secrets import SecretName, channel_variable
from alerts.message import Message, sanitized
from alerts.severity import Severity

MOST_AT_ONCE: Final = 20
PATIENCE: Final = timedelta(seconds=40)
"""From when on no further step of a letter is begun; a delivery's lease is 60 s."""
MOST_RECIPIENTS: Final = 50
OK: Final = 250
GO_AHEAD: Final = 354
NEVER: Final = range(500, 600)

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}",
    re.ASCII,
)
_MESSAGE_ID: Final = re.compile(r"<[A-Za-z0-9._-]{1,100}@[A-Za-z0-9.-]{1,250}>", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_ENHANCED: Final = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?!\d)")


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("write an address such as alerts@example.com, without a name before it")
    return value


def _server(value: str) -> str:
    if not _HOST.fullmatch(value):
        raise ValueError("write the name of a mail server, e.g. smtp.example.com")
    return value


Address = Annotated[str, AfterValidator(_address)]


class EmailSettings(BaseModel):
    """One entry of `channels` with `kind: email`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["email"] = "email"
    name: str = Field(min_length=1, max_length=64)
    standby: bool = False
    """Carries an alert only when another channel fails, or when nobody was reached by minute 8."""
    host: Annotated[str, AfterValidator(_server)]
    port: int = Field(587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` (port 587) and `tls` (port 465) check the server's certificate."""
    user: str = Field("", max_length=200)
    """Who signs in; empty where the server asks for nobody."""
    secret: SecretName | None = None
    """Names the password: SHIFEN_CHANNEL_<secret>_PASSWORD."""
    sender: Address
    to: tuple[Address, ...] = Field(min_length=1, max_length=MOST_RECIPIENTS)
    timeout_s: float = Field(10, gt=0, le=50)
    min_interval_s: float = Field(1.0, ge=0, le=60)
    most_at_once: int = Field(MOST_AT_ONCE, ge=1, le=MOST_AT_ONCE)
    """How many alerts one letter may carry when several are due."""

    @model_validator(mode="after")
    def _password_stays_hidden(self) -> Self:
        if self.user and not self.secret:
            raise ValueError("user needs secret, which names the password in the environment")
        if self.user and self.security == "none" and not loopback(f"smtp://{self.host}"):
            raise ValueError("security none would show the password to the network; use starttls")
        return self


class EmailChannel:
    """Sends each alert to the configured addresses and to those of who must act.

    The Message-ID comes from the dedupe key, so that mail programs know a letter that comes
    twice; what follows about a case answers its first letter. A letter counts as sent when the
    server took it for at least one recipient; `check` asks about each.
    """

    def __init__(
        self,
        settings: EmailSettings,
        *,
        password: str,
        now: Callable[[], datetime],
        zone: tzinfo,
    ) -> None:
        self._settings = settings
        self._password = password
        self._now = now
        self._zone = zone
        self._domain = settings.sender.partition("@")[2]

    @property
    def name(self) -> str:
        """The channel's name in the settings; unique."""
        return self._settings.name

    @property
    def min_interval_s(self) -> float:
        """The least time between two messages that this channel allows."""
        return self._settings.min_interval_s

    @property
    def most_at_once(self) -> int:
        """How many alerts one letter may carry."""
        return self._settings.most_at_once

    @property
    def threads(self) -> bool:
        """Letters answer letters."""
        return True

    def send(self, message: Message) -> Receipt:
        """Hand the letter to the server; raise a ChannelError if that fails."""
        recipients = self._recipients(message)
        mail = self._mail(sanitized(message), recipients)
        body = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
        if not body.endswith(b"\r\n"):
            body += b"\r\n"

        until = self._now() + PATIENCE

        def hand_over(server: smtplib.SMTP) -> None:
            self._envelope(server, recipients, until)
            self._hurry(server, until)
            self._expect(server.docmd("DATA"), "DATA", GO_AHEAD)
            server.send(body + b".\r\n")
            self._expect(self._verdict(server), "the letter")

        self._converse(hand_over)
        return Receipt(str(mail["Message-ID"]))

    def find(self, dedupe_key: str, since: datetime, thread: str = "") -> Receipt | None:
        """Return None: a mailbox is its owner's; a letter that comes twice has one Message-ID."""
        return None

    def check(self) -> str:
        """Ask the server whether it would take a letter for each recipient, and send none."""
        settings = self._settings

        def ask(server: smtplib.SMTP) -> None:
            self._expect(server.mail(settings.sender), "MAIL")
            for recipient in settings.to:
                self._expect(server.rcpt(recipient), f"RCPT {recipient}")
            server.rset()

        self._converse(ask)
        how = "unencrypted" if settings.security == "none" else "encrypted"
        count = len(settings.to)
        return f"{settings.host} takes letters from {settings.sender} to {count} addresses, {how}"

    def close(self) -> None:
        """Do nothing: each letter has its own connection."""

    def _recipients(self, message: Message) -> tuple[str, ...]:
        """Return the configured addresses, then those of who must act, each once."""
        named = (person.handles.get("email", "") for person in message.mentions)
        wanted = [*self._settings.to, *(each for each in named if _ADDRESS.fullmatch(each))]
        unique: dict[str, str] = {}
        for address in wanted:
            unique.setdefault(address.casefold(), address)
        return tuple(unique.values())[:MOST_RECIPIENTS]

    def _mail(self, message: Message, recipients: Iterable[str]) -> EmailMessage:
        now = self._now()
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._settings.sender
        mail["To"] = ", ".join(recipients)
        mail["Subject"] = subject(message)
        mail["Date"] = format_datetime(now.astimezone(self._zone))
        mail["Message-ID"] = f"<{_local_part(message.dedupe_key)}@{self._domain}>"
        if _MESSAGE_ID.fullmatch(message.thread):
            mail["In-Reply-To"] = mail["References"] = message.thread
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        if message.severity is Severity.URGENT and not message.ended:
            mail["Importance"] = "high"
        text, page = letter(message, now, self._zone)
        mail.set_content(text, cte="base64")
        mail.add_alternative(page, subtype="html", cte="base64")
        return mail

    def _converse(self, act: Callable[[smtplib.SMTP], None]) -> None:
        """Do something with a server that knows us; what goes wrong leaves as a ChannelError."""
        host = self._settings.host
        server: smtplib.SMTP | None = None
        try:
            server = self._connected()
            self._enter(server)
            act(server)
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
        except smtplib.SMTPResponseException as error:
            trouble = self._refusal(error.smtp_code, _bytes(error.smtp_error), "us")
        except smtplib.SMTPNotSupportedError:
            trouble = Refused(f"{host} lacks what security and user need: STARTTLS or AUTH")
        except (OSError, smtplib.SMTPException) as error:
            trouble = Busy(f"{host} could not be reached ({type(error).__name__})")
        else:
            return
        finally:
            if server is not None:
                server.close()
        # Raised out here because the errors of smtplib carry what was said.
        raise trouble

    def _connected(self) -> smtplib.SMTP:
        settings = self._settings
        if settings.user and not self._password:
            variable = channel_variable(settings.secret or "", "password")
            raise Refused(f"the password is missing: set {variable}")
        if settings.security != "tls":
            return smtplib.SMTP(
                settings.host,
                settings.port,
                local_hostname=self._domain,
                timeout=settings.timeout_s,
            )
        return smtplib.SMTP_SSL(
            settings.host,
            settings.port,
            local_hostname=self._domain,
            timeout=settings.timeout_s,
            context=ssl.create_default_context(),
        )

    def _enter(self, server: smtplib.SMTP) -> None:
        """Hide the conversation and sign in, as the settings say."""
        if self._settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if self._settings.user:
            server.login(self._settings.user, self._password)

    def _envelope(self, server: smtplib.SMTP, recipients: Iterable[str], until: datetime) -> None:
        self._expect(server.mail(self._settings.sender), "MAIL")
        answers = []
        for recipient in recipients:
            self._hurry(server, until)
            answers.append(server.rcpt(recipient))
        if any(code // 100 == OK // 100 for code, _ in answers):
            return
        # One who may be served later is worth another try for all.
        code, said = min(answers)
        raise self._refusal(code, said, "RCPT")

    def _hurry(self, server: smtplib.SMTP, until: datetime) -> None:
        """Wait no longer for the next answer than there is time for the whole letter.

        Servers that distrust a sender let it wait at every step; a delivery's lease must hold.
        """
        left_s = (until - self._now()).total_seconds()
        if left_s <= 0 or server.sock is None:
            raise Busy(f"{self._settings.host} takes too long over a letter")
        server.sock.settimeout(min(self._settings.timeout_s, left_s))

    def _expect(self, answer: tuple[int, bytes], step: str, code: int = OK) -> None:
        given, said = answer
        if given // 100 != code // 100:
            raise self._refusal(given, said, step)

    def _refusal(self, code: int, said: bytes, step: str) -> ChannelError:
        """Tell a refusal for now (4xx) from one for good; only codes are repeated."""
        enhanced = _ENHANCED.match(said)
        known = f"{code} {enhanced[0].decode()}" if enhanced else str(code)
        detail = f"{self._settings.host} answered {step} with {known}"
        if code in NEVER:
            return Refused(detail, code=str(code))
        return Busy(detail)

    def _verdict(self, server: smtplib.SMTP) -> tuple[int, bytes]:
        """Return what the server says of the letter; without an answer it may have taken it."""
        try:
            code, said = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            kind = type(error).__name__
        else:
            if code >= OK:
                return code, said
            kind = "something unreadable"
        raise Unanswered(f"{self._settings.host} took the letter and gave no answer ({kind})")


def _local_part(dedupe_key: str) -> str:
    """Return a dedupe key as a Message-ID takes it."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", dedupe_key)[:100] or "none"


def _bytes(said: bytes | str) -> bytes:
    return said.encode("utf-8", "replace") if isinstance(said, str) else said
