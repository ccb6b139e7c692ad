"""Populations as files: loaded as tables, handed in as batches, read as JSON."""

import io
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from lrs_soap.batch_files.checking import Check
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.learner import Learner
from lrs_soap.generating import Population
from lrs_soap.generating.files import FileError, FileForm, form_of, write_population
from lrs_soap.store import Store
from lrs_soap.worlds import Means, load_files
from lrs_soap.worlds.records import learner

NOW = datetime(2025, 9, 1, 12, tzinfo=SERVICE_ZONE)
MEANS = Means(NOW, str, lambda number: number - 1)
BATCH = "LRB_10001234_020320261015"


def written(path: Path, population: Population, *, with_ulns: bool = True) -> int:
    """Write a population into a file and return how many learners progress told of."""
    told: list[int] = []
    with path.open("wb") as file:
        form = form_of(path, population.count)
        write_population(file, path.name, population, form, with_ulns=with_ulns, progress=told.append)
    return sum(told)


def stated(one: Learner) -> tuple[object, ...]:
    """Return what a table of learners says of one."""
    return (
        one.uln,
        one.details,
        one.given_name,
        one.family_name,
        one.middle_other_name,
        one.previous_family_name,
        one.last_known_post_code,
        one.date_of_address_capture,
        one.email_address,
        one.scottish_candidate_number,
        one.tier_level,
    )


def test_a_table_can_be_loaded_and_brings_the_same_learners(store: Store, tmp_path: Path) -> None:
    population = Population(300, live_only=True)
    assert written(tmp_path / "learners.csv", population) == 300
    with store.writing() as work:
        assert load_files([tmp_path / "learners.csv"], work, MEANS).learners == 300
    with store.reading() as work:
        found = work.learners.many([one.uln for one in population])
    assert [stated(found[one.uln]) for one in population] == [stated(one) for one in population]


@pytest.mark.parametrize("ending", ["CSV", "XML"])
def test_a_batch_file_can_be_handed_in_by_the_organisation_it_is_named_after(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"{BATCH}.{ending}"
    written(path, Population(200, live_only=True), with_ulns=False)
    check = Check(path, date(2025, 9, 1), ukprn="10001234")
    records = list(check.records())
    assert len(records) == 200
    assert not any("ULN" in record for record in records)


def test_json_lines_hold_all_that_worlds_can_say(tmp_path: Path) -> None:
    population = Population(400)
    written(tmp_path / "learners.jsonl", population)
    lines = (tmp_path / "learners.jsonl").read_text(encoding="utf-8").splitlines()
    read = [learner(values, values["ULN"], NOW) for values in map(json.loads, lines)]
    assert [stated(one) for one in read] == [stated(one) for one in population]
    for one, expected in zip(read, population, strict=True):
        assert (one.status, one.master_uln, one.version) == (expected.status, expected.master_uln, expected.version)
        assert (one.created_at, one.updated_at) == (expected.created_at, expected.updated_at)
        assert (one.telephone_number, one.registered_by) == (expected.telephone_number, expected.registered_by)


def test_a_file_is_the_same_every_time() -> None:
    def made() -> bytes:
        file = io.BytesIO()
        population = Population(20, seed=4)
        write_population(file, "a.csv", population, FileForm.CSV, with_ulns=True, progress=lambda _: None)
        return file.getvalue()

    assert made() == made()


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(FileError, match=r"ends in \.csv, \.xml, \.jsonl, and learners\.txt does not"):
        form_of(Path("learners.txt"), 1)


def test_a_batch_file_needs_its_name() -> None:
    with pytest.raises(FileError, match="a batch file is called LRB_"):
        form_of(Path("learners.xml"), 1)


def test_a_batch_file_holds_no_more_than_it_may() -> None:
    with pytest.raises(FileError, match="at most 5,000 learners"):
        form_of(Path(f"{BATCH}.XML"), 5001)
