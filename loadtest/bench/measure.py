"""Runs one scenario: starts its servers, measures them in alternating rounds, stops them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import TypeVar

from . import cpu_quota, instruments, passwords, procfs, site, system_calls
from .generator import PERCENTILES, Load, LoadError, Outcome, Running, busy_loop
from .idle_clients import bytes_per_connection
from .process import Process, StartError, free_port
from .scenarios import Kind, Scenario
from .servers import LOG_SUFFIX, OURO_LOAD, Setting, Tls, command_of, server_of
from .storms import STORMS, guesses_of_one

_MARGIN_SECONDS = 0.1  # the generator needs a moment to start; nothing is counted near its ends
_STORM_RATE = 2000
_UNDISTURBED_TRIES = 4
_LOGINS_ALONE, _LOGINS_BESIDE = 5, 5
_LOGIN_LIMIT_SECONDS = 20.0
_IDLE_FEW, _IDLE_MANY = 500, 4500


@dataclass(frozen=True)
class Plan:
    site: Path
    work: Path
    rounds: int
    seconds_factor: float = 1.0
    certificates: Path = Path()  # a folder
    users: Path = Path()  # a file


@dataclass
class Result:
    scenario: Scenario
    # server -> figure -> one value per round
    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    # server -> "alone", "control" or "storm" -> percentile -> one value in ms per round
    latency: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, server: str, figure: str, value: float) -> None:
        self.values.setdefault(server, {}).setdefault(figure, []).append(value)

    def add_latency(self, server: str, when: str, outcome: Outcome) -> None:
        by_name = self.latency.setdefault(server, {}).setdefault(when, {})
        for name in PERCENTILES:
            by_name.setdefault(name, []).append(outcome.latency_ms[name])


@dataclass(frozen=True)
class Started:
    process: Process
    port: int
    tls_port: int | None = None

    def cpu_seconds(self) -> float:
        return procfs.usage(self.process.pids()).cpu_seconds

    def url(self, scenario: Scenario) -> str:
        return (f"http://127.0.0.1:{self.port}" if scenario.tls is None
                else f"https://127.0.0.1:{self.tls_port}") + f"/{scenario.file}.bin"


@contextlib.contextmanager
def servers_of(scenario: Scenario, plan: Plan, result: Result) -> Iterator[dict[str, Started]]:
    """Those of the scenario's servers that are installed and start; the notes name the others."""
    started: dict[str, Started] = {}
    cores = instruments.cores_of(scenario.both_cores)
    with contextlib.ExitStack() as stack:
        for name in scenario.servers:
            if server_of(name).path() is None:
                result.notes.append(f"{name} is left out: not installed")
                continue
            port = free_port()
            tls = None if scenario.tls is None else Tls(
                free_port(), site.certificate(plan.certificates, scenario.tls))
            setting = Setting(plan.work / name, plan.site, port, 2 if scenario.both_cores else 1,
                              name.endswith(LOG_SUFFIX),
                              min(scenario.connections, server_of(name).connections_max), tls,
                              plan.users if scenario.password else None)
            command = command_of(name, setting)
            if scenario.cpu_quota is not None:
                try:
                    group = stack.enter_context(
                        cpu_quota.group(f"bench-{port}", scenario.cpu_quota))
                except cpu_quota.Unavailable as error:
                    result.notes.append(f"{name} is left out: {error}")
                    continue
                command = cpu_quota.inside(group, command)
            process = Process(command, cores[0], setting.folder / "output",
                              {"XDG_CONFIG_HOME": str(setting.folder),
                               "XDG_DATA_HOME": str(setting.folder)})
            stack.callback(process.stop)
            try:
                process.wait_until_it_answers(port, f"/{scenario.file}.bin",
                                              site.SIZES[scenario.file])
                answering = Started(process, port, tls.port if tls else None)
                if scenario.password:
                    passwords.check(port, site.SIZES["1k"], answering.cpu_seconds)
                started[name] = answering
            except StartError as error:
                result.notes.append(f"{name} is left out: {error}")
        yield started


def load_of(scenario: Scenario, started: Started, plan: Plan) -> Load:
    return Load((started.url(scenario),), scenario.connections,
                2 if scenario.both_cores else 1, scenario.seconds * plan.seconds_factor,
                pipeline=scenario.pipeline, close=scenario.close, discard=scenario.discard,
                length=site.SIZES[scenario.file])


