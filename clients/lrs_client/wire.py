"""Between the plain values of these clients and the elements of the contract.

A dataclass field is an element's name in snake case: ``last_known_post_code`` is LastKnownPostCode, ``uln`` is ULN.
A field that is `date | str` holds a date, or the text that was sent in the place of one.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from zeep.helpers import serialize_object

from lrs_client.faults import LrsUnreadableError

Answer = TypeVar("Answer")
_IN_CAPITALS = frozenset({"uln", "mis"})


def wire_name(name: str) -> str:
    """Return the element's name of a field.

    >>> wire_name("last_known_address_line_1"), wire_name("uln"), wire_name("mis_identifier")
    ('LastKnownAddressLine1', 'ULN', 'MISIdentifier')
    """
    return "".join(part.upper() if part in _IN_CAPITALS else part.capitalize() for part in name.split("_"))


def given(source: Any) -> dict[str, Any]:
    """Return what Zeep read, as a dictionary of element names and values."""
    return dict(serialize_object(source, dict) or {})  # type: ignore[no-untyped-call]


def read(kind: type[Answer], source: Mapping[str, Any], **known: Any) -> Answer:
    """Make a `kind` of the elements of the same names; `known` gives the fields that need more than that.

    Absent and empty elements are None where the field allows it, else an empty text.
    """
    values = {name.casefold(): value for name, value in source.items()}
    hints = get_type_hints(kind)
    for name in (each.name for each in fields(kind) if each.name not in known):  # type: ignore[arg-type]
        known[name] = _value(hints[name], values.get(name.replace("_", "")))
    return kind(**known)


def _value(hint: Any, value: Any) -> Any:
    kinds = get_args(hint) or (hint,)
    if value is None or value == "":
        return None if NoneType in kinds else ""
    if isinstance(value, str) and (datetime in kinds or date in kinds):
        if str in kinds:
            return _day_or_text(value)
        return _moment(value) if datetime in kinds else _moment(value).date()
    return value


def _day_or_text(text: str) -> date | str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return day if day.isoformat() == text else text


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise LrsUnreadableError(f"The answer has {text!r} in the place of a date.") from None


def written(value: object) -> object:
    """Return a value as the contract writes it: dates as YYYY-MM-DD, the rest as it is."""
    return value.isoformat() if isinstance(value, date) else value


def to_wire(values: Mapping[str, object]) -> dict[str, object]:
    """Return fields as elements; what is None is left out."""
    return {wire_name(name): written(value) for name, value in values.items() if value is not None}
