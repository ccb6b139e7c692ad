from itertools import pairwise

import pytest
from lxml import etree

from benchmarks.figures import Figure, ticks_around, to_svg

SVG = "{http://www.w3.org/2000/svg}"
LINES = {
    ("find", "SQLite"): {100_000: 1.0, 1_000_000: 1.2},
    ("find", "PostgreSQL"): {100_000: 1.6, 1_000_000: 2.1},
    ("register", "SQLite"): {100_000: 6.0, 1_000_000: 40.0},
}


def drawn() -> etree._Element:
    return etree.fromstring(to_svg(Figure("finding", "Finding: p50", LINES)))


def texts(svg: etree._Element) -> list[str]:
    return ["".join(map(str, text.itertext())).strip() for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0.3, 4], [0.2, 0.5, 1, 2, 5]),
        ([0.012, 0.7], [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0]),
        ([55, 1200], [50, 100, 200, 500, 1000, 2000]),
        ([1], [1, 2]),
        ([7], [5, 10]),
    ],
)
def test_marks_take_in_all_values(values: list[float], ticks: list[float]) -> None:
    assert ticks_around(values) == ticks


@pytest.mark.parametrize("value", [0.001, 0.0999, 0.1, 3, 999.9, 10_000])
def test_marks_are_below_and_above_any_value(value: float) -> None:
    ticks = ticks_around([value])
    assert ticks[0] <= value <= ticks[-1]
    assert all(low < high for low, high in pairwise(ticks))


def test_a_figure_names_its_axes_marks_and_lines() -> None:
    found = texts(drawn())
    assert "Finding: p50" in found
    assert {"learners in the register (logarithmic)", "milliseconds (logarithmic)"} <= set(found)
    assert {"100,000", "1,000,000"} <= set(found)
    assert {"1", "2", "5", "10", "20", "50"} <= set(found)
    assert {"find, SQLite", "find, PostgreSQL (dashed)", "register, SQLite"} <= set(found)


def test_a_figure_has_a_dot_for_each_value_and_no_script() -> None:
    svg = drawn()
    assert len(svg.findall(f".//{SVG}circle")) == 6
    assert not [script for script in svg.iter(f"{SVG}script") if script.get("href")]


def test_lines_of_one_thing_have_one_colour() -> None:
    style = "".join(map(str, drawn().itertext()))
    assert style.count("#0072b2") == style.count("#d55e00") * 2 > 0
