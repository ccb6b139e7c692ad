"""Cases of the rules on what a client does over time."""

from typing import Any

from tests.unit.testbench.conformance.cases import (
    BROKEN,
    FIND_LINKED,
    KEPT,
    READ_EVENTS,
    UNJUDGED,
    Case,
    Script,
    achievements,
    after,
    in_turn,
    records,
    sent,
    to_r9,
)
from tests.unit.testbench.conformance.exchanges import Caller
from tests.unit.testbench.conformance.world import CHANGEABLE, LINKED, MAEVE, MASTER, PRIVATE, WARY, result
from tests.wire import requests

PRIYA: dict[str, Any] = {"givenName": "Priya", "familyName": "Shah"}
THOMAS: dict[str, Any] = {"GivenName": "Thomas", "FamilyName": "Nowack"}


def looked_for(given_name: str, **how: Any) -> Script:
    return sent(requests.by_demographics(GivenName=given_name, **how))


def registered(given_name: str) -> Script:
    return sent(requests.register(GivenName=given_name))


def found(uln: str = MAEVE.uln, given_name: str = "Maeve", family_name: str = "Okafor", **changes: Any) -> Script:
    return sent(requests.by_uln(uln, given_name, family_name, **changes))


def events_of_private(user_type: str = "ORG") -> Script:
    return to_r9(
        "GetLearnerLearningEvents",
        requests.events(PRIVATE.uln, **PRIYA, userType=user_type),
    )


STRANGER: dict[str, Any] = {
    "GivenName": "Olu",
    "FamilyName": "Unheard",
    "DateOfBirth": "1990-10-11",
    "LastKnownPostCode": "EH1 1AA",
}
FIND_PRIVATE = found(PRIVATE.uln, "Priya", "Shah")
FIND_CHANGEABLE = found(CHANGEABLE.uln, "Chidi", "Change")
FIND_PRIVATE_R9 = to_r9("LearnerByUln", requests.by_uln_r9(PRIVATE.uln, **PRIYA))
CHECK_PRIVATE = found(PRIVATE.uln, "Priya", "Shah", FindType="CHK")
FIND_STRANGER = sent(requests.by_demographics(**STRANGER))
FIND_LINKED_BY_DETAILS = sent(requests.by_demographics(**THOMAS, DateOfBirth="1999-03-04", Gender="1"))
WRONG = sent(requests.by_uln(MAEVE.uln, OrgPassword="fedcba9876543210"))


def change(version: int, **changes: Any) -> Script:
    return sent(requests.update(CHANGEABLE.uln, version, GivenName="Chidi", FamilyName="Change", **changes))


def change_email(address: str, *, unread: bool = False) -> Script:
    """Update with the present version, whether or not the client has read it."""

    def script(caller: Caller) -> None:
        answer = caller(requests.by_uln(CHANGEABLE.uln, "Chidi", "Change")).answer.decode()
        if unread:
            caller.made.pop()
        version = int(answer.partition("<VersionNumber>")[2].partition("<")[0])
        change(version, EmailAddress=address)(caller)
        assert caller.made[-1].observation.outcome == "WSRC0006"

    return script


VERIFY_LINKED = sent(requests.verify(LINKED.uln, **THOMAS))
FIND_WARY = found(WARY.uln, "Wanda", "Wary")
BATCH = sent(requests.submit_batch(*records("again", "and again")))
POLL = sent(requests.batch_output(1))


def poll_last(caller: Caller) -> None:
    """Ask after the last job submitted."""
    job = next(found for one in reversed(caller.made) if (found := one.answer.partition(b"<JobID>")[2]))
    caller(requests.batch_output(int(job.partition(b"<")[0])))


