"""A folder beside the plain files that asks for a password: its user, the file of users, and
whether a server really hashes what it is given, for "401" is quickly said."""

from __future__ import annotations

import base64
import ctypes
import functools
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from .generator import LoadError, Outcome
from .process import StartError, get

USER = "bench"  # whose password is guessed
FLOOD = 1000  # guesses at once
# Each logs in once: whoever was let in is remembered for a while, and costs nothing then.
LOGINS = [f"user{number}" for number in range(10)]
_PASSWORD = "the right one"
FOLDER = "private"
PATH = f"/{FOLDER}/1k.bin"

# As `htpasswd -B -C 10` makes them; $2y$ is what all of the servers read.
_SETTING = "$2y$10$"
# Of the time that a hash takes us: others' code may be faster, but not twice.
_HASHED_AT_LEAST = 0.5
_WRONG = 3


def bcrypt(password: str, setting: str) -> str:
    """crypt(3), of which Python's own module is gone since 3.13. OSError: there is no libxcrypt."""
    crypt = ctypes.CDLL("libcrypt.so.1").crypt
    crypt.restype = ctypes.c_char_p
    hashed: bytes | None = crypt(password.encode(), setting.encode())
    if hashed is None or hashed.startswith(b"*"):
        raise OSError(f"crypt(3) cannot hash with {setting}")
    return hashed.decode()


def make_users(path: Path) -> None:
    def hashed() -> str:
        # Each its own: Caddy remembers hashes, not users. Of the last character some bits count.
        return bcrypt(_PASSWORD, _SETTING + secrets.token_hex(11)[:21] + "u")

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{user}:{hashed()}\n" for user in (USER, *LOGINS)))


@functools.cache
def hash_seconds() -> float:
    """CPU time, the least of three: what else the machine does must not count."""
    def once() -> float:
        began = time.thread_time()
        bcrypt(_PASSWORD, _SETTING + "." * 22)
        return time.thread_time() - began
    return min(once() for _ in range(3))


def _credentials(password: str, user: str = USER) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def login_seconds(port: int, user: str, length: int, limit_seconds: float) -> float:
    """How long this user waits to be let in: `limit_seconds` when it is longer."""
    began = time.monotonic()
    try:
        answer = get(port, PATH, _credentials(_PASSWORD, user), limit_seconds)
    except TimeoutError:
        return limit_seconds
    except (OSError, IndexError, ValueError) as error:
        raise LoadError(f"no answer for {PATH}: {error}") from error
    if answer != (200, length):
        raise LoadError(f"answers {answer[0]}, {answer[1]} bytes to the right password")
    return time.monotonic() - began


def _ask(port: int, authorization: str | None = None) -> tuple[int, int]:
    try:
        return get(port, PATH, authorization)
    except (OSError, IndexError, ValueError) as error:
        raise StartError(f"no answer for {PATH}: {error}") from error


def check(port: int, length: int, cpu_seconds: Callable[[], float]) -> None:
    """StartError, unless it asks for the password, knows the right one, and spends a hash's
    `cpu_seconds` on a wrong one that it never saw. The time until it answers would prove nothing:
    lighttpd lets whoever was wrong wait for a second."""
    status = _ask(port)[0]
    if status != 401:
        raise StartError(f"answers {status} without a password")
    answer = _ask(port, _credentials(_PASSWORD))
    if answer != (200, length):
        raise StartError(f"answers {answer[0]}, {answer[1]} bytes to the right password")
    before = cpu_seconds()
    for _ in range(_WRONG):
        status = _ask(port, _credentials(secrets.token_hex(16)))[0]
        if status != 401:
            raise StartError(f"answers {status} to a wrong password")
    if complaint := _too_little(_WRONG, cpu_seconds() - before):
        raise StartError(complaint)


def hashes_per_second(guesses: Outcome, cpu_seconds: float) -> float:
    """LoadError when the server had too little of the CPU for so many."""
    if complaint := _too_little(guesses.requests, cpu_seconds):
        raise LoadError(complaint)
    return guesses.requests_per_second


def _too_little(hashes: int, cpu_seconds: float) -> str:
    each = cpu_seconds / max(1, hashes)
    if each >= _HASHED_AT_LEAST * hash_seconds():
        return ""
    return (f"refuses a password after {each * 1e3:.1f} ms of CPU; a hash takes "
            f"{hash_seconds() * 1e3:.1f} ms")
