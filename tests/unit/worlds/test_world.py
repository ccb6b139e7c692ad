"""Worlds in YAML: what is loaded, and how each thing that can be wrong with them is told."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from lrs_soap.domain import uln
from lrs_soap.store import Store
from lrs_soap.worlds import Loaded
from tests.fakes import a_learner
from tests.unit.worlds.conftest import NOW, Load

Refused = Callable[..., list[str]]

MAEVE = """
Learners:
  - ULN: 9276308686
    GivenName: Maeve
    FamilyName: Okafor
    DateOfBirth: 2004-02-29
    Gender: 2
    LastKnownPostCode: LS2 9AB
"""
# The same learner without a ULN, for putting fields below.
SOMEONE = MAEVE.replace("ULN: 9276308686\n    ", "")


def with_field(field: str) -> str:
    return f"{MAEVE}    {field}\n"


def test_every_kind_of_record_is_loaded(load: Load, store: Store) -> None:
    world = """
Organisations:
  - UKPRN: "10001234"
    OrganisationRef: ABC123
    Name: Example College
    Status: Closed
    OrgPassword: 0123456789abcdef
    Grants: [find, learning events]
    AwardingOrganisation: Y
Learners:
  - ULN: 9276308686
    VersionNumber: 3
    GivenName: Maeve
    FamilyName: O'Kafor
    Title: no
    DateOfBirth: 2004-02-29
    Gender: 2
    LastKnownPostCode: LS2 9AB
    ScottishCandidateNumber: 012345678
    VerificationType: 2
    CreatedDate: 2019-09-03
    LastUpdatedDate: 2021-01-18 09:30:00
    RegisteredByUKPRN: 10001234
    LearningEvents:
      - Source: ILR
        Grade: 9999999999
        Credits: 12
        ReturnNumber: 02
        AchievementAwardDate: 2020-08-20
        UnderDataChallenge: Y
        Sensitive: Y
LearningEvents:
  - ULN: 9276308686
    ID: 77
    Source: AO
