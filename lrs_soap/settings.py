"""Every knob of the service in one place.

A value comes from the command line, else from the environment (`LRS_SOAP_` and the name in capitals), else from the
TOML file that `LRS_SOAP_CONFIG` names, else from the default written here.
"""

import os
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from lrs_soap.domain.clock import Clock, FixedClock, SystemClock
from lrs_soap.domain.logins import LoginLimit
from lrs_soap.domain.opening import OpeningHours

CONFIG_VARIABLE = "LRS_SOAP_CONFIG"


def _check_hours(text: str) -> str:
    OpeningHours.parse(text)
    return text


def _check_proxies(text: str) -> str:
    for part in filter(None, map(str.strip, text.split(","))):
        if part != "*":
            ip_network(part)
    return text


class SettingsError(ValueError):
    """A setting has a value that cannot be used; the text names each one and says what is wrong."""


class Settings(BaseSettings):
    """How one installation behaves."""

    model_config = SettingsConfigDict(env_prefix="LRS_SOAP_", frozen=True, extra="forbid")

    database: str = Field("sqlite:///lrs-soap.db", description="Where the register is kept, as a database URL.")
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    workers: int = Field(2, ge=1, le=256, description="Number of worker processes that answer requests.")
    worker_class: Literal["event", "sync"] = Field(
        "event",
        description="Whether a worker keeps the connections of all its clients and waits for them at once (event), or "
        "answers one connection after the other (sync, and always with tls).",
    )
    timeout: int = Field(
        30,
        ge=1,
        description="Seconds after which a worker that hangs is replaced, and a request that does not come is refused.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="What is worth logging.")
    access_log: bool = Field(False, description="Whether each request is logged in one line on standard output.")
    forwarded_allow_ips: Annotated[str, AfterValidator(_check_proxies)] = Field(
        "127.0.0.1,::1",
        description="Proxies, by address or network, whose X-Forwarded-Proto and X-Forwarded-Host are believed; "
        "* for all.",
    )
    fault_children: Literal["unqualified", "qualified"] = Field(
        "unqualified",
        description="Whether the five children of a MIAPAPIException carry no namespace, as the live service sends "
        "them, or the one its published schema gives them.",
    )
    operating_hours: Annotated[str, AfterValidator(_check_hours)] = Field(
        "", description="When the service answers, such as 'Mon-Fri 07:00-23:00, Sat 09:00-12:00'; empty: always."
    )
    register_requires_find: bool = Field(
        False, description="Whether a registration needs a find with the same five details by that organisation first."
    )
    find_window: int = Field(120, ge=1, description="Minutes for which such a find counts.")
    review_time: int = Field(
        0,
        ge=0,
        description="Seconds for which possible matches must have been looked at, where a find has to come first.",
    )
    credential_cache: float = Field(
        20, ge=0, le=60, description="Seconds for which an organisation is remembered; 0 looks it up every time."
    )
    login_attempts: int = Field(
        100,
        ge=0,
        description="Wrong passwords for an organisation after which none is checked for a while; 0: any number.",
    )
    login_window: int = Field(
        5, ge=1, le=1440, description="Minutes that this while lasts, from the first of the wrong passwords."
    )
    read_audit_delay: float = Field(
        0.2,
        ge=0,
        le=60,
        description="Seconds for which audit entries of reads may wait to be written in groups; a crash loses those.",
    )
    single_limit: int = Field(64 * 1024, ge=1024, description="Largest request of a single operation, in bytes.")
    batch_limit: int = Field(8 * 1024 * 1024, ge=1024, description="Largest batch submission, in bytes.")
    batch_worker: bool = Field(True, description="Whether `serve` works on batches itself, beside answering requests.")
    batch_poll: float = Field(0.5, gt=0, le=60, description="Seconds between looks for a new batch to work on.")
    job_lease: float = Field(
        60, ge=1, le=3600, description="Seconds without a sign of life after which another worker takes over a batch."
    )
    job_attempts: int = Field(
        5, ge=1, description="Times a batch may be taken up without finishing one more record before it fails."
    )
    exception_days: int = Field(
        45, ge=1, description="Days from the submission in which somebody may deal with a record that waits for it."
    )
    control_api: bool = Field(
        True, description="Whether the control API answers at /_lrs: worlds, clock, scenarios, journal and the like."
    )
    control_token: str = Field(
        "", description="What callers of the control API must send as a bearer token; needed beyond this machine."
    )
    control_directory: str = Field(
        "", description="Where worlds, scenarios and journal are kept while serving; empty: a temporary directory."
    )
    seed: int | None = Field(
        None, description="What new ULNs are drawn from, for reproducible ones; without it nobody can guess them."
    )
    journal: bool = Field(True, description="Whether the control API keeps what came and what went.")
    conformance: bool = Field(
        True, description="Whether every request in the journal is judged, for the verdict on the clients."
    )
    journal_entries: int = Field(1_000, ge=1, description="Requests that the journal keeps at most.")
    journal_bytes: int = Field(
        64 * 1024 * 1024, ge=1024, description="Bytes of messages that the journal keeps at most."
    )
    journal_hours: float = Field(24, gt=0, description="Hours for which the journal keeps a request at most.")
    tls: bool = Field(False, description="Whether to speak HTTPS, and nothing else.")
    certificate_directory: str = Field(
        "certificates", description="The directory that `lrs-soap certs` keeps: authority, certificates, revocations."
    )
    certificate: str = Field(
        "", description="PEM file with the server's certificate and its chain; empty: that of the directory."
    )
    private_key: str = Field("", description="PEM file with the server's private key; empty: that of the directory.")
    require_client_certificate: bool = Field(
        False, description="Whether clients must show a certificate of the directory's authority."
    )
    fixed_time: datetime | None = Field(
        None, description="A moment at which the service's clock stands still, for reproducible answers."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Rank the sources: flags, environment, file."""
        file = os.environ.get(CONFIG_VARIABLE)
        if file is None:
            return init_settings, env_settings
        if not Path(file).is_file():
            raise SettingsError(f"{CONFIG_VARIABLE}: there is no file {file}")
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))

    @property
    def clock(self) -> Clock:
        """The clock every part of the service is handed."""
        return SystemClock() if self.fixed_time is None else FixedClock(self.fixed_time)

    @property
    def find_window_span(self) -> timedelta:
        """How long a find counts before a registration."""
        return timedelta(minutes=self.find_window)

    @property
    def login_limit(self) -> LoginLimit:
        """How many wrong passwords an organisation is given."""
        return LoginLimit(self.login_attempts, timedelta(minutes=self.login_window))

    @property
    def review_time_span(self) -> timedelta:
        """How long possible matches must have been looked at before a registration."""
        return timedelta(seconds=self.review_time)

    @property
    def exception_span(self) -> timedelta:
        """How long a record may wait for a person."""
        return timedelta(days=self.exception_days)


def load_settings(**flags: Any) -> Settings:
    """Return the settings in force; flags that are None do not count. Raises SettingsError."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(_explain(error)) from None


def _explain(error: ValidationError) -> str:
    rows = []
    for problem in error.errors(include_url=False):
        name = ".".join(str(part) for part in problem["loc"])
        # What stands under a name that is none may be a misspelt database's password.
        shown = "" if problem["type"] == "extra_forbidden" else f" (given: {problem.get('input')!r})"
        rows.append(f"setting {name}: {problem['msg']}{shown}")
    return "\n".join(rows)
