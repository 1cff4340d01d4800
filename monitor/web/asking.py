"""What a request to the API brings along beside its own parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from monitor.web.access import Principal
from monitor.web.parts import InParts, InStores, Stores, WebParts
from monitor.web.reader import Reader, reader_of
from monitor.web.schemas import Locale


@dataclass(frozen=True, slots=True)
class Asked:
    """The service that is asked, and the language that sentences are wanted in."""

    parts: WebParts
    stores: Stores
    locale: str

    def reader(self, who: Principal) -> Reader:
        """Return who reads the answer."""
        return reader_of(self.parts, who, self.locale)


def asked_by(
    parts: InParts,
    stores: InStores,
    locale: Annotated[
        Locale | None, Query(description="The language of sentences; without it the service's")
    ] = None,
) -> Asked:
    """Return what a request brings along."""
    return Asked(parts, stores, locale or parts.locale)


InAsked = Annotated[Asked, Depends(asked_by)]