"""
    assert load(world) == Loaded(1, 1, 2)
    with store.reading() as work:
        college = work.organisations.by_ukprn("10001234")
        learner = work.learners.get("9276308686")
        events = work.events.of(["9276308686"])
    assert college is not None
    assert (college.status, college.password_hash) == ("Closed", "hash of 0123456789abcdef")
    assert college.grants == {"find", "learning events"}
    assert college.awarding
    assert learner is not None
    assert (learner.version, learner.title, learner.scottish_candidate_number) == (3, "no", "012345678")
    assert (learner.tier_level, learner.status, learner.registered_by) == ("2", "1", "10001234")
    assert learner.created_at == datetime(2019, 9, 3, tzinfo=NOW.tzinfo)
    assert learner.updated_at == datetime(2021, 1, 18, 9, 30, tzinfo=NOW.tzinfo)
    assert [(event.source, event.credits, event.return_number) for event in events] == [
        ("ILR", 12, "02"),
        ("AO", 0, None),
    ]
    assert (events[0].award_date, events[0].sensitive, events[0].under_data_challenge) == (
        date(2020, 8, 20),
        True,
        True,
    )
    assert events[1].event_id == 77


def test_a_uln_left_out_is_drawn(load: Load, store: Store) -> None:
    load(SOMEONE + "    LearningEvents: [{Source: NPD}]\n")
    with store.reading() as work:
        (learner,) = work.learners.exact(a_learner().details)
        assert uln.is_valid(learner.uln)
        assert len(work.events.of([learner.uln])) == 1
        assert learner.created_at == NOW


def test_a_linked_learner_may_stand_before_its_master(load: Load, store: Store) -> None:
    linked = "  - {GivenName: M, FamilyName: O, DateOfBirth: 2004-02-29, Gender: 2, LastKnownPostCode: LS2 9AB, "
    load("Learners:\n" + linked + "ULN: 1026893096, MasterULN: 9276308686}" + MAEVE.removeprefix("\nLearners:"))
    with store.reading() as work:
        master, other = work.learners.get("9276308686"), work.learners.get("1026893096")
    assert master is not None
    assert other is not None
    assert (master.linked_ulns, other.status, other.master_uln) == (("1026893096",), "2", "9276308686")


def test_a_world_is_loaded_on_top_of_another(load: Load, store: Store) -> None:
    load(MAEVE)
    load("LearningEvents: [{ULN: 9276308686, Source: NPD}]", "more.yaml")
    load(MAEVE.replace("ULN: 9276308686", "MasterULN: 9276308686"), "linked.yml")
    with store.reading() as work:
        assert work.learners.count() == 2
        assert len(work.events.of(["9276308686"])) == 1


def test_an_empty_world_loads_nothing(load: Load) -> None:
    assert load("") == Loaded()
    assert load("Learners:\n") == Loaded()
    assert str(Loaded()) == "nothing"
    assert str(Loaded(1, 2, 0)) == "1 organisation, 2 learners"
    assert str(Loaded(learners=1) + Loaded(1, 1, 3, 1)) == (
        "1 organisation, 2 learners, 3 learning events, 1 qualification"
    )


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("Gander: 2", "world.yaml:9: Learners[1].Gander: there is no such field; did you mean Gender?"),
        ("Gender: 2", "world.yaml:9: Learners[1].Gender: given twice, first on line 7; leave one out"),
        ("Title: !!null", None),
        ("DateOfAddressCapture: 2021-02-29", "'2021-02-29' should be a date as YYYY-MM-DD"),
        ("DateOfAddressCapture: 29.2.2020", "'29.2.2020' should be a date as YYYY-MM-DD"),
        ('DateOfAddressCapture: "2020-02-28\\n"', "should be a date as YYYY-MM-DD"),
        ("CreatedDate: 2020-02-28 24:00:00", "should be a date as YYYY-MM-DD, or a date and time"),
        ("EmailAddress: nobody", "'nobody' should be an email address"),
        ("Nationality: British", "'British' should be an ISO 3166-1 code"),
        ("AbilityToShare: 3", "'3' should be 0 notice not seen, 1 shares or 2 does not share"),
        ("VersionNumber: 0", "'0' should be a whole number from 1"),
        ("Title: [Ms]", "Learners[1].Title: should be at most 35 characters"),
        (f"Title: {'x' * 36}", "should be at most 35 characters"),
        ('Notes: "a\\u0007b"', "Learners[1].Notes: holds the character U+0007, which XML cannot carry; take it out"),
        ("LearnerStatus: 2", "LearnerStatus: 2 is a linked learner; give its master's ULN as MasterULN"),
        ("MasterULN: 1026893096", "1026893096 is neither in this file nor in the register"),
        ("MasterULN: 9276308686", "9276308686 is this learner's own ULN"),
        ("MasterULN: 9999999999", "'9999999999' should be a ULN: ten digits, the last a check digit"),
        ("LearningEvents: [{Source: XYZ}]", "Learners[1].LearningEvents[1].Source: 'XYZ' should be NPD, ILR or AO"),
        ("LearningEvents: [{Grade: A}]", "LearningEvents[1].Source: missing or empty; give NPD, ILR or AO"),
        ("LearningEvents: [{Source: AO, Grade: 9999999999}]", "9999999999 is for ILR events alone; leave Grade out"),
        ("LearningEvents: [{Source: AO, ID: 5}, {Source: AO, ID: 5}]", "LearningEvents[2].ID: 5 is also that of"),
    ],
)
def test_what_is_wrong_with_a_learner(field: str, problem: str | None, refusal: Refused, load: Load) -> None:
    if problem is None:
        load(with_field(field))
        return
    (told,) = refusal(with_field(field))
    assert told.startswith("world.yaml:9: Learners[1].")
    assert problem in told


@pytest.mark.parametrize(
    ("world", "problem"),
    [
        ("- just\n- a list\n", "world.yaml:1: should be a mapping with Organisations, Learners and LearningEvents"),
        ("Leaners: []\n", "world.yaml:1: Leaners: there is no such field; did you mean Learners?"),
        ("Learners: [x]\n", "world.yaml:1: Learners[1]: 'x' should be a mapping of fields to values"),
        ("Learners: {a: b\n", "this is not YAML"),
        ("\n\nLearners:\n\t- x\n", "world.yaml:4: this is not YAML"),
        ("Learners: &all []\nOrganisations: *all\n", "Organisations: this is an alias of something above"),
        ("? [a]\n: b\n", "world.yaml:1: a field name must be a plain word"),
        ("Learners: \x07\n", "this is not YAML"),
        (b"Learners:\n  - \xff\n", "world.yaml:2: this is not YAML"),
        (
            "LearningEvents: [{ULN: 9276308686, Source: AO}]",
            "LearningEvents[1].ULN: 9276308686 is neither in this file",
        ),
    ],
)
def test_what_is_wrong_with_a_file(world: str | bytes, problem: str, refusal: Refused) -> None:
    (told,) = refusal(world)
    assert problem in told


def test_a_file_nested_too_deeply_is_refused(refusal: Refused) -> None:
    (told,) = refusal("[" * 20_000)
    assert told.startswith("world.yaml")


def test_all_problems_are_listed_by_line(refusal: Refused) -> None:
    told = refusal("Learners:\n  - GivenName: A\n  - Gender: 5\n")
    assert [line.split(": ")[0] for line in told] == ["world.yaml:2"] * 4 + ["world.yaml:3"] * 5
    assert told[0].endswith("DateOfBirth: missing or empty; give a date as YYYY-MM-DD, such as 2006-03-14")


def test_many_problems_are_counted_and_not_all_listed(refusal: Refused) -> None:
    told = refusal("Learners:\n" + "  - {}\n" * 30)
    assert len(told) == 51
    assert told[-1] == "… and 100 more problems"


def test_learners_alike_in_all_five_details_are_refused(refusal: Refused) -> None:
    twin = MAEVE.removeprefix("\nLearners:\n").replace("9276308686", "1026893096").replace("Maeve", "MAEVE")
    (told,) = refusal(MAEVE + twin)
    assert told.startswith("world.yaml:11: Learners[2].FamilyName: names, date of birth, gender and postcode are those")
    assert "Learners[1] on line 3" in told


def test_a_uln_given_twice_is_refused(refusal: Refused) -> None:
    (told,) = refusal(MAEVE + MAEVE.removeprefix("\nLearners:\n").replace("Maeve", "Ann"))
    assert told == "world.yaml:9: Learners[2].ULN: 9276308686 is also that of Learners[1] on line 3; each needs its own"


def test_what_the_register_has_already_is_refused(load: Load, refusal: Refused) -> None:
    load(with_field("LearningEvents: [{Source: AO, ID: 5}]"))
    (told,) = refusal(MAEVE.replace("Maeve", "Ann"))
    assert told.startswith(
        "world.yaml:3: Learners[1].ULN: 9276308686: the register has a learner with this ULN already"
    )
    (told,) = refusal(SOMEONE)
    assert told.startswith("world.yaml:4: Learners[1].FamilyName: live learner 9276308686 in the register has the same")
    (told,) = refusal("LearningEvents: [{ULN: 9276308686, Source: NPD, ID: 6}, {ULN: 9276308686, Source: NPD, ID: 5}]")
    assert "LearningEvents[2].ID: 5 is that of an event in the register already" in told


def test_a_link_to_a_linked_learner_is_refused(load: Load, refusal: Refused) -> None:
    load(MAEVE)
    load(MAEVE.replace("ULN: 9276308686", "ULN: 1026893096\n    MasterULN: 9276308686"))
    (told,) = refusal(MAEVE.replace("ULN: 9276308686", "ULN: 6936002314\n    MasterULN: 1026893096"))
    assert told.endswith("1026893096 is a linked learner itself; link to its master 9276308686")
    one_of_its_own = SOMEONE.replace("Maeve", "Ann") + "    MasterULN: 9276308686\n    LearnerStatus: 1\n"
    (told,) = refusal(one_of_its_own)
    assert "only a linked learner has a master" in told


COLLEGE = """
Organisations:
  - {UKPRN: TEST0101, OrganisationRef: TST001, Name: Test College, OrgPassword: 0123456789abcdef}
