"""Tables of qualifications in CSV, and the one that comes with the service."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lrs_soap.domain.achievement import Qualification
from lrs_soap.domain.qualifications import GRADE_SETS
from lrs_soap.store import Store
from lrs_soap.worlds import Loaded, load_files, load_qualifications
from lrs_soap.worlds.qualification_table import COLUMNS
from tests.unit.worlds.conftest import MEANS, Load

Refused = Callable[..., list[str]]


def row(number: int = 1, **values: str) -> dict[str, str]:
    return {"QualificationReference": f"6995{number:04d}", "Title": "Bee-keeping", "QualificationType": "GCSE"} | values


def table(*rows: dict[str, str], heading: tuple[str, ...] = COLUMNS) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(heading)
    writer.writerows([values.get(column, "") for column in COLUMNS] for values in rows)
    return text.getvalue()


def loaded(store: Store, reference: str) -> Qualification | None:
    with store.reading() as work:
        return work.qualifications.get(reference)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without BOM", "with BOM"])
def test_a_row_becomes_a_qualification(mark: bytes, load: Load, store: Store) -> None:
    full = row(Title="Tŷ, a\nhouse", Level="Level 2", Credits="13", GradeSet="GCE-AS", Sensitive="Y")
    assert load(mark + table(full, row(2)).encode(), "some.csv") == Loaded(qualifications=2)
    assert loaded(store, "69950001") == Qualification(
        reference="69950001",
        title="Tŷ, a\nhouse",
        qualification_type="GCSE",
        level="Level 2",
        credits=13,
        grades=("A", "B", "C", "D", "E"),
        sensitive=True,
    )
    assert loaded(store, "699/5000/2") == Qualification(
        reference="69950002", title="Bee-keeping", qualification_type="GCSE"
    )


def test_grades_may_be_written_out(load: Load, store: Store) -> None:
    load(table(row(GradeSet="D M P")), "qualifications.CSV")
    found = loaded(store, "69950001")
    assert found is not None
    assert found.grades == ("D", "M", "P")


def test_a_reference_that_is_there_is_replaced(load: Load, store: Store) -> None:
    load(table(row(), row(2)), "qualifications.csv")
    assert load(table(row(QualificationReference="699/5000/1", Title="Wax")), "more.csv") == Loaded(qualifications=1)
    found = loaded(store, "69950001")
    assert found is not None
    assert (found.reference, found.title) == ("699/5000/1", "Wax")
    with store.reading() as work:
        assert work.qualifications.count() == 2


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"QualificationReference": ""}, "QualificationReference: missing; give 1 to 10 letters, digits, slashes"),
        ({"QualificationReference": "699 50001"}, "QualificationReference: '699 50001' should be 1 to 10 letters"),
        ({"Title": ""}, "Title: missing; give 1 to 254 characters"),
        ({"Title": "x" * 255}, "Title: 'xxx"),
        ({"Title": "a\x0bb"}, "Title: holds the character U+000B, which XML cannot carry"),
        ({"QualificationType": ""}, "QualificationType: missing"),
        ({"Level": "x" * 36}, "Level: "),
        ({"Credits": "-1"}, "Credits: '-1' should be a whole number, not negative"),
        ({"GradeSet": "GCSE-9-l"}, "GradeSet: 'GCSE-9-l' should be the name of a set by itself, such as GCSE-9-1"),
        ({"GradeSet": "A a"}, "GradeSet: 'A a' lists the grade 'a' twice, letter case aside; list each once"),
        ({"Sensitive": "yes"}, "Sensitive: 'yes' should be Y or N"),
        ({"QualificationReference": "699/5000/1"}, "QualificationReference: 699/5000/1 is also on line 2"),
    ],
)
def test_what_is_wrong_with_a_row(values: dict[str, str], problem: str, refusal: Refused, store: Store) -> None:
    rows = row(1), row(2, Title="two\nlines"), row(3, **values)
    (told,) = refusal(table(*rows), "qualifications.csv")
    assert told.startswith(f"qualifications.csv:5: {problem}")
    with store.reading() as work:
        assert work.qualifications.count() == 0


def test_all_problems_are_listed_by_line(refusal: Refused) -> None:
    told = refusal(table(row(Title="", Credits="x"), row(2), row(3, Sensitive="n")), "qualifications.csv")
    assert [line.split(": ")[:2] for line in told] == [
        ["qualifications.csv:2", "Credits"],
        ["qualifications.csv:2", "Title"],
        ["qualifications.csv:4", "Sensitive"],
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (table(heading=COLUMNS[1:]), "1: Title: column 1 of the heading should be QualificationReference"),
        (table(heading=tuple(map(str.lower, COLUMNS))), "1: qualificationreference: column 1 of the heading should be"),
        (table(heading=COLUMNS[:-1]), "1: the heading has 6 columns; it must have these 7: QualificationReference, "),
        (table(row()) + "69950002,x\r\n", "3: the row has 2 values, the heading 7; check commas and quotes"),
        (table(row()) + '"699', "3: this is not CSV"),
        (table(row(Title="X")).encode().replace(b"X", b"\xe9"), "2: Title: holds bytes that are not UTF-8"),
    ],
)
def test_what_is_wrong_with_a_file(text: str | bytes, problem: str, refusal: Refused) -> None:
    (told,) = refusal(text, "qualifications.csv")
    assert told.startswith(f"qualifications.csv:{problem}")


def test_problems_found_before_a_broken_row_are_listed_too(refusal: Refused) -> None:
    told = refusal(table(row(Title="")) + "69950002,x\r\n", "qualifications.csv")
    assert [line.split(": ")[0] for line in told] == ["qualifications.csv:2", "qualifications.csv:3"]


@pytest.mark.parametrize("text", ["", '"no end', "FileVersion,Title\n", "a,b\n", "Title\n"])
def test_what_is_no_table_of_qualifications_is_taken_for_one_of_learners(text: str, refusal: Refused) -> None:
    told = " ".join(refusal(text, "some.csv"))
    assert "File" in told or "this is not CSV" in told


def test_many_rows_are_loaded_and_a_bar_is_drawn_on_request_alone(
    load: Load, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = table(*(row(number) for number in range(2500)))
    assert load(text, "qualifications.csv") == Loaded(qualifications=2500)
    assert capsys.readouterr().err == ""
    (tmp_path / "more.csv").write_text(text, newline="")
    with store.writing() as work:
        load_files([tmp_path / "more.csv"], work, replace(MEANS, show_progress=True))
        assert work.qualifications.count() == 2500
    assert "reading:" in capsys.readouterr().err


def test_a_register_gets_the_qualifications_that_come_with_the_service_once(store: Store) -> None:
    with store.writing() as work:
        first, second = load_qualifications(work), load_qualifications(work)
        known = work.qualifications.all()
    assert (first.qualifications, second) == (len(known), Loaded())
    assert 250 <= len(known) <= 350


def test_a_register_with_a_qualification_of_its_own_gets_no_others(load: Load, store: Store) -> None:
    load(table(row()), "qualifications.csv")
    with store.writing() as work:
        assert load_qualifications(work) == Loaded()
        assert work.qualifications.count() == 1


def test_the_qualifications_that_come_with_the_service_are_of_every_kind(store: Store) -> None:
    with store.writing() as work:
        load_qualifications(work)
        known = work.qualifications.all()
    assert {one.grades for one in known} >= {*GRADE_SETS.values(), (), ("Distinction", "Merit", "Pass")}
    assert 3 <= sum(one.sensitive for one in known) <= 10
    assert any("/" in one.reference for one in known)
    assert any(one.reference.isdigit() for one in known)
    assert any(one.credits and not one.grades for one in known)
