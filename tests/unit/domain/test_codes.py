import pytest

from lrs_soap.domain import tables
from lrs_soap.domain.codes import (
    MEANINGS,
    ErrorCode,
    ResponseCode,
    ReturnCode,
    VerificationCode,
    VerificationType,
)

CODES = [*ResponseCode, *VerificationCode, *ReturnCode, *ErrorCode]


@pytest.mark.parametrize("code", CODES)
def test_every_code_has_a_meaning_and_advice(code: str) -> None:
    assert MEANINGS[code].text.endswith(".")
    assert MEANINGS[code].advice.endswith(".")


def test_no_meaning_is_left_over() -> None:
    assert set(MEANINGS) == set(CODES)


def test_codes_differ_in_meaning() -> None:
    assert len({entry.text for entry in MEANINGS.values()}) == len(MEANINGS)


def test_a_malformed_request_is_told_in_the_words_clients_know() -> None:
    assert MEANINGS[ErrorCode.INVALID_REQUEST].text == (
        "Invalid request, The request was badly formed - this may include missing mandatory parameters, "
        "or invalid data types."
    )


def test_every_verification_type_has_a_tier_level() -> None:
    assert set(tables.mapping("tier_levels", "tier_levels")) == set(VerificationType)


def test_tables_are_read_once() -> None:
    assert tables.load("codes") is tables.load("codes")
