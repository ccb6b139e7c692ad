"""The layout of batch files: what stands in which column, under which name, and how much of it.

Rule: "batch files".
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

FILE_VERSION: Final = "2A"
MOST_LEARNERS: Final = 5000
FILE_COLUMNS: Final = ("FileVersion", "FileName", "UKPRN", "LearnerRecordCount")
LEARNER_COLUMNS: Final = (
    "ULN",
    "MISIdentifier",
    "Title",
    "GivenName",
    "PreferredGivenName",
    "MiddleOtherName",
    "FamilyName",
    "PreviousFamilyName",
    "FamilyNameAt16",
    "SchoolAtAge16",
    "LastKnownAddressLine1",
    "LastKnownAddressLine2",
    "LastKnownAddressTown",
    "LastKnownAddressCountyorCity",
    "LastKnownPostCode",
    "DateOfAddressCapture",
    "DateOfBirth",
    "PlaceOfBirth",
    "EmailAddress",
    "Gender",
    "Nationality",
    "ScottishCandidateNumber",
    "AbilityToShare",
    "VerificationType",
    "OtherVerificationDescription",
    "Notes",
)
COLUMNS: Final = FILE_COLUMNS + LEARNER_COLUMNS
RETURN_CODE: Final = "ReturnCode"
# The elements of an XML file around those that are named as the columns.
ROOT: Final = "LearnerBatchFile"
LEARNER: Final = "Learner"

# Columns that the contract's messages name differently.
_RENAMED: Final = {
    "FamilyNameAt16": "FamilyNameAtAge16",
    "LastKnownAddressCountyorCity": "LastKnownAddressCountyOrCity",
}
ELEMENTS: Final[Mapping[str, str]] = MappingProxyType({name: _RENAMED.get(name, name) for name in LEARNER_COLUMNS})
"""The contract's element of each column of a learner."""
COLUMN_OF: Final[Mapping[str, str]] = MappingProxyType({element: column for column, element in ELEMENTS.items()})
"""The column of each element of the contract."""


def filled(columns: Iterable[str], values: Iterable[str]) -> dict[str, str]:
    """Return the values by column; one of nothing but blanks counts as none."""
    return {column: value for column, value in zip(columns, values, strict=True) if value.strip()}
