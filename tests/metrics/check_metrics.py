"""Whether those for whom /metrics is made get along with it: promtool has no complaint, a real
Prometheus scrapes it, and every query of the shipped Grafana dashboard returns data.

    python3 -m tests.metrics.check_metrics build/release/ouro"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.metrics.prometheus import Prometheus, complaints_about, scraping
from tests.metrics.watched_server import WatchedServer, watched_server
from tests.peers.servers import CannotCompare

DASHBOARD = Path("config/grafana/ouro.json")
DEADLINE_SECONDS = 60.0
PAUSE_SECONDS = 0.3
# What Grafana would put there. A rate needs a few scrapes, and there is one a second.
VARIABLES = {"$__rate_interval": "10s", "$__range": "1m", "$instance": ".*"}


def queries_of(dashboard: Any) -> Iterator[tuple[str, str]]:
    """The title of a panel, and what it asks Prometheus for."""
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in VARIABLES.items():
                expression = expression.replace(name, value)
            yield panel["title"], expression


def returns_data(prometheus: Prometheus, expression: str) -> bool:
    try:
        return bool(prometheus.query(expression))
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{expression}: {error.read().decode()}") from error


def wait_until_scraped(prometheus: Prometheus, deadline: float) -> None:
    """Until up == 1."""
    last: object = None
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):  # it listens before it is ready
            last = [sample["value"][1] for sample in prometheus.query("up")]
            if last == ["1"]:
                return
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"Prometheus does not scrape the server: up is {last}")


def wait_for_data(server: WatchedServer, prometheus: Prometheus, deadline: float) -> int:
    """Until each query has returned some, while clients come; how many there are."""
    queries = list(queries_of(json.loads(DASHBOARD.read_text())))
    missing = queries
    while missing and time.monotonic() < deadline:
        server.visit()
        missing = [query for query in missing if not returns_data(prometheus, query[1])]
        if missing:
            time.sleep(PAUSE_SECONDS)
    if missing:
        lines = "\n".join(f"  {title}: {expression}" for title, expression in missing)
        raise AssertionError(f"queries of the dashboard that return nothing:\n{lines}")
    return len(queries)


def check(program: Path, state: Path) -> None:
    with watched_server(program, state) as server:
        server.visit()
        metrics = server.metrics()
        if said := complaints_about(metrics):
            raise AssertionError(f"promtool check metrics:\n{said}")
        families = metrics.count(b"# TYPE ")
        samples = sum(not line.startswith(b"#") for line in metrics.splitlines())
        print(f"promtool: no complaint about {families} families, {samples} samples")
        with scraping(server.admin_port, state) as prometheus:
            deadline = time.monotonic() + DEADLINE_SECONDS
            wait_until_scraped(prometheus, deadline)
            print("Prometheus: up == 1")
            count = wait_for_data(server, prometheus, deadline)
            print(f"{DASHBOARD}: all {count} queries return data")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", type=Path, help="ouro")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ouro-metrics-") as state:
        try:
            check(arguments.program, Path(state))
        except (AssertionError, CannotCompare) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
