"""What can be seen of a request while it is answered, and a way to answer it otherwise.

Nobody observes by default, and then it costs next to nothing.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

Interceptor = Callable[[str, Any], Any]
"""Given the operation's name and its request as a message: raises a fault, returns another answer, or None."""


@dataclass(slots=True)
class Observation:
    """What was noted of one request.

    service: such as LearnerService. element: the qualified name of the body's element. operation: the published name.
    request: the message as it was read. organisation: UKPRN, once it was admitted. outcome: the code that was answered.
    fault: the one that was sent. violation: of the schema, when that was the reason. evidence: what the domain came to.
    interceptor: what may answer in the operation's place.
    """

    service: str = ""
    element: str = ""
    operation: str = ""
    message: bytes = b""
    request: Any = None
    organisation: str = ""
    user_name: str = ""
    outcome: str = ""
    fault: Exception | None = None
    violation: Any = None
    evidence: Any = None
    interceptor: Interceptor | None = None


observation: ContextVar[Observation | None] = ContextVar("observation", default=None)


def note(**facts: Any) -> None:
    """Note some of what an Observation holds, when somebody observes."""
    noted = observation.get()
    if noted is not None:
        for name, fact in facts.items():
            setattr(noted, name, fact)


def intercepted(request: Any) -> Any:
    """Return the answer that somebody gives in the operation's place, if so; raises the fault given instead of one."""
    noted = observation.get()
    if noted is None or noted.interceptor is None:
        return None
    return noted.interceptor(noted.operation, request)
