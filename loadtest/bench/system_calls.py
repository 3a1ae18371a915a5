"""Counts the system calls of running processes. perf's tracepoint costs next to nothing; strace
slows a server so much that its batches grow, which flatters a loop: only without a tracepoint."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable

PERF = "perf's raw_syscalls:sys_enter"
STRACE = "strace -c -f (slows the server, so that batches grow)"
_ATTACH_SECONDS = 0.15


class Unavailable(Exception):
    """Neither perf nor strace can count here; the text says why."""


def _perf(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", *arguments],
                          capture_output=True, text=True, timeout=30, check=False)


def perf_count(output: str) -> int | None:
    """The first field of `perf stat -x,`; "<not counted>" and errors are no number."""
    found = re.search(r"^(\d+),[^,]*,raw_syscalls:sys_enter", output, re.MULTILINE)
    return int(found.group(1)) if found else None


def strace_count(output: str) -> int | None:
    """The total of `strace -c`, below the heading "calls"; columns may be empty."""
    heading = re.search(r"^.* calls", output, re.MULTILINE)
    total = re.search(r"^.* total$", output, re.MULTILINE)
    if heading is None or total is None:
        return None
    words = total.group()[:len(heading.group())].split()
    return int(words[-1]) if words and words[-1].isdigit() else None


def how_to_count() -> str:
    """PERF or STRACE; Unavailable where the machine forbids both."""
    reasons = []
    if shutil.which("perf"):
        with contextlib.suppress(subprocess.TimeoutExpired):
            if perf_count(_perf(["--", "true"]).stderr):
                return PERF
        reasons.append("perf may not count system calls")
    else:
        reasons.append("there is no perf")
    if shutil.which("strace"):
        tried = subprocess.run(["strace", "-c", "-f", "true"], capture_output=True, text=True,
                               timeout=30, check=False)
        if strace_count(tried.stderr):
            return STRACE
        reasons.append("strace may not trace (ptrace is forbidden)")
    else:
        reasons.append("there is no strace")
    raise Unavailable("; ".join(reasons))


class Counter:
    """Counts the calls of these processes from now on until it is stopped."""

    def __init__(self, pids: list[int], how: str) -> None:
        self._how = how
        words = (["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p",
                  ",".join(map(str, pids))] if how == PERF
                 else ["strace", "-c", "-f", "-q", *(f"--attach={pid}" for pid in pids)])
        self._tool = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.PIPE, text=True)
        time.sleep(_ATTACH_SECONDS)

    def stop(self) -> int:
        self._tool.send_signal(signal.SIGINT)
        try:
            output = self._tool.communicate(timeout=30)[1]
        except subprocess.TimeoutExpired as error:
            self._tool.kill()
            self._tool.communicate()
            raise Unavailable("the counting tool does not end") from error
        found = (perf_count if self._how == PERF else strace_count)(output)
        if found is None:
            raise Unavailable("nothing was counted: " + output[-200:].strip())
        return found


def per_request(pids: list[int], how: str, send: Callable[[], int]) -> float:
    """System calls a request, connecting and closing included: what was counted from before the
    generator starts until it has ended. `send` makes the requests and says how many."""
    counter = Counter(pids, how)
    try:
        requests = send()
    finally:
        calls = counter.stop()
    return calls / max(1, requests)
