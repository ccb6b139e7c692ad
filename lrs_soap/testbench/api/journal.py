"""The journal of a world: what came and what went, and why."""

from datetime import datetime
from io import BytesIO
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel, ConfigDict, Field

from lrs_soap.testbench.api.clock import Moment
from lrs_soap.testbench.api.deps import ApiDeps
from lrs_soap.testbench.api.errors import RefusedError
from lrs_soap.testbench.api.routes import JSON, OfWorld, Resource
from lrs_soap.testbench.journal import Criteria, Entry, Journal

USUAL_LIMIT = 1_000
ZIP = "application/zip"
_NONE = {409: "The server keeps no journal."}

journal = Resource("journal", "What came and what went, without passwords, and why it came out so.")


class JournalQuery(OfWorld):
    """Which entries; all that is given must be true of them."""

    service: str | None = Field(None, description="Such as LearnerService, letter case aside.")
    operation: str | None = Field(None, description="As published, letter case aside.")
    organisation: str | None = Field(None, description="UKPRN.")
    outcome: str | None = Field(None, description="The code answered; `WSEC*`: all that begin so.")
    status: int | None = Field(None, ge=100, le=599, description="Of HTTP.")
    user_agent: str | None = Field(None, description="Part of it, letter case aside.")
    text: str | None = Field(None, description="Stands in the request or the answer, letter case aside.")
    since: Moment | None = Field(None, description="The request came then or later; UK time unless it says otherwise.")
    scenario: str | None = Field(None, description="The scenario that interfered.")

    def criteria(self, deps: ApiDeps) -> Criteria:
        """Return what is wanted, of a world that there is."""
        named = {name: getattr(self, name) for name in JournalQuery.model_fields}
        return Criteria(**{**named, "world": deps.worlds.record(self.world).name})


class _Form(JournalQuery):
    personal: Literal["show", "blot"] = Field("show", description="blot: without what is about persons.")

    @property
    def blots(self) -> bool:
        """Whether what is about persons is blotted out."""
        return self.personal == "blot"


class EntriesQuery(_Form):
    """Which entries, and how much of them."""

    after: int | None = Field(None, ge=0, description="Only those with a higher number, in the order of numbers.")
    limit: int = Field(USUAL_LIMIT, ge=0, le=100_000, description="How many at most.")
    messages: bool = Field(True, description="Whether headers and bodies are told.")


class EntryQuery(OfWorld):
    """How much of an entry."""

    personal: Literal["show", "blot"] = Field("show", description="blot: without what is about persons.")


class WaitQuery(_Form):
    """What to wait for."""

    n: int = Field(1, ge=0, description="How many entries.")
    timeout: float = Field(5.0, ge=0, description="Seconds; no more than the server's own limit.")


class ExportQuery(_Form):
    """Which entries to hand out."""


class Message(BaseModel):
    """A request or an answer."""

    headers: list[tuple[str, str]] = Field(description="Name and value, in their order.")
    body: str = Field(description="The whole of it.")


class EntryShown(BaseModel):
    """A request and its answer. number: higher for what was written later. at: when the request came."""

    model_config = ConfigDict(extra="allow")

    number: int = Field(description="Higher for what was written later; never given again.")
    at: datetime = Field(description="When the request came, by the machine's time.")
    world: str = Field(description="The world that was called.")
    service: str = Field(description="Such as LearnerService; empty when the path is none's.")
    operation: str = Field(description="As published; empty when none was reached.")
    element: str = Field(description="The qualified name of the Body's element.")
    organisation: str = Field(
        description="UKPRN of who was admitted; when nobody was, what the request says of itself."
    )
    user_name: str = Field(description="As the request has it.")
    user_agent: str = Field(description="The header of that name.")
    remote: str = Field(description="The caller's address.")
    method: str = Field(description="Of HTTP.")
    path: str = Field(description="With the world's prefix.")
    query: str = Field(description="What stands after the question mark.")
    status: int = Field(description="Of HTTP; 0 when there was no answer at all.")
    outcome: str = Field(description="The code answered, or what else it came to.")
    duration_ms: float = Field(description="From the request's arrival until the answer was made, in milliseconds.")
    scenario: str | None = Field(description="The one that interfered.")
    encoding: str = Field(description="What the request was sent in, when that was not UTF-8.")
    explanation: dict[str, Any] = Field(description="Why it came out so.")
    request: Message | None = Field(None, description="What came.")
    answer: Message | None = Field(None, description="What went.")


