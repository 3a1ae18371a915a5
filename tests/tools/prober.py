"""Measures how long a healthy site takes to answer, from a process of its own: files that ouro has
in memory ("hot") and files that nobody has asked for yet ("cold": they take a files worker)."""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

# Several, so that every event loop is asked; each asks for a hot and a cold file in turn.
CONNECTIONS = 4
PAUSE_SECONDS = 0.008
TIMEOUT_SECONDS = 5.0
# Of the prober and of ouro: what is measured is not how busy the machine is with something else.
NICE = -10


@dataclass(frozen=True)
class Sample:
    began: float  # time.monotonic()
    cold: bool
    seconds: float
    status: int  # 0: no answer in time


def make_healthy_root(root: Path, seconds: float) -> int:
    """Returns the number of cold files: no more are asked for in so many seconds."""
    cold_files = int(seconds / PAUSE_SECONDS)
    (root / "cold").mkdir(parents=True)
    (root / "hot.txt").write_bytes(b"asked for all the time\n")
    for number in range(cold_files):
        (root / f"cold/{number}.txt").write_bytes(b"asked for once\n")
    return cold_files


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_status(connection: socket.socket) -> int:
    """The bodies are small, and known to be shorter than what is left of a header's segment."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(4096)
        if not piece:
            return 0
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += connection.recv(4096)
    return int(head.split(b" ")[1])


def measure(connection: socket.socket, path: str, *, cold: bool) -> Sample:
    began = time.monotonic()
    try:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: healthy\r\n\r\n".encode())
        status = read_status(connection)
    except TimeoutError:
        status = 0
    return Sample(began, cold, time.monotonic() - began, status)


def probe(port: int, cold_files: int, stop: Connection, samples_out: Connection) -> None:
    os.nice(NICE)
    connections = [connect(port) for _ in range(CONNECTIONS)]
    samples: list[Sample] = []
    for number in range(cold_files):
        if stop.poll():
            break
        turn = number % CONNECTIONS
        samples.append(measure(connections[turn], "/hot.txt", cold=False))
        samples.append(measure(connections[turn], f"/cold/{number}.txt", cold=True))
        if samples[-1].status == 0 or samples[-2].status == 0:
            connections[turn] = connect(port)
        time.sleep(PAUSE_SECONDS)
    samples_out.send(samples)


class Prober:
    """Measures from construction to finish()."""

    def __init__(self, port: int, cold_files: int) -> None:
        stop, self._stop = multiprocessing.Pipe(duplex=False)
        self._samples, samples_out = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.Process(
            target=probe, args=(port, cold_files, stop, samples_out), daemon=True
        )
        self._process.start()

    def finish(self) -> list[Sample]:
        self._stop.send(None)
        samples: list[Sample] = self._samples.recv()
        self._process.join()
        return samples
