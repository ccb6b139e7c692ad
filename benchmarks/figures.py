"""Figures of latency over the size of the register, as SVG."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import pygal
from pygal.style import Style

# pygal looks for plug-ins, of which there are none here, in a way for which Python 3.11 warns at every later import.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

# Told apart by people who see colours differently, and on paper.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#555555")
DASHES = {"SQLite": "", "PostgreSQL": "7, 5"}
NAMED = {"SQLite": "SQLite", "PostgreSQL": "PostgreSQL (dashed)"}
STEPS = (1, 2, 5)

Points = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Figure:
    """Latencies in milliseconds by size of the register, for each of several things and kinds of database.

    name: of the file, without its ending. lines: by what is drawn and the kind of database.
    """

    name: str
    title: str
    lines: Mapping[tuple[str, str], Points]


def to_svg(figure: Figure) -> bytes:
    """Draw a figure: both axes are logarithmic, PostgreSQL is dashed."""
    sizes = sorted({size for points in figure.lines.values() for size in points})
    values = [value for points in figure.lines.values() for value in points.values()]
    names = list(dict.fromkeys(name for name, _ in figure.lines))
    # One thing after the other, so that the kinds of database stand side by side in the legend.
    lines = sorted(figure.lines.items(), key=lambda line: names.index(line[0][0]))
    ticks = ticks_around(values)
    chart = pygal.XY(
        title=figure.title,
        x_title="learners in the register (logarithmic)",
        y_title="milliseconds (logarithmic)",
        width=960,
        height=600,
        style=Style(
            background="white",
            guide_stroke_color="#dddddd",
            guide_stroke_dasharray="1, 0",
            major_guide_stroke_color="#dddddd",
            major_guide_stroke_dasharray="1, 0",
            plot_background="white",
            colors=[COLOURS[names.index(name) % len(COLOURS)] for (name, _), _ in lines],
            font_family="sans-serif",
            label_font_size=14,
            major_label_font_size=14,
            legend_font_size=14,
            title_font_size=18,
        ),
        js=[],
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        legend_box_size=14,
        truncate_legend=-1,
        dots_size=4,
        range=(_height(ticks[0]), _height(ticks[-1])),
        show_x_guides=True,
        margin_right=50,
    )
    # Instead of one drawn at random, so that the same figure is the same file.
    chart.uuid = figure.name
    chart.x_labels = [{"value": log10(size), "label": f"{size:,}"} for size in sizes]
    chart.y_labels = [{"value": _height(tick), "label": f"{tick:g}"} for tick in ticks]
    for (name, database), points in lines:
        chart.add(
            f"{name}, {NAMED[database]}",
            [(log10(size), _height(value)) for size, value in sorted(points.items())],
            stroke_style={"width": 2, "dasharray": DASHES[database]},
        )
    return str(chart.render(is_unicode=True)).encode()


def _height(milliseconds: float) -> float:
    """Return where a value is drawn. In picoseconds, since pygal draws a line at the height of 0."""
    return log10(milliseconds * 1e9)


def ticks_around(values: Iterable[float]) -> Sequence[float]:
    """Return marks of a logarithmic scale that takes in all values: 1, 2, 5 and their tens.

    >>> ticks_around([0.3, 4])
    [0.2, 0.5, 1, 2, 5]
    """
    known = list(values)
    tens = range(floor(log10(min(known))), ceil(log10(max(known))) + 1)
    marks = [step * 10**ten if ten >= 0 else round(step * 10.0**ten, -ten) for ten in tens for step in STEPS]
    first = max(place for place, mark in enumerate(marks) if mark <= min(known))
    last = min(place for place, mark in enumerate(marks) if mark >= max(known))
    return marks[first : max(last, first + 1) + 1]
