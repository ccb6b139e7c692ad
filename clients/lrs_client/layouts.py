"""What files of batches look like: learners to register, identities to verify, achievements, and what comes back."""

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from lrs_client.get_batch_output import BatchOutput
from lrs_client.get_verify_batch_output import VerifiedBatchLearner, VerifyBatchOutput
from lrs_client.record_files import Layout, Rule
from lrs_client.submit_achievements import ELEMENTS, Achievement
from lrs_client.submit_batch import BatchLearner
from lrs_client.submit_verify_batch import LearnerToVerify
from lrs_client.wire import wire_name

FILE_VERSION = "2A"
FILE_COLUMNS = ("FileVersion", "FileName", "UKPRN", "LearnerRecordCount")
# Headings of the batch layout that the contract's messages write differently.
FILE_NAMES = {
    "family_name_at_age_16": "FamilyNameAt16",
    "last_known_address_county_or_city": "LastKnownAddressCountyorCity",
}

_RULES = {
    "uln": Rule("[1-9][0-9]{9}", "ten digits, such as 9276308686"),
    "gender": Rule("[0129]", "0, 1, 2 or 9"),
    "ability_to_share": Rule("[012]", "0, 1 or 2"),
    "verification_type": Rule("[0-7]|999", "0 to 7, or 999"),
    "action": Rule("[123]", "1, 2 or 3"),
}


def _headings(kind: type[Any]) -> dict[str, str]:
    return {field.name: wire_name(field.name) for field in fields(kind)}


LEARNERS = Layout(
    kind=BatchLearner,
    noun="learner",
    headings=_headings(BatchLearner),
    rules=_RULES,
    also={heading: name for name, heading in FILE_NAMES.items()},
    passed_over=frozenset({*FILE_COLUMNS, "ReturnCode"}),
    counted="LearnerRecordCount",
)
LEARNERS_TO_VERIFY = Layout(kind=LearnerToVerify, noun="learner", headings=_headings(LearnerToVerify), rules=_RULES)
ACHIEVEMENTS = Layout(kind=Achievement, noun="achievement", headings=ELEMENTS, rules=_RULES)


OUTPUT_HEADINGS = tuple(FILE_NAMES.get(name, heading) for name, heading in LEARNERS.headings.items())
VERIFIED_HEADINGS = _headings(VerifiedBatchLearner) | {"code": "ResponseCode", "failure_flags": "FailureFlag"}


def batch_file(outputs: Iterable[BatchOutput], ukprn: str | None) -> str:
    """Return the learners of batches as CSV in the layout of batch files, each with its return code at the end."""
    learners = [learner for output in outputs for learner in output.learners]
    first = [FILE_VERSION, "", ukprn, len(learners)]
    rows = (
        [*(first if number == 0 else [""] * len(first)), *_values(learner, LEARNERS.headings), learner.return_code]
        for number, learner in enumerate(learners)
    )
    return _csv([*FILE_COLUMNS, *OUTPUT_HEADINGS, "ReturnCode"], rows)


def verify_batch_file(outputs: Iterable[VerifyBatchOutput]) -> str:
    """Return the verifications of batches as CSV; the failure flags of a learner stand in one column."""
    rows = (_values(learner, VERIFIED_HEADINGS) for output in outputs for learner in output.learners)
    return _csv(VERIFIED_HEADINGS.values(), rows)


def _values(record: object, names: Iterable[str]) -> list[object]:
    values = (getattr(record, name) for name in names)
    return [" ".join(value) if isinstance(value, tuple) else value for value in values]


def _csv(heading: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(rows)
    return text.getvalue()
