"""YAML text with the line of each value, so that a problem can say where it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

Location: TypeAlias = tuple[int | str, ...]
"""The way to a value: keys and indices from the top."""
TEXT_TAGS: Final = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")


class YamlError(Exception):
    """The text is no YAML that a configuration may hold; `line` counts from 1, 0 is unknown."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The values of a file and the line on which each key or item begins."""

    data: Any
    lines: dict[Location, int]

    def line(self, location: Location) -> int:
        """Return the line of a value, or of the nearest one around it; 0 when there is none."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.lines:
                return self.lines[location[:length]]
        return 0


def read(source: str) -> YamlFile:
    """Read a YAML text; raises YamlError, also for a key that stands twice in one mapping."""
    try:
        tree = yaml.compose(source, Loader=yaml.SafeLoader)
        lines = dict(_lines(tree, (), frozenset())) if tree else {}
        return YamlFile(yaml.safe_load(source), lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        problem = f"not valid YAML ({error.problem}); check indents, colons and quotes"
        raise YamlError(line, problem) from error
    # Dates, numbers and binary values that cannot be are ValueErrors of Python's own.
    except (yaml.YAMLError, ValueError) as error:
        raise YamlError(0, f"not valid YAML ({error}); check the values") from error
    except RecursionError as error:
        raise YamlError(0, "not valid YAML (nested too deeply); check brackets") from error


def read_value(text: str) -> Any:
    """Read one YAML value; raises YamlError."""
    return read(text).data


def _lines(
    node: yaml.Node, place: Location, around: frozenset[int]
) -> Iterator[tuple[Location, int]]:
    """Yield the line of everything below `node`; `around` holds the nodes that it lies in."""
    if id(node) in around:
        raise YamlError(node.start_mark.line + 1, "an anchor holds itself; write it out")
    around |= {id(node)}
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield (*place, index), item.start_mark.line + 1
            yield from _lines(item, (*place, index), around)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag not in TEXT_TAGS:
                shown = key.value if isinstance(key, yaml.ScalarNode) else "a list or mapping"
                raise YamlError(line, f"the key {shown} is no text; put it in quotes")
            if key.value in seen:
                raise YamlError(line, f"{written((*place, key.value))} stands twice; keep one")
            seen.add(key.value)
            yield (*place, key.value), line
            yield from _lines(value, (*place, key.value), around)


def written(location: Location) -> str:
    """Write a location as people do: `brands[0].name`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")
