"""Runs the web application in a thread."""

from __future__ import annotations

import socket
import threading
from typing import Final

import uvicorn
from fastapi import FastAPI

from monitor.web.parts import WebParts

DRAIN_S: Final = 5


class WebServerError(Exception):
    """The console cannot be served at the configured address; the text says why."""


class WebServer:
    """One web server: `start()` returns once it listens, `stop()` once it has drained.

    Port 0 takes any free port; `url` names it after `start()`.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        self._app = app
        self._host = host
        self._port = port
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; raise WebServerError when the address is taken or not ours."""
        parts: WebParts = self._app.state.parts
        parts.feed.reopen()
        listener = self._listen()
        self._port = listener.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=DRAIN_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="web", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Answer what is under way, close the open pages' streams, and end."""
        if self._server is None or self._thread is None:
            return
        parts: WebParts = self._app.state.parts
        parts.feed.close()
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None

    @property
    def url(self) -> str:
        """The address to open."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def _listen(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((self._host, self._port))
            # Listening already, so that who connects before the thread runs is not refused.
            listener.listen(128)
        except OSError as error:
            listener.close()
            raise WebServerError(f"cannot listen on {self._host}:{self._port}: {error}") from error
        return listener
