import doctest
import importlib
import pkgutil

import pytest

import lrs_soap.domain

MODULES = sorted(found.name for found in pkgutil.walk_packages(lrs_soap.domain.__path__, "lrs_soap.domain."))


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_the_modules_with_examples_have_some() -> None:
    for name in ("uln", "names", "postcode", "opening"):
        assert doctest.testmod(importlib.import_module(f"lrs_soap.domain.{name}")).attempted
