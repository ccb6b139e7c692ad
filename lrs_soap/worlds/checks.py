"""What must hold between the records of a world, and between a world and the register it is loaded into."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lrs_soap.domain.learner import DetailsKey, Learner
from lrs_soap.store import UnitOfWork
from lrs_soap.worlds.documents import Document, Steps, shown_path
from lrs_soap.worlds.problems import Problems

if TYPE_CHECKING:
    from lrs_soap.worlds.world import World

NO_GRADE = "9999999999"
TAKEN_ULN = "the register has a learner with this ULN already; take another ULN, or load into an empty database"
TAKEN_DETAILS = (
    "live learner {uln} in the register has the same names, date of birth, gender and postcode; change one of them, or "
    "give this learner LearnerStatus 0 or a MasterULN"
)


@dataclass(frozen=True, slots=True)
class Notes:
    """Where to note what is wrong with a document."""

    document: Document
    problems: Problems

    def note(self, steps: Steps, field: str, text: str) -> None:
        """Note a problem of a field of a record."""
        place = (*steps, field) if field else steps
        self.problems.add(self.document.line(place), shown_path(place), text)

    def where(self, steps: Steps) -> str:
        """Return where a record stands, for people."""
        return f"{shown_path(steps)} on line {self.document.line(steps)}"


def check_world(world: "World", notes: Notes, work: UnitOfWork) -> None:
    """Note whatever keeps a world from being loaded."""
    _check_organisations(world, notes, work)
    _check_ulns(world.learners, notes, work)
    _check_details(world.learners, notes, work)
    _check_links(world.learners, notes, work)
    _check_events(world, notes, work)


def _check_organisations(world: "World", notes: Notes, work: UnitOfWork) -> None:
    for field, attribute, known in (
        ("UKPRN", "ukprn", work.organisations.by_ukprn),
        ("OrganisationRef", "reference", work.organisations.by_reference),
    ):
        first: dict[str, Steps] = {}
        for steps, organisation in world.organisations.items():
            value: str = getattr(organisation, attribute)
            other = first.setdefault(value.upper(), steps)
            if other is not steps:
                notes.note(steps, field, f"{value} is also that of {notes.where(other)}; each needs its own")
            if (stored := known(value)) is not None:
                text = f"{value} is that of {stored.name!r} in the register already; take another, or leave it out here"
                notes.note(steps, field, text)


def _check_ulns(learners: Mapping[Steps, Learner], notes: Notes, work: UnitOfWork) -> None:
    stored = work.learners.many([learner.uln for learner in learners.values()])
    first: dict[str, Steps] = {}
    for steps, learner in learners.items():
        other = first.setdefault(learner.uln, steps)
        if other is not steps:
            notes.note(steps, "ULN", f"{learner.uln} is also that of {notes.where(other)}; each needs its own")
        if learner.uln in stored:
            notes.note(steps, "ULN", f"{learner.uln}: {TAKEN_ULN}")


def _check_details(learners: Mapping[Steps, Learner], notes: Notes, work: UnitOfWork) -> None:
    """Rule: "unique details"."""
    first: dict[DetailsKey, Steps] = {}
    for steps, learner in _live(learners):
        other = first.setdefault(learner.details, steps)
        if other is not steps:
            text = (
                f"names, date of birth, gender and postcode are those of {notes.where(other)}; change one of them, or "
                "give this learner LearnerStatus 0 or a MasterULN"
            )
            notes.note(steps, "FamilyName", text)
        for twin in work.learners.exact(learner.details):
            if twin.is_live:
                notes.note(steps, "FamilyName", TAKEN_DETAILS.format(uln=twin.uln))


def _live(learners: Mapping[Steps, Learner]) -> Iterator[tuple[Steps, Learner]]:
    return ((steps, learner) for steps, learner in learners.items() if learner.is_live)


def _check_links(learners: Mapping[Steps, Learner], notes: Notes, work: UnitOfWork) -> None:
    in_file = {learner.uln: learner for learner in learners.values()}
    for steps, learner in learners.items():
        if learner.is_linked and not learner.master_uln:
            notes.note(steps, "LearnerStatus", "2 is a linked learner; give its master's ULN as MasterULN")
        elif learner.master_uln and not learner.is_linked:
            notes.note(steps, "MasterULN", "only a linked learner has a master; leave LearnerStatus out, or make it 2")
        elif learner.master_uln:
            master = in_file.get(learner.master_uln) or work.learners.get(learner.master_uln)
            if text := _wrong_master(learner, master):
                notes.note(steps, "MasterULN", f"{learner.master_uln} {text}")


def _wrong_master(learner: Learner, master: Learner | None) -> str | None:
    if master is None:
        return "is neither in this file nor in the register; add that learner, or correct the ULN"
    if master.uln == learner.uln:
        return "is this learner's own ULN; give that of the master"
    if master.is_linked:
        return f"is a linked learner itself; link to its master {master.master_uln}"
    return None


def _check_events(world: "World", notes: Notes, work: UnitOfWork) -> None:
    in_file = {learner.uln for learner in world.learners.values()}
    first: dict[int, Steps] = {}
    for steps, event in world.events.items():
        if event.event_id and first.setdefault(event.event_id, steps) is not steps:
            where = notes.where(first[event.event_id])
            notes.note(steps, "ID", f"{event.event_id} is also that of {where}; each needs its own, or none")
        if event.grade == NO_GRADE and event.source != "ILR":
            notes.note(steps, "Grade", f"{NO_GRADE} is for ILR events alone; leave Grade out when none is known")
        if event.uln not in in_file and work.learners.get(event.uln) is None:
            text = "is neither in this file nor in the register; add that learner, or correct the ULN"
            notes.note(steps, "ULN", f"{event.uln} {text}")
