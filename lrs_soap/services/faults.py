"""What a caller is told when a request is refused: one table from error code to text, and the exceptions that carry it.

Rules: "faults of LearnerService", "faults of R9 and ExternalService", "descriptions of faults".
"""

from dataclasses import dataclass
from typing import Final

from lrs_soap.domain.codes import ErrorCode
from lrs_soap.services.spyne_support import Fault

BADLY_FORMED: Final = (
    "Invalid request, The request was badly formed - this may include missing mandatory parameters, "
    "or invalid data types."
)
VALIDATOR: Final = "uk.gov.miap.lrs.api.learner.utils.MSGValidator.validateSOAPMSG()"
DISPATCHER: Final = "uk.gov.miap.lrs.api.learner.LearnerService.dispatch()"
AUTHENTICATOR: Final = "uk.gov.miap.lrs.api.learner.utils.Authenticator.authenticate()"
LEARNER_RECORD: Final = "uk.gov.miap.lrs.api.learner.LearningRecord.view()"


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one error code shows: its plain sentence, the part of the service that says so, and whose fault it is."""

    description: str
    actor: str
    by_client: bool = True


REFUSALS: Final[dict[str, Refusal]] = {
    ErrorCode.INVALID_REQUEST: Refusal(BADLY_FORMED, VALIDATOR),
    ErrorCode.UNKNOWN_OPERATION: Refusal("The requested operation is not available at this address.", DISPATCHER),
    ErrorCode.UNKNOWN_ORGANISATION: Refusal("The organisation is not known to the service.", AUTHENTICATOR),
    ErrorCode.OUT_OF_HOURS: Refusal("The service is outside its operating hours.", AUTHENTICATOR, by_client=False),
    ErrorCode.WRONG_PASSWORD: Refusal("The password of the organisation is not correct.", AUTHENTICATOR),
    ErrorCode.NOT_GRANTED: Refusal("The organisation is not permitted to use this service.", AUTHENTICATOR),
    ErrorCode.INVALID_EMAIL: Refusal("The email address of the submission is missing or wrong.", VALIDATOR),
    ErrorCode.INVALID_SUBMISSION_TYPE: Refusal("The submission type is neither Final nor Provisional.", VALIDATOR),
    ErrorCode.TOO_MANY_ACHIEVEMENTS: Refusal("The submission holds too many achievements.", VALIDATOR),
    ErrorCode.NO_ACHIEVEMENTS: Refusal("The submission holds no achievement.", VALIDATOR),
    ErrorCode.UNFORESEEN: Refusal("An unexpected error occurred in the service.", DISPATCHER, by_client=False),
    ErrorCode.INVALID_ULN: Refusal("The ULN is not valid.", LEARNER_RECORD),
    ErrorCode.NOT_VERIFIED: Refusal("The learner could not be verified.", LEARNER_RECORD),
}


class RegisterFault(Fault):
    """A request refused with a code of the service; `further` names the field, the rule and the way out."""

    def __init__(self, code: ErrorCode, further: str) -> None:
        super().__init__("Server", REFUSALS[code].description)
        self.code = code
        self.further = further

    @property
    def refusal(self) -> Refusal:
        """How the code shows."""
        return REFUSALS[self.code]


class EnvelopeFault(Fault):
    """A request that SOAP 1.1 itself refuses: VersionMismatch or MustUnderstand."""

    def __init__(self, faultcode: str, text: str) -> None:
        super().__init__(faultcode, text)


def invalid(further: str) -> RegisterFault:
    """Return the fault of a request that is badly formed."""
    return RegisterFault(ErrorCode.INVALID_REQUEST, further)


def unforeseen(reference: str) -> RegisterFault:
    """Return the fault of a request that failed in a way nobody foresaw; the log has the same reference."""
    return RegisterFault(
        ErrorCode.UNFORESEEN, f"Please quote the reference {reference}; the service's log explains it."
    )


def out_of_service(reference: str) -> RegisterFault:
    """Return the fault of a request that met a database that is away, full, locked or read-only."""
    return RegisterFault(
        ErrorCode.UNFORESEEN,
        "The register's database does not answer, or cannot be written to. Try again later; after a change, look "
        f"first whether it was made. Please quote the reference {reference}.",
    )
