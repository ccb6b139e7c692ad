"""Every operation in order, told as a story against the demo world of `lrs-soap serve --demo`.

The credentials and ULNs here are those of the demo world, invented and published with it. Somebody new is registered
each time, so the story can be told again and again.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from random import SystemRandom
from typing import TypedDict

import click

from lrs_client import output, output_batches
from lrs_client.cli_options import Session
from lrs_client.connection import Connection
from lrs_client.credentials import Credentials
from lrs_client.faults import LrsError, LrsFault
from lrs_client.get_achievement_job import wait_for_achievement_job
from lrs_client.get_batch_output import wait_for_batch
from lrs_client.get_learning_events import LearningRecord, get_learning_events
from lrs_client.get_organisation import get_organisation
from lrs_client.get_verify_batch_output import wait_for_verify_batch
from lrs_client.learner import FindAnswer, LearnerToRegister
from lrs_client.learner_by_demographics import learner_by_demographics
from lrs_client.learner_by_uln import learner_by_uln
from lrs_client.learner_by_uln_r9 import learner_by_uln_r9
from lrs_client.meanings import ACHIEVEMENTS, ORGANISATIONS, RECORDS
from lrs_client.register_learner import register_learner
from lrs_client.retrieve_ulns import retrieve_ulns
from lrs_client.submit_achievements import Achievement, submit_achievements
from lrs_client.submit_batch import BatchLearner, submit_batch
from lrs_client.submit_verify_batch import LearnerToVerify, submit_verify_batch
from lrs_client.update_learner import update_learner
from lrs_client.update_subset_fields import update_subset_fields
from lrs_client.verify_learner import verify_learner
from lrs_client.view_audit import view_audit


class Who(TypedDict):
    """A learner by ULN and names."""

    uln: str
    given_name: str
    family_name: str


CREDENTIALS = Credentials(
    ukprn="DEMO0001",
    organisation_ref="DEMO01",
    password="demo-password-01",  # noqa: S106 - published with the demo world
    user_name="lrs-client demo",
)
AWARDING = replace(CREDENTIALS, ukprn="DEMO0003", organisation_ref="DEMO03", password="demo-password-03")  # noqa: S106
WRONG_PASSWORD = replace(CREDENTIALS, password="not-the-password")  # noqa: S106
AMELIA: Who = {"uln": "9000000105", "given_name": "Amelia", "family_name": "Hartley"}
LINKED: Who = {"uln": "9000000318", "given_name": "Priya", "family_name": "Nair"}
DOES_NOT_SHARE: Who = {"uln": "9000000377", "given_name": "Fatima", "family_name": "Begum-Khan"}
CHARLOTTE = LearnerToRegister(
    given_name="Charlotte",
    family_name="Middleham",
    date_of_birth=date(2004, 11, 5),
    gender="2",
    last_known_post_code="ZZ99 9ZZ",
    verification_type="1",
    ability_to_share="1",
)
DELETED_ULN = "9000000350"
INVALID_ULN = "9000000106"
GCSE = "69910034"
EVERY_SECONDS = 0.2
JOB_SECONDS = 60.0

GIVEN_NAMES = ("Ada", "Bram", "Carys", "Dewi", "Esme", "Farah", "Gwen", "Hamza", "Ines", "Jonah", "Kofi", "Lena")
SYLLABLES = ("bar", "den", "fos", "gil", "hart", "ket", "lum", "mor", "nes", "pol", "rav", "sten", "thal", "wick")
CONSONANTS = "ABDEFGHJLNPQRSTUWXYZ"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the story: what was tried, what came back, and the code that should have."""

    title: str
    answer: object
    told: str
    expected: str = ""

    @property
    def is_as_expected(self) -> bool:
        """Whether the code is the one the demo world leads to."""
        return not self.expected or getattr(self.answer, "code", None) == self.expected


def run(session: Session) -> None:
    """Tell the story; the command ends with 1 when something did not turn out as it should."""
    with (
        session.connection(CREDENTIALS) as connection,
        session.connection(AWARDING) as awarding,
        session.connection(WRONG_PASSWORD) as stranger,
    ):
        steps = []
        for number, step in enumerate(_story(connection, awarding, stranger), 1):
            steps.append(step)
            if not session.as_json:
                click.echo(f"{number}. {step.title}\n\n{_indented(step.told)}\n")
    if session.as_json:
        click.echo(output.as_json([{"title": step.title, "answer": step.answer} for step in steps]))
    if surprises := [step for step in steps if not step.is_as_expected]:
        for step in surprises:
            click.echo(f"lrs-client: {step.title} should have answered {step.expected}.", err=True)
        sys.exit(1)


def _indented(text: str) -> str:
    return "\n".join(f"   {line}".rstrip() for line in text.splitlines())


