"""What a scenario does to a call: in the operation's place, to its answer, or to the way the answer is sent."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from lrs_soap.services.endpoint import Answer
from lrs_soap.services.faults import EnvelopeFault, RegisterFault
from lrs_soap.services.register import Register
from lrs_soap.testbench.scenarios.delivery import BreakOff, Part, Pause, Reply

XML: Final = "text/xml; charset=utf-8"
STATUS: Final = {
    200: "200 OK",
    405: "405 Method Not Allowed",
    500: "500 Internal Server Error",
    502: "502 Bad Gateway",
    503: "503 Service Unavailable",
    504: "504 Gateway Timeout",
}


class Interference(BaseException):
    """The operation is not to be carried out. Not an Exception: nothing on its way may take it for an error."""

    def __init__(self, effect: "Effect") -> None:
        super().__init__(effect)
        self.effect = effect


class StandsAside(Exception):  # noqa: N818 - it is no error
    """The service has reasons of its own to answer as it does: with this message, or with this fault."""

    def __init__(self, answer: Any = None, fault: RegisterFault | None = None) -> None:
        super().__init__(answer, fault)
        self.answer = answer
        self.fault = fault


class Scene(Protocol):
    """What an effect may know of the call. reached: whether the request reached an operation."""

    reached: bool

    def refuse(self, fault: RegisterFault | EnvelopeFault) -> Answer:
        """Return a fault in the dialect of the address."""
        ...


class Effect:
    """Nothing: the answer is that of the operation."""

    interferes: bool = True

    def intercept(self, register: Register, request: Any) -> Any:
        """Return an answer message in the operation's place, None to carry it out.

        Raises the fault to answer with, Interference or StandsAside.
        """
        return None

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return the answer that is to be sent."""
        return reply

    def parts(self, body: bytes) -> Iterable[Part]:
        """Return the pieces in which it is sent."""
        return [body]


class Normal(Effect):
    """The answer is that of the operation, and nobody interfered."""

    interferes = False


@dataclass(frozen=True, slots=True)
class Refusal(Effect):
    """A fault of the service; where no operation was reached, in the dialect of the address."""

    fault: RegisterFault

    def intercept(self, register: Register, request: Any) -> Any:
        """Raise the fault."""
        raise self.fault

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return the fault, which the operation's own protocol has written when it was reached."""
        return reply if scene.reached else _envelope(scene.refuse(self.fault))


@dataclass(frozen=True, slots=True)
class Answered(Effect):
    """Another answer of the operation."""

    answer: Callable[[Register, Any], Any]

    def intercept(self, register: Register, request: Any) -> Any:
        """Return the answer, for callers who would get one."""
        try:
            return self.answer(register, request)
        except RegisterFault as fault:
            raise StandsAside(fault=fault) from None


@dataclass(frozen=True, slots=True)
class GatewayFault(Effect):
    """A SOAP fault that says nothing but a text, from somewhere before the service."""

    status: int
    text: str

    def intercept(self, register: Register, request: Any) -> Any:
        """Keep the operation from being carried out."""
        raise Interference(self)

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return the fault."""
        fault = scene.refuse(EnvelopeFault("Client", self.text))
        return replace(_envelope(fault), status=STATUS[self.status])


@dataclass(frozen=True, slots=True)
class Instead(Effect):
    """An answer that is none of the service. carried_out: the operation was, and its own answer is lost."""

    reply: Reply
    carried_out: bool = False

    def intercept(self, register: Register, request: Any) -> Any:
        """Keep the operation from being carried out, unless it is to be."""
        if not self.carried_out:
            raise Interference(self)

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return the other answer."""
        return self.reply


@dataclass(frozen=True, slots=True)
class Retyped(Effect):
    """The answer under another content type."""

    content_type: str

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return it so."""
        return reply.typed(self.content_type)


class Doubled(Effect):
    """The envelope twice."""

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return it so."""
        return replace(reply, body=reply.body * 2)


@dataclass(frozen=True, slots=True)
class Late(Effect):
    """The answer after a while."""

    seconds: float

    def parts(self, body: bytes) -> Iterable[Part]:
        """Wait, then send it."""
        return [Pause(self.seconds), body]


@dataclass(frozen=True, slots=True)
class Trickling(Effect):
    """The answer in pieces, spread over a time."""

    seconds: float
    piece: int

    def parts(self, body: bytes) -> Iterator[Part]:
        """Send a piece, wait, and so on."""
        starts = range(0, len(body), self.piece)
        pause = Pause(self.seconds / max(1, len(starts) - 1))
        for start in starts:
            if start:
                yield pause
            yield body[start : start + self.piece]


@dataclass(frozen=True, slots=True)
class Truncated(Effect):
    """The beginning of the answer, whose whole length is announced."""

    keep: float

    def parts(self, body: bytes) -> Iterable[Part]:
        """Send the beginning."""
        return [body[: int(len(body) * self.keep)]]


@dataclass(frozen=True, slots=True)
class Emptied(Effect):
    """Nothing, which is called a success."""

    carried_out: bool

    def intercept(self, register: Register, request: Any) -> Any:
        """Keep the operation from being carried out, unless it is to be."""
        if not self.carried_out:
            raise Interference(self)

    def shape(self, reply: Reply, scene: Scene) -> Reply:
        """Return the answer as one of no length."""
        return replace(reply.typed(XML), status=STATUS[200], announced=0)

    def parts(self, body: bytes) -> Iterable[Part]:
        """Send no byte of it."""
        return [b""]


@dataclass(frozen=True, slots=True)
class BrokenOff(Effect):
    """No answer: the connection ends."""

    how: BreakOff
    carried_out: bool

    def intercept(self, register: Register, request: Any) -> Any:
        """Keep the operation from being carried out, unless it is to be."""
        if not self.carried_out:
            raise Interference(self)

    def parts(self, body: bytes) -> Iterable[Part]:
        """End the connection."""
        return [self.how]


def _envelope(answer: Answer) -> Reply:
    return Reply(STATUS[answer.status], (("Content-Type", XML),), answer.body)