"""


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ("TEST0101", "TEST", "UKPRN: 'TEST' should be 8 letters or digits"),
        ("TST001", "TST0012", "OrganisationRef: 'TST0012' should be 6 letters or digits"),
        ("0123456789abcdef", "short", "OrgPassword: 'short' should be exactly 16 characters"),
        ("}", ", Grants: [everything]}", "Grants[1]: 'everything' should be find, register, update"),
        ("}", ", AwardingOrganisation: yes}", "AwardingOrganisation: 'yes' should be Y or N"),
        ("Name: Test College, ", "", "Name: missing or empty"),
    ],
)
def test_what_is_wrong_with_an_organisation(was: str, becomes: str, problem: str, refusal: Refused) -> None:
    (told,) = refusal(COLLEGE.replace(was, becomes))
    assert told.startswith(f"world.yaml:3: Organisations[1].{problem}")


def test_organisations_are_told_apart_by_both_identifiers(load: Load, refusal: Refused) -> None:
    twice = refusal(COLLEGE + COLLEGE.removeprefix("\nOrganisations:\n").replace("TEST0101", "test0101"))
    assert [line.split(" is also")[0] for line in twice] == [
        "world.yaml:4: Organisations[2].OrganisationRef: TST001",
        "world.yaml:4: Organisations[2].UKPRN: test0101",
    ]
    load(COLLEGE)
    assert len(refusal(COLLEGE)) == 2


def test_other_kinds_of_files_are_refused(refusal: Refused) -> None:
    assert refusal("{}", "world.json") == [
        "world.json: name a world .yaml, and a table of learners or qualifications .csv"
    ]
