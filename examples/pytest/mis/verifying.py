"""Verifying a ULN without a SOAP toolkit: an envelope from a template, sent with requests."""

import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

import requests

from mis.enrolment import Account, RefusedError

ACTION = "http://tempuri.org/LearnerPortType/verifyLearner"
TEMPLATE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
                  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                  xmlns:rep="http://api.lrs.miap.gov.uk/reportmsg">
  <soapenv:Body>
    <rep:VerifyLearner>
      <OrganisationRef xsi:nil="true"/>
      <UKPRN>{ukprn}</UKPRN>
      <OrgPassword>{password}</OrgPassword>
      <UserName>{user_name}</UserName>
      <LearnerToVerify>
        <ULN>{uln}</ULN>
        <FamilyName>{FamilyName}</FamilyName>
        <GivenName>{GivenName}</GivenName>
        <DateOfBirth>{DateOfBirth}</DateOfBirth>
        <Gender>{Gender}</Gender>
      </LearnerToVerify>
    </rep:VerifyLearner>
  </soapenv:Body>
</soapenv:Envelope>"""


def verify(address: str, account: Account, uln: str, person: Mapping[str, str]) -> str:
    """Return the code of the verification, such as WSVRC001."""
    caller = {"ukprn": account.ukprn, "password": account.password, "user_name": account.user_name}
    values = {**caller, "uln": uln, **person}
    message = TEMPLATE.format(**{name: escape(value) for name, value in values.items()})
    answer = requests.post(
        f"{address}/LearnerService.svc",
        data=message.encode(),
        headers={
            "Content-Type": "text/xml; charset=utf-8",
            "SOAPAction": f'"{ACTION}"',
            "User-Agent": "example-mis/1.0",
        },
        timeout=5,
    )
    found = re.search("<(?:ResponseCode|ErrorCode)>(.*?)</", answer.text)
    if answer.status_code != 200 or found is None:
        raise RefusedError(found[1] if found else f"HTTP {answer.status_code}")
    return found[1]
