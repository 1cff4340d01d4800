"""A mail server on loopback that takes letters, or fails to, as a test says."""

from __future__ import annotations

import base64
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

HANG = "(hang)"
"""Say nothing from here on."""
DROP = "(drop)"
"""Hang up."""


@dataclass
class Letter:
    sender: str
    recipients: list[str]
    data: bytes
    encrypted: bool
    user: str

    @property
    def mail(self) -> EmailMessage:
        read = message_from_bytes(self.data, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        assert part is not None
        content = part.get_content()
        assert isinstance(content, str)
        return content


@dataclass
class Mailbox:
    """What the server says to each verb, once per entry (the last one again and again).

    `letter` is the answer to a whole letter, `greeting` the first line. `rcpt` may refuse
    single addresses. Lines are codes with text, or HANG or DROP.
    """

    port: int = 0
    greeting: str = "220 mail.example ESMTP"
    answers: dict[str, list[str]] = field(default_factory=dict)
    letter: list[str] = field(default_factory=lambda: ["250 2.0.0 queued"])
    rcpt: dict[str, str] = field(default_factory=dict)
    capabilities: list[str] = field(default_factory=lambda: ["AUTH PLAIN LOGIN", "8BITMIME"])
    context: ssl.SSLContext | None = None
    implicit_tls: bool = False
    password: str = ""
    letters: list[Letter] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class _Gone(Exception):
    pass


@dataclass
class _Talk:
    box: Mailbox
    connection: socket.socket
    over: threading.Event
    encrypted: bool = False
    user: str = ""

    def run(self) -> None:
        if self.box.implicit_tls:
            self._encrypt()
        self._say(self.box.greeting)
        sender, recipients = "", []
        while True:
            line = self._line()
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            self.box.said.append(line)
            scripted = self.box.answers.get(verb)
            if scripted:
                answer = scripted.pop(0) if len(scripted) > 1 else scripted[0]
                self._say(answer)
                if not answer.startswith("3"):
                    continue
            elif verb == "EHLO":
                self._say_capabilities()
            elif verb == "STARTTLS":
                self._say("220 go")
                self._encrypt()
            elif verb == "AUTH":
                self._auth(rest)
            elif verb == "MAIL":
                sender, recipients = rest.partition(":")[2].split(" ")[0].strip("<>"), []
                self._say("250 2.1.0 fine")
            elif verb == "RCPT":
                recipient = rest.partition(":")[2].strip("<>")
                answer = self.box.rcpt.get(recipient, "250 2.1.5 fine")
                if answer.startswith("2"):
                    recipients.append(recipient)
                self._say(answer)
            elif verb == "DATA":
                self._say("354 go on")
            elif verb in ("RSET", "NOOP"):
                self._say("250 2.0.0 fine")
            elif verb == "QUIT":
                self._say("221 2.0.0 bye")
                return
            else:
                self._say("502 5.5.1 what?")
            if verb == "DATA":
                data = self._data()
                answers = self.box.letter
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                if answer.startswith("2") or answer in (HANG, DROP):
                    self.box.letters.append(
                        Letter(sender, recipients, data, self.encrypted, self.user)
                    )
                self._say(answer)

    def _say_capabilities(self) -> None:
        names = [*self.box.capabilities]
        if self.box.context and not self.encrypted:
            names.append("STARTTLS")
        lines = ["mail.example", *names]
        for line in lines[:-1]:
            self._say(f"250-{line}")
        self._say(f"250 {lines[-1]}")

    def _auth(self, rest: str) -> None:
        mechanism, _, given = rest.partition(" ")
        if mechanism == "LOGIN":
            user = self._ask("VXNlcm5hbWU6") if not given else base64.b64decode(given).decode()
            password = self._ask("UGFzc3dvcmQ6")
        else:
            _, user, password = base64.b64decode(given).decode().split("\0")
        if password == self.box.password:
            self.user = user
            self._say("235 2.7.0 welcome")
        else:
            self._say(f"535 5.7.8 no, {password} is wrong")

    def _ask(self, prompt: str) -> str:
        self._say(f"334 {prompt}")
        return base64.b64decode(self._line()).decode()

    def _encrypt(self) -> None:
        assert self.box.context is not None
        self.connection = self.box.context.wrap_socket(self.connection, server_side=True)
        self.encrypted = True

    def _say(self, line: str) -> None:
        if line == HANG:
            self.over.wait(20)
            raise _Gone
        if line == DROP:
            raise _Gone
        self.connection.sendall(f"{line}\r\n".encode())

    def _line(self) -> str:
        return self._until(b"\r\n").decode()

    def _data(self) -> bytes:
        data = self._until(b"\r\n.\r\n") + b"\r\n"
        assert not re.search(rb"(?<!\r)\n", data)
        assert max(map(len, data.split(b"\r\n"))) <= 998
        return re.sub(rb"(?m)^\.\.", b".", data)

    def _until(self, end: bytes) -> bytes:
        data = b""
        while not data.endswith(end):
            more = self.connection.recv(1)
            if not more:
                raise _Gone
            data += more
        return data[: -len(end)]


@contextmanager
def receiving_mail(**changes: object) -> Iterator[Mailbox]:
    """Run a server on a free port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    box = Mailbox(port=listener.getsockname()[1], **changes)  # type: ignore[arg-type]
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            connection, _ = listener.accept()
            connection.settimeout(10)
            talk = _Talk(box, connection, over)
            with suppress(OSError, _Gone):
                talk.run()
            with suppress(OSError):
                talk.connection.shutdown(socket.SHUT_RDWR)
            talk.connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield box
    finally:
        over.set()
        with suppress(OSError):
            socket.create_connection(listener.getsockname(), timeout=1).close()
        thread.join()
        listener.close()
