"""Finding and registering learners with Zeep, with what a client has to do when the service is in trouble."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests
import zeep
from zeep.exceptions import Fault, TransportError

EXACT, MASTER, REGISTERED = "WSRC0004", "WSRC0022", "WSRC0005"
NOTHING_MORE = dict.fromkeys(("PreviousFamilyName", "SchoolAtAge16", "PlaceOfBirth", "EmailAddress"), "")


@dataclass(frozen=True)
class Account:
    """How the college names itself to the service."""

    ukprn: str
    password: str
    user_name: str


class RefusedError(Exception):
    """The service refused a request; the text is its code."""


class Enrolment:
    """Looks learners up and registers them. address: where the services are, such as http://127.0.0.1:8080."""

    def __init__(self, address: str, account: Account, *, tries: int = 3, pause: float = 0.1) -> None:
        self._session = requests.Session()
        transport = zeep.Transport(session=self._session, operation_timeout=5)
        # After Zeep has put its own name there.
        self._session.headers["User-Agent"] = "example-mis/1.0"
        self._client = zeep.Client(f"{address}/LearnerService.svc?wsdl", transport=transport)
        self._account = account
        self._tries = tries
        self._pause = pause

    def find(self, uln: str, given_name: str, family_name: str) -> Any:
        """Return the learner with a ULN, or the master it is linked to; None when the register has none."""
        answer = self._patiently("learnerByULN", FindType="FUL", ULN=uln, GivenName=given_name, FamilyName=family_name)
        return answer.Learner[0] if answer.ResponseCode in (EXACT, MASTER) else None

    def uln_of(self, person: Mapping[str, str]) -> str:
        """Return the ULN of a person, given the five details: the one there is, else a new one."""
        found = self._patiently("learnerByDemographics", FindType="FUL", **person, **NOTHING_MORE)
        if found.ResponseCode in (EXACT, MASTER):
            return str(found.Learner[0].ULN)
        try:
            return self._register(person)
        except requests.ConnectionError:
            # The answer is lost, but the learner may be in the register now: never register twice without a look.
            return self.uln_of(person)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _register(self, person: Mapping[str, str]) -> str:
        answer = self._call("registerSingleLearner", Learner={"VerificationType": "0", "AbilityToShare": "0", **person})
        if answer.ResponseCode != REGISTERED:
            raise RefusedError(answer.ResponseCode)
        return str(answer.ULN)

    def _patiently(self, operation: str, **members: Any) -> Any:
        """Call an operation that changes nothing, and again while the service is out of order."""
        for _ in range(self._tries - 1):
            try:
                return self._call(operation, **members)
            except (requests.ConnectionError, TransportError):
                time.sleep(self._pause)
        return self._call(operation, **members)

    def _call(self, operation: str, **members: Any) -> Any:
        account = {
            "OrganisationRef": None,
            "UKPRN": self._account.ukprn,
            "OrgPassword": self._account.password,
            "UserName": self._account.user_name,
        }
        try:
            return self._client.service[operation](**account, **members)
        except Fault as fault:
            raise RefusedError(_code(fault)) from None


def _code(fault: Fault) -> str:
    code = None if fault.detail is None else fault.detail.find(".//{*}ErrorCode")
    return str(fault.message) if code is None else str(code.text)
