"""promtool, and a Prometheus of its own that scrapes one server."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.servers import find_program, free_port, running

LIMIT_SECONDS = 10.0
PACKAGE = "prometheus"
SCRAPES = """
global: {{ scrape_interval: 1s, scrape_timeout: 1s }}
scrape_configs:
  - job_name: ouro
    static_configs: [{{ targets: ["127.0.0.1:{port}"] }}]
"""


def complaints_about(metrics: bytes) -> str:
    """What promtool does not like; empty: nothing."""
    program = find_program("promtool", PACKAGE)
    command = [program, "check", "metrics"]
    usage = subprocess.run([*command, "--help"], capture_output=True, text=True)
    answer = subprocess.run(command, input=metrics, capture_output=True)
    said = (answer.stdout + answer.stderr).decode()
    if answer.returncode == 0 and "--extended" in usage.stdout + usage.stderr:
        # It tells of the cardinality, so only what is no table is a complaint.
        answer = subprocess.run([*command, "--extended"], input=metrics, capture_output=True)
        said += answer.stderr.decode()
    if answer.returncode != 0 and not said:
        said = f"promtool ended with {answer.returncode}"
    return said


@dataclass(frozen=True)
class Prometheus:
    port: int

    def ask(self, path: str, **parameters: str) -> Any:
        """The "data" of an answer of its API; raises when there is none."""
        query = urllib.parse.urlencode(parameters)
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{query}"
        with urllib.request.urlopen(url, timeout=LIMIT_SECONDS) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[Any]:
        result: list[Any] = self.ask("query", query=expression)["result"]
        return result


@contextlib.contextmanager
def scraping(port: int, state: Path) -> Iterator[Prometheus]:
    file = state / "prometheus.yml"
    file.write_text(SCRAPES.format(port=port))
    own = free_port()
    command = [
        find_program("prometheus", PACKAGE),
        f"--config.file={file}",
        f"--storage.tsdb.path={state / 'series'}",
        f"--web.listen-address=127.0.0.1:{own}",
        "--log.level=warn",
    ]
    with running(command, state, [own]):
        yield Prometheus(own)
