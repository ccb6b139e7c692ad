"""What the command prints: a code with its meaning and what to do, and tables; or JSON for programs."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

from lrs_client.faults import LrsError, LrsFault
from lrs_client.meanings import GENDERS, ULNS, Meaning, meaning

Column = tuple[str, Callable[[Any], object]]

IDENTITY: tuple[Column, ...] = (
    ("Given name", lambda row: row.given_name),
    ("Family name", lambda row: row.family_name),
    ("Date of birth", lambda row: row.date_of_birth),
    ("Gender", lambda row: GENDERS.get(row.gender, row.gender)),
)
LEARNERS: tuple[Column, ...] = (
    ("ULN", lambda row: row.uln),
    *IDENTITY,
    ("Postcode", lambda row: row.last_known_post_code),
    ("Shares", lambda row: row.ability_to_share),
    ("Version", lambda row: row.version_number),
    ("Linked ULNs", lambda row: ", ".join(row.linked_ulns)),
)
RETRIEVED: tuple[Column, ...] = (
    ("ULN", lambda row: row.uln),
    ("Code", lambda row: row.code),
    ("Meaning", lambda row: meaning(row.code, ULNS).text),
    ("Master ULN", lambda row: row.master_uln),
    *IDENTITY,
)
EVENTS: tuple[Column, ...] = (
    ("ID", lambda row: row.id),
    ("Awarded", lambda row: row.achievement_award_date),
    ("Source", lambda row: row.source),
    ("Code", lambda row: row.subject_code),
    ("Subject", lambda row: row.subject),
    ("Level", lambda row: row.level),
    ("Grade", lambda row: row.grade),
    ("Credits", lambda row: row.credits),
    ("Provider", lambda row: row.achievement_provider_name or row.achievement_provider_ukprn),
)
AUDIT: tuple[Column, ...] = (
    ("When", lambda row: row.date_time),
    ("Organisation", lambda row: row.organisation),
    ("User", lambda row: row.user),
    ("Action", lambda row: row.action),
)


def table(columns: Sequence[Column], rows: Iterable[object]) -> str:
    """Return rows as aligned columns under headings; columns without any value are left out."""
    cells = [[one_line(value(row)) for _, value in columns] for row in rows]
    filled = [number for number in range(len(columns)) if any(row[number] for row in cells)]
    lines = [[columns[number][0] for number in filled], *([row[number] for number in filled] for row in cells)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def one_line(value: object) -> str:
    """Return a value as one line; what a terminal would take for a command is replaced."""
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def code_told(code: str, special: Mapping[str, Meaning] | None = None) -> str:
    """Return a code with its meaning, and what to do about it on the next line."""
    told = meaning(code, special)
    return f"{code}  {told.text}\n{'':{len(code)}}  {told.advice}"


def answer_told(
    code: str, columns: Sequence[Column], rows: Sequence[object], special: Mapping[str, Meaning] | None = None
) -> str:
    """Return a code as told above, and the rows under it, if any."""
    return paragraphs(code_told(code, special), table(columns, rows) if rows else "")


def paragraphs(*texts: str | None) -> str:
    """Return texts one under the other, without those that are empty."""
    return "\n\n".join(filter(None, texts))


def facts(values: Mapping[str, object]) -> str:
    """Return names and values, one pair a line, without those that have no value."""
    pairs = {name: text for name, value in values.items() if (text := one_line(value))}
    width = max(map(len, pairs), default=0)
    return "\n".join(f"{name:{width}}  {text}" for name, text in pairs.items())


def error_told(error: LrsError) -> str:
    """Return an error for people: of a fault the code with its meaning, and what the service says."""
    if not isinstance(error, LrsFault):
        return f"lrs-client: {error}"
    said = facts({"The service says": error.description, "Further details": error.further_details})
    return "\n".join(filter(None, (code_told(error.code), said)))


def as_json(answer: object) -> str:
    """Return an answer as JSON: fields in snake case, days and times in ISO 8601."""
    return json.dumps(answer, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def error_as_json(error: LrsError) -> str:
    """Return an error as JSON: kind, text and, of a fault, its code and details."""
    values = {"error": type(error).__name__, "text": str(error)}
    return as_json(values | asdict(error) if isinstance(error, LrsFault) else values)
