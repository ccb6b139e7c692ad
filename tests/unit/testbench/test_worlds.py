"""Worlds: isolated, brought back, and the same for every process."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lrs_soap.domain.audit import AuditEntry
from lrs_soap.domain.clock import FixedClock
from lrs_soap.store import Store, open_store
from lrs_soap.testbench import worlds as worlds_module
from lrs_soap.testbench.clocks import ClockError, ClockMode, ClockSetting
from lrs_soap.testbench.control import Control
from lrs_soap.testbench.world_files import EMPTY, WorldFiles
from lrs_soap.testbench.worlds import DEFAULT, UnknownWorldError, WorldNameError, WorldRefusedError, Worlds
from lrs_soap.worlds import Means, WorldError
from tests import factories
from tests.unit.testbench.api.process import MAEVE, WORLD_FILE

NOON = datetime(2026, 7, 1, 11, tzinfo=UTC)
DRAWN_ULNS = """
Learners:
  - {GivenName: Ada, FamilyName: Hughes, DateOfBirth: 2005-01-01, Gender: 2, LastKnownPostCode: CF5 1AA}
  - {GivenName: Bea, FamilyName: Hughes, DateOfBirth: 2005-01-01, Gender: 2, LastKnownPostCode: CF5 1AA}
"""


@dataclass
class Opened:
    """The worlds as one process sees them. built: how many applications were made."""

    worlds: Worlds
    control: Control
    directory: Path
    built: list[Store]


Open = Callable[[], Opened]


def draw_nothing(_: int) -> int:
    raise AssertionError("nothing is drawn by chance here")


@pytest.fixture
def open_worlds(tmp_path: Path, sqlite_url: str) -> Iterator[Open]:
    """Open the worlds of one directory, each time as another process would."""
    draws = iter(range(10**6))
    with ExitStack() as stack:

        def opened() -> Opened:
            control = Control(tmp_path)
            stack.callback(control.close)
            control.tables()
            store = stack.enter_context(closing(open_store(sqlite_url, read_audit_delay=0.01)))
            files = WorldFiles(tmp_path, lambda: Means(NOON, lambda _: factories.hashed(), lambda _: next(draws)))
            built: list[Store] = []

            def build(register: Store, *_: Any) -> Store:
                built.append(register)
                return register

            worlds = stack.enter_context(closing(Worlds(control, files, store, FixedClock(NOON), build)))
            return Opened(worlds, control, tmp_path, built)

        yield opened


@pytest.fixture
def worlds(open_worlds: Open) -> Worlds:
    opened = open_worlds()
    opened.worlds.add_default(origin=WORLD_FILE, seed=None, lasting=False)
    return opened.worlds


@pytest.fixture
def others(open_worlds: Open, worlds: Worlds) -> Worlds:
    """Give the same worlds as another process sees them."""
    return open_worlds().worlds


def ulns(worlds: Worlds, name: str) -> set[str]:
    with worlds.get(name).store.reading() as work:
        every = [factories.uln_of(number) for number in range(10)]
        return set(work.learners.many([MAEVE, *every]))


def add(worlds: Worlds, name: str, number: int) -> str:
    learner = factories.learner(number, given_name=f"Learner{number}")
    with worlds.get(name).store.writing() as work:
        work.learners.add_many([learner])
    return learner.uln


def drawn_for(worlds: Worlds, name: str) -> set[str]:
    details = factories.learner(1).details
    with worlds.get(name).store.reading() as work:
        found = work.learners.candidates(
            family_keys=("HUGHES",),
            given_keys=("ADA", "BEA"),
            family_sounds=(),
            given_sounds=(),
            post_code_key=details.post_code_key,
            dates_of_birth=(datetime(2005, 1, 1, tzinfo=UTC).date(),),
        )
    return {learner.uln for learner in found}


def test_a_world_has_what_it_was_made_from(worlds: Worlds) -> None:
    record = worlds.create("mine", WORLD_FILE, seed=3)
    assert (record.name, record.seed, record.lasting, record.created_at) == ("mine", 3, False, NOON)
    assert record.clock == ClockSetting()
    assert ulns(worlds, "mine") == {MAEVE}
    with worlds.get("mine").store.reading() as work:
        assert work.organisations.by_ukprn("TEST0101") is not None
        assert work.qualifications.count() > 100
    assert [known.name for known in worlds.list()] == [DEFAULT, "mine"]


def test_worlds_do_not_see_each_other(worlds: Worlds) -> None:
    worlds.create("one", WORLD_FILE)
    worlds.create("two", WORLD_FILE)
    added = add(worlds, "one", 1)
    assert ulns(worlds, "one") == {MAEVE, added}
    assert ulns(worlds, "two") == {MAEVE}
    assert ulns(worlds, DEFAULT) == set()


def test_an_application_is_built_when_a_world_is_first_called(open_worlds: Open) -> None:
    opened = open_worlds()
    opened.worlds.create("mine")
    world = opened.worlds.get("mine")
    assert opened.built == []
    assert world.application is world.store
    assert opened.worlds.get("mine").application is world.store
    assert opened.built == [world.store]


@pytest.mark.parametrize("name", ["", "Mine", "-mine", "mine-", "my world", "mine.1", "../mine", "m" * 41, "mine\n"])
def test_names_that_no_world_can_have(worlds: Worlds, name: str) -> None:
    with pytest.raises(WorldNameError, match="1 to 40 small letters"):
        worlds.create(name)


@pytest.mark.parametrize("name", ["m", "0", "my-world", "m" * 40])
def test_names_that_worlds_can_have(worlds: Worlds, name: str) -> None:
    assert worlds.create(name).name == name


def test_a_name_is_taken_once(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine", WORLD_FILE)
    for again in (worlds, others):
        with pytest.raises(WorldRefusedError, match="there is a world 'mine' already"):
            again.create("mine", EMPTY)
    with pytest.raises(WorldRefusedError, match="there is a world 'default' already"):
        worlds.create(DEFAULT)
    assert ulns(worlds, "mine") == {MAEVE}


def race(directory: Path, database: str, results: Any) -> None:
    control = Control(directory)
    files = WorldFiles(directory, lambda: Means(NOON, lambda _: "hash", draw_nothing))
    worlds = Worlds(control, files, open_store(database), FixedClock(NOON), lambda *_: None)
    try:
        worlds.create("mine", WORLD_FILE)
        add(worlds, "mine", 1)
        results.put("made")
    except WorldRefusedError:
        results.put("refused")


def test_of_several_who_make_a_world_at_once_one_succeeds(worlds: Worlds, tmp_path: Path, sqlite_url: str) -> None:
    fork = multiprocessing.get_context("fork")
    results = fork.SimpleQueue()
    processes = [fork.Process(target=race, args=(tmp_path, sqlite_url, results)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(results.get() for _ in processes) == ["made", "refused", "refused", "refused"]
    assert ulns(worlds, "mine") == {MAEVE, factories.uln_of(1)}
    assert len(list((tmp_path / "registers").glob("mine.*.db"))) == 1


def test_a_faulty_world_file_makes_no_world(worlds: Worlds) -> None:
    with pytest.raises(WorldError, match=r"Learners\[1\].Gander"):
        worlds.create("mine", "Learners: [{Gander: 1}]")
    assert [known.name for known in worlds.list()] == [DEFAULT]
    worlds.create("mine", WORLD_FILE)


def test_nobody_asks_for_a_world_that_is_not_there(worlds: Worlds) -> None:
    for ask in (worlds.get, worlds.record, worlds.delete, worlds.reset, worlds.snapshots):
        with pytest.raises(UnknownWorldError, match="there is no world 'mine'"):
            ask("mine")
    for change in (
        lambda: worlds.set_seed("mine", 1),
        lambda: worlds.set_clock("mine", lambda setting: setting),
        lambda: worlds.snapshot("mine", "a"),
        lambda: worlds.restore("mine", "a"),
    ):
        with pytest.raises(UnknownWorldError):
            change()


def test_other_processes_see_what_one_changes(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine", WORLD_FILE)
    added = add(others, "mine", 1)
    assert ulns(worlds, "mine") == {MAEVE, added}
    worlds.reset("mine")
    assert ulns(others, "mine") == {MAEVE}
    others.delete("mine")
    with pytest.raises(UnknownWorldError):
        worlds.get("mine")


def test_a_world_made_anew_is_not_taken_for_the_old_one(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine", WORLD_FILE)
    add(others, "mine", 1)
    worlds.delete("mine")
    worlds.create("mine", EMPTY)
    assert ulns(others, "mine") == ulns(worlds, "mine") == set()


def test_a_deleted_world_leaves_nothing_behind(worlds: Worlds, tmp_path: Path) -> None:
    worlds.create("mine", WORLD_FILE)
    worlds.create("mine-too", WORLD_FILE)
    worlds.snapshot("mine", "before")
    add(worlds, "mine", 1)
    worlds.delete("mine")
    assert [path.name for path in tmp_path.rglob("mine*.db*") if path.name.startswith("mine.")] == []
    assert not (tmp_path / "snapshots" / "mine").exists()
    worlds.create("mine", WORLD_FILE)
    assert (worlds.snapshots("mine"), ulns(worlds, "mine-too")) == ((), {MAEVE})


def test_the_default_world_cannot_be_deleted(worlds: Worlds) -> None:
    with pytest.raises(WorldRefusedError, match="the default world lasts as long as the server"):
        worlds.delete(DEFAULT)


def test_a_reset_brings_back_register_clock_and_seed(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine", WORLD_FILE, seed=3)
    first = [worlds.get("mine").draw(1000) for _ in range(5)]
    add(worlds, "mine", 1)
    worlds.set_seed("mine", 99)
    worlds.set_clock("mine", lambda setting: setting.advanced(60))
    record = worlds.reset("mine")
    assert (record.seed, record.clock) == (3, ClockSetting())
    assert ulns(worlds, "mine") == {MAEVE}
    assert [others.get("mine").draw(1000) for _ in range(5)] == first


def test_a_reset_of_the_default_world_is_seen_by_those_who_have_it_open(worlds: Worlds, others: Worlds) -> None:
    add(worlds, DEFAULT, 1)
    with others.get(DEFAULT).store.reading() as work:
        assert work.learners.count() == 1
        worlds.reset(DEFAULT)
        assert work.learners.get(MAEVE) is not None
    added = add(others, DEFAULT, 2)
    assert ulns(worlds, DEFAULT) == {MAEVE, added}
    assert worlds.get(DEFAULT).store.schema_state() == "current"


def test_a_register_that_outlives_the_server_is_never_replaced(open_worlds: Open) -> None:
    worlds = open_worlds().worlds
    worlds.add_default(origin=WORLD_FILE, seed=None, lasting=True)
    added = add(worlds, DEFAULT, 1)
    worlds.snapshot(DEFAULT, "before")
    with pytest.raises(WorldRefusedError, match="outlives the server, so it is not replaced"):
        worlds.reset(DEFAULT)
    with pytest.raises(WorldRefusedError, match="outlives the server, so it is not replaced"):
        worlds.restore(DEFAULT, "before")
    assert ulns(worlds, DEFAULT) == {added}


def test_a_server_that_starts_again_in_a_directory_finds_its_worlds(open_worlds: Open) -> None:
    before = open_worlds().worlds
    before.add_default(origin=EMPTY, seed=1, lasting=False)
    before.set_clock(DEFAULT, lambda setting: setting.advanced(60))
    before.create("mine", WORLD_FILE)
    after = open_worlds().worlds
    after.add_default(origin=WORLD_FILE, seed=2, lasting=True)
    record = after.record(DEFAULT)
    assert (record.origin, record.seed, record.lasting, record.clock) == (WORLD_FILE, 2, True, ClockSetting())
    assert ulns(after, "mine") == {MAEVE}


@pytest.mark.parametrize("name", [DEFAULT, "mine"])
def test_a_snapshot_is_brought_back(worlds: Worlds, others: Worlds, name: str) -> None:
    if name != DEFAULT:
        worlds.create(name)
    kept = add(worlds, name, 1)
    worlds.set_seed(name, 5)
    worlds.set_clock(name, lambda _: ClockSetting(ClockMode.FROZEN, frozen_at=NOON))
    drawn = worlds.get(name).draw(10**9)
    worlds.snapshot(name, "before")
    after = [worlds.get(name).draw(10**9) for _ in range(3)]
    add(others, name, 2)
    worlds.set_clock(name, lambda _: ClockSetting())
    worlds.set_seed(name, None)
    record = others.restore(name, "before")
    assert (record.seed, record.clock) == (5, ClockSetting(ClockMode.FROZEN, frozen_at=NOON))
    assert ulns(worlds, name) == ulns(others, name) == {kept}
    assert [worlds.get(name).draw(10**9) for _ in range(3)] == after != [drawn] * 3


def test_a_snapshot_takes_the_place_of_an_earlier_one(worlds: Worlds) -> None:
    worlds.create("mine")
    worlds.snapshot("mine", "a")
    added = add(worlds, "mine", 1)
    worlds.snapshot("mine", "a")
    worlds.snapshot("mine", "B_2-")
    worlds.reset("mine")
    assert worlds.snapshots("mine") == ("B_2-", "a")
    worlds.restore("mine", "a")
    assert ulns(worlds, "mine") == {added}


def test_a_snapshot_can_be_brought_back_again_and_again(worlds: Worlds) -> None:
    worlds.create("mine", WORLD_FILE)
    worlds.snapshot("mine", "a")
    for number in range(3):
        add(worlds, "mine", number)
        worlds.restore("mine", "a")
        assert ulns(worlds, "mine") == {MAEVE}


@pytest.mark.parametrize("label", ["", "a b", "../a", "a/b", "a.db", "-a", "a" * 41])
def test_labels_that_no_snapshot_can_have(worlds: Worlds, label: str) -> None:
    with pytest.raises(WorldNameError, match="a snapshot's label has"):
        worlds.snapshot(DEFAULT, label)
    with pytest.raises(UnknownWorldError, match="there is no snapshot"):
        worlds.restore(DEFAULT, label)


def test_a_seed_makes_the_same_numbers_whoever_draws_them(worlds: Worlds, others: Worlds) -> None:
    worlds.create("one", seed=42)
    worlds.create("two", seed=42)
    worlds.create("three", seed=43)
    one = [(worlds if turn % 2 else others).get("one").draw(10**9) for turn in range(20)]
    assert [worlds.get("two").draw(10**9) for _ in range(20)] == one
    assert [worlds.get("three").draw(10**9) for _ in range(20)] != one
    assert len(set(one)) == 20


def test_drawn_numbers_are_below_what_was_asked_for(worlds: Worlds) -> None:
    worlds.create("mine", seed=1)
    assert {worlds.get("mine").draw(3) for _ in range(100)} == {0, 1, 2}
    worlds.set_seed("mine", None)
    assert {worlds.get("mine").draw(3) for _ in range(100)} == {0, 1, 2}


def test_a_new_seed_counts_for_worlds_that_are_open_already(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine")
    mine, theirs = worlds.get("mine"), others.get("mine")
    worlds.set_seed("mine", 8)
    first = [mine.draw(10**9), theirs.draw(10**9)]
    others.set_seed("mine", 8)
    assert [theirs.draw(10**9), mine.draw(10**9)] == first
    assert (worlds.get("mine").record.seed, others.get("mine").record.seed) == (8, 8)


def test_ulns_that_a_world_file_leaves_out_are_drawn_from_the_seed(worlds: Worlds, tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("two", 2)):
        worlds.create(name, DRAWN_ULNS, seed)
    assert drawn_for(worlds, "one") == drawn_for(worlds, "again") != drawn_for(worlds, "two")
    # What comes next is not what was drawn already.
    assert worlds.get("one").draw(900_000_000) + 100_000_000 not in {int(uln[:9]) for uln in drawn_for(worlds, "one")}
    templates = list((tmp_path / "templates").glob("*.db"))
    assert len(templates) == 2
    for path in templates:
        path.unlink()
    worlds.create("later", DRAWN_ULNS, 1)
    assert drawn_for(worlds, "later") == drawn_for(worlds, "one")


def test_a_register_in_which_nothing_is_drawn_is_loaded_once_for_all_seeds(worlds: Worlds, tmp_path: Path) -> None:
    for seed in (None, 1, 2):
        worlds.create(f"w{seed}".lower(), WORLD_FILE, seed)
    assert len(list((tmp_path / "templates").glob("*.db"))) == 1


def test_clocks_are_changed_from_what_they_are_at_that_moment(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine")
    others.record("mine")
    worlds.set_clock("mine", lambda setting: setting.advanced(10))
    record = others.set_clock("mine", lambda setting: setting.advanced(5))
    assert record.clock == worlds.record("mine").clock == ClockSetting(ClockMode.OFFSET, offset=15)


def test_setting_the_clock_leaves_a_seed_alone_that_somebody_else_has_just_set(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine")
    others.set_seed("mine", 4)
    worlds.set_clock("mine", lambda setting: setting.advanced(1))
    assert worlds.record("mine").seed == others.record("mine").seed == 4


def test_a_clock_that_cannot_be_set_so_stays_as_it_is(worlds: Worlds) -> None:
    with pytest.raises(ClockError):
        worlds.set_clock(DEFAULT, lambda setting: setting.advanced(1e15))
    assert worlds.record(DEFAULT).clock == ClockSetting()
    worlds.set_clock(DEFAULT, lambda setting: setting.advanced(1))


def test_the_clock_of_an_open_world_follows_every_change(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine")
    clock = worlds.get("mine").clock
    others.set_clock("mine", lambda setting: setting.advanced(3600))
    assert (clock.now() - NOON).total_seconds() == 3600


def test_worlds_that_nobody_asks_for_are_closed_and_opened_again(
    worlds: Worlds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worlds_module, "MOST_OPEN", 2)
    for number in range(5):
        worlds.create(f"w{number}")
        add(worlds, f"w{number}", number)
    assert len(worlds._open) == 2
    kept = worlds.get("w4")
    assert [ulns(worlds, f"w{number}") for number in range(4)] == [{factories.uln_of(number)} for number in range(4)]
    assert worlds.get("w4") is not kept
    default = worlds.get(DEFAULT)
    worlds.get("w0")
    worlds.get("w1")
    worlds.get("w2")
    assert worlds.get(DEFAULT) is default


def test_what_waited_to_be_written_to_a_world_that_is_gone_troubles_nobody(worlds: Worlds, others: Worlds) -> None:
    worlds.create("mine", WORLD_FILE)
    store = others.get("mine").store
    with store.reading() as work:
        work.learners.count()
    worlds.delete("mine")
    store.audit_later(
        AuditEntry(at=NOON, organisation="TEST0101", user_name="mis.user", operation="learnerByULN", outcome="WSRC0001")
    )
    with pytest.raises(UnknownWorldError):
        others.get("mine")
    assert [known.name for known in others.list()] == [DEFAULT]


def test_the_default_world_on_postgresql_can_be_used_but_not_copied(open_worlds: Open, postgresql_url: str) -> None:
    opened = open_worlds()
    with closing(open_store(postgresql_url)) as store:
        files = WorldFiles(opened.directory, lambda: Means(NOON, str, draw_nothing))
        worlds = Worlds(opened.control, files, store, FixedClock(NOON), lambda *_: None)
        worlds.add_default(origin=EMPTY, seed=6, lasting=True)
        added = add(worlds, DEFAULT, 1)
        assert ulns(worlds, DEFAULT) == {added}
        with pytest.raises(WorldRefusedError, match="kept in PostgreSQL"):
            worlds.snapshot(DEFAULT, "a")
        worlds.create("mine", WORLD_FILE)
        assert ulns(worlds, "mine") == {MAEVE}
        worlds.close()
