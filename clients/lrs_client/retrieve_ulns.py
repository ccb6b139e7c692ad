"""Tell of up to 200 ULNs whose they are, and which ULN stands for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lrs_client.connection import LEARNER_SERVICE, Connection
from lrs_client.wire import given, read

OPERATIONS = {LEARNER_SERVICE: "retrieveULNs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievedUln:
    """What is known of one ULN.

    code: WSRC0004 found, WSRC0022 linked, master_uln is the one to use from now on, WSRC0001 unknown.
    """

    uln: str
    code: str
    master_uln: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    date_of_birth: date | None = None
    gender: str | None = None


def retrieve_ulns(connection: Connection, ulns: Sequence[str]) -> tuple[RetrievedUln, ...]:
    """Return what is known of each ULN, in the order asked; 1 to 200 of them. Raises LrsError."""
    # Zeep hands over the only element of an answer, here the list inside RetrievedULNs.
    answer = connection.call(OPERATIONS, ULNsToRetrieve={"ULN": list(ulns)}, **connection.organisation())
    retrieved = map(given, answer or ())
    return tuple(read(RetrievedUln, values, code=values["ResponseCode"] or "") for values in retrieved)
