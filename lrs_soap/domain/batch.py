"""The records of batches: what each comes to, one at a time.

A registration record is checked, then found, and then registered or updated; in a check batch nothing is written.

Rules: "return codes", "mandatory values of a batch record", "the same learner twice", "one of the five may change",
"an empty value in a batch says nothing", "verification".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from lrs_soap.domain import formats, linking, names, postcode
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import AbilityToShare, FindType, ResponseCode, ReturnCode
from lrs_soap.domain.elements import stated
from lrs_soap.domain.field_rules import FOUND_BY, Breach, says_nothing
from lrs_soap.domain.finding import FindByDemographics, find_by_demographics, names_level
from lrs_soap.domain.jobs import Result, Source, Values
from lrs_soap.domain.learner import DetailsKey, Learner, details_key
from lrs_soap.domain.matching import Level
from lrs_soap.domain.ports import EarlierRecords, Learners
from lrs_soap.domain.registration import LearnerToRegister, enrol
from lrs_soap.domain.updating import LearnerUpdate, update
from lrs_soap.domain.verification import LearnerToVerify, verify

FIVE_DETAILS: Final = ("FamilyName", "GivenName", "DateOfBirth", "Gender", "LastKnownPostCode")
WITH_A_ULN: Final = FOUND_BY
TO_REGISTER: Final = ("VerificationType", "AbilityToShare")
_DESCRIPTION = "OtherVerificationDescription"
_OPTIONAL_CRITERIA = ("previous_family_name", "school_at_age_16", "place_of_birth", "email_address")
_NAMES = frozenset(
    {
        "given_name",
        "family_name",
        "middle_other_name",
        "preferred_given_name",
        "previous_family_name",
        "family_name_at_age_16",
    }
)
_MOST_RACES = 5
# A day that never was agrees with nobody's date of birth.
_NEVER = date.min


class RecordRaced(RuntimeError):  # noqa: N818 - named as the cause, as in uln
    """Others changed the same learner again and again meanwhile; the record is to be tried anew."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the records of one registration batch are dealt with by.

    mode: whether records are registered and updated, or found only. randbelow: what new ULNs are drawn with.
    """

    mode: FindType
    source: Source
    by: Actor
    now: datetime
    learners: Learners
    earlier: EarlierRecords
    randbelow: Callable[[int], int]

    @property
    def writes(self) -> bool:
        """Whether learners are registered and updated."""
        return self.mode is FindType.FULL


def process(values: Values, desk: Desk) -> Result:
    """Deal with one record of a registration batch. Raises RecordRaced."""
    values = {name: value for name, value in values.items() if value.strip()}
    unfit = unfitness(values, desk.source, desk.now.date())
    if unfit is not None:
        return unfit
    number, details = identity(values)
    if desk.earlier.repeat(number, details):
        return _exception(ReturnCode.REPEATED, "A record further up in this batch states the same learner.")
    for _ in range(_MOST_RACES):
        result = _by_uln(values, number, desk) if number else _by_details(values, desk)
        if result is not None:
            return result
    raise RecordRaced


def unfitness(values: Values, source: Source, today: date) -> Result | None:
    """Return what keeps a record from being looked for: a value missing, wrong, or a name that says nothing."""
    missing = missing_values(values)
    if missing:
        return _exception(ReturnCode.VALUE_MISSING, f"Missing: {', '.join(missing)}.")
    breach = next(formats.breaches(values, today), None)
    if breach is not None:
        return _exception(code_of(breach, values, source), breach.text)
    silent = next(filter(None, (says_nothing(name, values[name]) for name in FOUND_BY)), None)
    return None if silent is None else _exception(ReturnCode.INSUFFICIENT_DATA, silent.text)


def missing_values(values: Values) -> tuple[str, ...]:
    """Return the mandatory elements that a record leaves empty; one with a ULN needs no more than the names."""
    mandatory = WITH_A_ULN if values.get("ULN") else FIVE_DETAILS
    return tuple(name for name in mandatory if not values.get(name, "").strip())


def code_of(breach: Breach, values: Values, source: Source) -> ReturnCode:
    """Return the return code of a record with a breach. Rule: "outside the permitted age"."""
    if breach.rule == "permitted-age" and source is not Source.WEB_SERVICE:
        return ReturnCode.OUTSIDE_AGE
    return ReturnCode.WRONG_FORMAT if values.get(breach.field) else ReturnCode.VALUE_MISSING


def identity(values: Values) -> tuple[str | None, DetailsKey | None]:
    """Return the ULN and the five details by which a record can repeat another, None for what it does not state."""
    number = values.get("ULN") or None
    if number is not None and formats.FORMATS["ULN"].breach("ULN", number):
        number = None
    family, given, born, gender, post_code = (values.get(name, "") for name in FIVE_DETAILS)
    try:
        details = details_key(family, given, date.fromisoformat(born), gender, post_code)
    except ValueError:
        return number, None
    complete = all((details.family_key, details.given_key, details.gender, details.post_code_key))
    return number, details if complete else None


def verify_record(values: Values, learners: Learners) -> Result:
    """Deal with one record of a verification batch."""
    wanted = LearnerToVerify(
        values["ULN"], values["GivenName"], values["FamilyName"], _day(values), values.get("Gender")
    )
    outcome = verify(wanted, learners)
    facts: dict[str, Any] = {"FailureFlag": list(outcome.flags)}
    if outcome.learner is not None:
        facts["stored"] = _stored(outcome.learner)
    return Result(outcome.code, outcome.learner.uln if outcome.learner else None, facts)


def _day(values: Values) -> date | None:
    text = values.get("DateOfBirth")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return _NEVER


def _stored(learner: Learner) -> dict[str, str]:
    return {
        "ULN": learner.uln,
        "FamilyName": learner.family_name,
        "GivenName": learner.given_name,
        "DateOfBirth": learner.date_of_birth.isoformat(),
        "Gender": learner.gender,
    }


def _exception(code: ReturnCode, reason: str, candidates: Iterable[str] = ()) -> Result:
    facts: dict[str, Any] = {"reason": reason}
    if ulns := list(candidates):
        facts["candidates"] = ulns
    return Result(code, None, facts)


def _by_uln(values: Values, number: str, desk: Desk) -> Result | None:
    record = desk.learners.get(number)
    master = linking.standing_for(record, desk.learners) if record else None
    if record is None or master is None:
        return _exception(ReturnCode.NOT_FOUND, f"There is no learner with the ULN {number}.")
    level = names_level(values["GivenName"], values["FamilyName"], record, master)
    if record.is_linked:
        return _linked(level, master, desk)
    changed = _changed_details(values, master, level)
    refusal = _not_theirs(values, changed, level, master, desk)
    return refusal or _found(ReturnCode.CONFIRMED, values, master, desk)


def _linked(level: Level, master: Learner, desk: Desk) -> Result:
    if level is not Level.AGREES:
        return _exception(ReturnCode.NOT_FOUND, "The ULN belongs to a linked learner with other names.")
    return _came_to_earlier(master, desk) or Result(ReturnCode.LINKED_LEARNER, master.uln)


def _changed_details(values: Values, learner: Learner, level: Level) -> list[str]:
    """Return which of the five details are given and differ from the learner's; swapped names do not."""
    same = {
        "FamilyName": level is Level.AGREES or names.agree(values["FamilyName"], learner.family_name),
        "GivenName": level is Level.AGREES or names.agree(values["GivenName"], learner.given_name),
        "DateOfBirth": values.get("DateOfBirth") == learner.date_of_birth.isoformat(),
        "Gender": values.get("Gender") == learner.gender,
        "LastKnownPostCode": postcode.key(values.get("LastKnownPostCode", ""))
        == postcode.key(learner.last_known_post_code),
    }
    return [name for name in FIVE_DETAILS if values.get(name) and not same[name]]


