"""Who is asking, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request

from monitor.auth import Permission, Role, allows, same
from monitor.desk import Person
from monitor.web.parts import Stores, stores_of

SESSION_COOKIE: Final = "shifen_session"
CSRF_HEADER: Final = "X-CSRF-Token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking: a person with a session or a program with a token."""

    name: str
    role: Role
    csrf_token: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it."""
        return allows(self.role, permission)

    @property
    def person(self) -> Person:
        """Who it is to the desk."""
        return Person(self.name, self.role)


@dataclass(frozen=True, slots=True)
class Allow:
    """A dependency that lets only those in who may do `permission`.

    401 for strangers, 403 for a role that may not and for a request that changes something
    in the name of a session without proving that it comes from our own pages.
    """

    permission: Permission

    def __call__(self, request: Request) -> Principal:
        """Return who is asking."""
        principal = identify(request, stores_of(request))
        if principal is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="shifen"'})
        if not principal.may(self.permission):
            raise HTTPException(403, f"the role {principal.role} lacks {self.permission}")
        return principal


def identify(request: Request, stores: Stores) -> Principal | None:
    """Return who is asking, None for a stranger.

    A header that is there decides alone: a bad token is not made good by a session.
    """
    header = request.headers.get("Authorization")
    if header is not None:
        scheme, _, text = header.partition(" ")
        token = stores.tokens.find(text.strip()) if scheme.lower() == "bearer" else None
        return Principal(f"token:{token.name}", token.role) if token else None
    cookie = request.cookies.get(SESSION_COOKIE)
    session = stores.sessions.find(cookie) if cookie else None
    if session is None:
        return None
    if request.method not in SAFE_METHODS:
        _require_own_page(request, session.csrf_token)
    return Principal(session.user.name, session.user.role, session.csrf_token)


def from_own_page(request: Request) -> bool:
    """Whether the browser says that the request comes from one of our own pages."""
    origin = request.headers.get("Origin")
    if origin is not None:
        return origin.partition("://")[2] == request.headers.get("Host")
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def _require_own_page(request: Request, csrf_token: str) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    if not from_own_page(request) or not same(sent, csrf_token):
        raise HTTPException(403, "the request does not come from this console")


READS_ALERTS: Final = Depends(Allow(Permission.READ_ALERTS))
READS_SERVICE: Final = Depends(Allow(Permission.READ_SERVICE))
READS_AUDIT: Final = Depends(Allow(Permission.READ_AUDIT))
SILENCES: Final = Depends(Allow(Permission.SILENCE))
READS_QUALITY: Final = Depends(Allow(Permission.READ_QUALITY))
AlertReader = Annotated[Principal, READS_ALERTS]
Corrector = Annotated[Principal, Depends(Allow(Permission.REPORT_FALSE_ALARMS))]
Handler = Annotated[Principal, Depends(Allow(Permission.HANDLE_CASES))]
Silencer = Annotated[Principal, SILENCES]
DutyManager = Annotated[Principal, Depends(Allow(Permission.MANAGE_DUTY))]
CustomerHandler = Annotated[Principal, Depends(Allow(Permission.HANDLE_CUSTOMERS))]
QualityReader = Annotated[Principal, READS_QUALITY]
ClearReader = Annotated[Principal, Depends(Allow(Permission.READ_CLEAR))]
