"""The published WSDLs: self-contained, addressed, and readable by the tools that people use."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import zeep
from lxml import etree

from lrs_soap.wsdl.publishing import SERVICES, published_schema, published_wsdl, request_messages
from tests.unit.wsdl.served import SOAP, WSDL, XS

ADDRESS = "https://register.example:8443/a%20b/Any.svc?x=1&y=2"
FOLDER = Path(__file__).parents[3] / "lrs_soap" / "wsdl"


@pytest.mark.parametrize("service", SERVICES)
def test_the_address_is_the_one_asked_for(service: str) -> None:
    root = etree.fromstring(published_wsdl(service, ADDRESS))
    assert [node.get("location") for node in root.iter(f"{SOAP}address")] == [ADDRESS]


@pytest.mark.parametrize("service", SERVICES)
def test_one_address_does_not_stick_to_the_next_answer(service: str) -> None:
    published_wsdl(service, ADDRESS)
    assert ADDRESS.split("?")[0].encode() not in published_wsdl(service, "http://localhost/")


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_refers_to_no_other(service: str) -> None:
    root = etree.fromstring(published_wsdl(service, ADDRESS))
    schemas = {schema.get("targetNamespace") for schema in root.iter(f"{XS}schema")}
    imports = list(root.iter(f"{XS}import"))
    assert imports
    assert {node.get("namespace") for node in imports} <= schemas
    assert not any(node.get("schemaLocation") for node in imports)
    assert not list(root.iter(f"{WSDL}import", f"{XS}include"))


@pytest.mark.parametrize("service", SERVICES)
def test_zeep_loads_what_is_served(service: str, tmp_path: Path) -> None:
    file = tmp_path / "served.wsdl"
    file.write_bytes(published_wsdl(service, ADDRESS))
    client = zeep.Client(str(file), settings=zeep.Settings(strict=True))  # type: ignore[no-untyped-call]
    (port,) = next(iter(client.wsdl.services.values())).ports.values()
    assert len(port.binding.all()) == len(request_messages(service))
    assert port.binding_options["address"] == ADDRESS


@pytest.mark.parametrize("service", SERVICES)
def test_zeep_loads_the_files_themselves(service: str) -> None:
    client = zeep.Client(str(FOLDER / "published" / f"{service}.wsdl"))  # type: ignore[no-untyped-call]
    assert client.wsdl.services


@pytest.mark.parametrize("service", SERVICES)
def test_php_loads_what_is_served(service: str, tmp_path: Path) -> None:
    php = shutil.which("php")
    if php is None or "soap" not in subprocess.run([php, "-m"], capture_output=True, text=True, check=True).stdout:
        unavailable = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        unavailable("needs php-cli and php-soap")
    file = tmp_path / "served.wsdl"
    file.write_bytes(published_wsdl(service, ADDRESS))
    script = "echo count((new SoapClient($argv[1], ['cache_wsdl' => WSDL_CACHE_NONE]))->__getFunctions());"
    loaded = subprocess.run([php, "-r", script, str(file)], capture_output=True, text=True, check=True)
    assert loaded.stdout == str(len(request_messages(service)))


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.xsd")), ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_schema_compiles(file: Path) -> None:
    etree.XMLSchema(etree.parse(file))


def test_answers_are_judged_by_the_published_schema() -> None:
    answer = (
        '<m:FindLearnerResponse xmlns:m="http://api.lrs.miap.gov.uk/findmsg"><ResponseCode>WSRC0001</ResponseCode>'
        "{}</m:FindLearnerResponse>"
    )
    schema = published_schema("LearnerService")
    assert schema.validate(etree.fromstring(answer.format("<ULN>9276308686</ULN>")))
    assert not schema.validate(etree.fromstring(answer.format("<Trace/>")))


def test_the_requests_of_a_service() -> None:
    assert request_messages("ExternalService") == {
        "{http://api.lrs.qcf.gov.uk/services}SubmitAchievementBatchJob",
        "{http://api.lrs.qcf.gov.uk/services}GetAchievementBatchJob",
    }


@pytest.mark.parametrize("service", ["Nobody", "../requests/LearnerService", ""])
def test_an_unknown_service(service: str) -> None:
    with pytest.raises(ValueError, match="no such service"):
        published_wsdl(service, ADDRESS)
