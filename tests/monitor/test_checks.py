"""`shifen check` against stand-ins on loopback: each thing well, and each thing wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from monitor.bootstrap import Setting
from monitor.checks import Finding, check
from monitor.config import Config
from monitor.demo.exchange import Fault
from monitor.demo.slack import StandSlack
from monitor.demo.twitter import StandTwitter
from monitor.demo.weibo import StandWeibo
from monitor.demo.world import World
from monitor.secrets import Secrets
from monitor.storage.database import Database
from sentiment.loading import load_scorer
from sentiment.scorer import Scorer
from tests.monitor.demo.samples import sample
from tests.sentiment.desk import Desk

SOUND: dict[str, Any] = {
    "brands": [{"name": "星云手表", "aliases": ["NebulaWatch"]}],
    "complaint_words": ["退款", "refund"],
    "sentiment": {"scorer": "words"},
    "people": [{"name": "林夏", "handles": {"slack": "U01ABC"}}, {"name": "周宁"}],
    "calendars": [{"name": "office", "week": {"mon-fri": ["09:00-18:00"]}}],
    "rotas": [{"name": "all", "people": ["林夏", "周宁"], "start": "2026-01-05 09:00"}],
    "escalation": {
        "levels": [
            {"name": n, "zh": n, "en": n, "act_within_s": 900, "rota": "all"}
            for n in ("lead", "manager", "director")
        ]
    },
    "sources": {"weibo": {"poll_interval_s": 300, "timeout_s": 1}, "twitter": {"timeout_s": 1}},
}
SECRETS = Secrets(
    weibo_cookie=StandWeibo.login_cookie,
    weibo_access_token=StandWeibo.access_token,
    twitter_bearer_token=StandTwitter.bearer_token,
    slack_bot_token=StandSlack.bot_token,
    slack_signing_secret=StandSlack.signing_secret,
    secret_key="k" * 40,
)
WEIBO_FAULTS = [
    *(None, Fault.CAPTCHA, Fault.VISITOR_GATE, Fault.BLOCKED, Fault.THROTTLED),
    *(Fault.DRIFT, Fault.RESET, Fault.SILENT_EMPTY),
]
TWITTER_FAULTS = [
    *(None, Fault.EXPIRED_AUTH, Fault.NO_CREDITS, Fault.USAGE_CAP, Fault.THROTTLED),
    *(Fault.SERVER_ERROR, Fault.CUT_JSON),
]
SLACK_FAULTS = [Fault.EXPIRED_AUTH, Fault.THROTTLED, Fault.HTML, Fault.RESET]


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Site:
    """Three stand-ins, and a configuration that points at them; tests spoil either."""

    weibo: StandWeibo
    twitter: StandTwitter
    slack: StandSlack
    database: Database
    data: dict[str, Any]
    secrets: Secrets = SECRETS
    now: Callable[[], datetime] = utc_now
    scorer: Scorer | None = field(default_factory=lambda: load_scorer("words"))

    def findings(self) -> Iterator[Finding]:
        setting = Setting(
            Config.model_validate(self.data),
            self.secrets,
            now=self.now,
            sleep=lambda _: None,
            scorer=self.scorer,
        )
        return check(setting, self.database)

    def finding(self, subject: str) -> Finding:
        """Check until `subject` is reached."""
        return next(one for one in self.findings() if one.subject == subject)

    def wrong(self) -> dict[str, Finding]:
        """Everything that is not well, but for the pace, which these tests need."""
        found = {one.subject: one for one in self.findings() if not one.well}
        found.pop("pace weibo", None)
        return found

    def only(self, *sources: str) -> None:
        for name, source in self.data["sources"].items():
            source["enabled"] = name in sources


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    # Loopback speaks plain HTTP: loading every certificate would take most of the time.
    one, end, _ = certifi.contents().partition("-----END CERTIFICATE-----")
    (tmp_path / "one.pem").write_text(one + end)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "one.pem"))
    world = World(utc_now)
    world.publish(sample("天气不错"))
    database = Database(f"sqlite:///{tmp_path / 'shifen.db'}")
    with StandWeibo(world) as weibo, StandTwitter(world) as twitter, StandSlack(utc_now) as slack:
        data = copy.deepcopy(SOUND)
        data["sources"]["weibo"] |= {"base_url": weibo.url, "visitor_base_url": weibo.url}
        data["sources"]["twitter"]["base_url"] = twitter.url
        data["channels"] = [
            {"kind": "slack", "name": "pr-room", "channel": "#pr", "base_url": slack.api_url}
        ]
        yield Site(weibo, twitter, slack, database, data)
    database.close()


def test_a_sound_site_has_nothing_wrong_and_nothing_is_written(site: Site) -> None:
    assert site.wrong() == {}
    assert [one.subject for one in site.findings() if one.subject != "pace weibo"] == [
        "config",
        "database",
        "plan weibo",
        "plan twitter",
        "weibo",
        "twitter",
        "clock",
        "clock",
        "channel pr-room",
        "slack buttons",
        "calendar office",
        "ladder",
        "templates",
        "model",
        "secret key",
    ]
    assert site.slack.messages == ()


def test_no_secret_is_shown(site: Site) -> None:
    for fault in (None, Fault.EXPIRED_AUTH):
        site.weibo.fault = site.twitter.fault = site.slack.fault = fault
        shown = repr(list(site.findings()))
        for name in Secrets.__slots__:
            assert not (value := getattr(SECRETS, name)) or value not in shown


def test_no_brand_is_grave(site: Site) -> None:
    site.data["brands"] = []
    found = site.finding("config")
    assert (found.well, found.grave) == (False, True)
    assert "add an entry under brands" in found.mend


def test_doubtful_terms_are_remarked_upon_without_alarm(site: Site) -> None:
    site.data["brands"][0]["exclude"] = ["月亮"]
    site.only()
    found = [one for one in site.findings() if one.subject == "config"]
    assert [(one.well, one.grave) for one in found] == [(True, True), (False, False)]
    assert "excludes nothing" in found[1].text


def test_a_database_that_cannot_be_used_is_a_finding(site: Site, tmp_path: Path) -> None:
    junk = tmp_path / "junk.db"
    junk.write_bytes(b"not a database at all" * 100)
    site.database = Database(f"sqlite:///{junk}")
    found = site.finding("database")
    assert not found.well
    assert "not a database" in found.text


def test_a_server_that_is_away_is_a_finding(site: Site) -> None:
    site.database = Database("postgresql://someone:hush@127.0.0.1:1/none")
    found = site.finding("database")
    assert not found.well
    assert "hush" not in found.text


def test_a_plan_that_cannot_hold_says_what_to_change(site: Site) -> None:
    site.data["promise"] = {"alert_within_s": 120, "warn_at_s": 60}
    found = site.finding("plan weibo")
    assert not found.well
    assert "of 120 s" in found.text
    assert "watch fewer names" in found.mend


def test_a_term_too_long_for_any_query_is_a_finding(site: Site) -> None:
    site.data["brands"][0]["aliases"] = ["很" * 600]
    found = site.finding("plan")
    assert not found.well
    assert found.mend


def test_a_pace_that_was_punished_is_warned_of(site: Site) -> None:
    site.data["sources"]["weibo"]["poll_interval_s"] = 60
    found = site.finding("pace weibo")
    assert (found.well, found.grave) == (False, False)
    site.data["sources"]["weibo"] |= {"transport": "official"}
    site.only("weibo")
    assert "pace weibo" not in {one.subject for one in site.findings()}


@pytest.mark.parametrize("fault", WEIBO_FAULTS)
def test_what_weibo_answers_is_told(site: Site, fault: Fault | None) -> None:
    site.only("weibo")
    site.weibo.fault = fault
    found = site.finding("weibo")
    # An empty answer looks like a calm day: only time can tell.
    assert found.well == (fault in {None, Fault.SILENT_EMPTY})
    assert found.well or found.mend


@pytest.mark.parametrize("fault", TWITTER_FAULTS)
def test_what_x_answers_is_told(site: Site, fault: Fault | None) -> None:
    site.only("twitter")
    site.twitter.fault = fault
    found = site.finding("twitter")
    assert found.well == (fault in {None, Fault.SILENT_EMPTY})
    assert found.well or found.mend


@pytest.mark.parametrize("name", ["twitter_bearer_token", "slack_bot_token"])
def test_a_missing_secret_is_a_finding_that_names_it(site: Site, name: str) -> None:
    site.secrets = replace(SECRETS, **{name: ""})
    (wrong,) = site.wrong().values()
    assert wrong.grave
    assert f"SHIFEN_{name.upper()}" in wrong.text + wrong.mend


def test_a_platform_that_is_away_is_a_finding(site: Site) -> None:
    site.data["sources"]["twitter"]["base_url"] = "http://127.0.0.1:1"
    wrong = site.wrong()
    assert set(wrong) == {"twitter", "clock"}
    assert wrong["twitter"].grave
    assert not wrong["clock"].grave


def test_a_source_that_is_off_is_not_asked(site: Site) -> None:
    site.only("twitter")
    subjects = [one.subject for one in site.findings()]
    assert "weibo" not in subjects
    assert "plan weibo" not in subjects
    assert subjects.count("clock") == 1
    assert not site.weibo.requests


@pytest.mark.parametrize(
    ("wrong_by_s", "well"), [(20, True), (-20, True), (45, False), (-45, False)]
)
def test_a_clock_that_is_wrong_is_told(site: Site, wrong_by_s: float, well: bool) -> None:
    site.now = lambda: utc_now() + timedelta(seconds=wrong_by_s)
    clocks = [one for one in site.findings() if one.subject == "clock"]
    assert [one.well for one in clocks] == [well, well]
    assert all(abs(float(one.text.split()[0]) - wrong_by_s) < 5 for one in clocks)


@pytest.mark.parametrize("fault", SLACK_FAULTS)
def test_a_channel_that_cannot_be_used_is_told(site: Site, fault: Fault) -> None:
    site.only()
    site.slack.fault = fault
    found = site.finding("channel pr-room")
    assert (found.well, found.grave) == (False, True)
    assert found.text
    assert found.mend


def test_no_channel_is_legal_and_told(site: Site) -> None:
    site.only()
    site.data["channels"] = []
    found = site.finding("channels")
    assert (found.well, found.grave) == (False, False)


def test_buttons_in_slack_need_a_secret_and_somebody_who_may_press_them(site: Site) -> None:
    site.only()
    found = site.finding("slack buttons")
    assert (found.well, found.text.split()[0]) == (True, "1")
    assert "http://127.0.0.1:8000/hooks/slack" in found.text

    site.data["people"] = [{"name": "周宁", "handles": {"wecom": "zhou"}}]
    found = site.finding("slack buttons")
    assert (found.well, found.grave) == (False, False)
    assert "people" in found.mend

    site.secrets = replace(SECRETS, slack_signing_secret="")
    found = site.finding("slack buttons")
    assert (found.well, found.grave) == (False, False)
    assert "SHIFEN_SLACK_SIGNING_SECRET" in found.mend


def test_a_year_without_holidays_is_told_before_it_begins(site: Site) -> None:
    site.only()
    site.data["calendars"][0]["holidays"] = "CN"
    site.now = lambda: datetime(2026, 11, 1, tzinfo=UTC)
    assert site.finding("calendar office").well
    site.now = lambda: datetime(2026, 12, 20, tzinfo=UTC)
    found = site.finding("calendar office")
    assert (found.well, found.grave) == (False, False)
    assert "2027" in found.text
    assert "days" in found.mend


def test_a_ladder_that_calls_nobody_by_name_is_told(site: Site) -> None:
    site.only()
    site.data["escalation"]["levels"][1].pop("rota")
    found = site.finding("ladder")
    assert (found.well, found.grave) == (False, False)
    assert "manager" in found.text
    assert "rota" in found.mend
    del site.data["escalation"]
    assert "lead, manager, director" in site.finding("ladder").text


def test_without_slack_nothing_is_said_of_its_buttons(site: Site) -> None:
    site.only()
    site.data["channels"] = [{"kind": "console"}]
    assert "slack buttons" not in {one.subject for one in site.findings()}


def test_without_a_secret_key_logins_end_at_restarts(site: Site) -> None:
    site.only()
    site.secrets = replace(SECRETS, secret_key="")
    found = site.finding("secret key")
    assert (found.well, found.grave) == (False, False)
    assert "SHIFEN_SECRET_KEY" in found.mend


def test_a_model_directory_that_is_not_there_is_grave_and_names_the_mend(
    site: Site, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", exc_type=ImportError)
    site.scorer = None
    site.data["sentiment"] = {"scorer": "onnx", "onnx": {"directory": str(tmp_path / "no")}}
    found = site.finding("model")
    assert (found.well, found.grave) == (False, True)
    assert str(tmp_path / "no") in found.text
    assert "sentiment.onnx.directory" in found.mend


@pytest.mark.parametrize(
    ("status", "told", "mend"),
    [(0, "tiny answers", ""), (401, "refused: the server answered 401", "shipped judges")],
)
def test_a_model_elsewhere_is_asked_about_our_own_posts_once(
    site: Site,
    httpserver: HTTPServer,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    told: str,
    mend: str,
) -> None:
    monkeypatch.setattr("monitor.scoring.DEFAULT", "words")
    desk = Desk(httpserver)
    if status:
        desk.reply = lambda _: Response(status=status)
    site.scorer = None
    site.data["sentiment"] = {"scorer": "http", "http": {"base_url": desk.url, "model": "tiny"}}
    found = {one.subject: one for one in site.findings()}
    assert (found["scorer http"].well, found["scorer http"].grave) == (not status, False)
    assert told in found["scorer http"].text
    assert mend in found["scorer http"].mend
    assert found["model"].well
    assert "http-tiny-" in found["model"].text
    assert (len(desk.bodies), desk.texts) == (1, [])
