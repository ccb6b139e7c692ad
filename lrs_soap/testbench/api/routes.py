"""Endpoints: a function each, whose annotations say what it is sent and what it answers.

A handler takes the ApiDeps, the variable parts of its path by name, and, when it has parameters of these names, `query`
and `body`, each a model. What it returns is a model, nothing, or a Response. The OpenAPI document is made of the same.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import getdoc, signature
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError, explained, unknown
from lrs_soap.testbench.worlds import DEFAULT

JSON = "application/json"
Handler = Callable[..., Any]


class Wanted(BaseModel):
    """What a request says; what it may not say is refused."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Nothing(Wanted):
    """No fields."""


class OfWorld(Wanted):
    """Which world is meant."""

    world: str = Field(DEFAULT, description="The world's name.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint. media: what it answers with. location: of what it made, by fields of the answer.

    errors: how it can refuse a request beside the ways in which any may be refused. answers: its models by status.
    """

    method: str
    path: str
    handler: Handler
    status: int
    media: tuple[str, ...]
    location: str
    errors: Mapping[int, str]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    answers: Mapping[int, type[BaseModel]]

    @property
    def name(self) -> str:
        """The name of the handler."""
        return self.handler.__name__

    @property
    def text(self) -> str:
        """What it does, in a line or more."""
        return getdoc(self.handler) or ""

    def view(self, deps: ApiDeps) -> Callable[..., Response]:
        """Return what Flask calls."""

        def answer(**arguments: Any) -> Response:
            if self.query is not None:
                arguments["query"] = _query(self.query)
            if self.body is not None:
                arguments["body"] = _body(self.body)
            elif request.method not in ("GET", "HEAD"):
                _body(Nothing)
            return self._response(self.handler(deps, **arguments))

        return answer

    def _response(self, said: Any) -> Response:
        if isinstance(said, Response):
            return said
        if said is None:
            return Response(status=self.status)
        response = Response(said.model_dump_json(by_alias=True), self.status, mimetype=JSON)
        if self.location:
            place = self.location.format_map({name: quote(str(value)) for name, value in said})
            world = f"?{urlencode({'world': request.args['world']})}" if "world" in request.args else ""
            response.headers["Location"] = f"{request.script_root}{place}{world}"
        return response


@dataclass(frozen=True, slots=True)
class Resource:
    """The endpoints of one kind of thing."""

    name: str
    text: str
    endpoints: list[Endpoint] = field(default_factory=list)

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        media: tuple[str, ...] = (JSON,),
        location: str = "",
        errors: Mapping[int, str] | None = None,
        answers: Mapping[int, type[BaseModel]] | None = None,
    ) -> Callable[[Handler], Handler]:
        """Make a function an endpoint."""

        def declare(handler: Handler) -> Handler:
            described = signature(handler)
            models = {name: parameter.annotation for name, parameter in described.parameters.items()}
            answer = described.return_annotation
            self.endpoints.append(
                Endpoint(
                    method=method,
                    path=path,
                    handler=handler,
                    status=204 if answer is None else status,
                    media=media,
                    location=location,
                    errors=errors or {},
                    query=models.get("query"),
                    body=models.get("body"),
                    answers=answers or ({status: answer} if answer not in (None, Response) else {}),
                )
            )
            return handler

        return declare

    def blueprint(self, deps: ApiDeps) -> Blueprint:
        """Return the endpoints as Flask takes them."""
        blueprint = Blueprint(self.name, __name__)
        for endpoint in self.endpoints:
            blueprint.add_url_rule(
                endpoint.path,
                endpoint=endpoint.name,
                view_func=endpoint.view(deps),
                methods=[endpoint.method],
                provide_automatic_options=False,
            )
        return blueprint


def field_names(model: type[BaseModel]) -> Iterator[str]:
    """Give the names of a model's fields, as they are sent."""
    for name, known in model.model_fields.items():
        yield known.alias or name


def _query(model: type[BaseModel]) -> BaseModel:
    known = tuple(field_names(model))
    for name, values in request.args.lists():
        if name not in known:
            raise RefusedError(422, f"{name[:50]}: {unknown(name, known, 'parameter')}", name[:50])
        if len(values) > 1:
            raise RefusedError(422, f"{name}: is given {len(values)} times; give it once", name)
    try:
        return model.model_validate_strings(request.args.to_dict())
    except ValidationError as error:
        raise explained(error, known) from None


def _body(model: type[BaseModel]) -> BaseModel:
    content = request.get_data(cache=False)
    g.body_was_read = True
    try:
        return model.model_validate_json(content or b"{}", strict=True)
    except ValidationError as error:
        raise explained(error, tuple(field_names(model))) from None
