"""The command `lrs-client` against a real service, as people type it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lrs_client.cli import main
from tests import factories
from tests.serving import running_server
from tests.wire.college import FULL, LINKED, TWINS, UNKNOWN_ULN, served_college

MAEVE = ["--given-name", "Maeve", "--family-name", "Okafor"]
MEAVE = ["--given-name", "Meave", "--family-name", "Okafor"]
ADA = ["--given-name", "Ada", "--family-name", "Quill", "--date-of-birth", "2004-02-29", "--gender", "2"]
ADA += ["--post-code", "ZZ99 9ZZ"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served_college(tmp_path_factory.mktemp("college")) as address:
        yield address


@pytest.fixture
def run(address: str, tmp_path: Path) -> Any:
    file = tmp_path / "lrs.toml"
    file.write_text(f'url = "{address}"\nukprn = "TEST0101"\npassword = "{factories.PASSWORD}"\nuser_name = "tester"\n')
    file.chmod(0o600)

    def invoke(name: str, *args: str) -> Result:
        result = CliRunner().invoke(main, [name, *args, "--credentials", str(file)])
        assert not isinstance(result.exception, Exception), result.exception
        return result

    return invoke


@pytest.mark.parametrize(
    ("args", "parts"),
    [
        (
            ["learner-by-uln", "--uln", FULL.uln, *MAEVE],
            ["WSRC0004  Exactly one", "Use this ULN", "LS2 9AB", LINKED.uln],
        ),
        (["learner-by-uln", "--uln", FULL.uln, *MAEVE, "--learner-register"], ["WSRC0004", "Okafor"]),
        (["learner-by-uln", "--uln", UNKNOWN_ULN, *MAEVE], ["WSRC0001  No learner", "register the learner"]),
        (["learner-by-uln-r9", "--uln", FULL.uln, *MAEVE], ["WSRC0004", "telephone number", "0113 496 0000"]),
        (["verify-learner", "--uln", FULL.uln, *MAEVE, "--gender", "1"], ["WSVRC005", "VRF8  gender differs"]),
        (["verify-learner", "--uln", FULL.uln, *MAEVE, "--date-of-birth", "2004-02-29"], ["WSVRC001", "2004-02-29"]),
        (["retrieve-ulns", FULL.uln, LINKED.uln], ["Master ULN", "linked to a master", FULL.uln]),
        (["learning-events", "--uln", FULL.uln, *MAEVE], ["WSRC0004", "GCSE in Sociology", "MILL ROW ACADEMY"]),
        (["learning-events", "--uln", FULL.uln, *MAEVE, "--brief"], ["WSRC0004", "GCSE in Sociology", "10099901"]),
        (["view-audit", "--uln", FULL.uln, *MAEVE], ["Page 1 of"]),
        (["organisation", "--reference", "TST001"], ["This is the organisation", "Test College", "Active"]),
        (["organisation", "--ukprn", "NOBODY01"], ["WSRC0001  No organisation"]),
        (
            ["learner-by-demographics", *ADA],
            ["WSRC0003", TWINS[0].uln, TWINS[1].uln, "M1 1AE"],
        ),
        (["update-learner", "--uln", UNKNOWN_ULN, *MAEVE, "--set", "Notes=x"], ["Nothing was updated", "WSRC0001"]),
        (["update-learner", "--uln", FULL.uln, *MEAVE, "--set", "Notes=x"], ["Nothing was updated", "WSRC0003"]),
    ],
)
def test_commands_tell_answers(run: Any, args: list[str], parts: list[str]) -> None:
    result = run(*args)
    assert result.exit_code == 0
    assert result.stderr == ""
    for part in parts:
        assert part in result.stdout


def test_a_learner_is_registered_and_updated_by_commands(run: Any) -> None:
    names = ["--given-name", "Comfort", "--family-name", "Mandel"]
    details = ["--date-of-birth", "2006-07-08", "--gender", "2", "--last-known-post-code", "M1 1AE"]
    registered = json.loads(run("register-learner", *names, *details, "--json").stdout)
    assert registered["code"] == "WSRC0005"
    identity = ["--uln", registered["uln"], *names]
    changes = ["--set", "place-of-birth=Cork", "--set", "DateOfAddressCapture=2024-01-02"]
    assert "WSRC0006" in run("update-learner", *identity, *changes).stdout
    assert "WSRC0013" in run("update-learner", *identity, "--set", "Title=Dr", "--version-number", "1").stdout
    subset = ["--uln", registered["uln"], "--version-number", "2", "--ability-to-share", "FPNSeenShareData"]
    assert "WSRC0006" in run("update-subset", *subset).stdout
    (found,) = json.loads(run("learner-by-uln", *identity, "--json").stdout)["learners"]
    assert (found["place_of_birth"], found["date_of_address_capture"]) == ("Cork", "2024-01-02")
    assert (found["ability_to_share"], found["version_number"]) == ("1", 3)


def test_xml_is_shown_without_the_password(run: Any) -> None:
    result = run("learner-by-uln", "--uln", FULL.uln, *MAEVE, "--show-xml")
    assert "--- request learnerByULN" in result.stderr
    assert "--- answer to learnerByULN" in result.stderr
    assert f"<ULN>{FULL.uln}</ULN>" in result.stderr
    assert factories.PASSWORD not in result.stderr + result.stdout


@pytest.mark.parametrize("as_json", [False, True])
def test_a_fault_ends_with_1(run: Any, as_json: bool) -> None:
    result = run("learner-by-uln", "--uln", "123", *MAEVE, *(["--json"] if as_json else []))
    assert result.exit_code == 1
    if as_json:
        assert json.loads(result.stdout)["code"] == "WSEC0001"
    else:
        assert "MIAPULN" in result.stderr


def test_a_file_that_others_may_read_is_warned_of(run: Any, tmp_path: Path) -> None:
    (tmp_path / "lrs.toml").chmod(0o644)
    result = run("organisation", "--ukprn", "TEST0101")
    assert result.exit_code == 0
    assert "chmod 600" in result.stderr


def test_the_demo_tells_its_story_twice() -> None:
    with running_server(None, "--demo") as address:
        for _ in range(2):
            result = CliRunner().invoke(main, ["demo", "--url", address])
            assert (result.exit_code, result.stderr) == (0, "")
            assert result.stdout.startswith("1. Look up the organisation we call as")
        steps = json.loads(CliRunner().invoke(main, ["demo", "--url", address, "--json"]).stdout)
    codes = [step["answer"]["code"] for step in steps if "code" in step["answer"]]
    assert all(code in result.stdout for code in codes)
    assert {"WSRC0001", "WSRC0002", "WSRC0007", "WSRC0009", "WSRC0013", "WSRC0022"} <= set(codes)
    assert {"WSEC0005", "WSEC0206"} <= set(codes)
    assert f"\n{len(steps)}. " in result.stdout


def test_the_demo_refuses_a_service_without_the_demo_world(address: str) -> None:
    result = CliRunner().invoke(main, ["demo", "--url", address])
    assert result.exit_code == 1
    assert "does not hold the demo world" in result.stderr
