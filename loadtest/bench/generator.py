"""Starts ouro-load and reads what it reports. Anything but a clean run is an error: a figure of
failed requests would be a figure of nothing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .process import niced, pinned

PERCENTILES: tuple[str, ...] = ("p50", "p90", "p99", "p99.9", "max")


class LoadError(Exception):
    """The generator failed or refused; the text is what it said."""


def to_the_background(cores: str | None) -> None:
    """Of this thread: for what goes on beside a measurement, on the generator's core."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
    if cores is not None:
        os.sched_setaffinity(0, {int(core) for core in cores.split(",")})


@dataclass(frozen=True)
class Load:
    urls: tuple[str, ...]
    connections: int = 64
    loops: int = 1
    seconds: float = 1.0
    warmup_seconds: float = 0.3
    requests: int | None = None
    rate: int | None = None
    pipeline: int = 1
    close: bool = False
    discard: bool = False
    length: int | None = None
    status: int = 200
    guess: str | None = None  # whose password
    addresses: str | None = None  # to connect from

    def arguments(self) -> list[str]:
        words = [f"--connections={self.connections}", f"--loops={self.loops}",
                 f"--warmup={round(self.warmup_seconds * 1000)}ms", "--json"]
        if self.requests is None:
            words.append(f"--duration={round(self.seconds * 1000)}ms")
        else:
            words.append(f"--requests={self.requests}")
        if self.rate is not None:
            words.append(f"--rate={self.rate}")
        if self.pipeline > 1:
            words.append(f"--pipeline={self.pipeline}")
        if self.length is not None:
            words.append(f"--expect-length={self.length}")
        if self.status != 200:
            words.append(f"--expect-status={self.status}")
        if self.guess is not None:
            words.append(f"--guess={self.guess}")
        if self.addresses is not None:
            words.append(f"--from={self.addresses}")
        words += ["--close"] * self.close + ["--discard"] * self.discard
        return [*words, *self.urls]


@dataclass(frozen=True)
class Outcome:
    requests: int
    requests_per_second: float
    bytes_per_second: float
    cpu_us_per_request: float
    latency_ms: dict[str, float] = field(default_factory=dict)

    @staticmethod
    def read(report: dict[str, Any]) -> Outcome:
        latency = report["latency_us"]
        return Outcome(int(report["requests"]), float(report["requests_per_second"]),
                       float(report["bytes_per_second"]), float(report["cpu_us_per_request"]),
                       {name: float(latency[name]) / 1000 for name in PERCENTILES})


class Running:
    """A generator on its way. One in the background leaves its core to one that measures."""

    def __init__(self, program: Path, load: Load, cores: str | None,
                 background: bool = False) -> None:
        self._limit_seconds = load.seconds + load.warmup_seconds + 30
        command = pinned([str(program), *load.arguments()], cores)
        self._child = subprocess.Popen(
            niced(command) if background else command, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def outcome(self) -> Outcome:
        try:
            out, err = self._child.communicate(timeout=self._limit_seconds)
        except subprocess.TimeoutExpired as error:
            self.stop()
            raise LoadError("ouro-load does not end") from error
        if self._child.returncode != 0:
            raise LoadError((err.strip() or out.strip())[-600:])
        return Outcome.read(json.loads(out))

    def stop(self) -> None:
        self._child.kill()
        with contextlib.suppress(ValueError):
            self._child.communicate()

    close = stop


@contextlib.contextmanager
def busy_loop(cores: str | None) -> Iterator[None]:
    """Somebody else's work beside a server: what the server's latency is then, is the kernel's and
    the machine's share of it."""
    command = pinned(["sh", "-c", "while :; do :; done"], cores)
    with subprocess.Popen(niced(command), stdin=subprocess.DEVNULL) as child:
        try:
            yield
        finally:
            child.kill()
