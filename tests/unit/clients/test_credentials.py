import warnings
from pathlib import Path

import pytest

from lrs_client.credentials import Credentials, CredentialsError, ReadableByOthersWarning, load_credentials

ENVIRONMENT = {"LRS_UKPRN": "TEST0101", "LRS_PASSWORD": "0123456789abcdef", "LRS_USER_NAME": "from.environment"}
FILE = 'ukprn = "TEST0202"\npassword = "fedcba9876543210"\nuser_name = "from.file"\n'


def a_file(folder: Path, text: str = FILE, mode: int = 0o600) -> Path:
    file = folder / "lrs.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_the_environment_is_read() -> None:
    found = load_credentials(None, ENVIRONMENT | {"LRS_ORGANISATION_REF": "TST001", "LRS_URL": "http://lrs.example"})
    assert found == Credentials(
        ukprn="TEST0101",
        organisation_ref="TST001",
        password="0123456789abcdef",
        user_name="from.environment",
        url="http://lrs.example",
    )


def test_a_file_that_is_named_comes_before_the_environment(tmp_path: Path) -> None:
    found = load_credentials(a_file(tmp_path), ENVIRONMENT | {"LRS_URL": "http://lrs.example"})
    assert found == Credentials(ukprn="TEST0202", password="fedcba9876543210", user_name="from.file")


def test_the_environment_comes_before_the_file_it_names(tmp_path: Path) -> None:
    file = {"LRS_CREDENTIALS": str(a_file(tmp_path))}
    assert load_credentials(None, ENVIRONMENT | file).user_name == "from.environment"
    assert load_credentials(None, file).user_name == "from.file"


def test_sources_are_never_mixed(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="missing in the environment: password, user_name"):
        load_credentials(None, {"LRS_UKPRN": "TEST0101", "LRS_CREDENTIALS": str(a_file(tmp_path))})


def test_an_empty_variable_says_nothing(tmp_path: Path) -> None:
    file = {"LRS_UKPRN": "", "LRS_PASSWORD": "", "LRS_CREDENTIALS": str(a_file(tmp_path))}
    assert load_credentials(None, file).user_name == "from.file"


def test_without_any_source_the_error_says_what_to_do() -> None:
    with pytest.raises(CredentialsError, match="Set LRS_UKPRN, LRS_PASSWORD and LRS_USER_NAME"):
        load_credentials(None, {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('password = "0123456789abcdef"', "user_name, ukprn or organisation_ref"),
        (FILE + 'pasword = "x"', "says pasword, which is none of"),
        ("password = ", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CredentialsError, match=message) as caught:
        load_credentials(a_file(tmp_path, text), {})
    assert "0123456789abcdef" not in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="cannot be read"):
        load_credentials(tmp_path / "none.toml", {})


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_file_that_others_may_read_gives_a_warning(tmp_path: Path, mode: int) -> None:
    with pytest.warns(ReadableByOthersWarning, match="chmod 600"):
        load_credentials(a_file(tmp_path, mode=mode), {})


def test_a_file_of_ones_own_gives_none(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_credentials(a_file(tmp_path), {})


def test_a_password_never_shows_in_the_repr() -> None:
    assert "0123456789abcdef" not in repr(load_credentials(None, ENVIRONMENT))
