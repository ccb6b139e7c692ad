"""`lrs-soap conformance`."""

from pathlib import Path
from typing import Any

import click
import requests

from lrs_soap.commands.shared import Failure
from lrs_soap.commands.terminal import printable
from lrs_soap.testbench.conformance import FORMATS

TOKEN_VARIABLE = "LRS_SOAP_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
TIMEOUT = 60


@click.command()
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", help="Form of the report.")
@click.option("--url", default="http://127.0.0.1:8080", show_default=True, help="Where the server answers.")
@click.option("--token", envvar=TOKEN_VARIABLE, default="", help=f"Token of the control API; else {TOKEN_VARIABLE}.")
@click.option("--world", metavar="NAME", help="The world to tell of, * for all together; else the default one.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write the report to.")
@click.option("--strict", is_flag=True, help="Let a broken rule of severity warning count as well.")
def conformance(form: str, url: str, token: str, world: str | None, output: Path | None, strict: bool) -> None:
    """Tell how the clients of a running server keep to the rules, and what of the test script they have shown.

    The exit code is 1 when a client has broken a rule of severity error.

    \b
    Examples:
      lrs-soap conformance
      lrs-soap conformance --format html --output verdict.html
      lrs-soap conformance --format junit --world nightly --strict > conformance.xml
    """
    asked = {"world": world} if world else {}
    # In whatever form the report is wanted, how it went is read from the one for programs.
    verdict = _ask(url, token, asked | {"format": "json"})
    report = verdict if form == "json" else _ask(url, token, asked | {"format": form})
    if output is None:
        click.echo(report.content, nl=False)
    else:
        _write(output, report.content)
    _conclude(_broken(verdict, url), strict=strict)


def _write(file: Path, report: bytes) -> None:
    try:
        file.write_bytes(report)
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}") from None


def _conclude(broken: dict[str, int], *, strict: bool) -> None:
    counted = [severity for severity in ("error", "warning") if severity == "error" or strict]
    if found := {severity: broken[severity] for severity in counted if broken[severity]}:
        raise Failure(f"rules broken: {', '.join(f'{count} {severity}' for severity, count in found.items())}")


def _ask(url: str, token: str, asked: dict[str, str]) -> requests.Response:
    if not (token.isascii() and token.isprintable()):
        raise Failure("the token holds letters that none can have; check what --token or the environment says")
    address = f"{url.rstrip('/')}/_lrs/conformance"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        response = requests.get(address, params=asked, headers=headers, timeout=TIMEOUT)
    except requests.Timeout:
        raise Failure(f"{url} did not answer within {TIMEOUT} seconds") from None
    except requests.ConnectionError:
        raise Failure(f"{url} cannot be reached; is the server running there?") from None
    except (requests.RequestException, ValueError) as error:
        raise Failure(f"{url} cannot be asked: {error}") from None
    if not response.ok:
        raise Failure(_refused(response, url, asked.get("world")))
    return response


def _refused(response: requests.Response, url: str, world: str | None) -> str:
    if response.status_code == 401:
        return f"{url} wants the right token: give it with --token, or as {TOKEN_VARIABLE}"
    said = _said(response)
    if response.status_code == 404 and not (world and said):
        return f"{url} tells nothing of clients: its control API is switched off, or it is no lrs-soap server"
    return f"{url} answered {response.status_code}: {said or response.reason}"


def _said(response: requests.Response) -> str:
    """Return what the control API says of an error; empty when it was not the control API that answered."""
    try:
        return printable(str(response.json()["error"]))
    except (ValueError, TypeError, KeyError):
        return ""


def _broken(response: requests.Response, url: str) -> dict[str, int]:
    try:
        told: Any = response.json()
        return {severity: int(told["broken"][severity]) for severity in ("error", "warning")}
    except (ValueError, TypeError, KeyError):
        raise Failure(f"{url} did not answer as the control API does") from None
