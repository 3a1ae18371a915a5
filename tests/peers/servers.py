"""ouro and its peers, each with two sites on one document root: "coded" sends precompressed
siblings, "plain" does not. All of them end with the `with` block that began them."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

START_LIMIT_SECONDS = 15.0
Ports = dict[str, int]  # of the sites

NGINX = """
daemon off;
user {user} {group};
pid {state}/nginx.pid;
error_log {state}/nginx.log;
events {{ }}
http {{
  default_type application/octet-stream;
  types {{ text/plain txt; text/html html; }}
  access_log off;
  client_body_temp_path {state}/body;
  proxy_temp_path {state}/proxy;
  fastcgi_temp_path {state}/fastcgi;
  uwsgi_temp_path {state}/uwsgi;
  scgi_temp_path {state}/scgi;
  server {{
    listen 127.0.0.1:{coded};
    root {root};
    gzip_static on;
    gzip_vary on;
    gzip_http_version 1.0;
  }}
  server {{ listen 127.0.0.1:{plain}; root {root}; }}
}}
"""

# The coded site is "Serving pre-compressed content" of mod_deflate's manual.
APACHE = """
ServerRoot {state}
ServerName localhost
PidFile {state}/apache.pid
ErrorLog {state}/apache.log
Mutex file:{state} default
User {user}
Group {group}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule rewrite_module {modules}/mod_rewrite.so
TypesConfig /dev/null
AddType text/plain .txt
AddType text/html .html
DocumentRoot {root}
Listen 127.0.0.1:{coded}
Listen 127.0.0.1:{plain}
<VirtualHost 127.0.0.1:{coded}>
  <Directory {root}>
    RewriteEngine on
    RewriteCond "%{{HTTP:Accept-encoding}}" "gzip"
    RewriteCond "%{{REQUEST_FILENAME}}\\.gz" -s
    RewriteRule "^(.*)\\.txt" "$1\\.txt\\.gz" [QSA]
    RewriteRule "\\.txt\\.gz$" "-" [T=text/plain,E=no-gzip:1]
    <FilesMatch "\\.txt\\.gz$">
      Header append Content-Encoding gzip
      Header append Vary Accept-Encoding
    </FilesMatch>
  </Directory>
</VirtualHost>
<VirtualHost 127.0.0.1:{plain}>
</VirtualHost>
"""

CADDY = """
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{coded}, http://localhost:{coded} {{
  root * {root}
  file_server {{
    precompressed br gzip
  }}
}}
http://127.0.0.1:{plain}, http://localhost:{plain} {{
  root * {root}
  file_server
}}
"""


class CannotCompare(Exception):
    """Something is missing or does not start."""


@dataclass(frozen=True)
class Resource:
    """A file by the codings it exists in."""

    contents: dict[str, bytes]


def make_resources() -> dict[str, Resource]:
    text = b"".join(b"line %05d of a text that compresses well\n" % i for i in range(400))
    page = b"<!doctype html><title>folder</title><p>the index of a folder</p>\n"
    fake_brotli = bytes(range(256)) * 7  # nobody here decodes it
    return {
        "/text.txt": Resource(
            {"identity": text, "gzip": gzip.compress(text, mtime=0), "br": fake_brotli}
        ),
        "/small.bin": Resource({"identity": bytes(range(200))}),
        "/big.bin": Resource({"identity": bytes(i * 31 % 251 for i in range(1 << 20))}),
        "/empty.txt": Resource({"identity": b""}),
        "/folder/": Resource({"identity": page}),
    }


def make_root(root: Path, modified: int) -> dict[str, Resource]:
    """One time for all, so that Last-Modified does not depend on the coding."""
    endings = {"identity": "", "gzip": ".gz", "br": ".br"}
    resources = make_resources()
    for path, resource in resources.items():
        name = path.removeprefix("/") + ("index.html" if path.endswith("/") else "")
        for coding, content in resource.contents.items():
            file = root / (name + endings[coding])
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            os.utime(file, (modified, modified))
    return resources


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str, package: str) -> str:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    program = shutil.which(name, path=path)
    if program is None:
        raise CannotCompare(f"{name} is missing: install the package {package}")
    return program


def wait_for_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_LIMIT_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise CannotCompare(f"does not listen on port {port}:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def running(command: list[str], state: Path, ports: list[int]) -> Iterator[None]:
    log = state / f"{Path(command[0]).name}.{ports[0]}.output"
    environment = os.environ | {
        "HOME": str(state),
        "XDG_DATA_HOME": str(state / "data"),
        "XDG_CONFIG_HOME": str(state / "config"),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        for port in ports:
            wait_for_port(process, port, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def write_template(file: Path, template: str, root: Path, ports: Ports) -> Path:
    file.write_text(
        template.format(
            state=file.parent,
            root=root,
            user="nobody",
            group="nogroup",
            modules="/usr/lib/apache2/modules",
            **ports,
        )
    )
    return file


def nginx_commands(state: Path, root: Path, ports: Ports) -> list[list[str]]:
    file = write_template(state / "nginx.conf", NGINX, root, ports)
    program = find_program("nginx", "nginx-core or nginx-light")
    return [[program, "-e", str(state / "nginx.log"), "-p", str(state), "-c", str(file)]]


def apache_commands(state: Path, root: Path, ports: Ports) -> list[list[str]]:
    file = write_template(state / "apache.conf", APACHE, root, ports)
    return [[find_program("apache2", "apache2-bin"), "-f", str(file), "-DFOREGROUND"]]


def caddy_commands(state: Path, root: Path, ports: Ports) -> list[list[str]]:
    file = write_template(state / "Caddyfile", CADDY, root, ports)
    program = find_program("caddy", "caddy")
    return [[program, "run", "--adapter", "caddyfile", "--config", str(file)]]


def ouro_commands(program: Path, state: Path, root: Path, ports: Ports) -> list[list[str]]:
    if not program.exists():
        raise CannotCompare(f"{program} is missing: ./dev build makes it")
    commands = []
    for site, port in ports.items():
        files = {"root": str(root), "precompressed": ["br", "gzip"] if site == "coded" else []}
        file = state / f"ouro.{site}.jsonc"
        file.write_text(
            json.dumps(
                {
                    "listen": [f"127.0.0.1:{port}"],
                    "loops": 1,
                    "log": {"access": None},
                    "sites": [{"routes": [{"files": files}]}],
                }
            )
        )
        commands.append([str(program), "run", "-c", str(file)])
    return commands


@contextlib.contextmanager
def started_servers(ouro: Path, state: Path, root: Path) -> Iterator[dict[str, Ports]]:
    """Yields the ports by server and site; "ouro" comes first."""
    makers: dict[str, Callable[[Path, Path, Ports], list[list[str]]]] = {
        "ouro": lambda *arguments: ouro_commands(ouro, *arguments),
        "nginx": nginx_commands,
        "apache": apache_commands,
        "caddy": caddy_commands,
    }
    servers = {name: {"coded": free_port(), "plain": free_port()} for name in makers}
    commands = {name: make(state, root, servers[name]) for name, make in makers.items()}
    with contextlib.ExitStack() as stack:
        for name, ports in servers.items():
            for number, command in enumerate(commands[name]):
                own = list(ports.values())[number :: len(commands[name])]
                stack.enter_context(running(command, state, own))
        yield servers
