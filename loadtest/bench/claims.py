"""From the values of the rounds to what is said about them: compared figures, and the targets that
are reached or missed. Pure functions over a Result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .measure import Result
from .samples import Spread, baseline, better, limits_of, ratio, readable, verdict
from .scenarios import CPU, MAXIMUM, NGINX, RATE, Figure, Target, alone_name
from .servers import LOG_SUFFIX


@dataclass(frozen=True)
class Claim:
    """One row of the table of targets."""

    scenario: str
    text: str
    against: str  # the peer with its version, or nothing
    must: str
    aim: str
    measured: str
    cpu: str  # the same by CPU a request, which a busy neighbour changes less
    verdict: str  # aim, must, short, or why there is no figure

    def cells(self) -> tuple[str, ...]:
        return (self.text, self.against, self.must, self.aim, self.measured, self.cpu,
                self.verdict)


CLAIM_HEADINGS = ("scenario", "against", "must", "aim", "measured (lowest to highest round)",
                  "by CPU", "verdict")


def figures_of(result: Result, figure: Figure) -> dict[str, list[float]]:
    return {server: values[figure.name] for server, values in result.values.items()
            if values.get(figure.name)}


def named(server: str, versions: Mapping[str, str]) -> str:
    version = versions.get(server.removesuffix(LOG_SUFFIX))
    return f"{server} {version}" if version else server


def ratios_to_baseline(result: Result, figure: Figure) -> tuple[str | None, dict[str, Spread]]:
    """How many times better each server is than nginx at its better configuration."""
    rounds = figures_of(result, figure)
    base = None if figure.absolute else baseline(rounds, figure)
    if base is None:
        return None, {}
    ratios = {}
    for server, values in rounds.items():
        if any(a > 0 and b > 0 for a, b in zip(values, rounds[base], strict=False)):
            ratios[server] = ratio(values, rounds[base], figure.more_is_better)
    return base, ratios


def generator_is_the_limit(result: Result) -> list[str]:
    """Servers that cost no more than what measures them: their throughput says too little."""
    return [server for server, values in result.values.items()
            if values.get("cpu") and values.get("generator_cpu")
            and Spread.of(values["generator_cpu"]).median > 0.9 * Spread.of(values["cpu"]).median]


def _spread_text(spread: Spread, unit: str = "") -> str:
    text = f"{readable(spread.median)}{unit}"
    if spread.low == spread.high:
        return text
    return f"{text} ({readable(spread.low)} to {readable(spread.high)})"


def _ratio_claim(target: Target, result: Result, versions: Mapping[str, str]) -> Claim | None:
    rounds = figures_of(result, target.figure)
    names = NGINX if target.peer == "nginx" else (target.peer or "",)
    peer = better(rounds, names, target.figure.more_is_better)
    if peer is None or target.server not in rounds:
        return None
    measured = ratio(rounds[target.server], rounds[peer], target.figure.more_is_better)
    unit = " x" if target.figure.more_is_better else " x less"
    cpu = ""
    by_cpu = figures_of(result, CPU)
    if target.figure == RATE and peer in by_cpu and target.server in by_cpu:
        cpu = f"{readable(ratio(by_cpu[target.server], by_cpu[peer], False).median)} x"
    return Claim(result.scenario.name, target.text, named(peer, versions), f"{target.must:g}{unit}",
                 f"{target.aim:g}{unit}", _spread_text(measured, unit), cpu,
                 verdict(target, measured.median))


def _measured(target: Target, rounds: dict[str, list[float]]) -> Spread | None:
    values = rounds.get(target.server)
    if not values:
        return None
    without = rounds.get(target.server.removesuffix(LOG_SUFFIX))
    if target.figure == CPU and target.server.endswith(LOG_SUFFIX):
        if not without:
            return None
        return Spread.of([a - b for a, b in zip(values, without, strict=False)])
    return Spread.of(values)


def _absolute_claim(target: Target, result: Result) -> Claim | None:
    measured = _measured(target, figures_of(result, target.figure))
    if measured is None:
        return None
    alone = result.values.get(target.server, {}).get(alone_name(target.figure))
    alone_median = Spread.of(alone).median if alone else None
    must, aim = limits_of(target, alone_median)
    against = "" if target.floors_ms is None or alone_median is None else (
        f"alone: {readable(alone_median)} ms")
    control = result.values.get(target.server, {}).get(target.figure.name.replace(
        "storm", "control"))
    if target.figure == MAXIMUM and control:
        against = f"beside a busy loop: {readable(Spread.of(control).median)} ms"
    return Claim(result.scenario.name, target.text, against, readable(must), readable(aim),
                 _spread_text(measured), "", verdict(target, measured.median, alone_median))


def claims_of(result: Result, versions: Mapping[str, str]) -> list[Claim]:
    claims = []
    for target in result.scenario.targets:
        claim = (_ratio_claim(target, result, versions) if target.peer is not None
                 else _absolute_claim(target, result))
        claims.append(claim or Claim(result.scenario.name, target.text, "", f"{target.must:g}",
                                     f"{target.aim:g}", "", "", "not measured"))
    if result.scenario.why:
        claims.append(Claim(result.scenario.name, result.scenario.title, "", "", "", "", "",
                            f"not yet: {result.scenario.why}"))
    return claims


def as_json(result: Result, versions: Mapping[str, str]) -> dict[str, Any]:
    base, ratios = ratios_to_baseline(result, result.scenario.figure)
    return {
        "scenario": result.scenario.name,
        "title": result.scenario.title,
        "notes": result.notes,
        "figures": {server: {figure: Spread.of(values).as_dict() | {"rounds": values}
                             for figure, values in by_figure.items()}
                    for server, by_figure in result.values.items()},
        "latency_ms": result.latency,
        "baseline": base,
        "ratios": {server: spread.as_dict() | {"version": versions.get(
            server.removesuffix(LOG_SUFFIX), "")} for server, spread in ratios.items()},
        "claims": [vars(claim) for claim in claims_of(result, versions)],
    }
