"""A message as a tree that may be written wrongly: names, attributes and content go out as they stand."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from tests.wire.soap import SOAP

SPECIAL = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(slots=True)
class Node:
    """An element. name: with its prefix. content: elements, and text as it is written, with its references."""

    name: str
    attributes: list[tuple[str, str]] = field(default_factory=list)
    content: list["Node | str"] = field(default_factory=list)

    @property
    def local(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]

    def walk(self) -> Iterator["Node"]:
        """Yield this element and all below it."""
        yield self
        for part in self.content:
            if isinstance(part, Node):
                yield from part.walk()

    def write(self) -> str:
        """Return the markup, well-formed or not."""
        attributes = "".join(f' {name}="{value}"' for name, value in self.attributes)
        if not self.content:
            return f"<{self.name}{attributes}/>"
        inner = "".join(part if isinstance(part, str) else part.write() for part in self.content)
        return f"<{self.name}{attributes}>{inner}</{self.name}>"


def escaped(text: str) -> str:
    """Return text as it stands in content and in attributes."""
    return "".join(SPECIAL.get(letter, letter) for letter in text).replace('"', "&quot;")


def read_body(message: str) -> Node:
    """Return the element in the Body of a message, with the namespaces it needs declared on it."""
    body = etree.fromstring(message.encode()).find(f"{{{SOAP}}}Body")
    assert body is not None
    return _node(body[0], {SOAP: "soapenv"})


def _node(element: etree._Element, known: dict[str, str]) -> Node:
    declared: list[tuple[str, str]] = []
    name = etree.QName(element)
    if name.namespace is not None and name.namespace not in known:
        known = known | {name.namespace: f"n{len(known)}"}
        declared.append((f"xmlns:{known[name.namespace]}", name.namespace))
    prefix = f"{known[name.namespace]}:" if name.namespace is not None else ""
    attributes = [(str(key), escaped(str(value))) for key, value in element.attrib.items()]
    content: list[Node | str] = [escaped(element.text)] if element.text else []
    content += [_node(child, known) for child in element]
    return Node(f"{prefix}{name.localname}", declared + attributes, content)