def _not_theirs(values: Values, changed: list[str], level: Level, learner: Learner, desk: Desk) -> Result | None:
    """Return the result for a ULN that may not belong to the details. Rule: "one of the five may change"."""
    if not changed:
        return None
    told = ", ".join(changed)
    if len(changed) > 1:
        return _exception(ReturnCode.NOT_FOUND, f"More than one detail differs from the ULN's learner: {told}.")
    if not desk.writes:
        text = f"One detail differs from the ULN's learner: {told}."
        return _exception(ReturnCode.POSSIBLE_MATCHES, text, [learner.uln])
    is_a_name = changed[0] in WITH_A_ULN
    if not is_a_name or all(values.get(name) for name in FIVE_DETAILS):
        return None
    text = f"{told} differs, and the other details that could confirm the learner are missing."
    if level is Level.SIMILAR:
        return _exception(ReturnCode.POSSIBLE_MATCHES, text, [learner.uln])
    return _exception(ReturnCode.NOT_FOUND, text)


def _by_details(values: Values, desk: Desk) -> Result | None:
    told = stated(values)
    criteria = ("family_name", "given_name", "date_of_birth", "gender", "last_known_post_code", *_OPTIONAL_CRITERIA)
    wanted = FindByDemographics(**{name: told[name] for name in criteria if name in told})
    result = find_by_demographics(wanted, desk.learners)
    match result.code:
        case ResponseCode.EXACT_MATCH:
            return _found(ReturnCode.FOUND, values, result.learners[0].learner, desk)
        case ResponseCode.LINKED_LEARNER:
            return _linked(Level.AGREES, result.learners[0].learner, desk)
        case ResponseCode.POSSIBLE_MATCHES:
            return _exception(ReturnCode.POSSIBLE_MATCHES, _possible(len(result.ulns)), result.ulns)
        case ResponseCode.TOO_MANY_MATCHES:
            return _exception(ReturnCode.TOO_MANY_MATCHES, "More learners may be the one than can be shown.")
    return _register(values, told, desk)


