"""The files that every server serves, how they are made cold again, and the certificates."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from . import passwords
from .generator import to_the_background

_MIB = 1 << 20

SIZES: dict[str, int] = {"1k": 1024, "100k": 100 * 1024, "10m": 10 * _MIB}
COLD_FILES = 4
COLD_BYTES = 200 * _MIB

# By name: how openssl-req(1) makes the key.
CERTIFICATES: dict[str, tuple[str, ...]] = {
    "p256": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa2048": ("-newkey", "rsa:2048"),
}
_VALID_DAYS = 30


@dataclass(frozen=True)
class Certificate:
    chain: Path
    key: Path


def certificate(folder: Path, name: str) -> Certificate:
    return Certificate(folder / f"{name}.pem", folder / f"{name}.key")


def make_certificates(folder: Path) -> None:
    """Idempotent: self-signed ones, as long as they are good for another day. OSError when there is
    no openssl command."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, key_words in CERTIFICATES.items():
        made = certificate(folder, name)
        if made.key.exists() and subprocess.run(
                ["openssl", "x509", "-checkend", "86400", "-noout", "-in", str(made.chain)],
                capture_output=True, check=False).returncode == 0:
            continue
        subprocess.run(["openssl", "req", "-x509", *key_words, "-nodes", "-days", str(_VALID_DAYS),
                        "-subj", "/CN=localhost", "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(made.key),
                        "-out", str(made.chain)], capture_output=True, check=True, text=True)


def make(folder: Path, cold: bool = True) -> None:
    """Idempotent; the content does not compress, and no two files are equal."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in SIZES.items():
        _write(folder / f"{name}.bin", size)
    (folder / passwords.FOLDER).mkdir(exist_ok=True)
    _write(folder / passwords.PATH.removeprefix("/"), SIZES["1k"])
    for number in range(COLD_FILES if cold else 0):
        _write(folder / cold_name(number), COLD_BYTES)


def cold_name(number: int) -> str:
    return f"cold{number}.bin"


def _write(path: Path, size: int) -> None:
    if path.exists() and path.stat().st_size == size:
        return
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        left = size
        while left > 0:
            file.write(os.urandom(min(left, _MIB)))
            left -= _MIB
        file.flush()
        os.fsync(file.fileno())  # pages that are not on the disk yet cannot be dropped
    part.rename(path)


def drop_from_page_cache(folder: Path) -> None:
    for number in range(COLD_FILES):
        fd = os.open(folder / cold_name(number), os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)


class KeepCold:
    """Drops the cold files from the page cache again and again, on the generator's core."""

    def __init__(self, folder: Path, cores: str | None, pause_seconds: float = 0.05) -> None:
        self._folder = folder
        self._cores = cores
        self._pause_seconds = pause_seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> KeepCold:
        drop_from_page_cache(self._folder)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        to_the_background(self._cores)
        while not self._stop.wait(self._pause_seconds):
            drop_from_page_cache(self._folder)
