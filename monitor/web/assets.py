"""Scripts and styles, served from where they were installed."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

OWN: Final = Path(__file__).parent / "static"
# name under /static -> (package, a file that must be there, how many folders above it we mount)
PACKAGES: Final = {
    "htmx": ("django-htmx", "django_htmx/static/django_htmx/htmx-2.min.js", 0),
    "tabler": ("sqladmin", "sqladmin/statics/css/tabler.min.css", 1),
}


class AssetError(Exception):
    """A package that brings scripts or styles is missing; the text names it."""


def mount(app: FastAPI) -> None:
    """Serve our own files under /static/shifen, packages' files beside it."""
    folders = {"shifen": OWN} | {name: installed(*where) for name, where in PACKAGES.items()}
    for name, folder in folders.items():
        app.mount(f"/static/{name}", GZipMiddleware(StaticFiles(directory=folder)), name=name)


def installed(package: str, needle: str, folders_above: int) -> Path:
    """Return the folder of a package's file without importing the package."""
    try:
        found = [file for file in files(package) or () if file.as_posix() == needle]
    except PackageNotFoundError as error:
        raise AssetError(f"the package {package} is not installed") from error
    if not found:
        raise AssetError(f"the package {package} has no {needle}")
    return Path(str(found[0].locate())).resolve().parents[folders_above]