def _story(connection: Connection, awarding: Connection, stranger: Connection) -> Iterator[Step]:
    yield _introduction(connection)
    yield from _somebody_new(connection, _newcomer(SystemRandom()))
    yield from _other_finds(connection)
    yield from _learning_records(connection)
    yield from _batch(connection, _newcomer(SystemRandom()))
    yield from _verify_batch(connection)
    yield from _achievements(awarding)
    yield from _refusals(connection, stranger)


def _introduction(connection: Connection) -> Step:
    try:
        answer = get_organisation(connection, ukprn=CREDENTIALS.ukprn)
    except LrsFault as fault:
        text = "does not hold the demo world; start one that does with: lrs-soap serve --demo"
        raise LrsError(f"{connection.url} {text} ({fault})") from None
    told = output.paragraphs(output.code_told(answer.code, ORGANISATIONS), f"{answer.display_name}, {answer.status}")
    return Step("Look up the organisation we call as", answer, told, "WSRC0004")


def _newcomer(random: SystemRandom) -> LearnerToRegister:
    """Invent somebody of 16 to 19 years with an unusual name."""
    born = date.today() - timedelta(days=random.randrange(16 * 366, 19 * 365))  # noqa: DTZ011 - any day will do
    place = f"LS{random.randrange(1, 30)} {random.randrange(1, 10)}{''.join(random.choices(CONSONANTS, k=2))}"
    return LearnerToRegister(
        given_name=random.choice(GIVEN_NAMES),
        family_name="".join(random.sample(SYLLABLES, 4)).capitalize(),
        date_of_birth=born,
        gender=random.choice(["1", "2"]),
        last_known_post_code=place,
        verification_type="1",
        ability_to_share="1",
    )


def _somebody_new(connection: Connection, newcomer: LearnerToRegister) -> Iterator[Step]:
    name = f"{newcomer.given_name} {newcomer.family_name}"
    found = _by_details(connection, newcomer)
    yield _find_step(f"Find {name} by demographics: nobody", found, "WSRC0001")
    registered = register_learner(connection, newcomer)
    told = f"{output.code_told(registered.code)}\n\n{registered.uln}"
    yield Step(f"Register {name}", registered, told, "WSRC0005")
    again = register_learner(connection, newcomer)
    yield Step("Register the same details again: refused", again, output.code_told(again.code), "WSRC0021")

    identity: Who = {
        "uln": registered.uln or "",
        "given_name": newcomer.given_name,
        "family_name": newcomer.family_name,
    }
    found = learner_by_uln(connection, **identity)
    yield _find_step("Find the new learner by ULN", found, "WSRC0004")
    for learner in found.learners:
        email = f"{newcomer.given_name}@example.org".lower()
        updated = update_learner(connection, learner, {"email_address": email})
        yield Step("Update the email address", updated, output.code_told(updated.code), "WSRC0006")
        stale = update_learner(connection, learner, {"notes": "Changed with an old version number"})
        yield Step("Update with the version read before: stale", stale, output.code_told(stale.code), "WSRC0013")
        subset = update_subset_fields(
            connection, uln=learner.uln, version_number=learner.version_number + 1, telephone_number="0113 496 0000"
        )
        yield Step("Update the telephone number (R9)", subset, output.code_told(subset.code), "WSRC0006")
    yield from _looked_up(connection, identity)


def _looked_up(connection: Connection, identity: Who) -> Iterator[Step]:
    read = learner_by_uln_r9(connection, **identity)
    if read.learner:
        told = output.facts({"Email address": read.learner.email_address, "Telephone": read.learner.telephone_number})
        yield Step("Read the changes (R9)", read, f"{output.code_told(read.code)}\n\n{told}", "WSRC0004")
    verified = verify_learner(connection, **identity)
    yield Step("Verify the learner", verified, output.code_told(verified.code), "WSVRC001")
    somebody_else: Who = {**identity, "given_name": "Zbigniew"}
    other = verify_learner(connection, **somebody_else)
    told = f"{output.code_told(other.code)}\n\n{' '.join(other.failure_flags)}"
    yield Step("Verify with another given name: it does not match", other, told, "WSVRC005")
    ulns = [identity["uln"], LINKED["uln"], DELETED_ULN]
    retrieved = retrieve_ulns(connection, ulns)
    yield Step("Retrieve ULNs: ours, a linked one, a deleted one", retrieved, output.table(output.RETRIEVED, retrieved))


def _by_details(connection: Connection, wanted: LearnerToRegister) -> FindAnswer:
    return learner_by_demographics(
        connection,
        family_name=wanted.family_name,
        given_name=wanted.given_name,
        date_of_birth=wanted.date_of_birth,
        gender=wanted.gender,
        last_known_post_code=wanted.last_known_post_code,
    )


