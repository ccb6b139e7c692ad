"""Reading batch files in XML, learner by learner; nothing of a learner is kept once it has been given.

Rules: "batch files", "limits".
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, Final

from lxml import etree

from lrs_soap.batch_files.layout import FILE_COLUMNS, LEARNER, LEARNER_COLUMNS, ROOT
from lrs_soap.batch_files.problems import Problems, UnreadableError, did_you_mean, quoted
from lrs_soap.batch_files.rows import Cell, Reading, Row

# The root has to begin within this many bytes, so that what stands before it cannot fill the memory.
LONGEST_PROLOGUE: Final = 1 << 16
# More starts and ends of elements than a learner can have, so that one that never ends cannot either.
MOST_EVENTS: Final = 400
_SCHEMA_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_HIGHEST_KNOWN_LINE: Final = 65535
_PARSER_ADVICE: Final = ", use XML_PARSE_HUGE option"
_OPTIONS: Final[dict[str, Any]] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    # collect_ids stays True: False makes libxml2 load the external subset of a DTD, whatever load_dtd says.
}


def read_xml(raw: IO[bytes], reading: Reading) -> Iterator[Row]:
    """Give the learners of a file. Raises UnreadableError."""
    _check_prologue(raw, reading.problems)
    parser = etree.iterparse(raw, events=("start", "end"), **_OPTIONS)
    try:
        yield from _rows(parser, reading)
    except etree.XMLSyntaxError as error:
        # The error itself does not always tell what is wrong.
        told = parser.error_log.last_error
        line, message = (told.line, told.message) if told else (error.lineno or 0, error.msg)
        text = f"this is not well-formed XML: {str(message).strip().replace(_PARSER_ADVICE, '')}"
        reading.problems.refuse(line, "", "not-well-formed", text)
        raise UnreadableError from None


def _check_prologue(raw: IO[bytes], problems: Problems) -> None:
    """Raise UnreadableError when the root does not begin in time."""
    start = raw.read(LONGEST_PROLOGUE)
    raw.seek(0)
    parser = etree.XMLPullParser(events=("start",), **_OPTIONS)
    # What is not well-formed is told when it is come to.
    with suppress(etree.XMLSyntaxError):
        parser.feed(start)
    if len(start) == LONGEST_PROLOGUE and not any(parser.read_events()):
        problems.refuse(1, "", "root", f"the file should begin with the element {ROOT}")
        raise UnreadableError


def _rows(parser: Any, reading: Reading) -> Iterator[Row]:
    about: dict[str, Cell] = {}
    depth = events = 0
    for event, element in parser:
        depth += 1 if event == "start" else -1
        events += 1
        if event == "start" and depth == 1:
            _check_root(element, reading.problems)
        elif event == "end" and depth == 1:
            events = 0
            yield from _given(element, reading, about)
            _free(element)
        elif events > MOST_EVENTS:
            text = "this element holds more elements than one of a batch file can"
            reading.problems.refuse(_line(element), "", "unknown-element", text)
            raise UnreadableError
    reading.about = about


def _check_root(root: etree._Element, problems: Problems) -> None:
    """Raise UnreadableError when this is not the root of a batch file."""
    if root.getroottree().docinfo.internalDTD is not None:
        problems.refuse(1, "", "doctype", "a document type declaration (DOCTYPE) is not allowed; take it out")
        raise UnreadableError
    if root.tag != ROOT:
        text = f"the root should be {ROOT}, without a namespace, not {quoted(str(root.tag))}"
        problems.refuse(_line(root), "", "root", text)
        raise UnreadableError
    _check_attributes(root, problems)


def _given(element: etree._Element, reading: Reading, about: dict[str, Cell]) -> Iterator[Row]:
    """Take in a child of the root, and give the row when it is a learner."""
    _check_attributes(element, reading.problems)
    if element.tag == LEARNER:
        reading.rows += 1
        reading.about = about
        yield Row(_line(element), _learner(element, reading.problems))
    else:
        _note_about(element, reading, about)


def _learner(element: etree._Element, problems: Problems) -> dict[str, str]:
    values: dict[str, str] = {}
    for child in element:
        name = str(child.tag)
        if name in values:
            problems.refuse(_line(child), name, "element-twice", "stands in this Learner twice; leave one out")
        elif _is_known(child, LEARNER_COLUMNS, problems):
            values[name] = _value(child, problems)
    if "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
        problems.refuse(_line(element), "", "stray-text", "text stands between the elements of this Learner")
    return {name: value for name, value in values.items() if value.strip()}


def _note_about(element: etree._Element, reading: Reading, about: dict[str, Cell]) -> None:
    name = str(element.tag)
    if not _is_known(element, (*FILE_COLUMNS, LEARNER), reading.problems):
        return
    if reading.rows:
        reading.problems.refuse(_line(element), name, "element-order", "belongs before the first Learner")
    elif name in about:
        reading.problems.refuse(_line(element), name, "element-twice", "stands in this file twice; leave one out")
    else:
        about[name] = Cell(_line(element), _value(element, reading.problems))


def _is_known(element: etree._Element, known: Sequence[str], problems: Problems) -> bool:
    name = str(element.tag)
    if name in known:
        return True
    text = f"there is no such element here{did_you_mean(name, known)}; letter case counts"
    problems.refuse(_line(element), name, "unknown-element", text)
    return False


def _value(element: etree._Element, problems: Problems) -> str:
    _check_attributes(element, problems)
    for child in element:
        problems.refuse(_line(child), str(child.tag), "unknown-element", f"{element.tag} holds a value, not elements")
    return element.text or ""


def _check_attributes(element: etree._Element, problems: Problems) -> None:
    for name in map(str, element.attrib):
        if not name.startswith(_SCHEMA_INSTANCE):
            problems.refuse(_line(element), name, "unknown-attribute", "attributes mean nothing here; take it out")


def _line(element: etree._Element) -> int:
    """Return the line an element begins on."""
    line: Any = element.sourceline
    # Further down libxml2 tells the line on which the text in the element ends.
    return int(line) if line < _HIGHEST_KNOWN_LINE else int(line) - (element.text or "").count("\n")


def _free(element: etree._Element) -> None:
    """Let go of an element and all before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
