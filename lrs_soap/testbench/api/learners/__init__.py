"""Learners: made in the state that a test needs, looked at, and deleted."""

from dataclasses import replace

from lrs_soap.domain.codes import LearnerStatus
from lrs_soap.domain.criteria import FindByDemographics
from lrs_soap.domain.finding import find_by_demographics
from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Stored
from lrs_soap.store import UnitOfWork
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.learners.making import Made, Maker
from lrs_soap.testbench.api.learners.models import LearnerShown, LearnerWanted
from lrs_soap.testbench.api.learners.showing import event_fields, learner_fields, search_of
from lrs_soap.testbench.api.routes import OfWorld, Resource
from lrs_soap.testbench.worlds import World

_TAKEN = {409: "There is a learner with that ULN, or a live one with the same five details."}

learners = Resource("learners", "Learners of a world, made in the state that a test needs.")


@learners.endpoint("POST", "/learners", status=201, location="/learners/{uln}", errors=_TAKEN)
def create(deps: ApiDeps, query: OfWorld, body: LearnerWanted) -> LearnerShown:
    """Make a learner: whatever is not given is invented, by the world's seed if it has one.

    States: live; linked, the record of `linked_to` under an earlier name; similar, all like `similar_to` but for the
    address, each of another learner made for it when none is named; deleted; not sharing; notice not seen; young, of
    13; old, from 80 on.
    """
    world = deps.worlds.get(query.world)
    with world.store.writing() as work:
        made = Maker(work, world.draw, world.clock.now()).make(body)
        return _shown(work, _found(work, made.uln), made)


@learners.endpoint("GET", "/learners/<uln>")
def read(deps: ApiDeps, query: OfWorld, uln: str) -> LearnerShown:
    """Show a learner, whatever its state."""
    with deps.worlds.get(query.world).store.reading() as work:
        return _shown(work, _found(work, uln), Made(uln))


@learners.endpoint("DELETE", "/learners/<uln>")
def delete(deps: ApiDeps, query: OfWorld, uln: str) -> None:
    """Delete a learner: the record stays, so that its ULN is never issued again, and is found no more."""
    world = deps.worlds.get(query.world)
    while not _deleted(world, uln):
        # Somebody else changed it meanwhile.
        pass


def _deleted(world: World, uln: str) -> bool:
    with world.store.writing() as work:
        learner = _found(work, uln)
        if learner.is_deleted:
            return True
        gone = replace(learner, status=LearnerStatus.DELETED, version=learner.version + 1, updated_at=world.clock.now())
        return work.learners.replace(gone, learner.version) is Stored.STORED


def _found(work: UnitOfWork, uln: str) -> Learner:
    learner = work.learners.get(uln)
    if learner is None:
        raise RefusedError(404, f"there is no learner '{uln[:50]}' in this world; see whether the ULN is right")
    return learner


def _shown(work: UnitOfWork, learner: Learner, made: Made) -> LearnerShown:
    wanted = FindByDemographics(
        learner.family_name,
        learner.given_name,
        learner.date_of_birth,
        learner.gender,
        learner.last_known_post_code,
    )
    return LearnerShown(
        uln=learner.uln,
        search=search_of(learner),
        code=str(find_by_demographics(wanted, work.learners).code),
        ambiguous_search=made.ambiguous,
        learner=learner_fields(learner),
        events=[event_fields(event) for event in work.events.of([learner.uln])],
        made=made.others,
    )
