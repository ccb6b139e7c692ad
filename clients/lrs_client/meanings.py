"""What the codes of the service mean, and what to do about them."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code tells, and what to do about it."""

    text: str
    advice: str


CODES = {
    "WSRC0001": Meaning(
        "No learner matches.",
        "Check the details, or register the learner.",
    ),
    "WSRC0002": Meaning(
        "Too many learners match.",
        "Search again with more details, such as the previous family name, school, place of birth or email address.",
    ),
    "WSRC0003": Meaning(
        "Learners found that may be the one.",
        "Compare them with the learner's own papers, and use the ULN of the right one; register only when none is.",
    ),
    "WSRC0004": Meaning(
        "Exactly one learner matches.",
        "Use this ULN.",
    ),
    "WSRC0005": Meaning(
        "The learner has been registered.",
        "Keep the ULN with the learner's record.",
    ),
    "WSRC0006": Meaning(
        "The learner has been updated.",
        "Read the learner again before the next update: the version number has gone up.",
    ),
    "WSRC0007": Meaning(
        "The batch has been accepted.",
        "Ask for its output with the job's number.",
    ),
    "WSRC0008": Meaning(
        "The batch is not finished.",
        "Ask for its output again later.",
    ),
    "WSRC0009": Meaning(
        "The batch is finished.",
        "Deal with the learners whose return code is an exception.",
    ),
    "WSRC0010": Meaning(
        "The batch has failed.",
        "Submit it again; when it fails again, ask whoever runs the service.",
    ),
    "WSRC0013": Meaning(
        "The record has changed since it was read.",
        "Read the learner again, and send the update with the new version number.",
    ),
    "WSRC0014": Meaning(
        "The ability to share may not change that way.",
        "A learner who has seen the Privacy Notice cannot go back to not having seen it: send 1 or 2.",
    ),
    "WSRC0015": Meaning(
        "There is too little to search on.",
        "Send both names, date of birth, gender and postcode; a name needs at least one letter or digit.",
    ),
    "WSRC0017": Meaning(
        "The record count is not the number of learners sent.",
        "Count the learners again, and submit the batch with the right count.",
    ),
    "WSRC0018": Meaning(
        "There is no such job for this organisation.",
        "Check the job's number, and ask as the organisation that submitted it.",
    ),
    "WSRC0019": Meaning(
        "There is no learner with this ULN to update.",
        "Check the ULN, or find the learner first.",
    ),
    "WSRC0020": Meaning(
        "Nothing differs, so nothing has been updated.",
        "Nothing needs to be done.",
    ),
    "WSRC0021": Meaning(
        "The learner could not be registered: the details belong to a learner already, or a find has to come first.",
        "Find the learner by the same details, and use the ULN of the one found.",
    ),
    "WSRC0022": Meaning(
        "The ULN or details belong to a linked learner; the master is returned.",
        "Use the master's ULN from now on.",
    ),
    "WSRC0043": Meaning(
        "The organisation is not set up as an awarding organisation.",
        "Ask whoever runs the service to set it up as one.",
    ),
    "WSVRC001": Meaning(
        "The learner is verified.",
        "Use this ULN.",
    ),
    "WSVRC002": Meaning(
        "The learner is verified; the ULN is linked to a master.",
        "Use the master's ULN from now on.",
    ),
    "WSVRC003": Meaning(
        "The names are similar.",
        "Compare the names with the learner's own papers; the failure flags say which name differs.",
    ),
    "WSVRC004": Meaning(
        "The names are similar; the ULN is linked to a master.",
        "Compare the names with the learner's own papers, and use the master's ULN from now on.",
    ),
    "WSVRC005": Meaning(
        "The details do not match the ULN.",
        "Check the ULN and the details; the failure flags say which comparison failed.",
    ),
    "WSVRC006": Meaning(
        "The ULN was not found.",
        "Check the ULN, or find the learner by name, date of birth, gender and postcode.",
    ),
    "WSEC0001": Meaning(
        "The request is badly formed.",
        "The further details name the element and the rule it breaks.",
    ),
    "WSEC0002": Meaning(
        "The operation is not known.",
        "Check the first element of the SOAP body and its namespace against the WSDL.",
    ),
    "WSEC0003": Meaning(
        "The organisation is not known.",
        "Send the UKPRN or OrganisationRef under which the organisation was set up.",
    ),
    "WSEC0004": Meaning(
        "The service is closed at this time.",
        "Call again within operating hours.",
    ),
    "WSEC0005": Meaning(
        "The password is wrong.",
        "Send the organisation's present password of 16 characters.",
    ),
    "WSEC0006": Meaning(
        "The organisation has not been granted this service.",
        "Ask whoever runs the service to grant it.",
    ),
    "WSEC0044": Meaning(
        "The email address of the submission is missing or wrong.",
        "Send one address to which the result could be sent.",
    ),
    "WSEC0045": Meaning(
        "The submission type is neither Final nor Provisional.",
        "Send Final or Provisional.",
    ),
    "WSEC0046": Meaning(
        "The submission holds too many achievements.",
        "Send at most 5,000 at once.",
    ),
    "WSEC0047": Meaning(
        "The submission holds no achievement.",
        "Send at least one.",
    ),
    "WSEC0999": Meaning(
        "Something went wrong that was not foreseen.",
        "Try again; when it happens again, pass on the reference to whoever runs the service.",
    ),
    "WSEC0136": Meaning(
        "The ULN is invalid.",
        "Check the ten digits; the last one is a check digit.",
    ),
    "WSEC0206": Meaning(
        "The learner does not share the learning record.",
        "Ask the learner, who can decide to share it.",
    ),
    "WSEC0208": Meaning(
        "The learner could not be verified.",
        "Check the ULN, the names and, when sent, date of birth and gender.",
    ),
    "RC001": Meaning(
        "registered",
        "Keep the ULN with the learner's record.",
    ),
    "RC002": Meaning(
        "found, nothing to change",
        "Use this ULN.",
    ),
    "RC003": Meaning(
        "found and updated",
        "Use this ULN.",
    ),
    "RC004": Meaning(
        "found by the ULN, details confirmed",
        "Use this ULN.",
    ),
    "RC005": Meaning(
        "linked, this is the master's ULN",
        "Use the ULN returned from now on.",
    ),
    "RC006": Meaning(
        "too little data to create a ULN",
        "Send names with letters, VerificationType and AbilityToShare along with the five details.",
    ),
    "RC007": Meaning(
        "possible matches found",
        "Compare them with the learner's own papers; accept one of them, or register the learner as new.",
    ),
    "RC008": Meaning(
        "too many matches",
        "Send more details, such as the previous family name, school, place of birth or email address.",
    ),
    "RC009": Meaning(
        "ULN not found, or not with these details",
        "Check the ULN and the details; of the five details of a learner only one may change at a time.",
    ),
    "RC010": Meaning(
        "a mandatory value is empty",
        "Send both names, date of birth, gender and postcode, or a ULN with both names.",
    ),
    "RC011": Meaning(
        "a value has an incorrect format",
        "Correct the value; checking the file first lists every one.",
    ),
    "RC012": Meaning(
        "twice in this batch",
        "Leave one of the two out.",
    ),
    "RC013": Meaning(
        "outside the permitted age of 13 to 110",
        "Check the date of birth.",
    ),
}

