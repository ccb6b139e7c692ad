"""What the control API refuses, and how it says so: JSON with one sentence that names the field and the way out."""

import logging
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any
from uuid import uuid4

from flask import Flask, Response, request
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound, RequestEntityTooLarge

from lrs_soap.testbench.clocks import ClockError
from lrs_soap.testbench.worlds import UnknownWorldError, WorldNameError, WorldRefusedError
from lrs_soap.worlds import WorldError

logger = logging.getLogger(__name__)

_LONGEST_VALUE = 60


class WorldProblem(BaseModel):
    """One thing that is wrong with a world file."""

    line: int = Field(description="Line in the text that was sent; 0 when it concerns all of it.")
    field: str = Field(description="Such as `Learners[3].Gender`.")
    text: str = Field(description="What is wrong.")


class Error(BaseModel):
    """Why a request was refused, and what to do about it."""

    error: str = Field(description="One sentence.")
    field: str | None = Field(None, description="The field or parameter that is wrong, when it is one.")
    problems: list[WorldProblem] | None = Field(None, description="Everything that is wrong with a world file.")


class RefusedError(Exception):
    """A request is refused."""

    def __init__(self, status: int, text: str, field: str | None = None, **more: Any) -> None:
        super().__init__(text)
        self.status = status
        self.field = field
        self.headers: Mapping[str, str] = more.get("headers", {})
        self.problems: Sequence[WorldProblem] = more.get("problems", ())


def handle_errors(app: Flask) -> None:
    """Let an application answer every error in JSON."""
    app.register_error_handler(Exception, _answer)


def explained(error: ValidationError, known: Sequence[str]) -> RefusedError:
    """Return the refusal of values that do not fit a model. known: its fields."""
    problems = error.errors(include_url=False)
    if problems[0]["type"] == "json_invalid":
        return RefusedError(400, f"the body is not JSON: {problems[0]['ctx']['error']}")
    field = shown_path(problems[0]["loc"])
    rest = "" if len(problems) == 1 else f" (and {len(problems) - 1} more of the fields cannot be taken)"
    text = _said(problems[0], known)
    return RefusedError(422, f"{field}: {text}{rest}" if field else f"{text}{rest}", field or None)


def shown_path(steps: Sequence[str | int]) -> str:
    """Return the place of a value in JSON: `steps[0].name`."""
    shown = ""
    for step in steps:
        shown += f"[{step}]" if isinstance(step, int) else f".{step}" if shown else step
    return shown


def unknown(name: str, known: Sequence[str], what: str = "field") -> str:
    """Return what to say of a name that nobody knows."""
    close = get_close_matches(name, known, n=1)
    advice = f"did you mean '{close[0]}'?" if close else f"known are {', '.join(known)}" if known else "leave it out"
    return f"there is no such {what}; {advice}"


def _said(problem: ErrorDetails, known: Sequence[str]) -> str:
    match problem["type"]:
        case "missing":
            return "is missing; give it"
        case "extra_forbidden":
            return unknown(str(problem["loc"][-1]), known if len(problem["loc"]) == 1 else ())
        case "model_type" | "model_attributes_type" | "dataclass_type":
            return "should be a JSON object, such as {}"
        case "value_error":
            return str(problem["ctx"]["error"])
    text = problem["msg"].removeprefix("Input ")
    return f"{text[:1].lower()}{text[1:]}; this was {_quoted(problem['input'])}"


def _quoted(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _answer(error: Exception) -> Response:
    refused = _refused(error)
    body = Error(error=str(refused), field=refused.field, problems=list(refused.problems) or None)
    response = Response(body.model_dump_json(exclude_none=True), refused.status, mimetype="application/json")
    response.headers.update(refused.headers)
    return response


def _refused(error: Exception) -> RefusedError:
    match error:
        case RefusedError():
            return error
        case UnknownWorldError():
            return RefusedError(404, str(error), "world" if "world" in request.args else None)
        case WorldNameError() | ClockError():
            return RefusedError(422, str(error))
        case WorldRefusedError():
            return RefusedError(409, str(error))
        case WorldError():
            return _of_world_file(error)
        case HTTPException():
            return _of_http(error)
    return _unforeseen(error)


def _of_world_file(error: WorldError) -> RefusedError:
    problems = [WorldProblem(line=one.line, field=one.field, text=one.text) for one in error.problems]
    first = problems[0]
    place = f" (line {first.line})" if first.line else ""
    rest = len(problems) + error.more - 1
    others = f"; and {rest} more, which `problems` lists" if rest else ""
    said = f"{first.field}: {first.text}" if first.field else first.text
    return RefusedError(422, f"world: {said}{place}{others}", "world", problems=problems)


def _of_http(error: HTTPException) -> RefusedError:
    place = f"{request.script_root}{request.path}"[:200]
    match error:
        case NotFound():
            return RefusedError(404, f"there is nothing at {place}; {request.script_root}/ lists what there is")
        case MethodNotAllowed():
            allowed = ", ".join(sorted(error.valid_methods or ()))
            text = f"{request.method[:20]} is not for {place}; use {allowed}"
            return RefusedError(405, text, headers={"Allow": allowed})
        case RequestEntityTooLarge():
            most = request.max_content_length or 0
            return RefusedError(413, f"the body is larger than the {most:,} bytes that are taken; send less at once")
    return RefusedError(error.code or 400, f"the request cannot be read: {error.name.lower()}")


def _unforeseen(error: Exception) -> RefusedError:
    reference = uuid4().hex[:12]
    logger.error("unforeseen error %s", reference, exc_info=error)
    return RefusedError(500, f"an unforeseen error; the service's log explains it under the reference {reference}")
