"""Times, durations and numbers as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from babel.dates import format_datetime, get_timezone
from babel.numbers import format_compact_decimal, format_percent

from monitor.web.texts import text, word


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes values in one language and time zone."""

    language: str
    timezone: str

    @property
    def babel_locale(self) -> str:
        """The language as Babel names it."""
        return self.language.replace("-", "_")

    def t(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        return text(self.language, key, **values)

    def word(self, group: str, code: str | int) -> str:
        """Return the word for a stored code."""
        return word(self.language, group, str(code))

    def when(self, at: datetime) -> str:
        """Return a point in time, e.g. `11-22 11:50:03`."""
        return format_datetime(
            at, "MM-dd HH:mm:ss", tzinfo=get_timezone(self.timezone), locale=self.babel_locale
        )

    def duration(self, seconds: float) -> str:
        """Return a length of time by its two largest units."""
        whole = max(0, round(seconds))
        minutes, s = divmod(whole, 60)
        hours, m = divmod(minutes, 60)
        d, h = divmod(hours, 24)
        if d:
            return self.t("days", d=d, h=h)
        if h:
            return self.t("hours", h=h, m=m)
        return self.t("minutes", m=m, s=s) if m else self.t("seconds", s=s)

    def clock(self, seconds: float) -> str:
        """Return a length of time as on a stop watch: `1:35`, `1:02:03`."""
        minutes, s = divmod(max(0, round(seconds)), 60)
        hours, m = divmod(minutes, 60)
        return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"

    def count(self, number: int | None) -> str:
        """Return a number as short as it can be said, a dash for an unknown one."""
        if number is None:
            return "–"
        return format_compact_decimal(number, locale=self.babel_locale, fraction_digits=1)

    def share(self, part: float) -> str:
        """Return a share of one as a percentage."""
        return format_percent(part, format="0.#%" if part < 1 else "0%", locale=self.babel_locale)


def iso(at: datetime) -> str:
    """Return a point in time for machines."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def web_link(url: str) -> str:
    """Return `url` if it leads to the web, else nothing: no script may hide in a link."""
    return url if urlsplit(url).scheme in ("http", "https") else ""
