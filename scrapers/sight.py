"""Whether a source can see, and when people must be told that it cannot.

A source that answers with nothing looks exactly like a calm day. So sight is judged by what
an answer proves: failures by their cause, silence against the source's own history, and a
canary search that always has results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from scrapers.health import PERMANENT, Cause, Fault, Health
from scrapers.source import Outcome

BLIND_AFTER_FAILURES: Final = 2
BLIND_AFTER_S: Final = 60.0
CLEAR_AFTER_S: Final = 60.0
"""How long sight must have returned before it is announced: a login that flickers is one
outage, not ten."""
SILENCE_ODDS: Final = 1e-4
HISTORY_DAYS: Final = 3


@dataclass(frozen=True, slots=True)
class Sight:
    """Whether a source can see now; `since` is from when on posts may be missing."""

    blind: bool
    cause: Cause | None = None
    since: datetime | None = None
    zh: str = ""
    en: str = ""


class EventKind(StrEnum):
    """The two things that are announced, each once per outage."""

    BLIND = "blind"
    SEES_AGAIN = "sees_again"


@dataclass(frozen=True, slots=True)
class Event:
    """To be told to people: the source went blind, or sees again after `since`..`at`."""

    kind: EventKind
    cause: Cause
    since: datetime
    at: datetime
    zh: str
    en: str


def usual_posts_per_hour(same_hour_counts: Sequence[int]) -> float | None:
    """Return what may safely be expected in an hour, from the same hour on earlier days.

    The smallest of the counts: nights and weekends are quiet, and a false "blind" teaches
    people to ignore it. None, that is no expectation, with fewer than HISTORY_DAYS days.
    """
    return float(min(same_hour_counts)) if len(same_hour_counts) >= HISTORY_DAYS else None


def sight(
    health: Health,
    expected_posts_per_hour: float | None,
    promise_s: float,
    warn_at_s: float,
    now: datetime,
) -> Sight:
    """Judge whether the source can see, most telling cause first.

    * A permanent cause: after 2 failures of the query or 60 s, whichever is first.
    * Throttled, network: when the query has failed for `warn_at_s`, early enough for the
      message to be out within one promise.
    * No success at all for `warn_at_s`: `never` since the start, else `stalled`.
    * The canary came back empty.
    * No post newer than the newest known although the answers were fine: blind when the odds of
      that stretch being empty, exp(-expected × hours), are below 1 in 10,000, and it was looked
      at for a whole `promise_s` (so that every query had its turn, e.g. after a restart).
      `stale` when answers hold posts, but only old ones; else `silent`.
    """
    found = (
        _by_fault(health, warn_at_s, now)
        or _by_stall(health, warn_at_s, now)
        or ((Cause.CANARY, health.canary_failed_at) if health.canary_failed_at else None)
        or _by_silence(health, expected_posts_per_hour, promise_s)
    )
    if found is None:
        return Sight(blind=False)
    cause, blind_since = found
    zh, en = explain(cause, _detail(health, cause))
    return Sight(blind=True, cause=cause, since=blind_since, zh=zh, en=en)


def _by_fault(health: Health, warn_at_s: float, now: datetime) -> tuple[Cause, datetime] | None:
    telling = [f for f in health.faults.values() if _is_blind(f, warn_at_s, now)]
    if not telling:
        return None
    worst = min(telling, key=lambda fault: (fault.outcome not in PERMANENT, fault.since))
    return Cause(worst.outcome.value), worst.since


def _is_blind(fault: Fault, warn_at_s: float, now: datetime) -> bool:
    lasted_s = (now - fault.since).total_seconds()
    if fault.outcome in PERMANENT:
        return fault.failures >= BLIND_AFTER_FAILURES or lasted_s >= BLIND_AFTER_S
    return lasted_s >= warn_at_s


def _by_stall(health: Health, warn_at_s: float, now: datetime) -> tuple[Cause, datetime] | None:
    seen_at = max(health.watched_since, health.last_success_at or health.watched_since)
    if (now - seen_at).total_seconds() < warn_at_s:
        return None
    if health.failures and health.outcome:
        return Cause(health.outcome.value), health.failing_since or seen_at
    return (Cause.STALLED if health.last_success_at else Cause.NEVER), seen_at


def _by_silence(
    health: Health, expected_posts_per_hour: float | None, promise_s: float
) -> tuple[Cause, datetime] | None:
    last, quiet = health.last_success_at, health.quiet_since
    if not expected_posts_per_hour or last is None or quiet is None:
        return None
    heard_at = health.newest_post_at or health.watched_since
    hours = (last - heard_at).total_seconds() / 3600
    unlikely = expected_posts_per_hour * hours > -math.log(SILENCE_ODDS)
    if not unlikely or (last - quiet).total_seconds() < promise_s:
        return None
    return (Cause.STALE if health.outcome is Outcome.OK else Cause.SILENT), heard_at


def _detail(health: Health, cause: Cause) -> str:
    details = [f.detail for f in health.faults.values() if f.outcome.value == cause.value]
    return next((detail for detail in details if detail), "")


def step(
    health: Health,
    expected_posts_per_hour: float | None,
    promise_s: float,
    warn_at_s: float,
    now: datetime,
) -> tuple[Health, Event | None]:
    """Move between seeing and blind; return the event to announce, if any.

    Blind is announced at once and once, whatever the cause turns into afterwards; that it sees
    again is announced after CLEAR_AFTER_S without a relapse.
    """
    view = sight(health, expected_posts_per_hour, promise_s, warn_at_s, now)
    if view.blind and view.cause and view.since:
        if health.blind:
            return replace(health, blind_cause=view.cause, clear_since=None), None
        blind = replace(
            health, blind=True, blind_since=view.since, blind_cause=view.cause, clear_since=None
        )
        return blind, Event(EventKind.BLIND, view.cause, view.since, now, view.zh, view.en)
    if not health.blind:
        return health, None
    if health.faults:
        # Not blind again yet, but failing: this is no time without a relapse.
        return replace(health, clear_since=None), None
    clear_since = health.clear_since or now
    if (now - clear_since).total_seconds() < CLEAR_AFTER_S:
        return replace(health, clear_since=clear_since), None
    clear = replace(health, blind=False, blind_since=None, blind_cause=None, clear_since=None)
    return clear, _sees_again(health, now)


def _sees_again(health: Health, now: datetime) -> Event:
    cause = health.blind_cause or Cause.STALLED
    blind_since = health.blind_since or now
    minutes = math.ceil((now - blind_since).total_seconds() / 60)
    return Event(
        EventKind.SEES_AGAIN,
        cause,
        blind_since,
        now,
        zh=f"已恢复读取，中断约 {minutes} 分钟；期间的帖子正在补读。",
        en=f"Reading works again after about {minutes} min; posts of that time are being read now.",
    )


_SENTENCES: Final[Mapping[Cause, tuple[str, str]]] = {
    Cause.THROTTLED: (
        "平台持续限流，读取已中断。请调低请求频率或减少查询。",
        "The platform keeps throttling us. Lower the request rate or the number of queries.",
    ),
    Cause.CAPPED: (
        "额度或余额已用完，读取已停止。请充值或提高额度。",
        "The quota or the credits are used up. Add credits or raise the cap.",
    ),
    Cause.AUTH: (
        "登录凭据失效。请更换 Cookie 或令牌。",
        "The credentials are no longer accepted. Renew the cookie or the token.",
    ),
    Cause.CHALLENGE: (
        "平台要求人工验证（验证码）。请在浏览器中完成验证后更换 Cookie。",
        "The platform shows a captcha. Solve it in a browser, then renew the cookie.",
    ),
    Cause.BLOCKED: (
        "平台拒绝了本机的访问。请停一段时间，或更换网络出口、改用官方接口。",
        "The platform refuses us. Pause, change the address, or use the official API.",
    ),
    Cause.DRIFT: (
        "平台的返回格式变了，程序读不懂，此时“没有投诉”不可信。请升级或换一种读取方式。",
        "The answers changed shape: silence proves nothing. Upgrade, or use another transport.",
    ),
    Cause.REJECTED: (
        "平台认为查询本身有误。请检查品牌名、投诉词和设置。",
        "The platform calls a query wrong. Check names, words and settings.",
    ),
    Cause.NETWORK: (
        "连不上平台。请检查网络和平台状态。",
        "The platform cannot be reached. Check the network and the platform's status.",
    ),
    Cause.NEVER: (
        "启动以来还没有一次成功读取。请运行 shifen check。",
        "Nothing was read since the start. Run shifen check.",
    ),
    Cause.STALLED: (
        "很久没有成功读取了。请检查服务是否卡住。",
        "Nothing was read for too long. Check whether the service hangs.",
    ),
    Cause.SILENT: (
        "读取看似正常，却安静得反常，平台可能在返回空结果。请人工搜索核对。",
        "Answers are empty for unusually long. Search by hand to see whether posts are hidden.",
    ),
    Cause.STALE: (
        "平台只返回旧帖，没有新帖。请人工搜索核对。",
        "Answers hold only old posts. Search by hand to see whether newer ones are hidden.",
    ),
    Cause.CANARY: (
        "探针搜索没有结果，而它本应一直有。平台可能在返回空结果。",
        "The canary search found nothing although it always should: results are being withheld.",
    ),
}


def explain(cause: Cause, detail: str = "") -> tuple[str, str]:
    """Return what a cause means and what to do, in Chinese and in English."""
    zh, en = _SENTENCES[cause]
    return (f"{zh}（{detail}）", f"{en} ({detail})") if detail else (zh, en)
