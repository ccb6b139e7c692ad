"""Tables of learners in CSV."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lrs_soap.batch_files.layout import COLUMNS
from lrs_soap.domain import uln
from lrs_soap.store import Store
from lrs_soap.worlds import Loaded, learner_table, load_files
from tests.factories import uln_of
from tests.unit.worlds.conftest import MEANS, Load

Refused = Callable[..., list[str]]
FILE_VALUES = {"FileVersion": "2A", "FileName": "LRB_10001234_020320261015.CSV", "UKPRN": "10001234"}


def learner(number: int = 0, **values: str) -> dict[str, str]:
    """Return the values of a row; a number tells learners apart by family name."""
    name = "Okafor" + "".join(chr(ord("a") + int(digit)) for digit in str(number))
    five = {"GivenName": "Maeve", "FamilyName": name, "DateOfBirth": "2004-02-29", "Gender": "2"}
    return five | {"LastKnownPostCode": "LS2 9AB", "VerificationType": "1", "AbilityToShare": "1"} | values


def table(*rows: dict[str, str], heading: tuple[str, ...] = COLUMNS) -> str:
    """Return a file with these rows, the first of which holds the file's values too."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heading)
    for place, row in enumerate(rows):
        values = row if place else FILE_VALUES | row
        writer.writerow([values.get(column, "") for column in COLUMNS])
    return text.getvalue()


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner_table, "CHUNK", 3)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without BOM", "with BOM"])
def test_a_row_becomes_a_learner(mark: bytes, load: Load, store: Store) -> None:
    row = learner(
        ULN="9276308686",
        GivenName="Zoë",
        FamilyNameAt16="Berg",
        LastKnownAddressCountyorCity="Leeds",
        Notes="two\nlines",
        MISIdentifier="abc",
        LearnerRecordCount="1",
    )
    assert load(mark + table(row).encode(), "learners.csv") == Loaded(learners=1)
    with store.reading() as work:
        stored = work.learners.get("9276308686")
    assert stored is not None
    assert (stored.given_name, stored.date_of_birth, stored.notes) == ("Zoë", date(2004, 2, 29), "two\nlines")
    assert (stored.family_name_at_age_16, stored.last_known_address_county_or_city) == ("Berg", "Leeds")
    assert (stored.tier_level, stored.registered_by, stored.created_via) == ("1", "10001234", "Batch")


def test_ulns_are_drawn_for_rows_without(load: Load, store: Store) -> None:
    rows = [learner(n, **({"ULN": uln_of(n)} if n % 2 else {})) for n in range(1, 12)]
    assert load(table(*rows), "learners.CSV") == Loaded(learners=11)
    with store.reading() as work:
        assert work.learners.count() == 11
        assert len(work.learners.many(uln_of(n) for n in range(1, 12, 2))) == 6
        (drawn,) = work.learners.exact(next(iter(work.learners.many([uln_of(1)]).values())).details)
        assert uln.is_valid(drawn.uln)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"ULN": "1234567894"}, "ULN: '1234567894' should be a ULN"),
        ({"GivenName": ""}, "GivenName: missing; give 1 to 35 characters"),
        ({"DateOfBirth": "2003-02-29"}, "DateOfBirth: '2003-02-29' should be a date"),
        ({"Gender": "F"}, "Gender: 'F' should be 0 not known, 1 male, 2 female or 9 not specified"),
        ({"FamilyNameAt16": "x" * 36}, "FamilyNameAt16: "),
        ({"Notes": "a\x0bb"}, "Notes: holds the character U+000B, which XML cannot carry"),
    ],
)
def test_what_is_wrong_with_a_row(values: dict[str, str], problem: str, refusal: Refused) -> None:
    (told,) = refusal(table(learner(1), learner(2, Notes="two\nlines"), learner(3, **values)), "learners.csv")
    assert told.startswith(f"learners.csv:5: {problem}")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"FileVersion": "1A"}, "FileVersion: '1A' should be 2A in the first row"),
        ({"UKPRN": "123"}, "UKPRN: '123' should be 8 letters or digits"),
        ({"LearnerRecordCount": "7"}, "LearnerRecordCount: '7', but there are 2 rows"),
    ],
)
def test_what_is_wrong_with_the_files_own_values(values: dict[str, str], problem: str, refusal: Refused) -> None:
    (told,) = refusal(table(learner(1, **values), learner(2)), "learners.csv")
    assert told.startswith(f"learners.csv:2: {problem}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "learners.csv:1: the heading has 0 columns"),
        (
            table(heading=("fileversion", *COLUMNS[1:])),
            "learners.csv:1: fileversion: column 1 of the heading should be",
        ),
        (table(learner(1)) + "2A,x\r\n", "learners.csv:3: the row has 2 values, the heading 30"),
        (table(learner(1)) + '"2A', "learners.csv:3: this is not CSV"),
        (
            table(learner(1, Title="X")).encode().replace(b"X", b"\xe9"),
            "learners.csv:2: Title: holds bytes that are not",
        ),
    ],
)
def test_what_is_wrong_with_a_file(text: str | bytes, problem: str, refusal: Refused) -> None:
    (told,) = refusal(text, "learners.csv")
    assert told.startswith(problem)


def test_repeated_learners_are_refused_within_and_across_chunks(refusal: Refused, load: Load) -> None:
    rows = [learner(n, ULN=uln_of(n)) for n in range(1, 8)]
    (near,) = refusal(table(*rows, learner(8, ULN=uln_of(7))), "learners.csv")
    assert near.startswith(f"learners.csv:9: ULN: {uln_of(7)} is also on line 8")
    (far,) = refusal(table(*rows, learner(8, ULN=uln_of(1))), "learners.csv")
    assert far.startswith(f"learners.csv:9: ULN: {uln_of(1)} is in the register or further up already")
    (alike,) = refusal(table(*rows, learner(1)), "learners.csv")
    assert alike.startswith(f"learners.csv:9: FamilyName: live learner {uln_of(1)}, in the register or further up")
    (pair,) = refusal(table(*rows, learner(9), learner(9)), "learners.csv")
    assert pair.startswith("learners.csv:10: FamilyName: names, date of birth, gender and postcode are those of line 9")
    load(table(*rows), "learners.csv")
    assert len(refusal(table(*rows), "learners.csv")) == 14


def test_a_progress_bar_is_drawn_on_request_alone(
    load: Load, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(table(learner(1)), "learners.csv")
    assert capsys.readouterr().err == ""
    (tmp_path / "more.csv").write_text(table(learner(2)), newline="")
    with store.writing() as work:
        load_files([tmp_path / "more.csv"], work, replace(MEANS, show_progress=True))
    assert "giving ULNs:" in capsys.readouterr().err
