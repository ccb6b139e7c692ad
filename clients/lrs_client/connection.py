"""One service to call: where it is, as whom, and how long to wait."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import requests
import zeep
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError

from lrs_client.credentials import Credentials, CredentialsError
from lrs_client.faults import LrsUnreachableError, LrsUnreadableError, read_fault
from lrs_client.xml_log import XmlLog, blot

DEFAULT_URL = "http://127.0.0.1:8080"
LEARNER_SERVICE = "LearnerService"
LEARNER_SERVICE_R9 = "LearnerServiceR9"
EXTERNAL_SERVICE = "ExternalService"
LEARNER_REGISTER = "LearnerRegister"


class Connection:
    """Calls operations of the service at `url`; Zeep in strict mode reads its WSDL on first use.

    timeout: seconds to wait for each answer. prefer: the service to use for operations that several offer, such as
    LearnerRegister. show_xml: is handed every request and answer as text, passwords blotted out.
    """

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        timeout: float = 30,
        prefer: str = LEARNER_SERVICE,
        vendor_id: int = 1,
        show_xml: Callable[[str], None] | None = None,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"not a web address: {url!r}")
        self.url = url.rstrip("/")
        self.credentials = credentials
        self.vendor_id = vendor_id
        self._timeout = timeout
        self.prefer = prefer
        self._plugins = [XmlLog(show_xml, credentials.password)] if show_xml else []
        self._session = requests.Session()
        self._services: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are open."""
        self._session.close()

    def call(self, operations: Mapping[str, str], **values: Any) -> Any:
        """Call an operation, given its name in each service that offers it; returns what Zeep made of the answer.

        Raises LrsFault, LrsUnreachableError or LrsUnreadableError.
        """
        service = self.prefer if self.prefer in operations else next(iter(operations))
        with self._errors_told():
            return self._service(service)[operations[service]](**values)

    def organisation(self) -> dict[str, str | None]:
        """Return what LearnerService and LearnerRegister want to know of the caller."""
        known = self.credentials
        return {
            "OrganisationRef": known.organisation_ref,
            "UKPRN": known.ukprn,
            "OrgPassword": known.password,
            "UserName": known.user_name,
        }

    def invoking_organisation(self, reference: str = "Reference") -> dict[str, str | None]:
        """Return what R9 wants to know of the caller; its learning events call the reference OrganisationRef."""
        known = self.credentials
        return {
            "Password": known.password,
            reference: known.organisation_ref,
            "Ukprn": known.ukprn,
            "Username": known.user_name,
        }

    def invoking_user(self) -> dict[str, str]:
        """Return what ExternalService wants to know of the caller. Raises CredentialsError without a reference."""
        known = self.credentials
        if not known.organisation_ref:
            raise CredentialsError(
                "ExternalService knows an organisation by its OrganisationRef alone, and the credentials have only the "
                f"UKPRN {known.ukprn}. Set LRS_ORGANISATION_REF, or put organisation_ref into the credentials file; "
                f"`lrs-client organisation --ukprn {known.ukprn}` tells which it is."
            )
        return {
            "OrgPassword": known.password,
            "OrganisationRef": known.organisation_ref,
            "UserName": known.user_name,
        }

    def _service(self, name: str) -> Any:
        if name not in self._services:
            address = f"{self.url}/{name}.svc"
            client = zeep.Client(  # type: ignore[no-untyped-call]
                f"{address}?singleWsdl",
                transport=self._transport(),
                # An error file may be longer than the 10 million characters that lxml takes by default.
                settings=zeep.Settings(strict=True, forbid_dtd=True, xml_huge_tree=True),
                plugins=self._plugins,
            )
            (service,) = client.wsdl.services.values()
            (port,) = service.ports.values()
            self._services[name] = client.create_service(port.binding.name, address)  # type: ignore[no-untyped-call]
        return self._services[name]

    def _transport(self) -> zeep.Transport:
        return zeep.Transport(  # type: ignore[no-untyped-call]
            session=self._session, timeout=self._timeout, operation_timeout=self._timeout
        )

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        """Raise our own errors in place of those of Zeep and requests, without the password in their texts."""
        try:
            yield
        except Fault as fault:
            told = read_fault(fault)
            raise replace(told, further_details=blot(told.further_details, self.credentials.password)) from None
        except requests.Timeout:
            raise LrsUnreachableError(f"{self.url} did not answer within {self._timeout:g} seconds.") from None
        except requests.ConnectionError as error:
            raise LrsUnreachableError(f"{self.url} cannot be reached: {_reason(error)}.") from None
        except (requests.RequestException, TransportError) as error:
            raise LrsUnreadableError(f"{self.url} did not answer as the service does: {_first_line(error)}") from None
        except ZeepError as error:
            raise LrsUnreadableError(
                f"The answer of {self.url} is not what its WSDL says: {_first_line(error)}"
            ) from None


def _reason(error: requests.ConnectionError) -> str:
    """Return the cause at the bottom of a connection error, such as `Connection refused`."""
    cause: BaseException = error
    while inner := getattr(cause, "reason", None) or next((a for a in cause.args if isinstance(a, Exception)), None):
        cause = inner
    text = str(getattr(cause, "strerror", None) or cause).rpartition(": ")[2]
    return text.rpartition("] ")[2] or type(cause).__name__


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).partition("\n")[0]
