"""As whom the service is called: from a TOML file or the environment, never from the command line.

The first of these that says anything is used, whole, so that one organisation's password never meets another's UKPRN:

1. the file named with ``--credentials``
2. the environment: LRS_UKPRN, LRS_ORGANISATION_REF, LRS_PASSWORD, LRS_USER_NAME, LRS_URL
3. the file named in LRS_CREDENTIALS

A file looks like this; url may be left out, and one of ukprn and organisation_ref too::

    url = "https://lrs.example.org"
    ukprn = "TEST0101"
    organisation_ref = "ORG101"
    password = "0123456789abcdef"
    user_name = "mis.user"
"""

import tomllib
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

FILE_VARIABLE = "LRS_CREDENTIALS"
URL_VARIABLE = "LRS_URL"
VARIABLES = {
    "ukprn": "LRS_UKPRN",
    "organisation_ref": "LRS_ORGANISATION_REF",
    "password": "LRS_PASSWORD",
    "user_name": "LRS_USER_NAME",
}
OTHERS_MAY_READ = 0o077


class CredentialsError(ValueError):
    """There are no credentials, or not enough of them; the text says what is missing and where it belongs."""


class ReadableByOthersWarning(UserWarning):
    """A file with a password can be read by other users of this computer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What every request carries.

    ukprn: 8 letters or digits; organisation_ref: 6 letters or digits; one of them is enough. password: exactly 16
    characters. user_name: recorded in the service's audit trail. url: the service these are for, if known.
    """

    password: str = field(repr=False)
    user_name: str
    ukprn: str | None = None
    organisation_ref: str | None = None
    url: str | None = None


def load_credentials(file: Path | None, environ: Mapping[str, str]) -> Credentials:
    """Return the credentials to use, see the module. Raises CredentialsError."""
    if file is not None:
        return _from_file(file)
    given = {name: environ[variable] for name, variable in VARIABLES.items() if environ.get(variable)}
    if given:
        return _credentials(given | _url(environ), "the environment")
    if named := environ.get(FILE_VARIABLE):
        return _from_file(Path(named))
    raise CredentialsError(
        "There are no credentials. Set LRS_UKPRN, LRS_PASSWORD and LRS_USER_NAME, or put ukprn, password and user_name "
        f"into a TOML file and name it with --credentials or {FILE_VARIABLE}."
    )


def _url(environ: Mapping[str, str]) -> dict[str, str]:
    return {"url": environ[URL_VARIABLE]} if environ.get(URL_VARIABLE) else {}


def _from_file(file: Path) -> Credentials:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CredentialsError(f"The credentials file {file} cannot be read: {error}") from None
    if mode & OTHERS_MAY_READ:
        text = f"Others may read {file}, which holds a password. Close it with: chmod 600 {file}"
        warnings.warn(text, ReadableByOthersWarning, stacklevel=3)
    return _credentials(values, str(file))


def _credentials(values: Mapping[str, object], source: str) -> Credentials:
    names = {each.name for each in fields(Credentials)}
    if unknown := sorted(values.keys() - names):
        raise CredentialsError(f"{source} says {', '.join(unknown)}, which is none of {', '.join(sorted(names))}.")
    given = {name: str(value) for name, value in values.items() if value != ""}
    missing = [name for name in ("password", "user_name") if name not in given]
    if not given.keys() & {"ukprn", "organisation_ref"}:
        missing.append("ukprn or organisation_ref")
    if missing:
        raise CredentialsError(f"Credentials are missing in {source}: {', '.join(missing)}.")
    return Credentials(**given)
