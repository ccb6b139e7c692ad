"""Exchanges of which a test chooses what matters."""

from datetime import UTC, datetime
from typing import Any

from lrs_soap.services.observing import Observation
from lrs_soap.testbench.exchange import Exchange
from tests.wire import requests

ULN = "9276308686"
BODY = requests.by_uln(ULN).encode()
ANSWER = b"<ResponseCode>WSRC0004</ResponseCode>"


def exchange(body: bytes = BODY, answer: bytes = ANSWER, **values: Any) -> Exchange:
    """Return an exchange of this moment that found a learner, unless values say otherwise.

    service, operation, organisation, user_name, outcome: go into the observation.
    """
    noted: dict[str, Any] = {
        "service": "LearnerService",
        "operation": "learnerByULN",
        "organisation": "TEST0101",
        "user_name": "mis.user",
        "outcome": "WSRC0004",
    }
    noted |= {name: values.pop(name) for name in noted if name in values}
    known: dict[str, Any] = {
        "at": datetime.now(UTC),
        "duration": 0.012,
        "world": "default",
        "remote": "127.0.0.1",
        "method": "POST",
        "path": "/LearnerService.svc",
        "query": "",
        "headers": (("Content-Type", "text/xml; charset=utf-8"), ("User-Agent", "ExampleMIS/4.2")),
        "status": 200,
        "answer_headers": (("Content-Type", "text/xml; charset=utf-8"),),
        "observation": Observation(**noted),
    }
    return Exchange(body=body, answer=answer, **(known | values))
