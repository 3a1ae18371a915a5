"""`./dev bench --gate`: the figures of ouro that do not depend on the machine's mood, against the
limits in limits.json, which keep what has been reached: who makes a figure better lowers its limit.
What cannot be counted here is named and skipped; only what was counted fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from . import instruments, system_calls
from .generator import Load, LoadError
from .measure import Started, calls_per_request
from .process import Process, StartError, free_port
from .samples import readable
from .servers import OURO, Setting, ouro_config
from .site import SIZES

# The least of these is what the server needs; more than that a neighbour on the machine causes.
_TRIES = 3


def _calls(site: Path, work: Path, connections: int, close: bool) -> float:
    """Server and generator share a core, so that each works until it has nothing left to do. On two
    cores a server that is faster than the generator wakes for every few answers: its calls a
    request (0.03 to 0.13 with 1,024 connections) then tell how busy the generator's core was."""
    how = system_calls.how_to_count()
    core = instruments.cores_of(False)[0]
    work.mkdir(parents=True, exist_ok=True)
    setting = Setting(work, site, free_port(), 1, False, connections)
    process = Process([str(OURO), "run", "-c", ouro_config(setting, "auto")], core,
                      work / "output")
    try:
        process.wait_until_it_answers(setting.port, "/1k.bin", SIZES["1k"])
        engine = engine_of(process.output())
        if engine != "io_uring":
            raise system_calls.Unavailable(f"the limit is for io_uring, and this is {engine}")
        load = Load((f"http://127.0.0.1:{setting.port}/1k.bin",), connections, seconds=0.9,
                    close=close, length=SIZES["1k"])
        return min(calls_per_request(Started(process, setting.port), load, core, how)
                   for _ in range(_TRIES))
    finally:
        process.stop()


def checks(site: Path, work: Path) -> dict[str, Callable[[], float]]:
    cores = instruments.cores_of(False)
    return {
        "system calls a request, 64 connections": lambda: _calls(site, work, 64, False),
        "system calls a request, 1,024 connections": lambda: _calls(site, work, 1024, False),
        "system calls a connection that closes": lambda: _calls(site, work, 64, True),
        "heap allocations per hot keep-alive request":
            lambda: instruments.allocations(site, work, cores),
        "user instructions per pipelined cached GET":
            lambda: instruments.instructions(site, work, cores),
    }


def engine_of(output: str) -> str:
    """What the table that ouro prints at its start says: the engine, and why not the other."""
    found = re.search(r"^ +engine +(.+)$", output, re.MULTILINE)
    return found.group(1).strip() if found else "an unknown engine"


def judge(name: str, measured: float, limit: float, goal: float) -> tuple[bool, str]:
    good = measured <= limit
    return good, (f"{'ok  ' if good else 'FAIL'}  {name}: {readable(measured)} "
                  f"(limit {limit:g}, goal {goal:g})")


def run(site: Path, work: Path, limits_file: Path) -> int:
    limits: dict[str, dict[str, float]] = json.loads(limits_file.read_text())
    failed = 0
    for name, check in checks(site, work).items():
        try:
            good, line = judge(name, check(), **limits[name])
            failed += not good
        except (system_calls.Unavailable, instruments.Unavailable) as error:
            line = f"skip  {name}: cannot be counted here: {error}"
        except (StartError, LoadError) as error:
            line = f"FAIL  {name}: {error}"
            failed += 1
        print(line, flush=True)
    return 1 if failed else 0
