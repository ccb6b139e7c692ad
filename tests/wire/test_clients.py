"""The reference clients against a real service: every module, every field."""

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any

import pytest

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.credentials import Credentials
from lrs_client.faults import LrsError, LrsFault, LrsUnreachableError, LrsUnreadableError
from lrs_client.get_learning_events import LearningEvent, get_learning_events
from lrs_client.get_organisation import get_organisation
from lrs_client.learner import Learner, LearnerToRegister
from lrs_client.learner_by_demographics import learner_by_demographics
from lrs_client.learner_by_uln import learner_by_uln
from lrs_client.learner_by_uln_r9 import learner_by_uln_r9
from lrs_client.register_learner import register_learner
from lrs_client.retrieve_ulns import retrieve_ulns
from lrs_client.update_learner import update_learner
from lrs_client.update_subset_fields import update_subset_fields
from lrs_client.verify_learner import verify_learner
from lrs_client.view_audit import view_audit
from lrs_client.wire import wire_name
from tests import factories
from tests.wire.college import (
    CLOSED,
    FULL,
    FULL_EVENT,
    LINKED,
    PRIVATE,
    SPARE_EVENT,
    TWINS,
    UNKNOWN_ULN,
    served_college,
)
from tests.wire.records import event_elements, filled, learner_elements, r9_elements

