"""What is measured, as data: the rows of the table in which ouro's claims are made and kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    LOAD = "load"  # a closed loop: requests a second and CPU a request
    STORM = "storm"  # an open loop, alone and beside expensive work: latency
    LOGIN = "login"  # somebody's, alone and beside a flood of guesses from one address
    IDLE = "idle"  # connections that wait: memory
    HOT_PATH = "hot path"  # ouro under instruments: instructions, allocations, system calls
    PENDING = "pending"  # needs what ouro does not have yet


@dataclass(frozen=True)
class Figure:
    name: str
    unit: str
    more_is_better: bool
    absolute: bool = False  # shown as it is, not as a ratio to nginx


RATE = Figure("rate", "requests/s", True)
HANDSHAKES = Figure("handshakes", "handshakes/s", True)
HASHES = Figure("hashes", "hashes/s", True)
CPU = Figure("cpu", "us of CPU a request", False)
CALLS = Figure("calls", "system calls a request", False)
SWITCHES = Figure("switches", "context switches a request", False, True)
MEGABYTES = Figure("megabytes", "MB of user memory", False, True)
IDLE_BYTES = Figure("idle_bytes", "bytes an idle connection", False, True)
# Beside them stand alone_p50, alone_p99 and alone_max.
MIDDLE = Figure("storm_p50", "ms, p50 beside the storm", False, True)
TAIL = Figure("storm_p99", "ms, p99 beside the storm", False, True)
MAXIMUM = Figure("storm_max", "ms, slowest beside the storm", False, True)
LOGIN = Figure("login_times", "times a login alone", False, True)
ALLOCATIONS = Figure("allocations", "heap allocations a request", False)
INSTRUCTIONS = Figure("instructions", "user instructions a request", False, True)


def alone_name(beside: Figure) -> str:
    """The figure of the same percentile without a storm."""
    return beside.name.replace("storm", "alone")


@dataclass(frozen=True)
class Target:
    """With a peer: a ratio, where more is better for ouro. Without: an absolute figure, where less
    is better. Latency beside a storm has its own rule: a multiple of what the server has when it
    is alone, or so many ms, whichever is more."""

    text: str
    figure: Figure
    must: float
    aim: float
    peer: str | None = None
    server: str = "ouro"
    floors_ms: tuple[float, float] | None = None


@dataclass(frozen=True)
class Scenario:
    name: str
    title: str
    kind: Kind
    servers: tuple[str, ...] = ()
    file: str = "1k"
    connections: int = 64
    pipeline: int = 1
    close: bool = False
    discard: bool = False
    both_cores: bool = False
    tls: str | None = None  # https, with this certificate of site.CERTIFICATES
    password: bool = False  # passwords.FOLDER asks for it
    storms: tuple[str, ...] = ()  # of storms.STORMS, all at once
    cpu_quota: float | None = None  # of each server, in CPUs
    # Each round also beside a busy loop instead of the storm; and both once more when the machine
    # below took the core away meanwhile.
    control: bool = False
    seconds: float = 1.2
    figure: Figure = RATE
    also: tuple[Figure, ...] = ()  # more charts
    targets: tuple[Target, ...] = ()
    why: str = ""


# "nginx" in a target is the better of its two configurations: neither is best everywhere.
NGINX = ("nginx-sendfile", "nginx-copy")
OURO = ("ouro", "ouro-epoll")
FAST = (*NGINX, "h2o", "lighttpd", *OURO)
TLS = (*NGINX, "h2o", "caddy", "node", *OURO)
ALL = (*NGINX, "h2o", "lighttpd", "caddy", "node", "apache", *OURO)

SCENARIOS: tuple[Scenario, ...] = (
    Scenario("small-64", "1 KiB, keep-alive, 64 connections", Kind.LOAD, ALL, targets=(
        Target("1 KiB, 64 connections", RATE, 1.5, 1.8, "nginx"),
        Target("1 KiB, 64 connections", RATE, 1.25, 1.5, "h2o"),
        Target("1 KiB, 64 connections, epoll engine", RATE, 1.15, 1.35, "nginx", "ouro-epoll"),
        Target("system calls a request, 64 connections", CALLS, 0.15, 0.06))),
    Scenario("small-1024", "1 KiB, keep-alive, 1,024 connections", Kind.LOAD, FAST,
             connections=1024, targets=(
                 Target("1 KiB, 1,024 connections", RATE, 1.4, 1.6, "nginx"),
                 Target("system calls a request, 1,024 connections", CALLS, 0.10, 0.04))),
    Scenario("pipelined", "1 KiB, pipelined 16 deep, 64 connections", Kind.LOAD, FAST, pipeline=16,
             targets=(Target("pipelined 16 deep", RATE, 8, 15, "nginx"),)),
    Scenario("medium", "100 KiB, keep-alive, 64 connections", Kind.LOAD, FAST, file="100k",
             targets=(Target("100 KiB", RATE, 1.05, 1.2, "nginx"),)),
    Scenario("large", "10 MiB, a client that discards, 8 connections", Kind.LOAD, FAST, file="10m",
             connections=8, discard=True,
             targets=(Target("10 MiB, discarding client", RATE, 1.6, 1.9, "nginx"),)),
    Scenario("churn", "1 KiB, a connection per request, 64 at a time", Kind.LOAD, ALL, close=True,
             figure=CPU, targets=(
                 Target("a connection per request, CPU each", CPU, 1.5, 1.8, "nginx"),
                 Target("system calls a connection", CALLS, 2, 1.5))),
    Scenario("logged", "1 KiB, 64 connections, without and with an access log", Kind.LOAD,
             ("nginx-copy", "nginx-copy+log", "h2o", "h2o+log", "lighttpd", "lighttpd+log", "ouro",
              "ouro+log"), figure=CPU,
             targets=(Target("CPU that an access log adds, us a request", CPU, 1.5, 0.5, None,
                             "ouro+log"),)),
    Scenario("both-cores", "1 KiB, 256 connections, servers and generator on both cores", Kind.LOAD,
             FAST, connections=256, both_cores=True),
    Scenario("threads", "A process per connection (Apache prefork) beside loops, 256 connections",
             Kind.LOAD, ("nginx-copy", "apache", *OURO), connections=256, figure=SWITCHES,
             also=(MEGABYTES,)),
    Scenario("idle", "User memory of a plain idle connection", Kind.IDLE, ALL, figure=IDLE_BYTES,
             targets=(Target("user memory per idle plain connection, bytes", IDLE_BYTES, 1024,
                             512),)),
    Scenario("storm-cold", "1 KiB at 2,000/s over 32 connections beside cold 200 MB files",
             Kind.STORM, ("nginx-sendfile", "h2o", "lighttpd", "node", *OURO), connections=32,
             storms=("cold",), seconds=1.0, figure=TAIL, targets=(
                 Target("plain GET p99 beside cold 200 MB files, ms", TAIL, 3, 2, None, "ouro",
                        (5, 2)),)),
    Scenario("hot-path", "ouro under instruments", Kind.HOT_PATH, ("ouro",), figure=INSTRUCTIONS,
             targets=(
                 Target("heap allocations per hot keep-alive request", ALLOCATIONS, 0, 0),
                 Target("user instructions per pipelined cached GET", INSTRUCTIONS, 4000, 2500))),
    Scenario("tls-keepalive", "TLS 1.3 keep-alive, 1 KiB", Kind.LOAD, TLS, tls="p256", targets=(
        Target("TLS 1.3 keep-alive, 1 KiB", RATE, 1.2, 1.5, "nginx"),)),
    # A ratio of CPU: at most as much as nginx, better 0.85 times.
    Scenario("tls-handshakes", "Full TLS handshakes, P-256, CPU each", Kind.LOAD, TLS, close=True,
             tls="p256", figure=CPU, targets=(
                 Target("full TLS handshake, P-256, CPU each", CPU, 1.0, 1.18, "nginx"),)),
    Scenario("tls-handshakes-rsa", "Full TLS handshakes, RSA-2048, CPU each", Kind.LOAD, TLS,
             close=True, tls="rsa2048", figure=CPU, targets=(
                 Target("full TLS handshake, RSA-2048, CPU each", CPU, 1.0, 1.18, "nginx"),)),
    Scenario("tls-large", "10 MiB over TLS, 8 connections", Kind.LOAD, TLS, file="10m",
             connections=8, tls="p256",
             targets=(Target("10 MiB over TLS", RATE, 0.95, 1.1, "nginx"),)),
    Scenario("tls-idle", "User memory of an idle TLS connection", Kind.IDLE, TLS, tls="p256",
             figure=IDLE_BYTES, targets=(
                 Target("user memory per idle TLS connection, bytes", IDLE_BYTES, 20 * 1024,
                        12 * 1024),)),
    # Every guess comes from another address, so that no server's patience with one guesser is
    # measured (storms.py says more). lighttpd refuses wrong passwords a second late, from wherever
    # they come: 8 clients have it hash less than the others. Not h2o, which knows no passwords but
    # those that mruby checks, nor Node.js, which has no bcrypt and Debian none for it. Longer than
    # the other storms: a hash takes 50 ms, and of 60 of them one more or less is hardly seen.
    Scenario("storm-bcrypt", "1 KiB at 2,000/s beside 8 clients with bcrypt passwords, cost 10",
             Kind.STORM, ("nginx-sendfile", "lighttpd", "caddy", *OURO), connections=32,
             password=True, storms=("passwords",), control=True, seconds=3.0, figure=TAIL, targets=(
                 Target("plain GET p50 beside bcrypt passwords, ms", MIDDLE, 1.5, 1.2, None, "ouro",
                        (0, 0)),
                 Target("plain GET p99 beside bcrypt passwords, ms", TAIL, 3, 2, None, "ouro",
                        (5, 2)),
                 Target("the same p99, epoll engine", TAIL, 3, 2, None, "ouro-epoll", (5, 2)),
                 Target("slowest plain GET beside bcrypt passwords, ms", MAXIMUM, 50, 15),
                 Target("hashes a second beside plain GETs", HASHES, 0.95, 1.0, "nginx"))),
    Scenario("storm-bcrypt-quota", "The same in half a CPU, as a container may have it", Kind.STORM,
             ("nginx-sendfile", "caddy", *OURO), connections=32, password=True,
             storms=("passwords",), cpu_quota=0.5, seconds=3.0, figure=TAIL, targets=(
                 Target("plain GET p99 beside bcrypt passwords in half a CPU, ms", TAIL, 100, 20),
                 Target("the same p99, epoll engine", TAIL, 100, 20, None, "ouro-epoll"))),
    Scenario("login-flood", "A user's login while one address has 1,000 guesses waiting, cost 10",
             Kind.LOGIN, ("nginx-sendfile", "caddy", *OURO), password=True, figure=LOGIN,
             targets=(
                 Target("a login beside 1,000 guesses, times its cost alone", LOGIN, 3, 2),
                 Target("the same, epoll engine", LOGIN, 3, 2, None, "ouro-epoll"))),
    Scenario("storm-handshakes", "1 KiB at 2,000/s beside RSA-2048 handshakes", Kind.STORM, TLS,
             connections=32, tls="rsa2048", storms=("handshakes",), seconds=1.0, figure=TAIL, targets=(
                 Target("plain GET p50 beside RSA-2048 handshakes, ms", MIDDLE, 1.5, 1.2, None,
                        "ouro", (0, 0)),
                 Target("plain GET p99 beside RSA-2048 handshakes, ms", TAIL, 3, 2, None, "ouro",
                        (5, 2)),
                 Target("the same p50, epoll engine", MIDDLE, 1.5, 1.2, None, "ouro-epoll", (0, 0)),
                 Target("the same p99, epoll engine", TAIL, 3, 2, None, "ouro-epoll", (5, 2)),
                 Target("handshakes a second beside plain GETs", HANDSHAKES, 0.95, 1.0, "nginx"))),
    Scenario("storm-all", "1 KiB at 2,000/s beside cold files, RSA-2048 handshakes and passwords",
             Kind.STORM, ("nginx-sendfile", *OURO), connections=32, tls="rsa2048", password=True,
             storms=("cold", "handshakes", "passwords"), seconds=2.0, figure=TAIL, targets=(
                 Target("plain GET p99 beside all of them at once, ms", TAIL, 3, 2, None, "ouro",
                        (5, 2)),
                 Target("the same p99, epoll engine", TAIL, 3, 2, None, "ouro-epoll", (5, 2)))),
    Scenario("storm-gzip", "1 KiB at 2,000/s beside gzip of 5 MB", Kind.PENDING,
             why="needs compression on the fly"),
)
