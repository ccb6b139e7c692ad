"""What is written of a message is read back the same, in either dialect."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.services import ns
from lrs_soap.services.messages import batch, external, find, learner, model, r9, report, verify_batch
from lrs_soap.services.messages.members import NIL, make
from lrs_soap.services.reading import compile_reader
from lrs_soap.services.spyne_support import ComplexModel
from lrs_soap.services.writing import ContractDialect, Dialect, LegacyDialect, compile_root, escape

# Any text that XML can carry; a reader sees every line end as a line feed, so the writer must escape the others.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff", min_codepoint=32))
TEXTS |= st.sampled_from(["", " ", "a\tb\nc\rd", "]]>", "<ULN>&amp;"])


def messages(kind: Any) -> st.SearchStrategy[Any]:
    """Give messages of a model, any of its members absent."""
    members = {
        name: values(member)
        for name, member in kind.get_flat_type_info(kind).items()
        if member.get_type_name() in ("string", "int", "long") or issubclass(member, ComplexModel)
    }
    return st.fixed_dictionaries({}, optional=members).map(lambda known: make(kind.__orig__ or kind, **known))


def values(member: Any) -> st.SearchStrategy[Any]:
    """Give values of a member."""
    if issubclass(member, ComplexModel):
        one = messages(member)
    elif member.get_type_name() == "string":
        one = TEXTS
    else:
        one = st.integers(-(2**31), 2**31 - 1)
    return st.lists(one, min_size=1, max_size=2) if member.Attributes.max_occurs > 1 else one


def written(message: Any, kind: Any, dialect: Dialect) -> etree._Element:
    pieces: list[str] = []
    compile_root(kind.get_type_name(), kind.get_namespace(), kind, dialect)(message, pieces.append)
    return etree.fromstring("".join(pieces))


def plain(message: Any) -> Any:
    """Return a message as nested dictionaries, absent members left out."""
    if isinstance(message, list):
        return [plain(item) for item in message]
    if hasattr(message, "__dict__"):
        return {name: plain(value) for name, value in message.__dict__.items() if value is not None}
    return message


LEGACY = [
    find.FindLearnerResp,
    learner.Learner,
    report.RetrieveULNsResp,
    batch.BatchRegistrationRqst,
    batch.BatchOutputResp,
    verify_batch.VerifyBatchRqst,
    verify_batch.VerifyBatchOutputResp,
]
CONTRACT = [
    r9.GetLearnerLearningEventsResponse,
    r9.GetOrganisationResponse,
    r9.UpdateLearnerSubsetFieldsResponse,
    external.SubmitAchievementBatchJob,
    external.SubmitAchievementBatchJobResponse,
]
PLAIN = ContractDialect()
KINDS = [*((kind, LegacyDialect()) for kind in LEGACY), *((kind, ContractDialect()) for kind in CONTRACT)]


@pytest.mark.parametrize(("kind", "dialect"), KINDS, ids=[kind.__name__ for kind, _ in KINDS])
def test_round_trip(kind: Any, dialect: Dialect) -> None:
    read = compile_reader(kind)

    @given(messages(kind))
    def holds(message: Any) -> None:
        assert plain(read(written(message, kind, dialect))) == plain(message)

    holds()


def test_nil_is_sent_as_nil_and_read_as_absent() -> None:
    record = make(model.ArrayOfLearningEvent, LearningEvent=[make(model.LearningEvent, Level=NIL, Grade="")])
    result = make(model.GetLearnerLearningEventsResponse, LearnerRecord=record)
    answer = make(r9.GetLearnerLearningEventsResponse, GetLearnerLearningEventsResult=result)
    root = written(answer, r9.GetLearnerLearningEventsResponse, ContractDialect())
    (grade, level) = root[0][0][0]
    assert (grade.tag, grade.text, len(grade.attrib)) == (f"{{{ns.MODEL}}}Grade", None, 0)
    assert level.attrib.items() == [(f"{{{ns.XSI}}}nil", "true")]
    read = compile_reader(r9.GetLearnerLearningEventsResponse)(root)
    assert read.GetLearnerLearningEventsResult.LearnerRecord.LearningEvent[0].Level is None


ACHIEVEMENT = f"""<s:Achievement xmlns:s="{ns.EXTERNAL}" xmlns:xsi="{ns.XSI}">
<s:AchievementAwardDate>2024-08-22T00:00:00+01:00</s:AchievementAwardDate><s:Action> 01 </s:Action>
<s:ActionDate>2024-08-23T09:00:00.25Z</s:ActionDate>
<s:DateofBirth xsi:nil="true"/><s:Gender>0</s:Gender><s:Grade> A </s:Grade></s:Achievement>"""


def test_a_moment_that_was_sent_stays_a_text() -> None:
    read = compile_reader(external.Achievement)(etree.fromstring(ACHIEVEMENT))
    assert plain(read) == {
        "AchievementAwardDate": "2024-08-22T00:00:00+01:00",
        "Action": 1,
        "ActionDate": "2024-08-23T09:00:00.25Z",
        "Gender": 0,
        "Grade": " A ",
    }


def test_a_moment_is_sent_as_the_time_in_the_services_zone() -> None:
    moment = datetime(2026, 6, 1, 10, 30, 0, 999, tzinfo=SERVICE_ZONE)
    root = written(make(model.AchievementBatchJobResponse, EndDate=moment), model.AchievementBatchJobResponse, PLAIN)
    assert root[0].text == "2026-06-01T10:30:00"


@pytest.mark.parametrize(
    ("number", "text"), [(0.0, "0"), (100.0, "100"), (66.67, "66.67"), (0.02, "0.02"), (99.98, "99.98")]
)
def test_fractions_are_sent_as_people_write_them(number: float, text: str) -> None:
    answer = make(model.AchievementBatchJobResponse, PercentageSuccessfulRecords=number)
    assert written(answer, model.AchievementBatchJobResponse, PLAIN)[0].text == text


@given(st.text())
def test_whatever_a_value_holds_the_answer_is_well_formed(text: str) -> None:
    parsed = etree.fromstring(f"<a>{escape(text)}</a>")
    assert len(parsed.text or "") == len(text)
