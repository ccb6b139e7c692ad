"""`lrs-soap certs`: what it prints, where it looks, and how it fails."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import pkcs12

from lrs_soap.cli import main
from lrs_soap.settings import CONFIG_VARIABLE, Settings

EC = ("--key", "ec")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        CONFIG_VARIABLE,
        "LRS_SOAP_PFX_PASSWORD",
        *(f"LRS_SOAP_{name.upper()}" for name in Settings.model_fields),
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def run(*args: str, typed: str | None = None, **env: str) -> Result:
    return CliRunner().invoke(main, ["certs", *args], input=typed, env=env)


def done(*args: str, typed: str | None = None, **env: str) -> str:
    result = run(*args, typed=typed, **env)
    assert result.exit_code == 0, result.output
    return result.stdout


def failed(*args: str, code: int = 1, typed: str | None = None) -> str:
    result = run(*args, typed=typed)
    assert result.exit_code == code
    assert result.stdout == ""
    return result.stderr


def opened(password: str, name: str = "TEST0101") -> bool:
    return pkcs12.load_pkcs12(Path(f"certificates/clients/{name}.pfx").read_bytes(), password.encode()).key is not None


def test_from_the_first_certificate_to_its_end() -> None:
    said = done("init", "--host", "lrs.test", *EC)
    assert "clients have to trust certificates/ca.pem" in said
    assert "localhost, 127.0.0.1, ::1, lrs.test" in said
    *paths, shown = done("client", "TEST0101", *EC).splitlines()
    assert [Path(path).name for path in paths] == [
        "TEST0101.pem",
        "TEST0101-key.pem",
        "TEST0101-chain.pem",
        "TEST0101.pfx",
    ]
    assert all(Path(path).is_file() for path in paths)
    assert opened(shown.removeprefix("Password of the PFX file, shown this once: "))
    (line,) = done("list").splitlines()
    serial, ukprn, until, status = line.split()
    assert (ukprn, status) == ("TEST0101", "valid")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", until)
    assert done("revoke", serial) == f"The certificate {serial} of TEST0101 is revoked.\n"
    assert done("revoke", serial) == f"The certificate {serial} of TEST0101 was revoked already.\n"
    assert done("list").rstrip().endswith("revoked")
    assert "lrs.other" in done("server", "--host", "lrs.other", "--force", *EC)


def test_the_password_of_the_pfx_is_not_shown_when_it_was_given() -> None:
    done("init", *EC)
    assert "changeit" not in done("client", "TEST0101", *EC, LRS_SOAP_PFX_PASSWORD="changeit")
    assert opened("changeit")
    assert "topsecret" not in done(
        "client", "TEST0101", "--name", "piped", "--password-stdin", *EC, typed="topsecret\n"
    )
    assert opened("topsecret", "piped")
    assert "no password on standard input" in failed("client", "TEST0101", "--password-stdin", code=2, typed="\n")


def test_the_directory_is_an_option_or_the_setting_of_the_service(tmp_path: Path) -> None:
    done("init", "--directory", "by/option", *EC)
    done("init", *EC, LRS_SOAP_CERTIFICATE_DIRECTORY="by-environment")
    (tmp_path / "lrs-soap.toml").write_text('certificate_directory = "by-file"\n')
    done("init", "--config", "lrs-soap.toml", *EC)
    assert {path.parent.name for path in tmp_path.rglob("ca.pem")} == {"option", "by-environment", "by-file"}


def test_errors_end_in_one_line(tmp_path: Path) -> None:
    assert failed("list") == "Error: there is no certificates/ca.pem; `lrs-soap certs init` makes an authority\n"
    assert "Error: Invalid value for 'UKPRN'" in failed("client", "TOO-LONG-01", code=2)
    assert "neither a host name" in failed("init", "--host", "a b")
    (tmp_path / "file").write_text("")
    assert failed("init", "--directory", "file/below", *EC) == "Error: file/below: Not a directory\n"


@pytest.mark.parametrize("command", ["init", "server", "client", "list", "revoke"])
def test_help_has_examples(command: str) -> None:
    assert f"lrs-soap certs {command}" in done(command, "--help")
