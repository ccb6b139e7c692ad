"""Why a verification came out as it did."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from lrs_soap.domain.codes import VerificationCode
from lrs_soap.testbench.journal.explanation import Explanation
from lrs_soap.testbench.journal.messages import values_of

if TYPE_CHECKING:
    from lrs_soap.testbench.journal.entries import Entry

MEANINGS: Final[dict[str, str]] = {
    VerificationCode.VERIFIED: "All that was sent agrees with the learner of the ULN.",
    VerificationCode.VERIFIED_LINKED: "All that was sent agrees with a linked record or with its master.",
    VerificationCode.SIMILAR: "A name is only similar to what is stored; all else agrees.",
    VerificationCode.SIMILAR_LINKED: "A name is only similar to one of the linked record or its master.",
    VerificationCode.NO_MATCH: "Something that was sent differs from what is stored.",
    VerificationCode.ULN_NOT_FOUND: "No live learner has the ULN.",
}
COMPARISONS: Final[dict[str, tuple[str, str]]] = {
    "VRF1": ("GivenName", "the stored given, family and previous family names"),
    "VRF4": ("FamilyName", "the stored given, family and previous family names"),
    "VRF7": ("DateOfBirth", "the stored date of birth"),
    "VRF8": ("Gender", "the stored gender"),
}


def explain(entry: "Entry") -> Explanation:
    """Return the explanation of a verification."""
    verification = entry.facts["verification"]
    meaning = MEANINGS.get(entry.outcome, "")
    sent = values_of(entry.request_text)
    sentences = (f"{entry.outcome}: {meaning}", *_failed(verification["flags"], sent))
    details = {"ulns": verification["ulns"], "failure_flags": verification["flags"]}
    return Explanation("verification", "verification", sentences, details)


def _failed(flags: list[str], sent: Mapping[str, str]) -> Iterator[str]:
    for flag, (name, stored) in COMPARISONS.items():
        if flag in flags:
            yield f"{name} '{sent.get(name.lower(), '')}' does not agree with {stored}."
