"""What the documents have to say of the control API, made from its OpenAPI document."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

OF_ANY: Final = frozenset({"401", "403", "500"})
"""With these an endpoint may refuse whatever it is asked."""
TOLD_ELSEWHERE: Final = frozenset({"Error", "Match", "WorldProblem"})
_KINDS: Final = {"string": "text", "integer": "whole number", "boolean": "true or false"}
_SCHEMAS: Final = "#/components/schemas/"
Schema = Mapping[str, Any]


class Told:
    """The lines of the tables. learner_fields: those of a world file's learner, which another document tells."""

    def __init__(self, document: Schema, learner_fields: frozenset[str]) -> None:
        self._document = document
        self._schemas: Mapping[str, Schema] = document["components"]["schemas"]
        self._learner_fields = learner_fields

    def lines(self, tag: str) -> list[str]:
        """Return all that is to be told of a resource."""
        operations = [(place, operation) for place, operation in self._operations if operation.get("tags") == [tag]]
        return [
            *(self._endpoint(place, operation) for place, operation in operations),
            *dict.fromkeys(line for _, operation in operations for line in self._parameters(operation)),
            *(line for name in self._models(operations) for line in self.fields(name)),
        ]

    def fields(self, name: str) -> Iterator[str]:
        """Give a line for each field of a model."""
        for field, schema in self._schemas[name].get("properties", {}).items():
            if name != "LearnerWanted" or field not in self._learner_fields:
                optional = field not in self._schemas[name].get("required", ())
                yield f"| `{name}` | `{field}` | {self._kind(schema)}{_default(schema, optional)} | {_text(schema)} |"

    @cached_property
    def endpoints(self) -> list[str]:
        """Method and path of each endpoint."""
        return [place for place, _ in self._operations]

    @cached_property
    def _operations(self) -> list[tuple[str, Schema]]:
        return [
            (f"{method.upper()} /_lrs{path}", operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()
        ]

    def _endpoint(self, place: str, operation: Schema) -> str:
        fine, *refusals = operation["responses"].items()
        taken = _body(operation)
        refused = ", ".join(self._refusal(*one) for one in refusals if one[0] not in OF_ANY) or "-"
        return (
            f"| `{place}` | {operation['summary']}. | {f'`{_name(taken)}`' if taken else '-'} "
            f"| {fine[0]}{self._content(fine[1])} | {refused} |"
        )

    def _content(self, response: Schema) -> str:
        shown = [
            f"`{_name(content['schema'])}`" if "schema" in content else media
            for media, content in response.get("content", {}).items()
        ]
        return f" {' or '.join(shown)}" if shown else ""

    def _refusal(self, status: str, response: Schema) -> str:
        usual = all(
            other["responses"].get(status, response)["description"] == response["description"]
            for _, other in self._operations
        )
        (content,) = response["content"].values()
        model = _name(content["schema"])
        body = "" if model == "Error" else f" `{model}`"
        return status + body if usual and not body else f"{status}{body}: {response['description'].rstrip('.')}"

    def _parameters(self, operation: Schema) -> Iterator[str]:
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "query" and parameter.get("description") != "The world's name.":
                schema = parameter["schema"]
                default = _default(schema, optional=True)
                yield f"| `{parameter['name']}` | {self._kind(schema)}{default} | {_text(parameter)} |"

    def _models(self, operations: list[tuple[str, Schema]]) -> Iterator[str]:
        seen = set(TOLD_ELSEWHERE)
        waiting = [name for _, operation in operations for name in _referred(operation)]
        while waiting:
            name = waiting.pop(0)
            if name not in seen and "properties" in self._schemas[name]:
                seen.add(name)
                yield name
                waiting = [*_referred(self._schemas[name]), *waiting]

    def _kind(self, schema: Schema) -> str:
        match schema:
            case {"$ref": str()}:
                referred = self._schemas[_name(schema)]
                return f"`{_name(schema)}`" if "properties" in referred else self._kind(referred)
            case {"anyOf": list(choices)}:
                return " or ".join(dict.fromkeys(map(self._kind, choices)))
            case {"enum": list(choices)}:
                return " or ".join(f"`{json.dumps(choice)}`" for choice in choices)
            case {"type": "array", "prefixItems": list(parts)}:
                return f"pair of {self._kind(parts[0])}s"
            case {"type": "array", "items": dict(items)}:
                return f"list of {self._kind(items)}"
            case {"type": "string", "format": "date-time"}:
                return "moment"
        kind = _KINDS.get(schema["type"], schema["type"])
        least, most = schema.get("minimum"), schema.get("maximum")
        if least is None:
            return str(kind)
        return f"{kind} from {least}" if most is None else f"{kind}, {least} to {most}"


def _default(schema: Schema, optional: bool) -> str:
    if not optional or schema.get("default") is None:
        return ""
    return f", else `{json.dumps(schema['default'])}`"


def _text(schema: Schema) -> str:
    return str(schema.get("description") or "-")


def _body(operation: Schema) -> Schema | None:
    body: Mapping[str, Any] | None = operation.get("requestBody")
    return body["content"]["application/json"]["schema"] if body else None


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix(_SCHEMAS)


def _referred(value: Any) -> Iterator[str]:
    """Give the names of the models that a part of the document refers to."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            yield _name(value)
        for part in value.values():
            yield from _referred(part)
    elif isinstance(value, list):
        for part in value:
            yield from _referred(part)
