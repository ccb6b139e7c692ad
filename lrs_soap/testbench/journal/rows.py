"""From an exchange to what is kept of it, in the order of the table's columns."""

import logging
import re
from typing import Final

from lrs_soap.testbench.exchange import Exchange
from lrs_soap.testbench.journal.blotting import (
    Message,
    blot_answer,
    blot_headers,
    blot_query,
    blot_request,
    charset_of,
)
from lrs_soap.testbench.journal.database import Values
from lrs_soap.testbench.journal.decoding import read
from lrs_soap.testbench.journal.noting import facts_of
from lrs_soap.testbench.journal.passwords import without

logger = logging.getLogger(__name__)

BEGINNING: Final = 64 * 1024
_ORGANISATION: Final = tuple(
    re.compile(rf"<(?:[\w.-]+:)?(?:{name})>([^<]{{1,20}})<".encode())
    for name in ("UKPRN|Ukprn", "OrganisationRef|Reference")
)
_USER_NAME = re.compile(rb"<(?:[\w.-]+:)?User[Nn]ame>([^<]{1,100})<")
_OUTCOME = re.compile(rb"<(?:[\w.-]+:)?(?:ResponseCode|ErrorCode|UpdateLearnerSubsetFieldsResult)>(\w{1,20})<")


def values_of(exchange: Exchange) -> Values:
    """Return what is kept of an exchange, without passwords."""
    noted = exchange.observation
    content_type = exchange.header("Content-Type")
    charset = charset_of(content_type) if content_type else None
    request = blot_request(exchange.body, charset)
    secrets = request.secrets
    answer = blot_answer(exchange.answer, secrets)
    request_headers = blot_headers(exchange.headers, secrets)
    answer_headers = blot_headers(exchange.answer_headers, secrets)
    facts = _facts(exchange, charset, request)
    path = exchange.path if exchange.path.isascii() else _readable(exchange.path)
    return (
        len(request.body) + len(answer) + len(request_headers) + len(answer_headers) + len(facts),
        exchange.at.timestamp(),
        exchange.world,
        noted.service,
        noted.operation,
        without(noted.element, secrets),
        noted.organisation or _claimed_organisation(request.body),
        without(noted.user_name, secrets) or _first(_USER_NAME, request.body),
        without(exchange.header("User-Agent"), secrets),
        exchange.remote,
        exchange.method,
        without(path, secrets),
        blot_query(exchange.query, secrets),
        exchange.status,
        noted.outcome or (_first(_OUTCOME, answer) if exchange.method == "POST" else ""),
        round(exchange.duration * 1000, 3),
        exchange.scenario,
        facts,
        request.encoding,
        request_headers,
        answer_headers,
        request.body,
        answer,
    )


def _facts(exchange: Exchange, charset: str | None, request: Message) -> str:
    def text() -> str | None:
        reading = read(exchange.body, charset)
        return reading.text.removeprefix("\ufeff") if reading else None

    try:
        return facts_of(exchange.observation, text, request.secrets)
    except Exception:
        logger.exception("an exchange could not be explained")
        return ""


def _readable(path: str) -> str:
    # WSGI hands on the bytes of a path as if they were Latin-1.
    return path.encode("latin-1", "replace").decode(errors="replace")


def _claimed_organisation(body: bytes) -> str:
    """Return whom a request says it comes from, when the organisation was not admitted."""
    return next(filter(None, (_first(pattern, body) for pattern in _ORGANISATION)), "")


def _first(pattern: re.Pattern[bytes], body: bytes) -> str:
    found = pattern.search(body, 0, BEGINNING)
    return found[1].decode(errors="replace").strip() if found else ""
