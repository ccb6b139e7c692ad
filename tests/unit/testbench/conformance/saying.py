"""Cases of the rules on what a message says."""

from tests.factories import PASSWORD
from tests.unit.testbench.conformance.cases import (
    BROKEN,
    EVENTS,
    FIND,
    KEPT,
    READ_EVENTS,
    UNJUDGED,
    Case,
    achievements,
    r9_find,
    records,
    sent,
    to_r9,
    to_verify,
)
from tests.unit.testbench.conformance.world import MAEVE, result
from tests.wire import requests

WITHOUT_GENDER = {**to_verify("2")[0], "Gender": ""}

SAYING = [
    Case("LRS-302", KEPT, "a user", sent(FIND)),
    Case("LRS-302", KEPT, "an awarding organisation's user", sent(requests.achievement_job(1), to="ExternalService")),
    Case("LRS-302", BROKEN, "a placeholder", sent(requests.by_uln(MAEVE.uln, UserName="Test"))),
    Case("LRS-302", BROKEN, "its own UKPRN", sent(requests.by_uln(MAEVE.uln, UserName="test0101"))),
    Case("LRS-302", BROKEN, "none, which R9 takes", r9_find({"Password": PASSWORD, "Ukprn": "TEST0101"})),
    Case("LRS-303", KEPT, "ENG", READ_EVENTS),
    Case("LRS-303", KEPT, "CYM", r9_find(language="CYM")),
    Case("LRS-303", BROKEN, "EN", r9_find(language="EN")),
    Case("LRS-303", BROKEN, "small letters", r9_find(language="eng")),
    Case("LRS-303", UNJUDGED, "none", r9_find(language=None)),
    Case("LRS-304", KEPT, "all said", READ_EVENTS),
    Case("LRS-304", KEPT, "at LearnerRegister", sent(EVENTS, to="LearnerRegister")),
    Case("LRS-304", BROKEN, "no findType", r9_find(findType=None)),
    Case("LRS-304", BROKEN, "no userType", r9_find(userType=None)),
    Case("LRS-304", UNJUDGED, "not of R9", sent(FIND)),
    Case("LRS-305", KEPT, "both", sent(requests.verify(MAEVE.uln, DateOfBirth="2004-02-29", Gender="2"))),
    Case("LRS-305", BROKEN, "neither", sent(requests.verify(MAEVE.uln))),
    Case("LRS-305", BROKEN, "no gender", sent(requests.verify(MAEVE.uln, DateOfBirth="2004-02-29"))),
    Case("LRS-305", UNJUDGED, "a find", sent(FIND)),
    Case("LRS-306", KEPT, "both", READ_EVENTS),
    Case("LRS-306", BROKEN, "neither", to_r9("GetLearnerLearningEvents", requests.events(MAEVE.uln))),
    Case("LRS-307", KEPT, "none", sent(FIND)),
    Case("LRS-307", BROKEN, "after a name", sent(requests.by_uln(MAEVE.uln, family_name="Okafor "))),
    Case("LRS-307", BROKEN, "in a record", sent(requests.register(PlaceOfBirth=" Leeds"))),
    Case("LRS-307", BROKEN, "of R9's caller", r9_find(requests.R9_CALLER | {"Username": "mis.user "})),
    Case("LRS-307", KEPT, "a password's own", sent(requests.by_uln(MAEVE.uln, OrgPassword=" 123456789abcde "))),
    Case("LRS-308", KEPT, "GBR", sent(requests.register(Nationality="GBR"))),
    Case("LRS-308", BROKEN, "small letters", sent(requests.register(Nationality="gbr"))),
    Case("LRS-308", BROKEN, "two letters", sent(requests.register(Nationality="UK"))),
    Case("LRS-308", UNJUDGED, "empty", sent(requests.register(Nationality=""))),
    Case("LRS-305", KEPT, "all of a batch", sent(requests.submit_verify_batch(*to_verify("1", "2")))),
    Case("LRS-305", BROKEN, "one of a batch", sent(requests.submit_verify_batch(*to_verify("1"), WITHOUT_GENDER))),
    Case("LRS-309", KEPT, "each its own", sent(requests.submit_batch(*records("1", "2")))),
    Case("LRS-309", BROKEN, "one without", sent(requests.submit_batch(*records("1", None)))),
    Case("LRS-309", BROKEN, "one twice", sent(requests.submit_batch(*records("1", "2", "1")))),
    Case("LRS-309", BROKEN, "none to verify by", sent(requests.submit_verify_batch(*to_verify(None)))),
    Case("LRS-309", KEPT, "a learner's achievements share one", achievements(result(), result(Grade="8"))),
    Case("LRS-309", BROKEN, "an achievement without", achievements(result(MisIdentifier=None))),
    Case("LRS-309", UNJUDGED, "no batch", sent(FIND)),
]
