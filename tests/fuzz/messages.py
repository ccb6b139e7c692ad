"""A valid message of every operation of every service, and the learners they are about."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from tests import factories
from tests.wire import requests
from tests.wire.college import FULL as MAEVE
from tests.wire.college import FULL_EVENT, LINKED, PRIVATE, SPARE_EVENT, TWINS
from tests.wire.soap import SOAP

LEARNERS = (MAEVE, LINKED, PRIVATE, *TWINS)
EVENTS = (FULL_EVENT, SPARE_EVENT)

WHO = {"GivenName": "Ada", "FamilyName": "Quill", "DateOfBirth": "2004-02-29", "Gender": "2"}
NEWCOMER = requests.MAEVE | {"GivenName": "Zbigniew", "FamilyName": "Thistlewood", "LastKnownPostCode": "LS2 9AB"}
KNOWN = NEWCOMER | {"ULN": MAEVE.uln, "MISIdentifier": "MIS-2", "Title": "Ms", "Notes": "Zoë, £5 & <more>"}
TO_VERIFY = WHO | {"MISIdentifier": "MIS-1", "ULN": MAEVE.uln}
SOUND = factories.achievement_values(MAEVE)
AGAIN = factories.achievement_values(MAEVE, Action="2", ActionReason="1", LanguageForAssessment="ENG")


@dataclass(frozen=True, slots=True)
class Message:
    """A message and the service it is meant for."""

    service: str
    text: str

    @property
    def element(self) -> str:
        """The qualified name of the element in the Body."""
        body = etree.fromstring(self.text.encode()).find(f"{{{SOAP}}}Body")
        assert body is not None
        return str(body[0].tag)

    def request(self) -> bytes:
        """The bytes of an ordinary request with it."""
        body = self.text.encode()
        head = f"POST /{self.service}.svc HTTP/1.1\r\nHost: lrs.example\r\nContent-Type: text/xml; charset=utf-8\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


# The jobs of a fresh register are these, in this order.
SUBMITTED = (
    Message("LearnerService", requests.submit_batch(NEWCOMER, KNOWN)),
    Message("LearnerService", requests.submit_verify_batch(TO_VERIFY)),
    Message("ExternalService", requests.submit_achievements(SOUND, AGAIN)),
)
REGISTRATION_JOB, VERIFICATION_JOB, ACHIEVEMENT_JOB = 1, 2, 3


def valid_messages() -> tuple[Message, ...]:
    """Return a message of every operation, of those with much to change in several forms."""
    return tuple(_valid_messages())


def _valid_messages() -> Iterator[Message]:
    for text in (*_shared(), *_of_learner_service()):
        yield Message("LearnerService", text)
    for text in (*_shared(), requests.events(MAEVE.uln)):
        yield Message("LearnerRegister", text)
    for text in _of_r9():
        yield Message("LearnerServiceR9", text)
    for text in _of_external_service():
        yield Message("ExternalService", text)


def _shared() -> Iterator[str]:
    yield requests.by_uln(MAEVE.uln)
    yield requests.by_demographics()
    yield requests.by_demographics(**WHO, FindType="CHK")
    yield requests.register(**NEWCOMER)
    yield requests.register(**NEWCOMER, EmailAddress="zb@example.org", Nationality="GBR", Notes="Zoë, £5 & <more>")
    yield requests.update(MAEVE.uln, MAEVE.version, Notes="Seen again")
    yield requests.verify(MAEVE.uln, DateOfBirth="2004-02-29", Gender="2")
    yield requests.submit_batch(NEWCOMER, KNOWN)
    yield requests.batch_output(REGISTRATION_JOB)


def _of_learner_service() -> Iterator[str]:
    yield requests.retrieve(MAEVE.uln, LINKED.uln, factories.uln_of(99))
    yield requests.submit_verify_batch(TO_VERIFY, TO_VERIFY | {"ULN": LINKED.uln})
    yield requests.verify_batch_output(VERIFICATION_JOB)


def _of_r9() -> Iterator[str]:
    yield requests.events(MAEVE.uln)
    yield requests.events(PRIVATE.uln, givenName="Idris", familyName="Pryce", dateOfBirth="2004-02-29", gender="1")
    yield requests.by_uln_r9(MAEVE.uln)
    yield requests.update_subset(MAEVE.uln, MAEVE.version, emailAddress="maeve@example.org", telephoneNumber="0113 4")
    yield requests.view_audit(MAEVE.uln)
    yield requests.organisation(ukPrn="TEST0101")


def _of_external_service() -> Iterator[str]:
    yield requests.submit_achievements(SOUND)
    yield requests.submit_achievements(SOUND, AGAIN, submissionType="Provisional")
    yield requests.achievement_job(ACHIEVEMENT_JOB)
