"""The least that could answer learnerByULN: a bare WSGI function with lxml, the same schema check, the same look-up.

No credentials, no audit, no linked learners: what any complete service has to be measured against.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

from lxml import etree
from sqlalchemy import bindparam, create_engine, select

from lrs_soap.store.schema import learner
from lrs_soap.wsdl.validation import request_schema

engine = create_engine(os.environ["LRS_BENCH_DATABASE"])
statement = select(learner).where(learner.c.uln == bindparam("uln"))
schema = request_schema("LearnerService")
parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)

COLUMNS = {
    "uln": "ULN",
    "title": "Title",
    "given_name": "GivenName",
    "middle_other_name": "MiddleOtherName",
    "family_name": "FamilyName",
    "preferred_given_name": "PreferredGivenName",
    "previous_family_name": "PreviousFamilyName",
    "last_known_address_line_1": "LastKnownAddressLine1",
    "last_known_address_town": "LastKnownAddressTown",
    "last_known_post_code": "LastKnownPostCode",
    "date_of_birth": "DateOfBirth",
    "gender": "Gender",
    "email_address": "EmailAddress",
    "verification_type": "VerificationType",
    "tier_level": "TierLevel",
    "ability_to_share": "AbilityToShare",
    "status": "LearnerStatus",
    "version": "VersionNumber",
}


def _escape(value: Any) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer learnerByULN."""
    root = etree.fromstring(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])), parser)
    request = root[-1][0]
    assert schema.check(request) is None
    values = {child.tag: child.text for child in request}
    with engine.connect() as connection:
        row = connection.execute(statement, {"uln": int(str(values["ULN"]))}).one()._mapping
    learner_text = "".join(
        f"<{name}>{_escape(row[column])}</{name}>" for column, name in COLUMNS.items() if row[column] is not None
    )
    body = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
        '<ns2:FindLearnerResponse xmlns:ns2="http://api.lrs.miap.gov.uk/findmsg">'
        f"<ResponseCode>WSRC0004</ResponseCode><ULN>{values['ULN']}</ULN><FamilyName>{values['FamilyName']}"
        f"</FamilyName><GivenName>{values['GivenName']}</GivenName><Learner>{learner_text}</Learner>"
        "</ns2:FindLearnerResponse></soapenv:Body></soapenv:Envelope>"
    ).encode()
    start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
