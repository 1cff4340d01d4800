"""Every way in which a platform lets us down: told once, and nothing lost when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo.exchange import Fault
from monitor.demo.stand import Stand
from monitor.storage import tables as t
from scrapers.post import Platform
from tests.conftest import Clock
from tests.e2e.stage import Stage
from tests.e2e.turned import Turned, turned

PROMISE_S = 600.0
CANARY = "日常"
SURFACES = {
    "mobile": (
        *(Fault.EXPIRED_AUTH, Fault.CAPTCHA, Fault.THROTTLED, Fault.THROTTLED_SILENT),
        *(Fault.BLOCKED, Fault.SERVER_ERROR, Fault.CUT_JSON, Fault.DRIFT, Fault.HTML),
        *(Fault.SLOW, Fault.SILENT_EMPTY, Fault.RESET),
    ),
    "web": (
        *(Fault.EXPIRED_AUTH, Fault.CAPTCHA, Fault.THROTTLED, Fault.CUT_JSON),
        *(Fault.DRIFT, Fault.HTML, Fault.SILENT_EMPTY),
    ),
    "twitter": (
        *(Fault.EXPIRED_AUTH, Fault.THROTTLED, Fault.USAGE_CAP, Fault.NO_CREDITS),
        *(Fault.BLOCKED, Fault.SERVER_ERROR, Fault.CUT_JSON, Fault.DRIFT, Fault.HTML),
        *(Fault.SLOW, Fault.SILENT_EMPTY),
    ),
}
QUICK = {
    "mobile": (*SURFACES["mobile"][:2], Fault.THROTTLED, Fault.DRIFT, Fault.SILENT_EMPTY),
    "web": (Fault.CAPTCHA, Fault.DRIFT, Fault.HTML),
    "twitter": (Fault.EXPIRED_AUTH, Fault.THROTTLED, Fault.SERVER_ERROR, Fault.CUT_JSON),
}
"""The others take their time and tell little more; they run with `-m slow`."""
CASES = [
    pytest.param(
        surface,
        fault,
        id=f"{surface}-{fault.value}",
        marks=() if fault in QUICK[surface] else pytest.mark.slow,
    )
    for surface, faults in SURFACES.items()
    for fault in faults
]


class Watched:
    """One platform alone, watched with a canary, at a usual pace."""

    def __init__(self, stage: Stage, surface: str) -> None:
        self.stage = stage
        self.name = "twitter" if surface == "twitter" else "weibo"
        self.platform = Platform(self.name)
        self.stand: Stand = stage.twitter if self.name == "twitter" else stage.weibo
        sources = stage.settings["sources"]
        mine = sources[self.name]
        mine |= {"poll_interval_s": 30, "overlap_s": 300, "timeout_s": 0.2, "look_back_s": 0}
        mine |= {"canary_query": CANARY, "index_lag_s": 0}
        for name, source in sources.items():
            source["enabled"] = name == self.name

    def life(self) -> None:
        """Somebody writes the word of the canary, as somebody always does."""
        self.stage.publish(f"{CANARY} {self.stage.now():%H:%M:%S}", self.platform)


@pytest.fixture
def quick_stage(tmp_path: Path, clock: Clock, request: pytest.FixtureRequest) -> Iterator[Stage]:
    called = getattr(request.node, "callspec", None)
    surface = called.params["surface"] if called else "mobile"
    transport = surface if surface != "twitter" else "mobile"
    with Stage(tmp_path, now=clock, slow_s=0.5, transport=transport) as stage:
        yield stage


def live(shifen: Turned, watched: Watched, seconds: float, until: object = None) -> float:
    """Let time pass while the platform goes on; return the seconds that passed."""
    began = shifen.clock()

    def over() -> bool:
        watched.life()
        return callable(until) and bool(until())

    shifen.run(seconds, over)
    return (shifen.clock() - began).total_seconds()


@pytest.mark.parametrize(("surface", "fault"), CASES)
def test_blindness_is_told_once_and_made_up_for(
    surface: str, fault: Fault, quick_stage: Stage, clock: Clock
) -> None:
    stage, watched = quick_stage, Watched(quick_stage, surface)
    watched.life()
    with turned(stage, clock) as shifen:
        shifen.step()
        live(shifen, watched, 120)
        before = stage.publish(platform=watched.platform)
        live(shifen, watched, 60)
        assert (len(stage.told(before)), stage.notices(), shifen.reasons) == (1, [], [])
        watched.stand.fault = fault
        missed = stage.publish(platform=watched.platform)
        took_s = live(shifen, watched, PROMISE_S, stage.notices)
        assert len(stage.notices()) == 1, "nobody was told within one promise"
        assert took_s <= PROMISE_S
        assert shifen.blind(watched.name) == 1
        assert [reason.split(":")[0] for reason in shifen.reasons] == [watched.name]
        live(shifen, watched, PROMISE_S)
        assert len(stage.notices()) == 1
        later = stage.publish(platform=watched.platform)
        watched.stand.fault = None
        live(shifen, watched, 9000, lambda: len(stage.notices()) == 2)
        assert len(stage.notices()) == 2, "nobody was told that it sees again"
        assert shifen.blind(watched.name) == 0
        assert shifen.reasons == []
        live(shifen, watched, 600)
        assert len(stage.notices()) == 2
        assert [len(stage.told(post)) for post in (before, missed, later)] == [1, 1, 1]
        late = {
            row.published_at: row.late
            for row in shifen.rows(t.alert.c.published_at, t.alert.c.late)
        }
        assert not late[before.published_at]
        assert late[missed.published_at]
        assert shifen.audits == []


@pytest.mark.parametrize(
    "surface",
    ["mobile", *(pytest.param(name, marks=pytest.mark.slow) for name in ("web", "twitter"))],
)
def test_a_calm_day_is_no_blindness(surface: str, quick_stage: Stage, clock: Clock) -> None:
    watched = Watched(quick_stage, surface)
    watched.life()
    with turned(quick_stage, clock) as shifen:
        live(shifen, watched, 1800)
        assert quick_stage.messages == []
        assert shifen.reasons == []


def test_a_login_that_flickers_is_one_outage(quick_stage: Stage, clock: Clock) -> None:
    stage, watched = quick_stage, Watched(quick_stage, "mobile")
    watched.life()
    with turned(stage, clock) as shifen:
        live(shifen, watched, 60)
        stage.weibo.fault = Fault.EXPIRED_AUTH
        live(shifen, watched, 180, stage.notices)
        for _ in range(3):
            stage.weibo.fault = None
            live(shifen, watched, 30)
            stage.weibo.fault = Fault.EXPIRED_AUTH
            live(shifen, watched, 120)
        assert len(stage.notices()) == 1
