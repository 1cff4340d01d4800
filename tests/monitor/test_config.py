"""The configuration file: what it says by default, and how each mistake in it is explained."""

from __future__ import annotations

import string
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Config, ConfigError, load, parse
from scrapers.post import Platform
from scrapers.weibo.settings import Transport
from tests.conftest import ROOT

EXAMPLES = {"brands", "channels"}


def problems(source: str, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(source, "my.yaml", environment or {})
    assert str(caught.value) == "\n".join(caught.value.problems)
    return caught.value.problems


def problem(source: str, environment: dict[str, str] | None = None) -> str:
    (sentence,) = problems(source, environment)
    return sentence


# What is right


def test_the_shipped_file_says_what_the_code_does_by_default() -> None:
    shipped = load(ROOT / "config.yaml", {})
    address = {"base_url": "https://m.weibo.cn"}
    weibo = Config().sources.weibo.model_copy(update=address)
    sources = Config().sources.model_copy(update={"weibo": weibo})
    expected = Config(brands=shipped.brands, channels=shipped.channels, sources=sources)
    assert shipped == expected


def test_the_shipped_file_names_every_key() -> None:
    tree = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))

    def missing(written: dict[str, Any], default: dict[str, Any], path: str) -> list[str]:
        found = [f"{path}{key}" for key in default if key not in written]
        for key, value in default.items():
            if isinstance(value, dict) and isinstance(written.get(key), dict):
                found += missing(written[key], value, f"{path}{key}.")
        return found

    assert missing(tree, Config().model_dump(), "") == []


def test_every_value_of_every_section_is_taken() -> None:
    config = parse(
        """
        database_url: postgresql://shifen@db.example:5432/shifen
        timezone: Europe/Berlin
        locale: en
        brands:
          - name: 星云手表
            aliases: [NebulaWatch]
            exclude: [星云手表带]
            accounts: {weibo: "6004281123", twitter: "900100"}
            complaint_words: [黑屏]
        complaint_words: [退款]
        sources:
          weibo: {transport: web, base_url: "http://127.0.0.1:1", poll_interval_s: 90}
          twitter: {enabled: false, vocabulary: post}
        channels:
          - {kind: slack, name: pr, channel: "#pr"}
          - {kind: webhook, name: hook, url: "https://hook.example/a", standby: true}
          - {kind: dingtalk, name: ding, secret: PR_DING, timeout_s: 5}
          - {kind: console, name: here}
        promise: {alert_within_s: 300, warn_at_s: 200}
        severity:
          important_amount_yuan: 5
          spread_important: 3
          spread_urgent: 4
          reach_important: 50
          speed_factor: 2.5
          speed_urgent: 30
          exchange_rates: {USD: "7.1", hkd: 0.92}
        sentiment:
          scorer: http
          onnx: {directory: models/ours, labels: {joy: positive}, threads: 2, batch: 8}
          http: {base_url: "https://llm.example/v1", model: m, tokens_per_day: 5, batch: 2}
        delivery: {give_up_after_s: 600, max_wait_s: 30, lease_s: 20}
        escalation: {}
        retention: {unmatched_posts_days: 0.5, posts_days: 30, bad_items_days: 2, audit_days: 9}
        console: {host: 0.0.0.0, port: 0, public_url: "https://shifen.example/"}
        """,
        "my.yaml",
        {},
    )
    brand = config.watched()[0]
    assert brand.names == ("星云手表", "NebulaWatch")
    assert brand.accounts == {Platform.WEIBO: "6004281123", Platform.TWITTER: "900100"}
    assert config.sources.weibo.transport is Transport.WEB
    assert not config.sources.twitter.enabled
    assert [channel.kind for channel in config.channels] == [
        *("slack", "webhook", "dingtalk", "console")
    ]
    thresholds = config.severity.thresholds()
    assert (thresholds.spread_urgent, thresholds.reach_important) == (4, 50)
    assert (thresholds.speed_factor, thresholds.speed_urgent) == (2.5, 30)
    assert thresholds.exchange_rates == {"USD": Decimal("7.1"), "HKD": Decimal("0.92")}
    assert config.console.url == "https://shifen.example"
    assert str(config.zone) == "Europe/Berlin"
    assert config.retention.unmatched_posts_days == 0.5


