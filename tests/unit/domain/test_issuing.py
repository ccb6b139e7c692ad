import secrets
from itertools import cycle

from lrs_soap.domain import uln
from lrs_soap.domain.issuing import draw_free


def test_as_many_as_wanted_are_drawn_and_all_differ() -> None:
    drawn = draw_free(1_200, lambda _: (), secrets.randbelow)
    assert len(set(drawn)) == len(drawn) == 1_200
    assert all(map(uln.is_valid, drawn))


def test_those_in_use_and_those_drawn_before_are_drawn_anew() -> None:
    numbers = iter((0, 2, 4))
    first, second, third = (uln.draw(lambda _: next(numbers)) for _ in range(3))
    again = cycle((0, 0, 2, 4))
    assert draw_free(2, lambda _: {first}, lambda _: next(again)) == [second, third]
