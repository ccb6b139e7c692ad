"""Which rule of the schema does a message break first, in the words of Xerces?

Walks message and declarations side by side, in document order, and stops at the first violation; so the work is bounded
by the part of the message that is in order. What it does not find, libxml2's own report explains.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from lxml import etree

from lrs_soap.wsdl import ns
from lrs_soap.wsdl.content import Place, start
from lrs_soap.wsdl.declarations import ComplexType, Declarations, Element, SimpleType
from lrs_soap.wsdl.values import shown, value_violation

_XML = "http://www.w3.org/XML/1998/namespace"
_NIL = f"{{{ns.XSI}}}nil"
_TYPE = f"{{{ns.XSI}}}type"
_ALWAYS_ALLOWED = frozenset(
    (_NIL, _TYPE, f"{{{ns.XSI}}}schemaLocation", f"{{{ns.XSI}}}noNamespaceSchemaLocation"),
)
_BLANKS = " \t\r\n"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its text in the style of Xerces, the local name of the element and its line (0 when unknown)."""

    text: str
    element: str
    line: int


class _Broken(Exception):  # noqa: N818 - it carries a finding, it is no error
    """Ends the walk with what was found."""

    def __init__(self, element: etree._Element, text: str) -> None:
        super().__init__(text)
        self.violation = violation_at(element, text)


def violation_at(element: etree._Element, text: str) -> Violation:
    """Return the violation with `text` at `element`."""
    line = cast("int | None", element.sourceline)
    return Violation(text, shown(etree.QName(element).localname), line or 0)


def unknown_element(element: etree._Element) -> Violation:
    """Return the violation of a message whose element is declared nowhere."""
    return violation_at(element, f"cvc-elt.1: Cannot find the declaration of element '{_raw(element)}'.")


def first_violation(message: etree._Element, declarations: Declarations) -> Violation | None:
    """Return the first rule that `message` breaks, None when none is found."""
    declared = declarations.elements.get(str(message.tag))
    if declared is None:
        return unknown_element(message)
    try:
        _judge(message, declared, declarations)
    except _Broken as broken:
        return broken.violation
    return None


def _judge(element: etree._Element, declared: Element, declarations: Declarations) -> None:
    attributes = element.attrib
    actual = declarations.types[_type_named(element, declared, declarations) if attributes else declared.type]
    if isinstance(actual, ComplexType) and actual.abstract:
        raise _Broken(element, f"cvc-type.2: The type definition cannot be abstract for element {_raw(element)}.")
    nil = bool(attributes) and _is_nil(element, declared)
    if attributes:
        _judge_attributes(element, actual)
    if nil:
        _judge_nil_content(element)
    elif isinstance(actual, SimpleType):
        _judge_value(element, actual, declarations)
    else:
        _judge_children(element, actual, declarations)


def _type_named(element: etree._Element, declared: Element, declarations: Declarations) -> str:
    """Return the name of the type that holds for `element`: the declared one, or the derived one xsi:type names."""
    wanted = element.get(_TYPE)
    return declared.type if wanted is None else _derived_type(element, wanted.strip(_BLANKS), declared, declarations)


def _derived_type(element: etree._Element, wanted: str, declared: Element, declarations: Declarations) -> str:
    prefix, colon, local = wanted.rpartition(":")
    if not local or ":" in prefix or (colon and not prefix):
        raise _Broken(element, f"cvc-datatype-valid.1.2.1: '{shown(wanted)}' is not a valid value for 'QName'.")
    namespace = element.nsmap.get(prefix or None)
    if prefix and namespace is None:
        undeclared = f"Cannot resolve '{shown(wanted)}' as a QName: the prefix '{shown(prefix)}' is not declared."
        raise _Broken(element, f"UndeclaredPrefix: {undeclared}")
    name = f"{{{namespace}}}{local}"
    if namespace != ns.XS and name not in declarations.types:
        unresolved = f"Cannot resolve '{shown(wanted)}' to a type definition for element '{_raw(element)}'."
        raise _Broken(element, f"cvc-elt.4.2: {unresolved}")
    if not declarations.derives(name, declared.type):
        raise _Broken(
            element,
            f"cvc-elt.4.3: Type '{shown(wanted)}' is not validly derived from the type definition, "
            f"'{declarations.types[declared.type].name}', of element '{_raw(element)}'.",
        )
    return name