def _measure_load(started: Started, load: Load, cores: str | None) -> dict[str, float]:
    pids = started.process.pids()
    generator = Running(OURO_LOAD, load, cores)
    time.sleep(load.warmup_seconds + _MARGIN_SECONDS)
    began, before = time.monotonic(), procfs.usage(pids)
    time.sleep(max(0.1, load.seconds - 2 * _MARGIN_SECONDS))
    ended, after = time.monotonic(), procfs.usage(pids)
    outcome = generator.outcome()
    requests = max(1.0, outcome.requests_per_second * (ended - began))
    return {"rate": outcome.requests_per_second,
            "cpu": (after.cpu_seconds - before.cpu_seconds) * 1e6 / requests,
            "switches": (after.switches - before.switches) / requests,
            "megabytes": procfs.anonymous_bytes(pids) / 1e6,
            "generator_cpu": outcome.cpu_us_per_request,
            "closed_p50_ms": outcome.latency_ms["p50"],
            "closed_p99_ms": outcome.latency_ms["p99"]}


def calls_per_request(started: Started, load: Load, cores: str | None, how: str) -> float:
    generator = replace(load, warmup_seconds=0)  # what is not counted there would be counted here
    return system_calls.per_request(started.process.pids(), how, lambda: Running(
        OURO_LOAD, generator, cores).outcome().requests)


def _each(servers: dict[str, Started], rounds: int) -> Iterator[tuple[str, Started]]:
    """Round after round, each server once; every second round backwards (ABBA), so that whatever
    drifts does not always fall on the same one."""
    for number in range(rounds):
        for name in (list(servers) if number % 2 == 0 else list(servers)[::-1]):
            if name in servers:
                yield name, servers[name]


def _run_load(scenario: Scenario, plan: Plan, result: Result) -> None:
    cores = instruments.cores_of(scenario.both_cores)[1]
    with servers_of(scenario, plan, result) as servers:
        for name, started in _each(servers, plan.rounds):
            try:
                measured = _measure_load(started, load_of(scenario, started, plan), cores)
            except LoadError as error:
                _leave_out(result, servers, name, error)
                continue
            for figure, value in measured.items():
                result.add(name, figure, value)
        _count_calls(scenario, plan, result, servers, cores)


def _count_calls(scenario: Scenario, plan: Plan, result: Result, servers: dict[str, Started],
                 cores: str | None) -> None:
    try:
        how = system_calls.how_to_count()
        result.notes.append(f"system calls: a run of their own, counted by {how}")
        for name, started in servers.items():
            value = calls_per_request(started, load_of(scenario, started, plan), cores, how)
            result.add(name, "calls", value)
    except (system_calls.Unavailable, LoadError) as error:
        result.notes.append(f"system calls are not counted: {error}")


def _leave_out(result: Result, servers: dict[str, Started], name: str, error: Exception) -> None:
    result.notes.append(f"{name} is left out: {error}")
    result.values.pop(name, None)
    result.latency.pop(name, None)
    servers.pop(name, None)


def _beside_storms(scenario: Scenario, plan: Plan, started: Started, calm: Load,
                   cores: str | None) -> tuple[Outcome, dict[str, float]]:
    """The plain load's outcome, and what each storm got done."""
    storms = [STORMS[name] for name in scenario.storms]
    with contextlib.ExitStack() as stack:
        for storm in storms:
            stack.enter_context(storm.beside(plan.site, cores))
        before = started.cpu_seconds()
        generators = []
        for storm in storms:
            rough = storm.load(started.port, started.tls_port, calm.seconds + 0.9)
            generators.append(Running(OURO_LOAD, rough, cores, background=True))
            stack.callback(generators[-1].stop)
        time.sleep(0.4)
        outcome = Running(OURO_LOAD, calm, cores).outcome()
        outcomes = [generator.outcome() for generator in generators]
        cpu_seconds = started.cpu_seconds() - before
        return outcome, {storm.figure: storm.done(done, cpu_seconds)
                         for storm, done in zip(storms, outcomes, strict=True)}


T = TypeVar("T")


def _undisturbed(core: str | None, measure: Callable[[], T]) -> T:
    """Once more when the machine below took the server's core away meanwhile."""
    for _ in range(_UNDISTURBED_TRIES):
        before = procfs.stolen_ticks(core or "")
        measured = measure()
        if procfs.stolen_ticks(core or "") == before:
            break
    return measured


