"""What must hold for every answer, whatever was asked; and what one request cost."""

import re
import resource
import signal
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.corpus.judging import Told, read
from tests.corpus.wire import Response, first_understood, understood
from tests.fuzz.bytewise import HEAD_END
from tests.fuzz.messages import Message
from tests.fuzz.place import Place
from tests.wire import requests

MOST_CPU_SECONDS = 2.0
DEADLY_CPU_SECONDS = 20.0
MOST_GROWTH_KIB = 128 * 1024
ACCEPTED = "WSRC0007"
UNKNOWN_JOB = "WSRC0018"
JOB = re.compile(rb"Job(?:ID|Id)>(\d+)<")
FRAME = re.compile(r'File "[^"]*(lrs_soap/[^"]+|site-packages/[^"]+)", line \d+, in (\S+)')
# What is not HTTP is no HEAD either: its refusal has a body.
MALFORMED = re.compile(rb"HTTP/1\.1 (400|414|417|431|501) ")
OUTCOMES = {
    "SubmitBatchResponse": ("LearnerService", requests.batch_output),
    "SubmitVerifyBatchResponse": ("LearnerService", requests.verify_batch_output),
    "SubmitAchievementBatchJobResponse": ("ExternalService", requests.achievement_job),
}


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that must not be. signature: the same for what has the same cause. told: all that is known of it."""

    signature: str
    told: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request was answered, such as `200 WSRC0004`, and what is wrong with it."""

    kind: str
    broken: Broken | None = None


def outcome(place: Place, request: bytes) -> Outcome:
    """Send a request, and have what it leaves behind worked off; tell what came of it and whether that may be."""
    cpu, peak = time.process_time(), peak_memory()
    try:
        with _bounded():
            kind = _answer(place, request)
        broken = None
    except Exception as error:
        kind, broken = "broken", Broken(_place_of(error), traceback.format_exc())
    spent, grown = time.process_time() - cpu, peak_memory() - peak
    if logged := place.errors():
        broken = Broken(_place_of_log(logged), logged)
    elif broken is None and spent > MOST_CPU_SECONDS:
        broken = Broken(f"slow: {kind}", f"{spent:.1f} seconds on the processor")
    elif broken is None and grown > MOST_GROWTH_KIB:
        broken = Broken(f"large: {kind}", f"{grown // 1024} MiB more than ever before")
    return Outcome(kind, broken)


@contextmanager
def _bounded() -> Iterator[None]:
    """Have the process end, even from within a library, when it computes for much too long."""
    signal.setitimer(signal.ITIMER_PROF, DEADLY_CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _answer(place: Place, request: bytes) -> str:
    raw = place.exchange(request)
    if not raw and HEAD_END not in request:
        return "no answer to a head without an end"
    response, rest = _first_of(raw, is_head=request.startswith(b"HEAD "))
    while rest:
        # Where connections are kept, bytes left over are another request.
        other, rest = _first_of(rest, is_head=b"HEAD " in request)
        read(other)
    told = read(response)
    if told.code == ACCEPTED:
        place.work_off()
        _ask_after(place, told, response.body)
    return f"{response.status} {told.code or told.fault or told.answer or '(no envelope)'}"


def _first_of(raw: bytes, *, is_head: bool) -> tuple[Response, bytes]:
    return first_understood(raw, "HEAD" if is_head and not MALFORMED.match(raw) else "POST")


def _ask_after(place: Place, told: Told, body: bytes) -> None:
    """Ask what became of a batch that was accepted: that must be told, however odd its records are."""
    number = JOB.search(body)
    assert number is not None
    service, ask = OUTCOMES[told.answer or ""]
    answer = understood(place.exchange(Message(service, ask(number[1].decode())).request()))
    outcome = read(answer)
    assert outcome.fault is None, outcome
    assert outcome.code not in (None, UNKNOWN_JOB), outcome


def peak_memory() -> int:
    """Return the most memory that this process ever had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _place_of(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.name}:{frame.lineno}"


def _place_of_log(logged: str) -> str:
    frames = FRAME.findall(logged)
    kind = logged.strip().rpartition("\n")[2].partition(":")[0]
    return f"{kind} at {frames[-1][0]}:{frames[-1][1]}" if frames else kind
