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
    found: Learner | None = learner
    for _ in range(_LONGEST_CHAIN):
        if found is None or not found.is_linked:
            break
        found = learners.get(found.master_uln) if found.master_uln else None
    return found if found is not None and found.is_live else None


def ulns_of_person(master: Learner, learners: Learners) -> tuple[str, ...]:
    """Return the master's ULN and, ascending, all ULNs linked to it, straight or by way of another linked record."""
    known = {master.uln}
    fresh = set(master.linked_ulns) - known
    while fresh:
        known |= fresh
        records = learners.many(sorted(fresh)).values()
        fresh = {uln for record in records for uln in record.linked_ulns} - known
    return (master.uln, *sorted(known - {master.uln}))
