"""The rules of docs/adr/0001-layout.md, held: arrows, homes of libraries, sizes, habits."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "scrapers": (),
    "sentiment": (),
    "alerts": ("scrapers.post", "sentiment.verdict"),
    "responses": ("scrapers", "alerts"),
    "monitor": ("scrapers", "sentiment", "alerts", "responses"),
}
HOMES = {
    "ahocorasick_rs": ("alerts.patterns", "sentiment.patterns"),
    "alembic": ("monitor.storage",),
    "apprise": ("alerts.channels.apprise",),
    "apscheduler": ("monitor.scheduler",),
    "bs4": ("scrapers",),
    "fastapi": ("monitor.web", "monitor.bootstrap"),
    "httpx": ("scrapers.http", "alerts.channels"),
    "jinja2": ("monitor.web", "monitor.demo"),
    "numpy": (
        *("sentiment.model", "sentiment.training", "sentiment.evaluate"),
        "sentiment.transformer",
    ),
    "onnxruntime": ("sentiment.transformer",),
    "opencc": ("alerts.spelling", "sentiment.text"),
    "phonenumbers": ("responses.privacy",),
    "prometheus_client": ("monitor.metrics",),
    "psycopg": ("monitor.storage",),
    "pwdlib": ("monitor.auth",),
    "rapidfuzz": ("alerts.similar",),
    "rich": (
        *("monitor.bootstrap", "monitor.cli", "monitor.cli_judge", "monitor.cli_model"),
        *("monitor.terminal", "monitor.terminal_models", "monitor.figures", "monitor.demo"),
        *("monitor.cli_rules", "monitor.terminal_rules"),
        *("alerts.channels.build", "alerts.channels.console"),
    ),
    "slack_sdk": ("alerts.channels",),
    "snownlp": ("sentiment.chinese",),
    "sqlalchemy": ("monitor.storage",),
    "starlette": ("monitor.web",),
    "stdnum": ("responses.privacy",),
    "structlog": ("monitor",),
    "tokenizers": ("sentiment.training", "sentiment.transformer"),
    "torch": ("sentiment.training",),
    "typer": (
        *("monitor.cli", "monitor.commands", "monitor.cli_audit", "monitor.cli_judge"),
        *("monitor.cli_model", "monitor.cli_rules"),
    ),
    "uvicorn": ("monitor.web", "monitor.demo"),
    "vaderSentiment": ("sentiment.english",),
    "yaml": ("monitor.yaml_file",),
}
GRAB_BAGS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "tools", "stuff"}
EDGES = {("monitor.jobs", 1), ("monitor.web.errors", 1)}
"""Where a broad except may stand, and how many: the two outermost edges."""
LONGEST_FUNCTION, LONG_FUNCTION = 60, 40
LONGEST_MODULE, LONG_MODULE = 500, 350


def modules() -> Iterator[tuple[str, Path]]:
    for package in MAY_IMPORT:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


ALL = dict(modules())
MODULES = [pytest.param(name, path, id=name) for name, path in ALL.items()]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every import counts, also one inside a function: hiding it does not straighten the design."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the full name, not a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Names and lengths of bodies, docstrings left out."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            length = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                doc = node.body[0]
                assert doc.end_lineno is not None
                length -= doc.end_lineno - doc.lineno + 1
            yield node.name, length


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_imports_only_go_down(name: str, path: Path) -> None:
    package = name.split(".", maxsplit=1)[0]
    allowed = (package, *MAY_IMPORT[package])
    ours = [target for target in imported(path) if target.split(".")[0] in MAY_IMPORT]
    assert [target for target in ours if not inside(target, allowed)] == []


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_each_library_has_its_home(name: str, path: Path) -> None:
    strays = [
        target
        for target in imported(path)
        if target.split(".")[0] in HOMES and not inside(name, HOMES[target.split(".")[0]])
    ]
    assert strays == []


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_imports_stand_at_the_top(name: str, path: Path) -> None:
    hidden = [
        f"{name}:{node.lineno}"
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.If)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_module_imports_itself_by_a_detour() -> None:
    arrows = {
        name: {
            found
            for target in imported(path)
            for found in (target, target.rpartition(".")[0])
            if found in ALL and found != name
        }
        for name, path in ALL.items()
    }
    settled: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way, name))
        if name not in settled:
            for target in sorted(arrows[name]):
                visit(target, (*way, name))
            settled.add(name)

    for name in sorted(arrows):
        visit(name, ())


def test_functions_are_short() -> None:
    lengths = [(n, f"{m}.{f}") for m, path in ALL.items() for f, n in functions(path)]
    assert [where for n, where in lengths if n > LONGEST_FUNCTION] == []
    assert statistics.quantiles([n for n, _ in lengths], n=20)[-1] <= LONG_FUNCTION


def test_modules_are_short() -> None:
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in ALL.items()}
    assert {name: n for name, n in lines.items() if n > LONGEST_MODULE} == {}
    assert statistics.quantiles(lines.values(), n=20)[-1] <= LONG_MODULE


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_no_grab_bags(name: str, path: Path) -> None:
    last = name.rpartition(".")[2]
    assert last not in GRAB_BAGS
    assert not last.startswith("base_")


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_errors_are_caught_by_name(name: str, path: Path) -> None:
    broad = [
        handler
        for handler in ast.walk(tree(path))
        if isinstance(handler, ast.ExceptHandler)
        and (
            handler.type is None
            or (isinstance(handler.type, ast.Name) and handler.type.id in BROAD)
        )
    ]
    assert len(broad) <= dict(EDGES).get(name, 0)


BROAD = ("Exception", "BaseException")


@pytest.mark.parametrize(("name", "path"), MODULES)
def test_no_global_state(name: str, path: Path) -> None:
    assert [n.lineno for n in ast.walk(tree(path)) if isinstance(n, ast.Global)] == []
    assert "PYTEST" not in path.read_text(encoding="utf-8").upper()


def test_sql_stays_in_storage() -> None:
    words = ("SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM")
    strays = [
        name
        for name, path in ALL.items()
        if not name.startswith("monitor.storage")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(words)
    ]
    assert strays == []
