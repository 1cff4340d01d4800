"""The configuration file: read, overlaid by the environment, checked, explained when wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator, model_validator

from alerts.channels.console import ConsoleSettings as ConsoleChannelSettings
from alerts.channels.http import http_address
from alerts.channels.settings import ChannelSettings
from alerts.rota import Roster
from alerts.routing import DEFAULT, Routing
from alerts.terms import validate_terms
from alerts.watch import Brand
from monitor.config_flow import (
    FlowSettings,
    InhibitionSettings,
    Known,
    ReceiverSettings,
    RouteSettings,
    StormSettings,
    routing_conflicts,
    routing_of,
)
from monitor.config_ladder import EscalationSettings, HeartbeatSettings, escalation_conflicts
from monitor.config_people import (
    CalendarSettings,
    PersonSettings,
    RotaSettings,
    known_zone,
    roster_conflicts,
    roster_of,
)
from monitor.config_problems import Origin, explain
from monitor.config_rules import RuleSettings, rule_conflicts
from monitor.config_section import Section
from monitor.config_severity import SeveritySettings
from monitor.yaml_file import Location, YamlError, read, read_value, written
from scrapers.post import Platform
from scrapers.twitter.settings import TwitterSettings
from scrapers.weibo.settings import DEFAULT_BASE_URLS, WeiboSettings
from sentiment.settings import HttpSettings, OnnxSettings

OVERRIDE_PREFIX: Final = "SHIFEN__"
DEFAULT_COMPLAINT_WORDS: Final = (
    *(
        "投诉",
        "举报",
        "维权",
        "曝光",
        "问题",
        "退款",
        "退货",
        "退钱",
        "不退",
        "赔偿",
        "差评",
        "垃圾",
    ),
    *("骗", "欺诈", "假货", "虚假", "质量", "坏了", "故障", "失灵", "死机", "闪退", "崩", "卡顿"),
    *("起火", "爆炸", "冒烟", "发烫", "鼓包", "受伤", "过敏", "泄露", "客服", "没人管", "不理"),
    *("不发货", "没收到", "太慢", "延迟", "扣费", "乱收费", "涨价", "坑", "失望", "后悔", "无语"),
    *("complaint", "complain", "refund", "broken", "issue", "problem", "scam", "fraud", "fake"),
    *("terrible", "awful", "worst", "useless", "disappointed", "unacceptable", "rip-off"),
    *("not working", "doesn't work", "stopped working", "customer service", "no response"),
    *("overcharged", "charged twice", "crash", "outage", "fire", "burn", "injured", "leak"),
)


class ConfigError(Exception):
    """The configuration is wrong; `problems` names each place, value and mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class BrandSettings(Section):
    """One entry of `brands`."""

    name: str = Field(min_length=1, max_length=60)
    aliases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    accounts: dict[Platform, str] = Field(default_factory=dict)
    handles: dict[Platform, str] = Field(default_factory=dict)
    """The names of those accounts; on X a quote of the brand is known by its handle only."""
    complaint_words: tuple[str, ...] = ()

    def watched(self) -> Brand:
        """Return the brand as the matcher takes it."""
        return Brand(self.name, self.aliases, self.exclude, self.accounts, self.complaint_words)


class SourceSettings(Section):
    """Section `sources`."""

    weibo: WeiboSettings = WeiboSettings()
    twitter: TwitterSettings = TwitterSettings()


class PromiseSettings(Section):
    """Section `promise`: the ten minutes, and when an undelivered case pages by itself."""

    alert_within_s: float = Field(600, ge=60, le=86_400)
    warn_at_s: float = Field(480, ge=30, le=86_400)

    @model_validator(mode="after")
    def _warns_before_it_breaks(self) -> Self:
        if self.warn_at_s >= self.alert_within_s:
            raise ValueError(
                f"warn_at_s ({self.warn_at_s:g}) must be less than "
                f"alert_within_s ({self.alert_within_s:g})"
            )
        return self


class SentimentSettings(Section):
    """Section `sentiment`."""

    scorer: Literal["shipped", "snownlp", "vader", "words", "onnx", "http"] = "shipped"
    onnx: OnnxSettings = OnnxSettings()
    http: HttpSettings = HttpSettings()


class DeliverySettings(Section):
    """Section `delivery`: how long and how often a message is tried."""

    give_up_after_s: float = Field(86_400, ge=60, le=30 * 86_400)
    max_wait_s: float = Field(300, ge=1, le=86_400)
    lease_s: float = Field(60, ge=10, le=3600)


class RetentionSettings(Section):
    """Section `retention`: after how many days rows are deleted."""

    unmatched_posts_days: float = Field(7, gt=0, le=3650)
    posts_days: float = Field(180, gt=0, le=3650)
    bad_items_days: float = Field(14, gt=0, le=3650)
    audit_days: float = Field(365, gt=0, le=3650)


