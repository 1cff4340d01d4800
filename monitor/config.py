"""The configuration file: read, overlaid by the environment, checked, explained when wrong."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from alerts.channels.settings import ChannelSettings
from alerts.severity import Thresholds
from alerts.watch import Brand
from scrapers.post import Platform
from scrapers.twitter.settings import TwitterSettings
from scrapers.weibo.settings import DEFAULT_BASE_URLS, WeiboSettings

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


class Section(BaseModel):
    """A part of the configuration: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class BrandSettings(Section):
    """One entry of `brands`."""

    name: str = Field(min_length=1, max_length=60)
    aliases: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    accounts: dict[Platform, str] = Field(default_factory=dict)
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

    scorer: Literal["snownlp", "vader", "words"] = "snownlp"


class SeveritySettings(Section):
    """Section `severity`: from when a complaint is important or urgent (domain.md)."""

    important_amount_yuan: int = Field(1000, ge=0)
    repeat_window_s: int = Field(30 * 86_400, ge=0)
    kol_followers: int = Field(100_000, ge=1)
    spread_important: int = Field(10, ge=2)
    spread_urgent: int = Field(100, ge=2)

    def thresholds(self) -> Thresholds:
        """Return the thresholds as the rating takes them."""
        return Thresholds(**self.model_dump())


class DeliverySettings(Section):
    """Section `delivery`: how long and how often a message is tried."""

    give_up_after_s: float = Field(86_400, ge=60)
    max_wait_s: float = Field(300, ge=1)
    lease_s: float = Field(60, ge=10)


class EscalationSettings(Section):
    """Section `escalation`; the ladder arrives with the ticket workflow."""


class RetentionSettings(Section):
    """Section `retention`: after how many days rows are deleted."""

    unmatched_posts_days: float = Field(7, gt=0)
    posts_days: float = Field(180, gt=0)
    bad_items_days: float = Field(14, gt=0)
    audit_days: float = Field(365, gt=0)


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
    sources: SourceSettings = SourceSettings()
    channels: tuple[ChannelSettings, ...] = ()
    promise: PromiseSettings = PromiseSettings()
    severity: SeveritySettings = SeveritySettings()
    sentiment: SentimentSettings = SentimentSettings()
    delivery: DeliverySettings = DeliverySettings()
    escalation: EscalationSettings = EscalationSettings()
    retention: RetentionSettings = RetentionSettings()
    console: ConsoleSettings = ConsoleSettings()

    @field_validator("timezone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone; write e.g. Asia/Shanghai") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("write sqlite:///PATH or postgresql://USER@HOST/NAME")
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        problems = [
            *_twice("brands", [brand.name for brand in self.brands]),
            *_twice("channels", [channel.name for channel in self.channels]),
            *_shared_names(self.brands),
            *_foreign_address(self.sources.weibo),
            *_hopeless_interval(self),
        ]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which people read times."""
        return ZoneInfo(self.timezone)

    def watched(self) -> tuple[Brand, ...]:
        """Return the brands as the matcher takes them."""
        return tuple(brand.watched() for brand in self.brands)


def _twice(place: str, names: list[str]) -> list[str]:
    double = sorted({name for name in names if names.count(name) > 1})
    return [f"{place}: the name {name!r} stands twice; give each its own" for name in double]


def _shared_names(brands: tuple[BrandSettings, ...]) -> list[str]:
    problems = []
    owners: dict[str, str] = {}
    for brand in brands:
        for alias in {brand.name, *brand.aliases}:
            owner = owners.setdefault(alias.casefold(), brand.name)
            if owner != brand.name:
                problems.append(f"brands: {alias!r} names both {owner!r} and {brand.name!r}")
            if alias.casefold() in {word.casefold() for word in brand.exclude}:
                problems.append(
                    f"brands: {brand.name!r} both watches and excludes {alias!r}; keep one"
                )
    return problems


def _foreign_address(weibo: WeiboSettings) -> list[str]:
    for transport, address in DEFAULT_BASE_URLS.items():
        if weibo.base_url and weibo.url == address and transport is not weibo.transport:
            chosen = f"but transport is {weibo.transport.value}; change one of the two"
            return [f"sources.weibo.base_url: {address} belongs to {transport.value}, {chosen}"]
    return []


def _hopeless_interval(config: Config) -> list[str]:
    return [
        f"sources.{name}.poll_interval_s: {source.poll_interval_s:g} s is longer than "
        f"promise.alert_within_s ({config.promise.alert_within_s:g} s); poll more often"
        for name, source in (("weibo", config.sources.weibo), ("twitter", config.sources.twitter))
        if source.enabled and source.poll_interval_s >= config.promise.alert_within_s
    ]


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
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read as UTF-8 text ({error})"]) from error
    return parse(source, str(path), environment)


def parse(source: str, label: str, environment: Mapping[str, str]) -> Config:
    """Check YAML text; `label` names it in problems. Raises ConfigError."""
    tree = _tree(source, label)
    data = yaml.safe_load(source) if tree is not None else {}
    if not isinstance(data, dict):
        raise ConfigError([f"{label}: the file must hold `key: value` lines"])
    overrides = _overlay(data, environment)
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        problems = [_explain(detail, label, tree, overrides) for detail in error.errors()]
        raise ConfigError(problems) from error


def _tree(source: str, label: str) -> yaml.Node | None:
    try:
        tree = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f":{mark.line + 1}" if mark else ""
        problem = f"not valid YAML ({error.problem}); check indents, colons and quotes"
        raise ConfigError([f"{label}{line}: {problem}"]) from error
    except yaml.YAMLError as error:
        raise ConfigError([f"{label}: not valid YAML ({error})"]) from error
    doubles = _double_keys(tree, ())
    if doubles:
        raise ConfigError([f"{label}:{line}: {path} stands twice" for line, path in doubles])
    return tree


def _double_keys(node: yaml.Node | None, path: tuple[str, ...]) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            found += _double_keys(item, (*path, str(index)))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            place = (*path, str(key.value))
            if key.value in seen:
                found.append((key.start_mark.line + 1, ".".join(place)))
            seen.add(key.value)
            found += _double_keys(value, place)
    return found


def _overlay(data: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Write SHIFEN__A__B=value into `data` and return which variable set which path."""
    overrides = {}
    for name, value in sorted(environment.items()):
        if not name.startswith(OVERRIDE_PREFIX):
            continue
        path = tuple(name.removeprefix(OVERRIDE_PREFIX).lower().split("__"))
        try:
            parsed = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise ConfigError([f"{name}: {value!r} is not valid YAML"]) from error
        section: Any = data
        for key in path[:-1]:
            section = section.setdefault(key, {}) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            raise ConfigError([f"{name}: {'.'.join(path[:-1])} is no section; unset the variable"])
        section[path[-1]] = parsed
        overrides[path] = name
    return overrides


