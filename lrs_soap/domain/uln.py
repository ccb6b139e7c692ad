"""ULN: the Unique Learner Number.

Ten digits, the first not 0. The digits weighted 10 to 1 add up to a number whose remainder modulo 11 is 10. Nine digits
whose weighted sum leaves 0 have no check digit and are never issued. Rule: "ULN".

>>> validate("9276308686")
'9276308686'
>>> validate("9276 308 686")
'9276308686'
>>> validate("1234567894")
Traceback (most recent call last):
    ...
lrs_soap.domain.uln.InvalidCheckDigit: the last digit of a ULN is a check digit, and this one is wrong
>>> validate("927630868")
Traceback (most recent call last):
    ...
lrs_soap.domain.uln.InvalidLength: a ULN has 10 digits
>>> calc_check_digit("927630868")
'6'
>>> is_valid("1026893096"), is_valid("9999999999")
(True, False)
"""

from collections.abc import Callable
from operator import mul

_LENGTH = 10
_MODULUS = 11
_REMAINDER = 10
_WEIGHTS = range(_LENGTH, 1, -1)
_FIRST_PREFIX = 100_000_000
_PREFIXES = 900_000_000
_MOST_DRAWS = 1000
_SEPARATORS = str.maketrans("", "", " -")


class InvalidUln(ValueError):  # noqa: N818 - python-stdnum names its errors like this
    """The number is no ULN."""

    reason = "this is no ULN"

    def __str__(self) -> str:
        return self.reason


class InvalidLength(InvalidUln):
    """The number does not have ten digits."""

    reason = "a ULN has 10 digits"


class InvalidFormat(InvalidUln):
    """The number holds something other than digits, or starts with 0."""

    reason = "a ULN consists of digits, the first not 0"


class InvalidCheckDigit(InvalidUln):
    """The check digit is wrong, or there is none for these nine digits."""

    reason = "the last digit of a ULN is a check digit, and this one is wrong"


class NoCheckDigit(InvalidCheckDigit):
    """These nine digits have no check digit."""

    reason = "no ULN starts with these nine digits: they have no check digit"


def compact(number: str) -> str:
    """Return a number without the blanks and hyphens that people put in.

    >>> compact(" 9276-308 686 ")
    '9276308686'
    """
    return number.translate(_SEPARATORS)


def calc_check_digit(nine_digits: str) -> str:
    """Return the check digit of nine digits, or raise NoCheckDigit when none makes them a ULN."""
    total = sum(map(mul, _WEIGHTS, map(int, nine_digits)))
    digit = (_REMAINDER - total) % _MODULUS
    if digit == _LENGTH:
        raise NoCheckDigit
    return str(digit)


def validate(uln: str) -> str:
    """Return the ULN in compact form, or raise InvalidLength, InvalidFormat or InvalidCheckDigit."""
    number = compact(uln)
    if len(number) != _LENGTH:
        raise InvalidLength
    if not (number.isascii() and number.isdigit()) or number[0] == "0":
        raise InvalidFormat
    if calc_check_digit(number[:-1]) != number[-1]:
        raise InvalidCheckDigit
    return number


def is_valid(uln: str) -> bool:
    """Return whether the number is a ULN."""
    try:
        validate(uln)
    except InvalidUln:
        return False
    return True


def draw(randbelow: Callable[[int], int]) -> str:
    """Return a ULN drawn at random; `randbelow(n)` gives a number from 0 to n - 1 (`secrets.randbelow`)."""
    for _ in range(_MOST_DRAWS):
        prefix = str(_FIRST_PREFIX + randbelow(_PREFIXES))
        try:
            return prefix + calc_check_digit(prefix)
        except NoCheckDigit:
            continue
    msg = f"the source of randomness led to no ULN in {_MOST_DRAWS} draws"
    raise RuntimeError(msg)
