"""Charts as SVG text: ratios as bars on a line at 1, latency curves on a log scale. Colours come
from the page's style sheet, so that one chart serves light and dark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from .samples import Spread

_WIDTH = 860
_LABEL_WIDTH = 210
_ROW = 30
_VALUE_WIDTH = 190


@dataclass(frozen=True)
class Bar:
    label: str
    spread: Spread
    text: str
    ours: bool
    base: bool = False


def _svg(height: float, title: str, parts: Sequence[str]) -> str:
    return (f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
            + "".join(parts) + "</svg>")


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return (f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">'
            f"{escape(text)}</text>")


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{style}"/>'


def nice_step(largest: float) -> float:
    """A distance of grid lines (1, 2 or 5 times a power of ten) that gives at most six of them."""
    rough = largest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= rough * 0.999:
            return factor * power
    return 10.0 * power


def bars(title: str, rows: Sequence[Bar], reference: float | None = 1.0) -> str:
    """One bar each, with a whisker from its lowest to its highest round."""
    largest = max([bar.spread.high for bar in rows] + [reference or 0]) or 1.0
    room = _WIDTH - _LABEL_WIDTH - _VALUE_WIDTH
    height = len(rows) * _ROW + 26
    step = nice_step(largest)

    def x(value: float) -> float:
        return _LABEL_WIDTH + room * value / largest

    parts = [] if reference is None else [
        _line(x(reference), 2, x(reference), height - 22, "reference")]
    for i in range(math.floor(largest / step + 1e-9) + 1):
        parts.append(_line(x(i * step), 4, x(i * step), height - 22, "grid"))
        parts.append(_text(x(i * step), height - 6, f"{i * step:g}", "tick", "middle"))
    for i, bar in enumerate(rows):
        top = i * _ROW + 6
        middle = top + 10
        style = "bar ours" if bar.ours else "bar base" if bar.base else "bar"
        parts.append(_text(_LABEL_WIDTH - 10, middle + 5, bar.label, "label", "end"))
        parts.append(f'<rect x="{_LABEL_WIDTH}" y="{top}" height="20" rx="2" '
                     f'width="{max(1.0, x(bar.spread.median) - _LABEL_WIDTH):.1f}" '
                     f'class="{style}"><title>{escape(bar.label)}: {escape(bar.text)}</title>'
                     "</rect>")
        if bar.spread.low != bar.spread.high:
            low, high = x(bar.spread.low), x(bar.spread.high)
            parts += [_line(low, middle, high, middle, "whisker"),
                      _line(low, middle - 4, low, middle + 4, "whisker"),
                      _line(high, middle - 4, high, middle + 4, "whisker")]
        parts.append(_text(max(x(bar.spread.high), x(bar.spread.median)) + 8, middle + 5, bar.text,
                           "value"))
    return _svg(height, title, parts)


@dataclass(frozen=True)
class Curve:
    label: str  # empty: without
    points: Mapping[str, float]  # percentile -> ms
    style: int  # which of the page's series colours
    dashed: bool = False


_PLOT_HEIGHT = 300
_TOP = 14


def decades(low: float, high: float) -> list[float]:
    """The powers of ten that enclose these values."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def curves(title: str, percentiles: Sequence[str], rows: Sequence[Curve]) -> str:
    """Percentiles from left to right, ms upwards on a log scale, curves named at their ends."""
    values = [max(value, 0.001) for curve in rows for value in curve.points.values()]
    scale = decades(min(values), max(values))
    low, high = math.log10(scale[0]), math.log10(scale[-1])
    left, right = 70, _WIDTH - 230

    def x(index: int) -> float:
        return left + (right - left) * index / (len(percentiles) - 1)

    def y(value: float) -> float:
        return _TOP + _PLOT_HEIGHT * (high - math.log10(max(value, 0.001))) / (high - low)

    parts = []
    for value in scale:
        parts += [_line(left, y(value), right, y(value), "grid"),
                  _text(left - 8, y(value) + 4, f"{value:g} ms", "tick", "end")]
    for i, name in enumerate(percentiles):
        parts.append(_text(x(i), _TOP + _PLOT_HEIGHT + 20, name, "tick", "middle"))
    for curve in rows:
        points = " ".join(f"{x(i):.1f},{y(curve.points[name]):.1f}"
                          for i, name in enumerate(percentiles))
        style = f"curve s{curve.style}" + (" dashed" if curve.dashed else "")
        parts.append(f'<polyline points="{points}" class="{style}"/>')
    labelled = [curve for curve in rows if curve.label]
    ends = spread_apart([y(curve.points[percentiles[-1]]) for curve in labelled], 15)
    parts += [_text(right + 10, end + 4, curve.label, f"name t{curve.style}")
              for curve, end in zip(labelled, ends, strict=True)]
    return _svg(_TOP + _PLOT_HEIGHT + 30, title, parts)


def spread_apart(positions: Sequence[float], distance: float) -> list[float]:
    """Moves labels down until no two overlap; their order stays."""
    moved = list(positions)
    last = -math.inf
    for index in sorted(range(len(moved)), key=lambda i: moved[i]):
        moved[index] = max(moved[index], last + distance)
        last = moved[index]
    overflow = max(0.0, last - (_TOP + _PLOT_HEIGHT + 10)) if moved else 0.0
    return [position - overflow for position in moved]
