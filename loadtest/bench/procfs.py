"""What Linux says about running processes: their threads' CPU time, switches and memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Usage:
    """Totals over all threads of all processes of a server, since they started."""

    cpu_seconds: float
    switches: int


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process or thread has ended
        return ""


def parent_of(pid: int) -> int:
    # The command stands in parentheses and may contain both spaces and parentheses.
    fields = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def process_tree(root: int) -> list[int]:
    """The process and all its descendants, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            children.setdefault(parent_of(int(entry.name)), []).append(int(entry.name))
    tree = [root]
    for pid in tree:
        tree.extend(children.get(pid, []))
    return tree


def _switches(status: str) -> int:
    return sum(int(line.split()[1]) for line in status.splitlines() if "ctxt_switches:" in line)


def usage(pids: list[int]) -> Usage:
    cpu_nanoseconds = 0
    switches = 0
    for pid in pids:
        try:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
        except OSError:
            continue
        for task in tasks:
            fields = _read(task / "schedstat").split()
            cpu_nanoseconds += int(fields[0]) if fields else 0
            switches += _switches(_read(task / "status"))
    return Usage(cpu_nanoseconds / 1e9, switches)


def stolen_ticks(core: str) -> int:
    """Of USER_HZ: the time that the machine below this one took from the core."""
    for line in _read(Path("/proc/stat")).splitlines():
        if line.startswith(f"cpu{core} "):
            return int(line.split()[8])
    return 0


def anonymous_bytes(pids: list[int]) -> int:
    """Private user memory; a page that forked processes share counts once."""
    total = 0
    for pid in pids:
        for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
            if line.startswith("Pss_Anon:"):
                total += int(line.split()[1]) * 1024
    return total


def kernel() -> str:
    return _read(Path("/proc/sys/kernel/osrelease")).strip()


def processor() -> str:
    for line in _read(Path("/proc/cpuinfo")).splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return "unknown processor"


def congestion_control() -> str:
    """What new sockets get; on loopback too it decides how fast large answers are."""
    return _read(Path("/proc/sys/net/ipv4/tcp_congestion_control")).strip() or "TCP"
