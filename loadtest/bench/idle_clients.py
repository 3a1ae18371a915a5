"""Connections that asked once, got their answer, and wait: what a server keeps for each of them."""

from __future__ import annotations

import contextlib
import resource
import socket
import ssl
import time

from . import procfs
from .process import Process

_REQUEST = b"GET /1k.bin HTTP/1.1\r\nHost: localhost\r\n\r\n"
_SETTLE_SECONDS = 0.3


def _answered(client: socket.socket, length: int) -> None:
    received = b""
    while b"\r\n\r\n" not in received or len(received.partition(b"\r\n\r\n")[2]) < length:
        piece = client.recv(65536)
        if not piece:
            raise ConnectionError("closed before the whole answer")
        received += piece
    if not received.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(received[:40].decode(errors="replace"))


def raise_descriptor_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def bytes_per_connection(process: Process, port: int, tls: bool, length: int, few: int,
                         many: int) -> float:
    """The difference between few and many, so that what the first connections bring falls out."""
    context = _unverified() if tls else None
    with contextlib.ExitStack() as clients:
        sizes = []
        opened = 0
        for wanted in (few, many):
            while opened < wanted:
                client = clients.enter_context(socket.create_connection(("127.0.0.1", port), 10))
                # The request must not wait until the end of the handshake is acknowledged.
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if context is not None:
                    client = clients.enter_context(context.wrap_socket(client))
                client.sendall(_REQUEST)
                _answered(client, length)
                opened += 1
            time.sleep(_SETTLE_SECONDS)
            sizes.append(procfs.anonymous_bytes(process.pids()))
    return (sizes[1] - sizes[0]) / (many - few)
