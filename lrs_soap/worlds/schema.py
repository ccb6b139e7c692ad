"""The JSON Schema of a world, and what its violations mean for whoever wrote the file."""

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend

from lrs_soap.domain import qualifications, uln
from lrs_soap.worlds.documents import Document, Steps, shown_path
from lrs_soap.worlds.problems import Problems, quoted

# What XML 1.0 cannot hold, not even as a character reference.
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_formats = FormatChecker(formats=())


@_formats.checks("date", ValueError)
def _is_date(value: object) -> bool:
    return bool(date.fromisoformat(str(value)))


@_formats.checks("moment", ValueError)
def _is_moment(value: object) -> bool:
    return bool(datetime.fromisoformat(str(value)))


@_formats.checks("uln")
def _is_uln(value: object) -> bool:
    return uln.is_valid(str(value))


@_formats.checks("qualificationReference")
def _is_reference(value: object) -> bool:
    return qualifications.is_reference(str(value))


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one field may hold, taken from the schema, for the many rows of a table."""

    description: str
    pattern: re.Pattern[str] | None
    shortest: int
    longest: int
    allowed: frozenset[str] | None
    format: str

    def breach(self, value: str) -> str | None:
        """Return what is wrong with a value, or None."""
        if found := _NOT_IN_XML.search(value):
            return _control_character(found[0])
        fits = (
            self.shortest <= len(value) <= self.longest
            and (self.pattern is None or self.pattern.fullmatch(value) is not None)
            and (self.allowed is None or value in self.allowed)
            and (not self.format or _formats.conforms(value, self.format))
        )
        return None if fits else _should_be(value, self.description)


@cache
def world_schema() -> dict[str, Any]:
    """Return the JSON Schema of a world."""
    text = resources.files(__package__).joinpath("world.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def field_rules(record: str) -> Mapping[str, FieldRule]:
    """Return the rules of a record's single values by field name; record: a definition of the schema."""
    return {
        name: _field_rule(definition)
        for name, raw in world_schema()["$defs"][record]["properties"].items()
        if (definition := resolved(raw))["type"] != "array"
    }


def resolved(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition of the schema with what it refers to."""
    reference = definition.get("$ref")
    return definition if reference is None else world_schema()["$defs"][reference.rpartition("/")[2]] | definition


def check_document(document: Document, problems: Problems) -> None:
    """Note every violation of the schema, and every character that XML cannot hold."""
    noted = set()
    for error in _validator().iter_errors(document.data):
        for last, text in _EXPLANATIONS[str(error.validator)](error):
            place: Steps = (*error.absolute_path, *last)
            # A value that breaks two keywords of the schema is one problem.
            if (place, text) not in noted:
                noted.add((place, text))
                problems.add(document.line(place), shown_path(place), text)
    _check_characters(document, document.data, (), problems)


def _field_rule(definition: dict[str, Any]) -> FieldRule:
    allowed = definition.get("enum")
    return FieldRule(
        description=definition["description"],
        pattern=re.compile(definition["pattern"]) if "pattern" in definition else None,
        shortest=definition.get("minLength", 0),
        longest=definition.get("maxLength", 4000),
        allowed=None if allowed is None else frozenset(map(str, allowed)),
        format=definition.get("format", ""),
    )


def _whole_pattern(_validator: Any, pattern: str, value: Any, _schema: Any) -> Iterator[ValidationError]:
    # JSON Schema's `$` would let a line end pass behind the value.
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError("pattern")


@cache
def _validator() -> Any:
    strict: Any = extend(Draft202012Validator, {"pattern": _whole_pattern})  # type: ignore[no-untyped-call]
    return strict(world_schema(), format_checker=_formats)


def _check_characters(document: Document, data: Any, steps: Steps, problems: Problems) -> None:
    if isinstance(data, str):
        if found := _NOT_IN_XML.search(data):
            problems.add(document.line(steps), shown_path(steps), _control_character(found[0]))
        return
    for step, value in data.items() if isinstance(data, dict) else enumerate(data):
        _check_characters(document, value, (*steps, step), problems)


def _control_character(character: str) -> str:
    return f"holds the character U+{ord(character):04X}, which XML cannot carry; take it out"


def _should_be(value: object, description: str) -> str:
    return f"{quoted(value)} should be {description}"


_Explained = Iterator[tuple[Steps, str]]


def _explain_value(error: ValidationError) -> _Explained:
    schema: Any = error.schema
    shown = error.instance if isinstance(error.instance, str) else "this"
    yield (), _should_be(shown, schema["description"]) if shown != "this" else f"should be {schema['description']}"


def _explain_unknown(error: ValidationError) -> _Explained:
    schema: Any = error.schema
    given: Any = error.instance
    known = list(schema["properties"])
    for name in sorted(set(given) - set(known)):
        close = difflib.get_close_matches(name, known, n=1)
        advice = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
        yield (name,), f"there is no such field; {advice}"


def _explain_missing(error: ValidationError) -> _Explained:
    schema: Any = error.schema
    given: Any = error.instance
    for name in schema["required"]:
        if name not in given and error.message.startswith(f"'{name}'"):
            definition = resolved(schema["properties"][name])
            yield (name,), f"missing or empty; give {definition['description']}"


_VALUE_KEYWORDS = ("enum", "format", "maxLength", "minLength", "pattern", "type")
_EXPLANATIONS: dict[str, Callable[[ValidationError], _Explained]] = {
    "additionalProperties": _explain_unknown,
    "required": _explain_missing,
    **dict.fromkeys(_VALUE_KEYWORDS, _explain_value),
}
