"""SOAP toolkits, straight from the published WSDL: Zeep in strict mode, and PHP's own SoapClient."""

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from zeep.helpers import serialize_object

SCRIPT = Path(__file__).with_name("php") / "call.php"
REGISTER_NAMES = {
    "learnerByULN": "LearnerByULN",
    "learnerByDemographics": "LearnerByDemographics",
    "registerSingleLearner": "RegisterLearner",
    "updateSingleLearner": "UpdateLearner",
    "verifyLearner": "VerifyLearner",
    "submitBatchRegistration": "SubmitBatch",
    "getBatchRegistrationOutput": "GetBatchOutput",
}


class Services:
    """Zeep clients of one server, made when first used."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._session = requests.Session()
        self._clients: dict[str, Any] = {}

    def call(self, service: str, operation: str, /, **members: Any) -> Any:
        """Call an operation; what it answers as plain dictionaries and lists."""
        if service not in self._clients:
            transport = zeep.Transport(session=self._session)  # type: ignore[no-untyped-call]
            wsdl = f"{self._address}/{service}.svc?wsdl"
            settings = zeep.Settings(strict=True)
            self._clients[service] = zeep.Client(wsdl, transport=transport, settings=settings)  # type: ignore[no-untyped-call]
        name = REGISTER_NAMES.get(operation, operation) if service == "LearnerRegister" else operation
        return serialize_object(self._clients[service].service[name](**members), dict)  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Close the connections."""
        self._session.close()


Call = tuple[str, dict[str, Any]]


@cache
def php_can_speak_soap() -> bool:
    if shutil.which("php") is None:
        return False
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    return "soap" in modules.split()


def need_php() -> None:
    """Skip a test without PHP, except where all that a developer needs must be there."""
    if php_can_speak_soap():
        return
    if os.environ.get("CI") == "true":
        pytest.fail("PHP with its soap extension is missing: install php-cli and php-soap")
    pytest.skip("PHP with its soap extension is not installed")


def called(address: str, service: str, *calls: Call) -> list[dict[str, Any]]:
    """Have PHP call operations one after the other; each result is what came back, or the fault."""
    wanted = json.dumps({"wsdl": f"{address}/{service}.svc?wsdl", "calls": calls})
    done = subprocess.run(["php", SCRIPT], input=wanted, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def answered(address: str, service: str, operation: str, **members: Any) -> dict[str, Any]:
    (result,) = called(address, service, (operation, members))
    assert "answer" in result, result
    answer: dict[str, Any] = result["answer"]
    return answer
