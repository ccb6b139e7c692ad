"""Every scenario of the catalogue, met by Zeep on the real server and, where a client library hides it, on a socket."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import pytest
from lxml import etree
from requests.exceptions import ReadTimeout

from lrs_client.connection import Connection
from lrs_client.faults import LrsFault, LrsUnreachableError, LrsUnreadableError
from lrs_client.get_batch_output import BatchOutput, get_batch_output
from lrs_client.learner import Learner, LearnerToRegister
from lrs_client.learner_by_uln import learner_by_uln
from lrs_client.register_learner import register_learner
from lrs_client.submit_batch import BatchLearner, submit_batch
from lrs_client.update_learner import update_learner
from lrs_soap.domain.clock import SERVICE_ZONE
from lrs_soap.testbench.scenarios import CATALOGUE
from lrs_soap.testing import RunningServer, Scenario, World, step
from tests.wire import requests
from tests.wire.bench import (
    AMELIA,
    WORKERS,
    caller,
    connected,
    connection_to,
    each_worker,
    exchanged,
    head_and_body,
    received,
    send,
    served_bench,
    timeless,
    zeep_service,
)

NOON = datetime(2031, 3, 5, 12, tzinfo=SERVICE_ZONE)
IMPATIENT_SECONDS = 0.3
NEWCOMER = LearnerToRegister(
    given_name="Tegan",
    family_name="Abernathy",
    date_of_birth=date(2015, 5, 6),
    gender="2",
    last_known_post_code="AB1 2DE",
)
Meeting = Callable[["Client", str], None]


@dataclass(frozen=True)
class Client:
    """One client of one world, by Zeep and by sockets. plain: the answer to its find without any scenario."""

    bench: RunningServer
    world: World
    connection: Connection
    message: str
    plain: bytes

    def find(self) -> str:
        return learner_by_uln(self.connection, **AMELIA).code

    def amelia(self) -> Learner:
        (learner,) = learner_by_uln(self.connection, **AMELIA).learners
        return learner

    def refusal(self) -> LrsFault:
        with pytest.raises(LrsFault) as caught:
            self.find()
        return caught.value

    def answer(self) -> bytes:
        return exchanged(self.world.url, self.message)

    def head_and_body(self) -> tuple[str, bytes]:
        return head_and_body(self.answer())

    @property
    def plain_body(self) -> bytes:
        return head_and_body(self.plain)[1]

    def set(self, name: str, **wanted: object) -> Scenario:
        self.world.scenarios.clear()
        return self.world.scenarios.add(name, **wanted)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def bench() -> Iterator[RunningServer]:
    with served_bench(env={"LRS_SOAP_BATCH_POLL": "0.05"}) as bench:
        yield bench


@pytest.fixture(scope="module")
def connection(bench: RunningServer) -> Iterator[Connection]:
    """Give one client for all tests: their world is always of one name, and its WSDL is read once."""
    with bench.world("met", seed=7) as world, connected(world) as connection:
        learner_by_uln(connection, **AMELIA)
        world.delete()
        yield connection


@pytest.fixture
def client(bench: RunningServer, connection: Connection) -> Iterator[Client]:
    with bench.world("met", seed=7) as world:
        world.clock.freeze(NOON)
        message = requests.by_uln(AMELIA["uln"], AMELIA["given_name"], AMELIA["family_name"], **caller(world))
        yield Client(bench, world, connection, message, exchanged(world.url, message))


MEETINGS: dict[str, Meeting] = {}


def of(*names: str) -> Callable[[Meeting], Meeting]:
    """Tell which scenarios a meeting is with."""

    def decorate(meeting: Meeting) -> Meeting:
        MEETINGS.update(dict.fromkeys(names, meeting))
        return meeting

    return decorate


@pytest.mark.parametrize("name", CATALOGUE)
def test_zeep_meets_every_scenario(client: Client, name: str) -> None:
    assert name in MEETINGS, "a new scenario wants a meeting in this file"
    MEETINGS[name](client, name)


@pytest.mark.parametrize("name", CATALOGUE)
def test_without_it_or_in_a_reset_world_every_worker_answers_as_before(client: Client, name: str) -> None:
    known = caller(client.world)
    messages = (
        client.message,
        client.message.replace(AMELIA["uln"], "1234567890"),
        requests.batch_output(1, known),
        "",
    )

    def answers() -> list[list[bytes]]:
        ask = partial(exchanged, client.world.url)
        return each_worker(client.bench.url, lambda: [timeless(ask(message)) for message in messages])

    before = answers()
    assert before == [before[0]] * WORKERS
    # Whatever it does to a call, the call after it is answered as ever.
    late = {"slow": {"seconds": 0}, "slow-spread": {"most": 0}, "trickle": {"seconds": 0}}.get(name, {})
    scenario = client.set(name, **late)
    for _ in range(2):
        try:
            client.answer()
        except ConnectionResetError:
            assert name == "connection-reset"
    scenario.remove()
    assert answers() == before
    client.set(name, **late)
    client.world.reset()
    client.world.clock.freeze(NOON)
    assert client.world.scenarios.list() == ()
    assert answers() == before


@of("normal")
def met_normal(client: Client, name: str) -> None:
    scenario = client.set(name)
    assert client.find() == "WSRC0004"
    assert timeless(client.answer()) == timeless(client.plain)
    assert scenario.acted == 2


@of("fault")
def met_fault(client: Client, name: str) -> None:
    client.set(name, code="WSEC0044", further="because <of> this & that")
    fault = client.refusal()
    assert (fault.code, fault.further_details) == ("WSEC0044", "because <of> this & that")
    assert fault.raised_at is not None
    assert fault.raised_at.astimezone(SERVICE_ZONE) == NOON


NAMED = {
    "out-of-hours": "WSEC0004",
    "unknown-organisation": "WSEC0003",
    "wrong-password": "WSEC0005",
    "not-granted": "WSEC0006",
    "internal-error": "WSEC0999",
}


@of(*NAMED)
def met_named_faults(client: Client, name: str) -> None:
    client.set(name, first=1)
    assert client.refusal().code == NAMED[name]
    assert client.find() == "WSRC0004"


@of("unsupported-verb")
def met_unsupported_verb(client: Client, name: str) -> None:
    for status, line in ((500, "500 Internal Server Error"), (405, "405 Method Not Allowed")):
        client.set(name, status=status)
        head, body = client.head_and_body()
        assert head.startswith(f"HTTP/1.1 {line}\r\n")
        fault = etree.fromstring(body)[-1][0]
        assert (fault.findtext("faultstring"), fault.find("detail")) == ("UnsupportedHttpVerb", None)
        assert client.refusal().description == "UnsupportedHttpVerb"


@of("outage")
def met_outage(client: Client, name: str) -> None:
    client.set(name, text="Down <until> noon")
    with pytest.raises(LrsUnreadableError):
        client.find()
    head, body = client.head_and_body()
    assert head.startswith("HTTP/1.1 503 Service Unavailable\r\n")
    assert {"Retry-After: 120", "Content-Type: text/html; charset=utf-8"} <= set(head.split("\r\n"))
    assert body.startswith(b"<!DOCTYPE html>")
    assert b"Down &lt;until&gt; noon" in body


LATE = {"slow": {"seconds": 2}, "slow-spread": {"least": 2, "most": 3}}


@of(*LATE)
def met_lateness(client: Client, name: str) -> None:
    late = LATE[name]
    impatient = zeep_service(client.world, "LearnerService", IMPATIENT_SECONDS)
    client.set(name, **late, first=1)
    with pytest.raises(ReadTimeout):
        impatient.learnerByULN(FindType="FUL", **caller(client.world), **members())
    client.set(name, **late, first=1)
    with connection_to(client.world.url) as connection:
        send(connection, client.world.url, client.message.encode())
        connection.settimeout(IMPATIENT_SECONDS)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(60)
        assert timeless(received(connection)) == timeless(client.plain)
    client.set(name, **{parameter: seconds / 10 for parameter, seconds in late.items()})
    assert client.find() == "WSRC0004"


def members() -> dict[str, str]:
    names = ("ULN", "GivenName", "FamilyName")
    return {"OrganisationRef": "", **dict(zip(names, AMELIA.values(), strict=True))}


@of("trickle")
def met_trickle(client: Client, name: str) -> None:
    amelia = client.amelia()
    client.set(name, seconds=0.5, piece=len(client.plain_body) // 4)
    assert client.amelia() == amelia
    with connection_to(client.world.url) as connection:
        send(connection, client.world.url, client.message.encode())
        first = connection.recv(65536)
        whole = first + received(connection)
    assert len(first) < len(whole)
    assert timeless(whole) == timeless(client.plain)


@of("connection-reset", "connection-closed")
def met_broken_connections(client: Client, name: str) -> None:
    for carried_out in (False, True):
        client.set(name, carried_out=carried_out)
        with pytest.raises(LrsUnreachableError):
            register_learner(client.connection, NEWCOMER)
        if name == "connection-closed":
            assert client.answer() == b""
        else:
            with pytest.raises(ConnectionResetError):
                client.answer()
        client.world.scenarios.clear()
        assert client.world.state.learners == 62 + carried_out


@of("truncated")
def met_truncated(client: Client, name: str) -> None:
    client.set(name, keep=0.25)
    with pytest.raises(LrsUnreadableError):
        client.find()
    head, body = client.head_and_body()
    assert f"Content-Length: {len(client.plain_body)}" in head.split("\r\n")
    assert body == client.plain_body[: len(client.plain_body) // 4]


@of("empty-answer")
def met_empty_answer(client: Client, name: str) -> None:
    client.set(name)
    with pytest.raises(LrsUnreadableError):
        client.find()
    head, body = client.head_and_body()
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert ("Content-Length: 0" in head.split("\r\n"), body) == (True, b"")


@of("garbage")
def met_garbage(client: Client, name: str) -> None:
    client.set(name, size=300)
    with pytest.raises(LrsUnreadableError):
        client.find()
    head, body = client.head_and_body()
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert (len(body), body.startswith(b"<")) == (300, False)


@of("wrong-content-type")
def met_wrong_content_type(client: Client, name: str) -> None:
    client.set(name, content_type="application/pdf")
    # Zeep goes by what it reads, whatever that is called.
    assert client.find() == "WSRC0004"
    head, body = client.head_and_body()
    assert "Content-Type: application/pdf" in head.split("\r\n")
    assert body == client.plain_body


@of("duplicate-answer")
def met_duplicate_answer(client: Client, name: str) -> None:
    client.set(name)
    with pytest.raises(LrsUnreadableError):
        client.find()
    assert client.head_and_body()[1] == client.plain_body * 2


@of("stuck-batch")
def met_stuck_batch(client: Client, name: str) -> None:
    polls = 4
    job = submit_batch(client.connection, [BatchLearner(**AMELIA)]).job_id
    assert job is not None
    client.world.work()
    while any(each["finished_at"] is None for each in client.world.jobs()):
        client.world.work()
    client.set(name, polls=polls)
    # Each is polled at another worker: the polls are counted all together.
    outputs = [each for _ in range(2) for each in each_worker(client.bench.url, lambda: polled(client, job))]
    assert [(output.code, output.status) for output in outputs] == [
        *[("WSRC0008", "InProgress")] * polls,
        *[("WSRC0009", "Successful")] * (2 * WORKERS - polls),
    ]
    assert {len(output.learners) for output in outputs[:polls]} == {0}
    assert [learner.uln for learner in outputs[-1].learners] == [AMELIA["uln"]]


def polled(client: Client, job: int) -> BatchOutput:
    return get_batch_output(client.connection, job)


@of("stale-version")
def met_stale_version(client: Client, name: str) -> None:
    amelia = client.amelia()
    client.set(name, first=1)
    assert update_learner(client.connection, amelia, {"notes": "Moved"}).code == "WSRC0013"
    assert client.amelia() == amelia
    assert update_learner(client.connection, amelia, {"notes": "Moved"}).code == "WSRC0006"


@of("rate-limit")
def met_rate_limit(client: Client, name: str) -> None:
    client.set(name, calls=WORKERS, seconds=60)
    # Each call is answered by another worker: they are counted all together.
    assert each_worker(client.bench.url, client.find) == ["WSRC0004"] * WORKERS
    with pytest.raises(LrsUnreadableError, match="429"):
        client.find()
    (answer,) = {timeless(answer) for answer in each_worker(client.bench.url, client.answer)}
    head, body = head_and_body(answer)
    assert head.startswith("HTTP/1.1 429 Too Many Requests\r\n")
    assert "Retry-After: 60" in head.split("\r\n")
    assert b"more than 3 calls in 60 seconds" in body
    client.world.clock.advance(seconds=60)
    assert client.find() == "WSRC0004"
    client.set(name, calls=0, answer="fault")
    assert client.refusal().code == "WSEC0999"


def test_a_sequence_goes_from_step_to_step_whichever_worker_is_called(client: Client) -> None:
    steps = [step("internal-error", times=2), step("normal"), step("out-of-hours")]
    client.world.scenarios.add(steps)

    def code() -> str:
        try:
            return client.find()
        except LrsFault as fault:
            return fault.code

    codes = [each for _ in range(2) for each in each_worker(client.bench.url, code)]
    assert codes == ["WSEC0999", "WSEC0999", "WSRC0004", "WSEC0004", "WSRC0004", "WSRC0004"]


def test_scenarios_of_one_world_are_none_of_another(client: Client) -> None:
    client.set("out-of-hours")
    with client.bench.world(seed=7) as other:
        assert set(each_worker(client.bench.url, lambda: b"WSRC0004" in exchanged(other.url, client.message))) == {True}
    assert client.refusal().code == "WSEC0004"
