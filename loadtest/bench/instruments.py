"""ouro under instruments: each figure is the difference of two runs, with N and with 3 N requests,
so that what starting and stopping cost falls out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from .generator import Load, Running
from .process import Process, free_port
from .servers import OURO, OURO_LOAD, ROOT, Setting, ouro_config
from .site import SIZES

_LIBRARIES = ROOT / "build/release/bench"
_URL = "http://127.0.0.1:{port}/1k.bin"


class Unavailable(Exception):
    """The instrument cannot run here; the text says why."""


def _run(command: list[str], environment: dict[str, str], setting: Setting, load: Load,
         cores: tuple[str | None, str | None]) -> str:
    process = Process(command, cores[0], setting.folder / "output", environment)
    try:
        process.wait_until_it_answers(setting.port, "/1k.bin", SIZES["1k"], 30)
        Running(OURO_LOAD, load, cores[1]).outcome()
    finally:
        process.stop()
    return process.output()


def _setting(site: Path, folder: Path) -> Setting:
    folder.mkdir(parents=True, exist_ok=True)
    return Setting(folder, site, free_port(), 1, False, 64)


def allocations(site: Path, folder: Path, cores: tuple[str | None, str | None],
                engine: str = "auto", requests: int = 40_000) -> float:
    """Heap allocations per hot keep-alive request, of all threads."""
    library = _LIBRARIES / "bench_heap_counter.so"
    counts = []
    for number in (requests, 3 * requests):
        setting = _setting(site, folder)
        written = setting.folder / "heap"
        written.unlink(missing_ok=True)
        load = Load((_URL.format(port=setting.port),), 64, requests=number, warmup_seconds=0)
        _run([str(OURO), "run", "-c", ouro_config(setting, engine)],
             {"LD_PRELOAD": str(library), "OURO_HEAP_COUNT": str(written)}, setting, load, cores)
        if not written.exists():
            raise Unavailable("the preloaded counter wrote nothing")
        counts.append(int(written.read_text()))
    return max(0, counts[1] - counts[0]) / (2 * requests)


def instructions(site: Path, folder: Path, cores: tuple[str | None, str | None],
                 requests: int = 8_000) -> float:
    """User instructions per pipelined cached GET, by callgrind, on epoll: valgrind serialises
    threads and would wait inside io_uring_enter(2) with its lock held."""
    if not shutil.which("valgrind"):
        raise Unavailable("there is no valgrind")
    tried = subprocess.run(["valgrind", "--tool=none", "true"], capture_output=True, text=True,
                           timeout=60, check=False)
    if tried.returncode != 0:
        raise Unavailable("valgrind does not run: " + tried.stderr[-200:])
    library = _LIBRARIES / "bench_openat2_shim.so"
    counts = []
    for number in (requests, 3 * requests):
        setting = _setting(site, folder)
        load = replace(Load((_URL.format(port=setting.port),), 8, pipeline=16, requests=number),
                       warmup_seconds=0)
        output = _run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/callgrind",
                       str(OURO), "run", "-c", ouro_config(setting, "epoll")],
                      {"LD_PRELOAD": str(library)}, setting, load, cores)
        found = re.search(r"Collected : (\d+)", output)
        if not found:
            raise Unavailable("callgrind counted nothing: " + output[-200:])
        counts.append(int(found.group(1)))
    return (counts[1] - counts[0]) / (2 * requests)


def cores_of(both: bool) -> tuple[str | None, str | None]:
    """The cores of the server and of the generator: one each, or nobody's in particular."""
    available = sorted(os.sched_getaffinity(0))
    if both or len(available) < 2 or not shutil.which("taskset"):
        return None, None
    return str(available[0]), str(available[1])
