"""From a message that the schema has accepted to its Spyne model, flat and by plan.

A plan is compiled once per model from Spyne's own type information; nothing is looked up while a request waits.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from lxml import etree

from lrs_soap.services import ns
from lrs_soap.services.faults import invalid
from lrs_soap.services.spyne_support import Boolean, ComplexModel, Float, Integer32, Integer64

Reader = Callable[[etree._Element], Any]

NIL_ATTRIBUTE = f"{{{ns.XSI}}}nil"
TRUE = frozenset({"true", "1"})


def _text(element: etree._Element) -> str | None:
    if element.get(NIL_ATTRIBUTE, "").strip() in TRUE:
        return None
    return element.text or ""


def _number(element: etree._Element) -> int | None:
    text = _text(element)
    # Decimal takes any number of leading zeros, as the schema does; int refuses more than 4,300 digits.
    return int(Decimal(text)) if text and text.strip() else None


def compile_reader(model: Any) -> Reader:
    """Return what reads an element into an instance of a model; members that are absent or nil become None.

    A moment stays the text that was sent: what it means, the domain decides.
    """
    if issubclass(model, ComplexModel):
        return _structure_reader(model)
    if issubclass(model, Integer32 | Integer64):
        return _number
    if issubclass(model, Boolean | Float):
        raise TypeError("no request of this contract carries a truth value or a fraction")
    return _text


def _tag(name: str, member: Any) -> str:
    namespace = member.Attributes.sub_ns
    return f"{{{namespace}}}{name}" if namespace else name


def _structure_reader(model: Any) -> Reader:
    cls = model.__orig__ or model
    members = model.get_flat_type_info(model)
    blank: dict[str, Any] = dict.fromkeys(members)
    single = {_tag(name, kind): (name, compile_reader(kind)) for name, kind in members.items() if not _is_many(kind)}
    many = {_tag(name, kind): (name, compile_reader(kind)) for name, kind in members.items() if _is_many(kind)}

    def read(element: etree._Element) -> Any:
        if element.get(NIL_ATTRIBUTE, "").strip() in TRUE:
            return None
        values = blank.copy()
        for child in element:
            plan = single.get(child.tag)
            if plan is not None:
                values[plan[0]] = plan[1](child)
            else:
                name, reader = many.get(child.tag) or _unexpected(child)
                values[name] = values[name] or []
                values[name].append(reader(child))
        message = object.__new__(cls)
        message.__dict__.update(values)
        return message

    return read


def _unexpected(child: etree._Element) -> NoReturn:
    """Refuse a member that the schema takes only since an xsi:type claims a derived type."""
    name = etree.QName(child).localname
    raise invalid(
        f"cvc-complex-type.2.4.d: Invalid content was found starting with element '{name}'. "
        "No child element is expected at this point."
    )


def _is_many(member: Any) -> bool:
    return bool(member.Attributes.max_occurs > 1)
