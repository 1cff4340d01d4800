"""Signing in and out, and choosing a language."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer
from pydantic import BaseModel, Field

from monitor.auth import new_secret, same
from monitor.storage.people import SESSION_LIFE
from monitor.web.access import SESSION_COOKIE, AlertReader, from_own_page, identify
from monitor.web.pages import LANGUAGE_COOKIE, render
from monitor.web.parts import InParts, InStores, WebParts
from monitor.web.texts import LANGUAGES

FORM_COOKIE: Final = "shifen_form"
FORM_LIFE_S: Final = 3600
YEAR_S: Final = 365 * 24 * 3600

router = APIRouter(include_in_schema=False)


@router.get("/login")
def show_login(
    request: Request,
    parts: InParts,
    stores: InStores,
    back: Annotated[str, Query(alias="next")] = "/",
) -> Response:
    """Show the form; who is signed in already is sent on."""
    if identify(request, stores) is not None:
        return RedirectResponse(own_path(back), 303)
    return _form(request, parts, LoginForm(next=back))


class LoginForm(BaseModel):
    """What the form sends."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    csrf_token: Annotated[str, Field(max_length=500)] = ""
    back: Annotated[str, Field(alias="next", max_length=2000)] = "/"


@router.post("/login")
def log_in(
    request: Request, parts: InParts, stores: InStores, form: Annotated[LoginForm, Form()]
) -> Response:
    """Open a session for the right password; misses are slowed down and put on record."""
    if not from_own_page(request) or not _form_is_ours(request, parts, form.csrf_token):
        return _form(request, parts, form, status_code=403, stale=True)
    address = request.client.host if request.client else ""
    wait_s = stores.throttle.wait_s(form.name, address)
    if wait_s:
        answer = _form(request, parts, form, status_code=429, minutes=max(1, round(wait_s / 60)))
        answer.headers["Retry-After"] = str(wait_s)
        return answer
    person = stores.users.verify(form.name, form.password)
    if person is None:
        stores.throttle.failed(form.name, address)
        stores.audit.write(form.name.strip()[:80], "login_failed", address)
        return _form(request, parts, form, status_code=401, wrong=True)
    stores.throttle.succeeded(form.name, address)
    response = RedirectResponse(own_path(form.back), 303)
    _set_cookie(request, response, SESSION_COOKIE, stores.sessions.open(person), _SESSION_LIFE_S)
    response.delete_cookie(FORM_COOKIE)
    return response


@router.post("/logout")
def log_out(request: Request, who: AlertReader, stores: InStores) -> Response:
    """End the session."""
    stores.sessions.close(request.cookies.get(SESSION_COOKIE, ""))
    stores.audit.write(who.name, "logout", "console")
    response = Response(status_code=204, headers={"HX-Redirect": "/login"})
    response.delete_cookie(SESSION_COOKIE)
    return response


@router.get("/language/{language}")
def choose(
    request: Request, language: str, back: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """Remember the language that the user wants."""
    if language not in LANGUAGES:
        raise HTTPException(404)
    response = RedirectResponse(own_path(back), 303)
    _set_cookie(request, response, LANGUAGE_COOKIE, language, YEAR_S)
    return response


def own_path(back: str) -> str:
    """Return `back` if it is a path of this console, else the start page."""
    leads_away = back.startswith(("//", "/\\")) or any(ord(char) <= 32 for char in back)
    return back if back.startswith("/") and not leads_away else "/"


_SESSION_LIFE_S: Final = int(SESSION_LIFE.total_seconds())


def _form(
    request: Request,
    parts: WebParts,
    form: LoginForm,
    *,
    status_code: int = 200,
    wrong: bool = False,
    stale: bool = False,
    minutes: int = 0,
) -> Response:
    nonce = request.cookies.get(FORM_COOKIE) or new_secret()
    response = render(
        request,
        "login.html",
        status_code=status_code,
        form=form,
        back=own_path(form.back),
        csrf_token=_signer(parts).dumps(nonce),
        wrong=wrong,
        stale=stale,
        minutes=minutes,
    )
    _set_cookie(request, response, FORM_COOKIE, nonce, FORM_LIFE_S)
    return response


def _form_is_ours(request: Request, parts: WebParts, csrf_token: str) -> bool:
    try:
        nonce = _signer(parts).loads(csrf_token, max_age=FORM_LIFE_S)
    except BadSignature:
        return False
    return same(str(nonce), request.cookies.get(FORM_COOKIE, ""))


def _signer(parts: WebParts) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(parts.secret_key, salt="shifen login form")


def _set_cookie(
    request: Request, response: Response, name: str, value: str, max_age_s: int
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
