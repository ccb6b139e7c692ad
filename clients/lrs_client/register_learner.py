"""Register a learner, who gets a ULN."""

from dataclasses import asdict, dataclass

from lrs_client.connection import LEARNER_REGISTER, LEARNER_SERVICE, Connection
from lrs_client.learner import LearnerToRegister
from lrs_client.wire import to_wire

OPERATIONS = {LEARNER_SERVICE: "registerSingleLearner", LEARNER_REGISTER: "RegisterLearner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAnswer:
    """What a registration answers; there is a ULN with WSRC0005 alone."""

    code: str
    uln: str | None = None


def register_learner(connection: Connection, learner: LearnerToRegister) -> RegisterAnswer:
    """Register a learner. Find by demographics first: a learner may be in the register already.

    Codes: WSRC0005 registered, WSRC0021 not, since a learner has these details or a find has to come first.
    Raises LrsError.
    """
    answer = connection.call(OPERATIONS, Learner=to_wire(asdict(learner)), **connection.organisation())
    return RegisterAnswer(code=answer.ResponseCode, uln=answer.ULN or None)