def _is_nil(element: etree._Element, declared: Element) -> bool:
    said = element.get(_NIL)
    if said is None:
        return False
    if not declared.nillable:
        raw = _raw(element)
        raise _Broken(
            element,
            f"cvc-elt.3.1: Attribute '{ns.XSI},nil' must not appear on element '{raw}', "
            f"because the {{nillable}} property of '{raw}' is false.",
        )
    nil = _BOOLEANS.get(said.strip(_BLANKS))
    if nil is None:
        raise _Broken(element, f"cvc-datatype-valid.1.2.1: '{shown(said)}' is not a valid value for 'boolean'.")
    return nil


def _judge_attributes(element: etree._Element, actual: SimpleType | ComplexType) -> None:
    stranger = next((name for name in element.attrib if name not in _ALWAYS_ALLOWED), None)
    if stranger is None:
        return
    attribute, raw = _raw_attribute(element, str(stranger)), _raw(element)
    if isinstance(actual, ComplexType):
        text = f"cvc-complex-type.3.2.2: Attribute '{attribute}' is not allowed to appear in element '{raw}'."
    else:
        text = (
            f"cvc-type.3.1.1: Element '{raw}' is a simple type, so it cannot have attributes, excepting those whose "
            f"namespace name is identical to '{ns.XSI}' and whose [local name] is one of 'type', 'nil', "
            f"'schemaLocation' or 'noNamespaceSchemaLocation'. However, the attribute, '{attribute}' was found."
        )
    raise _Broken(element, text)


def _judge_nil_content(element: etree._Element) -> None:
    if _has_children(element) or any(own_texts(element)):
        raise _Broken(
            element,
            f"cvc-elt.3.2.1: Element '{_raw(element)}' cannot have character or element information [children], "
            f"because '{ns.XSI},nil' is specified.",
        )


def _judge_value(element: etree._Element, simple: SimpleType, declarations: Declarations) -> None:
    if len(element) and _has_children(element):
        raise _Broken(
            element,
            f"cvc-type.3.1.2: Element '{_raw(element)}' is a simple type, "
            "so it must have no element information item [children].",
        )
    value = "".join(own_texts(element)) if len(element) else element.text or ""
    text = value_violation(value, simple, declarations)
    if text is not None:
        raise _Broken(element, text)


def _judge_children(element: etree._Element, actual: ComplexType, declarations: Declarations) -> None:
    place = start(actual)
    for child in element.iterchildren(etree.Element):
        declared = place.take(child.tag)
        if declared is None:
            raise _Broken(child, _unexpected(child, place))
        _judge(child, declared, declarations)
    if any(text.strip(_BLANKS) for text in own_texts(element)):
        raise _Broken(
            element,
            f"cvc-complex-type.2.3: Element '{_raw(element)}' cannot have character [children], "
            "because the type's content type is element-only.",
        )
    if not place.complete():
        raise _Broken(
            element,
            f"cvc-complex-type.2.4.b: The content of element '{_raw(element)}' is not complete. "
            f"One of '{_listed(place)}' is expected.",
        )


def _unexpected(child: etree._Element, place: Place) -> str:
    found = f"Invalid content was found starting with element '{_raw(child)}'."
    if not any(place.expected()):
        return f"cvc-complex-type.2.4.d: {found} No child element is expected at this point."
    return f"cvc-complex-type.2.4.a: {found} One of '{_listed(place)}' is expected."


def _listed(place: Place) -> str:
    """Return the names that may stand at `place` as Xerces lists them: ``{Name, "namespace":Name}``."""
    names = (etree.QName(declared.name) for declared in place.expected())
    listed = (f'"{name.namespace}":{name.localname}' if name.namespace else name.localname for name in names)
    return f"{{{', '.join(listed)}}}"


def _has_children(element: etree._Element) -> bool:
    return next(element.iterchildren(etree.Element), None) is not None


def own_texts(element: etree._Element) -> Iterator[str]:
    """Yield the text in `element` itself, piece by piece: comments and children come between."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _raw(element: etree._Element) -> str:
    """Return the name of `element` as it was written, prefix and all."""
    local = etree.QName(element).localname
    return shown(f"{element.prefix}:{local}" if element.prefix else local)


def _raw_attribute(element: etree._Element, name: str) -> str:
    qualified = etree.QName(name)
    prefixes = (prefix for prefix, namespace in element.nsmap.items() if prefix and namespace == qualified.namespace)
    prefix = "xml" if qualified.namespace == _XML else next(prefixes, None)
    return shown(f"{prefix}:{qualified.localname}" if prefix else qualified.localname)
