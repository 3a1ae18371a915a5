"""Medians, ratios and their spread: pure functions over the figures of alternating rounds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from .scenarios import Figure, Target

# Below this an allocation is one of the once-a-second look at a cached file, not the request's.
_ZERO = 0.005


@dataclass(frozen=True)
class Spread:
    """A median with the smallest and the largest value."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread:
        if not values:
            raise ValueError("no values")
        return Spread(median(values), min(values), max(values))

    def as_dict(self) -> dict[str, float]:
        return {"median": self.median, "low": self.low, "high": self.high}


def ratio(ours: Sequence[float], theirs: Sequence[float], more_is_better: bool) -> Spread:
    """How many times better, round by round: what was measured at the same time is compared, so
    that a slow minute of the machine falls on both sides."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=False) if a > 0 and b > 0]
    return Spread.of([a / b if more_is_better else b / a for a, b in pairs])


def better(rounds: Mapping[str, Sequence[float]], names: Sequence[str],
           more_is_better: bool) -> str | None:
    """Which of several configurations of one server is the best here, by its median."""
    present = [name for name in names if rounds.get(name)]
    if not present:
        return None
    choose = max if more_is_better else min
    return choose(present, key=lambda name: median(rounds[name]))


def baseline(rounds: Mapping[str, Sequence[float]], figure: Figure) -> str | None:
    """What all are compared with: nginx at its better configuration."""
    names = [name for name in rounds if name.startswith("nginx") and not name.endswith("+log")]
    return better(rounds, names, figure.more_is_better)


def limits_of(target: Target, alone: float | None) -> tuple[float, float]:
    """The absolute limits (must, aim); those of a tail depend on the tail without a storm."""
    if target.floors_ms is None or alone is None:
        return target.must, target.aim
    return max(target.must * alone, target.floors_ms[0]), max(target.aim * alone,
                                                              target.floors_ms[1])


def verdict(target: Target, measured: float, alone: float | None = None) -> str:
    must, aim = limits_of(target, alone)
    if target.peer is not None:
        return "aim" if measured >= aim else "must" if measured >= must else "short"
    return "aim" if _within(measured, aim) else "must" if _within(measured, must) else "short"


def _within(measured: float, limit: float) -> bool:
    return measured <= (limit if limit > 0 else _ZERO)


def readable(value: float) -> str:
    """Three significant digits, thousands separated."""
    if value == 0 or not math.isfinite(value):
        return f"{value:.0f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - math.floor(math.log10(abs(value))))}f}" if abs(
        value) >= 0.001 else f"{value:.4f}"
