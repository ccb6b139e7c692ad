"""The OpenAPI document: a valid one, and of every endpoint that there is."""

import re

from openapi_spec_validator import validate

from lrs_soap.testbench.api import RESOURCES
from lrs_soap.testbench.api.openapi import PATH, path_of
from tests.unit.testbench.api.process import Process


def operations(api: Process) -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in api.document["paths"].items() for method in methods]


def test_every_endpoint_is_in_it_and_nothing_else(api: Process) -> None:
    known = [(endpoint.method, path_of(endpoint)) for resource in RESOURCES for endpoint in resource.endpoints]
    assert sorted(operations(api)) == sorted([*known, ("GET", PATH)])


def test_every_endpoint_in_it_is_served(api: Process) -> None:
    for method, path in operations(api):
        answer = api.send(method, re.sub(r"\{\w+\}", "1", path.removeprefix("/")))
        assert answer.status not in (405, 500), (method, path)
        assert "there is nothing at" not in str(answer.body), (method, path)


def test_it_is_valid(api: Process) -> None:
    assert api.document["openapi"] == "3.1.0"
    validate(api.document)


def test_its_operations_are_told_apart_and_explained(api: Process) -> None:
    described = [operation for methods in api.document["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in described}) == len(described)
    tags = {tag["name"] for tag in api.document["tags"]}
    for operation in described:
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        assert all(answer["description"] for answer in operation["responses"].values())


def test_every_field_and_parameter_is_explained(api: Process) -> None:
    parameters = [
        parameter
        for methods in api.document["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query"
    ]
    assert parameters
    assert all(parameter["description"] for parameter in parameters)
