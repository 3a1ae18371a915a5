#!/usr/bin/env python3
"""With one root hung, requests to the others keep their latency; the hung ones get 503 with
Retry-After when their queue is full, and recover. Shown with a file system that really hangs, so it
needs root and /dev/fuse. Then the same mount hangs once more, for SIGTERM to come through.

  tests/tools/hung_root.py [--seconds 60] [--engine epoll|io_uring] [--clients 5000] [--unkillable]

With --unkillable, whoever waits for the mount cannot be ended at all; then the server has done what
it can when only those threads are left and its port is free for the next one.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from crowd import Answered, Crowd
from hanging_mount import HangingMount, hanging_mount
from prober import NICE, Prober, Sample, make_healthy_root

REPOSITORY = Path(__file__).resolve().parents[2]
BEFORE_SECONDS = 10.0
RECOVERY_SECONDS = 30.0
# The latency of a machine that does nothing else; below it, a ratio would measure noise.
FLOOR_SECONDS = 0.001
SLOWER_MAX = 3.0
DRAIN_SECONDS = 3.0
# After the drain: the loops are told to end at once (2 s), the logs to write what they have (1 s).
ABORT_SECONDS = 3.0
SLACK_SECONDS = 1.0
# Of the time that the root hangs: meanwhile the crowd arrives. Some clients come after it.
ARRIVAL_SHARE = 1 / 3
LATE_CLIENTS = 100


@dataclass
class Outcome:
    """What one engine did."""

    samples: list[Sample]
    hung_at: float
    answered_at: float
    refused: list[Answered]  # while it hung
    waiting: int  # when it answered again
    recovered: list[Answered]
    recovery_seconds: float
    after: list[Answered]
    stop_seconds: float
    stop_code: int | None  # None: SIGKILL had to end it

    def latencies(self, *, during: bool, cold: bool) -> list[float]:
        begin, end = (self.hung_at, self.answered_at) if during else (0.0, self.hung_at)
        kept = [s.seconds for s in self.samples if s.cold == cold and begin <= s.began < end]
        return sorted(kept)


def percentile(latencies: list[float], share: float) -> float:
    return latencies[min(len(latencies) - 1, int(len(latencies) * share))]


def write_configuration(state: Path, engine: str, port: int) -> Path:
    def site(host: str, root: str) -> dict[str, object]:
        return {"hosts": [host], "routes": [{"files": {"root": str(state / root)}}]}

    configuration = {
        "listen": [f"127.0.0.1:{port}"],
        "engine": engine,
        "loops": 2,
        "log": {"access": None},
        "drain": {"timeout": f"{DRAIN_SECONDS:.0f}s"},
        "sites": [site("healthy", "healthy"), site("hung", "hung")],
    }
    file = state / f"{engine}.jsonc"
    file.write_text(json.dumps(configuration))
    return file


def wait_for_port(port: int) -> None:
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError("ouro does not listen")


@contextlib.contextmanager
def running_ouro(
    program: Path, configuration: Path, port: int
) -> Iterator[subprocess.Popen[bytes]]:
    command = ["nice", "-n", str(NICE), str(program), "run", "-c", str(configuration)]
    process = subprocess.Popen(command)
    try:
        wait_for_port(port)
        yield process
    finally:
        process.kill()
        process.wait()


def main_thread_ended(process: subprocess.Popen[bytes]) -> bool:
    if process.poll() is not None:
        return True
    status = Path(f"/proc/{process.pid}/stat").read_text()
    return status.rpartition(")")[2].split()[0] == "Z"


def wait_for_end(process: subprocess.Popen[bytes], port: int) -> bool:
    """False after 10 s more than it may take."""
    until = time.monotonic() + DRAIN_SECONDS + ABORT_SECONDS + 10
    while not main_thread_ended(process):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    with socket.socket() as next_one:
        next_one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        next_one.bind(("127.0.0.1", port))
        next_one.listen()
    return True


def stop_while_hanging(
    process: subprocess.Popen[bytes], mount: HangingMount, crowd: Crowd, *, unkillable: bool
) -> tuple[float, int | None]:
    mount.hang(unkillable=unkillable)
    crowd.join(20)
    crowd.listen(0.5)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    ended = wait_for_end(process, crowd.port)
    seconds = time.monotonic() - began
    if unkillable:
        mount.answer()
    crowd.leave()
    return seconds, process.wait(10) if ended else None


def live_through(
    process: subprocess.Popen[bytes],
    mount: HangingMount,
    prober: Prober,
    crowd: Crowd,
    options: argparse.Namespace,
) -> Outcome:
    time.sleep(BEFORE_SECONDS)
    mount.hang(unkillable=options.unkillable)
    hung_at = time.monotonic()
    crowd.arrive(options.clients, options.seconds * ARRIVAL_SHARE)
    crowd.arrive(LATE_CLIENTS, options.seconds - (time.monotonic() - hung_at))
    refused, waiting = crowd.take_answered(), crowd.waiting
    mount.answer()
    answered_at = time.monotonic()
    crowd.listen(RECOVERY_SECONDS)
    recovered = crowd.take_answered()
    recovery_seconds = time.monotonic() - answered_at
    crowd.join(20)
    crowd.listen(5)
    after = crowd.take_answered()
    samples = prober.finish()
    stop_seconds, stop_code = stop_while_hanging(
        process, mount, crowd, unkillable=options.unkillable
    )
    return Outcome(
        samples=samples,
        hung_at=hung_at,
        answered_at=answered_at,
        refused=refused,
        waiting=waiting,
        recovered=recovered,
        recovery_seconds=recovery_seconds,
        after=after,
        stop_seconds=stop_seconds,
        stop_code=stop_code,
    )


def try_engine(engine: str, options: argparse.Namespace) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="ouro-hung-") as directory:
        state = Path(directory)
        files = make_healthy_root(state / "healthy", BEFORE_SECONDS + options.seconds + 10)
        (state / "hung").mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        configuration = write_configuration(state, engine, port)
        with (
            hanging_mount(state / "hung") as mount,
            running_ouro(options.ouro, configuration, port) as process,
        ):
            return live_through(process, mount, Prober(port, files), Crowd(port), options)


def print_latencies(outcome: Outcome) -> None:
    print(f"{'the healthy site':<30}{'requests':>10}{'p50':>10}{'p99':>10}{'max':>10}")
    for cold in (False, True):
        for during in (False, True):
            found = outcome.latencies(during=during, cold=cold)
            when = "while the other hangs" if during else "before"
            name = f"{'cold' if cold else 'hot'}, {when}"
            figures = (percentile(found, 0.5), percentile(found, 0.99), found[-1])
            cells = "".join(f"{figure * 1000:>7.2f} ms" for figure in figures)
            print(f"  {name:<28}{len(found):>10}{cells}")


def print_hung(outcome: Outcome) -> None:
    slowest = max((answered.seconds for answered in outcome.refused), default=0.0)
    told = sum(answered.retry_after for answered in outcome.refused)
    print("the hung site")
    print(f"  refused while it hung       {len(outcome.refused):>10}  slowest {slowest:.3f} s")
    print(f"  of them with Retry-After    {told:>10}")
    print(f"  waiting when it came back   {outcome.waiting:>10}")
    answered = sum(answered.status == 200 for answered in outcome.recovered)
    print(f"  of them answered with 200   {answered:>10}  within {outcome.recovery_seconds:.3f} s")
    print(f"  asked afterwards, with 200  {sum(a.status == 200 for a in outcome.after):>10} of 20")
    code = outcome.stop_code
    print(f"SIGTERM while it hung: ended after {outcome.stop_seconds:.2f} s, exit code {code}")


def latency_failures(outcome: Outcome) -> Iterator[str]:
    for cold in (False, True):
        before = percentile(outcome.latencies(during=False, cold=cold), 0.99)
        during = percentile(outcome.latencies(during=True, cold=cold), 0.99)
        if during > SLOWER_MAX * max(before, FLOOR_SECONDS):
            kind = "cold" if cold else "hot"
            yield f"{kind} files: p99 {during * 1000:.2f} ms after {before * 1000:.2f} ms before"
    if wrong := [sample for sample in outcome.samples if sample.status != 200]:
        yield f"{len(wrong)} requests to the healthy site without 200, such as {wrong[0]}"


def failures_of(outcome: Outcome) -> Iterator[str]:
    yield from latency_failures(outcome)
    if not outcome.refused:
        yield "nobody was refused: the queue was never full"
    if any(answered.status != 503 or not answered.retry_after for answered in outcome.refused):
        yield "an answer while it hung that is not 503 with Retry-After"
    if [answered.status for answered in outcome.recovered] != [200] * outcome.waiting:
        yield "not everybody who waited got 200"
    if [answered.status for answered in outcome.after] != [200] * 20:
        yield "not everybody who came afterwards got 200"
    if outcome.stop_code is None:
        yield "SIGTERM did not end it"
    elif outcome.stop_seconds > DRAIN_SECONDS + ABORT_SECONDS + SLACK_SECONDS:
        yield f"SIGTERM took {outcome.stop_seconds:.2f} s"


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--engine", choices=("epoll", "io_uring"), action="append")
    parser.add_argument("--clients", type=int, default=5000)
    parser.add_argument("--unkillable", action="store_true")
    parser.add_argument("--ouro", type=Path, default=REPOSITORY / "build/release/ouro")
    return parser.parse_args()


def main() -> int:
    options = parse_options()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    failed = False
    for engine in options.engine or ("epoll", "io_uring"):
        print(f"\n== {engine}: a root that hangs for {options.seconds:.0f} s", flush=True)
        outcome = try_engine(engine, options)
        print_latencies(outcome)
        print_hung(outcome)
        for failure in failures_of(outcome):
            failed = True
            print(f"FAILED  {failure}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
