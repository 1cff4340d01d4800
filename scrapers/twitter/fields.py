"""Reads single values out of JSON whose every part may be missing or of the wrong kind."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from scrapers.twitter.snowflake import MAX_ID

RAW_MAX_LENGTH: Final = 10_000
_HANDLE: Final = re.compile(r"[A-Za-z0-9_]{1,50}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,19}", re.ASCII)


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def plain(value: Any) -> str:
    """Return a string that every database and encoder takes, or an empty one.

    JSON may carry NUL, which PostgreSQL refuses, and lone surrogates, which UTF-8 refuses.
    """
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def unescaped(value: Any) -> str:
    """Return text as its author wrote it: X escapes `&`, `<` and `>` and nothing else."""
    return plain(value).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def sentence(value: Any, max_length: int = 200) -> str:
    """Return text on one line, cut to `max_length`, for logs and details."""
    line = " ".join(plain(value).split())
    return line if len(line) <= max_length else line[: max_length - 1] + "…"


def numeric_id(value: Any) -> int:
    """Return the id of a post or user, or 0; ids come as strings of 1 to 19 digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) <= MAX_ID else ""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        return 0
    number = int(value)
    return number if number <= MAX_ID else 0


def count(value: Any) -> int | None:
    """Return a count, or None where the platform did not give one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ID:
        return value
    return None


def handle(value: Any) -> str:
    """Return a user name that is safe inside a link, or an empty string."""
    return value if isinstance(value, str) and _HANDLE.fullmatch(value) else ""


def raw(item: Any) -> str:
    """Return an item as JSON text, cut to a length that is worth keeping."""
    try:
        text = json.dumps(item, ensure_ascii=False)
    except RecursionError:
        return "(nested too deeply to be kept)"
    return plain(text)[:RAW_MAX_LENGTH]
