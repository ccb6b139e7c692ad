import secrets
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs_soap.domain import uln
from tests.unit.domain.strategies import ulns

VALID = ("9276308686", "1026893096", "6936002314")


@pytest.mark.parametrize("number", VALID)
def test_known_ulns_are_valid(number: str) -> None:
    assert uln.is_valid(number)
    assert uln.validate(number) == number


@pytest.mark.parametrize(
    ("number", "error"),
    [
        ("9999999999", uln.InvalidCheckDigit),
        ("1234567894", uln.InvalidCheckDigit),
        ("0026893096", uln.InvalidFormat),
        ("92763O8686", uln.InvalidFormat),
        ("٩٢٧٦٣٠٨٦٨٦", uln.InvalidFormat),
        ("927630868", uln.InvalidLength),
        ("92763086866", uln.InvalidLength),
        ("", uln.InvalidLength),
    ],
)
def test_what_is_no_uln_says_why(number: str, error: type[uln.InvalidUln]) -> None:
    assert not uln.is_valid(number)
    with pytest.raises(error) as caught:
        uln.validate(number)
    assert str(caught.value) == error.reason


def test_a_prefix_that_leaves_no_remainder_has_no_check_digit() -> None:
    weightless = next(n for n in range(100_000_000, 100_000_100) if _weighted(str(n)) % 11 == 0)
    with pytest.raises(uln.NoCheckDigit):
        uln.calc_check_digit(str(weightless))
    assert not any(uln.is_valid(f"{weightless}{digit}") for digit in range(10))


def test_a_draw_passes_over_prefixes_without_check_digit() -> None:
    weightless = next(n for n in range(100) if _weighted(str(100_000_000 + n)) % 11 == 0)
    drawn: Iterator[int] = iter((weightless, weightless, 5))
    assert uln.draw(lambda _: next(drawn)).startswith("100000005")


def test_a_draw_gives_up_on_a_source_that_is_stuck() -> None:
    weightless = next(n for n in range(100) if _weighted(str(100_000_000 + n)) % 11 == 0)
    with pytest.raises(RuntimeError, match="randomness"):
        uln.draw(lambda _: weightless)


def test_draws_come_from_the_whole_range() -> None:
    asked: list[int] = []

    def highest(limit: int) -> int:
        asked.append(limit)
        return limit - 1 - len(asked)

    assert uln.draw(highest).startswith("99999999")
    assert set(asked) == {900_000_000}


def test_draws_differ() -> None:
    assert len({uln.draw(secrets.randbelow) for _ in range(50)}) > 45


@given(ulns)
def test_every_drawn_uln_is_valid_and_follows_the_definition(number: str) -> None:
    assert uln.is_valid(number)
    assert (_weighted(number[:9]) + int(number[9])) % 11 == 10


@given(ulns, st.integers(0, 9), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(number: str, place: int, step: int) -> None:
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    assert not uln.is_valid(wrong)


@given(ulns, st.integers(0, 8))
def test_two_neighbouring_digits_swapped_are_noticed(number: str, place: int) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert uln.is_valid(swapped) == (swapped == number)


@given(st.text())
def test_no_text_breaks_the_check(text: str) -> None:
    assert uln.is_valid(text) in (True, False)
    assert uln.compact(uln.compact(text)) == uln.compact(text)


@given(st.integers(0, 10**10 - 1).map("{:010}".format))
def test_valid_means_remainder_ten(number: str) -> None:
    remainder = (_weighted(number[:9]) + int(number[9])) % 11
    assert uln.is_valid(number) == (number[0] != "0" and remainder == 10)


def _weighted(nine_digits: str) -> int:
    return sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), nine_digits, strict=True))