def _run_storm(scenario: Scenario, plan: Plan, result: Result) -> None:
    server_core, cores = instruments.cores_of(scenario.both_cores)
    with servers_of(scenario, plan, result) as servers:
        for name, started in _each(servers, plan.rounds):
            calm = Load((f"http://127.0.0.1:{started.port}/{scenario.file}.bin",),
                        scenario.connections, 1, scenario.seconds * plan.seconds_factor,
                        rate=_STORM_RATE, length=site.SIZES[scenario.file])

            def outcome(calm: Load = calm) -> Outcome:
                return Running(OURO_LOAD, calm, cores).outcome()

            try:
                result.add_latency(name, "alone", outcome())
                if scenario.control:
                    with busy_loop(server_core):
                        result.add_latency(name, "control", _undisturbed(server_core, outcome))
                measure = partial(_beside_storms, scenario, plan, started, calm, cores)
                beside, done = (_undisturbed(server_core, measure) if scenario.control
                                else measure())
                result.add_latency(name, "storm", beside)
            except LoadError as error:
                _leave_out(result, servers, name, error)
                continue
            for when, latency in result.latency[name].items():
                for percentile in ("p50", "p99", "max"):
                    result.add(name, f"{when}_{percentile}", latency[percentile][-1])
            for figure, value in done.items():
                result.add(name, figure, value)


def _logins(port: int, users: list[str]) -> float:
    """The median in seconds, of as many as are let in within a while."""
    seconds: list[float] = []
    for user in users:
        seconds.append(passwords.login_seconds(port, user, site.SIZES["1k"],
                                               _LOGIN_LIMIT_SECONDS))
        if sum(seconds) > _LOGIN_LIMIT_SECONDS / 2:
            break
    return median(seconds)


def _run_logins(scenario: Scenario, plan: Plan, result: Result) -> None:
    cores = instruments.cores_of(scenario.both_cores)[1]
    for number in range(plan.rounds):
        for name in (scenario.servers if number % 2 == 0 else scenario.servers[::-1]):
            # A fresh one each time: it would still be busy with the last round's guesses.
            with servers_of(replace(scenario, servers=(name,)), plan, result) as servers:
                for started in servers.values():
                    try:
                        alone = _logins(started.port, passwords.LOGINS[:_LOGINS_ALONE])
                        flood = Running(OURO_LOAD, guesses_of_one(
                            started.port, 2 * _LOGIN_LIMIT_SECONDS), cores, background=True)
                        with contextlib.closing(flood):
                            time.sleep(0.5)
                            beside = _logins(started.port, passwords.LOGINS[
                                _LOGINS_ALONE:_LOGINS_ALONE + _LOGINS_BESIDE])
                    except LoadError as error:
                        result.notes.append(f"{name}: {error}")
                        continue
                    result.add(name, "login_alone", alone * 1e3)
                    result.add(name, "login_beside", beside * 1e3)
                    result.add(name, "login_times", beside / alone)
    result.notes = sorted(set(result.notes))


def _run_idle(scenario: Scenario, plan: Plan, result: Result) -> None:
    # Memory hardly varies, and handshakes take their time.
    for _ in range(min(2 if scenario.tls else 3, plan.rounds)):
        for name in scenario.servers:
            few, many = _IDLE_FEW, _IDLE_MANY
            if server_of(name).connections_max < many:
                many = server_of(name).connections_max
                few = many // 4
            # One server at a time, and a fresh one: what was freed would be used again.
            alone = replace(scenario, servers=(name,), connections=many)
            with servers_of(alone, plan, result) as servers:
                for started in servers.values():
                    try:
                        result.add(name, "idle_bytes", bytes_per_connection(
                            started.process, started.tls_port or started.port,
                            started.tls_port is not None, site.SIZES["1k"], few, many))
                    except OSError as error:
                        result.notes.append(f"{name} is left out: {error}")
    result.notes = sorted(set(result.notes))


def _run_hot_path(scenario: Scenario, plan: Plan, result: Result) -> None:
    cores = instruments.cores_of(False)
    counters: tuple[tuple[str, Callable[..., float]], ...] = (
        ("allocations", instruments.allocations), ("instructions", instruments.instructions))
    for figure, counted in counters:
        try:
            result.add("ouro", figure, counted(plan.site, plan.work / figure, cores))
        except (instruments.Unavailable, StartError, LoadError) as error:
            result.notes.append(f"{figure} are not counted: {error}")


_RUNS: dict[Kind, Callable[[Scenario, Plan, Result], None]] = {
    Kind.LOAD: _run_load, Kind.STORM: _run_storm, Kind.LOGIN: _run_logins,
    Kind.IDLE: _run_idle, Kind.HOT_PATH: _run_hot_path}


def run(scenario: Scenario, plan: Plan) -> Result:
    result = Result(scenario)
    if scenario.kind == Kind.PENDING:
        result.notes.append(f"not yet: {scenario.why}")
        return result
    load = os.getloadavg()[0]
    result.notes.append(f"load average before it began: {load:.1f}"
                        + (" (others were busy: expect a wide spread)" if load > 1 else ""))
    _RUNS[scenario.kind](scenario, plan, result)
    return result
