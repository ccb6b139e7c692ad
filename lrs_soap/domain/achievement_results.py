"""What a whole submission of achievements came to: its counters, and the file of its errors.

Rules: "achievement counters", "achievement error file".
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lrs_soap.domain.achievement import Outcome
from lrs_soap.domain.codes import SubmissionType
from lrs_soap.domain.jobs import JobRecord

HEADING = ("RecordNumber", "MisIdentifier", "Field", "Code", "Text")
_ERRORS = (Outcome.FIELD_DATA_ERROR, Outcome.LEARNER_DATA_ERROR, Outcome.BUSINESS_RULE_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """How many records of a submission came to what.

    successful_final, successful_provisional: all records without errors, unchanged ones included, under the type of the
    submission; together with the errors they are all records. percentage_successful: 0 when there are no records.
    """

    created: int
    promoted: int
    reinstated: int
    updated: int
    withdrawn: int
    field_data_errors: int
    learner_data_errors: int
    business_rule_errors: int
    successful_final: int
    successful_provisional: int
    percentage_successful: float


def summarise(counts: Mapping[str, int], submission_type: SubmissionType) -> Summary:
    """Return the counters of a submission; counts: the number of records by outcome."""
    number = {outcome: counts.get(outcome, 0) for outcome in Outcome}
    total = sum(number.values())
    successful = total - sum(number[outcome] for outcome in _ERRORS)
    is_final = submission_type == SubmissionType.FINAL
    return Summary(
        created=number[Outcome.CREATED],
        promoted=number[Outcome.PROMOTED],
        reinstated=number[Outcome.REINSTATED],
        updated=number[Outcome.UPDATED],
        withdrawn=number[Outcome.WITHDRAWN],
        field_data_errors=number[Outcome.FIELD_DATA_ERROR],
        learner_data_errors=number[Outcome.LEARNER_DATA_ERROR],
        business_rule_errors=number[Outcome.BUSINESS_RULE_ERROR],
        successful_final=successful if is_final else 0,
        successful_provisional=0 if is_final else successful,
        percentage_successful=round(100 * successful / total, 2) if total else 0.0,
    )


class _Lines:
    """What a CSV writer may write to: hands each line back to whoever writes it."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def error_file(records: Iterable[JobRecord]) -> Iterator[str]:
    """Give the lines of the file of errors, line ends included: the heading, then one line per error, in order."""
    writer = csv.writer(_Lines(), lineterminator="\n")
    yield str(writer.writerow(HEADING))
    for record in records:
        identifier = record.values.get("MisIdentifier", "")
        for error in record.result.facts.get("errors", ()) if record.result else ():
            yield str(writer.writerow((record.position, identifier, error["field"], error["code"], error["text"])))
