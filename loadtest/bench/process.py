"""A server that the bench started. It is ended by its process id, together with its descendants,
and nothing else ever is."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import procfs

_START_SECONDS = 15.0
_STOP_SECONDS = 4.0


class StartError(Exception):
    """The server did not answer in time, or ended; the text has the end of its output."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str, authorization: str | None = None,
        seconds: float = 5.0) -> tuple[int, int]:
    """One GET of our own, independent of the generator: the status and the length of the body."""
    credentials = "" if authorization is None else f"Authorization: {authorization}\r\n"
    with socket.create_connection(("127.0.0.1", port), seconds) as client:
        client.sendall((f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{credentials}"
                        "Connection: close\r\n\r\n").encode())
        with client.makefile("rb") as answer:
            status = int(answer.readline().split()[1])
            while answer.readline() not in (b"\r\n", b""):
                pass
            length = 0
            while piece := answer.read(1 << 20):
                length += len(piece)
    return status, length


def pinned(command: list[str], cores: str | None) -> list[str]:
    return command if cores is None else ["taskset", "--cpu-list", cores, *command]


def niced(command: list[str]) -> list[str]:
    return ["nice", "-n", "19", *command]


class Process:
    def __init__(self, command: list[str], cores: str | None, output: Path,
                 environment: dict[str, str] | None = None) -> None:
        self._output = output
        with output.open("wb") as sink:
            self._child = subprocess.Popen(
                pinned(command, cores), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                env=os.environ | (environment or {}), start_new_session=True)

    @property
    def pid(self) -> int:
        return self._child.pid

    def pids(self) -> list[int]:
        return procfs.process_tree(self._child.pid)

    def output(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_until_it_answers(self, port: int, path: str, length: int,
                              seconds: float = _START_SECONDS) -> None:
        end = time.monotonic() + seconds
        last = "no answer"
        while time.monotonic() < end:
            if self._child.poll() is not None:
                raise StartError(f"ended with {self._child.returncode}: {self.output()[-500:]}")
            try:
                answer = get(port, path)
                if answer == (200, length):
                    return
                last = f"status {answer[0]}, {answer[1]} bytes"
            except (OSError, IndexError, ValueError) as error:
                last = str(error)
            time.sleep(0.02)
        raise StartError(f"{last}; {self.output()[-500:]}")

    def stop(self) -> None:
        pids = self.pids()
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(_STOP_SECONDS)
        # What it left behind: processes that were below it a moment ago, in the session it began.
        for pid in pids[1:]:
            if _same_session(pid, self._child.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if self._child.poll() is None:
            self._child.kill()
            self._child.wait()


def _same_session(pid: int, session: int) -> bool:
    try:
        return os.getsid(pid) == session
    except ProcessLookupError:
        return False
