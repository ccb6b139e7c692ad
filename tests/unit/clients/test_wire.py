from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path

import pytest
from lxml import etree

from lrs_client.faults import LrsUnreadableError
from lrs_client.learner import Learner, LearnerToRegister
from lrs_client.wire import read, to_wire, wire_name
from lrs_soap.wsdl import publishing

XS = "{http://www.w3.org/2001/XMLSchema}"
PUBLISHED = Path(publishing.__file__).with_name("published") / "learner_service" / "learner.xsd"


@dataclass(frozen=True)
class Sample:
    uln: str
    born_on: date | None = None
    loaded: datetime | None = None
    version_number: int | None = None
    note: str | None = None


def test_elements_become_fields() -> None:
    source = {"ULN": "9276308686", "BornOn": "2004-02-29", "Loaded": "2020-11-05 16:47:04", "VersionNumber": 3}
    assert read(Sample, source) == Sample(
        uln="9276308686",
        born_on=date(2004, 2, 29),
        loaded=datetime(2020, 11, 5, 16, 47, 4),  # noqa: DTZ001
        version_number=3,
    )


@pytest.mark.parametrize("nothing", ["", None])
def test_empty_elements_are_none_where_a_field_allows_it(nothing: str | None) -> None:
    assert read(Sample, {"ULN": nothing, "BornOn": nothing, "Note": nothing}) == Sample(uln="")


def test_a_date_that_is_none_is_an_unreadable_answer() -> None:
    with pytest.raises(LrsUnreadableError, match="'soon' in the place of a date"):
        read(Sample, {"BornOn": "soon"})


@pytest.mark.parametrize("kind", [LearnerToRegister, Learner])
def test_fields_are_the_elements_of_the_contract(kind: type[LearnerToRegister]) -> None:
    (published,) = (
        each for each in etree.parse(PUBLISHED).iter(f"{XS}complexType") if each.get("name") == kind.__name__
    )
    elements = {str(each.get("name") or each.get("ref")).rpartition(":")[2] for each in published.iter(f"{XS}element")}
    ours = {wire_name(field.name) for field in fields(kind)} - {"LinkedUlns"}
    assert ours == elements - {"LinkedULNs"}


def test_dates_are_written_and_nothing_is_left_out_for_none() -> None:
    written = to_wire({"uln": "9276308686", "date_of_birth": date(2004, 2, 29), "notes": "", "title": None})
    assert written == {"ULN": "9276308686", "DateOfBirth": "2004-02-29", "Notes": ""}
