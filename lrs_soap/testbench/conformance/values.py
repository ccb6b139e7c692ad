"""Rules on the values that a message carries."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from lrs_soap.domain.codes import Operation
from lrs_soap.testbench.conformance.catalogue import rules
from lrs_soap.testbench.conformance.checks import KEPT, Check, Said
from lrs_soap.testbench.conformance.excerpts import excerpt
from lrs_soap.testbench.conformance.sent import Sent

SECRET: Final = frozenset({"orgpassword", "password"})
VERIFICATIONS: Final = frozenset({Operation.VERIFY_LEARNER, Operation.SUBMIT_VERIFY_BATCH})
BATCHES: Final = frozenset(
    {Operation.SUBMIT_BATCH, Operation.SUBMIT_VERIFY_BATCH, Operation.SUBMIT_ACHIEVEMENTS},
)
DECIDING: Final = {"usertype": "userType", "language": "language", "findtype": "findType", "gettype": "getType"}
DECIDED: Final[Mapping[Operation, tuple[str, ...]]] = {
    Operation.LEARNER_BY_ULN: ("usertype", "language", "findtype"),
    Operation.GET_LEARNING_EVENTS: ("usertype", "language", "gettype"),
    Operation.UPDATE_SUBSET: ("usertype", "language"),
    Operation.VIEW_AUDIT: ("usertype", "language"),
    Operation.GET_ORGANISATION: ("usertype", "language"),
}

_ALPHA_3 = re.compile(r"[A-Z]{3}")


def meaningful_user(sent: Sent) -> Said:
    """Rule LRS-302."""
    if not sent.is_valid:
        return None
    name = sent.caller.get("username", "").strip()
    own = (sent.caller.get(part, "").lower() for part in ("ukprn", "organisationref", "reference"))
    placeholders = rules()["LRS-302"].values["placeholders"]
    broken = not name or name.lower() in placeholders or name.lower() in own
    return excerpt(f"UserName: {name or 'none'}") if broken else KEPT


def language(sent: Sent) -> Said:
    """Rule LRS-303."""
    said = sent.said.get("language", "")
    if not sent.is_valid or not said:
        return None
    return excerpt(f"language: {said}") if said not in rules()["LRS-303"].values["languages"] else KEPT


def decisions_said(sent: Sent) -> Said:
    """Rule LRS-304."""
    if not sent.is_valid or sent.operation is None or not sent.is_r9:
        return None
    missing = [DECIDING[name] for name in DECIDED[sent.operation] if not sent.said.get(name)]
    return f"without {', '.join(missing)}" if missing else KEPT


def verified_by_all(sent: Sent) -> Said:
    """Rule LRS-305."""
    if sent.operation not in VERIFICATIONS or not sent.is_valid:
        return None
    lacking = [place for place, one in enumerate(sent.records, 1) if not (one.get("dateofbirth") and one.get("gender"))]
    return f"record {lacking[0]} of {len(sent.records)} has not both" if lacking else KEPT


def events_by_all(sent: Sent) -> Said:
    """Rule LRS-306."""
    if sent.operation is not Operation.GET_LEARNING_EVENTS or not sent.is_valid:
        return None
    missing = [name for name in ("dateOfBirth", "gender") if not sent.said.get(name.lower())]
    return f"without {' and '.join(missing)}" if missing else KEPT


def no_blanks_at_ends(sent: Sent) -> Said:
    """Rule LRS-307."""
    if not sent.is_valid:
        return None
    for members in (sent.said, *sent.records, *(() if sent.organisation is None else (sent.caller,))):
        for name, value in members.items():
            if value != value.strip() and name not in SECRET:
                return excerpt(f"{name}: '{value}'")
    return KEPT


def nationality(sent: Sent) -> Said:
    """Rule LRS-308."""
    codes = [record["nationality"] for record in sent.records if record.get("nationality")]
    if not codes or not sent.is_valid:
        return None
    return next((excerpt(f"Nationality: {code}") for code in codes if not _ALPHA_3.fullmatch(code)), KEPT)


def identified_records(sent: Sent) -> Said:
    """Rule LRS-309."""
    if sent.operation not in BATCHES or not sent.is_valid:
        return None
    given = [record.get("misidentifier", "") for record in sent.records]
    if not all(given):
        return f"record {given.index('') + 1} has no identifier"
    if sent.operation is Operation.SUBMIT_ACHIEVEMENTS or len(set(given)) == len(given):
        return KEPT
    ((most_used, _),) = Counter(given).most_common(1)
    return excerpt(f"MISIdentifier {most_used} more than once")


RULES: Final[Mapping[str, Check]] = {
    "LRS-302": meaningful_user,
    "LRS-303": language,
    "LRS-304": decisions_said,
    "LRS-305": verified_by_all,
    "LRS-306": events_by_all,
    "LRS-307": no_blanks_at_ends,
    "LRS-308": nationality,
    "LRS-309": identified_records,
}
