"""Codes of the register: what it answers, what it refuses, and what a learner's coded fields mean.

Rules: "response codes", "error codes", "verification codes", "return codes", "codes of a learner".
"""

from dataclasses import dataclass
from enum import StrEnum

from lrs_soap.domain import tables


class ResponseCode(StrEnum):
    """What an operation answers when it could be carried out."""

    NO_MATCH = "WSRC0001"
    TOO_MANY_MATCHES = "WSRC0002"
    POSSIBLE_MATCHES = "WSRC0003"
    EXACT_MATCH = "WSRC0004"
    REGISTERED = "WSRC0005"
    UPDATED = "WSRC0006"
    BATCH_ACCEPTED = "WSRC0007"
    BATCH_NOT_FINISHED = "WSRC0008"
    BATCH_FINISHED = "WSRC0009"
    BATCH_FAILED = "WSRC0010"
    RECORD_CHANGED = "WSRC0013"
    SHARING_NOT_CHANGEABLE = "WSRC0014"
    INSUFFICIENT_DATA = "WSRC0015"
    WRONG_RECORD_COUNT = "WSRC0017"
    UNKNOWN_JOB = "WSRC0018"
    NO_SUCH_ULN = "WSRC0019"
    NOTHING_TO_UPDATE = "WSRC0020"
    NOT_REGISTERED = "WSRC0021"
    LINKED_LEARNER = "WSRC0022"
    NOT_AN_AWARDING_ORGANISATION = "WSRC0043"


class VerificationCode(StrEnum):
    """What a verification answers."""

    VERIFIED = "WSVRC001"
    VERIFIED_LINKED = "WSVRC002"
    SIMILAR = "WSVRC003"
    SIMILAR_LINKED = "WSVRC004"
    NO_MATCH = "WSVRC005"
    ULN_NOT_FOUND = "WSVRC006"


class ReturnCode(StrEnum):
    """What one record of a registration batch came to; the table `return_codes` says what each counts as."""

    REGISTERED = "RC001"
    FOUND = "RC002"
    UPDATED = "RC003"
    CONFIRMED = "RC004"
    LINKED_LEARNER = "RC005"
    INSUFFICIENT_DATA = "RC006"
    POSSIBLE_MATCHES = "RC007"
    TOO_MANY_MATCHES = "RC008"
    NOT_FOUND = "RC009"
    VALUE_MISSING = "RC010"
    WRONG_FORMAT = "RC011"
    REPEATED = "RC012"
    OUTSIDE_AGE = "RC013"


class ErrorCode(StrEnum):
    """Why a request was refused; the last three are ordinary answers of the learning record operations."""

    INVALID_REQUEST = "WSEC0001"
    UNKNOWN_OPERATION = "WSEC0002"
    UNKNOWN_ORGANISATION = "WSEC0003"
    OUT_OF_HOURS = "WSEC0004"
    WRONG_PASSWORD = "WSEC0005"  # noqa: S105 - a code, not a password
    NOT_GRANTED = "WSEC0006"
    INVALID_EMAIL = "WSEC0044"
    INVALID_SUBMISSION_TYPE = "WSEC0045"
    TOO_MANY_ACHIEVEMENTS = "WSEC0046"
    NO_ACHIEVEMENTS = "WSEC0047"
    UNFORESEEN = "WSEC0999"
    INVALID_ULN = "WSEC0136"
    NOT_SHARED = "WSEC0206"
    NOT_VERIFIED = "WSEC0208"


class Service(StrEnum):
    """A service that an organisation can be granted."""

    FIND = "find"
    REGISTER = "register"
    UPDATE = "update"
    BATCH = "batch"
    VERIFY = "verify"
    LEARNING_EVENTS = "learning events"
    ACHIEVEMENTS = "achievements"
    ORGANISATIONS = "organisations"


class Gender(StrEnum):
    """Gender of a learner."""

    NOT_KNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_SPECIFIED = "9"


class AbilityToShare(StrEnum):
    """What the learner decided after seeing the Privacy Notice."""

    NOTICE_NOT_SEEN = "0"
    SEEN_AND_SHARES = "1"
    SEEN_AND_WITHHOLDS = "2"


class VerificationType(StrEnum):
    """How the learner's identity was verified."""

    NONE_PROVIDED = "0"
    RELATIONSHIP_WITH_SCHOOL = "1"
    PASSPORT = "2"
    DRIVING_LICENCE = "3"
    NATIONAL_IDENTITY_CARD = "4"
    NATIONAL_INSURANCE_CARD = "5"
    ENTITLEMENT_TO_FUNDING = "6"
    PAYMENT_CARD = "7"
    OTHER = "999"


class LearnerStatus(StrEnum):
    """Whether a record stands for a learner by itself."""

    DELETED = "0"
    LIVE = "1"
    LINKED = "2"


class FindType(StrEnum):
    """How much a find answers: whole learners, or the code and the echo alone."""

    FULL = "FUL"
    CHECK = "CHK"


class SubmissionType(StrEnum):
    """How certain the achievements of a submission are."""

    FINAL = "Final"
    PROVISIONAL = "Provisional"


class UserType(StrEnum):
    """On whose behalf a learning record is read."""

    LEARNER = "LNR"
    ORGANISATION = "ORG"
    SERVICE = "SER"


class Channel(StrEnum):
    """The way by which a record came in."""

    BATCH = "Batch"
    PORTAL = "Portal"
    WEB_SERVICES = "WebServices"


class Operation(StrEnum):
    """What was done, as the audit trail names it: the contract's own operation names, and the work on exceptions."""

    LEARNER_BY_ULN = "learnerByULN"
    LEARNER_BY_DEMOGRAPHICS = "learnerByDemographics"
    REGISTER_LEARNER = "registerSingleLearner"
    UPDATE_LEARNER = "updateSingleLearner"
    VERIFY_LEARNER = "verifyLearner"
    RETRIEVE_ULNS = "retrieveULNs"
    GET_LEARNING_EVENTS = "GetLearnerLearningEvents"
    UPDATE_SUBSET = "UpdateLearnerSubsetFields"
    VIEW_AUDIT = "ViewAudit"
    GET_ORGANISATION = "GetOrganisation"
    SUBMIT_BATCH = "submitBatchRegistration"
    GET_BATCH_OUTPUT = "getBatchRegistrationOutput"
    SUBMIT_VERIFY_BATCH = "submitVerifyBatch"
    GET_VERIFY_BATCH_OUTPUT = "getVerifyBatchOutput"
    SUBMIT_ACHIEVEMENTS = "SubmitAchievementBatchJob"
    GET_ACHIEVEMENT_JOB = "GetAchievementBatchJob"
    RESOLVE_EXCEPTION = "ResolveException"
    CLOSE_EXCEPTION = "CloseException"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code tells its reader, and what to do about it."""

    text: str
    advice: str


_RETURN_CODES = tables.load("return_codes")


def _meaning(entry: dict[str, str]) -> Meaning:
    return Meaning(entry["text"], entry["advice"])


MEANINGS: dict[str, Meaning] = {code: _meaning(entry) for code, entry in (tables.load("codes") | _RETURN_CODES).items()}


def counts_as(code: str) -> str:
    """Return what a return code counts as: new, exists_updated, possible_match, not_found or rejected."""
    return str(_RETURN_CODES[code]["counts_as"])


def is_exception(code: str) -> bool:
    """Tell whether a record with this return code waits for a person to deal with it."""
    return bool(_RETURN_CODES[code]["exception"])
