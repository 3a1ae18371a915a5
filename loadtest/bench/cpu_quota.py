"""A CPU quota for a server, as containers have it: a control group of its own for as long as it
runs. Needs root, or a control group that is ours to divide."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path

_PERIOD_US = 100_000
_GONE_SECONDS = 2.0  # a group can be removed when the last thread of its processes is


class Unavailable(Exception):
    """The text says why."""


def _parents() -> Iterator[Path]:
    """Where this process's group is mounted, in version 1 and version 2."""
    groups = dict(line.split(":", 2)[1:] for line in
                  Path("/proc/self/cgroup").read_text().splitlines())
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, at, kind, options = line.split()[:4]
        controllers = [names for names in groups if "cpu" in names.split(",")]
        if kind == "cgroup" and "cpu" in options.split(",") and controllers:
            yield Path(at) / groups[controllers[0]].lstrip("/")
        if kind == "cgroup2" and "" in groups:
            yield Path(at) / groups[""].lstrip("/")


def _limit(folder: Path, cpus: float) -> None:
    quota = round(cpus * _PERIOD_US)
    if (folder / "cpu.max").exists():
        (folder / "cpu.max").write_text(f"{quota} {_PERIOD_US}")
    else:
        (folder / "cpu.cfs_period_us").write_text(str(_PERIOD_US))
        (folder / "cpu.cfs_quota_us").write_text(str(quota))


def _has_quotas(folder: Path) -> bool:
    return (folder / "cpu.max").exists() or (folder / "cpu.cfs_quota_us").exists()


def _remove(folder: Path) -> None:
    end = time.monotonic() + _GONE_SECONDS
    while True:
        try:
            folder.rmdir()
            return
        except OSError as error:
            if error.errno != errno.EBUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextlib.contextmanager
def group(name: str, cpus: float) -> Iterator[Path]:
    """The folder of a new control group. Whatever runs in it has to end before this does."""
    problem = "no control group for CPU time is mounted"
    for parent in _parents():
        folder = parent / name
        try:
            folder.mkdir()
        except OSError as error:
            problem = str(error)
            continue
        try:
            if not _has_quotas(folder):
                problem = f"{parent} does not divide CPU time"
                continue
            _limit(folder, cpus)
            yield folder
            return
        finally:
            _remove(folder)
    raise Unavailable(f"no CPU quota: {problem}")


def inside(folder: Path, command: list[str]) -> list[str]:
    """The command that begins in the group already: a server reads its quota when it starts."""
    return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', str(folder / "cgroup.procs"), *command]
