"""What a container's runtime is told."""

from urllib.parse import urlsplit

import pytest

from lrs_soap.testing.health import is_ready
from tests.unit.testing.conftest import Answering


def environment(url: str, **more: str) -> dict[str, str]:
    return {"LRS_SOAP_PORT": str(urlsplit(url).port), **more}


@pytest.mark.parametrize(("status", "ready"), [(200, True), (503, False), (404, False)])
def test_ready_is_who_says_so(answering: Answering, status: int, ready: bool) -> None:
    answering.give(status, {})
    assert is_ready(environment(answering.url, LRS_SOAP_CONTROL_TOKEN="secret")) is ready
    (asked,) = answering.received
    assert (asked.path, asked.headers["Authorization"]) == ("/_lrs/health/ready", "Bearer secret")


def test_without_the_control_api_an_answer_will_do(answering: Answering) -> None:
    assert is_ready(environment(answering.url, LRS_SOAP_CONTROL_API="False"))
    assert [asked.path for asked in answering.received] == ["/LearnerService.svc"]


def test_nobody_there_is_not_ready() -> None:
    assert not is_ready(environment("http://127.0.0.1:1"))


def test_plain_http_is_no_tls(answering: Answering) -> None:
    assert not is_ready(environment(answering.url, LRS_SOAP_TLS="true"))
