"""A file system that stops answering when told to, as a dead NFS server or a failing disk does.

It speaks the kernel's FUSE protocol (linux/fuse.h) itself, so it needs root and /dev/fuse, and no
library. Its one directory has every name fN.txt, N a number. There are two ways to hang:

- nothing is read from /dev/fuse: whoever asks waits in the kernel, but SIGKILL and _exit end it, as
  with NFS;
- requests are read and kept: nothing ends the thread that asked (state D), as with a disk that has
  failed.
"""

from __future__ import annotations

import contextlib
import ctypes
import enum
import errno
import os
import re
import select
import stat
import struct
import time
from collections.abc import Iterator
from pathlib import Path


class Opcode(enum.IntEnum):
    LOOKUP = 1
    FORGET = 2
    GETATTR = 3
    OPEN = 14
    READ = 15
    RELEASE = 18
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    BATCH_FORGET = 42


NOT_ANSWERED = (Opcode.FORGET, Opcode.INTERRUPT, Opcode.BATCH_FORGET)

# Version 7.31; without parallel look-ups one that hangs would hold a lock against the others.
PROTOCOL = (7, 31)
PARALLEL_DIROPS = 1 << 18
MAX_WRITE = 4096
REQUEST_BYTES_MAX = 1 << 16

IN_HEADER = struct.Struct("<IIQQIIIHH")
OUT_HEADER = struct.Struct("<IiQ")
INIT_OUT = struct.Struct("<IIIIHHIIHHI28x")
ATTRIBUTES = struct.Struct("<6Q10I")
VALIDITY = struct.Struct("<QII")  # of attributes: none, so that every look-up asks us
ENTRY = struct.Struct("<QQQQII")
OPEN_OUT = struct.Struct("<QIi")
READ_IN = struct.Struct("<QQI")

ROOT_NODE = 1
FIRST_FILE_NODE = 2
NAME = re.compile(rb"f(\d{1,9})\.txt")
MNT_DETACH = 2
HANG, KEEP, ANSWER = b"h", b"k", b"a"


def content_of(node: int) -> bytes:
    return b"this is file %d\n" % (node - FIRST_FILE_NODE)


def attributes_of(node: int) -> bytes:
    is_root = node == ROOT_NODE
    mode = stat.S_IFDIR | 0o755 if is_root else stat.S_IFREG | 0o644
    size = 0 if is_root else len(content_of(node))
    hour_ago = int(time.time()) - 3600
    times = (hour_ago, hour_ago, hour_ago, 0, 0, 0)
    return ATTRIBUTES.pack(node, size, 1, *times, mode, 1, 0, 0, 0, 4096, 0)


def look_up(name: bytes) -> bytes | int:
    match = NAME.fullmatch(name)
    if match is None:
        return -errno.ENOENT
    node = FIRST_FILE_NODE + int(match[1])
    return ENTRY.pack(node, 0, 0, 0, 0, 0) + attributes_of(node)


def read(node: int, body: bytes) -> bytes:
    _, offset, size = READ_IN.unpack_from(body)
    return content_of(node)[offset : offset + size]


def answer_to(opcode: int, node: int, body: bytes) -> bytes | int:
    """What comes behind the header, or a negative errno."""
    match opcode:
        case Opcode.INIT:
            return INIT_OUT.pack(*PROTOCOL, 0, PARALLEL_DIROPS, 0, 0, MAX_WRITE, 1, 0, 0, 0)
        case Opcode.LOOKUP:
            return look_up(body.rstrip(b"\0"))
        case Opcode.GETATTR:
            return VALIDITY.pack(0, 0, 0) + attributes_of(node)
        case Opcode.OPEN:
            return OPEN_OUT.pack(0, 0, 0)
        case Opcode.READ:
            return read(node, body)
        case Opcode.RELEASE | Opcode.FLUSH:
            return b""
        case _:
            return -errno.ENOSYS


def take_request(fuse: int) -> bytes:
    """Empty when whoever asked is gone."""
    try:
        return os.read(fuse, REQUEST_BYTES_MAX)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINTR, errno.EAGAIN):
            return b""
        raise


def answer_request(fuse: int, request: bytes) -> None:
    _, opcode, unique, node, *_ = IN_HEADER.unpack_from(request)
    if opcode in NOT_ANSWERED:
        return
    answer = answer_to(opcode, node, request[IN_HEADER.size :])
    error, body = (answer, b"") if isinstance(answer, int) else (0, answer)
    with contextlib.suppress(FileNotFoundError):  # gone meanwhile
        os.write(fuse, OUT_HEADER.pack(OUT_HEADER.size + len(body), error, unique) + body)


def answer_until_told(fuse: int, orders: int) -> None:
    """Ends when the file system is unmounted or whoever gives the orders is gone."""
    order = ANSWER
    kept: list[bytes] = []
    while True:
        readable, _, _ = select.select([orders] if order == HANG else [fuse, orders], [], [])
        if orders in readable:
            order = os.read(orders, 1)
            if not order:
                return
            while order == ANSWER and kept:
                answer_request(fuse, kept.pop(0))
        elif request := take_request(fuse):
            if order == ANSWER:
                answer_request(fuse, request)
            else:
                kept.append(request)


class HangingMount:
    """Made by hanging_mount(); its file system is answered for by a child process."""

    def __init__(self, orders: int) -> None:
        self._orders = orders

    def hang(self, *, unkillable: bool) -> None:
        os.write(self._orders, KEEP if unkillable else HANG)

    def answer(self) -> None:
        os.write(self._orders, ANSWER)


def mount(fuse: int, path: Path) -> None:
    options = f"fd={fuse},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"hanging", str(path).encode(), b"fuse", 0, options) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot mount a FUSE file system: {os.strerror(number)}")


def unmount(path: Path) -> None:
    ctypes.CDLL(None).umount2(str(path).encode(), MNT_DETACH)


def start_answering(fuse: int) -> tuple[int, int]:
    """Returns the child and the pipe that it takes orders from."""
    orders, orders_end = os.pipe()
    child = os.fork()
    if child > 0:
        os.close(orders)
        return child, orders_end
    try:
        os.close(orders_end)
        answer_until_told(fuse, orders)
    except OSError:
        pass  # ENODEV: unmounted
    finally:
        os._exit(0)


@contextlib.contextmanager
def hanging_mount(path: Path) -> Iterator[HangingMount]:
    fuse = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
    try:
        mount(fuse, path)
        child, orders = start_answering(fuse)
    finally:
        os.close(fuse)
    try:
        yield HangingMount(orders)
    finally:
        # Nobody holds /dev/fuse any more then, so whatever still waits gets an error.
        os.close(orders)
        os.waitpid(child, 0)
        unmount(path)
