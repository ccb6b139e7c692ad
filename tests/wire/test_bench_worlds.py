"""Worlds over the wire, with several workers: each world is alone, and what is done to one is known to all workers."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen

import pytest
from lxml import etree, html

from lrs_client.learner_by_uln import learner_by_uln
from lrs_soap.testing import RunningServer, World
from tests.wire import requests
from tests.wire.bench import WORKERS, caller, connected, each_worker, exchanged, find, head_and_body, served_bench
from tests.wire.soap import post

SERVICES = ("LearnerService", "LearnerServiceR9", "ExternalService", "LearnerRegister")
SOAP_ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
ULN = "9000000105"
ADA = (ULN, "Ada", "Quill")
GRACE = (ULN, "Grace", "Pryce")
ROUNDS = 12
THREADS = 6


@pytest.fixture(scope="module")
def bench() -> Iterator[RunningServer]:
    with served_bench() as bench:
        yield bench


@pytest.fixture
def worlds(bench: RunningServer) -> Iterator[tuple[World, World]]:
    """Give two worlds with the same organisations, and learners of the same ULN who are different people."""
    with bench.world(origin="empty") as one, bench.world(origin="empty") as other:
        for world, (uln, given, family) in ((one, ADA), (other, GRACE)):
            world.learner(ULN=uln, GivenName=given, FamilyName=family)
        yield one, other


def get(url: str) -> bytes:
    with urlopen(url, timeout=30) as response:
        body: bytes = response.read()
        return body


def register(world: World, given: str, family: str) -> tuple[str | None, str]:
    message = requests.register(caller(world), GivenName=given, FamilyName=family)
    reply = post(world.url, "LearnerService", message)
    return reply.code, reply.anywhere("ULN") or ""


@pytest.mark.parametrize("service", SERVICES)
def test_every_worker_gives_the_wsdl_with_the_address_of_the_world(
    bench: RunningServer, worlds: tuple[World, World], service: str
) -> None:
    for world in (*worlds, bench.default_world):
        texts = each_worker(bench.url, partial(get, world.wsdl(service)))
        found = [address.get("location") for text in texts for address in etree.fromstring(text).iter(SOAP_ADDRESS)]
        assert found == [f"{world.url}/{service}.svc"] * WORKERS


def test_zeep_calls_the_world_whose_wsdl_it_has_read(worlds: tuple[World, World]) -> None:
    for world, mine, theirs in ((worlds[0], ADA, GRACE), (worlds[1], GRACE, ADA)):
        with connected(world) as connection:
            for (uln, given, family), code in ((mine, "WSRC0004"), (theirs, "WSRC0001")):
                answer = learner_by_uln(connection, uln=uln, given_name=given, family_name=family)
                assert answer.code == code


def test_worlds_that_are_used_at_once_never_see_each_other(bench: RunningServer, worlds: tuple[World, World]) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"

    def use(thread: int) -> list[tuple[int, str | None, str]]:
        side = thread % 2
        world, mine, theirs = (worlds[side], *((ADA, GRACE) if side == 0 else (GRACE, ADA)))
        came = []
        for number in range(ROUNDS):
            assert find(world, *mine).code == "WSRC0004"
            assert find(world, *theirs).code == "WSRC0001"
            # The same people in both worlds: in one register they would be registered once.
            came.append((side, *register(world, "Noor", f"Quill-{letters[thread // 2]}{letters[number]}")))
        return came

    with ThreadPoolExecutor(THREADS) as pool:
        came = [each for of_thread in pool.map(use, range(THREADS)) for each in of_thread]
    assert Counter((side, code) for side, code, _ in came) == {
        (side, "WSRC0005"): THREADS * ROUNDS // 2 for side in (0, 1)
    }
    for side, world in enumerate(worlds):
        assert world.state.learners == 1 + THREADS * ROUNDS // 2
        assert world.journal.count() == 3 * THREADS * ROUNDS // 2
        shown = world.journal.entries(operation="registerSingleLearner", messages=False)
        assert {entry.said["world"] for entry in shown} == {world.name}
        ulns = [uln for of, _, uln in came if of == side]
        assert len(set(ulns)) == len(ulns)
    assert bench.default_world.state.learners == 62


def test_jobs_are_numbered_in_each_world(worlds: tuple[World, World]) -> None:
    message = requests.submit_batch(requests.MAEVE, caller=caller(worlds[0]))
    numbers = [post(world.url, "LearnerService", message).anywhere("JobID") for world in (*worlds, worlds[0])]
    assert numbers == ["1", "1", "2"]


def test_what_is_done_to_a_world_is_known_to_every_worker_at_once(bench: RunningServer) -> None:
    def everywhere(ask: Callable[[], str | None]) -> set[str | None]:
        answers = each_worker(bench.url, ask)
        assert len(answers) == WORKERS
        return set(answers)

    def status() -> str:
        return head_and_body(exchanged(f"{bench.url}/w/seen-by-all", ""))[0].split()[1]

    assert everywhere(status) == {"404"}
    with bench.world("seen-by-all", "empty") as world:

        def code() -> str | None:
            return find(world, *ADA).code

        assert everywhere(code) == {"WSRC0001"}
        world.learner(ULN=ULN, GivenName="Ada", FamilyName="Quill")
        assert everywhere(code) == {"WSRC0004"}
        world.snapshot("with-ada")
        world.learners.delete(ULN)
        assert everywhere(code) == {"WSRC0001"}
        world.restore("with-ada")
        assert everywhere(code) == {"WSRC0004"}
        world.scenario("out-of-hours")
        assert everywhere(code) == {"WSEC0004"}
        world.reset()
        assert everywhere(code) == {"WSRC0001"}
        world.delete()
        assert everywhere(status) == {"404"}
        # One of the same name is another one.
        bench.world("seen-by-all", {"Learners": []})
        assert everywhere(code) == {"WSEC0003"}


def test_the_default_world_is_reset_for_every_worker(bench: RunningServer) -> None:
    world = bench.default_world
    amelia = ("9000000105", "Amelia", "Hartley")
    world.learners.delete(amelia[0])
    assert set(each_worker(bench.url, lambda: find(world, *amelia).code)) == {"WSRC0001"}
    world.reset()
    assert set(each_worker(bench.url, lambda: find(world, *amelia).code)) == {"WSRC0004"}


def test_what_a_world_says_of_its_services_leads_into_that_world(worlds: tuple[World, World]) -> None:
    for world in worlds:
        (page,) = html.fromstring(get(f"{world.url}/")).iterfind(".//body")
        links = [urljoin(f"{world.url}/", link.get("href", "")) for link in page.iterfind(".//a")]
        assert set(links) == {world.wsdl(name) for name in SERVICES}
        with pytest.raises(HTTPError) as caught:
            get(f"{world.url}/Nothing.svc")
        with caught.value as answer:
            assert f" {urlsplit(world.url).path}/LearnerService.svc " in answer.read().decode()


def test_there_is_nothing_below_the_prefix_of_an_unknown_world(bench: RunningServer) -> None:
    for path in ("LearnerService.svc?wsdl", "LearnerService.svc", "", "_lrs/worlds"):
        with pytest.raises(HTTPError) as caught:
            get(f"{bench.url}/w/nowhere/{path}")
        with caught.value as answer:
            assert (answer.code, answer.read()) == (404, b"there is no world 'nowhere'; make it first\n")
    answers = each_worker(bench.url, lambda: exchanged(f"{bench.url}/w/nowhere", requests.by_uln(ULN)))
    assert {head_and_body(answer)[0].split()[1] for answer in answers} == {"404"}
