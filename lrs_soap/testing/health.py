"""`python -m lrs_soap.testing.health` ends with 0 when the server that the environment describes is ready, else with 1.

For containers, whose runtime asks every few seconds: it needs no other program and imports next to nothing.
"""

import os
import ssl
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection

SECONDS = 5
_PREFIX = "LRS_SOAP_"
_NO = ("0", "false", "f", "n", "no", "off")


def is_ready(environment: Mapping[str, str]) -> bool:
    """Ask the server on this machine. Without the control API it counts as ready when it answers."""
    ready = "/_lrs/health/ready" if _is_on(environment, "CONTROL_API", "true") else "/LearnerService.svc"
    token = environment.get(f"{_PREFIX}CONTROL_TOKEN", "")
    connection = _connection(environment)
    try:
        connection.request("GET", ready, headers={"Authorization": f"Bearer {token}"} if token else {})
        return connection.getresponse().status == 200
    except ssl.SSLError:
        # It asks for a certificate of its callers, which this is none of; so it does answer.
        return _is_on(environment, "REQUIRE_CLIENT_CERTIFICATE", "false")
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _connection(environment: Mapping[str, str]) -> HTTPConnection:
    port = int(environment.get(f"{_PREFIX}PORT", "8080"))
    if not _is_on(environment, "TLS", "false"):
        return HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    # Its certificate is for the name that others call it by, and it is asked on its own machine.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=context)


def _is_on(environment: Mapping[str, str], setting: str, default: str) -> bool:
    return environment.get(f"{_PREFIX}{setting}", default).lower() not in _NO


if __name__ == "__main__":
    sys.exit(0 if is_ready(os.environ) else 1)