class ConsoleSettings(Section):
    """Section `console`: where the web console listens and how messages link to it."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    public_url: str = ""

    @property
    def url(self) -> str:
        """The address that messages link to."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


class Config(Section):
    """The whole configuration, as `config.yaml` explains it."""

    database_url: str = "sqlite:///var/shifen.db"
    timezone: str = "Asia/Shanghai"
    locale: Literal["zh-CN", "en"] = "zh-CN"
    brands: tuple[BrandSettings, ...] = ()
    complaint_words: tuple[str, ...] = DEFAULT_COMPLAINT_WORDS
    rules: tuple[RuleSettings, ...] = Field((), max_length=100)
    sources: SourceSettings = SourceSettings()
    channels: tuple[ChannelSettings, ...] = ()
    people: tuple[PersonSettings, ...] = ()
    calendars: tuple[CalendarSettings, ...] = ()
    rotas: tuple[RotaSettings, ...] = ()
    receivers: tuple[ReceiverSettings, ...] = ()
    routes: tuple[RouteSettings, ...] = ()
    flow: FlowSettings = FlowSettings()
    inhibition: InhibitionSettings = InhibitionSettings()
    storm: StormSettings = StormSettings()
    promise: PromiseSettings = PromiseSettings()
    severity: SeveritySettings = SeveritySettings()
    sentiment: SentimentSettings = SentimentSettings()
    delivery: DeliverySettings = DeliverySettings()
    escalation: EscalationSettings = EscalationSettings()
    heartbeat: HeartbeatSettings = HeartbeatSettings()
    retention: RetentionSettings = RetentionSettings()
    console: ConsoleSettings = ConsoleSettings()

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value.startswith("sqlite:///"):
            if value.removeprefix("sqlite:///").split("?")[0] in ("", ":memory:"):
                raise ValueError("the embedded database needs a file: sqlite:///PATH")
            return value
        if not value.startswith(("postgresql://", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///PATH or postgresql://USER@HOST/NAME")
        try:
            complete = urlsplit(value).port != 0
        except ValueError:
            complete = False
        if not complete:
            raise ValueError("its port is no number; / : @ in a password are %2F %3A %40")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people read times."""
        return ZoneInfo(self.timezone)

    def watched(self) -> tuple[Brand, ...]:
        """Return the brands as the matcher takes them."""
        return tuple(brand.watched() for brand in self.brands)

    def roster(self) -> Roster:
        """Return the people, calendars and rotas."""
        return roster_of(self.people, self.calendars, self.rotas, self.zone)

    def routing(self) -> Routing:
        """Return the receivers and the routes to them."""
        calendars = self.roster().calendars
        return routing_of(self.receivers, self.routes, self.channels, calendars, self.locale)


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Read the file at `path`, overlay `SHIFEN__SECTION__KEY` variables, and check everything.

    Raises ConfigError with one sentence per problem: the place, the value, the mend.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            [f"{path}: there is no such file; copy config.yaml there or pass --config FILE"]
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            [f"{path}: is not UTF-8 text ({error.reason}); save it as UTF-8"]
        ) from error
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read ({error.strerror})"]) from error
    return parse(source, str(path), environment)


def parse(source: str, label: str, environment: Mapping[str, str]) -> Config:
    """Check YAML text; `label` names it in problems. Raises ConfigError."""
    try:
        file = read(source)
    except YamlError as error:
        place = f"{label}:{error.line}" if error.line else label
        raise ConfigError([f"{place}: {error}"]) from error
    data = {} if file.data is None else file.data
    if not isinstance(data, dict):
        raise ConfigError([f"{label}: the file must hold `key: value` lines"])
    origin = Origin(label, file, _overlay(data, environment))
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems = [explain(detail, origin, Config) for detail in error.errors()]
        raise ConfigError(problems) from error
    problems = [origin.problem(*conflict) for conflict in _conflicts(config)]
    problems += [_term_problem(sentence, origin) for sentence in _unusable_terms(config)]
    if problems:
        raise ConfigError(problems)
    return config


def _overlay(data: dict[str, Any], environment: Mapping[str, str]) -> dict[Location, str]:
    """Write SHIFEN__A__B=value into `data` and return which variable set which path."""
    overrides: dict[Location, str] = {}
    for name, value in sorted(environment.items()):
        if not name.startswith(OVERRIDE_PREFIX):
            continue
        path = tuple(name.removeprefix(OVERRIDE_PREFIX).lower().split("__"))
        try:
            parsed = read_value(value)
        except YamlError as error:
            raise ConfigError([f"{name}: {error}"]) from error
        section: Any = data
        for key in path[:-1]:
            if isinstance(section, dict) and section.get(key) is None:
                section[key] = {}
            section = section[key] if isinstance(section, dict) else None
        if not isinstance(section, dict):
            raise ConfigError([f"{name}: {written(path[:-1])} is no section; unset the variable"])
        section[path[-1]] = parsed
        overrides[path] = name
    return overrides


def _unusable_terms(config: Config) -> tuple[str, ...]:
    return validate_terms(config.watched(), config.complaint_words)


def _term_problem(sentence: str, origin: Origin) -> str:
    """Put file and line before a sentence that begins with its path: `brands[0].name: …`."""
    path, _, flaw = sentence.partition(": ")
    location: list[int | str] = []
    for key in path.split("."):
        name, _, index = key.rstrip("]").partition("[")
        location += [name, int(index)] if index else [name]
    return origin.problem(tuple(location), flaw)


def _conflicts(config: Config) -> Iterator[tuple[Location, str]]:
    """Yield what is well in itself but impossible together: the place and the sentence."""
    names = [channel.name for channel in config.channels]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield ("channels", index, "name"), f"{name!r} names two channels; give each its own"
    yield from roster_conflicts(config.people, config.calendars, config.rotas)
    yield from _hasty_leases(config)
    yield from _foreign_address(config.sources.weibo)
    yield from _bad_addresses(config)
    yield from _hopeless_intervals(config)
    yield from _bare_scorers(config.sentiment)
    known = _known(config, names)
    yield from routing_conflicts(config.receivers, config.routes, known)
    yield from rule_conflicts(config.rules, known.brands)
    yield from escalation_conflicts(
        config.escalation,
        rotas=known.rotas,
        receivers=[each.name for each in config.receivers] or [DEFAULT],
        calendars=known.calendars,
    )


def _known(config: Config, channels: list[str]) -> Known:
    """Gather the names that receivers and routes may use."""
    return Known(
        channels=channels,
        brands=[brand.name for brand in config.brands],
        rotas=[rota.name for rota in config.rotas],
        calendars=[calendar.name for calendar in config.calendars],
    )


def _hasty_leases(config: Config) -> Iterator[tuple[Location, str]]:
    lease_s = config.delivery.lease_s
    for index, channel in enumerate(config.channels):
        if not isinstance(channel, ConsoleChannelSettings) and channel.timeout_s >= lease_s:
            told = f"{channel.timeout_s:g} s is not less than delivery.lease_s ({lease_s:g} s)"
            why = "a message on its way would be taken for lost and sent again"
            yield ("channels", index, "timeout_s"), f"{told}: {why}; shorten it"


def _foreign_address(weibo: WeiboSettings) -> Iterator[tuple[Location, str]]:
    for transport, address in DEFAULT_BASE_URLS.items():
        if weibo.base_url and weibo.url == address and transport is not weibo.transport:
            told = f"{address} belongs to {transport.value}, but transport is {weibo.transport}"
            yield ("sources", "weibo", "base_url"), f"{told}; change one of the two"


def _bad_addresses(config: Config) -> Iterator[tuple[Location, str]]:
    sources = (("weibo", config.sources.weibo), ("twitter", config.sources.twitter))
    addresses: list[tuple[Location, str | None]] = [
        (("sources", name, key), address)
        for name, source in sources
        for key, address in source
        if key.endswith("base_url")
    ]
    addresses.append((("sentiment", "http", "base_url"), config.sentiment.http.base_url or None))
    for place, address in addresses:
        if address is not None:
            try:
                http_address(address)
            except ValueError as error:
                yield place, f"is no address: {error}"


def _bare_scorers(sentiment: SentimentSettings) -> Iterator[tuple[Location, str]]:
    needed = {
        "onnx": {"directory": "the folder with model.onnx, tokenizer.json and config.json"},
        "http": {
            "base_url": "the address before /chat/completions",
            "model": "the name that the server knows the model by",
        },
    }
    for key, what in needed.get(sentiment.scorer, {}).items():
        if not getattr(getattr(sentiment, sentiment.scorer), key):
            told = f"{sentiment.scorer} needs sentiment.{sentiment.scorer}.{key}"
            yield ("sentiment", "scorer"), f"{told}: write {what}"


def _hopeless_intervals(config: Config) -> Iterator[tuple[Location, str]]:
    promise_s = config.promise.alert_within_s
    for name, source in (("weibo", config.sources.weibo), ("twitter", config.sources.twitter)):
        if source.enabled and source.poll_interval_s >= promise_s:
            told = f"{source.poll_interval_s:g} s is not less than promise.alert_within_s"
            mend = f"({promise_s:g} s); poll more often"
            yield ("sources", name, "poll_interval_s"), f"{told} {mend}"
