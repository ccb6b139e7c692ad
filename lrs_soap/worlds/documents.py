"""Reading YAML so that every value keeps the line it stands on.

Every scalar is taken as the text that was written, so that `01`, `no` and `2004-02-29` mean what they say; an empty one
counts as absent.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lrs_soap.worlds.problems import Problem, Problems, WorldError

Steps = tuple[str | int, ...]
_NULL = "tag:yaml.org,2002:null"
_HALVES = re.compile(
    rb"(?P<before>(?<!\\)(?:\\\\)*)\\u(?P<high>d[89ab][0-9a-f]{2})\\u(?P<low>d[c-f][0-9a-f]{2})", re.IGNORECASE
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML document: its values, and the line of each value by its path."""

    data: Any
    lines: dict[Steps, int]

    def line(self, path: Steps) -> int:
        """Return the line of a value or, when it is absent, of the nearest thing around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(slots=True)
class _Reader:
    problems: Problems
    lines: dict[Steps, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def value(self, node: Any, path: Steps) -> Any:
        """Return the data of a node, and note the lines of all in it."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self.seen:
            self._note(node, path, "this is an alias of something above; write its value out instead")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, place)) for place, item in enumerate(node.value)]
        return None if node.tag == _NULL or node.value == "" else node.value

    def _mapping(self, node: Any, path: Steps) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._note(key_node, path, "a field name must be a plain word")
                continue
            inner = (*path, key_node.value)
            if inner in self.lines:
                self._note(key_node, inner, f"given twice, first on line {self.lines[inner]}; leave one out")
                continue
            self.lines[inner] = key_node.start_mark.line + 1
            value = self.value(value_node, inner)
            if value is not None:
                data[key_node.value] = value
        return data

    def _note(self, node: Any, path: Steps, text: str) -> None:
        self.problems.add(node.start_mark.line + 1, shown_path(path), text)


def shown_path(path: Steps) -> str:
    """Return a path as people read it, list items counted from 1: `Learners[3].Gender`."""
    shown = ""
    for step in path:
        shown += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if shown else str(step)
    return shown


def read_document(path: Path) -> Document:
    """Read a YAML file. Raises WorldError when it cannot be read, is not YAML or says something twice."""
    problems = Problems(str(path))
    reader = _Reader(problems)
    try:
        text = path.read_bytes()
        node = _composed(text)
        data = {} if node is None else reader.value(node, ())
    except yaml.YAMLError as error:
        raise WorldError([_not_yaml(str(path), text, error)]) from None
    except (OSError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is nested too deeply; take out some levels"
        raise WorldError([Problem(str(path), 0, "", f"cannot be read: {reason}")]) from None
    problems.raise_any()
    return Document({} if data is None else data, reader.lines)


def _composed(text: bytes) -> Any:
    try:
        return yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError:
        # JSON writes a character beyond U+FFFF as two halves, which YAML does not know.
        whole = _HALVES.sub(_joined, text)
        if whole == text:
            raise
        return yaml.compose(whole, Loader=_LOADER)


def _joined(halves: re.Match[bytes]) -> bytes:
    character = bytes.fromhex((halves["high"] + halves["low"]).decode()).decode("utf-16-be")
    return halves["before"] + b"\\U%08X" % ord(character)


def _not_yaml(file: str, text: bytes, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    position = getattr(error, "position", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    advice = "check indentation, quotes and colons; text with `: ` or `#` in it needs quotes; save as UTF-8"
    line = mark.line + 1 if mark else 0 if position is None else text.count(b"\n", 0, position) + 1
    return Problem(file, line, "", f"this is not YAML: {reason}; {advice}")
