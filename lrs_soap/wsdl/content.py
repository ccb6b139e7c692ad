"""How far a message has come in a content model, and what may come next."""

from collections.abc import Iterator
from typing import Protocol

from lrs_soap.wsdl.declarations import ComplexType, Element


class Place(Protocol):
    """A place in the content of a complex type."""

    def take(self, name: str) -> Element | None:
        """Move past the element named `name` and return its declaration; None when it may not stand here."""
        ...

    def expected(self) -> Iterator[Element]:
        """Yield the elements that may stand here."""
        ...

    def complete(self) -> bool:
        """Tell whether the content may end here."""
        ...


def start(content: ComplexType) -> Place:
    """Return the place before the first element of `content`."""
    return _AnyOrder(content.content) if content.any_order else _Sequence(content.content)


class _Sequence:
    """Elements in their order, each name once, each as often as it may."""

    def __init__(self, content: tuple[Element, ...]) -> None:
        self._content = content
        self._index = 0
        self._count = 0

    def take(self, name: str) -> Element | None:
        for index, declared in self._reachable():
            if declared.name == name:
                self._count = self._count + 1 if index == self._index else 1
                self._index = index
                return declared
        return None

    def expected(self) -> Iterator[Element]:
        return (declared for _, declared in self._reachable())

    def complete(self) -> bool:
        return all(self._missing(index) <= 0 for index in range(self._index, len(self._content)))

    def _reachable(self) -> Iterator[tuple[int, Element]]:
        for index in range(self._index, len(self._content)):
            declared = self._content[index]
            if index > self._index or declared.most is None or self._count < declared.most:
                yield index, declared
            if self._missing(index) > 0:
                return

    def _missing(self, index: int) -> int:
        return self._content[index].least - (self._count if index == self._index else 0)


class _AnyOrder:
    """Elements in any order, each at most once."""

    def __init__(self, content: tuple[Element, ...]) -> None:
        self._rest = {declared.name: declared for declared in content}

    def take(self, name: str) -> Element | None:
        return self._rest.pop(name, None)

    def expected(self) -> Iterator[Element]:
        return iter(self._rest.values())

    def complete(self) -> bool:
        return not any(declared.least for declared in self._rest.values())