CREDENTIALS = Credentials(ukprn="TEST0101", password=factories.PASSWORD, user_name="tester")
NEWCOMER = LearnerToRegister(
    given_name="Tegan",
    family_name="Abernathy",
    date_of_birth=date(2007, 5, 6),
    gender="2",
    last_known_post_code="AB1 2DE",
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_college(tmp_path_factory.mktemp("college")) as address:
        yield address


@pytest.fixture(params=[LEARNER_SERVICE, LEARNER_REGISTER])
def connection(address: str, request: pytest.FixtureRequest) -> Iterator[Connection]:
    with Connection(address, CREDENTIALS, prefer=request.param) as connection:
        yield connection


def by_wire_names(value: Any) -> dict[str, Any]:
    """Return a client's learner as elements, dates as text."""
    values = {wire_name(name): each for name, each in asdict(value).items()}
    values["LinkedULNs"] = list(values.pop("LinkedUlns"))
    return {name: each.isoformat() if isinstance(each, date) else each for name, each in values.items()}


def newcomer(connection: Connection, name: str, **changes: Any) -> Learner:
    """Register somebody and read the record; one person for each service, since the register is one."""
    wanted = replace(NEWCOMER, given_name=f"{name}{connection.prefer[7:]}", **changes)
    registered = register_learner(connection, wanted)
    assert registered.code == "WSRC0005"
    assert registered.uln is not None
    return read_again(connection, registered.uln, wanted)


def read_again(connection: Connection, uln: str, who: LearnerToRegister) -> Learner:
    answer = learner_by_uln(connection, uln=uln, given_name=who.given_name, family_name=who.family_name)
    (found,) = answer.learners
    return found


def test_learner_by_uln_has_every_field(connection: Connection) -> None:
    answer = learner_by_uln(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor")
    (found,) = answer.learners
    assert answer.code == "WSRC0004"
    assert by_wire_names(found) == learner_elements(FULL) | {"LinkedULNs": [LINKED.uln]}


def test_learner_by_uln_tells_a_linked_one_and_none(connection: Connection) -> None:
    linked = learner_by_uln(connection, uln=LINKED.uln, given_name="Mauve", family_name="Okafor")
    assert linked.code == "WSRC0022"
    assert (linked.learners[0].uln, linked.learners[0].master_substituted) == (FULL.uln, "Y")
    nobody = learner_by_uln(connection, uln=FULL.uln, given_name="Zbigniew", family_name="Xu")
    assert (nobody.code, nobody.learners) == ("WSRC0001", ())


def test_a_check_answers_the_code_alone(connection: Connection) -> None:
    answer = learner_by_uln(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor", find_type="CHK")
    assert (answer.code, answer.learners) == ("WSRC0004", ())


def test_learner_by_demographics_finds_and_tells_apart(connection: Connection) -> None:
    wanted: dict[str, Any] = {
        "family_name": "Quill",
        "given_name": "Ada",
        "date_of_birth": date(2004, 2, 29),
        "gender": "2",
    }
    one = learner_by_demographics(connection, **wanted, last_known_post_code="M1 1AE")
    assert (one.code, [found.uln for found in one.learners]) == ("WSRC0004", [TWINS[0].uln])
    both = learner_by_demographics(connection, **wanted, last_known_post_code="ZZ99 9ZZ", place_of_birth="")
    assert (both.code, [found.uln for found in both.learners]) == ("WSRC0003", [twin.uln for twin in TWINS])


def test_register_learner_stores_every_field(connection: Connection) -> None:
    values = {field.name: getattr(FULL, field.name) for field in fields(LearnerToRegister)}
    learner = newcomer(connection, "Whole", **{name: values[name] for name in values if name != "given_name"})
    stored = asdict(learner)
    assert {name: stored[name] for name in values if name != "given_name"} == {
        name: value for name, value in values.items() if name != "given_name"
    }
    wanted = replace(LearnerToRegister(**values), given_name=learner.given_name)
    assert register_learner(connection, wanted).code == "WSRC0021"


def test_update_learner_changes_clears_and_keeps(connection: Connection) -> None:
    learner = newcomer(connection, "Updated", notes="Old", title="Ms", place_of_birth="Leeds")
    assert update_learner(connection, learner, {"notes": None, "title": "Dr"}).code == "WSRC0006"
    assert update_learner(connection, learner, {"notes": "x"}).code == "WSRC0013"
    after = read_again(connection, learner.uln, learner)
    assert (after.notes, after.title, after.place_of_birth, after.version_number) == (None, "Dr", "Leeds", 2)
    assert update_learner(connection, after, {"title": "Dr"}).code == "WSRC0020"


def test_a_new_family_name_leaves_the_old_one_behind(connection: Connection) -> None:
    learner = newcomer(connection, "Married", previous_family_name="First")
    assert update_learner(connection, learner, {"family_name": "Third"}).code == "WSRC0006"
    after = read_again(connection, learner.uln, replace(learner, family_name="Third"))
    assert (after.family_name, after.previous_family_name) == ("Third", NEWCOMER.family_name)


def test_what_is_no_field_cannot_be_changed(connection: Connection) -> None:
    learner = learner_by_uln(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor").learners[0]
    with pytest.raises(ValueError, match="cannot be changed: uln"):
        update_learner(connection, learner, {"uln": UNKNOWN_ULN})


def test_verify_learner_tells_what_failed(connection: Connection) -> None:
    names: dict[str, Any] = {"given_name": "Maeve", "family_name": "Okafor"}
    right = verify_learner(connection, uln=FULL.uln, date_of_birth=FULL.date_of_birth, gender="2", **names)
    assert (right.code, right.uln, right.failure_flags) == ("WSVRC001", FULL.uln, ())
    assert (right.searched_date_of_birth, right.date_of_birth) == (FULL.date_of_birth, FULL.date_of_birth)
    wrong = verify_learner(connection, uln=FULL.uln, gender="1", **names)
    assert (wrong.code, wrong.uln, wrong.failure_flags) == ("WSVRC005", None, ("VRF8",))
    assert verify_learner(connection, uln=UNKNOWN_ULN, **names).code == "WSVRC006"


def test_retrieve_ulns_keeps_the_order(connection: Connection) -> None:
    found = retrieve_ulns(connection, [UNKNOWN_ULN, LINKED.uln, FULL.uln])
    assert [(each.uln, each.code, each.master_uln) for each in found] == [
        (UNKNOWN_ULN, "WSRC0001", None),
        (LINKED.uln, "WSRC0022", FULL.uln),
        (FULL.uln, "WSRC0004", None),
    ]
    assert found[2].date_of_birth == FULL.date_of_birth


def test_learning_events_have_every_field(connection: Connection) -> None:
    record = get_learning_events(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor", gender="2")
    assert (record.code, record.found_uln, record.incoming_uln) == ("WSRC0004", FULL.uln, FULL.uln)
    expected = [event_elements(each) for each in (FULL_EVENT, SPARE_EVENT)]
    assert [event_by_elements(each) for each in record.events] == expected


def event_by_elements(event: LearningEvent) -> dict[str, Any]:
    names = {wire_name(field.name): getattr(event, field.name) for field in fields(event) if field.name != "id"}
    return {name: str(value) if isinstance(value, datetime | date) else value for name, value in names.items()}


def test_learning_events_of_others_are_answers_not_errors(connection: Connection) -> None:
    who: dict[str, Any] = {"given_name": PRIVATE.given_name, "family_name": PRIVATE.family_name}
    assert get_learning_events(connection, uln=PRIVATE.uln, **who).code == "WSEC0206"
    assert get_learning_events(connection, uln=PRIVATE.uln, **who, user_type="LNR").code == "WSRC0004"
    unverified = get_learning_events(connection, uln=PRIVATE.uln, **who, date_of_birth=date(1999, 1, 1))
    assert (unverified.code, unverified.found_uln, unverified.events) == ("WSEC0208", None, ())
    assert get_learning_events(connection, uln="1234567890", **who).code == "WSEC0136"


def test_learner_by_uln_r9_has_every_field(connection: Connection) -> None:
    answer = learner_by_uln_r9(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor")
    assert answer.learner is not None
    expected = {name.casefold(): value for name, value in filled(r9_elements(FULL)).items()}
    found = {name.replace("_", ""): value for name, value in filled(asdict(answer.learner)).items()}
    assert found.pop("linkedulns") == (LINKED.uln,)
    assert found == expected
    nobody = learner_by_uln_r9(connection, uln=UNKNOWN_ULN, given_name="Maeve", family_name="Okafor")
    assert (nobody.code, nobody.learner) == ("WSRC0001", None)


def test_update_subset_fields_leaves_what_is_not_given(connection: Connection) -> None:
    learner = newcomer(connection, "Subset", email_address="old@example.org", school_at_age_16="Old School")
    changed = update_subset_fields(
        connection, uln=learner.uln, version_number=1, school_at_age_16="", preferred_given_name="Subi"
    )
    assert changed.code == "WSRC0006"
    after = read_again(connection, learner.uln, learner)
    assert (after.email_address, after.school_at_age_16, after.preferred_given_name) == (
        "old@example.org",
        None,
        "Subi",
    )
    assert update_subset_fields(connection, uln=learner.uln, version_number=1).code == "WSRC0013"


def test_view_audit_shows_who_looked(connection: Connection) -> None:
    get_learning_events(connection, uln=TWINS[0].uln, given_name="Ada", family_name="Quill")
    page = view_audit(connection, uln=TWINS[0].uln, given_name="Ada", family_name="Quill")
    assert (page.page_index, page.page_size) == (1, 20)
    assert page.total_items == len(page.entries)
    assert (page.entries[0].user, page.entries[0].action) == ("tester", "GetLearnerLearningEvents")
    with pytest.raises(LrsFault) as caught:
        view_audit(connection, uln=TWINS[0].uln, given_name="Zbigniew", family_name="Xu")
    assert caught.value.code == "WSEC0208"
    assert TWINS[0].uln in caught.value.further_details


def test_get_organisation_by_either_identifier(connection: Connection) -> None:
    closed = get_organisation(connection, reference=CLOSED.reference)
    assert (closed.ukprn, closed.display_name, closed.status) == (CLOSED.ukprn, CLOSED.name, "Closed")
    assert get_organisation(connection, ukprn="TEST0101").org_ref == "TST001"
    assert get_organisation(connection, ukprn="NOBODY01").code == "WSRC0001"


@pytest.mark.parametrize("prefer", [LEARNER_SERVICE, LEARNER_REGISTER])
def test_a_wrong_password_is_a_typed_fault(address: str, prefer: str) -> None:
    wrong = replace(CREDENTIALS, password="wrong-wrong-wron")
    with Connection(address, wrong, prefer=prefer) as connection, pytest.raises(LrsFault) as caught:
        learner_by_uln(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor")
    assert caught.value.code == "WSEC0005"
    assert caught.value.actor
    assert isinstance(caught.value.raised_at, datetime)


def test_a_password_never_stands_in_a_fault(address: str) -> None:
    short = replace(CREDENTIALS, password="too-short")
    with Connection(address, short) as connection, pytest.raises(LrsFault) as caught:
        learner_by_uln(connection, uln=FULL.uln, given_name="Maeve", family_name="Okafor")
    assert caught.value.code == "WSEC0001"
    assert "too-short" not in str(caught.value)


def test_an_address_without_the_service_is_told(address: str) -> None:
    with Connection(f"{address}/elsewhere", CREDENTIALS) as connection, pytest.raises(LrsUnreadableError):
        get_organisation(connection, ukprn="TEST0101")


def test_every_error_has_one_base() -> None:
    assert all(issubclass(kind, LrsError) for kind in (LrsFault, LrsUnreachableError, LrsUnreadableError))
