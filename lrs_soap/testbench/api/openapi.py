"""The OpenAPI document: made of the endpoints themselves, so that it says what they do."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, Response, request
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import Error
from lrs_soap.testbench.api.guard import OPEN_ENDPOINTS
from lrs_soap.testbench.api.routes import JSON, Endpoint, Nothing, OfWorld, Resource

PATH: Final = "/openapi.json"
SCHEMAS: Final = "#/components/schemas/"
_VARIABLE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
ERRORS: Final[Mapping[int, str]] = {
    400: "The body is not JSON.",
    401: "The server has a control token, and the request does not name it.",
    403: "The request comes from a page elsewhere or, to a server without a control token, from another machine.",
    404: "There is no such thing.",
    413: "The body is too large.",
    415: "The body is not sent as JSON.",
    422: "A field or parameter is unknown, missing or wrong.",
    500: "Nobody foresaw this; the service's log has the reference that the answer names.",
}
_PURPOSE: Final = (
    "Steers the service for whoever tests a client: worlds, learners, clocks, scenarios, what came and went."
)
_References = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


def publish(app: Flask, resources: Sequence[Resource], deps: ApiDeps) -> None:
    """Let an application hand out its document."""

    def openapi() -> Response:
        return Response(json.dumps(document(resources, deps, request.script_root)), mimetype=JSON)

    app.add_url_rule(PATH, endpoint="openapi", view_func=openapi, methods=["GET"], provide_automatic_options=False)


def document(resources: Sequence[Resource], deps: ApiDeps, prefix: str) -> dict[str, Any]:
    """Return the document. prefix: what the paths are mounted below."""
    endpoints = [endpoint for resource in resources for endpoint in resource.endpoints]
    references, schemas = models_json_schema(list(_models(endpoints)), ref_template=f"{SCHEMAS}{{model}}")
    security: list[dict[str, list[str]]] = [{"token": []}] if deps.token else []
    return {
        "openapi": "3.1.0",
        "info": {"title": "Control API of lrs-soap", "version": deps.version, "description": _PURPOSE},
        "servers": [{"url": prefix or "/"}],
        "tags": [{"name": resource.name, "description": resource.text} for resource in resources],
        "security": security,
        "paths": {**_paths(resources, references), PATH: {"get": _of_document()}},
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def path_of(endpoint: Endpoint) -> str:
    """Return an endpoint's path as the document has it."""
    return _VARIABLE.sub(r"{\g<name>}", endpoint.path)


def errors_of(endpoint: Endpoint, tag: str) -> dict[int, str]:
    """Return how an endpoint can refuse a request, by status."""
    expected = {401, 403, 500}
    if f"{tag}.{endpoint.name}" in OPEN_ENDPOINTS:
        expected = {500}
    if endpoint.method != "GET":
        expected |= {400, 413, 415, 422}
    if endpoint.query is not None:
        expected |= {422}
    if _VARIABLE.search(endpoint.path) or (endpoint.query is not None and issubclass(endpoint.query, OfWorld)):
        expected |= {404}
    return dict(sorted(({status: ERRORS[status] for status in expected} | dict(endpoint.errors)).items()))


def _models(endpoints: Sequence[Endpoint]) -> Iterator[tuple[type[BaseModel], JsonSchemaMode]]:
    yield Error, "serialization"
    for endpoint in endpoints:
        yield endpoint.body or Nothing, "validation"
        for answer in endpoint.answers.values():
            yield answer, "serialization"


def _paths(resources: Sequence[Resource], references: _References) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for resource in resources:
        for endpoint in resource.endpoints:
            described = _operation(endpoint, resource.name, references)
            paths.setdefault(path_of(endpoint), {})[endpoint.method.lower()] = described
    return paths


def _operation(endpoint: Endpoint, tag: str, references: _References) -> dict[str, Any]:
    summary, _, more = endpoint.text.partition("\n\n")
    described: dict[str, Any] = {
        "operationId": f"{tag}-{endpoint.name}".replace("_", "-"),
        "tags": [tag],
        "summary": summary.removesuffix("."),
        "responses": _responses(endpoint, tag, references),
    }
    if more:
        described["description"] = more
    if parameters := [*_variables(endpoint), *_parameters(endpoint.query)]:
        described["parameters"] = parameters
    if endpoint.body is not None:
        described["requestBody"] = {"content": {JSON: {"schema": references[endpoint.body, "validation"]}}}
    if f"{tag}.{endpoint.name}" in OPEN_ENDPOINTS:
        described["security"] = []
    return described


def _responses(endpoint: Endpoint, tag: str, references: _References) -> dict[str, Any]:
    fine: dict[str, Any] = {"description": HTTPStatus(endpoint.status).phrase}
    if endpoint.status != HTTPStatus.NO_CONTENT:
        fine["content"] = {media: {} for media in endpoint.media}
    if endpoint.status in endpoint.answers:
        fine["content"][JSON] = _schema(endpoint.answers[endpoint.status], references)
    if endpoint.location:
        fine["headers"] = {"Location": {"schema": {"type": "string"}, "description": "Where it is."}}
    refusals = {
        str(status): {"description": text, "content": {JSON: _schema(endpoint.answers.get(status, Error), references)}}
        for status, text in errors_of(endpoint, tag).items()
    }
    return {str(endpoint.status): fine, **refusals}


def _schema(model: type[BaseModel], references: _References) -> dict[str, Any]:
    return {"schema": references[model, "serialization"]}


def _variables(endpoint: Endpoint) -> Iterator[dict[str, Any]]:
    for found in _VARIABLE.finditer(endpoint.path):
        kind = "integer" if found["kind"] == "int" else "string"
        yield {"name": found["name"], "in": "path", "required": True, "schema": {"type": kind}}


def _parameters(query: type[BaseModel] | None) -> Iterator[dict[str, Any]]:
    schema = query.model_json_schema() if query is not None else {}
    for name, raw in schema.get("properties", {}).items():
        described = dict(raw)
        choices = [one for one in described.pop("anyOf", ()) if one != {"type": "null"}]
        if described.get("default", ...) is None:
            del described["default"]
        parameter = {"name": name, "in": "query", "schema": {**described, **(choices[0] if choices else {})}}
        if "description" in described:
            parameter["description"] = parameter["schema"].pop("description")
        yield parameter


def _of_document() -> dict[str, Any]:
    refused = {"content": {JSON: {"schema": {"$ref": f"{SCHEMAS}{Error.__name__}"}}}}
    return {
        "operationId": "openapi",
        "tags": ["health"],
        "summary": "Describe all this",
        "responses": {
            "200": {"description": HTTPStatus.OK.phrase, "content": {JSON: {}}},
            **{str(status): {"description": ERRORS[status], **refused} for status in (401, 403, 500)},
        },
    }
