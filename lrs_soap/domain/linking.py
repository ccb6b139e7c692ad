"""Linked learners: records of one person, of which one, the master, stands for all.

Rule: "linked learners".
"""

from lrs_soap.domain.learner import Learner
from lrs_soap.domain.ports import Learners

_LONGEST_CHAIN = 10


def standing_for(learner: Learner, learners: Learners) -> Learner | None:
    """Return the live record that stands for this one: itself, its master, or its master's master.

    None when the record is deleted, or no live master is reached within ten steps.
    """
    if learner.is_linked:
        return master_of(learner.master_uln, learners)
    return learner if learner.is_live else None


def master_of(uln: str | None, learners: Learners) -> Learner | None:
    """Return the live record that a link to this ULN leads to, None when it leads to none within ten steps."""
    for _ in range(_LONGEST_CHAIN):
        found = learners.get(uln) if uln else None
        if found is None or not found.is_linked:
            return found if found is not None and found.is_live else None
        uln = found.master_uln
    return None


def ulns_of_person(master: Learner, learners: Learners) -> tuple[str, ...]:
    """Return the master's ULN and, ascending, all ULNs linked to it, straight or by way of another linked record."""
    known = {master.uln}
    fresh = set(master.linked_ulns) - known
    while fresh:
        known |= fresh
        records = learners.many(sorted(fresh)).values()
        fresh = {uln for record in records for uln in record.linked_ulns} - known
    return (master.uln, *sorted(known - {master.uln}))
