"""The checker finds what is wrong in histories that were doctored, and nothing in those that may be."""

from collections.abc import Callable
from typing import Any

import pytest

from lrs_soap.domain.codes import ResponseCode, VerificationCode
from tests.factories import uln_of
from tests.history.checker import check
from tests.history.findings import Rule, Verdict
from tests.history.operations import DETAILS, UNKNOWN, Disturbance, History, Kind, Operation, Seen, Trouble, Values
from tests.history.planning import details

ULN, OTHER = uln_of(1), uln_of(2)
MAEVE = details(0, 0)


def tagged(number: int) -> dict[str, str]:
    return {"EmailAddress": f"by.{number}@example.org"}


class Telling:
    """Makes a history: operations one after the other unless they are told to take their time."""

    def __init__(self) -> None:
        self.history = History()
        self.now = 0

    def add(self, kind: Kind, outcome: str, *, client: int = 0, lasting: int = 1, **given: Any) -> Operation:
        """Add an operation that begins now and lasts so many moments; the next begins a moment after this one."""
        began = self.now = self.now + 2
        number = len(self.history.operations)
        operation = Operation(number, client, kind, began, began + lasting, outcome, **given)
        self.history.operations.append(operation)
        return operation

    def registered(self, outcome: str = ResponseCode.REGISTERED, uln: str | None = ULN, **given: Any) -> Values:
        """Add a registration and return what the learner is like then."""
        five = given.pop("five", MAEVE)
        values: Values = five | tagged(len(self.history.operations))
        self.add(Kind.REGISTER, outcome, uln=uln, values=values, **given)
        return values

    def updated(self, before: Values, version: int, outcome: str = ResponseCode.UPDATED, **given: Any) -> Values:
        """Add an update of a version and return what the learner is like when it took effect."""
        values = given.pop("changes", {}) | tagged(len(self.history.operations))
        uln = given.pop("uln", ULN)
        self.add(Kind.UPDATE_SUBSET, outcome, uln=uln, version=version, values=values, **given)
        return {**before, **values}

    def found(self, values: Values, version: int, **given: Any) -> None:
        """Add a find that shows a learner so."""
        uln = given.pop("uln", ULN)
        self.add(Kind.FIND, ResponseCode.EXACT_MATCH, uln=uln, seen=(Seen(uln, version, values),), **given)

    def counted(self, *seen: Seen) -> None:
        """Add the census."""
        self.now += 1_000
        self.add(Kind.CENSUS, ResponseCode.EXACT_MATCH, client=-1, seen=seen)

    def broken(self) -> set[Rule]:
        """Check it and return the rules that were broken."""
        report = check(self.history)
        assert report.verdict is (Verdict.INVALID if report.findings.breaches else Verdict.VALID)
        return {finding.rule for finding in report.findings.breaches}


@pytest.fixture
def told() -> Telling:
    return Telling()


def test_one_thing_after_the_other_is_valid(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1)
    told.found(second, 2)
    told.updated(second, 1, ResponseCode.RECORD_CHANGED, client=1)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == set()


def test_what_happens_at_once_may_be_seen_in_either_order(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1, lasting=50)
    told.found(second, 2, client=1, lasting=20)
    told.found(first, 1, client=2)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == set()


def test_a_lost_update_is_found(told: Telling) -> None:
    first = told.registered()
    told.updated(first, 1)
    other = told.updated(first, 1, client=1)
    told.counted(Seen(ULN, 2, other))
    assert Rule.ACKNOWLEDGED in told.broken()


def test_an_acknowledged_update_that_is_gone_in_the_end_is_found(told: Telling) -> None:
    first = told.registered()
    told.updated(first, 1)
    told.counted(Seen(ULN, 1, first))
    assert told.broken() == {Rule.ACKNOWLEDGED}


def test_an_acknowledged_registration_that_is_gone_in_the_end_is_found(told: Telling) -> None:
    told.registered()
    told.counted()
    assert told.broken() == {Rule.ACKNOWLEDGED}


@pytest.mark.parametrize(("reader", "rule"), [(0, Rule.OWN_WRITES), (1, Rule.ACKNOWLEDGED)])
def test_a_stale_read_after_a_write_is_found(told: Telling, reader: int, rule: Rule) -> None:
    first = told.registered()
    second = told.updated(first, 1)
    told.found(first, 1, client=reader)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == {rule}


def test_a_learner_not_found_after_its_registration_is_found(told: Telling) -> None:
    first = told.registered()
    told.add(Kind.FIND, ResponseCode.NO_MATCH, uln=ULN)
    told.counted(Seen(ULN, 1, first))
    assert told.broken() == {Rule.OWN_WRITES}


def test_a_version_going_back_is_found(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1, lasting=50)
    told.found(second, 2, client=1)
    told.found(first, 1, client=2)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == {Rule.RISING}


def test_what_is_seen_before_it_was_written_is_found(told: Telling) -> None:
    first = told.registered()
    told.found({**first, **tagged(2)}, 2, client=1)
    second = told.updated(first, 1)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == {Rule.RISING}


def test_a_uln_given_twice_is_found(told: Telling) -> None:
    first = told.registered()
    told.registered(five=details(1, 0))
    told.counted(Seen(ULN, 1, first))
    assert Rule.ULN_ONCE in told.broken()


def test_a_registration_that_was_done_twice_is_found(told: Telling) -> None:
    values = told.registered(UNKNOWN, uln=None)
    told.counted(Seen(ULN, 1, values), Seen(OTHER, 1, values))
    assert told.broken() == {Rule.ULN_ONCE, Rule.ALIKE}


