"""From a Spyne model to the text of its message, by a plan prepared once per model and dialect.

A dialect says how namespaces show: LearnerService declares a default namespace where it changes, R9 and
ExternalService give each further namespace the next letter as its prefix. Clients cut answers up by these prefixes.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from lrs_soap.services import ns
from lrs_soap.services.messages.members import NIL
from lrs_soap.services.spyne_support import Boolean, ComplexModel, DateTime, Float, Integer32, Integer64

Emit = Callable[[str], None]
Writer = Callable[[Any, Emit], None]

# What XML 1.0 cannot carry, not even as a character reference.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """Return a text as XML content; what XML cannot carry becomes U+FFFD rather than a broken answer."""
    if _SPECIAL.search(text) is None:
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    return _FORBIDDEN.sub("\ufffd", text)


class Scope(NamedTuple):
    """Where in a message a plan stands: the default namespace there, and the prefixes declared so far."""

    default: str
    prefixes: tuple[tuple[str, str], ...] = ()

    def prefix(self, namespace: str) -> str | None:
        """Return the prefix declared for a namespace."""
        return dict(self.prefixes).get(namespace)


class LegacyDialect:
    """LearnerService: `ns2` for the root, below it a default namespace declared where it changes."""

    def root(self, name: str, namespace: str) -> tuple[str, str, Scope]:
        """Return what `open` returns, for the element in the Body."""
        return f'<ns2:{name} xmlns:ns2="{namespace}"', f"</ns2:{name}>", Scope("")

    def open(self, name: str, namespace: str, model: Any, scope: Scope) -> tuple[str, str, Scope]:
        """Return the start tag (without its last bracket), the end tag and the scope inside."""
        declared = "" if namespace == scope.default else f' xmlns="{namespace}"'
        return f"<{name}{declared}", f"</{name}>", scope._replace(default=namespace)


class ContractDialect:
    """R9 and ExternalService: the wrapper in the default namespace, then `a`, `b`, … and `i` for XSI."""

    def root(self, name: str, namespace: str) -> tuple[str, str, Scope]:
        """Return what `open` returns, for the element in the Body."""
        return f'<{name} xmlns="{namespace}"', f"</{name}>", Scope(namespace)

    def open(self, name: str, namespace: str, model: Any, scope: Scope) -> tuple[str, str, Scope]:
        """Return the start tag (without its last bracket), the end tag and the scope inside."""
        prefix = scope.prefix(namespace)
        tag = f"{prefix}:{name}" if prefix else name
        declared, inner = self._declare(model, scope)
        return f"<{tag}{declared}", f"</{tag}>", inner

    def _declare(self, model: Any, scope: Scope) -> tuple[str, Scope]:
        wanted = _content_namespace(model)
        if wanted is None or wanted == scope.default or scope.prefix(wanted):
            return "", scope
        prefix = "abcdefgh"[len(scope.prefixes)]
        xsi = "" if scope.prefixes else f' xmlns:i="{ns.XSI}"'
        return f' xmlns:{prefix}="{wanted}"{xsi}', scope._replace(prefixes=(*scope.prefixes, (wanted, prefix)))


Dialect = LegacyDialect | ContractDialect


def _content_namespace(model: Any) -> str | None:
    if not issubclass(model, ComplexModel):
        return None
    members = list(model.get_flat_type_info(model).values())
    return members[0].Attributes.sub_ns if members else None


def compile_root(name: str, namespace: str, model: Any, dialect: Dialect) -> Writer:
    """Return what writes the element in the Body."""
    return _element_writer(dialect.root(name, namespace), model, dialect)


def _element_writer(tags: tuple[str, str, Scope], model: Any, dialect: Dialect) -> Writer:
    start, end, inner = tags
    empty = f"{start}/>"
    if issubclass(model, ComplexModel):
        return _structure_writer(f"{start}>", end, empty, _member_writers(model, dialect, inner))
    return _value_writer(f"{start}>", end, empty, f'{start} i:nil="true"/>', _format(model))


def _member_writers(model: Any, dialect: Dialect, scope: Scope) -> list[tuple[str, bool, Writer]]:
    writers = []
    for name, member in model.get_flat_type_info(model).items():
        tags = dialect.open(name, member.Attributes.sub_ns, member, scope)
        writers.append((name, member.Attributes.max_occurs > 1, _element_writer(tags, member, dialect)))
    return writers


def _structure_writer(start: str, end: str, empty: str, members: list[tuple[str, bool, Writer]]) -> Writer:
    def write(message: Any, emit: Emit) -> None:
        values = message.__dict__
        if not values:
            emit(empty)
            return
        emit(start)
        for name, many, writer in members:
            value = values.get(name)
            if value is None:
                continue
            if many:
                for item in value:
                    writer(item, emit)
            else:
                writer(value, emit)
        emit(end)

    return write


def _value_writer(start: str, end: str, empty: str, nil: str, form: Callable[[Any], str]) -> Writer:
    def write(value: Any, emit: Emit) -> None:
        if value is NIL:
            emit(nil)
        elif value == "":
            emit(empty)
        else:
            emit(f"{start}{form(value)}{end}")

    return write


def _format(model: Any) -> Callable[[Any], str]:
    if issubclass(model, Integer32 | Integer64):
        return str
    if issubclass(model, Float):
        return _fraction
    if issubclass(model, DateTime):
        return _moment
    if issubclass(model, Boolean):
        return _truth
    return escape


def _fraction(value: float) -> str:
    return format(value, "g")


def _moment(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(timespec="seconds")


def _truth(value: bool) -> str:
    return "true" if value else "false"
