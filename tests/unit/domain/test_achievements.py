"""What becomes of each record that an awarding organisation reports, and what keeps it from becoming anything."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain import tables
from lrs_soap.domain.achievement import Achievement
from lrs_soap.domain.achievements import Outcome, Summary, error_file, process, summarise
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import SubmissionType
from lrs_soap.domain.jobs import JobRecord, Result
from lrs_soap.domain.learning_event import LearningEvent
from tests.factories import (
    achievement,
    achievement_values,
    awarding_organisation,
    learner,
    linked_to,
    organisation,
    qualification,
    uln_of,
)
from tests.fakes import InMemoryAchievements, InMemoryLearners, InMemoryOrganisations, InMemoryQualifications

NOW = datetime(2024, 9, 1, 0, 30, tzinfo=SERVICE_ZONE)
LATER = NOW + timedelta(days=1)
FINAL, PROVISIONAL = SubmissionType.FINAL, SubmissionType.PROVISIONAL
REFERENCE = "UnitOrQualificationReferenceNumber"
MAEVE = learner(1)
FORMER = linked_to(MAEVE, 2, family_name="Obi")
DELETED = learner(3, given_name="Gregory", status="0")
AWARDER = awarding_organisation()
COLLEGE = organisation()
SCHOOL = organisation(ukprn="TEST0202", reference="TST002", name="Test School")
GCSE = qualification()
UNIT = qualification(reference="J/502/3295", title="Using Lathes", qualification_type="QCF Unit", grades=(), credits=3)
BTEC = qualification(reference="601/2345/6", title="Sport", grades=("D*", "D", "M", "P"), sensitive=True)


@dataclass
class Register:
    """A register with a few learners, qualifications and providers, and the achievements reported so far."""

    achievements: InMemoryAchievements = field(default_factory=InMemoryAchievements)

    def send(self, kind: SubmissionType = FINAL, now: datetime = NOW, **values: str | None) -> Result:
        return self.send_record(achievement_values(MAEVE, **values), kind, now)

    def send_record(
        self, values: dict[str, str], kind: SubmissionType = FINAL, now: datetime = NOW, **more: Any
    ) -> Result:
        known: dict[str, Any] = {"reporter": AWARDER, "achievements": self.achievements}
        return process(
            values,
            submission_type=kind,
            now=now,
            learners=InMemoryLearners(MAEVE, FORMER, DELETED),
            qualifications=InMemoryQualifications(GCSE, UNIT, BTEC),
            organisations=InMemoryOrganisations(COLLEGE, SCHOOL),
            **(known | more),
        )

    @property
    def only(self) -> Achievement:
        (found,) = self.achievements
        return found


@pytest.fixture
def register() -> Register:
    return Register()


def errors(result: Result) -> list[tuple[str, str]]:
    return [(error["field"], error["code"]) for error in result.facts.get("errors", ())]


def test_an_achievement_becomes_a_learning_event(register: Register) -> None:
    result = register.send(LanguageForAssessment="cy", ProviderUkprn="test0101")
    assert result == Result(Outcome.CREATED, MAEVE.uln)
    assert register.only == Achievement(
        LearningEvent(
            event_id=1,
            uln=MAEVE.uln,
            source="AO",
            subject="GCSE in Sociology",
            subject_code="60012345",
            qualification_type="GCSE",
            level="Level 2",
            grade="7",
            credits=0,
            award_date=date(2024, 8, 22),
            provider_name="Test College",
            provider_ukprn="TEST0101",
            awarding_organisation_name="Test Awarding Body",
            awarding_organisation="AWD001",
            status="F",
            date_loaded=NOW,
            language="CYM",
        ),
        "AWARD001",
    )


def test_what_the_qualification_says_goes_into_the_event(register: Register) -> None:
    register.send(UnitOrQualificationReferenceNumber="j5023295", Grade=None)
    register.send(UnitOrQualificationReferenceNumber="60123456", Grade="d*")
    unit, btec = (one.event for one in register.achievements)
    assert (unit.subject_code, unit.credits, unit.grade, unit.sensitive) == ("J/502/3295", 3, None, False)
    assert (btec.subject_code, btec.grade, btec.sensitive) == ("601/2345/6", "D*", True)


def test_the_event_belongs_to_the_live_learner(register: Register) -> None:
    result = register.send_record(achievement_values(FORMER))
    assert result == Result(Outcome.CREATED, MAEVE.uln)
    assert register.only.event.uln == MAEVE.uln
    assert register.send().code == Outcome.UNCHANGED


def test_an_achievement_reported_under_a_linked_uln_is_found_and_stays_there() -> None:
    register = Register(InMemoryAchievements(achievement(FORMER, event_id=5)))
    assert register.send(Grade="8") == Result(Outcome.UPDATED, MAEVE.uln)
    assert (register.only.event.event_id, register.only.event.uln, register.only.event.grade) == (5, FORMER.uln, "8")


@pytest.mark.parametrize(
    ("changes", "attribute", "value"),
    [
        ({"Grade": "8"}, "grade", "8"),
        ({"ProviderUkprn": "TEST0202"}, "provider_name", "Test School"),
        ({"LanguageForAssessment": "ENG"}, "language", "ENG"),
    ],
)
def test_different_facts_update(changes: dict[str, Any], attribute: str, value: str, register: Register) -> None:
    register.send(LanguageForAssessment="CYM")
    assert register.send(now=LATER, **{"LanguageForAssessment": "CYM"} | changes).code == Outcome.UPDATED
    assert getattr(register.only.event, attribute) == value
    assert (register.only.event.event_id, register.only.event.date_loaded) == (1, LATER)


def test_the_same_facts_change_nothing(register: Register) -> None:
    register.send(LanguageForAssessment="CYM")
    before = register.only
    same: dict[str, Any] = {
        "LanguageForAssessment": "Cym",
        "Grade": "7 ",
        "Action": "01",
        "AchievementAwardDate": "2024-08-22T09:30:00",
    }
    assert register.send(now=LATER, **same) == Result(Outcome.UNCHANGED, MAEVE.uln)
    assert register.send(now=LATER, ActionDate="2024-08-30T00:00:00", MisIdentifier=None).code == Outcome.UNCHANGED
    assert register.only == before


def test_a_language_left_out_stays(register: Register) -> None:
    register.send(LanguageForAssessment="CYM")
    assert register.send(Grade="8").code == Outcome.UPDATED
    assert register.only.event.language == "CYM"


@pytest.mark.parametrize(
    "changes", [{"AchievementAwardDate": "2024-08-21T00:00:00"}, {REFERENCE: "60123456", "Grade": "M"}]
)
def test_another_date_or_reference_is_another_achievement(changes: dict[str, Any], register: Register) -> None:
    register.send()
    assert register.send(**changes).code == Outcome.CREATED
    assert len(list(register.achievements)) == 2


def test_another_reporter_reports_another_achievement(register: Register) -> None:
    register.send()
    other = awarding_organisation(ukprn="AWARD002", reference="AWD002")
    assert register.send_record(achievement_values(MAEVE), reporter=other).code == Outcome.CREATED
    assert register.send_record(achievement_values(MAEVE, Action="2"), reporter=other).code == Outcome.WITHDRAWN
    assert [one.withdrawn for one in register.achievements] == [False, True]


@pytest.mark.parametrize("grade", ["7", "8"])
def test_a_provisional_achievement_is_promoted(grade: str, register: Register) -> None:
    assert register.send(PROVISIONAL).code == Outcome.CREATED
    assert register.only.event.status == "P"
    assert register.send(PROVISIONAL, Grade="6").code == Outcome.UPDATED
    assert register.send(FINAL, LATER, Grade=grade).code == Outcome.PROMOTED
    event = register.only.event
    assert (event.status, event.grade, event.date_loaded) == ("F", grade, LATER)


def test_an_achievement_is_withdrawn_and_reinstated(register: Register) -> None:
    register.send(PROVISIONAL, LanguageForAssessment="CYM")
    before = register.only
    outcomes = [register.send(now=LATER, Action=action, Grade=None).code for action in "223322"]
    assert outcomes == ["withdrawn", "unchanged", "reinstated", "unchanged", "withdrawn", "unchanged"]
    assert register.only == replace(before, withdrawn=True)


@pytest.mark.parametrize("element", ["AchievementAwardDate", "Action", "ActionDate", "FamilyName", "GivenName"])
@pytest.mark.parametrize("value", [None, " "])
def test_a_mandatory_value_is_demanded(element: str, value: Any, register: Register) -> None:
    assert errors(register.send(**{element: value})) == [(element, "FD001")]


@pytest.mark.parametrize(
    ("element", "value", "code"),
    [
        ("ProviderUkprn", None, "FD001"),
        ("Uln", None, "FD001"),
        (REFERENCE, None, "FD001"),
        ("Uln", "927630868", "FD002"),
        ("Uln", "0276308686", "FD002"),
        ("Uln", "9276 308 686", "FD002"),
        ("Uln", "\uff19276308686", "FD002"),
        ("Uln", "1234567894", "FD003"),
        ("FamilyName", "x" * 36, "FD004"),
        ("GivenName", "x" * 36, "FD004"),
        ("Grade", "x" * 36, "FD004"),
        ("ActionReason", "x" * 255, "FD004"),
        ("MisIdentifier", "x" * 129, "FD004"),
        ("GivenName", "-", "FD005"),
        ("FamilyName", "007", "FD005"),
        ("AchievementAwardDate", "2024-08-22", "FD006"),
        ("AchievementAwardDate", "2024-02-30T00:00:00", "FD006"),
        ("AchievementAwardDate", "0001-01-01T00:00:00", "FD006"),
        ("ActionDate", "22/08/2024", "FD006"),
        ("ActionDate", "2024-08-22T24:00:00", "FD006"),
        ("ActionDate", "20240822T000000", "FD006"),
        ("DateofBirth", "soon", "FD006"),
        ("DateofBirth", "2004-02-29T00:00:00+15:00", "FD006"),
        ("ActionDate", "2024-09-02T00:00:00", "FD007"),
        ("ActionDate", "2024-09-01T23:00:00Z", "FD007"),
        ("ActionDate", "2024-08-21T00:00:00", "FD008"),
        ("Gender", "3", "FD009"),
        ("Gender", "F", "FD009"),
        ("ProviderUkprn", "TEST101", "FD010"),
        ("ProviderUkprn", "TEST-101", "FD010"),
        (REFERENCE, "60012345678", "FD011"),
        (REFERENCE, "6001 345", "FD011"),
        (REFERENCE, "//", "FD011"),
        ("Action", "0", "FD012"),
        ("Action", "4", "FD012"),
        ("Action", "-1", "FD012"),
        ("Action", "1.0", "FD012"),
        ("Action", "9" * 5000, "FD012"),
        ("LanguageForAssessment", "FR", "FD013"),
        ("LearnerPostcode", "LS2", "FD014"),
        ("LearnerPostcode", "LS2 9AB LS2 9AB", "FD014"),
    ],
)
def test_each_field_data_error(element: str, value: Any, code: str, register: Register) -> None:
    result = register.send(**{element: value})
    assert (result.code, result.uln) == (Outcome.FIELD_DATA_ERROR, None)
    assert errors(result) == [(element, code)]
    assert not list(register.achievements)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("ActionDate", "2024-09-01T23:59:59"),
        ("ActionDate", "2024-08-31T23:30:00Z"),
        ("ActionDate", "2024-08-22T00:00:00"),
        ("ActionDate", "2024-08-22T00:00:00.0000000+01:00"),
        ("AchievementAwardDate", "2024-08-21T23:00:00Z"),
        ("DateofBirth", None),
        ("Gender", None),
        ("Gender", "+2"),
        ("LanguageForAssessment", "En"),
        ("LearnerPostcode", "ls29ab"),
        ("LearnerPostcode", "BFPO 57"),
        ("Grade", " 7 "),
    ],
)
def test_what_is_no_field_data_error(element: str, value: Any, register: Register) -> None:
    assert register.send(**{element: value}).code == Outcome.CREATED
    assert register.only.event.award_date == date(2024, 8, 22)


def test_an_award_in_the_future_is_told_beside_the_action_before_it(register: Register) -> None:
    result = register.send(AchievementAwardDate="2024-09-02T00:00:00")
    assert errors(result) == [("AchievementAwardDate", "FD007"), ("ActionDate", "FD008")]


def test_all_field_data_errors_are_listed_and_nothing_else(register: Register) -> None:
    result = register.send_record({"Action": "x", "Uln": "1", "GivenName": "Nobody", "Grade": "no such"})
    assert errors(result) == [
        ("AchievementAwardDate", "FD001"),
        ("Action", "FD012"),
        ("ActionDate", "FD001"),
        ("FamilyName", "FD001"),
        ("ProviderUkprn", "FD001"),
        ("Uln", "FD002"),
        (REFERENCE, "FD001"),
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Uln": uln_of(99)}, [("Uln", "LD001")]),
        ({"Uln": DELETED.uln, "GivenName": "Gregory"}, [("Uln", "LD001")]),
        ({"GivenName": "Ann"}, [("GivenName", "LD002")]),
        ({"GivenName": "Maev"}, [("GivenName", "LD002")]),
        ({"FamilyName": "Smith"}, [("FamilyName", "LD002")]),
        ({"DateofBirth": "2004-02-28T00:00:00"}, [("DateofBirth", "LD003")]),
        ({"Gender": "1"}, [("Gender", "LD004")]),
        (
            {"GivenName": "Ann", "FamilyName": "Smith", "DateofBirth": "1999-01-01T00:00:00", "Gender": "1"},
            [("GivenName", "LD002"), ("FamilyName", "LD002"), ("DateofBirth", "LD003"), ("Gender", "LD004")],
        ),
    ],
)
def test_each_learner_data_error(changes: dict[str, Any], told: list[tuple[str, str]], register: Register) -> None:
    result = register.send(**changes, Grade="no such")
    assert (result.code, result.uln) == (Outcome.LEARNER_DATA_ERROR, None)
    assert errors(result) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({REFERENCE: "60099999"}, [(REFERENCE, "BR001")]),
        ({REFERENCE: "60099999", "Action": "2"}, [(REFERENCE, "BR001")]),
        ({"ProviderUkprn": "TEST0909"}, [("ProviderUkprn", "BR002")]),
        ({"Grade": None}, [("Grade", "BR003")]),
        ({"Grade": "A"}, [("Grade", "BR004")]),
        ({REFERENCE: "J/502/3295"}, [("Grade", "BR005")]),
        ({"Action": "2"}, [("Action", "BR006")]),
        ({"Action": "3"}, [("Action", "BR007")]),
        ({"ProviderUkprn": "TEST0909", REFERENCE: "60099999"}, [("ProviderUkprn", "BR002"), (REFERENCE, "BR001")]),
        (
            {"ProviderUkprn": "TEST0909", "Grade": "A", "Action": "3"},
            [("ProviderUkprn", "BR002"), ("Grade", "BR004"), ("Action", "BR007")],
        ),
    ],
)
def test_each_business_rule_error(changes: dict[str, Any], told: list[tuple[str, str]], register: Register) -> None:
    result = register.send(**changes)
    assert (result.code, result.uln) == (Outcome.BUSINESS_RULE_ERROR, None)
    assert errors(result) == told
    assert not list(register.achievements)


def test_a_withdrawn_achievement_is_not_changed_before_it_is_reinstated(register: Register) -> None:
    register.send()
    register.send(Action="2")
    assert errors(register.send(Grade="8")) == [("Action", "BR008")]
    assert errors(register.send(PROVISIONAL)) == [("Action", "BR008"), (REFERENCE, "BR009")]
    assert register.only.event.grade == "7"


def test_what_is_final_is_not_reported_as_provisional(register: Register) -> None:
    register.send()
    assert errors(register.send(PROVISIONAL, Grade="8")) == [(REFERENCE, "BR009")]
    assert register.send(PROVISIONAL, Action="2").code == Outcome.WITHDRAWN


class Overtaken(InMemoryAchievements):
    """Achievements that another worker adds to just before this one does."""

    def add(self, achievement: Achievement) -> bool:
        faster = replace(achievement, event=replace(achievement.event, grade="9"))
        assert super().add(faster)
        return super().add(achievement)


def test_whoever_was_faster_to_add_is_updated() -> None:
    register = Register(Overtaken())
    assert register.send().code == Outcome.UPDATED
    assert register.only.event.grade == "7"


class Hiding(InMemoryAchievements):
    def find(self, *_: object, **__: object) -> None:
        return None


def test_an_achievement_that_is_there_and_cannot_be_found_is_an_error() -> None:
    register = Register(Hiding(achievement(MAEVE, event_id=1)))
    with pytest.raises(RuntimeError, match="cannot be found"):
        register.send()


def test_every_text_says_what_to_do_and_quotes_what_was_sent(register: Register) -> None:
    (error,) = register.send(Grade="Z").facts["errors"]
    assert error["text"] == ("'Z' is not a grade of the qualification. Send one of 9, 8, 7, 6, 5, 4, 3, 2, 1, U.")
    (error,) = register.send(FamilyName="x" * 99).facts["errors"]
    assert error["text"] == "FamilyName may have at most 35 characters. Shorten it."
    (error,) = register.send(Gender="{field}" * 20).facts["errors"]
    assert error["text"].startswith("'" + ("{field}" * 20)[:60] + "…' is not a gender.")
    for text in tables.load("achievement_errors")["errors"].values():
        assert text.endswith(".")
        assert text.count(". ") >= 1


def records(changes: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    return [achievement_values(MAEVE, **one) for one in changes]


SENT = st.fixed_dictionaries(
    {
        "Action": st.sampled_from("113"),
        "AchievementAwardDate": st.sampled_from(["2024-08-22T00:00:00", "2024-08-21T00:00:00"]),
        "Grade": st.sampled_from(["7", "8", "M", "no such"]),
        REFERENCE: st.sampled_from(["60012345", "601/2345/6", "6-0123456", "60099999"]),
    },
    optional={
        "LanguageForAssessment": st.sampled_from(["ENG", "cy", "FR"]),
        "ProviderUkprn": st.sampled_from(["TEST0202", "TEST0909"]),
        "Uln": st.sampled_from([FORMER.uln, uln_of(99)]),
    },
)


@given(st.lists(SENT, max_size=12), st.sampled_from(SubmissionType))
def test_the_same_submission_twice_is_the_same_as_once(sent: list[dict[str, str]], kind: SubmissionType) -> None:
    register = Register()
    for record in records(sent):
        register.send_record(record, kind)
    after_once = list(register.achievements)
    for record in records(sent):
        register.send_record(record, kind)
    assert list(register.achievements) == after_once


@given(st.lists(SENT, max_size=12), st.sampled_from(SubmissionType))
def test_a_record_sent_again_at_once_changes_nothing(sent: list[dict[str, str]], kind: SubmissionType) -> None:
    register = Register()
    for record in records(sent):
        first, again = register.send_record(record, kind), register.send_record(record, kind, LATER)
        assert again == (first if first.facts else Result(Outcome.UNCHANGED, MAEVE.uln))


@given(st.lists(SENT, max_size=12), st.sampled_from(SubmissionType))
def test_no_achievement_is_there_twice(sent: list[dict[str, str]], kind: SubmissionType) -> None:
    register = Register()
    codes = Counter(register.send_record(record, kind).code for record in records(sent))
    assert codes[Outcome.CREATED] == len(list(register.achievements))
    identities = Counter((one.event.uln, one.event.subject_code, one.event.award_date) for one in register.achievements)
    assert set(identities.values()) <= {1}


def test_the_file_of_errors_has_a_line_per_error() -> None:
    results = [
        (Result("created", MAEVE.uln), {}),
        (Register().send(Grade="A, B", ProviderUkprn="TEST0909"), {"MisIdentifier": 'a "b",\nc'}),
        (Register().send(Uln=uln_of(99)), {}),
    ]
    jobs = [JobRecord(place, values, result) for place, (result, values) in enumerate(results, 1)]
    lines = list(error_file([*jobs, JobRecord(4, {})]))
    assert len(lines) == 4
    heading, *rows = csv.reader("".join(lines).splitlines(keepends=True))
    assert heading == ["RecordNumber", "MisIdentifier", "Field", "Code", "Text"]
    assert [row[:4] for row in rows] == [
        ["2", 'a "b",\nc', "ProviderUkprn", "BR002"],
        ["2", 'a "b",\nc', "Grade", "BR004"],
        ["3", "", "Uln", "LD001"],
    ]
    assert rows[1][4].startswith("'A, B' is not a grade of the qualification.")


def test_without_errors_the_file_is_its_heading() -> None:
    assert list(error_file([])) == ["RecordNumber,MisIdentifier,Field,Code,Text\n"]


def test_a_submission_is_summarised() -> None:
    counts = {outcome.value: number for number, outcome in enumerate(Outcome, 1)}
    expected = Summary(
        created=1,
        updated=2,
        promoted=3,
        withdrawn=4,
        reinstated=5,
        field_data_errors=7,
        learner_data_errors=8,
        business_rule_errors=9,
        successful_final=21,
        successful_provisional=0,
        percentage_successful=46.67,
    )
    assert summarise(counts, FINAL) == expected
    assert summarise(counts, PROVISIONAL) == replace(expected, successful_final=0, successful_provisional=21)


@given(st.dictionaries(st.sampled_from(Outcome), st.integers(0, 5000)), st.sampled_from(SubmissionType))
def test_successes_and_errors_are_all_records(counts: dict[str, int], kind: SubmissionType) -> None:
    told = summarise(counts, kind)
    wrong = told.field_data_errors + told.learner_data_errors + told.business_rule_errors
    assert told.successful_final + told.successful_provisional + wrong == sum(counts.values())
    assert 0 <= told.percentage_successful <= 100
    assert (told.percentage_successful == 100) == (wrong == 0 < sum(counts.values())) or sum(counts.values()) > 5000
