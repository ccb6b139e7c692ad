"""What a failed test is told of its world: the last requests that came, and what they got."""

from collections.abc import Iterator

from lrs_soap.testing.errors import TestBenchError
from lrs_soap.testing.journal import Entry
from lrs_soap.testing.worlds import World

LONGEST = 4000
_CUT = "\n… cut …\n"


def journal_of(world: World, entries: int) -> str:
    """Return the last entries of a world's journal as text, the last with its messages: never long, never raises."""
    try:
        came = world.journal.entries(messages=False)
        last = world.journal.entry(came[-1].number) if came else None
        return "\n".join(_told(came, entries, last))
    except (TestBenchError, ValueError, LookupError) as error:
        return f"The journal cannot be read: {error}"


def _told(came: tuple[Entry, ...], entries: int, last: Entry | None) -> Iterator[str]:
    shown = came[-entries:]
    if len(shown) < len(came):
        yield f"The last {len(shown)} of {len(came)} requests:"
    yield from map(str, shown)
    if last is None:
        yield "No request came."
    else:
        yield from filter(None, (last.why[:LONGEST],))
        yield f"\nRequest {last.number}:\n{_bounded(last.request)}"
        yield f"\nAnswer:\n{_bounded(last.answer)}"


def _bounded(text: str) -> str:
    half = LONGEST // 2
    return text if len(text) <= LONGEST else text[:half] + _CUT + text[-half:]
