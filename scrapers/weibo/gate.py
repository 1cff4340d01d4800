"""Asks Weibo's pages for something, as whoever it lets in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from scrapers.errors import Blocked, NotLoggedIn, Unreachable
from scrapers.http import Reader, Response
from scrapers.weibo.answers import Garbled, TokenRefused
from scrapers.weibo.visitor import Credentials

MANY_REFUSALS: Final = 3
"""After so many refusals in a row a broken connection is one more of them: seen in practice,
403s escalate to a block of the address at TLS level."""

Answer = TypeVar("Answer")


class Gate:
    """Sends cookies, changes identity when one is refused, tries again after one glitch."""

    def __init__(self, reader: Reader, credentials: Credentials) -> None:
        self._reader = reader
        self._credentials = credentials
        self._refusals = 0

    def ask(
        self, path: str, headers: Mapping[str, str], judge: Callable[[Response], Answer]
    ) -> Answer:
        """GET `path` and return what `judge` makes of it; raises SourceError as `judge` does."""
        self._credentials.begin()
        garbled = False
        while True:
            response = self._get(path, headers)
            try:
                answer = judge(response)
            except Garbled:
                if garbled:
                    raise
                garbled = True
                continue
            except NotLoggedIn as error:
                if not self._credentials.refuse():
                    raise NotLoggedIn(f"{error.detail} ({self._credentials.state})") from error
                continue
            except TokenRefused:
                if not self._credentials.refuse():
                    raise
                continue
            except Blocked:
                self._refusals += 1
                raise
            self._refusals = 0
            self._credentials.accept()
            return answer

    def _get(self, path: str, headers: Mapping[str, str]) -> Response:
        jar = self._credentials.jar()
        try:
            response = self._reader.get(path, headers={**headers, **jar.headers()})
        except Unreachable as error:
            if self._refusals < MANY_REFUSALS:
                raise
            detail = f"{error.detail} after {self._refusals} refusals: the address is blocked"
            raise Blocked(detail) from error
        jar.learn(response)
        return response
