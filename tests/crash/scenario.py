"""A register with three jobs that wait: a registration, a verification and an achievement batch of every outcome."""

from collections.abc import Iterator
from datetime import date

from lrs_soap.domain.actor import Actor
from lrs_soap.domain.codes import Channel
from lrs_soap.domain.jobs import JobKind, Submission
from lrs_soap.domain.learner import Learner
from lrs_soap.store import Store
from tests import factories
from tests.factories import MOMENT, uln_of

RECORDS = 34
BY = Actor("TEST0101", "mis.user", Channel.BATCH)
AWARDING = factories.awarding_organisation()
# Names and days far from one another, so that nobody is taken for somebody else.
FAMILIES = "Okafor Pryce Nowak Shah Hartley Lindqvist Baptiste Ferreira Yilmaz Grosvenor Umarov Castellanos".split()
LEARNERS = [
    factories.learner(
        number, given_name=family[::-1].title(), family_name=family, date_of_birth=date(1990 + number, 7, number)
    )
    for number, family in enumerate(FAMILIES, 1)
]
LINKED = factories.linked_to(LEARNERS[0], 20, given_name="Formerly")


def five(learner: Learner) -> dict[str, str]:
    """Return what a record states of a learner of the register."""
    return {
        "GivenName": learner.given_name,
        "FamilyName": learner.family_name,
        "DateOfBirth": learner.date_of_birth.isoformat(),
        "Gender": learner.gender,
        "LastKnownPostCode": learner.last_known_post_code,
        "VerificationType": "1",
        "AbilityToShare": "1",
    }


def registrations() -> Iterator[dict[str, str]]:
    """Give records that come to nearly every return code, new learners in between."""
    known = LEARNERS
    names = (
        "Ada Bram Cleo Dov Edda Finn Gwyn Hugo Iris Jonas Kofi Lotte Milo Nora Otis Perl Quin Rosa Sven Thea".split()
    )
    for number, name in enumerate(names):
        born = f"{1970 + number}-{number % 12 + 1:02}-1{number % 9}"
        yield five(known[0]) | {"GivenName": name, "FamilyName": f"{name[::-1]}wick", "DateOfBirth": born}
    yield five(known[1])
    yield five(known[2]) | {"EmailAddress": "new@example.org"}
    yield five(known[3]) | {"ULN": known[3].uln}
    yield five(known[4]) | {"ULN": known[4].uln, "LastKnownPostCode": "M1 1AE"}
    yield five(LINKED) | {"ULN": LINKED.uln}
    yield five(known[5]) | {"GivenName": "Zeb", "FamilyName": "Bez", "DateOfBirth": "1969-06-01", "AbilityToShare": ""}
    yield five(known[6]) | {"LastKnownPostCode": "EH1 1AA"}
    yield five(known[7]) | {"ULN": uln_of(900)}
    yield five(known[8]) | {"DateOfBirth": ""}
    yield five(known[9]) | {"Gender": "F"}
    yield five(known[1])
    yield five(known[10]) | {"DateOfBirth": "2025-01-01"}
    yield five(known[11]) | {"Notes": "here again"}
    yield five(known[10]) | {"PlaceOfBirth": "Leeds"}


def verifications() -> Iterator[dict[str, str]]:
    """Give records that verify, nearly, or not."""
    for number in range(RECORDS):
        learner = LEARNERS[number % len(LEARNERS)]
        values = {"ULN": learner.uln, "GivenName": learner.given_name, "FamilyName": learner.family_name}
        changes: tuple[dict[str, str], ...] = (
            {},
            {"DateOfBirth": "2004-02-28"},
            {"FamilyName": learner.family_name + "s"},
            {"ULN": uln_of(900 + number)},
        )
        yield values | changes[number % len(changes)]


def reports() -> Iterator[dict[str, str]]:
    """Give achievements that are new, repeated, updated, withdrawn, reinstated and refused."""
    for number in range(RECORDS):
        learner = LEARNERS[number // 6]
        step = number % 6
        values = factories.achievement_values(learner, ProviderUkprn=BY.organisation)
        match step:
            case 1:
                values["LanguageForAssessment"] = "CYM"
            case 2:
                values["Action"] = "2"
            case 3:
                values["Action"] = "3"
            case 4:
                values["FamilyName"] = "Somebody"
        yield values


def fill(store: Store) -> None:
    """Fill an empty register and hand in the three jobs."""
    with store.writing() as work:
        work.organisations.add(factories.organisation())
        work.organisations.add(AWARDING)
        work.qualifications.put_many([factories.qualification()])
        work.learners.add_many([*LEARNERS, LINKED])
        by_awarding = Actor(AWARDING.ukprn, "ao.user", Channel.BATCH)
        for kind, by, mode, records in (
            (JobKind.REGISTRATION, BY, "FUL", registrations()),
            (JobKind.VERIFICATION, BY, "", verifications()),
            (JobKind.ACHIEVEMENTS, by_awarding, "Final", reports()),
        ):
            work.jobs.submit(Submission(kind=kind, by=by, at=MOMENT, mode=mode), records)