def _possible(number: int) -> str:
    return "One learner may be the one." if number == 1 else f"{number} learners may be the one."


def _register(values: Values, told: dict[str, Any], desk: Desk) -> Result | None:
    if not desk.writes:
        return _exception(ReturnCode.NOT_FOUND, "No learner matches these details.")
    missing = missing_to_register(values)
    if missing:
        return _exception(ReturnCode.INSUFFICIENT_DATA, f"Missing for a registration: {', '.join(missing)}.")
    wanted = LearnerToRegister(**told)
    result = enrol(wanted, desk.by, learners=desk.learners, now=desk.now, randbelow=desk.randbelow)
    # When somebody else was faster the learner is there now, and found the next time.
    return Result(ReturnCode.REGISTERED, result.uln) if result.code is ResponseCode.REGISTERED else None


def missing_to_register(values: Values) -> tuple[str, ...]:
    """Return the elements without which no ULN can be created. Rule: "insufficient data to create a ULN"."""
    return tuple(name for name in TO_REGISTER if not values.get(name, "").strip())


def _found(code: ReturnCode, values: Values, learner: Learner, desk: Desk) -> Result | None:
    """Return what a record comes to that means this learner, who is updated when something differs."""
    earlier = _came_to_earlier(learner, desk)
    if earlier is not None or not desk.writes:
        return earlier or Result(code, learner.uln)
    changes = _changes(stated(values), learner)
    if not changes:
        return Result(code, learner.uln)
    outcome = update(
        LearnerUpdate(learner.uln, learner.version, changes), desk.by, learners=desk.learners, now=desk.now
    )
    match outcome.code:
        case ResponseCode.UPDATED:
            return Result(ReturnCode.UPDATED, learner.uln)
        case ResponseCode.NOT_REGISTERED:
            return _exception(ReturnCode.NOT_FOUND, "Another learner has these five details.", [learner.uln])
    # Changed by somebody else since it was read: it is read again.
    return None


def _came_to_earlier(learner: Learner, desk: Desk) -> Result | None:
    if not desk.earlier.came_to(learner.uln):
        return None
    return _exception(ReturnCode.REPEATED, f"A record further up in this batch came to the ULN {learner.uln}.")


def _changes(told: dict[str, Any], learner: Learner) -> dict[str, Any]:
    """Return what a record tells of a learner that the register does not know; spelling alone is no news."""
    told = dict(told)
    if told.get("ability_to_share") == AbilityToShare.NOTICE_NOT_SEEN:
        del told["ability_to_share"]
    if names_level(told["given_name"], told["family_name"], learner) is Level.AGREES:
        del told["given_name"], told["family_name"]
    return {name: value for name, value in told.items() if not _is_known(name, value, getattr(learner, name))}


def _is_known(name: str, value: Any, stored: Any) -> bool:
    if name in _NAMES:
        return names.agree(value, stored or "")
    if name == "last_known_post_code":
        return postcode.key(value) == postcode.key(stored)
    return bool(value == stored)