def test_two_learners_alike_are_found(told: Telling) -> None:
    first = told.registered()
    second = told.registered(uln=OTHER)
    told.counted(Seen(ULN, 1, first), Seen(OTHER, 1, second))
    assert told.broken() == {Rule.ALIKE}


def test_details_that_were_given_up_may_be_taken(told: Telling) -> None:
    first = told.registered()
    moved = told.updated(first, 1, changes={"LastKnownPostCode": "LS3 9AB"})
    second = told.registered(uln=OTHER)
    told.counted(Seen(ULN, 2, moved), Seen(OTHER, 1, second))
    assert told.broken() == set()


@pytest.mark.parametrize("took_effect", [True, False])
def test_an_unacknowledged_write_may_be_there_or_not(told: Telling, took_effect: bool) -> None:
    first = told.registered()
    second = told.updated(first, 1, UNKNOWN)
    told.found(first, 1, client=1)
    told.counted(Seen(ULN, 2, second) if took_effect else Seen(ULN, 1, first))
    assert told.broken() == set()
    report = check(told.history)
    assert (report.indeterminate_writes, report.found_done) == (1, int(took_effect))


def test_an_unacknowledged_write_seen_and_then_gone_is_found(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1, UNKNOWN)
    told.found(second, 2, client=1)
    told.found(first, 1, client=2)
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == {Rule.RISING}


def test_an_unacknowledged_write_seen_and_then_written_over_is_found(told: Telling) -> None:
    first = told.registered()
    unsure = told.updated(first, 1, UNKNOWN)
    told.found(unsure, 2, client=1)
    other = told.updated(first, 1, client=2)
    told.counted(Seen(ULN, 2, other))
    assert Rule.WHOLE in told.broken()


def test_a_write_that_is_there_in_part_is_found(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1, UNKNOWN, changes={"SchoolAtAge16": "Mill Row Academy"})
    told.counted(Seen(ULN, 2, {name: text for name, text in second.items() if name != "SchoolAtAge16"}))
    assert told.broken() == {Rule.WHOLE}


def test_a_refused_write_that_is_there_is_found(told: Telling) -> None:
    first = told.registered()
    second = told.updated(first, 1)
    refused = told.updated(second, 1, ResponseCode.RECORD_CHANGED)
    told.counted(Seen(ULN, 3, refused))
    assert told.broken() == {Rule.WHOLE}


def test_a_learner_whom_nobody_registered_is_found(told: Telling) -> None:
    told.counted(Seen(ULN, 1, MAEVE | tagged(0)))
    assert told.broken() == {Rule.WHOLE}


def test_refusals_without_a_reason_are_found(told: Telling) -> None:
    told.registered(ResponseCode.NOT_REGISTERED, uln=None)
    first = told.registered()
    told.updated(first, 1, ResponseCode.RECORD_CHANGED)
    told.counted(Seen(ULN, 1, first))
    report = check(told.history)
    assert [finding.rule for finding in report.findings.breaches] == [Rule.REASON, Rule.REASON]


@pytest.mark.parametrize(
    ("code", "gender", "right"),
    [
        (VerificationCode.VERIFIED, "1", True),
        (VerificationCode.VERIFIED, "2", False),
        (VerificationCode.NO_MATCH, "2", True),
        (VerificationCode.NO_MATCH, "1", False),
    ],
)
def test_a_verification_against_what_is_no_longer_so_is_found(
    told: Telling, code: str, gender: str, right: bool
) -> None:
    first = told.registered(five=MAEVE | {"Gender": "2"})
    second = told.updated(first, 1, changes={"Gender": "1"})
    told.add(Kind.VERIFY, code, uln=ULN, values={"Gender": gender})
    told.counted(Seen(ULN, 2, second))
    assert told.broken() == (set() if right else {Rule.OWN_WRITES})


def test_a_search_that_misses_somebody_is_found(told: Telling) -> None:
    first = told.registered()
    told.add(Kind.SEARCH, ResponseCode.NO_MATCH, values=MAEVE)
    told.counted(Seen(ULN, 1, first))
    assert told.broken() == {Rule.ACKNOWLEDGED}


def test_a_search_that_shows_somebody_else_is_found(told: Telling) -> None:
    first = told.registered()
    told.add(Kind.SEARCH, ResponseCode.EXACT_MATCH, values=details(1, 0), seen=(Seen(ULN, 1, first),))
    told.counted(Seen(ULN, 1, first))
    assert told.broken() == {Rule.WHOLE}


def test_an_answer_that_such_a_request_cannot_have_is_found(told: Telling) -> None:
    told.registered("WSEC0999", uln=None)
    told.counted()
    assert told.broken() == {Rule.EXPECTED}


def _without_census(told: Telling) -> None:
    told.registered()


def _without_a_first_version(told: Telling) -> None:
    told.registered(UNKNOWN, uln=None)
    told.counted(Seen(ULN, 2, {name: MAEVE[name] for name in DETAILS}))


def _with_a_gap(told: Telling) -> None:
    first = told.registered()
    told.updated(first, 1, UNKNOWN)
    second = told.updated(first, 1, UNKNOWN, client=1)
    third = told.updated(second, 2)
    told.counted(Seen(ULN, 3, third))


@pytest.mark.parametrize("tell", [_without_census, _without_a_first_version, _with_a_gap])
def test_what_a_history_does_not_tell_is_unknown(told: Telling, tell: Callable[[Telling], None]) -> None:
    tell(told)
    assert check(told.history).verdict is Verdict.UNKNOWN


def test_a_history_is_the_same_after_a_file(told: Telling) -> None:
    first = told.registered()
    told.counted(Seen(ULN, 1, first))
    told.history.disturbances.append(Disturbance(7, Trouble.KILL))
    assert History.from_lines(told.history.lines()) == told.history
