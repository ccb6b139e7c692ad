"""What a schema declares, read from its files: enough of it to say which rule a message breaks.

libxml2 decides whether a message is valid; what it declares is not open to Python, so the same files are read once more
here. Covered is what the request schemas use: sequences and ``xs:all`` of elements with unique names, extension,
restriction of simple types by facets, and unions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from lrs_soap.wsdl import ns


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A simple type: its facets are those of its bases and its own, a union has members instead.

    `primitive` is the local name of the built-in type that tells its values from other texts, as Xerces names it.
    """

    name: str
    primitive: str = ""
    base: str | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    enumeration: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Element:
    """An element: `name` and `type` are qualified, ``{namespace}name``; `most` is None when it may repeat for ever."""

    name: str
    type: str
    nillable: bool = False
    least: int = 1
    most: int | None = 1


@dataclass(frozen=True, slots=True)
class ComplexType:
    """A complex type with the elements it holds, inherited ones first; `any_order` is ``xs:all``."""

    name: str
    base: str | None
    abstract: bool
    content: tuple[Element, ...]
    any_order: bool


@dataclass(frozen=True, slots=True)
class Declarations:
    """Global elements and types by qualified name; anonymous types stand under their element's name with a ``#``."""

    elements: Mapping[str, Element]
    types: Mapping[str, SimpleType | ComplexType]

    def derives(self, derived: str, base: str) -> bool:
        """Tell whether the type named `derived` may stand where the one named `base` is declared."""
        declared = self.types.get(base)
        if isinstance(declared, SimpleType) and derived in declared.members:
            return True
        name: str | None = derived
        while name is not None and name != base:
            known = self.types.get(name)
            name = known.base if known else None
        return name is not None


def _bounded(name: str, base: str, bits: int) -> SimpleType:
    facets = {"minInclusive": str(-(2 ** (bits - 1))), "maxInclusive": str(2 ** (bits - 1) - 1)}
    return SimpleType(name, "integer", f"{{{ns.XS}}}{base}", facets)


_BUILT_IN = {
    f"{{{ns.XS}}}{known.name}": known
    for known in (
        SimpleType("string", "string"),
        SimpleType("normalizedString", "string", f"{{{ns.XS}}}string"),
        SimpleType("token", "string", f"{{{ns.XS}}}normalizedString"),
        SimpleType("dateTime", "dateTime"),
        SimpleType("integer", "integer"),
        _bounded("long", "integer", 64),
        _bounded("int", "long", 32),
        _bounded("short", "int", 16),
        _bounded("byte", "short", 8),
    )
}


def read_declarations(schema: Path) -> Declarations:
    """Read what the schema file and those it imports declare."""
    return _Reader(schema).declarations()


class _Reader:
    """Reads a schema's files; a type is read when something first refers to it."""

    def __init__(self, schema: Path) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._nodes: dict[str, etree._Element] = {}
        self._types: dict[str, SimpleType | ComplexType] = dict(_BUILT_IN)
        for file in _closure(schema, set()):
            root = etree.parse(file).getroot()
            for node in root.iterchildren(f"{{{ns.XS}}}element"):
                self._elements[_target(node)] = node
            for node in root.iterchildren(f"{{{ns.XS}}}complexType", f"{{{ns.XS}}}simpleType"):
                self._nodes[_target(node)] = node

    def declarations(self) -> Declarations:
        elements = {name: self._element(node) for name, node in self._elements.items()}
        for name in self._nodes:
            self._type(name)
        return Declarations(elements, self._types)

    def _type(self, name: str) -> SimpleType | ComplexType:
        if name not in self._types:
            node = self._nodes[name]
            simple = node.tag == f"{{{ns.XS}}}simpleType"
            self._types[name] = self._simple(node) if simple else self._complex(node, node.get("name", ""))
        return self._types[name]

    def _element(self, node: etree._Element) -> Element:
        most = node.get("maxOccurs", "1")
        return Element(
            name=_target(node),
            type=self._type_of(node),
            nillable=node.get("nillable") == "true",
            least=int(node.get("minOccurs", "1")),
            most=None if most == "unbounded" else int(most),
        )

    def _type_of(self, node: etree._Element) -> str:
        declared = node.get("type")
        if declared is not None:
            return _resolve(node, declared)
        name = f"{_target(node)}#"
        self._types[name] = self._complex(node[0], f"#AnonType_{node.get('name')}")
        return name

    def _complex(self, node: etree._Element, name: str) -> ComplexType:
        extension = node.find(f"{{{ns.XS}}}complexContent/{{{ns.XS}}}extension")
        base = None if extension is None else _resolve(extension, extension.get("base", ""))
        inherited = self._type(base) if base else None
        holder = node if extension is None else extension
        group = next(holder.iterchildren(f"{{{ns.XS}}}sequence", f"{{{ns.XS}}}all"), None)
        own = () if group is None else tuple(self._element(child) for child in group.iterchildren(etree.Element))
        return ComplexType(
            name=name,
            base=base,
            abstract=node.get("abstract") == "true",
            content=(inherited.content if isinstance(inherited, ComplexType) else ()) + own,
            any_order=group is not None and group.tag == f"{{{ns.XS}}}all",
        )

    def _simple(self, node: etree._Element) -> SimpleType:
        name = node.get("name", "")
        union = node.find(f"{{{ns.XS}}}union")
        if union is not None:
            return SimpleType(name, members=tuple(_resolve(union, m) for m in union.get("memberTypes", "").split()))
        restriction = node.find(f"{{{ns.XS}}}restriction")
        assert restriction is not None
        base = _resolve(restriction, restriction.get("base", ""))
        inherited = self._type(base)
        assert isinstance(inherited, SimpleType)
        values: dict[str, list[str]] = {}
        for facet in restriction.iterchildren(etree.Element):
            values.setdefault(etree.QName(facet).localname, []).append(facet.get("value", ""))
        return SimpleType(
            name=name,
            primitive=inherited.primitive,
            base=base,
            patterns=tuple(values.pop("pattern", inherited.patterns)),
            enumeration=tuple(values.pop("enumeration", inherited.enumeration)),
            facets={**inherited.facets, **{name: value for name, (value,) in values.items()}},
        )


def _closure(file: Path, seen: set[Path]) -> Iterator[Path]:
    """Yield the schema file and all that it imports, each once."""
    if file in seen:
        return
    seen.add(file)
    yield file
    for location in etree.parse(file).getroot().iterchildren(f"{{{ns.XS}}}import"):
        yield from _closure((file.parent / location.get("schemaLocation", "")).resolve(), seen)


def _target(node: etree._Element) -> str:
    """Return the qualified name that a declaration gives."""
    local = node.get("name", "")
    namespace = node.getroottree().getroot().get("targetNamespace")
    return local if namespace is None or node.get("form") == "unqualified" else f"{{{namespace}}}{local}"


def _resolve(node: etree._Element, name: str) -> str:
    """Return the qualified name that a prefixed one stands for at `node`."""
    prefix, _, local = name.rpartition(":")
    return f"{{{node.nsmap[prefix]}}}{local}"
