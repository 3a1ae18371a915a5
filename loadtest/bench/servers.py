"""The servers that are compared: how each is installed, configured for equal work, and started.

Equal work: the same folder, no access log unless the row has one, no compression, keep-alive
without a limit of requests, no more worker processes or loops than the row gives cores. With TLS
each listens on a second port: version 1.3 only, the same certificate, no TLS in the kernel. With
users each asks for a password in one folder: the same file of hashes, nothing remembered but what
the server would by itself."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import passwords
from .site import Certificate

_SOURCES = Path(__file__).resolve().parent
ROOT = _SOURCES.parents[1]
OURO = ROOT / "build/release/ouro"
OURO_LOAD = ROOT / "build/release/ouro-load"
LOG_SUFFIX = "+log"


@dataclass(frozen=True)
class Tls:
    port: int
    certificate: Certificate


@dataclass(frozen=True)
class Setting:
    """What a server's configuration is made from."""

    folder: Path  # of this server: configuration, logs, process ids
    site: Path
    port: int
    workers: int
    log: bool
    connections: int
    tls: Tls | None = None  # beside the plain port
    users: Path | None = None  # who may see passwords.FOLDER

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    @property
    def access_log(self) -> str:
        return str(self.folder / "access.log")


@dataclass(frozen=True)
class Server:
    program: str
    package: str
    version_arguments: tuple[str, ...]
    command: Callable[[Setting], list[str]]
    # Processes per connection make thousands of connections a different question.
    connections_max: int = 16000

    def path(self) -> str | None:
        return shutil.which(self.program, path="/usr/sbin:/usr/bin:/sbin:/bin:" + str(OURO.parent))

    def version(self) -> str:
        result = subprocess.run([str(self.path()), *self.version_arguments], capture_output=True,
                                text=True, timeout=20, check=False)
        found = re.search(r"\d+\.\d+\.\d+", result.stdout + result.stderr)
        return found.group() if found else "unknown"


def _nginx(setting: Setting, sending: str) -> list[str]:
    log = f"{setting.access_log} combined buffer=64k flush=1s" if setting.log else "off"
    tls = setting.tls
    secure = "" if tls is None else (
        f"listen 127.0.0.1:{tls.port} ssl reuseport backlog=4096; ssl_protocols TLSv1.3; "
        f"ssl_certificate {tls.certificate.chain}; ssl_certificate_key {tls.certificate.key};")
    private = "" if setting.users is None else (
        f"location /{passwords.FOLDER}/ {{ auth_basic x; auth_basic_user_file {setting.users}; }}")
    config = setting.write("nginx.conf", f"""
daemon off; user root; pid {setting.folder}/pid; error_log {setting.folder}/error.log;
worker_processes {setting.workers}; worker_rlimit_nofile 18000;
events {{ worker_connections 16384; multi_accept on; use epoll; }}
http {{
  types {{ }} default_type application/octet-stream;
  access_log {log}; {sending} open_file_cache max=1000 inactive=60s;
  keepalive_requests 1000000000; keepalive_timeout 300s; client_header_timeout 300s;
  server {{
    listen 127.0.0.1:{setting.port} reuseport backlog=4096; {secure}
    root {setting.site};
    {private}
  }}
}}
""")
    return ["/usr/sbin/nginx", "-e", f"{setting.folder}/error.log", "-c", config]


def _h2o(setting: Setting) -> list[str]:
    log = f"access-log: {setting.access_log}" if setting.log else ""
    secure = ""
    if (tls := setting.tls) is not None:
        # Without neverbleed, which has a process of its own sign.
        secure = (f"listen: {{ host: 127.0.0.1, port: {tls.port}, ssl: {{ minimum-version: TLSv1.3, "
                  f"neverbleed: OFF, certificate-file: {tls.certificate.chain}, "
                  f"key-file: {tls.certificate.key} }} }}")
    return ["/usr/bin/h2o", "-c", setting.write("h2o.yaml", f"""
user: root
num-threads: {setting.workers}
max-connections: 16384
http1-request-timeout: 300
listen: {{ host: 127.0.0.1, port: {setting.port} }}
{secure}
pid-file: {setting.folder}/pid
error-log: {setting.folder}/error.log
{log}
hosts: {{ default: {{ paths: {{ /: {{ file.dir: {setting.site} }} }} }} }}
""")]


def _lighttpd(setting: Setting) -> list[str]:
    # Zero workers is one process; the keep-alive limit would close connections all the time.
    workers = setting.workers if setting.workers > 1 else 0
    modules = ['"mod_accesslog"'] if setting.log else []
    private = ""
    if setting.users is not None:
        modules += ['"mod_auth"', '"mod_authn_file"']
        private = f"""auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "{setting.users}"
auth.require = ("/{passwords.FOLDER}/" =>
                ("method" => "basic", "realm" => "x", "require" => "valid-user"))"""
    log = f'accesslog.filename = "{setting.access_log}"' if setting.log else ""
    return ["/usr/sbin/lighttpd", "-D", "-f", setting.write("lighttpd.conf", f"""
server.modules = ({', '.join(modules)})
server.bind = "127.0.0.1"
server.port = {setting.port}
server.listen-backlog = 4096
server.document-root = "{setting.site}"
server.errorlog = "{setting.folder}/error.log"
server.max-worker = {workers}
server.max-fds = 18000
server.max-connections = 16384
server.max-keep-alive-requests = 1000000000
server.max-keep-alive-idle = 300
server.max-read-idle = 300
mimetype.assign = ("" => "application/octet-stream")
{log}
{private}
""")]


