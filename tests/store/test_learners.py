"""Learners: what is stored comes back, and every question finds what it should."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lrs_soap.domain import names
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.domain.codes import LearnerStatus
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Stored
from lrs_soap.store import DuplicateLearnerError, Store
from tests.factories import full_learner, learner, linked_to, uln_of
from tests.fakes import identity_of
from tests.store.undoing import undone

BORN = date(2004, 2, 29)
MARCH = date(2004, 3, 1)
FEBRUARY = (date(2004, 2, 1), date(2004, 2, 29))
# PostgreSQL keeps no NUL, and neither does XML.
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=40)
ZONES = st.sampled_from([UTC, SERVICE_ZONE, timezone(timedelta(hours=-11)), timezone(timedelta(hours=5, minutes=45))])
EARLIEST, LATEST = datetime(1900, 1, 2), datetime(2200, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
MOMENTS = st.datetimes(EARLIEST, LATEST, timezones=ZONES, allow_imaginary=False)
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))
OPTIONAL_TEXT = [
    name for name, value in ((f, getattr(full_learner(), f)) for f in Learner.__dataclass_fields__)
    if isinstance(value, str) and getattr(learner(), name) is None
]  # fmt: skip
LEARNERS = st.fixed_dictionaries(
    {
        "given_name": TEXT,
        "family_name": TEXT,
        "date_of_birth": DATES,
        "last_known_post_code": TEXT,
        "gender": st.sampled_from("0129"),
        "version": st.integers(1, 10**9),
        "created_at": MOMENTS,
        "updated_at": MOMENTS,
        "date_of_address_capture": st.none() | DATES,
    },
    optional=dict.fromkeys(OPTIONAL_TEXT, TEXT),
)


def add(store: Store, *learners: Learner) -> None:
    with store.writing() as work:
        assert [work.learners.add(each) for each in learners] == [Stored.STORED] * len(learners)


def get(store: Store, uln: str) -> Learner | None:
    with store.reading() as work:
        return work.learners.get(uln)


def candidates(store: Store, **wanted: Any) -> list[str]:
    nothing: dict[str, Any] = {
        "family_keys": (),
        "given_keys": (),
        "family_sounds": (),
        "given_sounds": (),
        "post_code_key": "",
        "dates_of_birth": (),
    }
    with store.reading() as work:
        return [found.uln for found in work.learners.candidates(**(nothing | wanted))]


def in_utc(known: Learner) -> Learner:
    """Return a learner with its moments in UTC: times in the hour that a clock repeats equal none of another zone."""
    return replace(known, created_at=known.created_at.astimezone(UTC), updated_at=known.updated_at.astimezone(UTC))


def test_a_learner_comes_back_whole(store: Store) -> None:
    add(store, full_learner())
    assert get(store, full_learner().uln) == full_learner()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=LEARNERS)
def test_whatever_is_stored_comes_back(store: Store, values: dict[str, Any]) -> None:
    learner_sent = learner(**values)
    with undone(store) as work:
        assert work.learners.add(learner_sent) is Stored.STORED
        found = work.learners.get(learner_sent.uln)
        assert found is not None
        assert in_utc(found) == in_utc(learner_sent)
        assert [in_utc(each) for each in work.learners.exact(learner_sent.details)] == [in_utc(learner_sent)]


def test_moments_come_back_in_the_zone_of_the_service(store: Store) -> None:
    second_of_the_two_half_past_ones = datetime(2024, 10, 27, 1, 30, tzinfo=SERVICE_ZONE, fold=1)
    add(store, learner(created_at=datetime(2024, 7, 1, 12, tzinfo=UTC), updated_at=second_of_the_two_half_past_ones))
    found = get(store, uln_of(1))
    assert found is not None
    assert found.created_at.isoformat() == "2024-07-01T13:00:00+01:00"
    assert found.updated_at.isoformat() == "2024-10-27T01:30:00+00:00"


@pytest.mark.parametrize("uln", ["9276308686", "", "1", "x" * 10, "-123456789", "9" * 5000, "٩٢٧٦٣٠٨٦٨٦", " 27630868 "])
def test_what_is_no_uln_of_the_register_is_not_found(store: Store, uln: str) -> None:
    add(store, learner())
    assert get(store, uln) is None
    with store.reading() as work:
        assert work.learners.many([uln]) == {}


def test_many_finds_those_that_exist(store: Store) -> None:
    first, second = learner(1), learner(2, family_name="Obi")
    add(store, first, second)
    with store.reading() as work:
        assert work.learners.many([second.uln, "9276308686", first.uln, first.uln]) == {
            first.uln: first,
            second.uln: second,
        }
        assert work.learners.many([]) == {}


def test_exact_gives_the_live_learner_first_and_no_deleted_one(store: Store) -> None:
    live = learner(9)
    linked = [linked_to(live, 3), linked_to(live, 4)]
    add(store, learner(1, status=LearnerStatus.DELETED), linked[1], linked[0], live, learner(8, gender="1"))
    with store.reading() as work:
        found = work.learners.exact(live.details)
    assert [each.uln for each in found] == [live.uln, linked[0].uln, linked[1].uln]


def test_exact_compares_as_normalised(store: Store) -> None:
    add(store, learner(family_name="O'Neil-Šmid", last_known_post_code="ls2 9ab"))
    with store.reading() as work:
        assert work.learners.exact(learner(family_name="ONEIL SMID", last_known_post_code="LS29AB").details)


@pytest.mark.parametrize(
    "wanted",
    [
        {"family_keys": ["OKAFOR"], "dates_of_birth": [BORN]},
        {"given_keys": ["X", "MAEVE"], "dates_of_birth": [date(1999, 1, 1), BORN]},
        {"family_sounds": [names.sound("Okaphor")], "dates_of_birth": [BORN]},
        {"given_sounds": [names.sound("Maev")], "dates_of_birth": [BORN]},
        {"post_code_key": "LS29AB", "dates_of_birth": [BORN]},
        {"family_keys": ["X", "OKAFOR"], "dates_of_birth": [MARCH], "month_of_birth": FEBRUARY},
        {"given_keys": ["MAEVE"], "dates_of_birth": [MARCH], "month_of_birth": FEBRUARY},
        {"post_code_key": "LS29AB", "dates_of_birth": [MARCH], "month_of_birth": FEBRUARY},
        {"post_code_key": "LS29AB", "family_keys": ["X", "OKAFOR"], "given_keys": ["MAEVE", "X"]},
        {"post_code_key": "LS29AB", "family_keys": ["X", "OKAFOR"], "given_keys": ["X", "MAEVE"]},
    ],
)
def test_each_way_finds_a_candidate(store: Store, wanted: dict[str, Any]) -> None:
    other = learner(2, given_name="Bo", family_name="Li", date_of_birth=date(1980, 1, 1), last_known_post_code="M1 1AA")
    add(store, learner(), other, learner(3, status=LearnerStatus.DELETED))
    assert candidates(store, **wanted) == [uln_of(1)]


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"family_keys": ["OKAFOR"], "given_keys": ["MAEVE"], "family_sounds": ["AKFR"]},
        {"family_keys": ["OKAFOR"], "dates_of_birth": [date(2004, 2, 28)]},
        {"family_keys": ["OKAFOR"], "given_keys": ["X"], "month_of_birth": (MARCH, MARCH)},
        {"family_sounds": ["AKFR"], "dates_of_birth": [MARCH], "month_of_birth": FEBRUARY},
        {"post_code_key": "LS29AB", "family_keys": ["OKAFOR"], "given_keys": ["BO"]},
    ],
)
def test_no_way_finds_others(store: Store, wanted: dict[str, Any]) -> None:
    add(store, learner())
    assert candidates(store, **wanted) == []


def test_a_candidate_brings_what_it_is_compared_by(store: Store) -> None:
    master = full_learner(preferred_given_name="May", family_name_at_age_16="Ray", school_at_age_16="Ely High")
    linked = linked_to(master, 2)
    add(store, master, linked)
    with store.reading() as work:
        found = work.learners.candidates(
            family_keys=[master.details.family_key, linked.details.family_key],
            given_keys=[],
            family_sounds=[],
            given_sounds=[],
            post_code_key="",
            dates_of_birth=[master.date_of_birth, linked.date_of_birth],
        )
    assert found == sorted(map(identity_of, (master, linked)))


def test_candidates_come_by_uln_and_none_twice(store: Store) -> None:
    people = [learner(number, last_known_post_code=f"LS2 {number}AB") for number in (5, 2, 7)]
    linked = linked_to(people[0], 4)
    add(store, *people, linked)
    same = {"family_keys": ["OKAFOR", "OKAFOR", "MAEVE"], "given_keys": ["MAEVE"], "dates_of_birth": [BORN, BORN]}
    assert candidates(store, **same) == [uln_of(number) for number in (2, 4, 5, 7)]


def test_a_way_is_limited_but_not_to_the_cost_of_those_alike_in_both_names(store: Store) -> None:
    crowd = [learner(number, given_name=f"A{number}") for number in range(1, 100)]
    same_names = [learner(number, last_known_post_code=f"M1 {number}AA") for number in range(200, 203)]
    add(store, *crowd, *same_names)
    one_way = candidates(store, family_keys=["OKAFOR"], dates_of_birth=[BORN])
    assert len(one_way) == 50
    both = candidates(store, family_keys=["OKAFOR"], given_keys=["MAEVE"], dates_of_birth=[BORN])
    assert {each.uln for each in same_names} <= set(both)


def test_linked_ulns_follow_the_records_linked_at_present(store: Store) -> None:
    master = learner(1)
    # A record may come before its master.
    add(store, linked_to(master, 3), learner(2, family_name="Obi"), master, learner(4, given_name="Bo"))
    with store.writing() as work:
        second = replace(learner(2, family_name="Obi"), status=LearnerStatus.LINKED, master_uln=master.uln, version=2)
        assert work.learners.replace(second, 1) is Stored.STORED
    found = get(store, master.uln)
    assert found == replace(master, linked_ulns=(uln_of(2), uln_of(3)))
    with store.writing() as work:
        assert work.learners.replace(replace(linked_to(master, 3), status=LearnerStatus.DELETED), 1) is Stored.STORED
        assert work.learners.replace(replace(found, notes="Seen", version=2), 1) is Stored.STORED
    with store.reading() as work:
        expected = replace(master, linked_ulns=(uln_of(2),), notes="Seen", version=2)
        assert work.learners.get(master.uln) == expected
        assert work.learners.many([master.uln]) == {master.uln: expected}
        assert work.learners.exact(master.details) == [expected]


def test_replacing_goes_by_version(store: Store) -> None:
    add(store, learner())
    changed = full_learner(version=2)
    with store.writing() as work:
        assert work.learners.replace(replace(changed, version=3), 2) is Stored.VERSION_CHANGED
        assert work.learners.replace(changed, 1) is Stored.STORED
        assert work.learners.replace(learner(2), 1) is Stored.VERSION_CHANGED
    assert get(store, uln_of(1)) == changed


def test_replacing_keeps_details_unique_and_the_unit_of_work_usable(store: Store) -> None:
    add(store, learner(1), learner(2, given_name="Bo"), learner(3, given_name="Li"))
    with store.writing() as work:
        assert work.learners.replace(learner(2, given_name="MAEVE", version=2), 1) is Stored.DETAILS_TAKEN
        assert work.learners.replace(learner(3, given_name="Ann", version=2), 1) is Stored.STORED
        # A record that is linked or deleted may repeat a live one, which may not come to life again.
        gone = learner(2, status=LearnerStatus.DELETED, version=2)
        assert work.learners.replace(gone, 1) is Stored.STORED
        assert work.learners.replace(replace(gone, status=LearnerStatus.LIVE, version=3), 2) is Stored.DETAILS_TAKEN
    found = get(store, uln_of(2))
    assert found == gone


def test_of_simultaneous_changes_of_one_version_one_is_stored(store: Store) -> None:
    add(store, learner())
    together = Barrier(16)

    def change(number: int) -> Stored:
        together.wait()
        with store.writing() as work:
            return work.learners.replace(learner(notes=f"By {number}", version=2), 1)

    with ThreadPoolExecutor(16) as threads:
        outcomes = Counter(threads.map(change, range(16)))
    assert outcomes == {Stored.STORED: 1, Stored.VERSION_CHANGED: 15}


def test_loading_many_tells_progress(store: Store) -> None:
    told: list[int] = []
    people = (learner(number, family_name=f"N{number}") for number in range(1, 4502))
    with store.writing() as work:
        assert work.learners.add_many(people, progress=told.append) == 4501
        assert work.learners.count() == 4501
    assert sum(told) == 4501
    assert len(told) == 3


@pytest.mark.parametrize("clash", [{"number": 2500}, {"number": 9000, "family_name": "N7"}])
def test_of_many_nothing_is_loaded_in_halves(store: Store, clash: dict[str, Any]) -> None:
    people = [learner(number, family_name=f"N{number}") for number in range(1, 3000)]
    with store.writing() as work:
        work.learners.add(learner(8000))
        with pytest.raises(DuplicateLearnerError, match=learner(**clash).uln):
            work.learners.add_many([*people, learner(**{"family_name": "Else"} | clash)])
        assert work.learners.count() == 1
        assert work.learners.add_many(people) == 2999
    with store.reading() as work:
        assert work.learners.count() == 3000


def test_an_exception_undoes_a_unit_of_work(store: Store) -> None:
    with undone(store) as work:
        work.learners.add(learner())
    assert get(store, uln_of(1)) is None