class EntriesShown(BaseModel):
    """Entries of the journal; count: of all that there are of that kind."""

    entries: list[EntryShown] = Field(description="Each of them.")
    count: int = Field(description="How many there are of that kind, beyond limit, too.")


class TooFewEntries(EntriesShown):
    """What there was when the time was up."""

    error: str = Field(description="How many there were to be, and how many came.")


class EntriesCount(BaseModel):
    """How many entries there are."""

    count: int = Field(description="How many there are.")


@journal.endpoint("GET", "/journal", errors=_NONE)
def list_entries(deps: ApiDeps, query: EntriesQuery) -> EntriesShown:
    """List entries, those first whose requests came first."""
    kept, wanted = _kept(deps), query.criteria(deps)
    found = kept.find(wanted, limit=query.limit, after=query.after)
    entries = [_shown(entry, blots=query.blots, messages=query.messages) for entry in found]
    return EntriesShown(entries=entries, count=kept.count(wanted))


@journal.endpoint("GET", "/journal/<int:number>", errors=_NONE)
def read(deps: ApiDeps, query: EntryQuery, number: int) -> EntryShown:
    """Show an entry."""
    name = deps.worlds.record(query.world).name
    entry = _kept(deps).get(number) if number < 2**63 else None
    if entry is None or entry.world != name:
        raise RefusedError(404, f"there is no entry {number} in the journal of the world '{name}', or no longer")
    return _shown(entry, blots=query.personal == "blot")


@journal.endpoint("GET", "/journal/count", errors=_NONE)
def count(deps: ApiDeps, query: JournalQuery) -> EntriesCount:
    """Count entries."""
    return EntriesCount(count=_kept(deps).count(query.criteria(deps)))


@journal.endpoint(
    "GET",
    "/journal/wait",
    errors={**_NONE, 408: "There are fewer; these."},
    answers={200: EntriesShown, 408: TooFewEntries},
)
def wait(deps: ApiDeps, query: WaitQuery) -> Response:
    """Wait until there are so many entries. One process of the server does nothing else meanwhile."""
    kept, seconds = _kept(deps), min(query.timeout, deps.longest_wait)
    found = kept.wait(query.criteria(deps), query.n, seconds)
    entries = [_shown(entry, blots=query.blots) for entry in found]
    said = EntriesShown(entries=entries, count=len(entries))
    if len(found) >= query.n:
        return Response(said.model_dump_json(), mimetype=JSON)
    text = f"of {query.n} entries {len(found)} came within {seconds:g} seconds; see which, or wait longer"
    return Response(TooFewEntries(**dict(said), error=text).model_dump_json(), 408, mimetype=JSON)


@journal.endpoint("GET", "/journal/export", media=(ZIP,), errors=_NONE)
def export(deps: ApiDeps, query: ExportQuery) -> Response:
    """Hand out the messages as files in a zip file, with an index."""
    kept, archive = _kept(deps), BytesIO()
    kept.export(query.criteria(deps), archive, blot_personal=query.blots)
    name = {"Content-Disposition": 'attachment; filename="journal.zip"'}
    return Response(archive.getvalue(), mimetype=ZIP, headers=name)


@journal.endpoint("DELETE", "/journal", errors=_NONE)
def clear(deps: ApiDeps, query: OfWorld) -> None:
    """Forget the entries of a world."""
    _kept(deps).clear(deps.worlds.record(query.world).name)


def _kept(deps: ApiDeps) -> Journal:
    if deps.journal is None:
        raise RefusedError(409, "this server keeps no journal; start it without --no-journal")
    return deps.journal


def _shown(entry: Entry, *, blots: bool, messages: bool = True) -> EntryShown:
    return EntryShown.model_validate(entry.to_json(blot_personal=blots, messages=messages))
