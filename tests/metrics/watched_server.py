"""ouro with everything that has metrics (TLS, passwords, logs), and clients that move them."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.peers.servers import free_port, running

LIMIT_SECONDS = 10.0
USER = "anna"
PASSWORD = "secret"


def login(password: str) -> dict[str, str]:
    pair = base64.b64encode(f"{USER}:{password}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


@dataclass(frozen=True)
class Visit:
    method: str
    target: str
    status: int
    fields: dict[str, str]


# Over each listener: answers of every class, hits and misses of files, passwords right and wrong.
VISITS = [
    Visit("GET", "/", 200, {}),
    Visit("HEAD", "/", 200, {}),
    Visit("GET", "/missing", 404, {}),
    Visit("GET", "/old/page", 308, {}),
    Visit("GET", "/broken", 503, {}),
    Visit("POST", "/", 405, {}),
    Visit("GET", "/vault/", 401, {}),
    Visit("GET", "/vault/", 200, login(PASSWORD)),
    Visit("GET", "/vault/", 401, login("wrong")),
]


@dataclass(frozen=True)
class WatchedServer:
    plain_port: int
    tls_port: int
    admin_port: int

    def visit(self) -> None:
        """Raises when an answer is another than it should be."""
        context = ssl._create_unverified_context()
        connections = [
            http.client.HTTPConnection("127.0.0.1", self.plain_port, LIMIT_SECONDS),
            http.client.HTTPSConnection(
                "127.0.0.1", self.tls_port, timeout=LIMIT_SECONDS, context=context
            ),
        ]
        for connection in connections:
            with contextlib.closing(connection):
                for visit in VISITS:
                    connection.request(visit.method, visit.target, headers=visit.fields)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status != visit.status:
                        raise AssertionError(f"{visit} was answered {answer.status}")

    def metrics(self) -> bytes:
        admin = http.client.HTTPConnection("127.0.0.1", self.admin_port, LIMIT_SECONDS)
        with contextlib.closing(admin):
            admin.request("GET", "/metrics")
            answer = admin.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise AssertionError(f"/metrics was answered {answer.status}")
            return content


def users_line(program: Path) -> str:
    command = [str(program), "hash-password", "--user", USER, "--cost", "4"]
    return subprocess.run(
        command, input=PASSWORD + "\n", capture_output=True, check=True, text=True
    ).stdout


def configuration(state: Path, server: WatchedServer) -> dict[str, object]:
    root = str(state / "www")
    routes: list[dict[str, object]] = [
        {"path": "/old/**", "redirect": {"to": "https://{host}/new{rest}", "status": 308}},
        {"path": "/broken", "respond": {"status": 503}},
        {
            "path": "/vault/**",
            "auth": {"basic": {"users_file": str(state / "users")}},
            "files": {"root": root},
        },
        {"files": {"root": root}},
    ]
    return {
        "listen": [
            f"127.0.0.1:{server.plain_port}",
            {"address": f"127.0.0.1:{server.tls_port}", "tls": "self-signed"},
        ],
        "admin": {"address": f"127.0.0.1:{server.admin_port}"},
        "log": {"access": str(state / "access.log")},
        "sites": [{"routes": routes}],
    }


@contextlib.contextmanager
def watched_server(program: Path, state: Path) -> Iterator[WatchedServer]:
    for file in ("www/index.html", "www/vault/index.html"):
        (state / file).parent.mkdir(parents=True, exist_ok=True)
        (state / file).write_text("hello\n")
    (state / "users").write_text(users_line(program))
    server = WatchedServer(free_port(), free_port(), free_port())
    file = state / "ouro.json"
    file.write_text(json.dumps(configuration(state, server)))
    ports = [server.plain_port, server.tls_port, server.admin_port]
    with running([str(program), "run", "-c", str(file)], state, ports):
        yield server
