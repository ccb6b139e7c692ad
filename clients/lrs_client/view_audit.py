"""See who looked at a learner's Personal Learning Record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lrs_client.connection import LEARNER_SERVICE_R9, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE_R9: "ViewAudit"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who looked, on behalf of whom, when."""

    action: str
    date_time: datetime
    organisation: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of entries, newest first. page_index counts from 1."""

    page_index: int
    page_count: int
    page_size: int
    total_items: int
    entries: tuple[AuditEntry, ...] = ()


def view_audit(
    connection: Connection,
    *,
    uln: str,
    given_name: str,
    family_name: str,
    page: int = 1,
    user_type: Literal["LNR", "ORG", "SER"] = "ORG",
    language: str = "ENG",
) -> AuditPage:
    """Return a page of the audit. Raises LrsFault with WSEC0136 or WSEC0208 when it may not be seen, or LrsError."""
    answer = connection.call(
        OPERATIONS,
        invokingOrganisation=connection.invoking_organisation(),
        userType=user_type,
        vendorId=connection.vendor_id,
        language=language,
        learnerUln=uln,
        learnerGivenName=given_name,
        learnerFamilyName=family_name,
        page=page,
    )
    values = given(answer)
    entries = (values["List"] or {}).get("PlrAccessEntryResponse") or ()
    return read(AuditPage, values, entries=tuple(read(AuditEntry, entry) for entry in entries))