def _explain(
    detail: ErrorDetails,
    label: str,
    tree: yaml.Node | None,
    overrides: Mapping[tuple[str, ...], str],
) -> str:
    # pydantic puts the tag of a union (the channel's kind) into the location: not a key of ours.
    location = detail["loc"]
    if location[:1] == ("channels",):
        location = (*location[:2], *location[3:])
    names = tuple(str(part) for part in location)
    place = overrides.get(names) or f"{label}{_line(tree, location)}"
    path = ".".join(names)
    subject = f"{place}: {path}" if path else place
    if detail["type"] == "extra_forbidden":
        return f"{subject}: unknown key{_near(location)}"
    if detail["type"] == "missing":
        return f"{subject}: is missing; add it"
    message = detail["msg"].removeprefix("Value error, ")
    if not path:
        return f"{subject}: {message}"
    shown = json.dumps(detail["input"], ensure_ascii=False, default=str)
    return f"{subject}: {shown[:80]} is not possible: {message[:1].lower()}{message[1:]}"


def _line(tree: yaml.Node | None, location: tuple[int | str, ...]) -> str:
    node, line = tree, 0
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == part]
            if not found:
                break
            key, node = found[-1]
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1 if node else line
    return f":{line}" if line else ""


def _near(location: tuple[int | str, ...]) -> str:
    model: type[BaseModel] | None = Config
    for part in location[:-1]:
        model = _model_at(model, part)
    if model is None:
        return "; remove it"
    known = list(model.model_fields)
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    guess = f"; did you mean {close[0]}?" if close else "; remove it."
    return f"{guess} Known keys: {', '.join(known) or 'none'}"


def _model_at(model: type[BaseModel] | None, part: int | str) -> type[BaseModel] | None:
    if isinstance(part, int) or model is None:
        return model
    if part == "brands":
        return BrandSettings
    field = model.model_fields.get(part)
    annotation = field.annotation if field else None
    return (
        annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
    )
