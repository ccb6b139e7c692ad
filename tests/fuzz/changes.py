"""What can become of the elements of a valid message: each strategy gives a function that changes a tree in place."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial

from hypothesis import strategies as st

from tests.fuzz.messages import valid_messages
from tests.fuzz.tree import Node, escaped, read_body
from tests.fuzz.values import awkward_values
from tests.wire.soap import COMMON, EXTERNAL, FIND, INTERFACE, MODEL, REGISTER, SOAP, TEMPURI

Change = Callable[[Node], None]

BODIES = tuple((message, read_body(message.text)) for message in valid_messages())
NAMES = tuple(sorted({node.local for _, body in BODIES for node in body.walk()}))
ODD_NAMES = (
    "x",
    "ULN ",
    "_",
    "xml",
    "Xml:a",
    "a:b:c",
    "1a",
    "-",
    "",
    "ULN>",
    "é",
    "a" * 300,
    "soapenv:Body",
    "soapenv:Fault",
)
NAMESPACES = (
    FIND,
    REGISTER,
    COMMON,
    INTERFACE,
    TEMPURI,
    EXTERNAL,
    MODEL,
    SOAP,
    "",
    " ",
    "urn:x",
    "http://[",
    "é",
    "u" * 3000,
)
XSI = "http://www.w3.org/2001/XMLSchema-instance"
ATTRIBUTES = (
    ("xsi:nil", "true"), ("xsi:nil", "false"), ("xsi:nil", " 1 "), ("xsi:nil", "maybe"), ("xsi:type", "xsd:string"),
    ("xsi:type", "soapenv:Envelope"), ("xsi:type", "undeclared:Type"), ("xsi:type", ""), ("xsi:type", ":"),
    ("xsi:schemaLocation", "urn:x file:///etc/passwd"), ("xsi:noNamespaceSchemaLocation", "http://192.0.2.1/x.xsd"),
    ("soapenv:mustUnderstand", "1"), ("soapenv:encodingStyle", "http://schemas.xmlsoap.org/soap/encoding/"),
    ("soapenv:actor", ""), ("id", "a"), ("xml:id", "a"), ("href", "#a"), ("xml:lang", "en"), ("xml:space", "preserve"),
    ("xml:base", "file:///"), ("xmlns", ""), ("xmlns", "urn:x"), ("xmlns:soapenv", "urn:x"), ("xmlns:xml", "urn:x"),
    ("xmlns:n1", ""), ("undeclared:a", "b"), ("a", "<"), ("a", "&"), ("a", "&#0;"), ("a", "&amp;" * 2000), ("1", "1"),
)  # fmt: skip
PIECES = (
    "<!-- -->", "<!-- a -- b -->", "<!--", "<?a b?>", "<?xml version='1.0'?>", "<?", "<![CDATA[]]>", "<![CDATA[a]]>",
    "<![CDATA[", "]]>", "&unknown;", "&", "&#0;", "&#x1F;", "&#9;", "&#xD800;", "&#x10FFFF;", "&#x110000;", "&#38;",
    "&lt;", "text", " ", "\n", "\x00", "\x0b", "<x/>", "<x>", "</x>", "<soapenv:Body/>", "<ULN>1</ULN>",
    "<x y='1' y='2'/>",
    "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd'/>",
)  # fmt: skip

_places = st.integers(0, 60)
_few = st.sampled_from((1, 2, 3, 60, 300))


def _chosen(root: Node, where: int) -> Node:
    nodes = list(root.walk())
    return nodes[where % len(nodes)]


def _with_parent(root: Node, where: int) -> tuple[Node, int] | None:
    """Return where an element other than the root stands: its parent, and its place there."""
    places = [
        (parent, place) for parent in root.walk() for place, part in enumerate(parent.content) if isinstance(part, Node)
    ]
    return places[where % len(places)] if places else None


def _drop(where: int, root: Node) -> None:
    if (found := _with_parent(root, where)) is not None:
        found[0].content.pop(found[1])


def _repeat(where: int, times: int, root: Node) -> None:
    if (found := _with_parent(root, where)) is not None:
        parent, place = found
        parent.content[place:place] = [deepcopy(parent.content[place]) for _ in range(times)]


def _move(where: int, to: int, root: Node) -> None:
    if (found := _with_parent(root, where)) is not None:
        moved = found[0].content.pop(found[1])
        target = _chosen(root, to)
        target.content.insert(to % (len(target.content) + 1), moved)


def _rename(where: int, name: str, root: Node) -> None:
    node = _chosen(root, where)
    node.name = f"{node.name.rpartition(':')[0]}:{name}".lstrip(":")


def _respell(where: int, respelt: Callable[[str], str], root: Node) -> None:
    node = _chosen(root, where)
    node.name = respelt(node.name)


def _rehouse(where: int, namespace: str, root: Node) -> None:
    node = _chosen(root, where)
    prefix = node.name.rpartition(":")[0]
    node.attributes = [pair for pair in node.attributes if pair[0] != f"xmlns:{prefix}"]
    node.attributes.append((f"xmlns:{prefix}".rstrip(":"), escaped(namespace)))


def _revalue(where: int, choice: int, root: Node) -> None:
    leaves = [node for node in root.walk() if not any(isinstance(part, Node) for part in node.content)]
    node = leaves[where % len(leaves)]
    values = awkward_values(node.local)
    node.content = [escaped(values[choice % len(values)])]


def _write(where: int, text: str, root: Node) -> None:
    _chosen(root, where).content = [escaped(text)]


def _refer(where: int, form: str, root: Node) -> None:
    """Write every letter as a reference."""
    node = _chosen(root, where)
    node.content = [
        "".join(form.format(ord(letter)) for letter in part) if isinstance(part, str) and "&" not in part else part
        for part in node.content
    ]


def _wrap_text(where: int, root: Node) -> None:
    node = _chosen(root, where)
    node.content = [f"<![CDATA[{part}]]>" if isinstance(part, str) else part for part in node.content]


def _say(where: int, attribute: tuple[str, str], root: Node) -> None:
    _chosen(root, where).attributes += [("xmlns:xsi", XSI), attribute]


def _insert(where: int, piece: str, root: Node) -> None:
    node = _chosen(root, where)
    text = node.content[0] if node.content and isinstance(node.content[0], str) else None
    if text is None:
        node.content.insert(where % (len(node.content) + 1), piece)
    else:
        node.content[0] = text[: where % (len(text) + 1)] + piece + text[where % (len(text) + 1) :]


def _deepen(where: int, depth: int, root: Node) -> None:
    _chosen(root, where).content.append("<deep>" * depth + "</deep>" * depth)


def _lengthen(where: int, length: int, root: Node) -> None:
    _chosen(root, where).content.append("x" * length)


def _splice(where: int, other: int, inner: int, root: Node) -> None:
    """Let an element of another message stand in."""
    taken = deepcopy(_chosen(BODIES[other % len(BODIES)][1], inner))
    if (found := _with_parent(root, where)) is not None:
        found[0].content[found[1]] = taken


def _made(function: Callable[..., None], *arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Change]:
    return st.tuples(*arguments).map(lambda drawn: partial(function, *drawn))


_letters = st.characters(exclude_categories=["Cs"])

VALUES: st.SearchStrategy[Change] = _made(_revalue, _places, _places)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    VALUES,
    _made(_drop, _places),
    _made(_repeat, _places, _few),
    _made(_move, _places, _places),
    _made(_rename, _places, st.sampled_from(NAMES + ODD_NAMES)),
    _made(_respell, _places, st.sampled_from((str.upper, str.lower, str.swapcase))),
    _made(_rehouse, _places, st.sampled_from(NAMESPACES)),
    _made(_write, _places, st.text(_letters, max_size=40)),
    _made(_refer, _places, st.sampled_from(("&#{};", "&#x{:X};", "&#{:020};"))),
    _made(_wrap_text, _places),
    _made(_say, _places, st.sampled_from(ATTRIBUTES)),
    _made(_insert, _places, st.sampled_from(PIECES)),
    _made(_deepen, _places, st.sampled_from((1, 5, 100, 255, 256, 4000))),
    _made(_lengthen, _places, st.sampled_from((40, 1_000, 60_000, 70_000))),
    _made(_splice, _places, _places, _places),
)