def test_a_rate_may_come_from_the_environment() -> None:
    config = parse("", "my.yaml", {"SHIFEN__SEVERITY__EXCHANGE_RATES__USD": "7.1"})
    assert config.severity.thresholds().exchange_rates == {"USD": Decimal("7.1")}


@pytest.mark.parametrize("source", ["", "\n# nothing yet\n", "---\n", "\ufeff# saved by Notepad\n"])
def test_an_empty_file_means_the_defaults(source: str) -> None:
    assert parse(source, "my.yaml", {}) == Config()


def test_the_example_of_a_homonym_without_the_name_is_legal() -> None:
    config = parse("brands: [{name: 星云手表, exclude: [星云大师]}]", "my.yaml", {})
    assert config.brands[0].exclude == ("星云大师",)


def test_no_channels_and_no_sources_are_legal() -> None:
    source = "channels: []\nsources: {weibo: {enabled: false}, twitter: {enabled: false}}"
    config = parse(source, "my.yaml", {})
    assert config.channels == ()


# The file itself


def test_a_missing_file_tells_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: there is no such file; .*--config FILE"):
        load(tmp_path / "none.yaml", {})


def test_a_file_in_another_encoding_tells_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "gbk.yaml"
    path.write_bytes("locale: zh-CN # 品牌".encode("gbk"))
    with pytest.raises(ConfigError, match=r"gbk\.yaml: is not UTF-8 text .*save it as UTF-8"):
        load(path, {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


@pytest.mark.parametrize(
    ("source", "place", "says"),
    [
        ("locale: en\nbrands: [\n", "my.yaml:3: ", "not valid YAML"),
        ("locale: en\n\tbrands: []", "my.yaml:2: ", "not valid YAML"),
        ("a: 'b\n", "my.yaml:2: ", "quotes"),
        ("locale: en\nlocale: en\n", "my.yaml:2: ", "locale stands twice"),
        ("brands:\n- {name: 星云}\n- name: 月亮\n  name: 日", "my.yaml:4: ", "brands[1].name"),
        ("locale: en\n? [a, b]\n: 1", "my.yaml:2: ", "a list or mapping is no text"),
        ("promise:\n  2026-01-01: 1", "my.yaml:2: ", "the key 2026-01-01 is no text"),
        ("on: 1", "my.yaml:1: ", "quotes"),
        ("brands: &b [*b]", "my.yaml:1: ", "anchor"),
        ("locale: !!python/object x", "my.yaml:1: ", "not valid YAML"),
        ("locale: =", "my.yaml:1: ", "not valid YAML"),
        ("locale: 2001-99-99", "my.yaml: ", "month must be in 1..12"),
        ("locale: " + "1" * 5000, "my.yaml: ", "not valid YAML"),
        ("[" * 5000, "my.yaml: ", "nested too deeply"),
        ("locale: \x00", "my.yaml: ", "not valid YAML"),
        ("a: 1\n---\nb: 2", "my.yaml:2: ", "not valid YAML"),
        ("- brands", "my.yaml: ", "key: value"),
        ("brands", "my.yaml: ", "key: value"),
    ],
)
def test_what_is_no_configuration_at_all_says_where(source: str, place: str, says: str) -> None:
    sentence = problem(source)
    assert sentence.startswith(place)
    assert says in sentence


# Unknown keys


@pytest.mark.parametrize(
    ("source", "start", "nearest"),
    [
        ("locale: en\nsorces: {}", "my.yaml:2: sorces: ", "sources"),
        ("brands:\n- name: 星云\n  alias: [a]", "my.yaml:3: brands[0].alias: ", "aliases"),
        ("sources:\n  weibo:\n    pol: 1", "my.yaml:3: sources.weibo.pol: ", None),
        ("sources: {twitter: {base_ur: 1}}", "my.yaml:1: sources.twitter.base_ur: ", "base_url"),
        ("sources: {webo: {}}", "my.yaml:1: sources.webo: ", "weibo"),
        (
            "channels:\n- {kind: slack, name: a, channel: c}\n- {kind: console, nam: b, name: b}",
            "my.yaml:3: channels[1].nam: ",
            "name",
        ),
        ("promise: {warn_at: 1}", "my.yaml:1: promise.warn_at: ", "warn_at_s"),
        ("severity: {kol: 1}", "my.yaml:1: severity.kol: ", None),
        ("sentiment: {score: 1}", "my.yaml:1: sentiment.score: ", "scorer"),
        ("sentiment: {onnx: {direktory: a}}", "my.yaml:1: sentiment.onnx.direktory: ", "directory"),
        ("sentiment: {http: {modl: a}}", "my.yaml:1: sentiment.http.modl: ", "model"),
        ("delivery: {lease: 1}", "my.yaml:1: delivery.lease: ", "lease_s"),
        ("escalation: {ladder: 1}", "my.yaml:1: escalation.ladder: ", None),
        ("retention: {post_days: 1}", "my.yaml:1: retention.post_days: ", "posts_days"),
        ("console: {prt: 1}", "my.yaml:1: console.prt: ", "port"),
    ],
)
def test_an_unknown_key_names_path_line_and_nearest_key(
    source: str, start: str, nearest: str | None
) -> None:
    sentence = problem(source)
    assert sentence.startswith(start + "unknown key")
    assert (f"did you mean {nearest}?" in sentence) == (nearest is not None)
    assert "nown keys: " in sentence or "no keys are known" in sentence


# Wrong values


@pytest.mark.parametrize(
    ("source", "start", "mend"),
    [
        ("timezone: Asia", 'timezone: "Asia"', "write e.g. Asia/Shanghai"),
        ("timezone: Asia/Shanghi", 'timezone: "Asia/Shanghi"', "write e.g. Asia/Shanghai"),
        ("timezone: ../../etc/passwd", 'timezone: "../../etc/passwd"', "no such time zone"),
        ("timezone: 8", "timezone: 8", "write text"),
        ("locale: zh", 'locale: "zh"', "'zh-CN' or 'en'"),
        ('locale: "\\ud800"', "locale: ", "UTF-8 has"),
        ("database_url: mysql://h/n", "database_url: ", "postgresql://USER@HOST/NAME"),
        ("database_url: 'sqlite:///'", "database_url: ", "needs a file"),
        ("database_url: 'sqlite:///:memory:'", "database_url: ", "needs a file"),
        ("database_url: postgresql://u:a/b@h/n", "database_url: ", "%2F"),
        ("brands: [{name: ''}]", 'brands[0].name: ""', "at least 1 character"),
        ("brands: [{name: 星云, aliases: Nebula}]", "brands[0].aliases: ", "write a list"),
        ("brands: [{name: 星云, aliases: [no]}]", "brands[0].aliases[0]: false", "quotes"),
        ("brands: [{name: 星云, accounts: {weibo: 6}}]", "brands[0].accounts.weibo: 6", "quotes"),
        ("brands: [{name: 星云, accounts: {webo: '6'}}]", "brands[0].accounts.webo: ", "'weibo'"),
        ("brands: 星云", 'brands: "星云"', "write a list"),
        ("brands: [星云]", 'brands[0]: "星云"', "key: value"),
        ("brands: [{aliases: [a1]}]", "brands[0].name: is", "missing; add it"),
        ("complaint_words: {a: b}", "complaint_words: a group of keys", "write a list"),
        ("promise:", "promise: null", "key: value"),
        ("promise: {alert_within_s: soon}", 'promise.alert_within_s: "soon"', "write a number"),
        ("promise: {alert_within_s: [600]}", "promise.alert_within_s: a list", "write a number"),
        ("sources: {weibo: {enabled: maybe}}", 'sources.weibo.enabled: "maybe"', "true or false"),
        ("sources: {weibo: {transport: ftp}}", "sources.weibo.transport: ", "'mobile', 'web'"),
        ("sources: {weibo: {max_pages: 1.5}}", "sources.weibo.max_pages: 1.5", "whole number"),
        ("sources: {weibo: {timeout_s: .nan}}", "sources.weibo.timeout_s: NaN", "finite number"),
        ("sources: {twitter: {usd_per_post: .inf}}", "sources.twitter.usd_per_post: ", "finite"),
        ("channels: [{kind: slak}]", "channels[0].kind: 'slak'", "'slack', 'wecom', "),
        ("channels: [{name: a}]", "channels[0]: a group of keys", "add its kind"),
        ("channels: [{kind: webhook, url: 'http://h'}]", "channels[0].name: is", "missing; add it"),
        ("channels: [{kind: wecom, name: a}]", "channels[0].secret: is", "missing; add it"),
        (
            "channels: [{kind: wecom, name: a, secret: A, base_url: 'https://h/s?key=5e1f3a'}]",
            "channels[0].base_url: this is not possible",
            "the key is a secret",
        ),
        ("severity: {kol_followers: 0}", "severity.kol_followers: 0", "greater than or equal to 1"),
        ("severity: {speed_factor: 0.5}", "severity.speed_factor: 0.5", "equal to 1"),
        ("severity: {speed_window_s: 1}", "severity.speed_window_s: 1", "equal to 60"),
        (
            "severity: {exchange_rates: {XBT: 7}}",
            "severity.exchange_rates: no currency called XBT is read",
            "write some of: USD, EUR, GBP",
        ),
        (
            "severity: {exchange_rates: {USD: 0}}",
            "severity.exchange_rates: 0 yuan per USD cannot be",
            "such as 7.1",
        ),
        ("severity: {exchange_rates: {USD: x}}", "severity.exchange_rates.USD: ", "valid decimal"),
        ("severity: {exchange_rates: [7]}", "severity.exchange_rates: a list", "key: value"),
        ("severity: {repeat_window_s: 1e99}", "severity.repeat_window_s: ", "whole number"),
        ("console: {port: 0x" + "f" * 9000 + "}", "console.port: such a long number", "65535"),
        (
            "sentiment: {scorer: best}",
            'sentiment.scorer: "best"',
            "'shipped', 'snownlp', 'vader', ",
        ),
        ("sentiment: {http: {batch: 0}}", "sentiment.http.batch: 0", "equal to 1"),
        ("sentiment: {http: {timeout_s: .nan}}", "sentiment.http.timeout_s: NaN", "finite"),
        ("sentiment: {onnx: {labels: {a: sad}}}", 'sentiment.onnx.labels.a: "sad"', "'negative'"),
        ("delivery: {give_up_after_s: .inf}", "delivery.give_up_after_s: Infinity", "finite"),
        ("retention: {posts_days: 9999999}", "retention.posts_days: ", "less than or equal"),
        ("retention: {posts_days: 0}", "retention.posts_days: 0", "greater than 0"),
        ("console: {port: 65536}", "console.port: 65536", "less than or equal to 65535"),
        ("escalation: {}\nconsole: 8000", "console: 8000", "key: value"),
    ],
)
def test_a_wrong_value_names_path_value_and_mend(source: str, start: str, mend: str) -> None:
    sentence = problem(source)
    line = source.count("\n") + 1
    assert sentence.startswith(f"my.yaml:{line}: {start}")
    assert mend in sentence.removeprefix(f"my.yaml:{line}: {start}")


def test_every_mistake_is_told_at_once() -> None:
    found = problems("locale: fr\nconsole:\n  port: x\nbrnds: []")
    assert sorted(sentence.split(": ")[0] for sentence in found) == [
        "my.yaml:1",
        "my.yaml:3",
        "my.yaml:4",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "database_url: mysql://u:hunter22@h/n",
        "database_url: postgresql://u:hunter22/x@h/n",
        "channels: [{kind: webhook, name: a, url: 'ftp://h/hunter22'}]",
        "channels: [{kind: webhook, name: a, url: ['https://h/hunter22']}]",
    ],
)
def test_an_address_may_hold_a_password_and_is_not_repeated(source: str) -> None:
    assert "hunter22" not in problem(source)


# Combinations


BRANDS = "brands:\n- {name: 星云, aliases: [NebulaWatch]}\n"


@pytest.mark.parametrize(
    ("source", "line", "says"),
    [
        ("promise:\n  warn_at_s: 600", 1, "warn_at_s (600) must be less than alert_within_s (600)"),
        ("severity: {spread_important: 200}", 1, "spread_urgent (100) must be at least"),
        ("severity: {reach_urgent: 9}", 1, "reach_urgent (9) must be at least reach_important"),
        ("severity: {speed_urgent: 9}", 1, "speed_urgent (9) must be at least speed_important"),
        (BRANDS + "- {name: 星云}", 3, "brands[1].name: “星云” is the same as brands[0].name"),
        (BRANDS + "- {name: 星 雲}", 3, "is the same as brands[0].name"),
        (
            BRANDS + "- name: 月亮\n  aliases: [月儿, nebula watch]",
            4,
            "brands[1].aliases[1]: “nebula watch” is the same as brands[0].aliases[0]",
        ),
        ("brands:\n- name: 星云\n  exclude: [星云]", 2, "brands[0].name: “星云” is also excluded"),
        ("brands:\n- name: 星云\n  aliases:\n  - ！", 4, "no letter or digit"),
        ("complaint_words:\n- 退款\n- ''", 3, "complaint_words[1]: “” has no letter"),
        (
            "channels:\n- {kind: console, name: a}\n- {kind: console, name: a}",
            3,
            "channels[1].name: 'a' names two channels",
        ),
        (
            "delivery: {lease_s: 10}\nchannels:\n- {kind: slack, name: a, channel: c}",
            3,
            "is not less than delivery.lease_s (10 s)",
        ),
        (
            "sources:\n  weibo:\n    base_url: https://s.weibo.com/",
            3,
            "belongs to web, but transport is mobile; change one of the two",
        ),
        ("sources:\n  weibo: {base_url: m.weibo.cn}", 2, "sources.weibo.base_url: is no address"),
        ("sentiment: {http: {base_url: a b}}", 1, "sentiment.http.base_url: is no address"),
        ("sentiment:\n  scorer: onnx", 2, "onnx needs sentiment.onnx.directory: write the folder"),
        (
            "sentiment: {scorer: http, http: {model: m}}",
            1,
            "http needs sentiment.http.base_url: write the address before /chat/completions",
        ),
        (
            "sentiment: {scorer: http, http: {base_url: 'https://h/v1'}}",
            1,
            "http needs sentiment.http.model",
        ),
        ("sources:\n  twitter:\n    poll_interval_s: 600", 3, "poll more often"),
        ("promise: {alert_within_s: 60, warn_at_s: 30}", 0, "60 s is not less than"),
    ],
)
def test_what_is_impossible_together_is_told(source: str, line: int, says: str) -> None:
    sentence = problem(source)
    assert sentence.startswith(f"my.yaml:{line}: " if line else "my.yaml: ")
    assert says in sentence


def test_a_source_that_is_off_may_have_any_interval() -> None:
    source = "sources: {weibo: {enabled: false, poll_interval_s: 3600}}"
    assert parse(source, "my.yaml", {}).sources.weibo.poll_interval_s == 3600


@pytest.mark.parametrize(
    "source",
    [
        "brands: [{name: NebulaWatch, aliases: [nebulawatch, Nebula Watch]}]",
        "complaint_words: [退款, 退款]",
        "brands: [{name: 星云, complaint_words: [投诉]}]",
    ],
)
def test_the_same_term_twice_within_one_brand_does_no_harm(source: str) -> None:
    assert parse(source, "my.yaml", {})


# Overrides


def test_variables_override_the_file_in_its_own_types() -> None:
    config = parse(
        "locale: en\nconsole: {host: 0.0.0.0}\nescalation:",
        "my.yaml",
        {
            "SHIFEN__LOCALE": "zh-CN",
            "SHIFEN__CONSOLE__PORT": "9000",
            "SHIFEN__SOURCES__WEIBO__ENABLED": "false",
            "SHIFEN__COMPLAINT_WORDS": "[投诉, 退款]",
            "SHIFEN__CHANNELS": "[{kind: console, name: here}]",
            "SHIFEN__ESCALATION": "{}",
            "SHIFEN_WEIBO_COOKIE": "not ours",
        },
    )
    assert config.locale == "zh-CN"
    assert config.console.port == 9000
    assert config.console.host == "0.0.0.0"
    assert not config.sources.weibo.enabled
    assert config.complaint_words == ("投诉", "退款")
    assert [channel.name for channel in config.channels] == ["here"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SHIFEN__CONSOLE__PORT", "x", 'console.port: "x" is not possible: write a whole number'),
        ("SHIFEN__CONSOLE__PORT", "[1", "not valid YAML"),
        ("SHIFEN__CONSOLE__PORT", "2001-99-99", "month must be in 1..12"),
        ("SHIFEN__CONSOLE__PROT", "1", "console.prot: unknown key; did you mean port?"),
        ("SHIFEN__SORCES__WEIBO", "{}", "sorces: unknown key; did you mean sources?"),
        ("SHIFEN__LOCALE__X", "1", "locale is no section; unset the variable"),
        ("SHIFEN__BRANDS__0__NAME", "x", "brands"),
        ("SHIFEN__", "x", "unknown key"),
        ("SHIFEN__CHANNELS", "[{kind: slack, name: a}]", "channels[0].channel: is missing"),
        ("SHIFEN__CHANNELS", "[1, 2, 3]", "channels[2]"),
        ("SHIFEN__PROMISE__WARN_AT_S", "700", "warn_at_s (700) must be less than"),
        ("SHIFEN__SOURCES__WEIBO__POLL_INTERVAL_S", "900", "poll more often"),
        ("SHIFEN__COMPLAINT_WORDS", "['']", "complaint_words[0]: “” has no letter"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, says: str) -> None:
    source = "locale: en\nbrands: [{name: 星云}]\nchannels: [{kind: console, name: a}]"
    found = problems(source, {name: value})
    assert all(name in sentence.split(": ")[0] for sentence in found)
    assert says in "\n".join(found)


# Anything at all


keys = st.sampled_from([*Config.model_fields, "weibo", "kind", "name", "accounts", "exclude"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.dates()
    | st.binary(max_size=4)
    | st.text(max_size=8)
    | st.sampled_from(["slack", "console", "星云", "https://m.weibo.cn", "en"])
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys | st.text(max_size=4) | scalars, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(keys, trees, max_size=4) | trees)
def test_any_tree_gives_a_configuration_or_sentences(tree: Any) -> None:
    expect_config_or_sentences(yaml.safe_dump(tree, allow_unicode=True), {})


@given(st.text(alphabet=string.printable + "星\u0000\u2028\ufeff", max_size=40))
def test_any_text_gives_a_configuration_or_sentences(text: str) -> None:
    expect_config_or_sentences(text, {})


@given(st.dictionaries(keys, trees, max_size=2), st.lists(keys, min_size=1, max_size=3), scalars)
def test_any_variable_gives_a_configuration_or_sentences(
    tree: dict[str, Any], path: list[str], value: Any
) -> None:
    name = "SHIFEN__" + "__".join(path).upper()
    expect_config_or_sentences(yaml.safe_dump(tree), {name: str(value)})


def expect_config_or_sentences(source: str, environment: dict[str, str]) -> None:
    told = [""]
    try:
        parse(source, "my.yaml", environment)
    except ConfigError as error:
        told = error.problems
    assert told
    assert all(not one or one.startswith(("my.yaml", *environment)) for one in told)
