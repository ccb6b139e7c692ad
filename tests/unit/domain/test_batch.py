"""The records of registration and verification batches: every return code, and what is written."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain import batch
from lrs_soap.domain.actor import Actor
from lrs_soap.domain.batch import Desk
from lrs_soap.domain.codes import Channel, FindType, ReturnCode, VerificationCode, counts_as, is_exception
from lrs_soap.domain.jobs import Result, Source
from lrs_soap.domain.learner import DetailsKey, Learner
from tests.factories import uln_of
from tests.fakes import NOW, InMemoryLearners, a_learner, a_linked_learner

BY = Actor("TEST0101", "mis.user", Channel.BATCH)
MAEVE = a_learner(email_address="maeve@example.org")
FIVE = {
    "FamilyName": "Okafor",
    "GivenName": "Maeve",
    "DateOfBirth": "2004-02-29",
    "Gender": "2",
    "LastKnownPostCode": "LS2 9AB",
}
WHOLE = FIVE | {"VerificationType": "1", "AbilityToShare": "1"}
SOMEBODY_NEW = WHOLE | {"FamilyName": "Quill", "GivenName": "Ada", "DateOfBirth": "2001-05-06"}


class Batch:
    """A batch whose records are dealt with one after the other, over learners in memory."""

    def __init__(self, *learners: Learner, mode: FindType = FindType.FULL, source: Source = Source.WEB_SERVICE) -> None:
        self.learners = InMemoryLearners(*learners)
        self.mode = mode
        self.source = source
        self.stated: list[tuple[str | None, DetailsKey | None]] = []
        self.ulns: list[str] = []
        self._drawn = 0

    def repeat(self, uln: str | None, details: DetailsKey | None) -> bool:
        return any(
            (uln is not None and uln == earlier) or (details is not None and details == alike)
            for earlier, alike in self.stated
        )

    def came_to(self, uln: str) -> bool:
        return uln in self.ulns

    def add(self, values: Mapping[str, str]) -> Result:
        desk = Desk(self.mode, self.source, BY, NOW, self.learners, self, self._randbelow)
        result = batch.process(values, desk)
        self.stated.append(batch.identity(values))
        if result.uln:
            self.ulns.append(result.uln)
        return result

    def learner(self, result: Result) -> Learner:
        assert result.uln is not None
        found = self.learners.get(result.uln)
        assert found is not None
        return found

    def _randbelow(self, most: int) -> int:
        self._drawn += 1
        return self._drawn * 7919 % most


def code(values: Mapping[str, str], *learners: Learner, **options: Any) -> str:
    return Batch(*learners, **options).add(values).code


def test_a_learner_whom_nobody_knows_is_registered() -> None:
    one = Batch()
    result = one.add(SOMEBODY_NEW | {"Notes": "Met at the open day", "DateOfAddressCapture": "2024-09-01"})
    assert result.code == ReturnCode.REGISTERED
    learner = one.learner(result)
    assert (learner.given_name, learner.notes, learner.tier_level) == ("Ada", "Met at the open day", "1")
    assert learner.date_of_address_capture == date(2024, 9, 1)
    assert (learner.created_via, learner.registered_by) == (Channel.BATCH, "TEST0101")


def test_a_known_learner_is_found_and_left_as_is() -> None:
    one = Batch(MAEVE)
    result = one.add(WHOLE | {"FamilyName": "OKAFOR", "LastKnownPostCode": "ls29ab", "EmailAddress": ""})
    assert result == Result(ReturnCode.FOUND, MAEVE.uln)
    assert one.learner(result) == MAEVE


def test_what_differs_beside_the_five_details_is_updated() -> None:
    one = Batch(MAEVE)
    result = one.add(WHOLE | {"EmailAddress": "m.okafor@example.org", "PlaceOfBirth": "Leeds"})
    assert result == Result(ReturnCode.UPDATED, MAEVE.uln)
    learner = one.learner(result)
    assert (learner.email_address, learner.place_of_birth) == ("m.okafor@example.org", "Leeds")
    assert (learner.version, learner.updated_via) == (MAEVE.version + 1, Channel.BATCH)


def test_a_notice_not_seen_takes_nothing_back() -> None:
    assert code(WHOLE | {"AbilityToShare": "0"}, MAEVE) == ReturnCode.FOUND


def test_the_details_of_a_uln_are_confirmed() -> None:
    assert code(WHOLE | {"ULN": MAEVE.uln}, MAEVE) == ReturnCode.CONFIRMED


def test_a_uln_with_the_names_alone_is_enough() -> None:
    named = {"ULN": MAEVE.uln, "GivenName": "Maeve", "FamilyName": "Okafor"}
    assert code(named, MAEVE) == ReturnCode.CONFIRMED
    assert code(named | {"GivenName": "Okafor", "FamilyName": "Maeve"}, MAEVE) == ReturnCode.CONFIRMED


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("FamilyName", "Quill"),
        ("GivenName", "Ada"),
        ("DateOfBirth", "2004-02-28"),
        ("Gender", "9"),
        ("LastKnownPostCode", "M1 1AE"),
    ],
)
def test_one_of_the_five_may_change(element: str, value: str) -> None:
    one = Batch(MAEVE)
    result = one.add(WHOLE | {"ULN": MAEVE.uln, element: value})
    assert result == Result(ReturnCode.UPDATED, MAEVE.uln)
    changed = one.learner(result)
    told = {"FamilyName": changed.family_name, "GivenName": changed.given_name, "Gender": changed.gender}
    told |= {"DateOfBirth": changed.date_of_birth.isoformat(), "LastKnownPostCode": changed.last_known_post_code}
    assert told == FIVE | {element: value}


def test_a_family_name_that_changed_is_kept_as_the_former_one() -> None:
    one = Batch(MAEVE)
    changed = one.learner(one.add(WHOLE | {"ULN": MAEVE.uln, "FamilyName": "Quill"}))
    assert changed.previous_family_name == "Okafor"


@pytest.mark.parametrize(
    "changes",
    [
        {"FamilyName": "Quill", "GivenName": "Ada"},
        {"Gender": "1", "LastKnownPostCode": "M1 1AE"},
        {"FamilyName": "Quill", "DateOfBirth": "2001-05-06"},
    ],
)
def test_two_of_the_five_may_not(changes: dict[str, str]) -> None:
    one = Batch(MAEVE)
    result = one.add(WHOLE | {"ULN": MAEVE.uln} | changes)
    assert (result.code, result.uln) == (ReturnCode.NOT_FOUND, None)
    assert all(name in result.facts["reason"] for name in changes)
    assert one.learners.get(MAEVE.uln) == MAEVE


def test_a_name_does_not_change_on_the_strength_of_a_uln_alone() -> None:
    named = {"ULN": MAEVE.uln, "GivenName": "Maeve", "FamilyName": "Quill"}
    assert code(named, MAEVE) == ReturnCode.NOT_FOUND
    similar = Batch(MAEVE).add(named | {"FamilyName": "Okafar"})
    assert (similar.code, similar.facts["candidates"]) == (ReturnCode.POSSIBLE_MATCHES, [MAEVE.uln])


def test_a_change_may_not_make_two_learners_alike() -> None:
    twin = a_learner(uln_of(7), gender="9")
    result = Batch(MAEVE, twin).add(WHOLE | {"ULN": MAEVE.uln, "Gender": "9"})
    assert result.code == ReturnCode.NOT_FOUND


@pytest.mark.parametrize("status", ["0", None])
def test_a_uln_that_nobody_has(status: str | None) -> None:
    known = () if status is None else (replace(MAEVE, status=status),)
    assert code(WHOLE | {"ULN": MAEVE.uln}, *known) == ReturnCode.NOT_FOUND


def test_linked_learners_come_to_their_master() -> None:
    linked = a_linked_learner(uln_of(8), MAEVE.uln, given_name="Mauve", email_address=None)
    for values in (WHOLE | {"ULN": linked.uln, "GivenName": "Mauve"}, WHOLE | {"GivenName": "Mauve"}):
        assert Batch(MAEVE, linked).add(values) == Result(ReturnCode.LINKED_LEARNER, MAEVE.uln)
    assert code(SOMEBODY_NEW | {"ULN": linked.uln}, MAEVE, linked) == ReturnCode.NOT_FOUND


def test_possible_matches_are_named() -> None:
    result = Batch(MAEVE).add(WHOLE | {"GivenName": "Meave"})
    assert (result.code, result.uln, result.facts["candidates"]) == (ReturnCode.POSSIBLE_MATCHES, None, [MAEVE.uln])


def test_too_many_matches() -> None:
    crowd = [
        a_learner(uln_of(100 + number), last_known_post_code=f"LS{number // 10 + 3} {number % 10}AA")
        for number in range(11)
    ]
    assert code(WHOLE, *crowd) == ReturnCode.TOO_MANY_MATCHES


@pytest.mark.parametrize("element", ["VerificationType", "AbilityToShare"])
def test_too_little_to_register(element: str) -> None:
    result = Batch().add({name: value for name, value in SOMEBODY_NEW.items() if name != element})
    assert result.code == ReturnCode.INSUFFICIENT_DATA
    assert element in result.facts["reason"]


def test_names_without_a_letter_are_too_little() -> None:
    assert code(WHOLE | {"GivenName": "-"}) == ReturnCode.INSUFFICIENT_DATA
    assert code(WHOLE | {"GivenName": "-", "ULN": MAEVE.uln}, MAEVE) == ReturnCode.INSUFFICIENT_DATA


@pytest.mark.parametrize("element", FIVE)
@pytest.mark.parametrize("value", [None, "", " "])
def test_a_mandatory_value_is_empty(element: str, value: str | None) -> None:
    values = {name: given for name, given in WHOLE.items() if name != element}
    if value is not None:
        values[element] = value
    result = Batch(MAEVE).add(values)
    assert result.code == ReturnCode.VALUE_MISSING
    assert element in result.facts["reason"]


def test_a_verification_without_its_description_is_a_value_missing() -> None:
    assert code(WHOLE | {"VerificationType": "999"}) == ReturnCode.VALUE_MISSING
    refused = WHOLE | {"VerificationType": "999", "OtherVerificationDescription": "ILR"}
    assert code(refused) == ReturnCode.WRONG_FORMAT


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("ULN", "1234567894"),
        ("ULN", "12345"),
        ("ULN", "9.28E+09"),
        ("DateOfBirth", "29/02/2004"),
        ("DateOfBirth", "1900-02-29"),
        ("DateOfBirth", "2020-01-01"),
        ("Gender", "F"),
        ("LastKnownPostCode", "nowhere"),
        ("LastKnownPostCode", "ZZ99 3VZ"),
        ("EmailAddress", "none"),
        ("Title", "x" * 36),
        ("FamilyName", "The Prisoner"),
        ("Notes", "a\x0bb"),
        ("ScottishCandidateNumber", "12345678"),
        ("VerificationType", "8"),
        ("AbilityToShare", "Y"),
    ],
)
def test_a_wrong_format(element: str, value: str) -> None:
    result = Batch(MAEVE).add(WHOLE | {element: value})
    assert result.code == ReturnCode.WRONG_FORMAT
    assert element in result.facts["reason"]


@pytest.mark.parametrize("source", [Source.FILE, Source.PORTAL])
@pytest.mark.parametrize("born", ["2020-01-01", "1900-01-01"])
def test_an_age_outside_what_is_permitted_has_a_code_of_its_own_but_by_web_service(source: Source, born: str) -> None:
    assert code(WHOLE | {"DateOfBirth": born}, source=source) == ReturnCode.OUTSIDE_AGE


def test_the_same_learner_twice() -> None:
    one = Batch(MAEVE)
    assert one.add(SOMEBODY_NEW).code == ReturnCode.REGISTERED
    assert one.add(SOMEBODY_NEW | {"GivenName": "ADA"}).code == ReturnCode.REPEATED
    assert one.add(WHOLE | {"ULN": MAEVE.uln}).code == ReturnCode.CONFIRMED
    assert one.add(SOMEBODY_NEW | {"GivenName": "Eve", "ULN": MAEVE.uln}).code == ReturnCode.REPEATED


def test_the_same_learner_twice_by_different_ways() -> None:
    one = Batch(MAEVE)
    assert one.add(WHOLE | {"ULN": MAEVE.uln, "LastKnownPostCode": "M1 1AE"}).code == ReturnCode.UPDATED
    result = one.add({"ULN": "", **WHOLE, "LastKnownPostCode": "M1 1AE"})
    assert result.code == ReturnCode.REPEATED


def test_a_check_batch_writes_nothing() -> None:
    one = Batch(MAEVE, mode=FindType.CHECK)
    assert one.add(WHOLE | {"EmailAddress": "new@example.org"}) == Result(ReturnCode.FOUND, MAEVE.uln)
    assert one.add(SOMEBODY_NEW).code == ReturnCode.NOT_FOUND
    assert list(one.learners) == [MAEVE]


def test_a_check_by_uln() -> None:
    assert code(WHOLE | {"ULN": MAEVE.uln}, MAEVE, mode=FindType.CHECK) == ReturnCode.CONFIRMED
    result = Batch(MAEVE, mode=FindType.CHECK).add(WHOLE | {"ULN": MAEVE.uln, "Gender": "1"})
    assert (result.code, result.facts["candidates"]) == (ReturnCode.POSSIBLE_MATCHES, [MAEVE.uln])


class Overtaken(InMemoryLearners):
    """Learners whom somebody else registers the moment before."""

    def add(self, learner: Learner) -> Any:
        super().add(replace(learner, uln=uln_of(50)))
        return super().add(learner)


def test_a_learner_registered_by_somebody_else_meanwhile_is_found() -> None:
    one = Batch()
    one.learners = Overtaken()
    assert one.add(SOMEBODY_NEW) == Result(ReturnCode.FOUND, uln_of(50))


class Restless(InMemoryLearners):
    """Learners that somebody else changes whenever they have been read."""

    def replace(self, learner: Learner, expected_version: int) -> Any:
        known = self.get(learner.uln)
        assert known is not None
        super().replace(replace(known, version=known.version + 1), known.version)
        return super().replace(learner, expected_version)


def test_a_record_that_always_loses_the_race_is_to_be_tried_anew() -> None:
    one = Batch()
    one.learners = Restless(MAEVE)
    with pytest.raises(batch.RecordRaced):
        one.add(WHOLE | {"EmailAddress": "new@example.org"})


def test_every_return_code_counts_as_something() -> None:
    counted = {code: counts_as(code) for code in ReturnCode}
    assert {code for code, kind in counted.items() if kind == "new"} == {"RC001"}
    assert {code for code, kind in counted.items() if kind == "exists_updated"} == {"RC002", "RC003", "RC004", "RC005"}
    assert {code for code, kind in counted.items() if kind == "possible_match"} == {"RC007", "RC008"}
    assert {code for code, kind in counted.items() if kind == "not_found"} == {"RC009"}
    assert {code for code, kind in counted.items() if kind == "rejected"} == {
        "RC006",
        "RC010",
        "RC011",
        "RC012",
        "RC013",
    }
    assert [code for code in ReturnCode if not is_exception(code)] == list(ReturnCode)[:5]


def test_verification_records_tell_the_identity_in_the_register() -> None:
    learners = InMemoryLearners(MAEVE)
    values = FIVE | {"ULN": MAEVE.uln}
    result = batch.verify_record(values, learners)
    assert (result.code, result.uln) == (VerificationCode.VERIFIED, MAEVE.uln)
    assert result.facts["stored"]["DateOfBirth"] == "2004-02-29"
    never = batch.verify_record(values | {"DateOfBirth": "1900-02-29"}, learners)
    assert (never.code, never.facts) == (VerificationCode.NO_MATCH, {"FailureFlag": ["VRF7"]})
    assert batch.verify_record(values | {"ULN": uln_of(9)}, learners).code == VerificationCode.ULN_NOT_FOUND


NAMES = st.sampled_from(["Maeve", "Meave", "Ada", "Idris", "-", ""])
RECORDS = st.fixed_dictionaries(
    {
        "GivenName": NAMES,
        "FamilyName": st.sampled_from(["Okafor", "Okafar", "Quill", "Pryce"]),
        "DateOfBirth": st.sampled_from(["2004-02-29", "2004-02-28", "2001-05-06", "2020-01-01", ""]),
        "Gender": st.sampled_from(["1", "2", "9"]),
        "LastKnownPostCode": st.sampled_from(["LS2 9AB", "M1 1AE", "CF10 1AA"]),
        "VerificationType": st.sampled_from(["0", "1", ""]),
        "AbilityToShare": st.sampled_from(["0", "1", "2"]),
    },
    optional={
        "ULN": st.sampled_from([MAEVE.uln, uln_of(8), uln_of(9), "123"]),
        "EmailAddress": st.just("a@example.org"),
    },
)


@given(st.lists(RECORDS, max_size=12))
def test_any_batch_submitted_again_registers_nobody(records: list[dict[str, str]]) -> None:
    first = Batch(MAEVE, a_linked_learner(uln_of(8), MAEVE.uln, given_name="Mauve"))
    codes = [first.add(record).code for record in records]
    again = Batch(*first.learners)
    repeated = [again.add(record) for record in records]
    assert not [result for result in repeated if result.code == ReturnCode.REGISTERED]
    assert len(list(again.learners)) == len(list(first.learners)) == 2 + codes.count(ReturnCode.REGISTERED)
    assert all((result.uln is None) == is_exception(result.code) for result in repeated)
