"""Why a find came out as it did: what was compared, and how well each detail agreed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from lrs_soap.domain import tables
from lrs_soap.domain.codes import ErrorCode, ResponseCode
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.messages import values_of

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry

Facts = Mapping[str, Any]

THRESHOLD: Final = tables.numbers("matching", "thresholds")["candidate"]
MOST_SHOWN: Final = int(tables.numbers("matching", "limits")["candidates"])
MOST_TOLD: Final = 12
_AS_COMPARED: Final = "letter case, accents, blanks and punctuation aside"

BY_ULN: Final[dict[str, tuple[str, str]]] = {
    ResponseCode.EXACT_MATCH: ("find by ULN", f"A learner has the ULN, and both names agree ({_AS_COMPARED})."),
    ResponseCode.LINKED_LEARNER: (
        "linked learners",
        "The ULN belongs to a linked record and the names agree; the master that stands for it was returned.",
    ),
    ResponseCode.POSSIBLE_MATCHES: (
        "find by ULN",
        "A learner has the ULN, but the names are only similar to those stored.",
    ),
    ResponseCode.NO_MATCH: (
        "find by ULN",
        "No live learner has the ULN: it was never issued, or is that of a deleted record.",
    ),
    ResponseCode.INSUFFICIENT_DATA: ("find by ULN", "GivenName or FamilyName holds no letter or digit."),
    ErrorCode.INVALID_ULN: ("find by ULN", "The check digit of the ULN is wrong."),
}
NAMES_DIFFER: Final = "A learner has the ULN, but the names differ: whoever does not know the names learns nothing."
BY_DETAILS: Final[dict[str, tuple[str, str]]] = {
    ResponseCode.EXACT_MATCH: ("exact match", f"One live learner agrees on all five details ({_AS_COMPARED})."),
    ResponseCode.LINKED_LEARNER: (
        "linked learners",
        "The five details are those of a linked record; the master that stands for it was returned.",
    ),
    ResponseCode.POSSIBLE_MATCHES: (
        "possible matches",
        "No live learner agrees on all five details, and these are possible.",
    ),
    ResponseCode.TOO_MANY_MATCHES: ("too many matches", f"More than {MOST_SHOWN} learners are possible."),
    ResponseCode.NO_MATCH: ("possible matches", "No learner agrees on all five details, and none is possible."),
    ResponseCode.INSUFFICIENT_DATA: (
        "find by demographics",
        "One of the five details holds nothing to compare, such as a name without a letter or digit.",
    ),
}
COMPARING: Final = frozenset(
    (ResponseCode.NO_MATCH, ResponseCode.POSSIBLE_MATCHES, ResponseCode.TOO_MANY_MATCHES, ResponseCode.LINKED_LEARNER)
)
CANDIDATE: Final = (
    f"A record is a candidate when its five details, or all that was compared, make {THRESHOLD:g} points or more; or "
    "when both names are at least similar and the date of birth agrees or has day and month swapped."
)


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of a find."""
    find = entry.facts["find"]
    by_uln = entry.operation.lower().endswith("uln")
    rule, sentence = (BY_ULN if by_uln else BY_DETAILS).get(entry.outcome, ("", ""))
    if by_uln and entry.outcome == ResponseCode.NO_MATCH and "weighed" in find:
        sentence = NAMES_DIFFER
    compared = [_compared(weighed, find, values_of(entry.request_text)) for weighed in find.get("weighed", ())]
    sentences = [f"{entry.outcome}: {sentence}"] if sentence else []
    if not by_uln and entry.outcome in COMPARING:
        sentences += [f"{_count(find.get('compared', 0))} near enough to be compared. {CANDIDATE}"]
    sentences += [_told(each) for each in compared[:MOST_TOLD]]
    details = {
        "found": [{"uln": uln, "master_substituted": substituted} for uln, substituted in find["found"]],
        "records_compared": find.get("compared", 0),
        "compared": compared,
    }
    return Explanation("find", rule, tuple(sentences), details)


def _count(number: int) -> str:
    return "1 record was" if number == 1 else f"{number} records were"


def _compared(weighed: Facts, find: Facts, sent: Mapping[str, str]) -> dict[str, Any]:
    """Return one comparison with what was sent beside what is stored."""
    shown = {uln for uln, _ in find["found"]}
    fields = [_field(field, weighed.get("names_swapped", False), sent) for field in weighed["fields"]]
    came_to = "shown" if shown & {weighed["uln"], weighed.get("master_uln")} else _not_shown(weighed)
    return {**weighed, "fields": fields, "came_to": came_to}


def _not_shown(weighed: Facts) -> str:
    if "candidate" not in weighed:
        return "not shown"
    return "candidate, not shown" if weighed["candidate"] else "no candidate"


def _field(field: Facts, swapped: bool, sent: Mapping[str, str]) -> dict[str, Any]:
    name = "".join(part.capitalize() for part in field["field"].split("_"))
    stored = " / ".join(field["stored"])
    told = {"field": name, "sent": sent.get(name.lower(), ""), "stored": stored}
    return told | {key: field[key] for key in ("level", "ground", "points")}


def _told(compared: Facts) -> str:
    points = (
        f", {compared['base']:g} points for the five details, {compared['points']:g} in all"
        if "base" in compared
        else ""
    )
    swapped = ", names swapped" if compared.get("names_swapped") else ""
    linked = f", linked to {compared['master_uln']}" if "master_uln" in compared else ""
    fields = "; ".join(_fields_told(compared["fields"]))
    return f"ULN {compared['uln']}{linked}: {compared['came_to']}{points}{swapped}. {fields}."


def _fields_told(fields: list[dict[str, Any]]) -> Iterator[str]:
    for field in fields:
        ground = "" if field["level"] == field["ground"] else f", {field['ground']}"
        yield (
            f"{field['field']} {field['level']} ('{field['sent']}' sent, '{field['stored']}' stored{ground}, "
            f"{field['points']:+g})"
        )
