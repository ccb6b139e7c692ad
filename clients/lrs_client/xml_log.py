"""Requests and answers as they go over the wire, for people to read, with passwords blotted out."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from lxml import etree
from zeep import Plugin

BLOT = "****************"
PASSWORD_ELEMENTS = {"OrgPassword", "Password"}


def blot(text: str, password: str) -> str:
    """Return a text without the password, wherever it stands."""
    return text.replace(password, BLOT) if password.strip() else text


def readable(envelope: etree._Element, password: str) -> str:
    """Return an envelope as indented XML in which no password can be read."""
    copy = deepcopy(envelope)
    for element in copy.iter(etree.Element):
        if etree.QName(element).localname in PASSWORD_ELEMENTS and element.text:
            element.text = BLOT
        elif element.text:
            element.text = blot(element.text, password)
    etree.indent(copy)
    return etree.tostring(copy, encoding="unicode")


class XmlLog(Plugin):
    """Hands every request and answer to `show`, as a heading and readable XML."""

    def __init__(self, show: Callable[[str], None], password: str) -> None:
        self._show = show
        self._password = password

    def egress(self, envelope: etree._Element, headers: Any, operation: Any, options: Any) -> Any:
        """Show a request before it is sent."""
        self._show(f"--- request {operation.name} to {options['address']}\n{readable(envelope, self._password)}")
        return envelope, headers

    def ingress(self, envelope: etree._Element, headers: Any, operation: Any) -> Any:
        """Show an answer, faults included."""
        self._show(f"--- answer to {operation.name}\n{readable(envelope, self._password)}")
        return envelope, headers