# Where a code is about something else than a find, what it means there.
ORGANISATIONS = {
    "WSRC0001": Meaning("No organisation has this UKPRN or reference.", "Check it."),
    "WSRC0004": Meaning("This is the organisation.", "Nothing needs to be done."),
}
RECORDS = {
    "WSRC0004": Meaning("This is the learner's record.", "Nothing needs to be done."),
    "WSRC0022": Meaning(
        "The ULN belongs to a linked learner; this is the record of the master.", "Use the master's ULN."
    ),
}
ULNS = {
    "WSRC0001": Meaning("unknown", "Check the ULN."),
    "WSRC0004": Meaning("found", "Use this ULN."),
    "WSRC0022": Meaning("linked to a master", "Use the master's ULN from now on."),
}
VERIFICATIONS = {
    "WSRC0009": Meaning("The batch is finished.", "Look into the learners who are not verified."),
}
ACHIEVEMENTS = {
    "WSRC0007": Meaning("The achievements have been accepted.", "Ask for the job by its number."),
    "WSRC0008": Meaning("The achievements are not dealt with yet.", "Ask for the job again later."),
    "WSRC0009": Meaning("The achievements are dealt with.", "Correct those that had errors, and submit them again."),
    "WSRC0010": Meaning("The job has failed.", "Submit it again; when it fails again, ask whoever runs the service."),
}

JOB_STATUSES = {
    "Waiting": "waiting for its turn",
    "InProgress": "being worked on",
    "Successful": "finished",
    "Failed": "given up after an error",
    "Cancelled": "ended by somebody before its end",
}
ACHIEVEMENT_ACTIONS = {"1": "create or update", "2": "withdraw", "3": "reinstate"}
GENDERS = {"0": "not known", "1": "male", "2": "female", "9": "not specified"}
ABILITY_TO_SHARE = {
    "0": "Privacy Notice not seen",
    "1": "seen, and able to share",
    "2": "seen, and unable to share",
}
LEARNER_STATUS = {"0": "deleted", "1": "live", "2": "linked to a master"}
VERIFICATION_TYPES = {
    "0": "none provided",
    "1": "relationship with school",
    "2": "passport",
    "3": "driving licence",
    "4": "ID card or other form of national identification",
    "5": "National Insurance card",
    "6": "certificate of entitlement to funding",
    "7": "bank, credit or debit card",
    "999": "other",
}
FAILURE_FLAGS = {
    "VRF1": "given name differs from the given name",
    "VRF2": "given name differs from the family name",
    "VRF3": "given name differs from the previous family name",
    "VRF4": "family name differs from the given name",
    "VRF5": "family name differs from the family name",
    "VRF6": "family name differs from the previous family name",
    "VRF7": "date of birth differs",
    "VRF8": "gender differs",
}
UNKNOWN = Meaning("This code is not known to this client.", "Look it up in the documentation of the service.")


def meaning(code: str, special: Mapping[str, Meaning] | None = None) -> Meaning:
    """Return what a code means, by a special table first; codes of a later service have a meaning that says so."""
    return (special or {}).get(code) or CODES.get(code, UNKNOWN)
