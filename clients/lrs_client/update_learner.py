"""Change a learner that was read before."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.learner import Learner, LearnerToRegister
from lrs_client.wire import to_wire

OPERATIONS = {LEARNER_SERVICE: "updateSingleLearner", LEARNER_REGISTER: "UpdateLearner"}
CHANGEABLE = tuple(field.name for field in fields(LearnerToRegister))


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateAnswer:
    """What an update answers."""

    code: str


def update_learner(
    connection: Connection,
    learner: Learner,
    changes: Mapping[str, str | date | None],
    *,
    version_number: int | None = None,
) -> UpdateAnswer:
    """Send a learner as it was read, with changes to fields of LearnerToRegister; None clears a field.

    The version number it was read with goes along: when somebody else has changed the learner since, the answer is
    WSRC0013, and reading it again comes before the next try. Codes: WSRC0006 updated, WSRC0013 changed since,
    WSRC0014 ability to share may not change that way, WSRC0019 no such ULN, WSRC0020 nothing differs, WSRC0021 another
    learner has these details. Raises LrsError, and ValueError for a field that cannot be changed.
    """
    if unknown := sorted(changes.keys() - set(CHANGEABLE)):
        raise ValueError(f"cannot be changed: {', '.join(unknown)}")
    whole = {name: getattr(learner, name) for name in CHANGEABLE}
    changed = {name: "" if value is None else value for name, value in changes.items()}
    if "family_name" in changes:
        # Left out, it is for the service to move the old family name there.
        whole["previous_family_name"] = None
    version = learner.version_number if version_number is None else version_number
    identity = {"uln": learner.uln, "version_number": version}
    # Zeep hands over the only element of an answer, here ResponseCode.
    code = connection.call(OPERATIONS, Learner=to_wire(whole | changed | identity), **connection.organisation())
    return UpdateAnswer(code=code)
