"""A receiver on loopback that answers, or fails to answer, as a test says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

HANG = b"(hang)"
"""Take the request and say nothing."""


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


def http_answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """One whole HTTP answer; underscores in header names stand for hyphens."""
    lines = [f"HTTP/1.1 {status} Status", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def json_answer(data: Any, status: int = 200, **headers: str) -> bytes:
    body = json.dumps(data, ensure_ascii=False).encode()
    return http_answer(status, body, Content_Type="application/json; charset=utf-8", **headers)


@dataclass
class Receiver:
    """Gives the answers in turn, the last one again and again; keeps what it was sent."""

    url: str
    answers: list[bytes] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    delay_s: float = 0.0


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    receiver = Receiver(f"http://127.0.0.1:{listener.getsockname()[1]}")
    over = threading.Event()
    held: list[socket.socket] = []

    def serve() -> None:
        while not over.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                if over.is_set():
                    connection.close()
                    return
                held.append(connection)
                _converse(receiver, connection, over)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield receiver
    finally:
        over.set()
        with suppress(OSError), socket.create_connection(listener.getsockname(), timeout=1):
            pass
        thread.join()
        for connection in held:
            connection.close()
        listener.close()


def _converse(receiver: Receiver, connection: socket.socket, over: threading.Event) -> None:
    connection.settimeout(5)
    receiver.requests.append(_read(connection))
    answer = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
    if answer == HANG:
        return
    over.wait(receiver.delay_s)
    connection.sendall(answer)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _read(connection: socket.socket) -> Request:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
    while len(body) < int(headers.get("content-length", "0")):
        body += connection.recv(65536)
    method, path, _ = first.split(" ")
    return Request(method, path, headers, body)
