"""The expensive work beside which plain requests are measured: a storm is a generator in the
background, and what it gets done is a figure of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import passwords, site
from .generator import Load, Outcome

_COLD_CLIENTS = 4
_HANDSHAKE_CLIENTS = 64
_PASSWORD_CLIENTS = 8
# Of loopback, and neither its first address, which the plain requests come from, nor its last.
_ADDRESSES = "127.64.0.0/10"
_WARMUP_SECONDS = 0.1


@dataclass(frozen=True)
class Storm:
    figure: str  # what it gets done
    load: Callable[[int, int | None, float], Load]  # of the plain port, the one with TLS, seconds
    done: Callable[[Outcome, float], float]  # the server's CPU time meanwhile, seconds
    # Around it: what makes the work expensive again and again.
    beside: Callable[[Path, str | None], contextlib.AbstractContextManager[object]]


def _cold(port: int, _: int | None, seconds: float) -> Load:
    return Load(tuple(f"http://127.0.0.1:{port}/{site.cold_name(number)}"
                      for number in range(site.COLD_FILES)), _COLD_CLIENTS, 1, seconds,
                _WARMUP_SECONDS, discard=True, length=site.COLD_BYTES)


def _handshakes(_: int, tls_port: int | None, seconds: float) -> Load:
    return Load((f"https://127.0.0.1:{tls_port}/1k.bin",), _HANDSHAKE_CLIENTS, 1, seconds,
                _WARMUP_SECONDS, close=True, length=site.SIZES["1k"])


def _passwords(port: int, _: int | None, seconds: float) -> Load:
    """Guesses as a botnet makes them: each from another address, so over another connection. From
    one address a server would be right to answer later and later (ouro does so behind the fifth
    wrong password) and the guessers would measure its patience; now every guess costs everybody a
    hash, which is the worst that can be done to the plain requests."""
    return Load((f"http://127.0.0.1:{port}{passwords.PATH}",), _PASSWORD_CLIENTS, 1, seconds,
                _WARMUP_SECONDS, close=True, status=401, guess=passwords.USER,
                addresses=_ADDRESSES)


def guesses_of_one(port: int, seconds: float) -> Load:
    """All that one address has to guess with at once."""
    return Load((f"http://127.0.0.1:{port}{passwords.PATH}",), passwords.FLOOD, 1, seconds, 0,
                passwords.FLOOD, close=True, status=401, guess=passwords.USER,
                addresses="127.64.0.1/32")


STORMS: dict[str, Storm] = {
    "cold": Storm("cold_megabytes", _cold, lambda outcome, _: outcome.bytes_per_second / 1e6,
                  site.KeepCold),
    "handshakes": Storm("handshakes", _handshakes, lambda outcome, _: outcome.requests_per_second,
                        lambda folder, cores: contextlib.nullcontext()),
    "passwords": Storm("hashes", _passwords, passwords.hashes_per_second,
                       lambda folder, cores: contextlib.nullcontext()),
}
