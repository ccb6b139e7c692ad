"""The pytest plugin, in test runs of other projects."""

import json
import subprocess
import sys

import pytest

from lrs_soap.testing.pytest_plugin import world_name

pytest_plugins = ["pytester"]

HEAVY = ("requests", "yaml", "lxml", "zeep", "sqlalchemy", "pydantic", "flask", "spyne", "lrs_soap.testing.server")
IMPORTING = f"""
import pytest, sys
before = set(sys.modules)
import lrs_soap.testing.pytest_plugin
print(sorted(name for name in set(sys.modules) - before))
assert not set({HEAVY!r}) & (set(sys.modules) - before)
"""
CONFIGURATION = """
[pytest]
lrs_world = empty
lrs_journal = 2
lrs_settings =
    workers = 2
    log_level = error
"""
CALLING = '''
import urllib.error, urllib.request

FIND = """<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
<f:FindLearnerByULN xmlns:f="http://api.lrs.miap.gov.uk/findmsg"><FindType>FUL</FindType><UKPRN>{ukprn}</UKPRN>
<OrgPassword>{password}</OrgPassword><UserName>u</UserName><ULN>{uln}</ULN><FamilyName>Lovelace</FamilyName>
<GivenName>Rosalind</GivenName></f:FindLearnerByULN></e:Body></e:Envelope>"""

def find(world, uln):
    known = world.credentials
    message = FIND.format(ukprn=known.ukprn, password=known.password, uln=uln).encode()
    request = urllib.request.Request(world.service("LearnerService"), message, {"Content-Type": "text/xml"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode()
'''


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """Give a project with a client to be tested."""
    pytester.makefile(".ini", pytest=CONFIGURATION)
    pytester.makepyfile(calling=CALLING)
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", *args)


def test_loading_it_costs_next_to_nothing() -> None:
    subprocess.run([sys.executable, "-c", IMPORTING], check=True)


@pytest.mark.parametrize(
    ("test", "world"),
    [
        ("test_find", "test-find-"),
        ("test_find[a/b-Élan]", "test-find-a-b-lan-"),
        ("test_" + "very_" * 20 + "long", "test-very-very-very-very-very-v-"),
        ("[é]", "test-"),
    ],
)
def test_worlds_are_named_after_tests(test: str, world: str) -> None:
    name = world_name(test)
    assert name.startswith(world)
    assert len(name) <= 40
    assert name != world_name(test)


def test_every_test_has_a_world_of_its_own(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from calling import find

        @pytest.mark.parametrize("number", range(4))
        def test_alone(lrs_world, number):
            assert lrs_world.name.startswith(f"test-alone-{number}-")
            learner = lrs_world.learner(GivenName="Rosalind", FamilyName="Lovelace")
            assert lrs_world.state.learners == 1
            assert "WSRC0004" in find(lrs_world, learner.uln)

        @pytest.mark.lrs_world("demo", seed=7)
        def test_demo(lrs_world):
            assert lrs_world.state.learners == 62
            assert lrs_world.seed == 7

        @pytest.mark.lrs_world({"Organisations": [], "Learners": []})
        def test_nobody_may_call(lrs_world):
            with pytest.raises(LookupError, match="without an organisation"):
                lrs_world.credentials

        def test_nothing_is_left(lrs_server):
            assert [world.name for world in lrs_server.worlds.list()] == ["default"]
        """
    )
    run(project, "-n", "0").assert_outcomes(passed=7)


def test_ulns_are_the_same_at_every_run(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_uln(lrs_world):
            with open("ulns", "a") as file:
                print(lrs_world.learner().uln, file=file)
        """
    )
    for _ in range(2):
        run(project).assert_outcomes(passed=1)
    first, second = (project.path / "ulns").read_text().split()
    assert first == second


def test_a_failed_test_shows_what_came(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from calling import find

        def test_failing(lrs_world):
            for uln in ("9276308686", "1026893096", "6936002314"):
                find(lrs_world, uln)
            assert False

        def test_passing(lrs_world):
            find(lrs_world, "9276308686")
        """
    )
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*LRS journal of world test-failing-*",
            "The last 2 of 3 requests:",
            "2. *learnerByULN by DEMO0001: WSRC0001, HTTP 200",
            "3. *learnerByULN by DEMO0001: WSRC0001, HTTP 200",
            "Request 3:",
            "*<ULN>6936002314</ULN>*",
            "Answer:",
            "*WSRC0001*",
        ]
    )
    assert "demo-password-01" not in result.stdout.str().replace("password = ", "")
    run(project, "--lrs-journal", "0").stdout.no_fnmatch_line("*LRS journal*")


def test_all_workers_share_one_server(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest
        from calling import find

        @pytest.mark.parametrize("number", range(8))
        def test_parallel(lrs_world, lrs_server, number, worker_id):
            learner = lrs_world.learner(GivenName="Rosalind", FamilyName="Lovelace")
            assert "WSRC0004" in find(lrs_world, learner.uln)
            with open("used", "a") as file:
                print(worker_id, lrs_server.url, file=file)
        """
    )
    run(project, "-n", "3").assert_outcomes(passed=8)
    used = [line.split() for line in (project.path / "used").read_text().splitlines()]
    assert len({worker for worker, _ in used}) > 1
    assert len({url for _, url in used}) == 1


def test_a_server_that_does_not_start_is_told_once_for_all(project: pytest.Pytester) -> None:
    project.makefile(".ini", pytest="[pytest]\nlrs_settings =\n    workers = many\n")
    project.makepyfile("def test_one(lrs_world): pass\ndef test_two(lrs_world): pass\n")
    result = run(project, "-n", "2")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(["*ServerStartError: the server did not start:*", "*setting workers*many*"])


def test_a_running_server_can_be_used(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    from lrs_soap.testing import LrsServer

    project.makepyfile("def test_one(lrs_server, lrs_world): print(lrs_server.url, lrs_world.name)\n")
    with LrsServer(token="a-secret-token") as server:
        monkeypatch.setenv("LRS_CONTROL_TOKEN", "a-secret-token")
        result = run(project, "-s", "--lrs-url", server.url)
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines([f"*{server.url} test-one-*"])
        monkeypatch.setenv("LRS_CONTROL_TOKEN", "another")
        run(project, "--lrs-url", server.url).stdout.fnmatch_lines(["*ControlRefusedError*401*"])


def test_a_project_that_does_not_use_it_is_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile("def test_one(tmp_path): pass\n")
    project.makefile(".ini", pytest="[pytest]\naddopts = --strict-markers --strict-config\n")
    run(project, "-n", "2").assert_outcomes(passed=1)
    run(project).assert_outcomes(passed=1)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_verdict_on_all_tests_is_written(project: pytest.Pytester, workers: str) -> None:
    project.makepyfile(
        """
        import pytest
        from calling import find

        @pytest.mark.parametrize("number", range(3))
        def test_calling(lrs_world, number):
            find(lrs_world, "9276308686")
        """
    )
    result = run(project, "-n", workers, "--lrs-verdict", "verdict.json")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["The verdict on the client: verdict.json"])
    (client,) = json.loads((project.path / "verdict.json").read_text())["clients"]
    assert client["operations"] == {"LearnerService/learnerByULN": {"WSRC0001": 3}}


def test_a_verdict_that_cannot_be_written_fails_nothing(project: pytest.Pytester) -> None:
    project.makepyfile("def test_one(lrs_world): pass\n")
    result = run(project, "--lrs-verdict", "no/such/directory.html")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["The verdict on the client could not be written: *No such file*"])
