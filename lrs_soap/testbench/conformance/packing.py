"""An exchange in plain values, to be kept and judged later: what that takes, and no password."""

from datetime import UTC, datetime
from typing import Any, Final

from lrs_soap.services.observing import Observation
from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal.blotting import blot_ordinary, charset_of

Packed = tuple[Any, ...]

LARGEST: Final = 64 * 1024


def pack(exchange: Exchange) -> Packed | None:
    """Return what is to be kept; None when the exchange is not so ordinary that it can do without its password."""
    noted = exchange.observation
    if not noted.operation or noted.violation is not None or not 200 <= exchange.status < 300:
        return None
    if len(exchange.body) + len(exchange.answer) > LARGEST:
        return None
    sent = blot_ordinary(exchange.body, charset_of(exchange.header("Content-Type")))
    if sent is None or any(secret.encode() in exchange.answer for secret in sent.secrets):
        return None
    told = exchange.world, exchange.method, exchange.path, exchange.headers, exchange.status
    seen = noted.service, noted.element, noted.operation, noted.organisation, str(noted.outcome)
    return exchange.at.timestamp(), told, sent.body, exchange.answer, seen


def unpack(packed: Packed) -> Exchange:
    """Return the exchange that was packed, as far as a judgement needs it."""
    at, (world, method, path, headers, status), body, answer, seen = packed
    service, element, operation, organisation, outcome = seen
    return Exchange(
        at=datetime.fromtimestamp(at, UTC),
        duration=0.0,
        world=world,
        remote="",
        method=method,
        path=path,
        query="",
        headers=headers,
        body=body,
        status=status,
        answer_headers=(),
        answer=answer,
        observation=Observation(
            service=service, element=element, operation=operation, organisation=organisation, outcome=outcome
        ),
    )
