"""Look up an organisation by UKPRN or by reference."""

from dataclasses import dataclass
from typing import Literal

from lrs_client.connection import LEARNER_SERVICE_R9, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE_R9: "GetOrganisation"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationAnswer:
    """An organisation: WSRC0004 with its name, identifiers and status, or WSRC0001 when there is none."""

    code: str
    display_name: str | None = None
    org_ref: str | None = None
    ukprn: str | None = None
    status: str | None = None


def get_organisation(
    connection: Connection,
    *,
    ukprn: str | None = None,
    reference: str | None = None,
    user_type: Literal["LNR", "ORG", "SER"] = "ORG",
    language: str = "ENG",
) -> OrganisationAnswer:
    """Return the organisation with this UKPRN (8 characters) or reference (6); give one of them. Raises LrsError."""
    answer = connection.call(
        OPERATIONS,
        invokingOrganisation=connection.invoking_organisation(),
        userType=user_type,
        vendorId=connection.vendor_id,
        language=language,
        ukPrn=ukprn,
        orgRef=reference,
    )
    values = given(answer)
    return read(OrganisationAnswer, values, code=values["ResponseCode"])
