"""How a member of a message is declared, and how messages are made without Spyne's costly constructor."""

from typing import Any, Final, TypeVar

from lrs_soap.services.spyne_support import Boolean, DateTime, Float, Integer32, Integer64, Unicode

MANY: Final = "unbounded"

Message = TypeVar("Message")


class Nil:
    """A value that is sent as `xsi:nil="true"`."""


NIL: Final = Nil()


def text(ns: str = "", *, required: bool = False, nillable: bool = False, many: bool = False) -> Any:
    """Declare a string member."""
    return Unicode(**_attributes(ns, required=required, nillable=nillable, many=many))


def integer(ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare an xs:int member."""
    return Integer32(**_attributes(ns, required=required, nillable=nillable))


def long(ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare an xs:long member."""
    return Integer64(**_attributes(ns, required=required, nillable=nillable))


def number(ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare an xs:float member."""
    return Float(**_attributes(ns, required=required, nillable=nillable))


def moment(ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare an xs:dateTime member."""
    return DateTime(**_attributes(ns, required=required, nillable=nillable))


def boolean(ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare an xs:boolean member."""
    return Boolean(**_attributes(ns, required=required, nillable=nillable))


def enumerated(name: str, type_ns: str, ns: str = "", *, required: bool = False, nillable: bool = False) -> Any:
    """Declare a string member whose values the contract lists under a type name of its own."""
    kind = Unicode(**_attributes(ns, required=required, nillable=nillable))
    kind.__type_name__, kind.__namespace__ = name, type_ns
    return kind


def part(model: Any, ns: str = "", *, required: bool = False, nillable: bool = False, many: bool = False) -> Any:
    """Declare a member that is itself a structure."""
    return model.customize(**_attributes(ns, required=required, nillable=nillable, many=many))


def _attributes(ns: str, *, required: bool, nillable: bool, many: bool = False) -> dict[str, Any]:
    return {
        "min_occurs": int(required),
        "max_occurs": MANY if many else 1,
        "nillable": nillable,
        "sub_ns": ns,
    }


def make(model: type[Message], **members: Any) -> Message:
    """Make a message from its members; those not named are absent."""
    message = object.__new__(model)
    message.__dict__.update(members)
    return message
