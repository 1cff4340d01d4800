"""What the documents say exists, and what exists is in the documents."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from sqlalchemy import insert, select
from sqlalchemy import text as sql
from typer.main import get_command

from alerts.channels.apprise_settings import AppriseSettings
from alerts.channels.console import ConsoleSettings
from alerts.channels.dingtalk import DingTalkSettings
from alerts.channels.email import EmailSettings
from alerts.channels.feishu import FeishuSettings
from alerts.channels.secrets import ChannelSecrets, channel_variable
from alerts.channels.slack import SlackSettings
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.channels.wecom import WeComSettings
from alerts.flow import Because, Reason
from alerts.flow_wording import short_name
from alerts.severity import CauseCode
from monitor.auth import Role
from monitor.cli import app
from monitor.config import BrandSettings, Config, parse
from monitor.config_flow import ReceiverSettings, RouteSettings
from monitor.config_ladder import LevelSettings
from monitor.config_people import CalendarSettings, PersonSettings, RotaSettings
from monitor.config_rules import RuleSettings
from monitor.desk import TEACHES, FalseAlarm, Person
from monitor.ingest import parse_line
from monitor.metrics import Metrics
from monitor.secrets import single_secrets, variable
from monitor.storage.case_tables import customer, customer_identity
from monitor.storage.database import Database
from monitor.storage.tables import metadata
from monitor.web.texts import CHINESE
from scrapers.health import Cause
from scrapers.post import Author
from tests.alerts.messages import message
from tests.conftest import Clock
from tests.monitor.pipeline.rig import COMPLAINT, Rig, ago, post

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
CHANNELS: dict[str, type[BaseModel]] = {
    "slack": SlackSettings,
    "wecom": WeComSettings,
    "dingtalk": DingTalkSettings,
    "feishu": FeishuSettings,
    "email": EmailSettings,
    "apprise": AppriseSettings,
    "webhook": WebhookSettings,
    "console": ConsoleSettings,
}
SHOWN = 3
"""So short a list stands in a table as it is."""
# Written in two halves, so that this file does not contain what it looks for.
FOREIGN = re.compile(
    "|".join(
        [
            "py" + "pi\\.org",
            "python" + "hosted",
            "tuna\\." + "tsinghua",
            "mirrors\\." + "aliyun",
            "arti" + "factory",
            "index" + "-url",
            "extra-" + "index",
            "/wo" + "rk/",
            "/ro" + "ot/",
            "/home/" + "[a-z]",
            "C:\\\\Users" + "\\\\",
        ]
    )
)


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def cells(name: str) -> Iterator[list[str]]:
    """Every row of every table."""
    for line in text(name).splitlines():
        if line.startswith("| "):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def first_cells(name: str) -> dict[str, list[str]]:
    return {row[0].strip("`"): row for row in cells(name) if row[0].startswith("`")}


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def documents() -> list[str]:
    return [*READMES, "CHANGELOG.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))] + [
        f"docs/adr/{path.name}" for path in sorted((ROOT / "docs/adr").glob("*.md"))
    ]


def leaves(
    model: type[BaseModel], prefix: str = "", known: BaseModel | None = None
) -> Iterator[tuple[str, Any]]:
    """Every key of the configuration with its default; `known` is what a section has unwritten."""
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        default = field.get_default(call_default_factory=True)
        default = getattr(known, name) if known else default
        if path == "channels":
            continue
        if path == "brands":
            yield from leaves(BrandSettings, "brands[].")
        elif (
            isinstance(field.annotation, type)
            and issubclass(field.annotation, BaseModel)
            and field.annotation.model_fields
        ):
            yield from leaves(field.annotation, f"{path}.", default)
        else:
            yield path, default


def written(value: Any) -> set[str]:
    """The ways in which a default may stand in a table."""
    if value is PydanticUndefined:
        return {"needed", "必填"}
    if value is None:
        return {"none", "无"}
    if isinstance(value, bool):
        return {f"`{str(value).lower()}`"}
    if value == "":
        return {'`""`'}
    if isinstance(value, BaseModel) or value == {}:
        return {"`{}`"}
    if isinstance(value, tuple) and any(isinstance(each, BaseModel) for each in value):
        return {f"{len(value)} levels", f"{len(value)} 级"}
    if isinstance(value, tuple) and 0 < len(value) <= SHOWN:
        return {f"`[{', '.join(value)}]`"}
    if isinstance(value, tuple):
        return {"`[]`"} if not value else {f"{len(value)} words", f"{len(value)} 个词"}
    if isinstance(value, int | float):
        return {f"`{value:.10g}`"}
    return {f"`{value}`"}


def commands() -> list[str]:
    """`run`, `db upgrade`, …: every command that does something."""
    root: Any = get_command(app)
    found = []
    for name, command in root.commands.items():
        children = getattr(command, "commands", None)
        found += [f"{name} {child}" for child in children] if children else [name]
    return found


def options(name: str) -> Iterator[str]:
    command: Any = get_command(app)
    for word in name.split():
        command = command.commands[word]
    for parameter in command.params:
        yield from (option for option in parameter.opts if option.startswith("--"))


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize(("key", "default"), [pytest.param(k, d, id=k) for k, d in leaves(Config)])
def test_every_key_with_its_default(readme: str, key: str, default: Any) -> None:
    row = first_cells(readme).get(key)
    assert row, f"{key} is missing"
    assert row[1] in written(default), f"{key}: the table says {row[1]}"
    assert len(row[2]) > 3, f"{key}: what does it mean?"


@pytest.mark.parametrize("readme", READMES)
def test_no_key_that_does_not_exist(readme: str) -> None:
    known = {key for key, _ in leaves(Config)}
    stale = [
        key
        for key in first_cells(readme)
        if re.match(r"(sources|brands\[\]|promise|severity|delivery|retention|console)\.", key)
        and key not in known
    ]
    assert not stale


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("kind", CHANNELS)
def test_every_key_of_every_channel(readme: str, kind: str) -> None:
    table = first_cells(readme)
    column = 1 + list(CHANNELS).index(kind)
    for key, field in CHANNELS[kind].model_fields.items():
        assert table[key][column] in written(field.default), key
    for key in {key for model in CHANNELS.values() for key in model.model_fields}:
        if key not in CHANNELS[kind].model_fields:
            assert table[key][column] == "—", key


def test_the_configuration_explains_every_key() -> None:
    """config.yaml shows each key, so that nobody must look elsewhere to change it."""
    shown = yaml.safe_load(text("config.yaml"))
    missing = []
    for key, _ in leaves(Config):
        place: Any = shown
        for part in key.replace("brands[]", "brands").split("."):
            place = place[0] if isinstance(place, list) else place
            if not isinstance(place, dict) or part not in place:
                missing.append(key)
                break
            place = place[part]
    assert not missing


@pytest.mark.parametrize("readme", READMES)
def test_every_command_and_option(readme: str) -> None:
    table = first_cells(readme)
    for command in commands():
        assert command in table, command
        for option in options(command):
            assert option in table[command][1] or option == "--help", f"{command} {option}"


@pytest.mark.parametrize("document", [*READMES, "docs/operations.md", "docs/privacy.md"])
def test_commands_in_the_text_exist(document: str) -> None:
    known = commands()
    roots = {command.split()[0] for command in known} | {"test"}
    said = re.findall(r"(?:run\.py|`shifen|bin/shifen) ([a-z]+)(?: ([a-z]+))?", text(document))
    for first, second in said:
        assert first in roots, first
        if f"{first} {second}" not in known and first not in known:
            assert first == "test", f"{first} {second}"
    if document in READMES:
        assert {first for first, _ in said} >= {"demo", "test", "check", "plan", "run"}


@pytest.mark.parametrize("document", [*READMES, "docs/operations.md"])
def test_every_secret(document: str) -> None:
    for name in single_secrets():
        assert f"`{variable(name)}`" in text(document), name


@pytest.mark.parametrize("document", documents())
def test_no_variable_that_does_not_exist(document: str) -> None:
    known = {variable(name) for name in single_secrets()}
    # What an example of the document calls a channel's secrets.
    names = {"PR_ROOM", *re.findall(r"secret: ([A-Z][A-Z0-9_]*)", text(document))}
    known |= {channel_variable(name, part) for name in names for part in ChannelSecrets.__slots__}
    known |= {f"{name}_FILE" for name in known}
    known |= {"SHIFEN_CONFIG", "SHIFEN_LOG_LEVEL", "SHIFEN_TEST_POSTGRES_URL"}
    assert set(re.findall(r"SHIFEN_[A-Z][A-Z_]*[A-Z]", text(document))) <= known


@pytest.mark.parametrize("readme", READMES)
def test_every_role(readme: str) -> None:
    for role in Role:
        assert f"`{role}`" in text(readme) or f"--role {role}`" in text(readme), role


def test_every_metric() -> None:
    table = first_cells("docs/operations.md")
    exposed = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in Metrics().registry.collect()
    }
    listed = {name for name in table if name.startswith("shifen_")}
    assert listed == set(exposed)


def test_no_metric_that_does_not_exist() -> None:
    exposed = set(re.findall(r"^(shifen_\w+)", Metrics().render().decode(), re.MULTILINE))
    exposed |= {f"{family.name}_total" for family in Metrics().registry.collect()}
    exposed |= {family.name for family in Metrics().registry.collect()}
    said = set(re.findall(r"\b(shifen_[a-z_]+)", text("docs/operations.md")))
    assert not said - exposed


def test_every_cause_of_blindness() -> None:
    table = first_cells("docs/operations.md")
    for cause in Cause:
        assert len(table[cause.value][2]) > 5, cause


def test_privacy_names_every_table_with_people_in_it() -> None:
    about_people = set(metadata.tables) - {
        *("query_state", "gap", "source_health", "outage", "beat", "channel_health"),
    }
    said = text("docs/privacy.md")
    assert not {name for name in about_people if f"`{name}`" not in said}


def test_what_deletes_a_person_leaves_nothing_of_them(database: Database, clock: Clock) -> None:
    rig = Rig(database, clock)
    clock.advance(60)
    person = Author(id="4444444", name="不愿留名", followers=200_000)
    other = "NebulaWatch 的表带一个月就断，问题拖着不解决，太失望了，再也不会给孩子买第二块"
    rig.publish(
        post(1, ago(clock, 30), f"{COMPLAINT}电话 13812345678", author=person),
        post(2, ago(clock, 20), other),
        post(3, ago(clock, 10), other, author=person),
    )
    with database.write() as connection:
        values = {"name": "不愿留名", "created_at": clock.now, "created_by": "林夏"}
        made = insert(customer).values(values).returning(customer.c.id)
        values = {"author_key": "weibo:4444444", "linked_by": "林夏", "linked_at": clock.now}
        values["customer_id"] = connection.execute(made).scalar_one()
        connection.execute(insert(customer_identity).values(values))
    rig.walk()
    one, another = rig.rows(metadata.tables["alert_case"])
    rig.desk.merge(one.id, Person("林夏", Role.LEAD), another.id)
    rig.walk()
    assert left_of(database) == {"不愿留名", "13812345678", "4444444"}
    (statements,) = blocks("docs/privacy.md", "sql")
    with database.write() as connection:
        for statement in re.sub("--.*", "", statements).replace("…", "4444444").split(";"):
            if statement.strip() and "PRAGMA" not in statement:
                connection.execute(sql(statement))
    assert left_of(database) == set()
    with database.read() as connection:
        assert len(connection.execute(select(metadata.tables["post"])).all()) == 1


def left_of(database: Database) -> set[str]:
    """Which traces of the person are in any row of any table."""
    with database.read() as connection:
        rows = [
            repr(tuple(row))
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        ]
    return {trace for trace in ("不愿留名", "13812345678", "4444444") if trace in "".join(rows)}


@pytest.mark.parametrize("readme", READMES)
def test_tables_named_in_the_walk_exist(readme: str) -> None:
    walk = [row for row in cells(readme) if len(row) == 3 and "monitor.pipeline" in row[1]]
    assert len(walk) >= 3
    for row in walk:
        for module in re.findall(r"`([a-z_.]+)`", row[1]):
            path = ROOT / Path(*module.split("."))
            assert path.is_dir() or path.with_suffix(".py").is_file(), module
        for table in re.findall(r"`([a-z_]+)`", row[2]):
            assert table in metadata.tables, table


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_the_example_is_a_configuration(readme: str) -> None:
    (example,) = blocks(readme, "yaml")
    config = parse(example, readme, {})
    assert config.brands
    assert config.channels


def test_the_examples_of_operations_are_configurations() -> None:
    mail, team = blocks("docs/operations.md", "yaml")
    assert parse(mail, "mail", {}).channels
    config = parse(team, "team", {})
    assert {receiver.name for receiver in config.receivers} == set(config.routing().receivers)
    assert [level.receiver for level in config.escalation.levels] == ["", "", "directors"]


@pytest.mark.parametrize(
    ("section", "entry"),
    [
        pytest.param("people", PersonSettings, id="people"),
        pytest.param("calendars", CalendarSettings, id="calendars"),
        pytest.param("rotas", RotaSettings, id="rotas"),
        pytest.param("receivers", ReceiverSettings, id="receivers"),
        pytest.param("routes", RouteSettings, id="routes"),
        pytest.param("levels", LevelSettings, id="levels"),
        pytest.param("rules", RuleSettings, id="rules"),
    ],
)
def test_every_key_of_every_list(section: str, entry: type[BaseModel]) -> None:
    """A table of operations says what each key of an entry means; config.yaml has the rest."""
    _, _, rest = text("docs/operations.md").partition(
        f"| key of `{section}` | meaning |\n|---|---|\n"
    )
    table = rest.partition("\n\n")[0].splitlines()
    listed = [line.split(" | ")[0].strip("| `") for line in table]
    keys = [field.alias or name for name, field in entry.model_fields.items()]
    assert sorted(listed) == sorted(keys)


def test_every_reason_to_tell_and_not_to_tell() -> None:
    table = first_cells("docs/operations.md")
    for code in (*Reason, *Because):
        row = table[code.value]
        assert row[1] == short_name(code, "zh-CN")
        assert row[2] == short_name(code, "en")
        assert len(row[3]) > 5, code


def test_every_cause_of_a_level() -> None:
    (line,) = (each for each in text("docs/operations.md").splitlines() if "(`causes`)" in each)
    assert [code for code in re.findall("`([a-z_]+)`", line) if code in tuple(CauseCode)] == [
        code.value for code in CauseCode
    ]


def test_every_reason_for_a_false_alarm() -> None:
    rows = list(cells("docs/operations.md"))
    for reason in FalseAlarm:
        said = CHINESE[f"false_alarm.{reason.value}"]
        assert [f"`{reason.value}`", said, "yes" if reason in TEACHES else "no"] in rows


@pytest.mark.parametrize("readme", READMES)
def test_the_example_of_a_line_is_read(readme: str) -> None:
    (example,) = blocks(readme, "json")
    post = parse_line(example, datetime(2026, 11, 22, 5, 0, tzinfo=UTC))
    assert post.published_at == datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
    assert post.author.followers == 310


def test_the_recipe_of_the_signature_works() -> None:
    recipe: dict[str, Any] = {}
    exec(blocks("README.md", "python")[0], recipe)
    sent: list[httpx.Request] = []

    def receive(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200)

    settings = WebhookSettings(name="ours", url="http://127.0.0.1/hook")
    for at in (datetime.now(UTC), datetime(2026, 1, 1, tzinfo=UTC)):
        channel = WebhookChannel(
            settings,
            secret="between us",
            now=lambda at=at: at,  # type: ignore[misc]
            transport=httpx.MockTransport(receive),
        )
        channel.send(message())
        channel.close()
    fresh, old = sent
    assert recipe["is_genuine"]("between us", fresh.headers, fresh.content)
    assert not recipe["is_genuine"]("between you", fresh.headers, fresh.content)
    assert not recipe["is_genuine"]("between us", fresh.headers, fresh.content + b" ")
    assert not recipe["is_genuine"]("between us", old.headers, old.content)


@pytest.mark.parametrize("document", documents())
def test_links_lead_somewhere(document: str) -> None:
    here = (ROOT / document).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", text(document)):
        if target.startswith(("https://", "http://")):
            continue
        path, _, anchor = target.partition("#")
        file = (here / path).resolve() if path else ROOT / document
        assert file.exists(), target
        assert file.is_relative_to(ROOT), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
            assert anchor in slugs, target


def skeleton(name: str) -> list[str]:
    """Levels of headings, names in tables, and code, in order: the same in every language."""
    found, code = [], False
    for line in text(name).splitlines():
        if line.startswith("```"):
            code = not code
            found.append(line)
        elif code:
            found.append(line)
        elif line.startswith("#"):
            found.append(line.split()[0])
        elif line.startswith("| `"):
            found.append(line.split(" | ")[0])
    return found


def test_both_languages_have_the_same_sections() -> None:
    english, chinese = skeleton("README.md"), skeleton("README.zh-CN.md")
    assert english == chinese
    assert english.count("##") >= 10


def test_the_decisions_are_numbered_and_complete() -> None:
    names = sorted(path.name for path in (ROOT / "docs/adr").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for number, name in enumerate(names, start=1):
        page = text(f"docs/adr/{name}")
        assert page.startswith(f"# {number}. ")
        for part in ("## Context", "## Decision", "## Consequences", "## Alternatives"):
            assert part in page, f"{name}: {part}"


def test_every_dependency_has_its_reason() -> None:
    project = re.search(
        r"^dependencies = \[(.*?)^\]", text("pyproject.toml"), re.DOTALL | re.MULTILINE
    )
    assert project
    names = re.findall(r'^ *"([a-z0-9-]+)', project[1], re.MULTILINE)
    reasons = {row[0] for row in cells("docs/adr/0009-libraries.md")}
    assert len(names) > 20
    assert not set(names) - reasons


def test_nothing_of_a_machine_or_a_registry() -> None:
    found = []
    for name in tracked():
        try:
            content = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {match[0]}" for match in FOREIGN.finditer(content)]
    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    pins = re.split(r"\n(?=\S)", text(lock).strip())
    assert "://" not in text(lock)
    for pin in pins:
        assert re.match(r"[a-z0-9-]+==\S+", pin), pin[:80]
        assert "--hash=sha256:" in pin, pin[:80]


def test_the_larger_lock_holds_the_smaller() -> None:
    """`run.py` takes an environment for tests as good for running."""
    smaller, larger = (
        {re.sub(r"\s+", " ", pin) for pin in re.split(r"\n(?=\S)", text(lock).strip())}
        for lock in ("requirements.lock", "requirements-dev.lock")
    )
    assert not smaller - larger


def test_the_wheel_takes_every_file() -> None:
    block = re.search(r"package-data\]\n\"\*\" = \[(.*?)\]", text("pyproject.toml"))
    assert block
    patterns = {pattern.removeprefix("*") for pattern in re.findall(r'"([^"]+)"', block[1])}
    packages = ("monitor/", "scrapers/", "sentiment/", "alerts/", "responses/")
    data = [name for name in tracked() if name.startswith(packages) and not name.endswith(".py")]
    assert len(data) > 10
    assert not [name for name in data if not name.endswith(tuple(patterns))]


def test_no_regular_expression_that_older_pythons_misread() -> None:
    """Python 3.11.0 to 3.11.4 lose what possessive groups matched; Debian 12 ships 3.11.2."""
    possessive = re.compile(r"[\w)\]}.](?:\+\+|\*\+|\?\+)|\)\{[\d,]+\}\+|\(\?>")
    found = []
    for name in tracked():
        if not name.endswith(".py") or name.startswith("tests/"):
            continue
        for node in ast.walk(ast.parse(text(name))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [f"{name}: {match[0]}" for match in possessive.finditer(node.value)]
    assert not found
