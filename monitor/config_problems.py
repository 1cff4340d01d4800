"""Says in one sentence what is wrong with a configuration: the place, the value, the mend."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from monitor.yaml_file import Location, YamlFile, written

SHOWN: Final = 60
"""Characters of a wrong value that are shown."""
MENDS: Final = {
    "string_type": "write text, and put numbers, yes, no and dates in quotes",
    "tuple_type": "write a list, e.g. [one, two]",
    "dict_type": "write `key: value` lines",
    "model_type": "write `key: value` lines below it, or remove it",
    "bool_type": "write true or false",
    "bool_parsing": "write true or false",
    "float_type": "write a number",
    "float_parsing": "write a number",
    "int_type": "write a whole number",
    "int_parsing": "write a whole number",
    "int_from_float": "write a whole number",
    "finite_number": "write a finite number",
    "union_tag_not_found": "add its kind",
    "string_unicode": "write characters that UTF-8 has",
    "invalid_key": "write characters that UTF-8 has",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a configuration came from: a file, overlaid by variables of the environment."""

    label: str
    file: YamlFile
    variables: Mapping[Location, str]

    def place(self, location: Location) -> str:
        """Name the variable that set a value, else the file and line; both for a mixed section."""
        for path, name in self.variables.items():
            if location[: len(path)] == path:
                return name
        line = self.file.line(location)
        place = f"{self.label}:{line}" if line else self.label
        inside = [n for path, n in self.variables.items() if path[: len(location)] == location]
        return ", ".join([place, *inside]) if location else place

    def problem(self, location: Location, sentence: str) -> str:
        """Return a sentence with its place before it."""
        path = written(location)
        subject = f"{self.place(location)}: {path}" if path else self.place(location)
        return f"{subject}: {sentence}".encode("utf-8", "replace").decode()


def explain(detail: ErrorDetails, origin: Origin, model: type[BaseModel]) -> str:
    """Return the sentence for one error of pydantic's about `model`."""
    location = detail["loc"]
    shown_at = _without_tag(location)
    if detail["type"] == "extra_forbidden":
        return origin.problem(shown_at, f"unknown key{_near(model, location)}")
    if detail["type"] == "missing":
        return origin.problem(shown_at, "is missing; add it")
    if detail["type"] == "union_tag_invalid":
        tag, known = detail["ctx"]["tag"], detail["ctx"]["expected_tags"]
        return origin.problem((*shown_at, "kind"), f"{tag!r} is not possible: write {known}")
    message = detail["msg"].removeprefix("Value error, ")
    mend = MENDS.get(detail["type"], message[:1].lower() + message[1:])
    if not shown_at or (detail["type"] == "value_error" and isinstance(detail["input"], dict)):
        return origin.problem(shown_at, mend)
    value = _shown(shown_at, detail["input"])
    return origin.problem(shown_at, f"{value} is not possible: {mend}")


def _without_tag(location: Location) -> Location:
    """Drop what pydantic adds to a location: a union's tag (the channel's kind), and [key]."""
    if location[:1] == ("channels",):
        location = (*location[:2], *location[3:])
    return tuple(part for part in location if part != "[key]")


def _shown(location: Location, value: Any) -> str:
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a group of keys"
    # An address may hold a password or a key.
    if str(location[-1]).endswith("url"):
        return "this"
    try:
        return json.dumps(value, ensure_ascii=False, default=str)[:SHOWN]
    except ValueError:
        return "such a long number"


def _near(model: type[BaseModel], location: Location) -> str:
    around: Any = model
    for part in location[:-1]:
        around = _inside(around, part)
    known = [field.alias or name for name, field in around.model_fields.items()]
    if not known:
        return "; remove it (no keys are known here)"
    close = difflib.get_close_matches(str(location[-1]), known, n=1)
    guess = f"; did you mean {close[0]}?" if close else "; remove it."
    return f"{guess} Known keys: {', '.join(known)}"


def _inside(annotation: Any, part: int | str) -> Any:
    """Return the type of the value at `part` of a value of type `annotation`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.model_fields[str(part)].annotation
    options = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return _inside(options[0], part)
    if isinstance(part, int):
        return options[0]
    tagged = {model.model_fields["kind"].default: model for model in options}
    return tagged[part]
