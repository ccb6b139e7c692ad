"""Whatever stands in a batch: its counts add up, its output is in order, and a second time nobody is new."""

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lrs_soap.domain.clock import FixedClock
from lrs_soap.domain.codes import counts_as, is_exception
from lrs_soap.services import operations_batch as operations
from lrs_soap.services.register import Register
from lrs_soap.worker import BatchWorker
from tests import factories
from tests.fakes import NOW
from tests.unit.domain.test_batch import RECORDS
from tests.unit.services.jobs import register_of, told
from tests.unit.services.test_operations_batch import batch_of, output

COUNTS = {
    "NewLearnersCount": "new",
    "ExistsUpdatedLearnersCount": "exists_updated",
    "PossibleMatchLearnersCount": "possible_match",
    "LearnersNotFoundCount": "not_found",
    "RejectedLearnersCount": "rejected",
}


def done(register: Register, records: list[dict[str, str]], job_type: str) -> dict[str, Any]:
    """Submit a batch, have it worked off, and return its output."""
    sent = [record | {"MISIdentifier": str(place)} for place, record in enumerate(records)]
    answer = operations.submit_batch(register, batch_of(*sent, job_type=job_type))
    assert BatchWorker(register.store, FixedClock(NOW)).run_pending() == 1
    return told(output(register, answer.JobID))


def check(answer: dict[str, Any], records: list[dict[str, str]]) -> None:
    """Check counts, order and ULNs of an output."""
    learners = [told(learner) for learner in answer["Learner"]]
    codes = [learner["ReturnCode"] for learner in learners]
    kinds = Counter(map(counts_as, codes))
    assert answer["ResponseCode"] == "WSRC0009"
    assert {name: answer[name] for name in COUNTS} == {name: kinds[kind] for name, kind in COUNTS.items()}
    assert sum(answer[name] for name in COUNTS) == len(records)
    assert [learner["MISIdentifier"] for learner in learners] == [str(place) for place in range(len(records))]
    for learner, record, code in zip(learners, records, codes, strict=True):
        assert learner.get("FamilyName") == record["FamilyName"]
        assert is_exception(code) or learner["ULN"].isdigit()


@settings(max_examples=40, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=12), st.sampled_from(["FUL", "CHK"]))
def test_any_batch(records: list[dict[str, str]], job_type: str) -> None:
    with register_of(factories.organisation()) as register:
        with register.store.writing() as work:
            work.learners.add_many([factories.learner(1)])
        check(done(register, records, job_type), records)
        again = done(register, records, job_type)
        check(again, records)
        if job_type == "FUL":
            assert again["NewLearnersCount"] == 0
        else:
            with register.store.reading() as work:
                assert work.learners.count() == 1
