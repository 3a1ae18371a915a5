"""Tables of text for a terminal, and the columns of a scenario's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .claims import named, ratios_to_baseline
from .measure import Result
from .samples import Spread, readable

# Figure, heading: the columns of a scenario that has them.
_COLUMNS: tuple[tuple[str, str], ...] = (
    ("rate", "requests/s"), ("cpu", "CPU us/request"), ("calls", "system calls/request"),
    ("switches", "switches/request"), ("megabytes", "memory MB"),
    ("idle_bytes", "bytes/idle connection"),
    ("alone_p50", "p50 alone, ms"), ("storm_p50", "in the storm"),
    ("alone_p99", "p99 alone, ms"), ("storm_p99", "in the storm"),
    ("alone_max", "slowest alone, ms"), ("control_max", "beside a busy loop"),
    ("storm_max", "in the storm"),
    ("login_alone", "login alone, ms"), ("login_beside", "beside the flood"),
    ("login_times", "times"),
    ("cold_megabytes", "cold MB/s"), ("handshakes", "handshakes/s"), ("hashes", "hashes/s"),
    ("allocations", "allocations/request"),
    ("instructions", "instructions/request"), ("generator_cpu", "generator us/request"))


def text_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in (headings, *rows)) for i in range(len(headings))]

    def line(cells: Sequence[str]) -> str:
        padded = [cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(cells, widths, strict=True))]
        return "  ".join(padded).rstrip()

    return "\n".join([line(headings), "  ".join("-" * width for width in widths),
                      *(line(row) for row in rows)])


def figure_table(result: Result,
                 versions: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows: each server's medians, and its ratio with the spread."""
    base, ratios = ratios_to_baseline(result, result.scenario.figure)
    columns = [(figure, heading) for figure, heading in _COLUMNS
               if any(values.get(figure) for values in result.values.values())]
    headings = ["server", *([f"times better than {base}"] if ratios else []),
                *(heading for _, heading in columns)]
    rows = []
    for server in [name for name in result.scenario.servers if name in result.values]:
        row = [named(server, versions)]
        if ratios:
            row.append(ratio_text(ratios[server]) if server in ratios else "-")
        for figure, _ in columns:
            values = result.values[server].get(figure)
            row.append(readable(Spread.of(values).median) if values else "-")
        rows.append(row)
    return headings, rows


def ratio_text(spread: Spread) -> str:
    if spread.low == spread.high:
        return f"{spread.median:.2f}"
    return f"{spread.median:.2f} ({spread.low:.2f} to {spread.high:.2f})"
