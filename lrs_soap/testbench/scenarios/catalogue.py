"""The scenarios there are: names, what each does in one line, and the parameters it takes; a table beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from lrs_soap.domain.codes import ErrorCode

SEQUENCE: Final = "sequence"
_TYPES: Final[Mapping[str, type]] = {"text": str, "header": str, "number": float, "integer": int, "truth": bool}
_HEADER: Final = r"^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$"


@dataclass(frozen=True, slots=True)
class Parameter:
    """What can be chosen of a scenario. choices: when there are only so many values."""

    name: str
    type: str
    default: Any
    explanation: str
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] = ()

    def described(self) -> dict[str, Any]:
        """Return what a caller of the control API is told of it."""
        told = {
            "name": self.name,
            "type": self.type,
            "default": self.default,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "choices": list(self.choices) or None,
            "explanation": self.explanation,
        }
        return {name: value for name, value in told.items() if value is not None}

    def field(self) -> tuple[Any, Any]:
        """Return its type and default, as Pydantic takes them."""
        if self.choices:
            return Literal[self.choices], self.default
        pattern = _HEADER if self.type == "header" else None
        return Annotated[_TYPES[self.type], Field(pattern=pattern, ge=self.minimum, le=self.maximum)], self.default


@dataclass(frozen=True, slots=True)
class Entry:
    """One scenario of the catalogue. kind: what does it. fixed: parameters of the kind that the name decides."""

    name: str
    kind: str
    explanation: str
    parameters: tuple[Parameter, ...]
    fixed: Mapping[str, Any]
    model: type[BaseModel]

    def described(self) -> dict[str, Any]:
        """Return what a caller of the control API is told of it."""
        parameters = [parameter.described() for parameter in self.parameters]
        return {"name": self.name, "explanation": self.explanation, "parameters": parameters}


def _parameter(name: str, row: Mapping[str, Any]) -> Parameter:
    choices = tuple(code.value for code in ErrorCode) if row["type"] == "error code" else tuple(row.get("choices", ()))
    return Parameter(name, **{**row, "choices": choices})


def _entry(name: str, row: Mapping[str, Any]) -> Entry:
    parameters = tuple(_parameter(known, of) for known, of in row.get("parameters", {}).items())
    fields: dict[str, Any] = {parameter.name: parameter.field() for parameter in parameters}
    model = create_model(name, __config__=ConfigDict(extra="forbid", strict=True, allow_inf_nan=False), **fields)
    return Entry(name, row["kind"], row["explanation"], parameters, row.get("fixed", {}), model)


def _read() -> dict[str, Entry]:
    table = tomllib.loads(files(__package__).joinpath("catalogue.toml").read_text(encoding="utf-8"))
    return {name: _entry(name, row) for name, row in table.items()}


CATALOGUE: Final[Mapping[str, Entry]] = _read()