def _caddy(setting: Setting) -> list[str]:
    log = f"log {{\n output file {setting.access_log}\n }}" if setting.log else ""
    private = ""
    if setting.users is not None:
        lines = setting.users.read_text().replace(":", " ")
        private = f"basicauth /{passwords.FOLDER}/* bcrypt {{\n {lines}\n }}"
    serve = f"""bind 127.0.0.1
  root * {setting.site}
  file_server
  {private}
  {log}"""
    secure = ""
    if (tls := setting.tls) is not None:
        secure = f"""https://:{tls.port} {{
  tls {tls.certificate.chain} {tls.certificate.key} {{
    protocols tls1.3
  }}
  {serve}
}}"""
    return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config",
            setting.write("Caddyfile", f"""{{
  admin off
  auto_https off
}}
http://:{setting.port} {{
  {serve}
}}
{secure}
""")]


def _node(setting: Setting) -> list[str]:
    log = setting.access_log if setting.log else ""
    tls = setting.tls
    secure = [] if tls is None else [str(tls.port), str(tls.certificate.chain),
                                     str(tls.certificate.key)]
    return ["/usr/bin/node", str(_SOURCES / "static.js"), str(setting.site), str(setting.port),
            str(setting.workers), log, *secure]


def _apache(setting: Setting) -> list[str]:
    log = f'CustomLog "{setting.access_log}" "%h %t \\"%r\\" %>s %b"' if setting.log else ""
    processes = setting.connections + 16
    return ["/usr/sbin/apache2", "-DFOREGROUND", "-f", setting.write("apache.conf", f"""
LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
ServerRoot {setting.folder}
ServerName localhost
PidFile {setting.folder}/pid
ErrorLog {setting.folder}/error.log
DefaultRuntimeDir {setting.folder}
User www-data
Group www-data
Listen 127.0.0.1:{setting.port}
ListenBacklog 4096
ServerLimit {processes}
MaxRequestWorkers {processes}
StartServers {processes}
MinSpareServers 1
MaxSpareServers {processes}
MaxConnectionsPerChild 0
KeepAlive On
KeepAliveTimeout 300
MaxKeepAliveRequests 0
EnableSendfile On
DocumentRoot {setting.site}
{log}
<Directory {setting.site}>
  Require all granted
</Directory>
""")]


def ouro_config(setting: Setting, engine: str) -> str:
    listen: list[object] = [f"127.0.0.1:{setting.port}"]
    files = {"files": {"root": str(setting.site)}}
    private = [] if setting.users is None else [
        {"path": f"/{passwords.FOLDER}/**",
         "auth": {"basic": {"realm": "x", "users_file": str(setting.users)}}} | files]
    site: dict[str, object] = {"routes": [*private, files]}
    sites = [site]
    secure: dict[str, object] = {}
    if (tls := setting.tls) is not None:
        listen.append({"address": f"127.0.0.1:{tls.port}", "tls": True})
        sites.insert(0, site | {"tls": {"certificate": str(tls.certificate.chain),
                                        "key": str(tls.certificate.key)}})
        secure = {"tls": {"min_version": "1.3"}}
    return setting.write("ouro.jsonc", json.dumps({
        "listen": listen,
        "admin": {"address": None},
        "engine": engine,
        "loops": setting.workers,
        "log": {"access": setting.access_log if setting.log else None},
        "limits": {"keepalive_timeout": "300s"},
        "sites": sites,
    } | secure, indent=2))


def _ouro(setting: Setting, engine: str) -> list[str]:
    return [str(OURO), "run", "-c", ouro_config(setting, engine)]


SERVERS: dict[str, Server] = {
    "nginx-sendfile": Server("nginx", "nginx", ("-v",), lambda setting: _nginx(
        setting, "sendfile on; tcp_nopush on;")),
    "nginx-copy": Server("nginx", "nginx", ("-v",), lambda setting: _nginx(
        setting, "sendfile off;")),
    "h2o": Server("h2o", "h2o", ("-v",), _h2o),
    "lighttpd": Server("lighttpd", "lighttpd", ("-v",), _lighttpd),
    "caddy": Server("caddy", "caddy", ("version",), _caddy),
    "node": Server("node", "nodejs", ("-v",), _node),
    "apache": Server("apache2", "apache2", ("-v",), _apache, connections_max=400),
    "ouro": Server("ouro", "ouro", ("version",), lambda setting: _ouro(setting, "io_uring")),
    "ouro-epoll": Server("ouro", "ouro", ("version",), lambda setting: _ouro(setting, "epoll")),
}


def server_of(name: str) -> Server:
    return SERVERS[name.removesuffix(LOG_SUFFIX)]


def command_of(name: str, setting: Setting) -> list[str]:
    setting.folder.mkdir(parents=True, exist_ok=True)
    return server_of(name).command(setting)
