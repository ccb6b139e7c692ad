"""What each code of an ordinary answer means, in one sentence that says what decided."""

from typing import Final

from lrs_soap.domain.codes import ErrorCode, ResponseCode

OUTCOMES: Final[dict[str, str]] = {
    ResponseCode.NO_MATCH: "nothing in the register is what was asked for.",
    ResponseCode.TOO_MANY_MATCHES: "more learners than may be shown are possible.",
    ResponseCode.POSSIBLE_MATCHES: "learners are possible, none is certain.",
    ResponseCode.EXACT_MATCH: "exactly what was asked for was found.",
    ResponseCode.REGISTERED: "no live learner had the same five details, so a new one was registered.",
    ResponseCode.UPDATED: "VersionNumber was that of the stored record and something differed, so it was changed.",
    ResponseCode.BATCH_ACCEPTED: "the batch is kept as a job and will be worked off; ask for its output by the JobID.",
    ResponseCode.BATCH_NOT_FINISHED: "the job is still waiting or in progress; ask again later.",
    ResponseCode.BATCH_FINISHED: "the job is finished, and this is its output.",
    ResponseCode.BATCH_FAILED: "the job failed as a whole.",
    ResponseCode.RECORD_CHANGED: (
        "VersionNumber is not that of the stored record: it has changed since it was read. Find the learner again, and "
        "update what is found then."
    ),
    ResponseCode.SHARING_NOT_CHANGEABLE: "AbilityToShare may not go from 1 or 2 back to 0.",
    ResponseCode.INSUFFICIENT_DATA: "what was sent says too little to search with.",
    ResponseCode.WRONG_RECORD_COUNT: "LearnerRecordCount is not the number of learners that the message holds.",
    ResponseCode.UNKNOWN_JOB: "there is no such job of this kind, or it is another organisation's.",
    ResponseCode.NO_SUCH_ULN: "no learner has this ULN, so there is nothing to update.",
    ResponseCode.NOTHING_TO_UPDATE: "what was sent says what is stored already, so nothing was changed.",
    ResponseCode.NOT_REGISTERED: (
        "a live learner has the same five details already; or, when this register demands a find first, the "
        "organisation made none with these details in time."
    ),
    ResponseCode.LINKED_LEARNER: "it belongs to a linked record, and the master that stands for it was returned.",
    ResponseCode.NOT_AN_AWARDING_ORGANISATION: "the organisation is not set up as an awarding organisation.",
    ErrorCode.INVALID_ULN: "the check digit of the ULN is wrong.",
    ErrorCode.NOT_SHARED: "the learner has not agreed to share, and is not the one who asks.",
    ErrorCode.NOT_VERIFIED: "no learner has this ULN and these names, date of birth and gender.",
}