CONDUCTED = [
    Case("LRS-401", KEPT, "after a find", in_turn(looked_for("Kay"), registered("Kay"))),
    Case("LRS-401", KEPT, "after one in other letters", in_turn(looked_for("Zöe"), registered("ZOE"))),
    Case("LRS-401", BROKEN, "without", registered("Lee")),
    Case("LRS-401", BROKEN, "after a find of somebody else", in_turn(looked_for("May"), registered("Lou"))),
    Case("LRS-401", BROKEN, "too long after", in_turn(looked_for("Ned"), after(7201, registered("Ned")))),
    Case("LRS-401", UNJUDGED, "refused", sent(requests.register(GivenName="---"))),
    Case("LRS-402", KEPT, "after a while", in_turn(looked_for("Meave"), after(6, registered("Meave")))),
    Case("LRS-402", BROKEN, "at once", in_turn(looked_for("Maevee"), registered("Maevee"))),
    Case("LRS-402", UNJUDGED, "nobody was found", in_turn(FIND_STRANGER, sent(requests.register(**STRANGER)))),
    Case("LRS-403", KEPT, "the learner shares", in_turn(found(), READ_EVENTS)),
    Case("LRS-403", BROKEN, "the learner does not", in_turn(FIND_PRIVATE, events_of_private())),
    Case("LRS-403", BROKEN, "as R9 told", in_turn(FIND_PRIVATE_R9, events_of_private())),
    Case("LRS-403", UNJUDGED, "the learner asks", in_turn(FIND_PRIVATE, events_of_private("LNR"))),
    Case("LRS-403", UNJUDGED, "nothing was told", events_of_private()),
    Case("LRS-403", UNJUDGED, "CHK tells nothing", in_turn(CHECK_PRIVATE, events_of_private())),
    Case("LRS-404", KEPT, "as the first", events_of_private("LNR")),
    Case("LRS-404", BROKEN, "after the refusal", in_turn(events_of_private(), events_of_private("LNR"))),
    Case("LRS-404", UNJUDGED, "as an organisation", in_turn(events_of_private(), events_of_private())),
    Case("LRS-405", KEPT, "after two seconds", in_turn(BATCH, poll_last, after(2, poll_last))),
    Case("LRS-405", BROKEN, "after one", in_turn(BATCH, poll_last, poll_last)),
    Case("LRS-405", UNJUDGED, "the first time", in_turn(BATCH, poll_last)),
    Case("LRS-406", KEPT, "once", BATCH),
    Case("LRS-406", KEPT, "another", in_turn(BATCH, sent(requests.submit_batch(*records("other"))))),
    Case("LRS-406", KEPT, "the next day", in_turn(BATCH, after(86402, BATCH))),
    Case("LRS-406", BROKEN, "twice", in_turn(BATCH, BATCH)),
    Case("LRS-406", BROKEN, "achievements twice", in_turn(achievements(result()), achievements(result()))),
    Case("LRS-406", UNJUDGED, "a question", POLL),
    Case("LRS-407", KEPT, "read", change_email("a@example.org")),
    Case("LRS-407", KEPT, "read again", in_turn(change_email("b@example.org"), change_email("c@example.org"))),
    Case("LRS-407", BROKEN, "not read", change_email("d@example.org", unread=True)),
    Case(
        "LRS-407",
        BROKEN,
        "not read since",
        in_turn(change_email("e@example.org"), change_email("f@example.org", unread=True)),
    ),
    Case(
        "LRS-407",
        KEPT,
        "of R9",
        in_turn(
            FIND_WARY,
            to_r9("UpdateLearnerSubsetFields", requests.update_subset(WARY.uln, emailAddress="w@example.org")),
        ),
    ),
    Case("LRS-407", UNJUDGED, "refused", change(99)),
    Case("LRS-408", KEPT, "once", WRONG),
    Case("LRS-408", KEPT, "a minute later", in_turn(WRONG, after(61, WRONG))),
    Case("LRS-408", BROKEN, "at once", in_turn(WRONG, WRONG)),
    Case("LRS-408", UNJUDGED, "answered", in_turn(WRONG, found())),
    Case("LRS-409", KEPT, "the master's", in_turn(FIND_LINKED, found(MASTER.uln, "Tomasz", "Nowak"))),
    Case("LRS-409", BROKEN, "the old one", in_turn(FIND_LINKED, FIND_LINKED)),
    Case("LRS-409", BROKEN, "found by details", in_turn(FIND_LINKED_BY_DETAILS, sent(requests.update(LINKED.uln)))),
    Case("LRS-409", BROKEN, "verified", in_turn(VERIFY_LINKED, VERIFY_LINKED)),
    Case("LRS-409", KEPT, "another operation asks", in_turn(FIND_LINKED, sent(requests.verify(LINKED.uln)))),
    Case("LRS-409", BROKEN, "updated", in_turn(FIND_LINKED, sent(requests.update(LINKED.uln)))),
    Case("LRS-409", UNJUDGED, "nobody told of any", FIND_LINKED),
]
