"""`./dev bench`: ouro beside its peers. Run from the top of the source tree."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from . import gate, passwords, procfs, site
from .claims import CLAIM_HEADINGS, as_json, claims_of, generator_is_the_limit
from .idle_clients import raise_descriptor_limit
from .measure import Plan, Result, run
from .report import Run, page
from .scenarios import SCENARIOS, Kind, Scenario
from .servers import OURO, OURO_LOAD, ROOT, SERVERS
from .table import figure_table, text_table

_BUILD = ROOT / "build/bench"
_CERTIFICATES = _BUILD / "certificates"
_USERS = _BUILD / "users"


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench", description="Measures ouro beside its peers, on loopback only.")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all")
    parser.add_argument("--rounds", type=int, default=5, metavar="N",
                        help="alternating rounds (default 5)")
    parser.add_argument("--quick", action="store_true", help="2 rounds of half the length: a look")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--gate", action="store_true",
                        help="only what is deterministic, against loadtest/bench/limits.json")
    arguments = parser.parse_args(words)
    known = [scenario.name for scenario in SCENARIOS]
    for name in arguments.scenarios:
        if name not in known:
            parser.error(f"no scenario {name}; there are: {' '.join(known)}")
    if arguments.rounds < 1:
        parser.error("--rounds needs at least 1")
    return arguments


def _versions(scenarios: list[Scenario]) -> dict[str, str]:
    used = {name for scenario in scenarios for name in scenario.servers}
    return {name: server.version() for name, server in SERVERS.items()
            if name in used and server.path() is not None}


def _print_result(result: Result, versions: Mapping[str, str]) -> None:
    print(f"\n{result.scenario.title} ({result.scenario.name})")
    if result.values:
        print(text_table(*figure_table(result, versions)))
    for note in result.notes:
        print(f"  {note}")
    sys.stdout.flush()


def _write(results: list[Result], described: Run) -> None:
    (_BUILD / "report.html").write_text(page(results, described))
    (_BUILD / "report.json").write_text(json.dumps({
        "when": described.when, "machine": described.machine, "rounds": described.rounds,
        "versions": described.versions,
        "scenarios": [as_json(result, described.versions) for result in results],
    }, indent=1))


def _bench(scenarios: list[Scenario], rounds: int, seconds_factor: float) -> None:
    machine = (f"{procfs.processor()}, {os.cpu_count()} cores, Linux {platform.release()}, "
               f"loopback, {procfs.congestion_control()}")
    described = Run(time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()), machine, rounds,
                    _versions(scenarios))
    plan = Plan(_BUILD / "site", _BUILD / "servers", rounds, seconds_factor,
                _CERTIFICATES, _USERS)
    results: list[Result] = []
    for scenario in scenarios:
        began = time.monotonic()
        results.append(run(scenario, plan))
        limited = generator_is_the_limit(results[-1])
        if limited:
            results[-1].notes.append(
                f"the generator needs about as much CPU a request as {', '.join(limited)}: "
                "requests/s says too little of these, CPU a request does not")
        if scenario.kind != Kind.PENDING:
            results[-1].notes.append(f"took {time.monotonic() - began:.0f} s")
        _print_result(results[-1], described.versions)
        _write(results, described)  # what is done stays, should a later scenario be interrupted
    claims = [claim for result in results for claim in claims_of(result, described.versions)]
    print()
    print(text_table(CLAIM_HEADINGS, [claim.cells() for claim in claims]))
    print(f"\n{_BUILD / 'report.html'}\n{_BUILD / 'report.json'}")


def _check_programs() -> None:
    for program in (OURO, OURO_LOAD):
        if not program.exists():
            sys.exit(f"bench: there is no {program.relative_to(ROOT)}; ./dev bench builds it")


def _make_certificates() -> None:
    try:
        site.make_certificates(_CERTIFICATES)
    except subprocess.CalledProcessError as error:
        sys.exit(f"bench: openssl makes no certificate: {error.stderr.strip()[-300:]}")
    except OSError:
        sys.exit("bench: the openssl command makes the certificates, and there is none")


def _make_users() -> None:
    try:
        passwords.make_users(_USERS)
    except OSError as error:
        sys.exit(f"bench: no file of users can be made: {error}")


def main(words: list[str]) -> int:
    arguments = _arguments(words)
    if arguments.list:
        for scenario in SCENARIOS:
            print(f"{scenario.name:17} {scenario.title}"
                  + (f" (not yet: {scenario.why})" if scenario.why else ""))
        return 0
    _check_programs()
    raise_descriptor_limit()
    if arguments.gate:
        site.make(_BUILD / "site", cold=False)
        return gate.run(_BUILD / "site", _BUILD / "gate", Path(__file__).with_name("limits.json"))
    chosen = [scenario for scenario in SCENARIOS
              if not arguments.scenarios or scenario.name in arguments.scenarios]
    site.make(_BUILD / "site", cold=any("cold" in scenario.storms for scenario in chosen))
    if any(scenario.tls for scenario in chosen):
        _make_certificates()
    if any(scenario.password for scenario in chosen):
        _make_users()
    _bench(chosen, 2 if arguments.quick else arguments.rounds, 0.5 if arguments.quick else 1.0)
    return 0


if __name__ == "__main__":
    # Without this the servers would outlive a bench that is told to end.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
