"""Holding requests against the schema: which are known, in place or alone, large ones and hostile ones."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree

from lrs_soap.wsdl.declarations import read_declarations
from lrs_soap.wsdl.publishing import SERVICES, request_messages
from lrs_soap.wsdl.validation import RequestSchema, request_schema
from tests.unit.wsdl.requests import ACHIEVEMENT, BATCH_LEARNER, VALID, check, in_envelope, member, parsed

VERIFY_LEARNER = "<Learner><ULN>9276308686</ULN><FamilyName>Okafor</FamilyName><GivenName>Maeve</GivenName></Learner>"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_its_own_requests(service: str) -> None:
    schema = request_schema(service)
    assert all(schema.knows(name) for name in request_messages(service))
    assert not schema.knows("{http://api.lrs.miap.gov.uk/findmsg}FindLearnerResponse")
    assert not schema.knows("FindLearnerByULN")


def test_the_learner_register_takes_only_its_own_part_of_the_messages() -> None:
    register = request_schema("LearnerRegister")
    assert register.check(parsed("FindLearnerByULN")) is None
    assert register.check(parsed("GetLearnerLearningEvents")) is None
    violation = register.check(parsed("ViewAudit"))
    assert violation is not None
    assert violation.text == "cvc-elt.1: Cannot find the declaration of element 't:ViewAudit'."


def test_a_schema_is_compiled_once() -> None:
    assert request_schema("LearnerService") is request_schema("LearnerService")


def test_an_unknown_service() -> None:
    with pytest.raises(ValueError, match="no such service"):
        request_schema("Nobody")


def test_the_request_is_left_in_its_envelope_as_it_was() -> None:
    message = parsed("RegisterLearner")
    envelope = message.getroottree().getroot()
    before = etree.tostring(envelope)
    member(message, "Gender").text = "3"
    assert check(message) is not None
    member(message, "Gender").text = "2"
    assert check(message) is None
    assert etree.tostring(envelope) == before


def test_a_prefix_that_only_the_envelope_declares_counts() -> None:
    typed = VALID["RegisterLearner"].replace("<Learner>", "<Learner xsi:type='far:LearnerToRegister'>")
    assert check(in_envelope(typed)) is None
    assert check(in_envelope(typed.replace("<Gender>2", "<Gender>3"))) is not None


def batch(learners: int, learner: str = BATCH_LEARNER) -> etree._Element:
    one = f"<Learner>{BATCH_LEARNER}</Learner>"
    return in_envelope(VALID["SubmitBatch"].replace(one, f"<Learner>{learner}</Learner>" * learners))


def test_a_full_batch_is_valid() -> None:
    assert check(batch(200)) is None


def test_the_last_learner_of_a_full_batch_counts() -> None:
    message = batch(200)
    member(message[-1], "Gender").text = "3"
    violation = check(message)
    assert violation is not None
    assert violation.element == "Gender"


def test_5000_achievements_are_valid() -> None:
    one = f"<s:Achievement>{ACHIEVEMENT}</s:Achievement>"
    assert check(in_envelope(VALID["SubmitAchievementBatchJob"].replace(one, one * 5000))) is None


@pytest.mark.parametrize("place", ["<UserName", "<m:FindLearnerByULN"])
def test_180_000_attributes_are_refused(place: str) -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(180_000))
    violation = check(in_envelope(VALID["FindLearnerByULN"].replace(place, f"{place} {attributes}", 1)))
    assert violation is not None
    assert "'a0'" in violation.text


@pytest.mark.parametrize("place", ["<FindType>", "<UserName>"])
def test_100_000_unknown_children_are_refused(place: str) -> None:
    strangers = "<Trace/>" * 100_000
    violation = check(in_envelope(VALID["FindLearnerByULN"].replace(place, f"{place}{strangers}", 1)))
    assert violation is not None
    assert violation.text.startswith("cvc-type.3.1.2")


def test_100_000_faulty_learners_are_refused_by_the_first() -> None:
    faulty = "<Learner><ULN/><FamilyName/></Learner>" * 100_000
    violation = check(in_envelope(VALID["SubmitVerifyBatch"].replace(VERIFY_LEARNER, faulty)))
    assert violation is not None
    assert (violation.element, violation.text[:18]) == ("ULN", "cvc-pattern-valid:")


def test_threads_may_share_a_schema() -> None:
    names = ["FindLearnerByULN", "RegisterLearner", "SubmitBatch"] * 200

    def judge(name: str) -> tuple[bool, bool]:
        message = parsed(name)
        faulty = parsed(name)
        member(faulty, "UserName").text = ""
        return check(message) is None, check(faulty) is None

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(judge, names)) == {(True, False)}


def test_what_only_libxml2_finds_is_reported_in_its_words(tmp_path: Path) -> None:
    schema = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="M" type="xs:{}"/></xs:schema>'
    loose, strict = tmp_path / "loose.xsd", tmp_path / "strict.xsd"
    loose.write_text(schema.format("string"), encoding="utf-8")
    strict.write_text(schema.format("dateTime"), encoding="utf-8")
    checked = RequestSchema(frozenset({"M"}), etree.XMLSchema(etree.parse(strict)), read_declarations(loose))
    violation = checked.check(etree.fromstring("<M>today</M>"))
    assert violation is not None
    assert violation.text.startswith("cvc-datatype-valid.1.2.1: ")
    assert "'today' is not a valid value" in violation.text


def test_a_value_that_libxml2_gives_up_on_is_refused() -> None:
    message = parsed("RegisterLearner")
    member(message, "EmailAddress").text = "a@" + "aa." * 2_600_000
    violation = check(message)
    assert violation is not None
    assert violation.text.startswith("cvc-pattern-valid: Value 'a@aa.aa.")
    assert len(violation.text) < 1000