def _other_finds(connection: Connection) -> Iterator[Step]:
    yield _find_step("Find with another postcode: possible matches", _by_details(connection, CHARLOTTE), "WSRC0003")
    daniel = LearnerToRegister(
        given_name="Daniel",
        family_name="Evans",
        date_of_birth=date(2003, 5, 17),
        gender="1",
        last_known_post_code="ZZ99 9ZZ",
    )
    yield _find_step("Find twelve of the same name: too many", _by_details(connection, daniel), "WSRC0002")
    yield _find_step("Find a linked learner: its master", learner_by_uln(connection, **LINKED), "WSRC0022")


def _find_step(title: str, answer: FindAnswer, expected: str) -> Step:
    return Step(title, answer, output.answer_told(answer.code, output.LEARNERS, answer.learners), expected)


def _learning_records(connection: Connection) -> Iterator[Step]:
    cases: Sequence[tuple[str, Who, str]] = (
        ("Read the learning events of Amelia Hartley", AMELIA, "WSRC0004"),
        ("Read those of a linked learner: the master's", LINKED, "WSRC0022"),
        ("Read those of somebody who does not share", DOES_NOT_SHARE, "WSEC0206"),
        ("Read those of somebody else by that ULN: not verified", {**AMELIA, "given_name": "Zbigniew"}, "WSEC0208"),
        ("Read those of a ULN with a wrong check digit", {**AMELIA, "uln": INVALID_ULN}, "WSEC0136"),
    )
    for title, who, expected in cases:
        record: LearningRecord = get_learning_events(connection, **who)
        yield Step(title, record, output.answer_told(record.code, output.EVENTS, record.events, RECORDS), expected)
    page = view_audit(connection, **AMELIA)
    told = f"Entries: {page.total_items}, the newest first:\n\n{output.table(output.AUDIT, page.entries[:3])}"
    yield Step("See who looked at Amelia's learning events", page, told)


def _batch(connection: Connection, newcomer: LearnerToRegister) -> Iterator[Step]:
    learners = (
        BatchLearner(mis_identifier="1", **asdict(newcomer)),
        BatchLearner(mis_identifier="2", **AMELIA),
        BatchLearner(mis_identifier="3", **LINKED),
        BatchLearner(mis_identifier="4", **asdict(CHARLOTTE)),
    )
    submitted = submit_batch(connection, learners)
    told = output.paragraphs(output.code_told(submitted.code), f"Job {submitted.job_id}")
    yield Step("Submit a batch: somebody new, two ULNs, and one who may be known", submitted, told, "WSRC0007")
    if submitted.job_id:
        finished = wait_for_batch(connection, submitted.job_id, EVERY_SECONDS, JOB_SECONDS)
        yield Step("Wait for its output", finished, output_batches.batch_told(finished), "WSRC0009")


def _verify_batch(connection: Connection) -> Iterator[Step]:
    somebody_else: Who = {**AMELIA, "given_name": "Zbigniew"}
    learners = [LearnerToVerify(**who) for who in (AMELIA, LINKED, somebody_else)]
    submitted = submit_verify_batch(connection, learners)
    told = output.paragraphs(output.code_told(submitted.code), f"Job {submitted.job_id}")
    yield Step("Submit three ULNs to be verified", submitted, told, "WSRC0007")
    if submitted.job_id:
        finished = wait_for_verify_batch(connection, submitted.job_id, EVERY_SECONDS, JOB_SECONDS)
        yield Step("Wait for its output", finished, output_batches.verify_batch_told(finished), "WSRC0009")


def _achievements(awarding: Connection) -> Iterator[Step]:
    known = Achievement(
        **AMELIA,
        provider_ukprn="DEMO0002",
        unit_or_qualification_reference_number=GCSE,
        achievement_award_date=date(2024, 8, 22),
        action=1,
        action_date=date(2024, 8, 23),
        grade="7",
    )
    achievements = [known, replace(known, grade="A")]
    submitted = submit_achievements(awarding, achievements, email_address="results@example.org")
    told = output.paragraphs(output.code_told(submitted.code, ACHIEVEMENTS), f"Job {submitted.job_id}")
    yield Step(
        "Report two achievements as an awarding organisation, one with a wrong grade", submitted, told, "WSRC0007"
    )
    if submitted.job_id:
        finished = wait_for_achievement_job(awarding, submitted.job_id, EVERY_SECONDS, JOB_SECONDS)
        yield Step("Wait for what came of them", finished, output_batches.achievement_job_told(finished), "WSRC0009")


def _refusals(connection: Connection, stranger: Connection) -> Iterator[Step]:
    yield _refused("Call with a wrong password", lambda: learner_by_uln(stranger, **AMELIA), "WSEC0005")
    badly_formed: Who = {**AMELIA, "uln": "123"}
    yield _refused("Send a ULN of three digits", lambda: learner_by_uln(connection, **badly_formed), "WSEC0001")


def _refused(title: str, call: Callable[[], FindAnswer], expected: str) -> Step:
    try:
        return _find_step(title, call(), expected)
    except LrsFault as fault:
        return Step(title, fault, output.error_told(fault), expected)
