"""What all stand-ins share: a server on loopback whose faults can be switched at run time.

From another terminal: `curl -X POST http://127.0.0.1:PORT/__fault/captcha` switches a fault
on, `/__fault/none` off, and `GET /__fault` tells what is on and what there is to choose from.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Final, Self, cast

from monitor.demo.exchange import Answer, Ending, Fault, Request, json_answer, text_answer

CONTROL: Final = "/__fault"
REQUESTS_KEPT: Final = 10_000
IDLE_S: Final = 10.0
STOP_POLL_S: Final = 0.02


class Stand(ABC):
    """One stand-in platform: `with stand:` serves it at `stand.url` until the block ends.

    `now` is the platform's own clock. `requests` keeps what was asked, newest last; `defects`
    holds exceptions of the stand-in itself, which a test wants to see empty.
    """

    faults: ClassVar[frozenset[Fault]]
    """The faults that this platform can have."""

    def __init__(self, now: Callable[[], datetime], *, slow_s: float = 15.0) -> None:
        self.now = now
        self.slow_s = slow_s
        self.requests: deque[Request] = deque(maxlen=REQUESTS_KEPT)
        self.defects: list[BaseException] = []
        self._fault: Fault | None = None
        self._stopping = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address that a client takes for the platform's; no slash at its end."""
        if self._server is None:
            raise RuntimeError(f"{type(self).__name__} is not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> Self:
        """Serve on a free port of 127.0.0.1."""
        self._stopping.clear()
        self._server = _Server(self)
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(STOP_POLL_S,),
            name=type(self).__name__,
            daemon=True,
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and give the port back; a second call does nothing."""
        if self._server is None or self._thread is None:
            return
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def fault(self) -> Fault | None:
        """The fault that is on; None when all is well."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        if fault is not None and fault not in self.faults:
            choice = ", ".join(sorted(self.faults))
            raise ValueError(f"{type(self).__name__} knows no fault {fault}; choose from {choice}")
        self._fault = fault

    @contextmanager
    def faulty(self, fault: Fault) -> Iterator[None]:
        """Have `fault` for the time of a block."""
        before, self.fault = self.fault, fault
        try:
            yield
        finally:
            self.fault = before

    def answer(self, request: Request) -> Answer:  # noqa: PLR0911 - one per fault
        """Answer one request, as the platform or as the fault that is on."""
        if request.path == CONTROL or request.path.startswith(CONTROL + "/"):
            return self._control(request)
        self.requests.append(request)
        match self._fault:
            case None:
                return self.respond(request)
            case Fault.SLOW:
                self._stopping.wait(self.slow_s)
                return self.respond(request)
            case Fault.RESET:
                return text_answer("").lost()
            case Fault.LOST_ANSWER:
                return self.respond(request).lost()
            case Fault.CUT_JSON:
                return self.respond(request).cut()
            case fault:
                return self.misbehave(request, fault)

    @abstractmethod
    def respond(self, request: Request) -> Answer:
        """Answer as the healthy platform does."""

    @abstractmethod
    def misbehave(self, request: Request, fault: Fault) -> Answer:
        """Answer as the platform does when it has `fault`."""

    def _control(self, request: Request) -> Answer:
        name = request.path.removeprefix(CONTROL).strip("/")
        if request.method == "POST":
            try:
                self.fault = None if name in ("", "none") else Fault(name)
            except ValueError:
                return json_answer(
                    {"error": f"no fault {name}", "choice": sorted(self.faults)}, 404
                )
        return json_answer({"fault": self._fault or "none", "choice": sorted(self.faults)})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, (ConnectionError, TimeoutError)):
            self.stand.defects.append(error)


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, writes one answer, closes the connection."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Say nothing: the stand-in keeps its own log."""

    def version_string(self) -> str:
        return "nginx"

    def date_time_string(self, timestamp: float | None = None) -> str:
        if timestamp is None:
            timestamp = cast("_Server", self.server).stand.now().timestamp()
        return super().date_time_string(timestamp)

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        request = Request(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        self._write(cast("_Server", self.server).stand.answer(request))

    def _write(self, answer: Answer) -> None:
        self.close_connection = True
        if answer.ending is Ending.RESET:
            self._reset()
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Connection", "close")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        body = answer.body
        self.wfile.write(body[: len(body) // 2] if answer.ending is Ending.CUT else body)

    def _reset(self) -> None:
        # Lingering for no time at all makes close() send RST instead of FIN.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
