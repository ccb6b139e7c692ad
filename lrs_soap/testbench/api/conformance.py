"""The verdict on the clients of a world."""

from typing import Literal

from flask import Response
from pydantic import Field

from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.routes import JSON, OfWorld, Resource
from lrs_soap.testbench.conformance import FORMATS

ALL = "*"

conformance = Resource("conformance", "What clients did well, what they broke, and what they have not shown yet.")


class ConformanceQuery(OfWorld):
    """Whose clients, and in which form."""

    world: str = Field("default", description="The world's name; `*`: the clients of all worlds together.")
    format: Literal["json", "html", "text", "junit"] = Field("json", description="The form of the report.")


@conformance.endpoint(
    "GET",
    "/conformance",
    media=(JSON, "text/html", "text/plain", "application/xml"),
    errors={409: "Nothing is judged."},
)
def report(deps: ApiDeps, query: ConformanceQuery) -> Response:
    """Report on the clients of a world: operations and codes exercised, rules kept and broken, steps of the script."""
    if deps.ledger is None:
        raise RefusedError(409, "this server judges no clients; start it without --no-journal")
    if deps.journal is not None:
        deps.journal.settle()
    world = None if query.world == ALL else deps.worlds.record(query.world).name
    form = FORMATS[query.format]
    return Response(form.write(deps.ledger.report(world)), content_type=form.media_type)
