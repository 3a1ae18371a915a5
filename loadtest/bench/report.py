"""The page: one file that needs neither script nor network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from .chart import Bar, Curve, bars, curves
from .claims import CLAIM_HEADINGS, Claim, claims_of, figures_of, named, ratios_to_baseline
from .generator import PERCENTILES
from .measure import Result
from .samples import Spread, readable
from .scenarios import Figure, Kind
from .table import figure_table, ratio_text

_STYLE = Path(__file__).with_name("page.css")
_VERDICTS = {"aim": "aim reached", "must": "reached", "short": "falls short"}
_SERIES_MAX = 6


@dataclass(frozen=True)
class Run:
    """What was run, where, and with what."""

    when: str
    machine: str
    rounds: int
    versions: Mapping[str, str]


def _html_table(headings: Sequence[str], rows: Sequence[Sequence[str]],
                ours: Sequence[bool], verdicts: Sequence[str] = ()) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = []
    for i, row in enumerate(rows):
        cells = [f"<td>{escape(cell)}</td>" for cell in row]
        if verdicts:
            cells[-1] = f'<td class="{escape(verdicts[i].split(":")[0])}">{escape(row[-1])}</td>'
        body.append(f'<tr{" class=ours" if ours[i] else ""}>{"".join(cells)}</tr>')
    return f'<div class="scroll"><table><tr>{head}</tr>{"".join(body)}</table></div>'


def claims_section(claims: Sequence[Claim]) -> str:
    rows = [(*claim.cells()[:-1], _VERDICTS.get(claim.verdict, claim.verdict)) for claim in claims]
    table = _html_table(CLAIM_HEADINGS, rows, [False] * len(rows),
                        [claim.verdict for claim in claims])
    short = sum(claim.verdict == "short" for claim in claims)
    said = "every target that was measured is reached" if short == 0 else f"{short} fall short"
    return f'<section class="card targets"><h2>Targets: {said}</h2>{table}</section>'


def _is_ours(server: str) -> bool:
    return server.startswith("ouro")


def _bar_chart(result: Result, figure: Figure, run: Run) -> str:
    rounds = figures_of(result, figure)
    base, ratios = ratios_to_baseline(result, figure)
    absolute = not ratios
    rows = []
    for server, values in rounds.items():
        spread = Spread.of(values)
        text = readable(spread.median)
        if not absolute:
            if server not in ratios:
                continue
            spread = ratios[server]
            text = ratio_text(spread)
        rows.append(Bar(named(server, run.versions), spread, text, _is_ours(server),
                        server == base))
    rows.sort(key=lambda bar: -bar.spread.median if not absolute else bar.spread.median)
    if not rows:
        return ""
    said = (f"{figure.unit}; shorter is better" if absolute else
            f"times better than {named(base or '', run.versions)} in {figure.unit}; "
            "longer is better")
    chart = bars(result.scenario.title, rows, None if absolute else 1.0)
    return f"<p>{escape(said)}; the whisker goes from the lowest to the highest round</p>{chart}"


def _latency_chart(result: Result, run: Run) -> str:
    rows = []
    order = sorted(result.latency, key=lambda server: not _is_ours(server))
    for i, server in enumerate(order[:_SERIES_MAX]):
        for when, dashed in (("storm", False), ("alone", True)):
            points = {name: Spread.of(values).median
                      for name, values in result.latency[server][when].items()}
            label = "" if dashed else named(server, run.versions)
            rows.append(Curve(label, points, i, dashed))
    if not rows:
        return ""
    return ("<p>latency from the intended send time; dashed: alone, solid: beside the storm</p>"
            + curves(result.scenario.title, PERCENTILES, rows))


def scenario_section(result: Result, run: Run) -> str:
    scenario = result.scenario
    parts = [f'<section class="card" id="{scenario.name}"><h2>{escape(scenario.title)}</h2>']
    if scenario.kind != Kind.PENDING and result.values:
        parts.append(_latency_chart(result, run) if scenario.kind == Kind.STORM else "")
        if scenario.kind in (Kind.LOAD, Kind.IDLE, Kind.LOGIN):
            parts += [_bar_chart(result, figure, run)
                      for figure in (scenario.figure, *scenario.also)]
        headings, rows = figure_table(result, run.versions)
        parts.append(_html_table(headings, rows, [_is_ours(row[0]) for row in rows]))
    parts.append("<ul>" + "".join(f"<li>{escape(note)}</li>" for note in result.notes) + "</ul>")
    return "".join(parts) + "</section>"


def page(results: Sequence[Result], run: Run) -> str:
    claims = [claim for result in results for claim in claims_of(result, run.versions)]
    versions = ", ".join(sorted({named(server, run.versions) for server in run.versions}))
    return "".join([
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>ouro beside its peers</title><style>{_STYLE.read_text()}</style></head><body>",
        "<main><h1>ouro beside its peers</h1>",
        f"<p>{escape(run.when)} · {escape(run.machine)} · {run.rounds} alternating rounds</p>",
        f"<p>{escape(versions)}</p>",
        claims_section(claims),
        *(scenario_section(result, run) for result in results),
        "</main></body></html>\n",
    ])
