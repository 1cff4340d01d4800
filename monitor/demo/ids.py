"""The ids that the platforms give out: the second or millisecond of publication is in them.

Weibo: `(mid >> 22) + 515483463` is the Unix second (checked on recorded posts). X: snowflakes,
`(id >> 22) + 1288834974657` is the Unix millisecond.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from scrapers.post import Platform

LOW_BITS: Final = 22
WEIBO_EPOCH_S: Final = 515_483_463
X_EPOCH_MS: Final = 1_288_834_974_657
BID_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def first_id(platform: Platform, moment: datetime) -> int:
    """Return the least id of `moment`; ids of one second or millisecond follow upon it."""
    since = moment - EPOCH
    if platform is Platform.TWITTER:
        return ((since // timedelta(milliseconds=1)) - X_EPOCH_MS) << LOW_BITS
    second, rest = divmod(since, timedelta(seconds=1))
    # A microsecond times four stays below 2**22 and keeps the order within the second.
    return ((second - WEIBO_EPOCH_S) << LOW_BITS) + rest.microseconds * 4


def id_time(platform: Platform, native_id: str) -> datetime:
    """Return the moment that an id tells: whole seconds on Weibo, milliseconds on X."""
    high = int(native_id) >> LOW_BITS
    if platform is Platform.TWITTER:
        return EPOCH + timedelta(milliseconds=high + X_EPOCH_MS)
    return EPOCH + timedelta(seconds=high + WEIBO_EPOCH_S)


def bid(mid: str) -> str:
    """Return the short id of a Weibo link: groups of seven digits, from the right, in base 62."""
    groups: list[str] = []
    rest = mid
    while rest:
        rest, group = rest[:-7], rest[-7:]
        groups.append(_base62(int(group)).rjust(4, "0") if rest else _base62(int(group)))
    return "".join(reversed(groups))


def _base62(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = BID_ALPHABET[digit] + digits
    return digits or "0"
